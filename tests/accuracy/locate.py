"""Locating: every baseline and today's product on the same simulated passes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import hypot

import numpy as np

from tests.accuracy import locators, metrics
from tests.accuracy.curves import normal_levels
from tests.accuracy.frozen import locating
from tests.accuracy.locators import BASELINES, Located, Locator, located
from tests.accuracy.passes import Trial, trials
from tests.accuracy.reports import Floats

Figures = dict[str, float | int | str | None]
TWO_WALKS_BEARINGS = "both_l_bearings"

# What is measured of the product, without and with bearings, each without and with the streets that an operator has
# given: whoever brings another estimator changes it here.
OURS: dict[str, dict[str, Locator]] = {
    "radio": {
        "ours": lambda trial: locators.ours(trial, looks=False),
        "ours_streets": lambda trial: locators.ours(trial, looks=False, streets=True),
    },
    "bearings": {
        "ours": lambda trial: locators.ours(trial, looks=True),
        "ours_streets": lambda trial: locators.ours(trial, looks=True, streets=True),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One method in one scenario, in metres. `own`: whether the region is the method's own, or its radius was learnt on
    other trials. `errors`, `reached` (by how much each region would have to grow) and `levels` (the least level whose
    region held) are in the order of the trials."""

    method: str
    errors: Floats
    reached: Floats
    levels: Floats
    radii: Floats
    own: bool

    @property
    def median(self) -> float:
        return float(np.median(self.errors))

    @property
    def p90(self) -> float:
        return float(np.quantile(self.errors, 0.9))

    @property
    def covered(self) -> int:
        return int((self.reached <= 1).sum())

    @property
    def covered50(self) -> float:
        return float((self.levels <= 0.5).mean())

    @property
    def score(self) -> float:
        return metrics.interval_score(self.radii, self.reached)


def measure(*, full: bool, count: int | None = None) -> tuple[dict[str, list[Line]], Figures]:
    """The tables of all scenarios, and their keys; of so many trials, where it is said."""
    tables: dict[str, list[Line]] = {}
    for name in locating()["scenarios"]:
        tables |= scenario(name, full=full, count=count)
    return tables, figures_of(tables)


def scenario(name: str, *, full: bool, count: int | None = None, seed: int | None = None) -> dict[str, list[Line]]:
    """The tables of one scenario, without and with bearings; on another seed than the frozen one, where it is said."""
    frozen = locating()["trials"]
    drawn = trials(name, count or frozen["count" if full else "small_count"], frozen["seed"] if seed is None else seed)
    learnt = learnt_radii(frozen["learn_count" if full else "small_learn_count"])
    radio = [baseline(method, drawn, learnt) for method in BASELINES]
    return {name: [*radio, *ours("radio", drawn)], f"{name}_bearings": [*radio, *ours("bearings", drawn)]}


def figures_of(tables: Mapping[str, Sequence[Line]]) -> Figures:
    """The keys of the tables of all scenarios."""
    figures: Figures = {"locate.trials": min(len(lines[0].errors) for lines in tables.values())}
    for name, lines in tables.items():
        for line in lines:
            figures |= keys_of(f"locate.{name}.{line.method}", line)
    return figures | over_scenarios(tables)


def over_scenarios(tables: Mapping[str, Sequence[Line]]) -> Figures:
    """The least and the largest share of the product's 95 % regions that hold, over all scenarios, with an operator's
    streets and without; and the error of two walks with bearings, which is the one that is aimed at."""
    told = [one for lines in tables.values() for one in lines if one.method in OURS["radio"]]
    shares = [one.covered / len(one.errors) for one in told]
    figures: Figures = {
        "locate.min_coverage_95": round(min(shares), 4),
        "locate.max_coverage_95": round(max(shares), 4),
    }
    for one in tables.get(TWO_WALKS_BEARINGS, ()):
        if one.method in OURS["bearings"]:
            key = "locate.two_walks_bearings" + ("" if one.method == "ours_streets" else "_no_streets")
            figures |= {f"{key}.median_m": round(one.median, 2), f"{key}.p90_m": round(one.p90, 2)}
    return figures


def keys_of(prefix: str, line: Line) -> Figures:
    """The figures of one method by their names."""
    low, high = metrics.binomial(line.covered, len(line.errors))
    return {
        f"{prefix}.median_m": round(line.median, 2),
        f"{prefix}.p90_m": round(line.p90, 2),
        f"{prefix}.covered50": round(line.covered50, 4),
        f"{prefix}.covered95": round(line.covered / len(line.errors), 4),
        f"{prefix}.covered95_low": round(low, 4),
        f"{prefix}.covered95_high": round(high, 4),
        f"{prefix}.radius_m": round(float(np.median(line.radii)), 2),
        f"{prefix}.interval_score_m": round(line.score, 2),
    }


def _error(found: Located, trial: Trial) -> float:
    return hypot(found.east - trial.east, found.north - trial.north)


@cache
def learnt_radii(count: int) -> dict[str, float]:
    """For methods that give no region: the radius that held 95 % of other trials, so many of each scenario together."""
    seed = locating()["trials"]["learn_seed"]
    drawn = [one for name in locating()["scenarios"] for one in trials(name, count, seed)]
    found: dict[str, float] = {}
    for method in locators.WEIGHTED:
        found[method] = float(np.quantile([_error(located(method, one.heard), one) for one in drawn], 0.95))
    return found


def baseline(method: str, drawn: Sequence[Trial], learnt: dict[str, float]) -> Line:
    """A baseline on these trials."""
    found = [located(method, trial.heard) for trial in drawn]
    own = found[0].radius_m is not None
    return line(method, found if own else [locators.with_radius(one, learnt[method]) for one in found], drawn, own=own)


def ours(which: str, drawn: Sequence[Trial]) -> list[Line]:
    """The product on these trials, without and with an operator's streets."""
    return [
        line(method, [locator(trial) for trial in drawn], drawn, own=True) for method, locator in OURS[which].items()
    ]


def line(method: str, found: Sequence[Located], drawn: Sequence[Trial], *, own: bool) -> Line:
    """Answers beside the truth. Raises ValueError where one has no region."""
    reached, levels, radii = [], [], []
    for one, trial in zip(found, drawn, strict=True):
        if one.times is None or one.radius_m is None:
            raise ValueError(f"{method} gives no region")
        reached.append(one.times(trial.east, trial.north))
        by_region = float(normal_levels(np.array(reached[-1])))
        levels.append(by_region if one.level is None else one.level(trial.east, trial.north))
        radii.append(one.radius_m)
    errors = [_error(one, trial) for one, trial in zip(found, drawn, strict=True)]
    return Line(
        method=method,
        errors=np.array(errors),
        reached=np.array(reached),
        levels=np.array(levels),
        radii=np.array(radii),
        own=own,
    )
