"""How sure it is that an item is of its camera: what redraws say, set right by what was learnt in other towns. Pure."""

from collections.abc import Sequence

import numpy as np

from hub.merge.which.factors import Factors
from hub.merge.which.item import RADIO, Item
from hub.merge.which.scene import READER, Bools, Floats, Ints, Scene
from hub.merge.which.strict import SAME_WAY_DEG, codes, turned

LEAST_DOUBT = 1e-4  # of a share of redraws: there are not more of them
ALONE_DOUBT = 2e-2  # the same of an item by itself: another walk may have been off by more than it was taken to be
EXACT_DOUBT = 1e-6  # of a share where all ways were weighed
SUREST = 0.9999  # nobody knows better, even where nothing else is near
SIGNS = 5
TWOS_M = 10.0  # cameras of one walk that are nearer than this stand in twos


def signs(items: Sequence[Item], scene: Scene, labels: Ints) -> Floats:
    """What speaks for each item's camera beside its share, each from 0 to 1 (n x 5): of how many pairs of its seen
    items the kind, the mount and the direction are said alike; whether the part has no other camera; and how many of
    the seen items near by have another one of their walk within TWOS_M.

    The last one speaks against it. Where each walk saw one of two cameras, and no walk both, nothing in the place tells
    that they are two: it is as likely as cameras stand in twos there, and what is said of both is the only hint.
    """
    seen = np.array([item.layer != RADIO for item in items])
    other = seen[:, np.newaxis] & seen & ~np.eye(len(items), dtype=bool)
    mates = other & (labels[:, np.newaxis] == labels)
    pairs = np.bincount(labels, mates.sum(axis=1))
    found = np.zeros((len(items), SIGNS))
    for number, alike in enumerate(_alike(items)):
        of_camera = np.bincount(labels, (mates & alike).sum(axis=1)) / np.maximum(pairs, 1.0)
        found[:, number] = of_camera[labels]
    found[:, 3] = float((labels == labels[0]).all())
    in_twos = (other & (scene.layer[:, np.newaxis] == scene.layer) & (scene.distance < TWOS_M)).any(axis=1)
    near = seen & (scene.distance <= scene.factors.place.reach_m)
    found[:, 4] = near @ in_twos.astype(np.float64) / np.maximum(near.sum(axis=1), 1)
    return found


def _alike(items: Sequence[Item]) -> tuple[Bools, Bools, Bools]:
    """Which items are said to be alike in kind, in mount and in direction (n x n). That both read plates is no hint:
    all of a site do."""
    kinds = codes([None if item.kind == READER else item.kind for item in items])
    mounts = codes([item.mount for item in items])
    looks = np.array([item.direction is not None for item in items])
    same_way = looks[:, np.newaxis] & looks & (turned(items) <= SAME_WAY_DEG)
    return _both(kinds), _both(mounts), same_way


def _both(said: Ints) -> Bools:
    return np.asarray((said[:, np.newaxis] == said) & (said >= 0))


def calibrated(share: Floats, mates: Ints, signs: Floats, factors: Factors, *, exact: bool) -> Floats:
    """Probabilities of shares of redraws, or of all ways to divide (`exact`), as learnt in other towns; `mates`: how
    many other items the camera has; `signs` as above."""
    most = np.where(exact, 1 - EXACT_DOUBT, np.where(mates > 0, 1 - LEAST_DOUBT, 1 - ALONE_DOUBT))
    share = np.clip(share, EXACT_DOUBT if exact else LEAST_DOUBT, most)
    sure = factors.sure
    of_size = (sure.exact_alone, sure.exact_pair, sure.exact_more) if exact else (sure.alone, sure.pair, sure.more)
    slope = sure.exact_slope if exact else sure.slope
    odds = slope * np.log(share / (1 - share)) + np.array(of_size)[np.minimum(mates, 2)]
    odds += signs @ np.array([sure.alike_kind, sure.alike_mount, sure.alike_direction, sure.lone, sure.in_twos])
    return np.asarray(np.minimum(SUREST, 1 / (1 + np.exp(-odds))))
