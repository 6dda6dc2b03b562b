"""Locating: every baseline and today's product on the same simulated passes; and one camera, heard and seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import hypot

import numpy as np

from hub.merge.cameras import derive
from tests.accuracy import locators, metrics
from tests.accuracy.frozen import locating
from tests.accuracy.locators import BASELINES, Located, Locator, located
from tests.accuracy.passes import Trial, trials
from tests.accuracy.reports import Floats
from tests.accuracy.today import observed

Figures = dict[str, float | int | str | None]

# What is measured of the product, without and with bearings, and with the streets that an operator has given: whoever
# brings another estimator changes it here.
OURS: dict[str, Locator] = {
    "radio": lambda trial: locators.ours(trial, looks=False),
    "bearings": lambda trial: locators.ours(trial, looks=True),
    "bearings_streets": lambda trial: locators.ours(trial, looks=True, streets=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One method in one scenario, in metres. `own`: whether the region is the method's own, or its radius was learnt on
    other trials. `errors` and `reached` (by how much each region would have to grow) are in the order of the trials."""

    method: str
    errors: Floats
    reached: Floats
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
    def score(self) -> float:
        return metrics.interval_score(self.radii, self.reached)


def measure(*, full: bool, count: int | None = None) -> tuple[dict[str, list[Line]], Figures]:
    """The tables of all scenarios, and their keys; of so many trials, where it is said."""
    frozen = locating()["trials"]
    count = count or frozen["count" if full else "small_count"]
    scenarios = list(locating()["scenarios"])
    learnt = learnt_radii(frozen["learn_count" if full else "small_learn_count"])
    tables: dict[str, list[Line]] = {}
    figures: Figures = {"locate.trials": count}
    for name in scenarios:
        drawn = trials(name, count, frozen["seed"])
        radio = [baseline(method, drawn, learnt) for method in BASELINES]
        tables[name] = [*radio, ours("radio", drawn)]
        tables[f"{name}_bearings"] = [*radio, ours("bearings", drawn)]
    for name, lines in tables.items():
        for line in lines:
            figures |= keys_of(f"locate.{name}.{line.method}", line)
    return tables, figures | together(frozen["together_count" if full else "small_together_count"])


def keys_of(prefix: str, line: Line) -> Figures:
    """The figures of one method by their names."""
    low, high = metrics.binomial(line.covered, len(line.errors))
    return {
        f"{prefix}.median_m": round(line.median, 2),
        f"{prefix}.p90_m": round(line.p90, 2),
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


def ours(which: str, drawn: Sequence[Trial]) -> Line:
    """The product on these trials."""
    return line("ours", [OURS[which](trial) for trial in drawn], drawn, own=True)


def line(method: str, found: Sequence[Located], drawn: Sequence[Trial], *, own: bool) -> Line:
    """Answers beside the truth. Raises ValueError where one has no region."""
    reached, radii = [], []
    for one, trial in zip(found, drawn, strict=True):
        if one.times is None or one.radius_m is None:
            raise ValueError(f"{method} gives no region")
        reached.append(one.times(trial.east, trial.north))
        radii.append(one.radius_m)
    errors = [_error(one, trial) for one, trial in zip(found, drawn, strict=True)]
    return Line(method=method, errors=np.array(errors), reached=np.array(reached), radii=np.array(radii), own=own)


def together(count: int) -> Figures:
    """How many cameras become of one that was heard on two walks, and photographed from two places on each."""
    made = []
    for trial in trials("both_l", count, locating()["trials"]["seed"]):
        both = locators.sightings(trial)
        made.append(len(derive(observed(both, [None] * len(both)))[0]))
    return {
        "together.trials": count,
        "together.cameras_median": float(np.median(made)),
        "together.cameras_p90": float(np.quantile(made, 0.9)),
        "together.one_share": round(float(np.mean(np.array(made) == 1)), 4),
    }
