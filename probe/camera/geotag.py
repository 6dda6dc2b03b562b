"""Where a photo says it was taken and which way the lens pointed: pure, out of the receiver's EXIF entries.

An entry that cannot be believed is as good as none: it is left out, named, and takes nothing else with it.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import hypot

from probe.camera.exif import Gps, Value, number, text
from probe.contract.readable import for_terminal
from probe.contract.sighting import Place

Entries = dict[int, Value]

# A phone's compass beside street furniture: wide on purpose.
BEARING_SD_DEG = 12.0
MAX_DISTANCE_M = 2000.0  # no camera on a street is looked at from farther away
MAX_ACCURACY_M = 100_000.0
# A minute of arc: how far off a place is whose seconds are not known.
MINUTE_M = 1855.0
# Where a receiver says that it is while it does not know: nobody walks there, it is in the sea.
_NOWHERE_DEG = 0.001
_METRES = {"K": 1000.0, "M": 1609.344, "N": 1852.0}
# Within 2 m of WGS 84, which no camera's receiver can tell apart.
_AS_GOOD_AS_WGS84 = {"", "WGS84", "WGS1984", "WORLDGEODETICSYSTEM1984", "EPSG4326", "GRS80", "ITRF", "ETRS89", "NAD83",
                     "GDA94", "GDA2020", "NZGD2000", "CGCS2000", "SIRGAS2000", "JGD", "JGD2000", "JGD2011", "PZ9011",
                     "UNDEFINED", "UNKNOWN"}  # fmt: skip


class LeftOut(StrEnum):
    """What of a photo was not used, and why; the words follow a number of photos."""

    MAGNETIC = "a bearing from magnetic north, whose distance from true north is not known here"
    BEARING = "a bearing that is none"
    DISTANCE = "a distance that is none"
    ACCURACY = "an accuracy that is none"
    SECONDS = "no seconds of arc: the place is good to 2 km only"
    RECEIVER_TIME = "a date or time of its receiver that cannot be"
    ZONE = "a clock without its time zone, so no time"
    CLOCK = "a clock that was never set"


class NoPosition(Exception):
    """Why there is no position that can be believed, in words that end a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A value, None where it is not known, and what was left out on the way to it."""

    value: float | None
    left_out: LeftOut | None = None


def place_of(gps: Entries) -> tuple[Place, list[LeftOut]]:
    """Where the photo was taken. Raises NoPosition."""
    if Gps.LAT not in gps and Gps.LON not in gps:
        raise NoPosition("no position in its EXIF; switch geotagging on in the camera, or give the --track of the walk")
    if text(gps.get(Gps.STATUS)).upper() == "V":
        raise NoPosition("its receiver had no fix (GPSStatus V), so no position")
    datum = "".join(char for char in text(gps.get(Gps.DATUM)).upper() if char.isalnum())
    if datum not in _AS_GOOD_AS_WGS84:
        raise NoPosition(f"its position is on another datum ({_short(gps.get(Gps.DATUM))}), not on WGS-84")
    lat, lat_vague = _degrees(gps.get(Gps.LAT), gps.get(Gps.LAT_REF), "NORTH", "SOUTH", 90)
    lon, lon_vague = _degrees(gps.get(Gps.LON), gps.get(Gps.LON_REF), "EAST", "WEST", 180)
    if abs(lat) < _NOWHERE_DEG and abs(lon) < _NOWHERE_DEG:
        raise NoPosition("its position is 0, 0, as receivers write that have none")
    error = _accuracy_m(gps)
    left_out = [LeftOut.SECONDS] if lat_vague or lon_vague else []
    left_out += [error.left_out] if error.left_out else []
    accuracy_m = hypot(error.value or 0.0, MINUTE_M) if lat_vague or lon_vague else error.value
    return Place(lat=round(lat, 7), lon=round(lon, 7), accuracy_m=_rounded(accuracy_m)), left_out


def bearing_of(gps: Entries) -> Measured:
    """The lens's bearing from true north in [0, 360). The standard says: true, where no reference stands."""
    if Gps.BEARING not in gps:
        return Measured(value=None)
    bearing = number(gps[Gps.BEARING])
    reference = text(gps[Gps.BEARING_REF]).upper() if Gps.BEARING_REF in gps else "T"
    if bearing is None or not 0 <= bearing <= 360 or reference not in ("T", "M"):
        return Measured(value=None, left_out=LeftOut.BEARING)
    if reference == "M":
        return Measured(value=None, left_out=LeftOut.MAGNETIC)
    return Measured(value=round(bearing, 1) % 360.0)


def magnetic_of(gps: Entries) -> float | None:
    """The lens's bearing from magnetic north in [0, 360), where it is that."""
    bearing = number(gps.get(Gps.BEARING))
    if bearing is None or not 0 <= bearing <= 360 or text(gps.get(Gps.BEARING_REF)).upper() != "M":
        return None
    return round(bearing, 1) % 360.0


def distance_of(gps: Entries) -> Measured:
    """How far away the walker says it is, in metres."""
    if Gps.DISTANCE not in gps:
        return Measured(value=None)
    distance = number(gps[Gps.DISTANCE])
    factor = _METRES.get(text(gps[Gps.DISTANCE_REF]).upper() if Gps.DISTANCE_REF in gps else "K")
    if distance is None or factor is None or not 0 < distance * factor <= MAX_DISTANCE_M:
        return Measured(value=None, left_out=LeftOut.DISTANCE)
    return Measured(value=max(0.1, round(distance * factor, 1)))


def _accuracy_m(gps: Entries) -> Measured:
    """The receiver's own doubt. Its DOP is left alone: that is a factor, not metres."""
    if Gps.ERROR_M not in gps:
        return Measured(value=None)
    error_m = number(gps[Gps.ERROR_M])
    if error_m is None or error_m <= 0:  # 0 is what phones write that do not know
        return Measured(value=None, left_out=LeftOut.ACCURACY)
    return Measured(value=error_m)


def _rounded(metres: float | None) -> float | None:
    return None if metres is None else min(max(0.1, round(metres, 1)), MAX_ACCURACY_M)


def _degrees(parts: Value | None, ref: Value | None, plus: str, minus: str, limit: float) -> tuple[float, bool]:
    """Signed degrees, and whether the seconds were missing. Raises NoPosition.

    Degrees, minutes and seconds; the last may be missing, or x/0, where the part before it has decimals or not.
    """
    letter = text(ref).upper()
    if letter not in (plus, plus[0], minus, minus[0]):
        wanted = f"{plus[0]} or {minus[0]}"
        raise NoPosition(f"its position has no hemisphere that can be read ({_short(ref)} instead of {wanted})")
    if not isinstance(parts, tuple) or not 1 <= len(parts) <= 3 or parts[0] is None:
        raise NoPosition("its position is no number; take it again, or give the --track of the walk")
    known = list(parts)
    while known[-1] is None:
        known.pop()
    if any(part is None for part in known):
        raise NoPosition("its position is no number; take it again, or give the --track of the walk")
    numbers = [float(part or 0.0) for part in known]
    degrees = sum(part / 60**power for power, part in enumerate(numbers))
    if any(part < 0 for part in numbers) or any(part > 60 for part in numbers[1:]) or degrees > limit:
        raise NoPosition("its position is no place on Earth (degrees, minutes or seconds out of range)")
    if any(part % 1 and any(numbers[place + 1 :]) for place, part in enumerate(numbers[:-1])):
        raise NoPosition("its position says decimals and seconds at once")
    whole = not any(part % 1 for part in numbers)
    if len(numbers) == 1 and whole:
        raise NoPosition("its position has degrees only, no minutes")
    return (-degrees if letter[0] == minus[0] else degrees), whole and len(numbers) == 2


def _short(value: Value | None) -> str:
    """A word out of the file, fit for a sentence on a terminal."""
    word = for_terminal(text(value))[:20]
    return repr(word) if word else "nothing"
