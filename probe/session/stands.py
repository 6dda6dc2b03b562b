"""Where to stand next, as the page shows it: what the guide suggests, without the address that it goes by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from probe.contract.geodesy import bearing_deg, distance_m
from probe.contract.home import SecondLook
from probe.contract.sighting import Sighting
from probe.position.fix import Fix
from probe.session.view import Note, Stand
from probe.sweep.hearing import Pass

MOST_STANDS = 5
AGAIN_S = 5.0
REACHED_M = 12.0  # of a target: as near as a receiver knows
CLEARLY_NEARER = 0.5  # of the way to the target that is held


class Suggestion(Protocol):
    """One place to stand, and for what: its sentence by code and values, and whom it is about, if anybody."""

    @property
    def lat(self) -> float: ...

    @property
    def lon(self) -> float: ...

    @property
    def code(self) -> str: ...

    @property
    def values(self) -> Mapping[str, str | int | float]: ...

    @property
    def transmitter(self) -> bytes | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Aimed:
    """A photo of this walk: where it was taken, the true bearing to the thing, its distance where that is known."""

    lat: float
    lon: float
    bearing_deg: float
    distance_m: float | None = None


class StandFinder(Protocol):
    """Says where to stand, the best first; pure. `photos` are those of this walk, the last one last."""

    def __call__(
        self,
        passes: Sequence[tuple[bytes, Pass]],
        fix: Fix,
        places: Sequence[SecondLook],
        *,
        still: bool,
        photos: Sequence[Aimed],
    ) -> Sequence[Suggestion]: ...


def nowhere(
    passes: Sequence[tuple[bytes, Pass]],  # noqa: ARG001 (as every finder is asked)
    fix: Fix,  # noqa: ARG001
    places: Sequence[SecondLook],  # noqa: ARG001
    *,
    still: bool,  # noqa: ARG001
    photos: Sequence[Aimed],  # noqa: ARG001
) -> Sequence[Suggestion]:
    """A finder that suggests nothing."""
    return ()


def aimed(sighting: Sighting) -> Aimed | None:
    """How a photo was aimed, where its place and bearing are known."""
    place, subject = sighting.observer, sighting.subject
    if sighting.photo is None or place is None:
        return None
    bearing = sighting.photo.bearing_deg if subject is None else subject.bearing_deg
    distance = None if subject is None else subject.distance_m
    return None if bearing is None else Aimed(lat=place.lat, lon=place.lon, bearing_deg=bearing, distance_m=distance)


def stands_of(found: Sequence[Suggestion], fix: Fix, key: Callable[[bytes], str]) -> tuple[Stand, ...]:
    """What was found, seen from the walker's place."""
    return tuple(
        Stand(
            lat=round(one.lat, 6),
            lon=round(one.lon, 6),
            distance_m=float(round(distance_m(fix.lat, fix.lon, one.lat, one.lon))),
            bearing_deg=float(round(bearing_deg(fix.lat, fix.lon, one.lat, one.lon)) % 360),
            note=Note(code=one.code, values=dict(one.values)),
            key=None if one.transmitter is None else key(one.transmitter),
        )
        for one in found[:MOST_STANDS]
    )


def held_on(before: Sequence[Stand], found: tuple[Stand, ...], fix: Fix) -> tuple[Stand, ...]:
    """What was found, with the first target of before still in front and where it was, until it is reached, no longer
    worth going to, or another is clearly nearer: so that nobody runs after one that jumps."""
    if not before or not found:
        return found
    target = before[0]
    away_m = distance_m(fix.lat, fix.lon, target.lat, target.lon)
    same = next((one for one in found if (one.key, one.note.code) == (target.key, target.note.code)), None)
    if same is None or away_m <= REACHED_M:
        return found
    if found[0] is not same and found[0].distance_m < away_m * CLEARLY_NEARER:
        return found
    kept = msgspec.structs.replace(
        target,
        distance_m=float(round(away_m)),
        bearing_deg=float(round(bearing_deg(fix.lat, fix.lon, target.lat, target.lon)) % 360),
        note=same.note,
    )
    return (kept, *(one for one in found if one is not same))
