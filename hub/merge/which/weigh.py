"""What speaks for an item being of a camera rather than of one of its own: place and what is said, in nats. Pure."""

from dataclasses import dataclass

import numpy as np

from hub.merge.which.scene import Bools, Floats, Ints, Scene, Step

LOG_2_PI = float(np.log(2 * np.pi))
NEVER = -1e6


@dataclass(frozen=True, slots=True)
class Cameras:
    """Cameras as the others of a step make them, c of them, once these items' biases are taken off.

    - `of` (for each item, its camera's place in the list). `labels` (c): how they are labelled.
    - `middle` (c x 2), `cov` (c x 3): where they are, and its covariance: east, north, between.
    - `told` (c x t): what is known of them, added up as the step has it.
    """

    of: Ints
    labels: Ints
    middle: Floats
    cov: Floats
    told: Floats

    def __len__(self) -> int:
        return len(self.labels)


def cameras_of(step: Step, labels: Ints, off: Floats) -> Cameras:
    """The cameras of a step's others; `labels` and `off` are of all items of the scene."""
    known, of = numbered(labels[step.others])
    member = (of == np.arange(len(known))[:, np.newaxis]).astype(np.float64)
    told = member @ step.told
    at = step.there - off[step.others]
    toward_east, toward_north = (member @ (step.info[:, :2] * at + step.info[:, 2:] * at[:, ::-1])).T
    east, north, between = told[:, :3].T
    det = east * north - between * between
    middle = np.array([north * toward_east - between * toward_north, east * toward_north - between * toward_east]) / det
    return Cameras(of=of, labels=known, middle=middle.T, cov=(np.array([north, east, -between]) / det).T, told=told)


def numbered(labels: Ints) -> tuple[Ints, Ints]:
    """The labels that there are, in order, and for each item the place of its own among them. Labels are small: this
    is what `np.unique` does, in a fraction of its calls."""
    there = np.bincount(labels) > 0
    return there.nonzero()[0], (there.cumsum() - 1)[labels]


def gains(scene: Scene, step: Step, cameras: Cameras, place: Floats, cov: Floats, left: Floats) -> Floats:
    """For each row of a step and each camera the logarithm of how much likelier one is than two (k x c).

    `place` and `cov` of the rows, their bias taken off; `left` (k): the variance per axis that is left of the bias.
    """
    of_place, spread = scene.factors.place, left[:, np.newaxis]
    east, north = place[:, :1] - cameras.middle[:, 0], place[:, 1:] - cameras.middle[:, 1]
    see, snn = (cov[:, :1] + spread) + cameras.cov[:, 0], (cov[:, 1:2] + spread) + cameras.cov[:, 1]
    sen = cov[:, 2:] + cameras.cov[:, 2]
    det = see * snn - sen * sen
    east2, north2 = east * east, north * north
    squared = (east2 * snn - 2 * (east * north * sen) + north2 * see) / det
    away = east2 + north2
    clumped = (see + snn) + 2 * of_place.clump_sd_m**2
    density = step.density + of_place.clump / np.pi * (np.exp(-away / clumped) / clumped)
    # One logarithm of the product is cheaper than the sum of several
    less = density * np.sqrt(det) * unlike(scene, step, cameras, away)
    gain = (step.passed - LOG_2_PI) - np.log(less) - squared / 2
    ruled_out = _ruled_out(scene, step, cameras)
    if ruled_out is not None:
        gain[ruled_out] = NEVER
    return np.asarray(gain)


def unlike(scene: Scene, step: Step, cameras: Cameras, away: Floats) -> Floats:
    """How much likelier what is said of rows and cameras is of two than of one (k x c). `away` is their distance,
    squared: cameras of one place are alike as well, so that it tells less there."""
    near = np.exp(away / -(scene.factors.said.alike_m**2))
    product = np.ones_like(near)
    for columns, likely, of_any, said in step.said:
        belief = np.exp(cameras.told[:, columns]) * said.usual
        belief /= belief.sum(axis=1, keepdims=True)
        other = of_any / (likely @ belief.T)
        product *= other + (said.alike * near) * (1 - other)
    if step.looks is not None:
        _looking(scene, step.looks, cameras, near, product)
    return product


def _looking(
    scene: Scene, looks: tuple[Floats, Floats, Bools], cameras: Cameras, near: Floats, product: Floats
) -> None:
    """Let where they look tell as well."""
    angle, variance, known = looks
    weight, east, north = cameras.told[:, -3:].T
    seen = weight > 0
    if not seen.any():
        return
    said = scene.factors.said
    turn = angle - np.arctan2(east, north)
    turn -= (2 * np.pi) * np.rint(turn / (2 * np.pi))
    variance = 2 * (variance + 1 / np.where(seen, weight, 1.0))
    wrong = 1 - (1 - said.direction_wrong) ** 2
    other = 1 / ((2 * np.pi) * (1 - wrong) * np.exp(-turn * turn / variance) / np.sqrt(np.pi * variance) + wrong)
    product *= np.where(known & seen, other + (said.direction_alike * near) * (1 - other), 1.0)


def _ruled_out(scene: Scene, step: Step, cameras: Cameras) -> Bools | None:
    """Where a camera holds an item of the same layer already, or one that people told apart from a row."""
    if scene.apart is None and not scene.bound:
        return None
    clash = np.isin(scene.layer[step.others], scene.layer[step.rows])
    ruled_out = np.zeros((len(step.rows), len(cameras)), bool)
    ruled_out[:, np.unique(cameras.of[clash])] = True
    if scene.apart is not None:
        row, item = np.nonzero(scene.apart[np.ix_(step.rows, step.others)])
        ruled_out[row, cameras.of[item]] = True
    return ruled_out
