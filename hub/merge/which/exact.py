"""A few items, which most of the map is made of: all ways to divide them are weighed, and nothing is searched. Pure."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hub.merge.which.doubt import FEWEST, Doubt
from hub.merge.which.scene import Bools, Floats, Ints, Said, Scene

MOST_ITEMS = 8
MOST_WAYS = 400  # so many are weighed at once, in a few milliseconds


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways to divide n items, p of them.

    - `same` (p x n x n): which items are of one camera; `before`: the same, of each item those that come before it.
    - `first` (p x n): whether an item is the first of its camera; `hold` (p x 2n x 2n): which coordinate of an item is
      which of a camera, cameras being numbered by their first items; `size` (p x n): how many are of an item's camera.
    """

    same: Bools
    before: Floats
    first: Bools
    hold: Floats
    size: Floats


def ways_of(scene: Scene) -> Ways | None:
    """All that nothing forbids; None where there are too many."""
    count = len(scene)
    if count > MOST_ITEMS:
        return None
    bound = (scene.group[:, np.newaxis] == scene.group) & (scene.group >= 0)
    may = scene.layer[:, np.newaxis] != scene.layer
    if scene.apart is not None:
        may &= ~scene.apart
    may |= bound
    return _ways(count, may.tobytes(), bound.tobytes())


@lru_cache(12)
def _ways(count: int, may_be_one: bytes, must_be_one: bytes) -> Ways | None:
    may, must = (np.frombuffer(one, bool).reshape(count, count).tolist() for one in (may_be_one, must_be_one))
    found: list[list[int]] = [[]]
    for item in range(count):
        longer = []
        for way in found:
            wanted = {way[other] for other in range(item) if must[item][other]}
            never = {way[other] for other in range(item) if not may[item][other]}
            open_ones = wanted or {*way, item}  # a camera is named by its first item
            longer += [[*way, camera] for camera in sorted(open_ones) if camera not in never]
        found = longer
        if len(found) > MOST_WAYS:
            return None
    labels = np.array(found, np.int64)
    same = labels[:, :, np.newaxis] == labels[:, np.newaxis]
    numbers = np.arange(count)
    hold = np.zeros((len(labels), count, 2, count, 2))
    for axis in range(2):
        hold[:, :, axis, :, axis] = labels[:, :, np.newaxis] == numbers
    return Ways(
        same=same,
        before=(same & (numbers[:, np.newaxis] > numbers)).astype(np.float64),
        first=labels == numbers,
        hold=hold.reshape(len(labels), 2 * count, 2 * count),
        size=same.sum(axis=2).astype(np.float64),
    )


def weighed(scene: Scene, ways: Ways) -> Doubt:
    """What all ways, as often as each is likely, say of pairs of items and of biases."""
    count = len(scene)
    bias = np.kron(scene.prior, np.eye(2))
    precision = np.linalg.inv(bias + _own(scene))
    place = (scene.place - scene.place.mean(axis=0)).ravel()
    back = ways.hold.transpose(0, 2, 1) @ precision
    unused = np.repeat(~ways.first, 2, axis=1)
    system = back @ ways.hold
    system += unused[:, :, np.newaxis] * np.eye(2 * count)
    inverse = np.linalg.inv(system)
    toward = back @ place
    cameras = (inverse @ toward[:, :, np.newaxis])[:, :, 0]
    score = (toward * cameras).sum(axis=1) / 2 - np.linalg.slogdet(system)[1] / 2
    score += np.log(2 * np.pi) * ways.first.sum(axis=1)
    density = np.exp(scene.rare) + ways.first @ np.tril(_clumped(scene), -1).T
    score += (np.log(density) * ways.first).sum(axis=1)
    score -= ways.first @ scene.misses
    score += _said(scene, ways)
    share = np.exp(score - score.max())
    share /= share.sum()
    left = place - (ways.hold @ cameras[:, :, np.newaxis])[:, :, 0]
    each = left @ (precision @ bias)
    off = share @ each
    spread = share @ (each - off) ** 2
    held = np.einsum("p,pij->ij", share, ways.hold @ inverse @ ways.hold.transpose(0, 2, 1))
    gone = bias @ (precision - precision @ held @ precision) @ bias
    off_var = np.maximum(0.0, np.diag(bias - gone) + spread).reshape(count, 2).mean(axis=1)
    pairs = np.einsum("p,pij->ij", share, ways.same.astype(np.float64))
    np.fill_diagonal(pairs, 0.0)
    alone = share @ (ways.size == 1)
    return Doubt(pairs=pairs, alone=alone, off=off.reshape(count, 2), off_var=off_var)


def best_of(ways: Ways, pairs: Floats) -> Ints:
    """The way that gains most in pairs: likely ones together, others apart. Cameras are named by their first items."""
    worth = np.einsum("pij,ij->p", np.tril(ways.same, -1), pairs - FEWEST)
    return np.asarray(ways.same[int(np.argmax(worth))].argmax(axis=1))


def _own(scene: Scene) -> Floats:
    count = len(scene)
    own = scene.cov
    found = np.zeros((count, 2, count, 2))
    numbers = np.arange(count)
    found[numbers, 0, numbers, 0], found[numbers, 1, numbers, 1] = own[:, 0], own[:, 1]
    found[numbers, 0, numbers, 1] = found[numbers, 1, numbers, 0] = own[:, 2]
    return found.reshape(2 * count, 2 * count)


def _clumped(scene: Scene) -> Floats:
    """How dense cameras are around each other item's camera for being near that one, per square metre (n x n)."""
    place = scene.factors.place
    alone = scene.own + scene.common
    variance = alone[:, np.newaxis] + alone - 2 * scene.prior + place.clump_sd_m**2
    variance = np.maximum(variance, place.clump_sd_m**2)
    return np.asarray(place.clump * np.exp(-(scene.distance**2) / (2 * variance)) / (2 * np.pi * variance))


def _said(scene: Scene, ways: Ways) -> Floats:
    """What is said alike or not (p): each item is held against those of its camera that come before it."""
    near = np.exp(-(scene.distance**2) / scene.factors.said.alike_m**2)
    near_before = (ways.before * near).sum(axis=2) / np.maximum(1.0, ways.before.sum(axis=2))
    total = np.zeros(len(ways.same))
    for said in scene.said:
        total += _valued(said, ways, near_before)
    return total + _looking(scene, ways, near_before)


def _valued(said: Said, ways: Ways, near: Floats) -> Floats:
    joint = np.exp(ways.before @ np.log(said.likely))
    together = (joint * said.likely) @ said.usual
    apart = (joint @ said.usual) * (said.likely @ said.usual)
    alike = said.alike * near
    gain = -np.log(alike + (1 - alike) * apart / together)
    return np.asarray(np.where(ways.before.any(axis=2), gain, 0.0).sum(axis=1))


def _looking(scene: Scene, ways: Ways, near: Floats) -> Floats:
    known = np.isfinite(scene.looks)
    if known.sum() < 2:
        return np.zeros(len(ways.same))
    looks, weight = np.where(known, scene.looks, 0.0), np.where(known, 1 / scene.looks_sd**2, 0.0)
    total = ways.before @ weight
    at = (total > 0) & known
    turn = looks - np.arctan2(ways.before @ (weight * np.sin(looks)), ways.before @ (weight * np.cos(looks)))
    turn = (turn + np.pi) % (2 * np.pi) - np.pi
    variance = scene.looks_sd**2 + 1 / np.where(at, total, 1.0)
    said = scene.factors.said
    wrong = 1 - (1 - said.direction_wrong) ** 2
    same = (1 - wrong) * np.exp(-turn * turn / (2 * variance)) / np.sqrt(2 * np.pi * variance) + wrong / (2 * np.pi)
    alike = said.direction_alike * near
    return np.asarray(np.where(at, -np.log(alike + (1 - alike) / (2 * np.pi * same)), 0.0).sum(axis=1))
