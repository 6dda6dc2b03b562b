"""What speaks for an item being of a camera rather than of one of its own: place and what is said, in nats. Pure."""

from dataclasses import dataclass

import numpy as np

from hub.merge.which.scene import Bools, Floats, Ints, Said, Scene

LOG_2_PI = float(np.log(2 * np.pi))
NEVER = -1e6


@dataclass(frozen=True, slots=True)
class Cameras:
    """Cameras as a set of items makes them, c of them, once these items' biases are taken off.

    - `of` (for each item, its camera's place in the list); `items`: these items. `labels` (c): how they are labelled.
    - `middle` (c x 2), `cov` (c x 3): where they are, and its covariance: east, north, between.
    """

    items: Ints
    of: Ints
    labels: Ints
    middle: Floats
    cov: Floats

    def __len__(self) -> int:
        return len(self.labels)


def cameras_of(scene: Scene, items: Ints, labels: Ints, off: Floats) -> Cameras:
    """The cameras of these items; `labels` and `off` are of all items of the scene."""
    known, of = numbered(labels[items])
    count = len(known)
    info = scene.info[items]
    see, snn, sen = info.T
    x, y = (scene.place[items] - off[items]).T
    east, north, between = np.bincount(of, see, count), np.bincount(of, snn, count), np.bincount(of, sen, count)
    toward_east, toward_north = np.bincount(of, see * x + sen * y, count), np.bincount(of, sen * x + snn * y, count)
    det = east * north - between * between
    middle = np.array([north * toward_east - between * toward_north, east * toward_north - between * toward_east]) / det
    return Cameras(items=items, of=of, labels=known, middle=middle.T, cov=(np.array([north, east, -between]) / det).T)


def numbered(labels: Ints) -> tuple[Ints, Ints]:
    """The labels that there are, in order, and for each item the place of its own among them. Labels are small: this
    is what `np.unique` does, in a fraction of its calls."""
    there = np.bincount(labels) > 0
    return there.nonzero()[0], (there.cumsum() - 1)[labels]


def own_cov(scene: Scene, rows: Ints) -> Floats:
    """The own covariance of items (n x 3)."""
    east, north, between = scene.info[rows].T
    return np.asarray((np.array([north, east, -between]) / (east * north - between * between)).T)


def gains(scene: Scene, rows: Ints, cameras: Cameras, place: Floats, cov: Floats, left: Floats) -> Floats:
    """For each row and camera the logarithm of how much likelier one is than two (n x c).

    `place` and `cov` of the rows, their bias taken off; `left` (n): the variance per axis that is left of the bias.
    """
    east, north = place[:, :1] - cameras.middle[:, 0], place[:, 1:] - cameras.middle[:, 1]
    spread = left[:, np.newaxis]
    see, snn = cov[:, :1] + cameras.cov[:, 0] + spread, cov[:, 1:2] + cameras.cov[:, 1] + spread
    sen = cov[:, 2:] + cameras.cov[:, 2]
    det = see * snn - sen * sen
    squared = (east * east * snn - 2 * east * north * sen + north * north * see) / det
    away = east * east + north * north
    clumped = (see + snn) / 2 + scene.factors.place.clump_sd_m**2
    density = np.exp(scene.rare[rows])[:, np.newaxis]
    density = density + scene.factors.place.clump * np.exp(-away / (2 * clumped)) / (2 * np.pi * clumped)
    gain = (scene.misses[rows] - LOG_2_PI)[:, np.newaxis] - np.log(density) - (np.log(det) + squared) / 2
    near = np.exp(-away / scene.factors.said.alike_m**2)
    gain += said_gain(scene, rows, cameras, near)
    ruled_out = _ruled_out(scene, rows, cameras)
    if ruled_out is not None:
        gain[ruled_out] = NEVER
    return gain


def said_gain(scene: Scene, rows: Ints, cameras: Cameras, near: Floats) -> Floats:
    """What is said alike or not, in nats (n x c). `near` (n x c): how much of one place they are, 0 to 1; cameras of
    one place are alike as well, so that it tells less there."""
    gain = np.zeros_like(near)
    for said in scene.said:
        gain += _valued(said, rows, cameras, near)
    gain += _looking(scene, rows, cameras, near)
    return gain


def _valued(said: Said, rows: Ints, cameras: Cameras, near: Floats) -> Floats:
    logs = np.log(said.likely[cameras.items])
    member = (cameras.of == np.arange(len(cameras))[:, np.newaxis]).astype(np.float64)
    belief = np.exp(member @ logs) * said.usual
    belief /= belief.sum(axis=1, keepdims=True)
    likely = said.likely[rows]
    same, other = likely @ belief.T, (likely @ said.usual)[:, np.newaxis]
    alike = said.alike * near
    return np.asarray(-np.log(alike + (1 - alike) * other / same))


def _looking(scene: Scene, rows: Ints, cameras: Cameras, near: Floats) -> Floats:
    known_row = np.isfinite(scene.looks[rows])
    there = scene.looks[cameras.items]
    known = np.isfinite(there)
    gain = np.zeros_like(near)
    if not (known_row.any() and known.any()):
        return gain
    of, weight = cameras.of[known], 1 / scene.looks_sd[cameras.items[known]] ** 2
    total = np.bincount(of, weight, len(cameras))
    angles = there[known]
    east = np.bincount(of, weight * np.sin(angles), len(cameras))
    north = np.bincount(of, weight * np.cos(angles), len(cameras))
    at, column = np.flatnonzero(known_row), np.flatnonzero(total > 0)
    turn = scene.looks[rows[at], np.newaxis] - np.arctan2(east, north)[column]
    turn = (turn + np.pi) % (2 * np.pi) - np.pi
    variance = scene.looks_sd[rows[at], np.newaxis] ** 2 + 1 / total[column]
    said = scene.factors.said
    wrong = 1 - (1 - said.direction_wrong) ** 2
    same = (1 - wrong) * np.exp(-turn * turn / (2 * variance)) / np.sqrt(2 * np.pi * variance) + wrong / (2 * np.pi)
    where = np.ix_(at, column)
    alike = said.direction_alike * near[where]
    gain[where] = -np.log(alike + (1 - alike) / (2 * np.pi * same))
    return gain


def _ruled_out(scene: Scene, rows: Ints, cameras: Cameras) -> Bools | None:
    """Where a camera holds an item of the same layer already, or one that people told apart from a row."""
    if scene.apart is None and not scene.bound:
        return None
    clash = np.isin(scene.layer[cameras.items], scene.layer[rows])
    ruled_out = np.zeros((len(rows), len(cameras)), bool)
    ruled_out[:, np.unique(cameras.of[clash])] = True
    if scene.apart is not None:
        row, item = np.nonzero(scene.apart[np.ix_(rows, cameras.items)])
        ruled_out[row, cameras.of[item]] = True
    return ruled_out
