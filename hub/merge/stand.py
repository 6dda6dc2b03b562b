"""Where to stand next: from where one more photo, or pass, would tell most of where a camera is. Pure.

A place is worth what a look from it is expected to tell (see `worth.py`), times how probably the camera is seen from
there. Nobody knows the walls: what is near is seen more often, and what lies across a block hardly. The second look
from the same side shares what was wrong with the first one (the same wall, the same thing in the way), so it counts
half.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import atan2, cos, exp, hypot, pi, sin
from typing import Literal

from hub.merge.place import Located
from probe.contract.geodesy import bearing_deg, moved, offset_m, turn_deg

What = Literal["photo", "pass"]
Metres = tuple[float, float]  # east, north of the mean

NEAREST_M, FARTHEST_M = 8.0, 60.0
APART_DEG = 40.0  # two bearings that differ by so much place a thing
SURE_ENOUGH_M = 5.0  # of radius: nobody is sent for less
WORTH_WHILE = 0.85  # of the radius has to be left at most, else nobody is sent
PAVEMENT_M = 4.5  # from the middle of a street to where one walks
_STEP_M = 6.0  # at which a street is looked at
_OPEN_M = 9.0  # so far beside a street's middle there is no wall
_WALL_M = 8.0  # through so much of a block one sees a third of what hangs there
_MOST_STRETCHES, _MOST_PASSES, _PER_SECTOR, _SECTORS = 200, 12, 2, 24
_SAME_LINE_M = 4.0
_SAME_PASS = 0.25  # of what a first pass on a line tells: its shadows are the same again
_RING_M = (12.0, 20.0, 30.0)
_NEVER_SEEN = 0.5  # how probably somebody sees at all what nobody has seen, and a receiver has heard
_UNKNOWN_WAY = 0.7  # how probably one can stand, and see something, at a place of which no street is known
_LEAST_WALKED_M = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """A place, in degrees, from which a camera was photographed, or (`heard`) on a walk on which it was heard."""

    lat: float
    lon: float
    heard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A straight part of a street on which people walk: its ends as (lat, lon), and how far from that line the
    pavements are; 0 is a path."""

    start: tuple[float, float]
    end: tuple[float, float]
    aside_m: float = PAVEMENT_M


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A place to look from: degrees; the bearing to where the camera probably is; the radius of the 95 % region as it
    is, and as it is expected to be afterwards if the camera is seen or heard from there. `on_street`: whether a street
    is known there, else somebody has to see whether there is a way. Of a `pass` it is the middle: one walks by there,
    along the street."""

    lat: float
    lon: float
    what: What
    bearing_deg: float
    before_m: float
    after_m: float
    on_street: bool

    @property
    def gain_m(self) -> float:
        """By how much the radius is expected to shrink."""
        return self.before_m - self.after_m


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place that is weighed, in metres around the mean; `along` is the direction of its street, `seen` how probably
    the camera is seen from there."""

    at: Metres
    along: Metres | None
    seen: float
    on_street: bool


def next_stands(
    located: Located, taken: Sequence[Stood], streets: Sequence[Segment] | None, most: int = 3
) -> tuple[Stand, ...]:
    """The few places from which one more look would tell most, the best first, seen from the camera at least 40
    degrees apart; none where it would not be worth the way.

    `taken` are the places of looks so far; where it was heard, a pass may be worth more than a photo. Without `streets`
    (None: nobody knows any) the places lie around it and on the line that was walked, wherever that leads; where
    streets are known, and none is near, there are none. The order of neither changes anything.
    """
    before_m = located.region95.radius_m
    if not before_m > SURE_ENOUGH_M or most < 1:
        return ()
    looks = sorted((*_flat(located, (one.lat, one.lon)), one.heard) for one in taken)
    photos = [(east, north) for east, north, heard in looks if not heard]
    walked = [(east, north) for east, north, heard in looks if heard]
    known = [] if streets is None else _near(located, streets)
    spots = _around(looks) if streets is None else _beside(known, _target(located))
    ranked = _weighed(located, spots, photos, None)
    if walked:
        if not photos:
            ranked = [(nats, what, replace(spot, seen=_NEVER_SEEN * spot.seen)) for nats, what, spot in ranked]
        lines = _lines(known) if streets is not None else [spot for spot in spots if spot.along is not None]
        ranked += _weighed(located, lines, photos, walked)
    ranked.sort(key=lambda one: (-round(one[0] * one[2].seen, 6), hypot(*one[2].at), one[1], one[2].at))
    chosen: list[Stand] = []
    angles: list[float] = []
    for nats, what, spot in ranked:
        after_m = before_m * exp(-nats / 2)
        if exp(-nats * spot.seen / 2) > WORTH_WHILE or len(chosen) == most:
            break
        angle = _angle(spot.at)
        if all(turn_deg(angle, other) >= APART_DEG for other in angles):
            angles.append(angle)
            chosen.append(_stand(located, spot, what, before_m, after_m))
    return tuple(chosen)


def worth(located: Located, lat: float, lon: float, taken: Sequence[Stood] = ()) -> float:
    """Nats that a photo from a place is expected to tell, if the camera is seen from there."""
    photos = [_flat(located, (one.lat, one.lon)) for one in taken if not one.heard]
    spot = _Spot(_flat(located, (lat, lon)), None, 1.0, on_street=True)
    return _weighed(located, [spot], sorted(photos), None)[0][0]


def _weighed(
    located: Located, spots: Sequence[_Spot], photos: Sequence[Metres], walked: Sequence[Metres] | None
) -> list[tuple[float, What, _Spot]]:
    """What a look from each spot is expected to tell if it succeeds, in nats; a pass along its line where `walked` is
    given."""
    if not spots:
        return []
    import numpy as np

    from hub.merge.worth import pass_worth, photo_worth, scattered

    points, weights = scattered(located)
    places = np.array([spot.at for spot in spots])
    if walked is None:
        nats = photo_worth(points, weights, places).tolist()
        fresh = [_fresh(spot.at, photos) for spot in spots]
        return [(n * f, "photo", spot) for n, f, spot in zip(nats, fresh, spots, strict=True)]
    along = np.array([spot.along or (1.0, 0.0) for spot in spots])
    nats = pass_worth(points, weights, places, along).tolist()
    fresh = [_SAME_PASS if any(_on_line(spot, place) for place in walked) else 1.0 for spot in spots]
    return [(n * f, "pass", spot) for n, f, spot in zip(nats, fresh, spots, strict=True)]


def _fresh(at: Metres, photos: Sequence[Metres]) -> float:
    """The share of a look that does not repeat another: from half on the same side to all at 40 degrees and more."""
    turn = min((turn_deg(_angle(at), _angle(photo)) for photo in photos), default=APART_DEG)
    return 0.5 + 0.5 * min(1.0, turn / APART_DEG)


def _on_line(spot: _Spot, place: Metres) -> bool:
    """Whether somebody who stood there was on the spot's line, or its other direction."""
    east, north = spot.along or (1.0, 0.0)
    off = place[0] - spot.at[0], place[1] - spot.at[1]
    return abs(off[0] * north - off[1] * east) <= _SAME_LINE_M and hypot(*off) <= FARTHEST_M


def _near(located: Located, streets: Sequence[Segment]) -> list[tuple[Metres, Metres, float]]:
    """The parts of streets that come near enough, in metres around the mean, the nearest first."""
    found: set[tuple[float, Metres, Metres, float]] = set()
    for street in streets:
        start, end = sorted((_flat(located, street.start), _flat(located, street.end)))
        away = hypot(*_foot(start, end, (0.0, 0.0)))
        if away <= FARTHEST_M + _OPEN_M and start != end:
            found.add((away, start, end, max(0.0, street.aside_m)))
    return [(start, end, aside) for _, start, end, aside in sorted(found)[:_MOST_STRETCHES]]


def _beside(known: Sequence[tuple[Metres, Metres, float]], target: Metres) -> list[_Spot]:
    """Places on pavements, on either side of each street: of each sixth of a quarter turn, the nearest few."""
    sectors: dict[int, list[tuple[float, Metres, Metres]]] = {}
    for start, end, aside in known:
        length = hypot(end[0] - start[0], end[1] - start[1])
        along = (end[0] - start[0]) / length, (end[1] - start[1]) / length
        foot = _foot(start, end, (0.0, 0.0))
        middle = (foot[0] - start[0]) * along[0] + (foot[1] - start[1]) * along[1]
        steps = int((FARTHEST_M + 2 * _STEP_M) // _STEP_M)
        for step in range(-steps, steps + 1):
            on_line = middle + step * _STEP_M
            if not 0.0 <= on_line <= length:
                continue
            for side in (-aside, aside) if aside else (0.0,):
                at = (
                    start[0] + on_line * along[0] + side * along[1],
                    start[1] + on_line * along[1] - side * along[0],
                )
                away = hypot(*at)
                if NEAREST_M <= away <= FARTHEST_M:
                    sectors.setdefault(int(_angle(at) // (360 / _SECTORS)), []).append((away, at, along))
    nearest = [one for sector in sorted(sectors) for one in sorted(sectors[sector])[:_PER_SECTOR]]
    seen = _seen([at for _, at, _ in nearest], target, known)
    return [_Spot(at, along, share, on_street=True) for (_, at, along), share in zip(nearest, seen, strict=True)]


def _lines(known: Sequence[tuple[Metres, Metres, float]]) -> list[_Spot]:
    """The pavements of the nearest streets as lines to walk by on, each by its place nearest to the mean."""
    spots = []
    for start, end, aside in known[:_MOST_PASSES]:
        length = hypot(end[0] - start[0], end[1] - start[1])
        along = (end[0] - start[0]) / length, (end[1] - start[1]) / length
        foot = _foot(start, end, (0.0, 0.0))
        for side in (-aside, aside) if aside else (0.0,):
            at = foot[0] + side * along[1], foot[1] - side * along[0]
            if length >= _LEAST_WALKED_M and NEAREST_M <= hypot(*at) <= FARTHEST_M:
                spots.append(_Spot(at, along, _far(hypot(*at)), on_street=True))
    return spots


def _around(looks: Sequence[tuple[float, float, bool]]) -> list[_Spot]:
    """Places on rings around the mean, and on the line that was walked: no street is known."""
    photos = [(east, north) for east, north, heard in looks if not heard]
    spots = []
    for radius in _RING_M:
        for step in range(24):
            at = radius * sin(pi * step / 12), radius * cos(pi * step / 12)
            spots.append(_Spot(at, None, _UNKNOWN_WAY * _far(radius) * _in_front(at, photos), on_street=False))
    line = _walked([(east, north) for east, north, _ in looks])
    if line is not None:
        (east, north), along = line
        steps = int(2 * FARTHEST_M // _STEP_M)
        for step in range(-steps, steps + 1):
            at = east + step * _STEP_M * along[0], north + step * _STEP_M * along[1]
            if NEAREST_M <= hypot(*at) <= FARTHEST_M:
                spots.append(_Spot(at, along, _far(hypot(*at)), on_street=False))
    return spots


def _in_front(at: Metres, photos: Sequence[Metres]) -> float:
    """How probably there is a way, and the camera's front, where nobody knows: near to where it was photographed from,
    and on the same side of its wall."""
    if not photos:
        return 1.0
    near = min(hypot(at[0] - photo[0], at[1] - photo[1]) for photo in photos)
    behind = min(turn_deg(_angle(at), _angle(photo)) for photo in photos) > 90.0
    return (0.4 if behind else 1.0) * (0.3 + 0.7 * exp(-near / 15.0))


def _walked(places: Sequence[Metres]) -> tuple[Metres, Metres] | None:
    """The line through places: a point of it, and its direction; None where they are too few or too near together."""
    near = [place for place in places if hypot(*place) <= 2 * FARTHEST_M]
    if len(near) < 2:
        return None
    east, north = (sum(part) / len(near) for part in zip(*near, strict=True))
    ee = sum((e - east) ** 2 for e, _ in near)
    nn = sum((n - north) ** 2 for _, n in near)
    en = sum((e - east) * (n - north) for e, n in near)
    turned = atan2(2 * en, ee - nn) / 2
    along = cos(turned), sin(turned)
    on_line = [(e - east) * along[0] + (n - north) * along[1] for e, n in near]
    return ((east, north), along) if max(on_line) - min(on_line) >= _LEAST_WALKED_M else None


def _seen(places: Sequence[Metres], target: Metres, known: Sequence[tuple[Metres, Metres, float]]) -> list[float]:
    """How probably the target is seen from each place: the less, the more of the way does not lie beside a street."""
    if not places:
        return []
    import numpy as np

    from hub.merge.worth import walled_m

    starts, ends = (np.array([one[end] for one in known]) for end in (0, 1))
    walled = walled_m(np.array(places), target, starts, ends, _OPEN_M).tolist()
    away = [hypot(target[0] - at[0], target[1] - at[1]) for at in places]
    return [_far(distance) * exp(-metres / _WALL_M) for distance, metres in zip(away, walled, strict=True)]


def _far(away_m: float) -> float:
    """How probably something is seen and recognised at so many metres in the open."""
    return exp(-max(0.0, away_m - 15.0) / 40.0)


def _stand(located: Located, spot: _Spot, what: What, before_m: float, after_m: float) -> Stand:
    lat, lon = moved(located.estimate.lat, located.estimate.lon, *spot.at)
    target = moved(located.estimate.lat, located.estimate.lon, *_target(located))
    return Stand(
        lat=lat,
        lon=lon,
        what=what,
        bearing_deg=bearing_deg(lat, lon, *target),
        before_m=before_m,
        after_m=after_m,
        on_street=spot.on_street,
    )


def _target(located: Located) -> Metres:
    """Where the camera is looked for: its likeliest mode."""
    likeliest = max(located.modes, key=lambda mode: (mode.share, mode.lat, mode.lon), default=None)
    return (0.0, 0.0) if likeliest is None else _flat(located, (likeliest.lat, likeliest.lon))


def _flat(located: Located, place: tuple[float, float]) -> Metres:
    return offset_m(located.estimate.lat, located.estimate.lon, *place)


def _angle(at: Metres) -> float:
    """The bearing of a place from the mean, in degrees."""
    return atan2(at[0], at[1]) * 180 / pi % 360.0


def _foot(start: Metres, end: Metres, point: Metres) -> Metres:
    """The point of a line between two others that is nearest to a point."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    square = dx * dx + dy * dy
    along = (point[0] - start[0]) * dx + (point[1] - start[1]) * dy
    part = max(0.0, min(1.0, along / square)) if square else 0.0
    return start[0] + part * dx, start[1] + part * dy
