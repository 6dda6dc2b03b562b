"""Learns `hub/merge/where/factors.toml`: `python -m tests.accuracy.learn_where [--trials N]`.

For each class of evidence: the temper at which the density at the true place is highest (a proper score, so neither
size nor boast pays), then the shares of the mass at which regions hold the truth half the time, and 95 in 100 (split
conformal). All on the learning seed; the trials that judge are others. Each trial has laws of its own around the frozen
ones, as towns and telephones differ.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from math import ceil, exp, log, pi, sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hub.merge.where.evidence import Evidence, Street
from hub.merge.where.factors import class_of, learnt
from hub.merge.where.locate import Posterior, locate, posterior
from hub.merge.where.prior import prior_log
from probe.contract.geodesy import moved, offset_m
from tests.accuracy.evidences import ORIGIN, evidence, looks_only, marks, one_look, with_distances
from tests.accuracy.frozen import locating
from tests.accuracy.laws import under, varied
from tests.accuracy.passes import Trial, drawn

FACTORS = Path(__file__).parents[2] / "hub" / "merge" / "where" / "factors.toml"
TEMPERS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3)
LEAST_TRIALS = 150
LEAST, MOST = 0.8, 1.25  # the factors on each law
# Beside the scenarios that judge: three walks, which are a class of their own.
THREE = {
    "walks": [{"way": "l", "side": 1}, {"way": "l", "side": -1}, {"way": "pass", "side": 0}],
    "looks": "two",
}
# Of one walk there are three scenarios; of these fewer trials each do.
SHARES = {"pass": 0.5, "l": 0.5, "loop": 0.5, "three": 0.3}


class Learnt(NamedTuple):
    """Of one trial: its scenario and class; at each temper, the logarithm of the density at the true place (per square
    metre) and the share of the mass that is denser."""

    scenario: str
    name: str
    density: tuple[float, ...]
    rank: tuple[float, ...]


def told_of(trial: Trial, random: np.random.Generator) -> Iterator[Evidence]:
    """What may be told of a trial: heard, seen, both; one look of each walk; with distances; marks."""
    plain = evidence(trial, looks=True)
    far = with_distances(plain, trial, random)
    yield evidence(trial, looks=False)
    yield plain
    yield looks_only(plain)
    yield looks_only(far)
    yield one_look(plain, random)
    yield one_look(far, random)
    mark = marks(trial, 2, random)
    yield Evidence(walks=mark[:1])
    yield Evidence(walks=mark)


def gathered(scenario: str, first: int, last: int, vary: bool = True, only: str = "") -> list[Learnt]:
    """Some trials of the learning seed, as evidence of classes in whose names is `only`."""
    seed = locating()["trials"]["learn_seed"]
    found = []
    for number in range(first, last):
        random = np.random.default_rng([seed, sum(scenario.encode()), number])
        with under(varied(random, LEAST, MOST) if vary else {}):
            locating()["scenarios"]["three"] = THREE
            trial = drawn(scenario, random)
            streets = evidence(trial, looks=False, streets=True).streets
            for one in told_of(trial, random):
                if only in class_of(one.walks, streets=False):
                    found += _of_trial(scenario, trial, one, streets)
    return found


def _of_trial(scenario: str, trial: Trial, given: Evidence, streets: tuple[Street, ...]) -> list[Learnt]:
    """Without the streets, and with them: the walks' rasters are the same."""
    name = class_of(given.walks, streets=False)
    if all(walk.marked and not walk.hearings and not walk.bearings for walk in given.walks):
        return [_marked(scenario, name, trial, given)]
    made = posterior(given)
    assert made is not None
    prior = prior_log(given.walks, streets, made.plane, made.grid)
    at = made.plane.to_metres(*moved(*ORIGIN, trial.east, trial.north))
    found = []
    for each, called in ((made, name), (replace(made, prior=prior), class_of(given.walks, streets=True))):
        both = [here(each, temper, *at) for temper in TEMPERS]
        found.append(Learnt(scenario, called, tuple(one[0] for one in both), tuple(one[1] for one in both)))
    return found


def _marked(scenario: str, name: str, trial: Trial, given: Evidence) -> Learnt:
    """Marked places are normal: the share of a normal law is that of its ellipse."""
    found = locate(given)
    assert found is not None
    estimate = found.estimate
    x, y = offset_m(estimate.lat, estimate.lon, *moved(*ORIGIN, trial.east, trial.north))
    det = estimate.east * estimate.north - estimate.between**2
    times2 = (x * x * estimate.north - 2 * x * y * estimate.between + y * y * estimate.east) / det
    density, rank = -0.5 * times2 - log(2 * pi * sqrt(det)), 1 - exp(-0.5 * times2)
    return Learnt(scenario, name, (density,) * len(TEMPERS), (rank,) * len(TEMPERS))


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


def factors(rows: list[Learnt]) -> dict[str, dict[str, float]]:
    """The factors of each class that enough trials are of, and of all together (`any`), which is for the others."""
    by_class: dict[str, list[Learnt]] = defaultdict(list)
    for one in rows:
        by_class[one.name].append(one)
    found = {"any": _of(rows)}
    for name, own in sorted(by_class.items()):
        if len(own) >= LEAST_TRIALS:
            found[name] = _of(own)
    return found


def _of(rows: list[Learnt]) -> dict[str, float]:
    density = np.mean([one.density for one in rows], axis=0)
    best = min(np.flatnonzero(density >= density.max() - 1e-9).tolist(), key=lambda at: abs(TEMPERS[at] - 1))
    rank = np.array([one.rank[best] for one in rows])
    return {"temper": TEMPERS[best], "half": conformal(rank, 0.5), "most": conformal(rank, 0.95), "trials": len(rows)}


def conformal(rank: np.ndarray, level: float) -> float:
    """The share at which so many of these trials, and one more, are held."""
    return round(float(np.sort(rank)[min(len(rank), ceil(level * (len(rank) + 1))) - 1]), 4)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--trials", type=int, default=1000, help="of each scenario")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--frozen", action="store_true", help="only the frozen laws")
    options.add_argument("--only", default="", help="classes in whose names is this; the others stay as they are")
    asked = options.parse_args()
    step = 25
    parts = [
        (name, first, min(first + step, asked.trials), not asked.frozen, asked.only)
        for first in range(0, asked.trials, step)
        for name in (*sorted(locating()["scenarios"]), "three")
        if first < asked.trials * SHARES.get(name, 1.0)
    ]
    with ProcessPoolExecutor(asked.jobs) as pool:
        rows = [one for found in pool.map(gathered, *zip(*parts, strict=True)) for one in found]
    # From so few classes nothing follows for the others
    found = {name: row for name, row in factors(rows).items() if not asked.only or name != "any"}
    lines = [
        "# Learnt by `python -m tests.accuracy.learn_where`, on simulated trials that judge nothing: so many of each."
    ]
    for name, row in sorted({**(learnt() if asked.only else {}), **found}.items()):
        row["trials"] = int(row["trials"])
        lines += ["", f"[{name}]", *(f"{key} = {value}" for key, value in row.items())]
    FACTORS.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
