"""A row of another program's log, and its values one by one: any value goes in, a usable one or None comes out.

That a value is absent is told with the row where something stood in its place, because an unknown that is written as a
number (0, 0 for a place, 0 for a signal) must not be taken for one.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from probe.contract.geodesy import distance_m
from probe.contract.readable import for_terminal
from probe.detect.rule import Bluetooth
from probe.position.nmea import can_be
from probe.radio.channels import known_mhz, mhz_of
from probe.radio.elements import ssid_text

_LONGEST_NAME = 128  # of the 32 octets a name may have, each may be escaped as four characters
_NOWHERE_DEG = 0.001  # nearer to 0, 0 than 100 m is how loggers write that they knew no place
_TIME = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T ]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?"
    r"(?: ?(Z|UTC|[+-]\d{2}:?\d{2}))?",
    re.ASCII,
)
_CHANNELS_5 = {*range(36, 65, 4), *range(100, 145, 4), *range(149, 178, 4)}
MAX_BAD_TOLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: an observation by a phone (`estimate` False) or a program's estimate of a transmitter's place (True).

    `bluetooth` is there where it was an advertisement. `absent` says, in words, what was written and means unknown.
    `spread_m` is how far apart the outermost places lie that an estimate was made of, as far as its log says so.
    """

    transmitter: bytes
    ssid: str | None
    lat: float
    lon: float
    accuracy_m: float | None
    signal_dbm: int | None
    channel_mhz: int | None
    at: datetime | None
    estimate: bool
    bluetooth: Bluetooth | None = None
    absent: tuple[str, ...] = ()
    spread_m: float = 0.0


@dataclass(slots=True)
class RowCounts:
    """What became of the rows.

    `bluetooth`, `mobile` and `other` are no Wi-Fi. `bad` holds the first few that could not be read, by line, `mended`
    those that could although part of them was damaged. `faults` are sentences about the log as a whole.
    """

    rows: int = 0
    bluetooth: int = 0
    mobile: int = 0
    other: int = 0
    bad_rows: int = 0
    bad: list[str] = field(default_factory=list)
    mended: int = 0
    faults: list[str] = field(default_factory=list)
    absent: Counter[str] = field(default_factory=Counter)

    @property
    def not_wifi(self) -> int:
        return self.bluetooth + self.mobile + self.other

    def note_bad(self, line: int, why: str, rows: int = 1) -> None:
        self.bad_rows += rows
        if len(self.bad) < MAX_BAD_TOLD:
            self.bad.append(f"line {line}: {why}")


class Absent:
    """Collects, for one row, what was written and cannot be meant."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def unless(self, value: object, written: object, what: str) -> None:
        """Note `what` where something was written and no value came of it."""
        if value is None and written is not None and str(written).strip():
            self.said.append(what)


def position(lat: object, lon: object) -> tuple[float, float] | None:
    """A place in degrees. 0, 0 and the poles are how loggers write that they knew none."""
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return None
    there = -90 < lat < 90 and -180 <= lon <= 180 and max(abs(lat), abs(lon)) >= _NOWHERE_DEG
    return (float(lat), float(lon)) if there else None


def holds_zero(low_lat: object, low_lon: object, high_lat: object, high_lon: object) -> bool:
    """Whether 0, 0 is a corner of the box in which something was heard: it went into the average, and spoilt it.

    A box of noughts alone says that no box was kept.
    """
    bounds = low_lat, low_lon, high_lat, high_lon
    if not all(isinstance(bound, int | float) for bound in bounds) or not any(bounds):
        return False
    return 0 in (low_lat, high_lat) and 0 in (low_lon, high_lon)


def spread_m(low_lat: object, low_lon: object, high_lat: object, high_lon: object) -> float:
    """How far apart the corners of the box lie in which something was heard; 0 where no box was kept, or it is spoilt.

    The average of a dashcam's places is no place of a camera.
    """
    low, high = position(low_lat, low_lon), position(high_lat, high_lon)
    return 0.0 if low is None or high is None or low[0] > high[0] else distance_m(*low, *high)


def number(text: object) -> float | None:
    """What a text says as a decimal number of ASCII; None for nan and the endless ones, too."""
    try:
        value = float(text) if isinstance(text, str) and text.isascii() and "_" not in text else None
    except ValueError:
        return None
    return value if value is not None and abs(value) < 1e12 else None


def metres(value: object) -> float | None:
    """How far off a place may be; 0 is how loggers write that they did not know."""
    return float(value) if isinstance(value, int | float) and 0 < value <= 100_000 else None


def dbm(value: object) -> int | None:
    """A signal; 0 and what is above it is how loggers write that they knew none, or in another unit."""
    return round(value) if isinstance(value, int | float) and -150 <= value <= -1 else None


def mhz(value: object) -> int | None:
    """The middle of a channel of any band."""
    return known_mhz(round(value)) if isinstance(value, int | float) and 0 < value < 1e6 else None


def channel(value: object) -> int | None:
    """The middle of a channel of the 2.4 or 5 GHz band by its number; 0 is how loggers write that they knew none."""
    if not isinstance(value, int | float) or value != value // 1:
        return None
    return mhz_of(int(value)) if 1 <= value <= 14 or value in _CHANNELS_5 else None


def time(text: str) -> datetime | None:
    """`2026-07-09 08:02:10` in UTC unless it says otherwise, also without its noughts; None where that cannot be."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        at = datetime(year, month, day, hour, minute, second, int(f"{found[7] or '':0<6}"[:6]), tzinfo=UTC)
        return believed(at - _ahead(found[8]))
    except (ValueError, OverflowError):
        return None


def _ahead(zone: str | None) -> timedelta:
    """How far a zone such as `+02:00` is ahead of UTC."""
    if zone is None or zone[0] in "ZU":
        return timedelta()
    ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -ahead if zone[0] == "-" else ahead


def believed(at: datetime | None) -> datetime | None:
    """A time that can be: not that of a clock that was never set, or whose count of weeks has run over."""
    return at if at is not None and can_be(at.date()) else None


def name(text: object) -> str | None:
    """A network's name. Kismet writes octets that are no ASCII as `\\ooo`; that is left as it is."""
    if not isinstance(text, str) or not text:
        return None
    return ssid_text(text[:_LONGEST_NAME].encode("utf-8", errors="replace"))[:_LONGEST_NAME]


def said(problem: object) -> str:
    """What a library says of a file, as part of one sentence: it may quote the file."""
    return for_terminal(problem)[:120]
