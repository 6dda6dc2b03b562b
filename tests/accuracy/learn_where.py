"""Learns `hub/merge/where/factors.toml`: `python -m tests.accuracy.learn_where [--trials N]`.

For each class of evidence: the temper at which the density at the true place is highest (a proper score, so neither
size nor boast pays), then the shares of the mass at which regions hold the truth half the time, and 95 in 100 (split
conformal). All on the learning seed; the trials that judge are others.
"""

import argparse
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from math import ceil
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hub.merge.where.locate import posterior
from hub.merge.where.region import ranks
from probe.contract.geodesy import moved
from tests.accuracy.evidences import ORIGIN, evidence
from tests.accuracy.frozen import locating
from tests.accuracy.passes import trials

FACTORS = Path(__file__).parents[2] / "hub" / "merge" / "where" / "factors.toml"
TEMPERS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3)
# What is told of a trial: the bearings, and the operator's streets.
TOLD = ((False, False), (True, False), (False, True), (True, True))
LEAST_TRIALS = 150


class Learnt(NamedTuple):
    """Of one trial: its scenario and class; at each temper, the logarithm of the density at the true place (per square
    metre) and the share of the mass that is denser."""

    scenario: str
    name: str
    density: tuple[float, ...]
    rank: tuple[float, ...]


def gathered(scenario: str, first: int, last: int, looks: bool, streets: bool) -> list[Learnt]:
    """Some trials of the learning seed."""
    found = []
    for trial in trials(scenario, last, locating()["trials"]["learn_seed"])[first:]:
        made = posterior(evidence(trial, looks=looks, streets=streets))
        assert made is not None
        east, north = made.plane.to_metres(*moved(*ORIGIN, trial.east, trial.north))
        column = round((east - made.grid.east) / made.grid.step_m)
        row = round((north - made.grid.north) / made.grid.step_m)
        within = 0 <= column < made.grid.count and 0 <= row < made.grid.count
        density, rank = [], []
        for temper in TEMPERS:
            mass = made.mass(temper)
            here = float(mass[row, column]) / made.grid.step_m**2 if within else 0.0
            density.append(float(np.log(max(here, 1e-9))))
            rank.append(float(ranks(mass)[row, column]) if within else 1.0)
        found.append(Learnt(scenario, made.factors.name, tuple(density), tuple(rank)))
    return found


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
    best = int(np.argmax(np.mean([one.density for one in rows], axis=0)))
    rank = np.array([one.rank[best] for one in rows])
    return {"temper": TEMPERS[best], "half": conformal(rank, 0.5), "most": conformal(rank, 0.95), "trials": len(rows)}


def conformal(rank: np.ndarray, level: float) -> float:
    """The share at which so many of these trials, and one more, are held."""
    return round(float(np.sort(rank)[min(len(rank), ceil(level * (len(rank) + 1))) - 1]), 4)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--trials", type=int, default=1000, help="of each scenario, for each of what is told of it")
    options.add_argument("--jobs", type=int, default=2)
    asked = options.parse_args()
    step = 50
    parts = [
        (name, first, min(first + step, asked.trials), *told)
        for first in range(0, asked.trials, step)
        for name in sorted(locating()["scenarios"])
        for told in TOLD
    ]
    with ProcessPoolExecutor(asked.jobs) as pool:
        rows = [one for found in pool.map(gathered, *zip(*parts, strict=True)) for one in found]
    lines = ["# Learnt by `python -m tests.accuracy.learn_where`, on simulated trials that judge nothing."]
    for name, row in factors(rows).items():
        lines += ["", f"[{name}]", *(f"{key} = {value}" for key, value in row.items())]
    FACTORS.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
