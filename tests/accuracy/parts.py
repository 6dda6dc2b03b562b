"""Parts of the bench that measure something of their own: what each has for the page, where it is there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from tests.accuracy.bound import median_bounds
from tests.accuracy.frozen import locating
from tests.accuracy.locate import Figures
from tests.accuracy.passes import trials

# By name: the module, and the heading of its section. `measure(full)` gives rows and figures, `text(rows, figures)`
# what the page says of them; `scale` gives figures alone.
PARTS = {
    "gone": ("absences", "Gone: how often that is right"),
    "poison": ("poison", "What one contributor could do who lies"),
    "towns": ("towns", "Where, in other towns"),
    "scale": ("scale", "What it costs"),
}
# How many cameras the map has: with the neighbourhoods alone, and with store and deriver.
SIZES, SMALL_SIZES = ((2_000, 10_000, 100_000, 1_000_000), (1_000, 50_000)), ((10_000, 100_000, 1_000_000), ())
SMALL_ARRIVALS = 50
COSTS = {
    "cpu_ms.p50": "an arrival, CPU, p50, ms",
    "cpu_ms.p99": "p99",
    "p50_to_10000": "p50 to that at 10,000",
    "wall_ms.p50": "an arrival, clock, p50, ms",
    "wall_ms.p99": "p99",
    "rebuild_s_per_100000": "rebuild of 100,000 sightings, CPU, s",
    "rebuild_s_per_100000.sampled": "the same by a sample of windows, at most",
    "index_s_per_100000": "to read 100,000 and resolve none, CPU, s",
    "kb_per_camera": "memory for each camera, kB",
    "kb_per_camera.index": "of the index alone, kB",
    "most_mb": "memory at most, MB",
    "windows_cut": "windows cut short",
    "parted": "cameras parted by that",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a part found: its section in Markdown, and its keys."""

    text: str
    figures: Figures


def heading(name: str) -> str:
    """The heading of a part's section."""
    return PARTS[name][1]


def module(name: str) -> ModuleType | None:
    """A module of this bench, or None where it is not there."""
    full_name = f"tests.accuracy.{name}"
    return import_module(full_name) if find_spec(full_name) else None


def measured(name: str, *, full: bool) -> Part | None:
    """What a part finds; None where it is not there."""
    there = module(PARTS[name][0])
    if there is None:
        return None
    if name == "scale":
        figures = dict(there.measure(*SIZES) if full else there.measure(*SMALL_SIZES, arrivals=SMALL_ARRIVALS))
        return Part(text=costs(figures), figures=figures)
    rows, figures = there.measure(full)
    return Part(text=there.text(rows, figures), figures=figures)


def costs(figures: Mapping[str, float | int | str | None]) -> str:
    """What an arrival and a rebuild cost, by how large the map is."""
    maps = sorted({key.removeprefix("scale.").split(f".{cost}")[0] for key in figures for cost in COSTS if cost in key})
    maps.sort(key=lambda name: (name.endswith("live"), int(name.split(".")[0])))
    lines = [f"| cameras | {' | '.join(COSTS.values())} |", f"|{'---|' * (len(COSTS) + 1)}"]
    for one in maps:
        cameras = f"{int(one.split('.')[0]):,}" + (", with store and deriver" if one.endswith("live") else "")
        cells = [figures.get(f"scale.{one}.{cost}") for cost in COSTS]
        lines.append(f"| {cameras} | {' | '.join('' if cell is None else f'{cell:g}' for cell in cells)} |")
    return "\n".join(lines) + "\n"


def bounds_m(scenarios: Iterable[str]) -> dict[str, float]:
    """The Cramer-Rao bound of the median error in each scenario, in metres, by the first trials."""
    frozen = locating()["trials"]
    found = {}
    for name in scenarios:
        drawn = trials(name.removesuffix("_bearings"), frozen["bound_count"], frozen["seed"])
        found[name] = median_bounds(drawn, looks=name.endswith("_bearings"))
    return found
