"""Places for photos that have none, from the track of the walk: pure.

A photo's clock leads to the place, and that clock is often off, or in local time without saying so. How far it is off
is told by hand, or found: from photos that have their receiver's time beside it, or from where the track passes photos
that have a place of their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import hypot
from statistics import median
from typing import NamedTuple

from probe.camera.folder import PhotoObservation
from probe.camera.geotag import LeftOut
from probe.camera.matching import matched_offset
from probe.contract.geodesy import distance_m
from probe.contract.sighting import Place
from probe.position.declination import true_bearing
from probe.position.fix import Fix, place_of
from probe.position.span import Span
from probe.position.track import Track

# One standard deviation of: an offset somebody gave; a receiver's time in a photo, which is that of its last fix; an
# offset that rests on one photo or two; the clock of a phone that nothing was compared with.
GIVEN_SD_S, RECEIVER_SD_S, FEW_SD_S, UNCHECKED_SD_S = 2.0, 2.0, 15.0, 20.0
# Clocks that differ by more tell nothing: several cameras of one model, or one that was set on the way.
MAX_SPREAD_S = 90.0
WALKING_M_PER_S = 1.4
_MAD_TO_SD = 1.4826

Clock = tuple[str, bool]  # a camera's model, and whether its clock states its zone


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOffset:
    """What to add to a camera's clock, how sure that is, and where it comes from, in words."""

    seconds: float
    sd_s: float
    source: str

    def __str__(self) -> str:
        return f"{self.seconds:+.0f} s ({self.source}, sd {self.sd_s:.0f} s)"


class ClockOffsets:
    """What to add to each camera's clock; cameras are told apart by model, and by whether they state their zone."""

    def __init__(self, found: Mapping[Clock, ClockOffset], given: ClockOffset | None = None) -> None:
        self._found, self.given = found, given

    def of(self, photo: PhotoObservation) -> ClockOffset | None:
        if photo.camera is None:
            return None
        return self.given or self._found.get((photo.model, photo.camera.zoned))


def given_offset(seconds: float) -> ClockOffsets:
    """What the walker says to add to the photos' clocks."""
    return ClockOffsets({}, ClockOffset(seconds=seconds, sd_s=GIVEN_SD_S, source="as given"))


def found_offsets(photos: Sequence[PhotoObservation], track: Track | None) -> ClockOffsets:
    """What the photos themselves tell of their clocks."""
    by_clock: dict[Clock, list[_Shown]] = defaultdict(list)
    for photo in photos:
        if photo.camera is not None:
            shown = _Shown(photo.camera.shown, photo.receiver_at, photo.observer)
            by_clock[photo.model, photo.camera.zoned].append(shown)
    found = {clock: _by_receiver(shown) or _by_track(shown, track) for clock, shown in by_clock.items()}
    return ClockOffsets({clock: offset for clock, offset in found.items() if offset is not None})


class _Shown(NamedTuple):
    """What a camera's clock showed, and what is known to compare it with."""

    at: datetime
    receiver_at: datetime | None
    place: Place | None


def _by_receiver(shown: Sequence[_Shown]) -> ClockOffset | None:
    ahead_s = [(each.receiver_at - each.at).total_seconds() for each in shown if each.receiver_at is not None]
    if not ahead_s:
        return None
    middle_s = median(ahead_s)
    spread_s = _MAD_TO_SD * median(abs(each - middle_s) for each in ahead_s)
    if spread_s > MAX_SPREAD_S:
        return None
    sd_s = max(RECEIVER_SD_S if len(ahead_s) >= 3 else FEW_SD_S, spread_s)
    return ClockOffset(seconds=middle_s, sd_s=sd_s, source=f"from {len(ahead_s)} photos with their receiver's time")


def _by_track(shown: Sequence[_Shown], track: Track | None) -> ClockOffset | None:
    if track is None:
        return None
    placed_at = [(each.at.timestamp(), each.place) for each in shown if each.place is not None]
    matched = matched_offset(placed_at, track.fixes)
    if matched is None:
        return None
    source = f"from {matched.photos} photos whose places the track passes"
    return ClockOffset(seconds=matched.seconds, sd_s=matched.sd_s, source=source)


def timed(photo: PhotoObservation, offsets: ClockOffsets) -> PhotoObservation:
    """The photo with its time in UTC: its receiver's, else its camera's clock, put right.

    What was found out about a camera is only used where a place hangs on it, what the walker says always.
    """
    offset = offsets.of(photo)
    if photo.receiver_at is not None or photo.camera is None or offset is None:
        return photo
    if photo.observer is not None and offset is not offsets.given:
        return photo
    try:
        taken_at = photo.camera.shown + timedelta(seconds=offset.seconds)
    except OverflowError:
        return photo
    left_out = tuple(each for each in photo.left_out if each not in (LeftOut.ZONE, LeftOut.CLOCK))
    return replace(photo, taken_at=taken_at, taken_sd_s=round(offset.sd_s, 1), left_out=left_out)


def placed(photo: PhotoObservation, track: Track, offsets: ClockOffsets) -> PhotoObservation:
    """The photo with a place from the track where it has none of its own; else as it is, and why in `no_place`."""
    if photo.observer is not None:
        return photo
    if photo.taken_at is None:
        why = "has no time" if photo.camera is None else "has a clock without its zone: give --photo-offset"
        return replace(photo, no_place=f"{photo.no_place}; the track gives none either, as the photo {why}")
    fix = track.at(photo.taken_at.timestamp())
    if fix is None:
        return replace(photo, no_place=f"{photo.no_place}; the track gives none at {_clock(photo.taken_at)}")
    sd_s, how = RECEIVER_SD_S, "by its receiver's time"
    if photo.receiver_at is None:
        offset = offsets.of(photo)
        sd_s = UNCHECKED_SD_S if offset is None else offset.sd_s
        how = "by its camera's clock, compared with nothing" if offset is None else f"by its camera's clock {offset}"
    accuracy_m = _accuracy_m(fix, track, sd_s)
    return replace(
        photo,
        observer=place_of(fix.lat, fix.lon, accuracy_m),
        taken_sd_s=sd_s,
        placed=f"placed by the track, {how}"[:200],
        no_place=None,
    )


def to_true_north(photo: PhotoObservation) -> PhotoObservation:
    """The photo with a magnetic bearing turned to true north, where the declination of its place and day is known."""
    if photo.magnetic_deg is None or photo.observer is None or photo.taken_at is None:
        return photo
    turned = true_bearing(photo.magnetic_deg, photo.observer.lat, photo.observer.lon, photo.taken_at)
    if turned is None:
        return photo
    bearing_deg, sd_deg = turned
    return replace(
        photo,
        bearing_deg=bearing_deg,
        bearing_sd_deg=round(hypot(photo.bearing_sd_deg, sd_deg), 2),
        magnetic_deg=None,
        left_out=tuple(each for each in photo.left_out if each is not LeftOut.MAGNETIC),
    )


def photos_span(photos: Iterable[PhotoObservation]) -> Span | None:
    """The times of the photos, as far as they are known."""
    return Span.of(photo.taken_at.timestamp() for photo in photos if photo.taken_at is not None)


def _accuracy_m(fix: Fix, track: Track, sd_s: float) -> float:
    """The receiver's doubt, and how far the walker went in the time that the clock may be off."""
    around = (track.at(fix.at_s + sd_s * side) for side in (-1, -0.5, 0.5, 1))
    gone = [distance_m(fix.lat, fix.lon, other.lat, other.lon) for other in around if other is not None]
    drift_m = max(gone) if len(gone) == 4 else max([*gone, WALKING_M_PER_S * sd_s])
    return hypot(fix.accuracy_m or 0.0, drift_m)


def _clock(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")
