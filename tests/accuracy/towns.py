"""Regions in other towns: how often they hold where streets, receivers and compasses are not those that were assumed.

Nothing in a camera's evidence tells how far a receiver drifted on one walk, as all of its places are off together. So
where all laws are harsher at once, fewer regions hold, and where all are milder, more do: this says how many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tests.accuracy import metrics, tables
from tests.accuracy.aims import percent
from tests.accuracy.frozen import locating
from tests.accuracy.laws import Factors, under, varied, worse
from tests.accuracy.locate import OURS, Figures, Line, baseline, learnt_radii, ours
from tests.accuracy.locators import BASELINES
from tests.accuracy.passes import Trial, drawn

LAWS = {"harsher": "all 30 % harsher", "milder": "all 30 % milder", "own": "each town its own"}
MILDER, LEAST, MOST = 0.7, 0.7, 1 / 0.7
# One takes as long as all others together, and its regions are the worst.
SLOW = "robust_ml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The product in one scenario under some laws: trials, how many of its 95 % regions hold, its score in metres and
    the best baseline's, and the median radius in metres."""

    scenario: str
    method: str
    law: str
    trials: int
    covered: int
    score: float
    best_other: float
    radius_m: float


def measure(full: bool) -> tuple[list[Held], Figures]:
    """All scenarios under all laws, and their keys."""
    frozen = locating()["trials"]
    count = frozen["towns_count" if full else "small_towns_count"]
    learnt = learnt_radii(frozen["learn_count" if full else "small_learn_count"])
    found = [one for law in LAWS for name in locating()["scenarios"] for one in scenario(name, law, count, learnt)]
    return found, figures_of(found)


def scenario(name: str, law: str, count: int, learnt: Mapping[str, float]) -> list[Held]:
    """One scenario under one law, without bearings and with them, with streets and without."""
    cameras = town(name, law, count)
    others = [baseline(method, cameras, dict(learnt)).score for method in BASELINES if method != SLOW]
    found = []
    for which in OURS:
        called = name if which == "radio" else f"{name}_bearings"
        found += [_held(called, law, line, min(others)) for line in ours(which, cameras)]
    return found


def town(name: str, law: str, count: int) -> list[Trial]:
    """So many trials of a scenario under a law of `LAWS`; those of the frozen seed are the same again."""
    seed, cameras = locating()["trials"]["towns_seed"], []
    number_of_law, number_of_name = list(LAWS).index(law), sorted(locating()["scenarios"]).index(name)
    for number in range(count):
        random = np.random.default_rng([seed, number_of_law, number_of_name, number])
        with under(_factors(law, random)):
            cameras.append(drawn(name, random))
    return cameras


def _factors(law: str, random: np.random.Generator) -> Factors:
    if law == "own":
        return varied(random, LEAST, MOST)
    return worse() if law == "harsher" else dict.fromkeys(worse(), MILDER)


def _held(name: str, law: str, line: Line, best_other: float) -> Held:
    return Held(
        scenario=name,
        method=line.method,
        law=law,
        trials=len(line.errors),
        covered=line.covered,
        score=line.score,
        best_other=best_other,
        radius_m=float(np.median(line.radii)),
    )


def figures_of(found: Sequence[Held]) -> Figures:
    """The keys of these rows, and of each law the least and the largest share that holds."""
    figures: Figures = {}
    for one in found:
        prefix = f"towns.{one.law}.{one.scenario}.{one.method}"
        figures |= {
            f"{prefix}.covered95": round(one.covered / one.trials, 4),
            f"{prefix}.radius_m": round(one.radius_m, 2),
            f"{prefix}.interval_score_m": round(one.score, 2),
        }
    for law in {one.law for one in found}:
        shares = [one.covered / one.trials for one in found if one.law == law]
        figures |= {
            f"towns.{law}.min_coverage_95": round(min(shares), 4),
            f"towns.{law}.max_coverage_95": round(max(shares), 4),
            f"towns.{law}.mean_coverage_95": round(float(np.mean(shares)), 4),
        }
    return figures


def text(found: Sequence[Held], figures: Figures) -> str:
    """Rows as a table, a column for each law, and what the laws are."""
    rows = []
    for name, method in dict.fromkeys((one.scenario, one.method) for one in found):
        own = {one.law: one for one in found if (one.scenario, one.method) == (name, method)}
        cells = [_cell(own[law]) for law in LAWS if law in own]
        rows.append([tables.scenario_name(name) + (", streets" if method == "ours_streets" else ""), *cells])
    laws = [law for law in LAWS if any(one.law == law for one in found)]
    means = ", ".join(f"{LAWS[law]} {percent(figures[f'towns.{law}.mean_coverage_95'], 1)}" for law in laws)
    better = sum(one.score < one.best_other for one in found)
    return (
        f"{WORDS}\nOn the mean over scenarios there hold: {means}. In {better} of {len(found)} the score is better than"
        f" every other method's but {tables.METHODS[SLOW]}, which was left out.\n\n"
        + tables.table(("scenario", *(LAWS[law] for law in laws)), rows)
    )


def _cell(one: Held) -> str:
    low, high = metrics.binomial(one.covered, one.trials)
    share = percent(one.covered / one.trials, 1)
    return f"{share} ({percent(low, 1)} to {percent(high, 1)}), {one.radius_m:.0f} m"


WORDS = """How often 95 % regions hold where the deviations of shadows, receivers, bearings and compasses, and the share
of bearings that are astray, are others than the frozen ones, while receivers and walkers say of themselves what they
always say. Where all six are harsher at once, regions hold less often: what a receiver is off on one walk shows in
nothing that is heard or seen there. In brackets the binomial interval, behind it the median radius.
"""
