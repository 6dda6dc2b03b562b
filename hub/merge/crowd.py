"""What one contributor says again and again of a spot: counted and shown, and weighed only so often. Pure.

Else whoever sends thousands of observations of one spot makes each derivation compare them all with one another. Both
bounds hold for each contributor, so that nobody crowds out another. What nobody knows of whom it is, as what was
imported, shares wider ones.
"""

from collections.abc import Sequence
from math import floor

from hub.merge.camera import Camera
from hub.merge.constraints import Sides
from hub.merge.contributors import who
from hub.merge.grid import Block, block_of
from hub.merge.observe import Observation
from probe.contract.geodesy import degrees_off, offset_m

# So many observations that say the same of one spot are weighed; walkers meet a camera a few times a month.
WEIGHED_ALIKE, WEIGHED_ALIKE_OF_UNKNOWN = 32, 256
# So many cameras may one contributor alone make out in a block of some 111 m; the densest squares have some dozens.
FOUNDED, FOUNDED_OF_UNKNOWN = 64, 512
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
        if len(same) < (WEIGHED_ALIKE_OF_UNKNOWN if who(observation) is None else WEIGHED_ALIKE):
            same.append(observation)
            weighed.append(observation)
        else:
            repetitions.append((observation, same[0]))
    return weighed, repetitions


class Founders:
    """Who made out how many cameras in which block."""

    def __init__(self) -> None:
        self._founded: dict[tuple[str | None, Block], list[int]] = {}

    def add(self, observation: Observation, number: int) -> None:
        """Note that an observation became the camera with a number."""
        self._founded.setdefault((who(observation), block_of(observation.place)), []).append(number)

    def nearest_where_full(
        self, observation: Observation, cameras: Sequence[Camera], sides: Sides | None = None
    ) -> int | None:
        """The nearest camera of this contributor in this block, where it has made out too many; None elsewhere, and
        where none of them may hold what is on these `sides`."""
        founded = self._founded.get((who(observation), block_of(observation.place)), [])
        if len(founded) < (FOUNDED_OF_UNKNOWN if who(observation) is None else FOUNDED):
            return None
        allowed = founded if not sides else [number for number in founded if cameras[number].may_hold(sides)]
        return min(allowed, key=lambda number: (_squared_m(observation, cameras[number]), number), default=None)


def _saying(observation: Observation) -> _Saying:
    """What an observation says, roughly: by whom, where, and of what."""
    estimate = observation.place
    row = floor(estimate.lat / _SPOT_DEG)
    _, spot_deg = degrees_off(row * _SPOT_DEG, SPOT_M, SPOT_M)  # one for the whole row, or its spots would not line up
    direction = observation.direction
    return (
        who(observation),
        row,
        floor(estimate.lon / spot_deg),
        observation.kind,
        observation.mount,
        None if direction is None else int(direction * _SECTORS / 360.0) % _SECTORS,
    )


def _squared_m(observation: Observation, camera: Camera) -> float:
    estimate = observation.place
    east_m, north_m = offset_m(estimate.lat, estimate.lon, camera.estimate.lat, camera.estimate.lon)
    return east_m * east_m + north_m * north_m
