"""Where to stand next: a simple geometric rule from memory, cheap enough for every second of a walk.

First what was heard and could be placed better, the loudest first; then what was photographed once; then places that
the hub wants looked at again. Nothing that lies in what is hidden, or is reached through it.
"""

from collections.abc import Sequence
from math import cos, radians

from probe.contract.geodesy import distance_m, turn_deg, wrap_longitude
from probe.contract.home import Look, LookFrom, LookHow, SecondLook
from probe.guide.heard import for_heard
from probe.guide.lines import Line
from probe.guide.seen import PhotoBearing, for_photos
from probe.guide.stand import Hidden, NextStand, leads_through, stand_at
from probe.position.fix import Fix
from probe.sweep.hearing import Pass

KNOWN_WITHIN_M, MOST_KNOWN = 400.0, 3
FAR_M = 250.0  # nobody goes back so far for what was heard
MOST_STILL, MOST_WALKING = 5, 3
_DEGREE_M = 111_195.0
_REASONS = frozenset(Look)
_HOWS = frozenset(LookHow)
STOOD_M, AIMED_DEG = 12.0, 60.0  # a photo from so near, aimed so, was the one that was asked for


def next_stands(
    passes: Sequence[tuple[bytes, Pass]],
    fix: Fix | None,
    places: Sequence[SecondLook],
    *,
    still: bool = False,
    photos: Sequence[PhotoBearing] = (),
    lines: Sequence[Line] = (),
    hidden: Hidden = lambda _lat, _lon: False,
) -> tuple[NextStand, ...]:
    """Where a walker should stand next, what is worth most first; nothing where nobody knows where the walker is.

    `passes` are what is heard, by its transmitter; `places` what the hub wants looked at again; `photos` those of this
    walk, the last one last; `lines` the streets around; `hidden` says what lies in a hidden cell. Whoever stands
    `still` has time to read more. The same gives the same.
    """
    if fix is None:
        return ()
    loudest = sorted(passes, key=lambda one: (-_loudness(one[1]), one[0]))
    heard = [for_heard(transmitter, one.spots, fix, lines) for transmitter, one in loudest]
    ranked = [stands[0] for stands in heard if stands]
    ranked += for_photos(photos, fix, lines)
    ranked += [stand for stands in heard for stand in stands[1:]] if still else []
    near = [stand for stand in ranked if stand.distance_m <= FAR_M]
    near += known_places(places, fix, photos)
    return tuple(stand for stand in near if not leads_through(stand, fix, hidden))[
        : MOST_STILL if still else MOST_WALKING
    ]


def known_places(places: Sequence[SecondLook], fix: Fix, photos: Sequence[PhotoBearing] = ()) -> list[NextStand]:
    """The nearest few of the places that the hub wants looked at again; where it says from where to look, the best of
    these from which no photo of this walk was taken."""
    up = KNOWN_WITHIN_M / _DEGREE_M
    aside = up / max(0.01, cos(radians(fix.lat)))
    close = [
        (distance_m(fix.lat, fix.lon, look.place.lat, look.place.lon), number, look)
        for number, look in enumerate(places)
        # Two comparisons for each of thousands; the distance for the few that are left.
        if abs(look.place.lat - fix.lat) <= up and abs(wrap_longitude(look.place.lon - fix.lon)) <= aside
    ]
    nearest = sorted(one for one in close if one[0] <= KNOWN_WITHIN_M)[:MOST_KNOWN]
    return [stand for _, _, look in nearest if (stand := _for_known(look, fix, photos)) is not None]


def _for_known(look: SecondLook, fix: Fix, photos: Sequence[PhotoBearing]) -> NextStand | None:
    """Where to go for a look: to where the hub says, else to the camera; None where all of it was done."""
    understood = [one for one in look.stands if one.how in _HOWS]
    if not understood:
        return stand_at(fix, look.place.lat, look.place.lon, _code(look.reason))
    best = next((one for one in understood if not any(_is_from(photo, one) for photo in photos)), None)
    return None if best is None else stand_at(fix, best.place.lat, best.place.lon, f"look-from-{best.how}")


def _is_from(photo: PhotoBearing, asked: LookFrom) -> bool:
    """Whether a photo is the one that was asked for."""
    away_m = distance_m(photo.lat, photo.lon, asked.place.lat, asked.place.lon)
    return away_m <= STOOD_M and turn_deg(photo.bearing_deg, asked.bearing_deg) <= AIMED_DEG


def _code(reason: str) -> str:
    """The sentence for a reason; a later hub may give one that nobody here knows."""
    return f"look-{reason}" if reason in _REASONS else "look-again"


def _loudness(one: Pass) -> float:
    spot = one.loudest()
    return -999.0 if spot is None or spot.signal_dbm is None else spot.signal_dbm
