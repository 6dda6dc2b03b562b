"""Learns how sure the product may be, and from which probability on it may decide: the figures for [sure] in
hub/merge/which/factors.toml.

Only areas and seeds that nothing is judged by are used, for the threshold others than for the probabilities:
`python -m tests.accuracy.learn [share of the areas]`. The threshold holds where receivers are off the most: at each
level of error so few are wrong that chance would not do it.
"""

import sys
from collections.abc import Iterable
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
from tests.accuracy.reports import Floats, World
from tests.accuracy.walks import Setting, walked

SEED = 1_201 + LEARN_SEEDS  # seeds to learn factors by are others than those that thresholds are learnt by
THRESHOLD_SEEDS = range(SEED + 1, SEED + 13)  # one for each walk: what is drawn alike is no second witness
RIDGE = 1.0
SLOPES = ("slope", "exact_slope")
OF_SHARE = ("slope", "alone", "pair", "more", "exact_slope", "exact_alone", "exact_pair", "exact_more")
OF_SIGNS = ("alike_kind", "alike_mount", "alike_direction", "lone", "in_twos")
NAMES = (*OF_SHARE, *OF_SIGNS)
SET = "cctv"
WRONG = 0.005  # of what is decided without a person, on CCTV


def worlds(
    folder: Path, share: float, names: Iterable[str], level: str, laws: Iterable[tuple[str, int]]
) -> list[World]:
    """Walks to learn by, past these sets of cameras, at a level of error; with each of these laws of the bias, each
    with its seed."""
    frozen = merging()["sets"]
    return [
        walked(
            _positions(folder, name, share * frozen[name]["small_share"], learn=True), Setting(name, level, law, seed)
        )
        for name in names
        for law, seed in laws
    ]


def observed(found: Iterable[World], plain: Factors) -> tuple[Floats, Bools]:
    """For each item what `NAMES` are multiplied by, and whether its camera was right."""
    columns, good = [], []
    for world in found:
        answer = ours.merged(world.reports, plain)
        mates = np.minimum(np.bincount(answer.camera)[answer.camera] - 1, 2)
        sure = np.clip(answer.sure, 1e-6, 1 - 1e-6)
        exact, signs = ours.told_by(world.reports, answer.camera)
        of_share = np.column_stack([np.log(sure / (1 - sure)), *(mates == size for size in range(3))])
        columns.append(np.hstack([of_share * ~exact[:, np.newaxis], of_share * exact[:, np.newaxis], signs]))
        good.append(metrics.right(answer.camera, world.camera))
    return np.concatenate(columns), np.concatenate(good)


def fitted(columns: Floats, good: Bools) -> Floats:
    """The weight of each column, by logistic regression with a weak pull to slope 1, and to 0 of all others."""
    start = np.array([float(name in SLOPES) for name in NAMES])
    weights = start.copy()
    for _ in range(50):
        likely = 1 / (1 + np.exp(-columns @ weights))
        slope = columns.T @ (good - likely) - RIDGE * (weights - start)
        curve = (columns * (likely * (1 - likely))[:, np.newaxis]).T @ columns + RIDGE * np.eye(len(NAMES))
        weights = weights + np.linalg.solve(curve, slope)
    return np.asarray(weights)


def main() -> None:
    """Prints what goes below [sure]."""
    folder = data_folder()
    if folder is None:
        raise SystemExit("CONTRECHAMP_TESTDATA names no folder with the positions")
    known, frozen = factors(), merging()
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    # With a threshold above all probabilities nothing is taken for unclear, with one of the least all of that is 0
    above, least = 2.0, UNCLEAR_BY
    plain = replace(known, sure=SureFactors(**{name: float(name in SLOPES) for name in NAMES}, clear=above))
    laws = [(law, SEED) for law in frozen["bias"]["laws"]]
    to_fit = [world for level in frozen["levels"] for world in worlds(folder, share, frozen["sets"], level, laws)]
    found = dict(zip(NAMES, fitted(*observed(to_fit, plain)).tolist(), strict=True))
    for name, value in found.items():
        print(f"{name} = {value:.3f}", flush=True)
    sure = replace(known, sure=SureFactors(**found, clear=least))
    laws = list(zip(frozen["bias"]["laws"] * len(THRESHOLD_SEEDS), THRESHOLD_SEEDS, strict=False))
    decided = {
        level: [(ours.merged(one.reports, sure), one.camera) for one in worlds(folder, share, [SET], level, laws)]
        for level in frozen["levels"]
    }
    clear = max(metrics.threshold_for(answers, WRONG, margin=True) for answers in decided.values())
    print(f"clear = {clear:.4f}")
    for level, answers in decided.items():
        for answer, truth in answers:
            one = metrics.decided(answer, truth, clear)
            print(f"# {level}: of {len(truth)} reports {one.share:.3f} are decided, {one.wrong or 0:.4f} of them wrong")


if __name__ == "__main__":
    main()
