"""One step of the search: a walk is taken out, and its items are put anew, at best one to one. Pure."""

from dataclasses import dataclass

import numpy as np

from hub.merge.solver import cheapest
from hub.merge.which.scene import Floats, Ints, Scene, Step
from hub.merge.which.weigh import NEVER, Cameras, cameras_of, gains


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
    step = scene.steps[turn]
    if step.bound:
        return _group_anew(scene, state, step, luck)
    if not len(step.others):
        return state
    cameras = cameras_of(step, state.labels, state.off)
    off, left = bias(step, places(cameras, state.labels[step.rows]), cameras, without_own=True)
    left = np.maximum(left, least_left * step.common)
    at = chosen(gains(scene, step, cameras, step.place - off, step.cov, left), luck)
    return _with(state, step, at, cameras)


def put_with(scene: Scene, state: State, turn: int, left_share: float) -> State:
    """The same with the biases as they are given, which stay."""
    step = scene.steps[turn]
    if not len(step.others):
        return state
    cameras = cameras_of(step, state.labels, state.off)
    gain = gains(scene, step, cameras, step.place - state.off[step.rows], step.cov, left_share * step.common)
    return State(labels=_labelled(state.labels, step.rows, chosen(gain, None), cameras), off=state.off)


def places(cameras: Cameras, labels: Ints) -> Ints:
    """The place in the list of the camera with each label; -1: there is none."""
    at = np.minimum(cameras.labels.searchsorted(labels), len(cameras) - 1)
    return np.where(cameras.labels[at] == labels, at, -1)


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


def bias(step: Step, at: Ints, cameras: Cameras, *, without_own: bool) -> tuple[Floats, Floats]:
    """What rows of one walk are off, and the variance per axis that is left, from those that have a camera (`at`).

    A Gaussian process (kriging) through the distances from these cameras. `without_own`: each row's own distance is
    left out where it is itself estimated, so that a wrong choice does not prove itself right.
    """
    off, left = np.zeros((len(at), 2)), step.common.copy()
    matched = (at >= 0).nonzero()[0]
    if not len(matched) or not left.any():
        return off, left
    if len(at) == 1 and without_own:
        return off, left
    away, noise = _distances(step, at, matched, cameras)
    if len(at) == 1:
        share = left / (left + noise)
        return share[:, np.newaxis] * away, left * (1 - share)
    between = step.prior[:, matched]
    system = between[matched]
    system.flat[:: len(matched) + 1] += noise
    inverse = np.linalg.inv(system)
    weights = between @ inverse
    off = weights @ away
    left = np.maximum(0.0, left - (weights * between).sum(axis=1))
    if without_own:
        own = inverse.diagonal()
        off[matched] = away - (inverse @ away) / own[:, np.newaxis]
        left[matched] = np.maximum(0.0, 1 / own - noise)
    return off, left


def _distances(step: Step, at: Ints, matched: Ints, cameras: Cameras) -> tuple[Floats, Floats]:
    """How far rows are from their cameras (2 columns), and the variance per axis of that beside the bias."""
    there = at[matched]
    away = step.place[matched] - cameras.middle[there]
    return away, step.own[matched] + cameras.cov[there, :2].sum(axis=1) / 2


def contrast(scene: Scene, labels: Ints) -> Floats:
    """What pulls items toward each other when these are the cameras (n x n): their precision but for that of the
    camera's place, which is free."""
    precision = 1 / scene.own
    total = np.bincount(labels, precision)[labels]
    pulled = (labels[:, np.newaxis] == labels) * (-precision / total)[:, np.newaxis] * precision
    pulled.flat[:: len(labels) + 1] += precision
    return np.asarray(pulled)


def _labelled(labels: Ints, rows: Ints, at: Ints, cameras: Cameras) -> Ints:
    new = labels.copy()
    new[rows] = np.where(at >= 0, cameras.labels[at], int(labels.max()) + 1 + np.arange(len(rows)))
    return new


def _with(state: State, step: Step, at: Ints, cameras: Cameras) -> State:
    off = state.off.copy()
    off[step.rows] = bias(step, at, cameras, without_own=False)[0]
    return State(labels=_labelled(state.labels, step.rows, at, cameras), off=off)


def _group_anew(scene: Scene, state: State, step: Step, luck: np.random.Generator | None) -> State:
    """A group is put as one: all that speaks for it is added up; its items' biases stay as they were estimated."""
    if not len(step.others):
        return state
    cameras = cameras_of(step, state.labels, state.off)
    at = chosen(group_gain(scene, state, step, cameras), luck)
    labels = state.labels.copy()
    labels[step.rows] = cameras.labels[at[0]] if at[0] >= 0 else int(labels.max()) + 1
    return State(labels=labels, off=state.off)


def group_gain(scene: Scene, state: State, step: Step, cameras: Cameras) -> Floats:
    """What speaks for a group being of each camera (1 x c). Its items say the same place, so that counts once."""
    rows = step.rows
    info, at = scene.info[rows], scene.place[rows] - state.off[rows]
    east, north, between = info.sum(axis=0)
    toward_east, toward_north = (info[:, :2] * at + info[:, 2:] * at[:, ::-1]).sum(axis=0)
    inverse = np.array([[north, -between], [-between, east]]) / (east * north - between * between)
    place = np.repeat((inverse @ (toward_east, toward_north))[np.newaxis], len(rows), 0)
    cov = np.repeat(inverse[[0, 1, 0], [0, 1, 1]][np.newaxis], len(rows), 0)
    each = gains(scene, step, cameras, place, cov, np.zeros(len(rows)))
    return np.asarray(np.where(each.min(axis=0) > NEVER / 2, each.mean(axis=0), NEVER)[np.newaxis])
