"""One step of the search: a walk is taken out, and its items are put anew, at best one to one. Pure."""

from dataclasses import dataclass

import numpy as np

from hub.merge.solver import cheapest
from hub.merge.which.scene import Floats, Ints, Scene
from hub.merge.which.weigh import NEVER, Cameras, cameras_of, gains, own_cov


@dataclass(frozen=True, slots=True)
class State:
    """Where items are at some time of the search: `labels` (n) of cameras, `off` (n x 2) the bias of each in metres."""

    labels: Ints
    off: Floats


def alone(scene: Scene) -> State:
    """The start: a camera for each item or group, nothing off."""
    labels = np.arange(len(scene))
    for rows in scene.turns:
        if scene.group[rows[0]] >= 0:
            labels[rows] = rows[0]
    return State(labels=labels, off=np.zeros((len(scene), 2)))


def put_anew(
    scene: Scene, state: State, turn: int, least_left: float, luck: np.random.Generator | None = None
) -> State:
    """The rows of one turn are taken out and put to the cameras of the others.

    `least_left`: the share of the bias's variance that is left at least: 1 at the start of a search, when nothing is
    known of it, 0 at its end. `luck` draws the Gumbel noise by which choices are made about as often as they are
    likely.
    """
    rows, others = scene.turns[turn], scene.rest[turn]
    if scene.group[rows[0]] >= 0:
        return _group_anew(scene, state, turn, luck)
    if not len(others):
        return state
    cameras = cameras_of(scene, others, state.labels, state.off)
    at = np.minimum(np.searchsorted(cameras.labels, state.labels[rows]), len(cameras) - 1)
    at = np.where(cameras.labels[at] == state.labels[rows], at, -1)
    off, left = bias(scene, rows, at, cameras, without_own=True)
    left = np.maximum(left, least_left * scene.common[rows])
    gain = gains(scene, rows, cameras, scene.place[rows] - off, own_cov(scene, rows), left)
    at = chosen(gain, luck)
    return _with(scene, state, rows, at, cameras)


def put_with(scene: Scene, state: State, turn: int, left_share: float) -> State:
    """The same with the biases as they are given, which stay."""
    rows, others = scene.turns[turn], scene.rest[turn]
    if not len(others):
        return state
    cameras = cameras_of(scene, others, state.labels, state.off)
    left = left_share * scene.common[rows]
    gain = gains(scene, rows, cameras, scene.place[rows] - state.off[rows], own_cov(scene, rows), left)
    return State(labels=_labelled(state.labels, rows, chosen(gain, None), cameras), off=state.off)


def chosen(gain: Floats, luck: np.random.Generator | None) -> Ints:
    """The camera of each row at the greatest sum of gains, no camera twice; -1: one of its own, which gains 0."""
    if luck is not None:
        gain = gain + luck.gumbel(size=gain.shape) - luck.gumbel(size=(len(gain), 1))
    if len(gain) == 1:
        best = int(gain[0].argmax())
        return np.array([best if gain[0, best] > 0 else -1], np.int64)
    at = np.full(len(gain), -1, np.int64)
    cost = np.minimum(-gain, 0.0)
    turned = cost.shape[0] > cost.shape[1]
    pairs = cheapest(cost.T if turned else cost)
    for row, column in ((two, one) if turned else (one, two) for one, two in pairs):
        if gain[row, column] > 0:
            at[row] = column
    return at


def bias(scene: Scene, rows: Ints, at: Ints, cameras: Cameras, *, without_own: bool) -> tuple[Floats, Floats]:
    """What rows of one walk are off, and the variance per axis that is left, from those that have a camera (`at`).

    A Gaussian process (kriging) through the distances from these cameras. `without_own`: each row's own distance is
    left out where it is itself estimated, so that a wrong choice does not prove itself right.
    """
    off, left = np.zeros((len(rows), 2)), scene.common[rows].copy()
    matched = np.flatnonzero(at >= 0)
    if not len(matched) or not left.any():
        return off, left
    if len(rows) == 1 and without_own:
        return off, left
    there = at[matched]
    away = scene.place[rows[matched]] - cameras.middle[there]
    noise = scene.own[rows[matched]] + (cameras.cov[there, 0] + cameras.cov[there, 1]) / 2
    if len(rows) == 1:
        share = left / (left + noise)
        return share[:, np.newaxis] * away, left * (1 - share)
    prior = covariance(scene, rows, rows)
    between = prior[:, matched]
    inverse = np.linalg.inv(between[matched] + np.diag(noise))
    weights = between @ inverse
    off = weights @ away
    left = np.maximum(0.0, left - (weights * between).sum(axis=1))
    if without_own:
        own = np.diag(inverse)
        off[matched] = away - (inverse @ away) / own[:, np.newaxis]
        left[matched] = np.maximum(0.0, 1 / own - noise)
    return off, left


def covariance(scene: Scene, here: Ints, there: Ints) -> Floats:
    """How the biases of items vary together, in square metres."""
    sd = np.sqrt(scene.common)
    return np.asarray(sd[here, np.newaxis] * sd[there] * scene.reach[np.ix_(here, there)])


def _labelled(labels: Ints, rows: Ints, at: Ints, cameras: Cameras) -> Ints:
    new = labels.copy()
    new[rows] = np.where(at >= 0, cameras.labels[at], int(labels.max()) + 1 + np.arange(len(rows)))
    return new


def _with(scene: Scene, state: State, rows: Ints, at: Ints, cameras: Cameras) -> State:
    off = state.off.copy()
    off[rows] = bias(scene, rows, at, cameras, without_own=False)[0]
    return State(labels=_labelled(state.labels, rows, at, cameras), off=off)


def _group_anew(scene: Scene, state: State, turn: int, luck: np.random.Generator | None) -> State:
    """A group is put as one: all that speaks for it is added up; its items' biases stay as they were estimated."""
    rows, others = scene.turns[turn], scene.rest[turn]
    if not len(others):
        return state
    cameras = cameras_of(scene, others, state.labels, state.off)
    at = chosen(group_gain(scene, state, rows, cameras), luck)
    labels = state.labels.copy()
    labels[rows] = cameras.labels[at[0]] if at[0] >= 0 else int(labels.max()) + 1
    return State(labels=labels, off=state.off)


def group_gain(scene: Scene, state: State, rows: Ints, cameras: Cameras) -> Floats:
    """What speaks for a group being of each camera (1 x c). Its items say the same place, so that counts once."""
    own = cameras_of(scene, rows, state.labels, state.off)
    count = len(rows)
    place, cov = np.repeat(own.middle, count, 0), np.repeat(own.cov, count, 0)
    each = gains(scene, rows, cameras, place, cov, np.zeros(count))
    return np.asarray(np.where(each.min(axis=0) > NEVER / 2, each.mean(axis=0), NEVER)[np.newaxis])
