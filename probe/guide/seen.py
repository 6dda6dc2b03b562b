"""Where to stand next for what was photographed once: where a second bearing crosses the first best."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from probe.contract.geodesy import bearing_deg, destination, distance_m, moved, offset_m, turn_deg
from probe.guide.lines import Line, Stretch, stretches
from probe.guide.stand import NextStand, stand_at
from probe.position.fix import Fix

RANGE_M = 15.0  # how far a camera is thought to be that was photographed, where nobody says
NEAREST_M, FARTHEST_M = 6.0, 40.0
CROSSING_DEG = 40.0  # two bearings that differ by so much place a thing
_TURNS = (90.0, -90.0, 75.0, -75.0, 105.0, -105.0, 60.0, -60.0, 120.0, -120.0)
_ON_STREET_M = 8.0
_SAME_M = 12.0  # so far from where it is thought to be may another bearing pass, and is of the same thing


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoBearing:
    """A photo of this walk: where it was taken, the true bearing to the thing, its distance where that is known."""

    lat: float
    lon: float
    bearing_deg: float
    distance_m: float | None = None


def for_photos(photos: Sequence[PhotoBearing], fix: Fix, lines: Sequence[Line] = ()) -> tuple[NextStand, ...]:
    """For each thing of which there is one bearing, a place for a second one, at 60 to 120 degrees to it; the last
    photo first."""
    return tuple(_second(photo, fix, lines) for photo in reversed(photos) if not _is_crossed(photo, photos))


def _second(photo: PhotoBearing, fix: Fix, lines: Sequence[Line]) -> NextStand:
    """Around the thing by a quarter of a circle, to the side that is nearer, where streets are known onto one."""
    range_m = min(FARTHEST_M, max(NEAREST_M, photo.distance_m or RANGE_M))
    lat, lon = destination(photo.lat, photo.lon, photo.bearing_deg, range_m)
    near = list(stretches(lines, lat, lon, range_m + _ON_STREET_M))
    back = photo.bearing_deg + 180.0
    best: tuple[tuple[float, float, float], tuple[float, float]] | None = None
    for turn in _TURNS:
        at = destination(lat, lon, back + turn, range_m)
        at, off_m = _onto_street(at, (lat, lon), near)
        crossing = turn_deg(bearing_deg(*at, lat, lon), photo.bearing_deg)
        if not 60.0 <= crossing <= 120.0:
            continue
        rank = off_m, abs(crossing - 90.0), distance_m(fix.lat, fix.lon, *at)
        if best is None or rank < best[0]:
            best = rank, at
    place = destination(lat, lon, back + 90.0, range_m) if best is None else best[1]
    return stand_at(fix, *place, "photo-second")


def _onto_street(
    at: tuple[float, float], origin: tuple[float, float], near: Sequence[Stretch]
) -> tuple[tuple[float, float], float]:
    """A place, on the nearest street within 8 m where there is one, and how far it was off: 0 where none is known."""
    if not near:
        return at, 0.0
    point = offset_m(*origin, *at)
    foot = min(
        (stretch.nearest(point) for stretch in near), key=lambda foot: hypot(foot[0] - point[0], foot[1] - point[1])
    )
    off_m = hypot(foot[0] - point[0], foot[1] - point[1])
    return (moved(*origin, *foot), 0.0) if off_m <= _ON_STREET_M else (at, off_m)


def _is_crossed(photo: PhotoBearing, photos: Sequence[PhotoBearing]) -> bool:
    """Whether another photo's bearing crosses this one, where the thing is thought to be."""
    for other in photos:
        if other is photo or turn_deg(other.bearing_deg, photo.bearing_deg) < CROSSING_DEG:
            continue
        lat, lon = destination(photo.lat, photo.lon, photo.bearing_deg, min(FARTHEST_M, photo.distance_m or RANGE_M))
        away_m = distance_m(other.lat, other.lon, lat, lon)
        off_deg = turn_deg(bearing_deg(other.lat, other.lon, lat, lon), other.bearing_deg)
        if away_m <= 2 * FARTHEST_M and off_deg < 90.0 and away_m * min(1.0, off_deg / 57.3) <= _SAME_M:
            return True
    return False
