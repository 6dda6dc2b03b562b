"""Learns how sure the product may be, and from which probability on it may decide: the figures for [sure] in
hub/merge/which/factors.toml.

Only areas and seeds that nothing is judged by are used, for the threshold others than for the probabilities:
`python -m tests.accuracy.learn [share of the areas]`.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from hub.merge.which.factors import Factors, SureFactors, factors
from hub.merge.which.scene import Bools
from hub.merge.which.strict import UNCLEAR_BY
from tests.accuracy import metrics, ours
from tests.accuracy.frozen import merging
from tests.accuracy.merge import LEARN_SEEDS, _positions
from tests.accuracy.positions import data_folder
from tests.accuracy.reports import Floats, Ints, World
from tests.accuracy.walks import Setting, walked

SEED = 1_201 + LEARN_SEEDS  # seeds to learn factors by are others than those that thresholds are learnt by
THRESHOLD_SEED = SEED + 1
RIDGE = 1.0
SLOPES = ("slope", "exact_slope")
NAMES = ("slope", "alone", "pair", "more", "exact_slope", "exact_alone", "exact_pair", "exact_more")
SET = "cctv"
WRONG = 0.005  # of what is decided without a person, on CCTV


def worlds(folder: Path, share: float, seed: int, only: str | None = None) -> list[World]:
    """Walks to learn by: both sets or one, both levels, both laws of the bias."""
    frozen = merging()
    return [
        walked(
            _positions(folder, name, share * frozen["sets"][name]["small_share"], learn=True),
            Setting(name, level, law, seed),
        )
        for name in ([only] if only else frozen["sets"])
        for level in frozen["levels"]
        for law in frozen["bias"]["laws"]
    ]


def observed(found: list[World], plain: Factors) -> tuple[Floats, Ints, Ints, Bools]:
    """The log-odds of each item's share, how many others its camera has (2: two or more), whether that was right, and
    whether all ways were weighed."""
    odds, mates, right, exact = [], [], [], []
    for world in found:
        answer = ours.merged(world.reports, plain)
        size = np.bincount(answer.camera)[answer.camera] - 1
        sure = np.clip(answer.sure, 1e-6, 1 - 1e-6)
        odds.append(np.log(sure / (1 - sure)))
        mates.append(np.minimum(size, 2))
        right.append(metrics.right(answer.camera, world.camera).astype(np.int64))
        exact.append(ours.weighed_exactly(world.reports))
    return np.concatenate(odds), np.concatenate(mates), np.concatenate(right), np.concatenate(exact)


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
    # With a threshold above all probabilities nothing is taken for unclear, with one of the least all of that is 0
    above, least = 2.0, UNCLEAR_BY
    plain = replace(known, sure=SureFactors(**{name: float(name in SLOPES) for name in NAMES}, clear=above))
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    odds, mates, right, exact = observed(worlds(folder, share, SEED), plain)
    found: dict[str, float] = {}
    for names, those in ((NAMES[:4], ~exact), (NAMES[4:], exact)):
        found |= zip(names, fitted(odds[those], mates[those], right[those]).tolist(), strict=True)
    sure = replace(known, sure=SureFactors(**found, clear=least))
    decided = [(ours.merged(world.reports, sure), world.camera) for world in worlds(folder, share, THRESHOLD_SEED, SET)]
    found["clear"] = metrics.threshold_for(decided, WRONG)
    for name, value in found.items():
        print(f"{name} = {value:.4f}" if name == "clear" else f"{name} = {value:.3f}")
    for answer, truth in decided:
        one = metrics.decided(answer, truth, found["clear"])
        print(f"# of {len(truth)} reports {one.share:.3f} are decided, of which {one.wrong or 0:.4f} wrong")


if __name__ == "__main__":
    main()
