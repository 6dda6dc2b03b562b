"""How sure it is which camera an item is of: biases and choices are drawn again and again. Pure."""

from dataclasses import dataclass

import numpy as np

from hub.merge.which.put import State, bias, chosen, contrast, group_gain, places
from hub.merge.which.scene import Bools, Floats, Ints, Scene, Step
from hub.merge.which.weigh import NEVER, cameras_of, gains, numbered

ROUNDS = 5  # of messages between the items of a walk and the cameras that they compete for
# Pairs likelier than this are better put together. On learning areas the pairs' F1 is the same from .34 to .42 (within
# .003), and the number of cameras is nearest to the true one here.
FEWEST = 0.38


@dataclass(frozen=True, slots=True)
class Doubt:
    """Over all redraws: `pairs` (n x n) how likely two items are of one camera, `alone` (n) how likely none of the
    others is; `off` (n x 2) the mean bias and `off_var` (n) its variance per axis."""

    pairs: Floats
    alone: Floats
    off: Floats
    off_var: Floats


def redrawn(scene: Scene, state: State, luck: np.random.Generator, redraws: int) -> Doubt:
    """A walk through likely answers, from the likeliest on."""
    count = len(scene)
    likely, alone = [np.zeros((len(step.rows), len(step.others))) for step in scene.steps], np.zeros(count)
    offs, squares = np.zeros((count, 2)), np.zeros(count)
    for _ in range(redraws):
        off = _drawn(scene, state, luck)
        state = State(labels=numbered(state.labels)[1], off=off)
        offs += off / redraws
        squares += (off**2).sum(axis=1) / 2 / redraws
        for step, found in zip(scene.steps, likely, strict=True):
            state = _turn(scene, state, step, found, alone, luck)
    pairs = np.zeros((count, count))
    for step, found in zip(scene.steps, likely, strict=True):
        pairs[np.ix_(step.rows, step.others)] = found / redraws
        if step.bound:
            pairs[np.ix_(step.rows, step.rows)] = 1.0
    pairs = np.sqrt(pairs * pairs.T)
    off_var = np.maximum(0.0, squares - (offs**2).sum(axis=1) / 2)
    return Doubt(pairs=pairs, alone=alone / redraws, off=offs, off_var=off_var)


def _turn(scene: Scene, state: State, step: Step, pairs: Floats, alone: Floats, luck: np.random.Generator) -> State:
    """The items of one step are drawn anew, and it is noted how likely each choice was: `pairs` (k x m) with others,
    `alone` (n) with none."""
    rows = step.rows
    if not len(step.others):
        alone[rows] += 1
        return state
    cameras = cameras_of(step, state.labels, state.off)
    if step.bound:
        gain = group_gain(scene, state, step, cameras)
    else:
        off, left = bias(step, places(cameras, state.labels[rows]), cameras, without_own=True)
        gain = gains(scene, step, cameras, step.place - off, step.cov, left)
    likely = np.where(gain > NEVER / 2, shares(gain), 0.0)
    pairs += likely[:, cameras.of]
    alone[rows] += 1 - likely.sum(axis=1)
    at = chosen(gain, luck)
    if step.bound:
        at = np.repeat(at, len(rows))
    labels = state.labels.copy()
    new = int(labels.max()) + 1 + (np.zeros(len(rows), np.int64) if step.bound else np.arange(len(rows)))
    labels[rows] = np.where(at >= 0, cameras.labels[at], new)
    return State(labels=labels, off=state.off)


def shares(gain: Floats) -> Floats:
    """The probability of each choice where no two rows may choose the same camera: by passing messages between them
    (Williams and Lau 2014), which is near the exact share and costs little."""
    likely = np.exp(np.clip(gain, -50.0, 50.0))
    if len(likely) == 1:
        return np.asarray(likely / (1 + likely.sum()))
    back = np.ones_like(likely)
    for _ in range(ROUNDS):
        weighed = likely * back
        forth = likely / (1 + weighed.sum(axis=1, keepdims=True) - weighed)
        back = 1 / (1 + np.maximum(0.0, forth.sum(axis=0) - forth))
    weighed = likely * back
    return np.asarray(weighed / (1 + weighed.sum(axis=1, keepdims=True)))


def _drawn(scene: Scene, state: State, luck: np.random.Generator) -> Floats:
    """Biases as likely as they are if these are the cameras: drawn from the prior, then set right by what was seen."""
    count = len(scene)
    pulling = contrast(scene, state.labels)
    off = scene.root @ luck.normal(size=(count, 2))
    noise = luck.normal(size=(count, 2)) * np.sqrt(scene.own)[:, np.newaxis]
    missing = pulling @ (scene.centred - off - noise)
    system = pulling @ scene.prior
    system.flat[:: count + 1] += 1
    return np.asarray(off + scene.prior @ np.linalg.solve(system, missing))


def agreed(scene: Scene, labels: Ints, doubt: Doubt) -> Ints:
    """The cameras that gain most over all redraws: pairs likely enough together, others apart."""
    worth = doubt.pairs - FEWEST
    for _ in range(3):
        before = labels
        for step in scene.steps:
            rows, others = step.rows, step.others
            if not len(others):
                continue
            known, of = numbered(labels[others])
            member = np.zeros((len(others), len(known)))
            member[np.arange(len(others)), of] = 1.0
            gain = worth[np.ix_(rows, others)] @ member
            gain[_never(doubt, rows, others) @ member > 0] = -1e6
            if step.bound:
                gain = gain.min(axis=0)[np.newaxis]
            at = chosen(gain, None)
            new = int(labels.max()) + 1 + np.arange(len(rows))
            if step.bound:
                at, new = np.repeat(at, len(rows)), np.full(len(rows), new[0])
            labels = labels.copy()
            labels[rows] = np.where(at >= 0, known[at], new)
        if np.array_equal(_plain(before), _plain(labels)):
            break
    return labels


def _never(doubt: Doubt, rows: Ints, others: Ints) -> Bools:
    return np.asarray(doubt.pairs[np.ix_(rows, others)] <= 0)


def _plain(labels: Ints) -> Ints:
    """Labels by who is with whom: the least place of each camera."""
    first = np.full(int(labels.max()) + 1, len(labels))
    np.minimum.at(first, labels, np.arange(len(labels)))
    return np.asarray(first[labels])


def confidence(labels: Ints, doubt: Doubt) -> tuple[Floats, Ints]:
    """How likely each item's camera is its own, as the redraws say; and how many other items that camera has."""
    together = labels[:, np.newaxis] == labels
    np.fill_diagonal(together, False)
    mates = together.sum(axis=1)
    share = (doubt.pairs * together).sum(axis=1) / np.maximum(mates, 1)
    return np.where(mates > 0, share, doubt.alone), mates
