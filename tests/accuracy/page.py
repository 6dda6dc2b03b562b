"""docs/accuracy.md and its pictures, written by the command that measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.accuracy import aims, curves, parts, pole, tables, texts
from tests.accuracy.aims import percent, setting_name
from tests.accuracy.curves import Axis, Curve, Panel, Points
from tests.accuracy.keys import MEANINGS
from tests.accuracy.locate import OURS, TWO_WALKS_BEARINGS, Figures, Line
from tests.accuracy.merge import Row
from tests.accuracy.real import Judged

SHOWN_M = 40.0
LABELS = ("both_kept", "one_deleted")
LEAST_WRONG = 0.001  # what is less is drawn as that: the axis is logarithmic
DRAWN_SETS = ("cctv_4_3", "cctv_8_4")
LEVELS = (0.0, 0.25, 0.5, 0.75, 0.95)
POLICIES = {"ours": "the product", "one_to_one": "one to one", "one_to_one_attributes": "one to one, with attributes"}
ON_POLE = {"one_to_one": "What one to one makes", "ours": "What the product makes"}


@dataclass(slots=True)
class Results:
    """All that one run found. `bounds` are of medians, in metres, by the names of `locating`."""

    form: str
    merging: dict[str, list[Row]] = field(default_factory=dict)
    risks: dict[str, dict[str, Points]] = field(default_factory=dict)
    poles: dict[str, pole.Pole] = field(default_factory=dict)
    locating: dict[str, list[Line]] = field(default_factory=dict)
    bounds: dict[str, float] = field(default_factory=dict)
    feup: dict[str, list[Line]] = field(default_factory=dict)
    pairs: list[Judged] = field(default_factory=list)
    others: dict[str, parts.Part] = field(default_factory=dict)
    figures: Figures = field(default_factory=dict)


def write(page: Path, results: Results) -> None:
    """The page, and beside it the pictures that it shows."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text(results))
    for name, drawn in pictures(results).items():
        page.with_name(f"{page.stem}{name}.svg").write_text(drawn)


def pictures(results: Results) -> dict[str, str]:
    """By what follows the page's name: regions and errors, what is decided at which risk, and one hard pole."""
    made = {"": _regions_and_errors(results.locating), "-decided": _decided_at_risk(results.risks)}
    if first := next(iter(results.poles.values()), None):
        made["-pole"] = pole.picture(first, ON_POLE)
    return made


def _regions_and_errors(found: Mapping[str, Sequence[Line]]) -> str:
    """Reliability of the product's regions in every scenario, and the errors where most is known."""
    levels: dict[str, Curve] = {}
    for name, lines in found.items():
        points = curves.reliability(tables.of(lines, "ours").levels)
        bare = name.removesuffix("_bearings")
        number = list(tables.SCENARIOS).index(bare)
        levels[tables.scenario_name(name)] = Curve(points=points, colour=number, dashed=name != bare)
    errors = {
        tables.METHODS[line.method].strip("*"): Curve(
            points=curves.cumulative(line.errors, SHOWN_M), colour=number, bold=line.method in OURS["bearings"]
        )
        for number, line in enumerate(reversed(found[TWO_WALKS_BEARINGS]))
    }
    quarters = (0.0, 0.25, 0.5, 0.75, 1.0)
    said = Axis(title="level that is said", low=0, high=1, ticks=LEVELS, unit="%")
    holds = Axis(title="share that holds", low=0, high=1, ticks=LEVELS, unit="%")
    metres = Axis(title="error, m", low=0, high=SHOWN_M, ticks=(0, 10, 20, 30, 40))
    share = Axis(title="share of cameras", low=0, high=1, ticks=quarters, unit="%")
    title = "Regions: how often they hold"
    return curves.picture(
        "How often regions hold, and how far estimates are off",
        (
            Panel(title=title, across=said, up=holds, lines=levels, guides=([(0.0, 0.0), (1.0, 1.0)],)),
            Panel(title="Errors: two walks, bearings", across=metres, up=share, lines=errors),
        ),
    )


def _decided_at_risk(found: Mapping[str, Mapping[str, Points]]) -> str:
    """Which share is wrong of what is decided, by how much is decided."""
    panels = []
    for name in [name for name in DRAWN_SETS if name in found] or list(found)[:2]:
        across = Axis(title="share that is decided", low=0, high=1, ticks=(0, 0.25, 0.5, 0.75, 1), unit="%")
        ticks = (0.001, 0.005, 0.01, 0.05, 0.1, 0.3)
        up = Axis(title="wrong of that", low=LEAST_WRONG, high=0.3, ticks=ticks, logarithmic=True, unit="%")
        lines = {
            title: Curve(points=found[name][policy], colour=number, bold=policy == "ours")
            for number, (policy, title) in enumerate(POLICIES.items())
        }
        aim = [[(0.0, aims.AUTOMATIC_WRONG), (1.0, aims.AUTOMATIC_WRONG)]]
        panels.append(Panel(title=f"Decided: {setting_name(name)}", across=across, up=up, lines=lines, guides=aim))
    return curves.picture("Which share is wrong of what is decided without a person", panels)


def text(results: Results) -> str:
    """The whole page."""
    settings, figures = list(results.merging), results.figures
    reached = aims.all_of(figures, results.locating)
    made = [
        texts.HEAD.format(form=results.form),
        "## What is aimed at, and what is reached\n",
        f"{sum(aim.reached for aim in reached)} of {len(reached)} aims are reached. {texts.AIMS}",
        tables.aims(reached),
        "## Which camera\n",
        texts.MERGING,
        tables.merging(results.merging),
        tables.closed(figures, settings),
        tables.by_law(figures, settings),
        texts.DECIDED,
        tables.decided(figures),
        "![Which share is wrong of what is decided](accuracy-decided.svg)\n",
    ]
    if results.poles:
        made += [texts.POLE, "![Four cameras on one pole](accuracy-pole.svg)\n"]
    made += ["## Where\n", texts.LOCATING]
    if results.bounds:
        made.append(texts.BOUND)
    made += [tables.regions(results.locating, results.bounds), "![Regions, and errors](accuracy.svg)\n"]
    for name in (name for name in results.locating if not name.endswith("_bearings")):
        with_bearings = {
            f"{tables.METHODS[method]}, bearings": tables.of(results.locating[f"{name}_bearings"], method)
            for method in OURS["bearings"]
        }
        made += [
            f"### {tables.scenario_name(name)}\n",
            tables.locating(results.locating[name], with_bearings),
        ]
    made += ["## One camera, heard and photographed\n", _together(figures), "## Real data\n", _real(results)]
    for name, part in results.others.items():
        made += [f"## {parts.heading(name)}\n", *([texts.COSTS] if name == "scale" else []), f"{part.text.strip()}\n"]
    made += [texts.OTHERS, "## The names in build/accuracy.json\n"]
    made.append(tables.table(("name", "meaning"), ((name, meaning) for _, name, meaning in MEANINGS)))
    return "\n".join(made).rstrip() + "\n"


def _together(figures: Figures) -> str:
    rows = []
    for key, what, share in (
        ("together", "one camera", "one_share"),
        ("together.two", "two cameras, 6 m apart", "two_share"),
    ):
        median, p90 = (f"{figures[f'{key}.cameras_{each}']:g}" for each in ("median", "p90"))
        right = figures.get(f"{key}.right_share", figures[f"{key}.{share}"])
        rows.append((what, median, p90, percent(figures[f"{key}.{share}"]), percent(right)))
    head = ("what was there", "cameras made, median", "p90", "as many as there were", "each with all of its own")
    return texts.TOGETHER.format(count=figures["together.trials"]) + "\n" + tables.table(head, rows)


def _real(results: Results) -> str:
    made = [texts.FEUP]
    for band, lines in results.feup.items():
        title = band.replace("2_4_ghz", "2.4 GHz").replace("5_ghz", "5 GHz")
        made += [f"### FEUP, {title}, {len(lines[0].errors)} half laps\n", tables.locating(lines)]
    return "\n".join([*made, texts.PAIRS, _told_of_pairs(results.figures), tables.pairs(results.pairs)])


def _told_of_pairs(figures: Figures) -> str:
    kept, deleted = ({what: figures[f"pairs.{label}.{what}"] for what in ("merged", "queued")} for label in LABELS)
    return (
        f"Of the pairs that people kept, {kept['merged']} are merged without asking (the aim is none), and a person is "
        f"asked about {kept['queued']}.\nOf those of which they deleted one, {deleted['merged']} are merged and "
        f"{deleted['queued']} asked about: {figures['pairs.one_deleted.merged_or_queued']} together.\n"
    )
