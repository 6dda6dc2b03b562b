"""The tables of docs/accuracy.md, in Markdown."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from tests.accuracy import metrics
from tests.accuracy.aims import CLOSED, CLOSED_FROM_ATTRIBUTES, Aim, inside, percent, setting_name
from tests.accuracy.locate import OURS, Figures, Line
from tests.accuracy.merge import Row
from tests.accuracy.real import OUTCOMES, Judged

POLICIES = {
    "dbscan_25": "DBSCAN, 25 m",
    "dbscan_best": "DBSCAN, best radius*",
    "complete_link": "complete link, best radius*",
    "one_to_one": "one to one per walk, best gate*",
    "one_to_one_attributes": "the same, with attributes*",
    "ours": "**the product today**",
    "ours_no_accuracy": "the product, no accuracy stated",
    "ours_every_direction": "the product, a direction on every report",
    "oracle": "oracle*",
}
METHODS = {
    "mean": "mean",
    "peak": "loudest hearing",
    "wigle": "WiGLE's weights",
    "linear_power": "linear power",
    "ichnaea": "Ichnaea",
    "beacondb": "beaconDB's box",
    "robust_ml": "robust maximum likelihood",
    "ours": "**the product today**",
    "ours_streets": "**the product, with an operator's streets**",
}
SCENARIOS = {
    "pass": "One pass on one pavement",
    "l": "Along the street and around a corner",
    "loop": "Around a block",
    "both_l": "Both pavements and a corner each, two days",
}
BANDS_M = (("under 1 m", 0.0, 1.0), ("1 to 3 m", 1.0, 3.0), ("3 to 10 m", 3.0, 10.0), ("10 to 30 m", 10.0, 1e9))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def scenario_name(name: str) -> str:
    """A scenario as people read it."""
    bare = name.removesuffix("_bearings")
    return SCENARIOS[bare] + (", bearings" if bare != name else "")


def of(lines: Iterable[Line], method: str) -> Line:
    """The line of a method."""
    return next(line for line in lines if line.method == method)


def aims(found: Sequence[Aim]) -> str:
    """What is aimed at, and what is reached."""
    rows = ((aim.what, aim.aim, aim.found, "yes" if aim.reached else "**no**") for aim in found)
    return table(("what", "aim", "found", "reached"), rows)


def merging(found: Mapping[str, Sequence[Row]]) -> str:
    """Policies by settings: F1, and cameras made for each true one."""
    named = [{row.policy: row for row in rows} for rows in found.values()]
    rows = []
    for policy, title in POLICIES.items():
        if all(policy in one for one in named):
            cells = [f"{one[policy].f1:.3f} ({one[policy].count_ratio:.2f})" for one in named]
            rows.append([title, *cells])
    return table(("policy", *map(setting_name, found)), rows)


def closed(figures: Figures, settings: Iterable[str]) -> str:
    """How much of the way to the oracle is closed, beside the aims."""
    rows = []
    for name in settings:
        ways = (figures[f"merge.{name}.closed_to_oracle{which}"] for which in ("", "_from_attributes"))
        wanted = CLOSED.get(name), CLOSED_FROM_ATTRIBUTES
        cells = [f"{percent(way)} (aim {percent(aim)})" for way, aim in zip(ways, wanted, strict=True)]
        rows.append([setting_name(name), *cells])
    return table(("set", "closed from one-to-one", "closed from one-to-one with attributes"), rows)


def by_law(figures: Figures, settings: Sequence[str]) -> str:
    """F1 under each law of the bias: whoever has learnt one of them is found out."""
    rows = []
    for policy in ("one_to_one", "one_to_one_attributes", "ours", "oracle"):
        cells = [POLICIES[policy].rstrip("*") if policy != "ours" else POLICIES[policy]]
        for name in settings:
            both = (figures[f"merge.{name}.{policy}.{law}.f1"] for law in ("grid", "smooth"))
            cells.append(" / ".join(f"{float(f1 or 0):.3f}" for f1 in both))
        rows.append(cells)
    return table(("F1, squares / smooth", *map(setting_name, settings)), rows)


def decided(figures: Figures) -> str:
    """What is decided without a person, and how much of that is wrong."""
    rows = []
    for key in (key for key in figures if key.endswith(".automatic.today.share")):
        setting = key.split(".")[1]
        cells = [setting_name(setting)]
        for how in ("today", "at_0_5_percent", "at_1_percent"):
            share, wrong = (figures[f"merge.{setting}.automatic.{how}.{what}"] for what in ("share", "wrong"))
            cells.append(f"{percent(share)}, wrong {percent(wrong, 2)}")
        cells += [percent(figures[f"merge.{setting}.{who}.wrong_of_surest_30"], 2) for who in ("ours", "one_to_one")]
        rows.append(cells)
    head = ("set", "decided today", "aimed at .5 %", "aimed at 1 %", "wrong of the surest 30 %", "one-to-one's")
    return table(head, rows)


def regions(found: Mapping[str, Sequence[Line]], bounds: Mapping[str, float]) -> str:
    """The product in every scenario: error beside the bound, how often regions hold, and what they cost."""
    rows = []
    for name, lines in found.items():
        others = [line for line in lines if line.method not in OURS["radio"]]
        best = min(others, key=lambda line: line.score)
        for ours in (line for line in lines if line.method in OURS["radio"]):
            count = len(ours.errors)
            low, high = metrics.binomial(ours.covered, count)
            share = ours.covered / count
            rows.append(
                (
                    scenario_name(name) + (", streets" if ours.method == "ours_streets" else ""),
                    f"{ours.median:.1f} / {ours.p90:.1f}",
                    f"{bounds[name]:.1f}" if name in bounds else "",
                    percent(ours.covered50),
                    f"{percent(share, 1)} ({percent(low, 1)} to {percent(high, 1)}) {_flag(share, low, high)}",
                    f"{float(np.median(ours.radii)):.0f}",
                    f"{ours.score:.0f}",
                    f"{best.score:.0f} ({METHODS[best.method]})",
                )
            )
    head = (
        *("scenario", "median / p90, m", "bound of the median, m", "50 % region holds", "95 % region holds"),
        *("radius, m", "score, m", "best other score, m"),
    )
    keep = [number for number, title in enumerate(head) if bounds or not title.startswith("bound")]
    return table([head[number] for number in keep], ([row[number] for number in keep] for row in rows))


def _flag(share: float, low: float, high: float) -> str:
    """Whether 93 to 97 % hold; where it is not, whether chance may be why."""
    if inside(share):
        return "in"
    return "**out**" if high < 0.93 or low > 0.97 else "out, or by chance"


def locating(lines: Sequence[Line], more: Mapping[str, Line] | None = None) -> str:
    """Methods of one scenario, and other lines by their titles."""
    titled = [*((METHODS[line.method], line) for line in lines), *(more or {}).items()]
    rows = []
    for title, line in titled:
        low, high = metrics.binomial(line.covered, len(line.errors))
        rows.append(
            (
                title,
                f"{line.median:.1f} / {line.p90:.1f}",
                f"{line.covered / len(line.errors):.3f} ({low:.3f} to {high:.3f})",
                f"{float(np.median(line.radii)):.0f}{'' if line.own else '*'}",
                f"{line.score:.0f}",
            )
        )
    return table(("method", "median / p90, m", "95 % region holds", "radius, m", "score, m"), rows)


def pairs(found: Sequence[Judged]) -> str:
    """What becomes of pairs, by what people did and by how far apart they are."""
    rows = []
    for label in ("one_deleted", "both_kept"):
        own = [one for one in found if one.label == label]
        bands = [(title, [one for one in own if low <= one.distance_m < high]) for title, low, high in BANDS_M]
        for title, some in [*bands, ("**all**", own)]:
            counts = [str([one.outcome for one in some].count(what)) for what in OUTCOMES]
            rows.append((label.replace("_", " "), title, str(len(some)), *counts))
    return table(("people", "apart", "pairs", "merged", "queued", "kept apart"), rows)
