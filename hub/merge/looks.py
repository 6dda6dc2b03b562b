"""Which looks of one walk are at one thing, and where that is by them. Pure.

Walkers are asked for a photo from two sides: both are of one camera, and what the receiver is off is the same for both.
Two looks from one place are at two things: nobody photographs one thing twice from where they stand, and a pole often
bears several. What a walker marks on a map is a thing of its own each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import exp, hypot, log, pi, sqrt
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from hub.merge.constraints import Bonds, Sides, fit
from hub.merge.observe import Estimate, Look, Observation
from probe.contract.geodesy import moved, offset_m, turn_deg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ONE_SPOT_M, WITHIN_M = 3.0, 40.0
MOST_LOOKS = 12  # at one thing on one walk; more are things of their own
PLACES_REMEMBERED = 4096
REMEMBERED = 256  # walks, or parts of them: some kilobytes each, a hundred in a flood
# How far away a thing is that somebody photographs and of which they do not say it: log-normal, its median and spread.
USUAL_M, SPREAD = 9.0, 0.65
ASTRAY = 0.1  # bearings that point anywhere: a car, a railing, a magnet in a pocket
ANOTHER_IN_VIEW = 0.3  # looks at another thing in view, for each further one at the same
WALKED_SD_M = 1.5  # where one walk stood at two looks, relative to each other
# How much likelier what two looks say is of one thing than of two in one view.
KIND_DIFFERS, MOUNT_DIFFERS, DIRECTION_DIFFERS, DIRECTION_AGREES = 0.1, 0.06, 0.15, 2.0
SAME_WAY_DEG = 60.0
CELLS, LEAST_HALF_M, MOST_HALF_M = 61, 45.0, 300.0


class Says(Protocol):
    """What a look says, whoever took it."""

    @property
    def look(self) -> Look | None: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def mount(self) -> str | None: ...
    @property
    def direction(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class _Said:
    look: Look | None
    kind: str | None
    mount: str | None
    direction: float | None


_Tied = tuple[int | None, Sides]  # to a group, and on which sides


def groups_of(walk: Sequence[Observation], bonds: Bonds) -> list[list[Observation]]:
    """What was seen on one walk, thing by thing, in their order. What people decided to be one thing is one."""
    ordered = sorted(walk, key=_moment)
    said = tuple(_Said(one.look, one.kind, one.mount, one.direction) for one in ordered)
    if bonds:
        things = _things(said, [(bonds.group_of(one), bonds.all_sides_of(one)) for one in ordered])
    else:
        things = _remembered(said)
    return [[ordered[number] for number in thing] for thing in things]


def _things(said: Sequence[_Said], tied: Sequence[_Tied] | None = None) -> tuple[tuple[int, ...], ...]:
    """Which looks, by their numbers, are at one thing."""
    things: list[_Thing] = []
    of_group: dict[int, _Thing] = {}
    for number, seen in enumerate(said):
        group, sides = _FREE if tied is None else tied[number]
        thing = None if group is None else of_group.get(group)
        if thing is None:
            thing = _likeliest(things, seen, group, sides)
        if thing is None:
            thing = _Thing()
            things.append(thing)
            if len(things) > MOST_LOOKS:
                things[-MOST_LOOKS - 1].forget()  # nothing is compared with it any more
        thing.add(number, seen, group, sides)
        if group is not None:
            of_group[group] = thing
    return tuple(tuple(thing.numbers) for thing in things)


_FREE: _Tied = (None, MappingProxyType({}))
# A walk's looks are asked for again by each window around, and with whatever else comes there.
_remembered = lru_cache(REMEMBERED)(_things)


def _moment(seen: Observation) -> tuple[str, str]:
    time = seen.sighting.time
    return "" if time is None else time.utc.isoformat(), seen.sighting.id


def _likeliest(things: Sequence["_Thing"], seen: Says, group: int | None, sides: Sides) -> "_Thing | None":
    if seen.look is None:
        return None
    best, odds = None, 0.0
    for thing in reversed(things[-MOST_LOOKS:]):  # one walks on: what lies farther back is out of view
        if thing.may_take(seen, group, sides) and (of_it := thing.odds(seen, seen.look)) > odds:
            best, odds = thing, of_it
    return best


def may_be_one(seen: Says, members: Sequence[Says]) -> bool:
    """Whether a look may be at the same thing as others of its walk: not from one of their places, not too far from
    them, and not where there are very many already."""
    looks = [member.look for member in members if member.look is not None]
    if seen.look is None or not looks or len(looks) >= MOST_LOOKS:
        return False
    apart = [hypot(*offset_m(one.lat, one.lon, seen.look.lat, seen.look.lon)) for one in looks]
    return min(apart) >= ONE_SPOT_M and max(apart) <= WITHIN_M


@dataclass(slots=True)
class _Thing:
    """Something that a walk looked at, while it is put together."""

    numbers: list[int] = field(default_factory=list)
    members: list[Says] = field(default_factory=list)
    group: int | None = None
    sides: dict[int, int] = field(default_factory=dict)
    _belief: "tuple[Floats, Floats, Floats] | None" = None  # by its looks so far; each look near by asks for it

    def add(self, number: int, seen: Says, group: int | None, sides: Sides) -> None:
        self.forget()
        self.numbers.append(number)
        self.members.append(seen)
        self.group = self.group if group is None else group
        self.sides.update(sides)

    def forget(self) -> None:
        """Let go of what is worked out again where it is asked for."""
        self._belief = None

    def may_take(self, seen: Says, group: int | None, sides: Sides) -> bool:
        if self.group is not None and group is not None and self.group != group:
            return False
        return may_be_one(seen, self.members) and fit(self.sides, sides)

    def odds(self, seen: Says, look: Look) -> float:
        """How much likelier the look is at this thing than at another one in view, as a logarithm."""
        looks = [member.look for member in self.members if member.look is not None]
        if self._belief is None:
            self._belief = _belief(looks)
        same = _density(self._belief, looks[0], look)
        told = sum(alike(seen, member) for member in self.members) / len(self.members)
        return log(max(1e-12, same * 360 / ANOTHER_IN_VIEW)) + told


def alike(one: Says, other: Says) -> float:
    """What kind, mount and direction say about two looks being at one thing, as a logarithm."""
    said = 0.0
    if one.kind is not None and other.kind is not None and one.kind != other.kind:
        said += -50.0 if "alpr" in (one.kind, other.kind) else log(KIND_DIFFERS)
    if one.mount is not None and other.mount is not None and one.mount != other.mount:
        said += log(MOUNT_DIFFERS)
    if one.direction is not None and other.direction is not None:
        same = turn_deg(one.direction, other.direction) <= SAME_WAY_DEG
        said += log(DIRECTION_AGREES if same else DIRECTION_DIFFERS)
    return said


def _density(belief: "tuple[Floats, Floats, Floats]", first: Look, other: Look) -> float:
    """How probable the bearing of another look is, for each degree, where it is at the thing that is believed to be so
    far from its first look; and how much more probable the distance that it says, than any in view."""
    east, north, weight = belief
    along, up = offset_m(first.lat, first.lon, other.lat, other.lon)
    bearing, distance = _seen_from(east, north, along, up)
    sd = sqrt(other.bearing_sd_deg**2 + 25.0)
    turn = abs((bearing - other.bearing_deg + 180.0) % 360.0 - 180.0)
    hit = _normal(turn, sd)
    if other.distance_m is not None and other.distance_sd_m is not None:
        here = _normal(distance - other.distance_m, max(other.distance_sd_m, WALKED_SD_M))
        hit = hit * here / max(1e-3, _usual(other.distance_m))
    return float((1 - ASTRAY) * (weight * hit).sum() + ASTRAY / 360)


def _usual(distance_m: float) -> float:
    """How probable a distance is of something that somebody photographs, for each metre."""
    distance_m = max(0.1, distance_m)
    return exp(-(log(distance_m / USUAL_M) ** 2) / (2 * SPREAD**2)) / (distance_m * SPREAD * sqrt(2 * pi))


def place_by(looks: Sequence[Look]) -> Estimate:
    """Where a thing is by looks of one walk, as if these were taken from where they say: what the receiver is off is
    not in it."""
    return _placed(tuple(looks))


@lru_cache(PLACES_REMEMBERED)
def _placed(looks: tuple[Look, ...]) -> Estimate:
    import numpy as np

    east, north, weight = _belief(looks)
    mean = float((weight * east).sum()), float((weight * north).sum())
    off = np.stack([east - mean[0], north - mean[1]])
    covariance = (weight * off) @ off.T
    lat, lon = moved(looks[0].lat, looks[0].lon, *mean)
    floor = WALKED_SD_M**2 / len(looks)
    return Estimate(
        lat=lat,
        lon=lon,
        east=float(covariance[0, 0]) + floor,
        north=float(covariance[1, 1]) + floor,
        between=float(covariance[0, 1]),
    )


def _belief(looks: Sequence[Look]) -> "tuple[Floats, Floats, Floats]":
    """Places in metres from the first look, and how probable each is."""
    import numpy as np

    places = [offset_m(looks[0].lat, looks[0].lon, one.lat, one.lon) for one in looks]
    told = [one.distance_m + 2 * (one.distance_sd_m or 0.0) for one in looks if one.distance_m is not None]
    half = min(MOST_HALF_M, max(LEAST_HALF_M, *told, 0.0)) if told else LEAST_HALF_M
    middle = np.mean(places, axis=0)
    steps = np.linspace(-half, half, CELLS)
    east, north = (part.ravel() for part in np.meshgrid(middle[0] + steps, middle[1] + steps))
    score = np.zeros(CELLS * CELLS)
    for number, (look, (along, up)) in enumerate(zip(looks, places, strict=True)):
        bearing, distance = _seen_from(east, north, along, up)
        turn = np.abs((bearing - look.bearing_deg + 180.0) % 360.0 - 180.0)
        sd = np.hypot(look.bearing_sd_deg, np.degrees(WALKED_SD_M / distance))
        score += np.log((1 - ASTRAY) * _normal(turn, sd) + ASTRAY / 360)
        if look.distance_m is not None and look.distance_sd_m is not None:
            score += np.log(_normal(distance - look.distance_m, max(look.distance_sd_m, WALKED_SD_M)) + 1e-6)
        elif number == 0:  # by area, a ring is the larger the farther it is
            score -= np.log(distance / USUAL_M) ** 2 / (2 * SPREAD**2) + 2 * np.log(distance)
    weight = np.exp(score - score.max())
    return east, north, weight / weight.sum()


def _seen_from(east: "Floats", north: "Floats", along: float, up: float) -> "tuple[Floats, Floats]":
    import numpy as np

    distance = np.maximum(0.5, np.hypot(east - along, north - up))
    return np.degrees(np.arctan2(east - along, north - up)), distance


def _normal(off: "Floats", sd: "Floats | float") -> "Floats":
    import numpy as np

    return np.asarray(np.exp(-0.5 * (off / sd) ** 2) / (sd * sqrt(2 * pi)))
