"""Learns `hub/merge/where/factors.toml`: `python -m tests.accuracy.learn_where [--trials N]`.

For each kind of evidence, by what the evidence is (`hub/merge/where/factors.py`): the temper at which the density at
the true place is highest (a proper score, so neither size nor boast pays), then the shares of the mass at which regions
hold the truth half the time, and 95 in 100. All on the learning seed; the trials that judge are others. Each trial has
laws of its own around the frozen ones, as towns and telephones differ.
"""

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from math import exp, log, pi, sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hub.merge.where.evidence import Evidence, Street
from hub.merge.where.factors import HALVES, MOSTS, TRAITS, kind_of, share_by, temper_by, traits_of
from hub.merge.where.factors import TEMPERS as LIMITS
from hub.merge.where.locate import Posterior, locate, posterior
from hub.merge.where.prior import prior_log
from probe.contract.geodesy import moved, offset_m
from tests.accuracy.evidences import ORIGIN, evidence, looks_only, marks, one_look, with_distances
from tests.accuracy.fitted import share_law, temper_law
from tests.accuracy.frozen import locating
from tests.accuracy.laws import under, varied
from tests.accuracy.passes import Trial, drawn
from tests.accuracy.reports import Floats

FACTORS = Path(__file__).parents[2] / "hub" / "merge" / "where" / "factors.toml"
TEMPERS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3)
LEAST, MOST = 0.75, 1 / 0.75  # the factors on each law
# Beside the scenarios that judge: three walks, which are a class of their own.
THREE = {
    "walks": [{"way": "l", "side": 1}, {"way": "l", "side": -1}, {"way": "pass", "side": 0}],
    "looks": "two",
}
# Of one walk there are three scenarios; of these fewer trials each do.
SHARES = {"pass": 0.5, "l": 0.5, "loop": 0.5, "three": 0.3}


class Learnt(NamedTuple):
    """Of one trial: its kind and traits; at each temper, the logarithm of the density at the true place (per square
    metre) and the share of the mass that is denser."""

    kind: str
    traits: dict[str, float]
    density: tuple[float, ...]
    rank: tuple[float, ...]


def told_of(trial: Trial, random: np.random.Generator, *, alone: bool) -> Iterator[Evidence]:
    """What may be told of a trial: heard, heard and seen; where `alone`, seen as well, one look of each walk, the same
    with distances, and marks."""
    plain = evidence(trial, looks=True)
    far = with_distances(plain, trial, random)
    yield evidence(trial, looks=False)
    yield plain
    if not alone:
        return
    yield looks_only(plain)
    yield looks_only(far)
    yield one_look(plain, random)
    yield one_look(far, random)
    mark = marks(trial, 2, random)
    yield Evidence(walks=mark[:1])
    yield Evidence(walks=mark)


def gathered(scenario: str, first: int, last: int, vary: bool = True) -> list[Learnt]:
    """Some trials of the learning seed."""
    seed = locating()["trials"]["learn_seed"]
    found = []
    for number in range(first, last):
        random = np.random.default_rng([seed, sum(scenario.encode()), number])
        with under(varied(random, LEAST, MOST) if vary else {}):
            locating()["scenarios"]["three"] = THREE
            trial = drawn(scenario, random)
            streets = evidence(trial, looks=False, streets=True).streets
            for one in told_of(trial, random, alone=number % 2 == 0):
                found += _of_trial(trial, one, streets)
    return found


def _of_trial(trial: Trial, given: Evidence, streets: tuple[Street, ...]) -> list[Learnt]:
    """Without the streets, and with them: the walks' rasters are the same."""
    kind = kind_of(given.walks)
    if kind == "marked":
        return [_marked(trial, given)]
    made = posterior(given)
    assert made is not None
    prior = prior_log(given.walks, streets, made.plane, made.grid)
    at = made.plane.to_metres(*moved(*ORIGIN, trial.east, trial.north))
    found = []
    for each, known in ((made, False), (replace(made, prior=prior), True)):
        both = [here(each, temper, *at) for temper in TEMPERS]
        traits = traits_of(given.walks, streets=known)
        found.append(Learnt(kind, traits, tuple(one[0] for one in both), tuple(one[1] for one in both)))
    return found


def _marked(trial: Trial, given: Evidence) -> Learnt:
    """Marked places are normal: the share of a normal law is that of its ellipse."""
    found = locate(given)
    assert found is not None
    estimate = found.estimate
    x, y = offset_m(estimate.lat, estimate.lon, *moved(*ORIGIN, trial.east, trial.north))
    det = estimate.east * estimate.north - estimate.between**2
    times2 = (x * x * estimate.north - 2 * x * y * estimate.between + y * y * estimate.east) / det
    density, rank = -0.5 * times2 - log(2 * pi * sqrt(det)), 1 - exp(-0.5 * times2)
    traits = traits_of(given.walks, streets=False)
    return Learnt("marked", traits, (density,) * len(TEMPERS), (rank,) * len(TEMPERS))


def here(made: Posterior, temper: float, east: float, north: float) -> tuple[float, float]:
    """The logarithm of the density at a place, between the middles of cells as outlines are drawn, and the share of the
    mass that is denser."""
    mass, grid = made.mass(temper), made.grid
    x, y = (east - grid.east) / grid.step_m, (north - grid.north) / grid.step_m
    if not (0 <= x <= grid.count - 1 and 0 <= y <= grid.count - 1):
        return log(1e-9), 1.0
    column, row = min(int(x), grid.count - 2), min(int(y), grid.count - 2)
    part = np.log(np.maximum(mass[row : row + 2, column : column + 2], 1e-300))
    u, v = x - column, y - row
    value = float(np.array([1 - v, v]) @ part @ np.array([1 - u, u]))
    return max(value - 2 * log(grid.step_m), log(1e-9)), float(mass[mass > exp(value)].sum())


Laws = dict[str, dict[str, float]]


def factors(rows: Sequence[Learnt]) -> dict[str, Laws]:
    """The laws of the factors of each kind."""
    kinds = {one.kind for one in rows}
    return {
        kind: _of([one for one in rows if one.kind == kind], names) for kind, names in TRAITS.items() if kind in kinds
    }


def _of(rows: Sequence[Learnt], names: Sequence[str]) -> Laws:
    names = ("at_all", *names)
    traits = np.array([[one.traits[name] for name in names] for one in rows])
    temper = _named(names, temper_law(np.array([one.density for one in rows]), TEMPERS, traits, LIMITS))
    rank = np.array([rank_at(one, temper_by(temper, one.traits)) for one in rows])
    half, most = (_named(names, share_law(rank, traits, level)) for level in (0.5, 0.95))
    return {"temper": temper, "half": half, "most": most}


def rank_at(row: Learnt, temper: float) -> float:
    """The share of the mass that is denser than at the true place, between the tempers that were tried."""
    return float(np.interp(log(temper), np.log(TEMPERS), row.rank))


def _named(names: Sequence[str], slopes: Floats) -> dict[str, float]:
    return {name: round(slope, 4) for name, slope in zip(names, slopes.tolist(), strict=True)}


def held(rows: Sequence[Learnt], laws: Laws) -> tuple[float, float]:
    """Which shares of these trials, all of one kind, are in the regions that are to hold half, and 95 in 100."""
    ranks = [(one, rank_at(one, temper_by(laws["temper"], one.traits))) for one in rows]
    half, most = (
        [rank <= share_by(laws[name], one.traits, limits) for one, rank in ranks]
        for name, limits in (("half", HALVES), ("most", MOSTS))
    )
    return float(np.mean(half)), float(np.mean(most))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--trials", type=int, default=1000, help="of each scenario")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--frozen", action="store_true", help="only the frozen laws")
    asked = options.parse_args()
    step = 25
    parts = [
        (name, first, min(first + step, asked.trials), not asked.frozen)
        for first in range(0, asked.trials, step)
        for name in (*sorted(locating()["scenarios"]), "three")
        if first < asked.trials * SHARES.get(name, 1.0)
    ]
    with ProcessPoolExecutor(asked.jobs) as pool:
        rows = [one for found in pool.map(gathered, *zip(*parts, strict=True)) for one in found]
    FACTORS.write_text(written(rows))


def written(rows: Sequence[Learnt]) -> str:
    """The file of the factors; how often regions hold by it is printed."""
    lines = ["# Learnt by `python -m tests.accuracy.learn_where`, on simulated trials that judge nothing."]
    for kind, laws in factors(rows).items():
        own = [one for one in rows if one.kind == kind]
        lines += ["", f"[{kind}]", f"trials = {len(own)}"]
        for name, law in laws.items():
            lines += ["", f"[{kind}.{name}]", *(f"{trait} = {slope}" for trait, slope in law.items())]
        print(f"{kind}: {len(own)} trials, of which regions hold", *(f"{share:.3f}" for share in held(own, laws)))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
