"""When a photo was taken: pure, by the receiver's date and time, else by the camera's clock where it states its zone.

Receivers tell wrong dates (0 instead of none, 1024 weeks too early, the camera's local day beside a time in UTC),
cameras wrong years. A date is believed where it is of this project's time, or where both clocks agree on it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from probe.camera.exif import Gps, Inner, Value, text
from probe.camera.geotag import Entries, LeftOut
from probe.detect.catalogue import newest_day

EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)  # a clock before this was never set, if it is the only one
_OLDEST = datetime(1995, 1, 1, tzinfo=UTC)
# No release is walked with for longer; a time after that is nonsense.
LONGEST_USE = timedelta(days=3653)
# Zones run from -12 to +14 hours; a little more for a clock that is not quite right.
_SAME_DAY = timedelta(hours=15)
_SLACK = timedelta(hours=1)
_WESTMOST, _EASTMOST = timedelta(hours=-12), timedelta(hours=14)
# Satellites count weeks up to 1024; an old receiver takes up to two such rounds too few.
_ROUND = timedelta(weeks=1024)

_DAY = re.compile(r"(\d{4})[-:/.](\d{1,2})[-:/.](\d{1,2})", re.ASCII)
_CLOCK = re.compile(r"(\d{4})[-:/.](\d{1,2})[-:/.](\d{1,2})[T ]+(\d{1,2}):(\d{2}):(\d{2})", re.ASCII)
_CLOCK_LENGTH = len("2026:05:09 11:30:01")
_ZONE = re.compile(r"([+-])(\d{1,2}):?(\d{2})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraClock:
    """What the camera's clock showed. With its zone, `shown` is UTC; without, it is local time that is called UTC."""

    shown: datetime
    zoned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """When a photo was taken. `utc` is the best that is known; the other two are the clocks it may come from."""

    utc: datetime | None = None
    receiver: datetime | None = None
    camera: CameraClock | None = None
    left_out: tuple[LeftOut, ...] = ()


def taken_of(inner: Entries, gps: Entries) -> Taken:
    """When a photo was taken, by the better of its clocks."""
    camera = _camera_clock(inner)
    told = Gps.DATE in gps or Gps.TIME in gps
    receiver = _believed(_receiver_time(gps, camera), camera)
    left_out = [LeftOut.RECEIVER_TIME] if told and receiver is None else []
    utc = receiver
    if utc is None and camera is not None:
        if not camera.zoned:
            left_out.append(LeftOut.ZONE)
        elif EARLIEST <= camera.shown <= _latest():
            utc = camera.shown
        else:
            left_out.append(LeftOut.CLOCK)
    return Taken(utc=utc, receiver=receiver, camera=camera, left_out=tuple(left_out))


def _latest() -> datetime:
    day = newest_day()
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + LONGEST_USE


def _camera_clock(inner: Entries) -> CameraClock | None:
    shown = _shown(inner.get(Inner.TAKEN)) or _shown(inner.get(Inner.DIGITIZED))
    if shown is None:
        return None
    stated = (text(inner.get(tag)) for tag in (Inner.OFFSET_TAKEN, Inner.OFFSET_DIGITIZED, Inner.OFFSET))
    behind = (text(inner.get(tag))[_CLOCK_LENGTH:] for tag in (Inner.TAKEN, Inner.DIGITIZED))  # as some apps write it
    zones = (_zone(each.strip()) for each in (*stated, *behind))
    zone = next((zone for zone in zones if zone is not None), None)
    return CameraClock(shown=shown - (zone or timedelta()), zoned=zone is not None)


def _shown(value: Value | None) -> datetime | None:
    found = _CLOCK.match(text(value))
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    midnight = _midnight(year, month, day)
    return None if midnight is None else _at(midnight, hour, minute, second)


def _zone(stated: str) -> timedelta | None:
    if stated.upper() == "Z":
        return timedelta()
    found = _ZONE.fullmatch(stated)
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    zone = timedelta(hours=int(hours), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    return zone if _WESTMOST <= zone <= _EASTMOST else None


def _receiver_time(gps: Entries, camera: CameraClock | None) -> datetime | None:
    """The receiver's date and time; of a date that is broken the camera's, where only one day fits the time.

    Some phones write their local day beside the time in UTC: between midnight and morning that is a day too late, in
    America's evening one too early. No zone explains the two clocks then.
    """
    time = gps.get(Gps.TIME)
    if not isinstance(time, tuple) or len(time) != 3 or None in time:
        return None
    hour, minute, second = (float(part or 0.0) for part in time)
    found = _DAY.match(text(gps.get(Gps.DATE)))
    if found is not None:
        midnight = _midnight(*(int(part) for part in found.groups()))
        told = None if midnight is None else _at(midnight, hour, minute, second)
        if told is None or camera is None or camera.zoned or midnight is None:
            return told
        local_day = midnight.date() == camera.shown.date()
        explained = _WESTMOST - _SLACK <= camera.shown - told <= _EASTMOST + _SLACK
        return told if explained or not local_day else _on_a_day_that_fits(hour, minute, second, camera)
    if camera is None or camera.zoned:  # its own time says it all
        return None
    return _on_a_day_that_fits(hour, minute, second, camera)


def _on_a_day_that_fits(hour: float, minute: float, second: float, camera: CameraClock) -> datetime | None:
    """The time on the one day near the camera's that some zone explains; None where two do."""
    days = (_midnight(camera.shown.year, camera.shown.month, camera.shown.day, later) for later in (-1, 0, 1))
    times = [_at(day, hour, minute, second) for day in days if day is not None]
    fitting = [at for at in times if at is not None and _WESTMOST <= camera.shown - at <= _EASTMOST]
    return fitting[0] if len(fitting) == 1 else None


def _believed(told: datetime | None, camera: CameraClock | None) -> datetime | None:
    """A receiver's time, if it can be: moved on by 1024 weeks where the camera's clock shows that these are missing.

    A phone's clock is set by its network: where that states its zone and says another day, the receiver's is old.
    """
    if told is None or told > _latest():
        return None
    if camera is not None:
        for rounds in range(3):
            moved = told + _ROUND * rounds
            if abs(moved - camera.shown) <= _SAME_DAY and _OLDEST <= moved <= _latest():
                return moved
        if camera.zoned and EARLIEST <= camera.shown <= _latest():
            return None
    return told if told >= EARLIEST else None


def _midnight(year: int, month: int, day: int, later: int = 0) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC) + timedelta(days=later)
    except (ValueError, OverflowError):
        return None


def _at(midnight: datetime, hour: float, minute: float, second: float) -> datetime | None:
    """The time of a day; second 60 is a leap second, and the next minute's first for all we do."""
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 61):
        return None
    try:
        return midnight + timedelta(seconds=hour * 3600 + minute * 60 + second)
    except OverflowError:
        return None
