"""What one contributor says again and again of a spot: counted and shown, and weighed only so often. Pure.

Else whoever sends thousands of observations of one spot makes each derivation compare them all with one another. Both
bounds hold for each contributor, so that nobody crowds out another. The hub forgets who sent what: the observations of
which nobody knows that any more share wider ones.
"""

from collections.abc import Sequence
from math import floor

from hub.merge.grid import Block, block_of
from hub.merge.items import Thing
from hub.merge.observe import Observation
from probe.contract.geodesy import degrees_off, offset_m

# So many observations that say the same of one spot are weighed; walkers meet a camera a few times a month.
WEIGHED_ALIKE, WEIGHED_ALIKE_OF_UNKNOWN = 32, 256
# So many things of one contributor are weighed in a block of some 111 m; the densest squares have some dozens of
# cameras, and each walk may see all of them.
THINGS, THINGS_OF_UNKNOWN = 128, 512
SPOT_M = 6.0
_SPOT_DEG = degrees_off(0.0, SPOT_M, SPOT_M)[0]
_SECTORS = 8

_Saying = tuple[str | None, int, int, str | None, str | None, int | None]


def without_repetitions(
    visual: Sequence[Observation],
) -> tuple[list[Observation], list[tuple[Observation, Observation]]]:
    """The observations to weigh, in their order, and those that only repeat, each with the weighed one it is like.

    All must have a place. Which ones are weighed depends on their order alone: give them sorted.
    """
    weighed: list[Observation] = []
    repetitions: list[tuple[Observation, Observation]] = []
    by_saying: dict[_Saying, list[Observation]] = {}
    for observation in visual:
        same = by_saying.setdefault(_saying(observation), [])
        if len(same) < (WEIGHED_ALIKE_OF_UNKNOWN if observation.contributor is None else WEIGHED_ALIKE):
            same.append(observation)
            weighed.append(observation)
        else:
            repetitions.append((observation, same[0]))
    return weighed, repetitions


def without_too_many(things: Sequence[Thing]) -> tuple[list[Thing], list[tuple[Observation, Observation]]]:
    """The things to weigh, in their order, and the observations of others, each with one of the nearest thing that the
    same contributor saw in that block: one makes out so many there and no more. What people decided is always weighed.

    Which ones are weighed depends on their order alone: give them sorted.
    """
    weighed: list[Thing] = []
    crowded: list[tuple[Observation, Observation]] = []
    by_block: dict[tuple[str | None, Block], list[Thing]] = {}
    for thing in things:
        first = thing.observations[0]
        same = by_block.setdefault((first.contributor, block_of(first.place)), [])
        if thing.item.group is not None or len(same) < (THINGS_OF_UNKNOWN if first.contributor is None else THINGS):
            same.append(thing)
            weighed.append(thing)
        else:
            nearest = min(same, key=lambda one: (_squared_m(thing, one), one.item.key))
            crowded += [(one, nearest.observations[0]) for one in thing.observations]
    return weighed, crowded


def _saying(observation: Observation) -> _Saying:
    """What an observation says, roughly: by whom, where, and of what."""
    estimate = observation.place
    row = floor(estimate.lat / _SPOT_DEG)
    _, spot_deg = degrees_off(row * _SPOT_DEG, SPOT_M, SPOT_M)  # one for the whole row, or its spots would not line up
    direction = observation.direction
    return (
        observation.contributor,
        row,
        floor(estimate.lon / spot_deg),
        observation.kind,
        observation.mount,
        None if direction is None else int(direction * _SECTORS / 360.0) % _SECTORS,
    )


def _squared_m(thing: Thing, other: Thing) -> float:
    east_m, north_m = offset_m(thing.item.lat, thing.item.lon, other.item.lat, other.item.lon)
    return east_m * east_m + north_m * north_m
