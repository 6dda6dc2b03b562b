"""docs/accuracy.md and its picture, written by the command that measured."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.accuracy import curves, metrics
from tests.accuracy.keys import MEANINGS
from tests.accuracy.locate import Figures, Line
from tests.accuracy.merge import Row

LEVELS = {"4_3": "4 m bias, 3 m noise", "8_4": "8 m bias, 4 m noise"}
POLICIES = {
    "dbscan_25": "DBSCAN, 25 m",
    "dbscan_best": "DBSCAN, best radius*",
    "complete_link": "complete link, best radius*",
    "one_to_one": "one to one per walk, best gate*",
    "one_to_one_attributes": "the same, with attributes*",
    "ours": "**the product today**",
    "ours_forced": "the product, unsure ones put with their best guess",
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
}
SCENARIOS = {
    "pass": "One pass on one pavement",
    "l": "Along the street and around a corner",
    "loop": "Around a block",
    "both_l": "Both pavements and a corner each, two days",
}
SHOWN_M = 40.0


@dataclass(slots=True)
class Results:
    """All that one run found."""

    form: str
    merging: dict[str, list[Row]] = field(default_factory=dict)
    locating: dict[str, list[Line]] = field(default_factory=dict)
    feup: dict[str, list[Line]] = field(default_factory=dict)
    pairs: dict[str, Counter[str]] = field(default_factory=dict)
    figures: Figures = field(default_factory=dict)


def write(page: Path, results: Results) -> None:
    """The page, and beside it the picture that it shows."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text(results))
    page.with_suffix(".svg").write_text(picture(results.locating))


def picture(tables: Mapping[str, Sequence[Line]]) -> str:
    """Reliability of the product's regions in every scenario, and the errors where most is known."""
    levels = {}
    for name, lines in tables.items():
        levels[_scenario(name)] = curves.reliability(_of(lines, "ours").reached)
    best = tables["both_l_bearings"]
    errors = {METHODS[line.method].strip("*"): curves.cumulative(line.errors, SHOWN_M) for line in best}
    return curves.picture(levels, errors, SHOWN_M)


def _scenario(name: str) -> str:
    bare = name.removesuffix("_bearings")
    return SCENARIOS[bare] + (", bearings" if bare != name else "")


def _of(lines: Iterable[Line], method: str) -> Line:
    return next(line for line in lines if line.method == method)


def text(results: Results) -> str:
    """The whole page."""
    parts = [_HEAD.format(form=results.form), _standing(results), "## Which camera\n", _MERGING]
    parts += [merging_table(results.merging), _by_law(results), _decided(results.figures), "## Where\n", _LOCATING]
    for name, lines in results.locating.items():
        parts += [f"### {_scenario(name)}\n", locating_table(lines)]
    parts += ["![Reliability of regions, and errors](accuracy.svg)\n", "## One camera, heard and photographed\n"]
    parts += [
        _together(results.figures),
        "## Real data\n",
        _real(results),
        _OTHERS,
        "## The names in build/accuracy.json\n",
    ]
    parts.append(_table(("name", "meaning"), ((name, meaning) for _, name, meaning in MEANINGS)))
    return "\n".join(parts).rstrip() + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _setting(name: str) -> str:
    """`cctv_4_3` as people read it."""
    what, bias, noise = name.split("_")
    return f"{what.upper()} {bias}/{noise}"


def merging_table(tables: Mapping[str, Sequence[Row]]) -> str:
    """Policies by settings: F1, and cameras made for each true one."""
    settings = list(tables)
    named = {setting: {row.policy: row for row in rows} for setting, rows in tables.items()}
    head = [
        "policy",
        *(f"{name.split('_', 1)[0].upper()} {name.split('_', 1)[1].replace('_', '/')}" for name in settings),
    ]
    rows = []
    for policy, title in POLICIES.items():
        cells = [f"{row.f1:.3f} ({row.count_ratio:.2f})" for row in (named[name][policy] for name in settings)]
        rows.append([title, *cells])
    return _table(head, rows)


def _by_law(results: Results) -> str:
    """F1 under each law of the bias: whoever has learnt one of them is found out."""
    rows = []
    for policy in ("one_to_one", "one_to_one_attributes", "ours", "oracle"):
        cells = [POLICIES[policy].rstrip("*") if policy != "ours" else POLICIES[policy]]
        for name in results.merging:
            both = (results.figures[f"merge.{name}.{policy}.{law}.f1"] for law in ("grid", "smooth"))
            cells.append(" / ".join(f"{float(f1 or 0):.3f}" for f1 in both))
        rows.append(cells)
    head = ("F1, squares / smooth", *(_setting(name) for name in results.merging))
    return _table(head, rows)


def locating_table(lines: Sequence[Line]) -> str:
    """Methods of one scenario."""
    rows = []
    for line in lines:
        low, high = metrics.binomial(line.covered, len(line.errors))
        rows.append(
            (
                METHODS[line.method],
                f"{line.median:.1f} / {line.p90:.1f}",
                f"{line.covered / len(line.errors):.3f} ({low:.3f} to {high:.3f})",
                f"{float(np.median(line.radii)):.0f}{'' if line.own else '*'}",
                f"{line.score:.0f}",
            )
        )
    return _table(("method", "median / p90, m", "95 % region holds", "radius, m", "score, m"), rows)


def _percent(value: object, digits: int = 0) -> str:
    return f"{float(value) * 100:.{digits}f} %" if isinstance(value, int | float) else "none"


def _standing(results: Results) -> str:
    """Where the product stands, in sentences that are made of the figures."""
    figures, told = results.figures, []
    for name in results.merging:
        ahead, attributes = (figures[f"merge.{name}.closed_to_oracle{which}"] for which in ("", "_from_attributes"))
        told.append(
            f"- {_setting(name)} ({LEVELS[name.split('_', 1)[1]]}): it closes {_percent(ahead)} of the way from "
            f"one-to-one to the oracle, and {_percent(attributes)} from one-to-one with attributes (below zero it is "
            f"behind); it makes {figures[f'merge.{name}.ours.count_ratio']:.2f} cameras of each true one."
        )
    shares = {name: _of(lines, "ours").covered / len(lines[0].errors) for name, lines in results.locating.items()}
    worst, best = min(shares, key=lambda name: shares[name]), max(shares, key=lambda name: shares[name])
    told.append(
        f"- Its 95 % region holds the truth in {_percent(shares[worst])} ({_scenario(worst).lower()}) to "
        f"{_percent(shares[best])} ({_scenario(best).lower()}) of cases. Wherever bearings are fused with radio it "
        "boasts: it takes errors for independent that are not."
    )
    kept = results.pairs["both_kept"]
    told += [
        f"- One camera that was heard and photographed on two walks becomes {figures['together.cameras_median']:.0f} "
        f"cameras (median; p90 {figures['together.cameras_p90']:.0f}).",
        f"- Of {kept.total():,} pairs of nodes that people kept, it merges {kept['merged']} without asking.\n",
    ]
    return "## Where the product stands\n\n" + "\n".join(told)


def _decided(figures: Figures) -> str:
    rows = []
    for key in (key for key in figures if key.endswith(".automatic.today.share")):
        setting = key.split(".")[1]
        cells = [_setting(setting)]
        for how in ("today", "at_0_5_percent", "at_1_percent"):
            share, wrong = (figures[f"merge.{setting}.automatic.{how}.{what}"] for what in ("share", "wrong"))
            cells.append(f"{_percent(share)}, wrong {_percent(wrong, 2)}")
        cells += [_percent(figures[f"merge.{setting}.{who}.wrong_of_surest_30"], 2) for who in ("ours", "one_to_one")]
        rows.append(cells)
    head = ("set", "decided today", "aimed at .5 %", "aimed at 1 %", "wrong of the surest 30 %", "one-to-one's")
    return _DECIDED + _table(head, rows)


def _together(figures: Figures) -> str:
    return (
        f"{figures['together.trials']} simulated cameras, each heard on two walks and photographed from two places on "
        f"each. One camera becomes of them in {_percent(figures['together.one_share'])} of cases; the median is "
        f"{figures['together.cameras_median']:.0f}, p90 {figures['together.cameras_p90']:.0f}. The two photos of one "
        "walk are never merged today, so the two angles that walkers are asked for count as two.\n"
    )


def _real(results: Results) -> str:
    parts = [_FEUP]
    for band, lines in results.feup.items():
        title = band.replace("2_4_ghz", "2.4 GHz").replace("5_ghz", "5 GHz")
        parts += [f"### FEUP, {title}, {len(lines[0].errors)} half laps\n", locating_table(lines)]
    rows = [
        (label.replace("_", " "), str(found["merged"]), str(found["queued"]), str(found["apart"]))
        for label, found in results.pairs.items()
    ]
    return "\n".join([*parts, _PAIRS, _table(("pairs", "merged", "queued", "apart"), rows)])


_HEAD = """# Which camera, and where: how near we come

`make accuracy` wrote this page, in its {form} form. It is a measurement of simulated walks past real positions and of
simulated radio, with real radio and real pairs beside them: nobody walked with a probe for it. Compare figures of one
run; `python -m tests.accuracy --full` has all seeds.
"""

_MERGING = """Real positions of cameras from OpenStreetMap (© OpenStreetMap contributors, ODbL), three simulated walks
past each, each of which sees 70 % of them. The receiver's bias is common to a walk and place, noise is each report's
own; both are deviations per axis. Half of the runs have one bias for each square of 200 m, whose corner is drawn anew
for each walk and area, half a smooth field. Kind, mount and direction are there as often as on real nodes, neighbours
are alike as often as real ones are, and walkers err. Parameters and seeds are in `tests/accuracy/merging.toml`.

Pairwise F1, in brackets cameras made for each true one. \\* The radius is the best of a sweep on these very walks:
hindsight that flatters the baselines. The *oracle* has the same reports without their bias and knows the true
cameras, and what is true of them: what is left are the noise of each report and what walkers say wrongly.
"""

_DECIDED = """What is decided without a person, and how much of that is wrong. A report is right where it is in the
camera that is its own: made and true ones are matched one to one, so a false merge and a false split both count.
Thresholds are learnt in other areas, on other seeds. Today's product says sure or unsure and nothing between, so no
threshold helps it.

"""

_LOCATING = """Simulated passes in streets: shadowing that hangs together in space, fading, buildings, lost frames,
and a receiver that drifts; parameters in `tests/accuracy/locating.toml`, which no method is told. With bearings,
three photos of one walk or two of each of two walks, with a common error of the compass and one in ten that points
anywhere; baselines use the radio alone. \\* The method gives no region: the radius held 95 % of other trials, all
scenarios together. The score is the radius and 20 times what it lacks to reach the truth: the less the better.
"""

_FEUP = """Outdoor Wi-Fi, January 2019, two masts, CC-BY-4.0 (adamiaonr/wifi-vehicles). A report, not a gate: two
masts are few, passes by one are not independent, and the truth is as good as a GPS. Radii with an asterisk are the
simulation's.
"""

_PAIRS = """### Pairs that people judged

Plate readers at most 30 m apart in an older extract of OpenStreetMap, by what became of them. Here two walkers report
one node each, with 5 m accuracy. A deletion is not always a de-duplication, and kept pairs include doubles that
nobody saw.
"""

_OTHERS = """## Measuring another estimator

One that merges takes reports and answers with a camera for each, and how sure it is: it goes into `OURS` of
`tests/accuracy/merge.py`. One that locates takes the passes by one camera and answers with a place and a region: `OURS`
of `tests/accuracy/locate.py`. Neither is given the parameters. Factors and thresholds are learnt on the areas and seeds
to learn by, never on those that this page is of.
"""
