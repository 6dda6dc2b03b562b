"""Learns how sure the product may be, and prints the figures for hub/merge/which/factors.toml.

Only areas and seeds that nothing is judged by are used: `python -m tests.accuracy.learn [share of the areas]`.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from hub.merge.which.factors import Factors, factors
from tests.accuracy import metrics, ours
from tests.accuracy.frozen import merging
from tests.accuracy.merge import LEARN_SEEDS, _positions
from tests.accuracy.positions import data_folder
from tests.accuracy.reports import Floats, Ints, World
from tests.accuracy.walks import Setting, walked

SEED = 1_201 + LEARN_SEEDS  # seeds to learn factors by are others than those that thresholds are learnt by
RIDGE = 1.0


def worlds(folder: Path, share: float) -> list[World]:
    """Walks to learn by: both sets, both levels, both laws of the bias."""
    frozen = merging()
    return [
        walked(
            _positions(folder, name, share * frozen["sets"][name]["small_share"], learn=True),
            Setting(name, level, law, SEED),
        )
        for name in frozen["sets"]
        for level in frozen["levels"]
        for law in frozen["bias"]["laws"]
    ]


def observed(found: list[World], plain: Factors) -> tuple[Floats, Ints, Ints]:
    """The log-odds of each item's share of redraws, how many others its camera has (2: two or more), and whether that
    was right."""
    odds, mates, right = [], [], []
    for world in found:
        answer = ours.merged(world.reports, plain)
        size = np.bincount(answer.camera)[answer.camera] - 1
        sure = np.clip(answer.sure, 1e-6, 1 - 1e-6)
        odds.append(np.log(sure / (1 - sure)))
        mates.append(np.minimum(size, 2))
        right.append(metrics.right(answer.camera, world.camera).astype(np.int64))
    return np.concatenate(odds), np.concatenate(mates), np.concatenate(right)


def fitted(odds: Floats, mates: Ints, right: Ints) -> Floats:
    """Slope and the three intercepts, by logistic regression with a weak pull to slope 1 and intercepts 0."""
    columns = np.column_stack([odds, *(mates == size for size in range(3))]).astype(np.float64)
    start = np.array([1.0, 0.0, 0.0, 0.0])
    weights = start.copy()
    for _ in range(50):
        likely = 1 / (1 + np.exp(-columns @ weights))
        slope = columns.T @ (right - likely) - RIDGE * (weights - start)
        curve = (columns * (likely * (1 - likely))[:, np.newaxis]).T @ columns + RIDGE * np.eye(4)
        weights = weights + np.linalg.solve(curve, slope)
    return np.asarray(weights)


def main() -> None:
    """Prints what goes below [sure]."""
    folder = data_folder()
    if folder is None:
        raise SystemExit("CONTRECHAMP_TESTDATA names no folder with the positions")
    known = factors()
    plain = replace(known, sure=replace(known.sure, slope=1.0, alone=0.0, pair=0.0, more=0.0))
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    weights = fitted(*observed(worlds(folder, share), plain))
    for name, value in zip(("slope", "alone", "pair", "more"), weights.tolist(), strict=True):
        print(f"{name} = {value:.3f}")


if __name__ == "__main__":
    main()
