"""The command that shows the rules by which a camera is recognised."""

import json

import click

from probe.cli.options import json_option
from probe.detect.catalogue import Status, bundled
from probe.detect.registry import rules as all_rules


@click.command()
@json_option
def rules(as_json: bool) -> None:
    """The rules by which a camera is recognised, what fools them, and how old their evidence is."""
    catalogue = bundled()
    days = [row.confirmed_on for row in catalogue.rows if row.confirmed_on is not None]
    counts = {status.value: sum(row.status is status for row in catalogue.rows) for status in Status}
    if as_json:
        listed = [
            {
                "name": r.name,
                "version": r.version,
                "revised": str(r.revised),
                "finds": r.finds,
                "false_positives": r.false_positives,
                "why": r.english.why,
            }
            for r in all_rules()
        ]
        click.echo(json.dumps({"rules": listed, "catalogue": {**counts, "newest": str(max(days))}}))
        return
    for rule in all_rules():
        click.echo(f"{rule.name} (version {rule.version}, {rule.revised})")
        click.echo(click.wrap_text(rule.finds, 100, "  finds: ", "         "))
        click.echo(click.wrap_text(rule.false_positives, 100, "  fooled by: ", "             ") + "\n")
    rows = ", ".join(f"{count} {name}" for name, count in counts.items())
    click.echo(f"catalogue: {rows}; confirmed between {min(days)} and {max(days)}")
