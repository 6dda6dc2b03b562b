"""Parts of the bench that measure something of their own: what each has for the page, where it is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from tests.accuracy.locate import Figures

Table = Sequence[Sequence[str]]  # the first row is the head

# Name, heading of its section. Each has `measure(full)`, which gives a table and figures, and may have `TEXT`, which
# says how they came about.
PARTS = {
    "gone": "Gone: how often that is right",
    "poison": "What one contributor could do who lies",
    "scale": "What it costs",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a part found: its table, what is to be said of it, and its keys."""

    table: Table
    text: str
    figures: Figures


def module(name: str) -> ModuleType | None:
    """A module of this bench, or None where it is not there."""
    full_name = f"tests.accuracy.{name}"
    return import_module(full_name) if find_spec(full_name) else None


def measured(name: str, *, full: bool) -> Part | None:
    """What a part finds; None where it is not there."""
    there = module(name)
    if there is None:
        return None
    table, figures = there.measure(full)
    return Part(table=table, text=getattr(there, "TEXT", ""), figures=figures)


def bound_m(scenario: str) -> float | None:
    """The Cramer-Rao bound of the median error in a scenario, in metres; None where nobody has computed it."""
    there = module("bound")
    if there is None:
        return None
    try:
        return float(there.median_bound_m(scenario))
    except KeyError:
        return None
