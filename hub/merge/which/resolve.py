"""Which items are of one camera. Pure: the same items give the same answer, in whichever order they come."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import lru_cache
from hashlib import sha256
from operator import attrgetter
from typing import Any

import numpy as np

from hub.merge.which.doubt import Doubt, agreed, confidence, redrawn
from hub.merge.which.exact import best_of, ways_of, weighed
from hub.merge.which.factors import Factors, factors
from hub.merge.which.item import Item, Put
from hub.merge.which.parts import parts_of
from hub.merge.which.scale import scaled
from hub.merge.which.scene import Bools, Floats, Ints, flat, scene_of
from hub.merge.which.search import effort_for, found
from hub.merge.which.strict import UNCLEAR_BY, contradictions, held_apart, unclear
from hub.merge.which.sure import SUREST, calibrated, signs

LEAST_LISTED = 0.01
NEARLY = 0.2
# So many parts, small and large, of so many items at most: a part's items and puts take about 400 octets for each
SMALL_REMEMBERED, MOST_OF_SMALL = 1024, 32
LARGE_REMEMBERED, MOST_OF_LARGE = 64, 256

_NAMES = tuple(one.name for one in fields(Item) if one.name not in ("group", "sides"))
_PLAIN = attrgetter(*_NAMES)


def resolve(items: Sequence[Item], known: Factors | None = None) -> tuple[Put, ...]:
    """For each item, in their order, where it was put. Cameras are numbered by the least key that they hold.

    `known`: what was learnt offline, where it is not to be that of factors.toml. Two items of one key are told apart by
    the rest of what they are; where that is the same too, it makes no difference which is which.
    """
    order = sorted(range(len(items)), key=lambda number: _rank(items[number]))
    ranked = [items[number] for number in order]
    answers: dict[int, Put] = {}
    made = 0
    for part in parts_of(ranked):
        puts = _remembered([ranked[number] for number in part], known)
        for number, put in zip(part, puts, strict=True):
            answers[number] = _renumbered(put, range(made, made + len(puts)))
        made += len(puts)
    new_number: dict[int, int] = {}
    for number in range(len(ranked)):
        new_number.setdefault(answers[number].camera, len(new_number))
    final = {number: _renumbered(answers[rank], new_number) for rank, number in enumerate(order)}
    return tuple(final[number] for number in range(len(items)))


def _rank(item: Item) -> tuple[object, ...]:
    said = (item.kind or "", item.mount or "", -1.0 if item.direction is None else item.direction)
    return item.key, item.layer, item.lat, item.lon, item.east, item.north, item.common, said


def _renumbered(put: Put, new_number: Mapping[int, int] | Sequence[int]) -> Put:
    others = tuple((None if camera is None else new_number[camera], likely) for camera, likely in put.others)
    return replace(put, camera=new_number[put.camera], others=others)


def _remembered(items: Sequence[Item], known: Factors | None) -> Sequence[Put]:
    """Windows overlap and are asked again, and a decision elsewhere changes nothing here: what was found of a part
    stays known while it is asked for now and then."""
    if known is not None or len(items) > MOST_OF_LARGE or _is_settled(items):
        return _part(items, known or factors())
    asked = tuple(zip(map(_PLAIN, items), _groups(items), _sides(items), strict=True))
    return _small_part(asked) if len(items) <= MOST_OF_SMALL else _large_part(asked)


def _groups(items: Sequence[Item]) -> list[int | None]:
    """The groups of items, numbered anew: their numbers are others after each decision, wherever it was."""
    number: dict[int, int] = {}
    return [None if one.group is None else number.setdefault(one.group, len(number)) for one in items]


def _sides(items: Sequence[Item]) -> list[tuple[tuple[int, int], ...]]:
    """The sides of items in the divisions that divide some of them, numbered anew."""
    divided: set[tuple[int, ...]] = set()
    for division in {division for one in items for division in one.sides}:
        number: dict[int, int] = {}
        sides = tuple(
            number.setdefault(one.sides[division], len(number)) if division in one.sides else -1 for one in items
        )
        if len(number) > 1:
            divided.add(sides)
    ordered = sorted(divided)
    return [
        tuple((division, sides[place]) for division, sides in enumerate(ordered) if sides[place] >= 0)
        for place in range(len(items))
    ]


_Asked = tuple[tuple[tuple[Any, ...], int | None, tuple[tuple[int, int], ...]], ...]


@lru_cache(SMALL_REMEMBERED)
def _small_part(asked: _Asked) -> tuple[Put, ...]:
    return _anew(asked)


@lru_cache(LARGE_REMEMBERED)
def _large_part(asked: _Asked) -> tuple[Put, ...]:
    return _anew(asked)


def _anew(asked: _Asked) -> tuple[Put, ...]:
    items = [
        Item(**dict(zip(_NAMES, plain, strict=True)), group=group, sides=dict(sides)) for plain, group, sides in asked
    ]
    return tuple(_part(items, factors()))


def _is_settled(items: Sequence[Item]) -> bool:
    """Whether there is nothing to be told: all is of one walk, or of one group."""
    return len({item.layer if item.group is None else item.group for item in items}) == 1


def _part(items: Sequence[Item], factors: Factors) -> list[Put]:
    """The same for items that may all have to do with each other, in their order."""
    if _is_settled(items):
        grouped = items[0].group is not None
        return [
            Put(camera=0 if grouped else number, sure=SUREST, off_var=item.common) for number, item in enumerate(items)
        ]
    scene = scene_of(items, flat(items), factors)
    readers, contradict = contradictions(items)
    ways = ways_of(scene)
    if ways is not None:
        doubt = held_apart(weighed(scene, ways), readers)
        labels = best_of(ways, doubt.pairs)
    else:
        luck = _luck(items)
        effort = effort_for(scene)
        state = found(scene, luck, effort)
        scene, state = scaled(scene, state, np.array([item.told for item in items]), effort)
        doubt = held_apart(redrawn(scene, state, luck, effort.redraws), readers)
        labels = agreed(scene, state.labels, doubt)
    labels = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    share, mates = confidence(labels, doubt)
    likely = calibrated(share, mates, signs(items, scene, labels), factors, exact=ways is not None)
    sure = np.minimum(likely, _at_odds(labels, share, doubt))
    asked = unclear(items, labels, contradict)
    return _puts(labels, np.where(asked, np.minimum(sure, factors.sure.clear - UNCLEAR_BY), sure), doubt, asked)


def _at_odds(labels: Ints, share: Floats, doubt: Doubt) -> Floats:
    """How likely an item's camera can be at most beside another one that is nearly as likely; else 1. What was learnt
    in other towns holds on the whole, and says nothing of what lies in the middle between two."""
    likely = _likely(labels, doubt)
    rival = likely.max(axis=1)
    return np.where(rival > NEARLY * share, share / np.maximum(share + rival, 1e-12), 1.0)


def _likely(labels: Ints, doubt: Doubt) -> Floats:
    """How likely items are of each other camera than their own (n x c)."""
    member = np.zeros((len(labels), int(labels.max()) + 1))
    member[np.arange(len(labels)), labels] = 1.0
    likely = doubt.pairs @ member / member.sum(axis=0)
    likely[np.arange(len(labels)), labels] = 0.0
    return np.asarray(likely)


def _puts(labels: Ints, sure: Floats, doubt: Doubt, asked: Bools) -> list[Put]:
    count = len(labels)
    likely = _likely(labels, doubt)
    apart = np.where(np.bincount(labels)[labels] > 1, doubt.alone, 0.0)
    # What a person is asked of has something that it may be instead, however unlikely
    apart = np.where(asked & (likely.sum(axis=1) + apart < 1e-9), 1.0, apart)
    total = likely.sum(axis=1) + apart
    scale = np.where(total > 0, (1 - sure) / np.maximum(total, 1e-12), 0.0)
    likely, apart = likely * scale[:, np.newaxis], apart * scale
    puts = []
    for number in range(count):
        listed = np.flatnonzero(likely[number] >= LEAST_LISTED)
        others: list[tuple[int | None, float]] = [(camera, float(likely[number, camera])) for camera in listed.tolist()]
        if apart[number] >= LEAST_LISTED:
            others.append((None, float(apart[number])))
        others.sort(key=lambda both: (-both[1], -1 if both[0] is None else both[0]))
        puts.append(
            Put(
                camera=int(labels[number]),
                sure=float(sure[number]),
                others=tuple(others),
                off_east=float(doubt.off[number, 0]),
                off_north=float(doubt.off[number, 1]),
                off_var=float(doubt.off_var[number]),
            )
        )
    return puts


def _luck(items: Sequence[Item]) -> np.random.Generator:
    """Draws that follow from the items' keys."""
    text = "\n".join(item.key for item in items)
    return np.random.default_rng(int.from_bytes(sha256(text.encode()).digest()[:8], "big"))
