"""What is never taken for clear, however near it is: what contradicts, and two sightings that agree in little. Pure.

Mappers keep two nodes at one place more often than they delete one of them, and where both say where they look and
differ, nearly always (of readers within 10 m that look more than 60 degrees apart they kept 180 pairs and deleted one
of 2): two sightings alone do not outweigh that.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hub.merge.which.doubt import Doubt
from hub.merge.which.item import Item
from hub.merge.which.scene import READER, Bools, Floats, Ints

TURNED_DEG, SAME_WAY_DEG = 60.0, 30.0
OTHER_READER = 0.03  # what is left of the odds of a pair of which one reads plates, and that no third item binds
BINDS = 0.3  # a third item binds two that are of its camera with this probability or more
# Of kind, mount and direction, for two sightings alone. Readers stand in twos and threes and look the same way: of 95
# pairs at one spot that people kept 64 do.
ENOUGH_ALIKE, ENOUGH_ALIKE_OF_READERS = 1, 2
UNCLEAR_BY = 0.02


def contradictions(items: Sequence[Item]) -> tuple[Bools, Bools]:
    """Which items differ in whether they read plates (n x n), and which say what cannot both be true of one camera: in
    that, in where it looks, in kind or in mount."""
    kinds, mounts = (codes([one.kind for one in items]), codes([one.mount for one in items]))
    readers = _differ(codes([None if one.kind is None else str(one.kind == READER) for one in items]))
    return readers, readers | (turned(items) > TURNED_DEG) | _differ(kinds) | _differ(mounts)


def held_apart(doubt: Doubt, readers: Bools) -> Doubt:
    """The doubt where a reader and what is none are less likely one: people tell these apart. Where two look otherwise
    is asked about, and not held apart: walkers err in that more often, and the place may say that it is one."""
    if not readers.any():
        return doubt
    pairs, alone = doubt.pairs.copy(), doubt.alone.copy()
    for one, other in np.argwhere(np.triu(readers & (pairs > 0))).tolist():
        binds = np.minimum(doubt.pairs[one], doubt.pairs[other])
        if len(binds) > 2 and float(np.delete(binds, (one, other)).max()) >= BINDS:
            continue
        likely = doubt.pairs[one, other]
        less = likely * OTHER_READER / (1 - likely + likely * OTHER_READER)
        pairs[one, other] = pairs[other, one] = less
        for item in (one, other):
            alone[item] = min(1.0, alone[item] + likely - less)
    return replace(doubt, pairs=pairs, alone=alone)


def unclear(items: Sequence[Item], labels: Ints, contradict: Bools) -> Bools:
    """Which items a person is to be asked of, whatever else speaks for their cameras. What people put together is as
    they said."""
    same = labels[:, np.newaxis] == labels
    np.fill_diagonal(same, False)
    asked = (same & contradict).any(axis=1)
    size = same.sum(axis=1)
    for one in np.flatnonzero(size == 1).tolist():
        other = items[int(same[one].argmax())]
        reader = READER in (items[one].kind, other.kind)
        asked[one] |= _alike(items[one], other) < (ENOUGH_ALIKE_OF_READERS if reader else ENOUGH_ALIKE)
    return np.asarray(asked & np.array([one.group is None for one in items]))


def _alike(one: Item, other: Item) -> int:
    """In how much two agree, whether they read plates aside."""
    alike = one.kind == other.kind is not None and one.kind != READER
    alike_mount = one.mount == other.mount is not None
    same_way = (
        one.direction is not None
        and other.direction is not None
        and abs((one.direction - other.direction + 180) % 360 - 180) <= SAME_WAY_DEG
    )
    return int(alike) + int(alike_mount) + int(same_way)


def codes(values: Sequence[str | None]) -> Ints:
    """A number for each value (n), the same for the same; -1 is "not known"."""
    names = {name: number for number, name in enumerate(sorted({one for one in values if one is not None}))}
    return np.array([-1 if one is None else names[one] for one in values], np.int64)


def _differ(codes: Ints) -> Bools:
    known = codes >= 0
    return np.asarray((codes[:, np.newaxis] != codes) & known[:, np.newaxis] & known)


def turned(items: Sequence[Item]) -> Floats:
    """How far apart two items look, in degrees (n x n); 0 where one does not say."""
    looks = np.array([np.nan if one.direction is None else one.direction for one in items])
    return np.asarray(np.nan_to_num(np.abs((looks[:, np.newaxis] - looks + 180.0) % 360.0 - 180.0)))
