"""The documents that are made from the code: the page of rules. `python -m tests.house.documents` writes it."""

from collections import Counter
from pathlib import Path

from probe.detect.catalogue import Status, bundled
from probe.detect.registry import rules

RULES = Path(__file__).parents[2] / "docs" / "rules.md"


def rules_page() -> str:
    """The page of rules as it should be."""
    rows = bundled().rows
    days = [row.confirmed_on for row in rows if row.confirmed_on is not None]
    lines = [
        "# The rules",
        "",
        "By these a transmitter is recognised as a fixed camera. What no rule knows is forgotten at once, in memory.",
        "This page is made from the code and its catalogue: `make picture` writes it again.",
        "",
    ]
    for rule in rules():
        lines += [f"## {rule.name}", "", f"Version {rule.version}, {rule.revised}.", "", f"**Finds.** {rule.finds}", ""]
        lines += [f"**Is fooled by.** {rule.false_positives}", ""]
    counts = Counter((row.status, row.evidence, row.strong) for row in rows)
    lines += [
        "## The catalogue",
        "",
        f"Rows confirmed between {min(days)} and {max(days)}; rows without a day are older.",
        "",
    ]
    lines += ["| status | evidence | strength | rows |", "|---|---|---|---|"]
    for (status, evidence, strong), count in sorted(counts.items()):
        lines.append(f"| {status} | {evidence} | {'strong' if strong else 'weak'} | {count} |")
    makers = Counter(row.vendor for row in rows if row.status is Status.ACTIVE and row.strong and row.evidence == "oui")
    told = ", ".join(f"{maker} ({count})" for maker, count in sorted(makers.items()))
    lines += ["", f"Makers whose prefixes are strong: {told}.", "", "### Rejected, and why", ""]
    lines += [f"- {row.vendor} `{row.value}`: {row.note}" for row in rows if row.status is Status.REJECTED]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    RULES.write_text(rules_page())
