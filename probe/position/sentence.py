"""One NMEA 0183 sentence out of what a receiver sends, value by value: one that cannot be used is absent.

Receivers mix other protocols into the stream (UBX, RTCM, SBF), and loggers write their own words in front of a line, so
a sentence begins at a `$` anywhere. pynmeagps takes the sentence apart and knows its check sum; what a field means is
decided here, because the library gives a place north and east of zero to any letter, and takes 99 minutes for minutes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from typing import NamedTuple

from probe.contract.readable import for_terminal

LONGEST_PIECE = 1024  # the standard allows 82 bytes; receivers send more, no receiver sends this
_CUT = re.compile(rb"(?<=\n)|(?=\$)")
_WHOLE = re.compile(rb"\$[A-Z][A-Z0-9]{2,9},[\x20-\x29\x2b-\x7e]*\*[0-9A-Fa-f]{2}")
_MEANT = re.compile(rb"\$[A-Z]{2}[A-Z0-9]{2}")
_STRANGE = re.compile(rb"[^\t\r\n\x20-\x7e]")
_CLOCK = re.compile(r"(\d\d)(\d\d)(\d\d)(?:\.(\d*))?", re.ASCII)
_DATE = re.compile(r"(\d\d)(\d\d)(\d\d)", re.ASCII)
_LATITUDE = re.compile(r"(\d{2})(\d\d(?:\.\d*)?)", re.ASCII)
_LONGITUDE = re.compile(r"(\d{3})(\d\d(?:\.\d*)?)", re.ASCII)
# Where no receiver is: nearer to 0, 0 than 100 m it is how some of them write that they know no place.
_NOWHERE_DEG = 0.001
_WORST_HDOP, _WORST_M = 50.0, 10_000.0  # receivers write 99.99 where they know none
WGS_84 = "W84"

NO_FIX = "no fix (the receiver says so)"
RECKONED, BY_HAND, SIMULATED = "dead reckoning, not a fix", "a place entered by hand", "a simulated place"
ZERO = "the place 0, 0"
# GGA's quality, and the mode of RMC, GLL and GNS. What is not listed, such as 9 or R, is a fix of some kind.
_QUALITIES = {"0": NO_FIX, "": NO_FIX, "6": RECKONED, "7": BY_HAND, "8": SIMULATED}
_MODES = {"N": NO_FIX, "E": RECKONED, "M": BY_HAND, "S": SIMULATED}


@dataclass(slots=True)
class NmeaCounts:
    """What became of what was read.

    `bad` were damaged, `first_bad` tells the first by its line; `other` was of another protocol. `without` counts the
    instants at which there was no place, by the reason; `fixes` those at which there was one. `odd_days` are sentences
    with a date that cannot be.
    """

    sentences: int = 0
    bad: int = 0
    first_bad: str | None = None
    other: int = 0
    fixes: int = 0
    without: dict[str, int] = field(default_factory=dict)
    odd_days: int = 0
    first_odd_day: date | None = None

    def note_bad(self, line: int, why: str) -> None:
        self.bad += 1
        self.first_bad = self.first_bad or f"line {line}: {why}"

    def note_odd_day(self, day: date) -> None:
        self.odd_days += 1
        self.first_odd_day = self.first_odd_day or day

    def note_without(self, why: str) -> None:
        self.without[why] = self.without.get(why, 0) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What one sentence says. `place` in degrees; `void` why it gives none although it could; `datum` as DTM has it,
    or Garmin's own sentence."""

    kind: str
    talker: str
    clock: time | None = None
    day: date | None = None
    place: tuple[float, float] | None = None
    void: str | None = None
    hdop: float | None = None
    error_m: float | None = None
    datum: str | None = None


class _Layout(NamedTuple):
    """At which field of a sentence a value stands; None where it has none."""

    clock: int | None = None
    lat: int | None = None
    status: int | None = None
    mode: int | None = None
    quality: int | None = None
    hdop: int | None = None
    date: int | None = None
    errors: int | None = None


_LAYOUTS = {
    "RMC": _Layout(clock=0, status=1, lat=2, date=8, mode=11),
    "GGA": _Layout(clock=0, lat=1, quality=5, hdop=7),
    "GNS": _Layout(clock=0, lat=1, mode=5, hdop=7),
    "GLL": _Layout(lat=0, clock=4, status=5, mode=6),
    "GSA": _Layout(hdop=15),
    "GST": _Layout(clock=0, errors=5),
    "ZDA": _Layout(clock=0, date=1),
    "DTM": _Layout(),
    "GRMM": _Layout(),  # Garmin's $PGRMM: the datum that its owner has chosen, by a name
}


class Splitter:
    """Cuts a stream into pieces: at the end of a line and before each `$`. The memory it needs is bounded."""

    def __init__(self) -> None:
        self._rest = b""
        self._line = 1

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The pieces that are whole now, each with the number of its line."""
        pieces = _CUT.split(self._rest + data)
        self._rest = b"" if pieces[-1].endswith(b"\n") else pieces.pop()
        for piece in pieces:
            if piece:
                yield self._line, piece
            self._line += piece.endswith(b"\n")
        if len(self._rest) > LONGEST_PIECE:
            yield from self.end()

    def end(self) -> Iterator[tuple[int, bytes]]:
        """What is left when no more comes."""
        if self._rest:
            yield self._line, self._rest
        self._rest = b""


def read_sentence(piece: bytes, line: int, counts: NmeaCounts) -> Sentence | None:
    """What a piece says, as far as it is one of the sentences that are looked at. Never raises for what it holds."""
    stripped = piece.strip()
    if not stripped:
        return None
    if not stripped.startswith(b"$"):
        # Another protocol, AIS, or what a logger wrote before the sentence in the same line.
        if _STRANGE.search(stripped) or stripped.startswith(b"!") or not piece.endswith(b"\n"):
            counts.other += 1
        else:
            counts.note_bad(line, "not an NMEA sentence")
        return None
    whole = _WHOLE.match(stripped)
    if whole is None:
        if _MEANT.match(stripped):
            counts.note_bad(line, "damaged sentence")
        else:
            counts.other += 1  # a `$` among other octets
        return None
    parts = _parts(whole.group(), line, counts)
    if parts is None:
        return None
    talker, kind, fields = parts
    layout = _LAYOUTS.get(kind)
    return None if layout is None else _Reader(kind, fields, line, counts).sentence(talker, layout)


def _parts(sentence: bytes, line: int, counts: NmeaCounts) -> tuple[str, str, list[str]] | None:
    """Talker, kind and fields; None where the check sum is another.

    The library's own message is not made: it reads every field of a sentence, of which a few are looked at here.
    """
    from pynmeagps.nmeahelpers import calc_checksum, get_parts

    content, talker, kind, fields, told = get_parts(sentence)
    found = calc_checksum(content)
    if told.upper() != found:
        counts.note_bad(line, f"{talker}{kind}: its check sum is {told}, and should be {found}")
        return None
    counts.sentences += 1
    return talker, kind, fields


class _Reader:
    """Reads the values of one sentence; a value that cannot be is counted as damage, once for each sentence."""

    def __init__(self, kind: str, fields: list[str], line: int, counts: NmeaCounts) -> None:
        self._kind, self._fields, self._line, self._counts = kind, fields, line, counts
        self._noted = False

    def sentence(self, talker: str, layout: _Layout) -> Sentence:
        void = None if layout.lat is None else self._void(layout)
        place = None if layout.lat is None or void else self._place(layout.lat)
        if place is not None and max(map(abs, place)) < _NOWHERE_DEG:
            place, void = None, ZERO
        return Sentence(
            kind=self._kind,
            talker=talker,
            clock=None if layout.clock is None else self._clock(layout.clock),
            day=None if layout.date is None else self._day(layout.date),
            place=place,
            void=void,
            hdop=None if layout.hdop is None else self._positive(layout.hdop, _WORST_HDOP),
            error_m=None if layout.errors is None else self._error_m(layout.errors),
            datum=self._datum() if self._kind in ("DTM", "GRMM") else None,
        )

    def _at(self, place: int) -> str:
        return str(self._fields[place]).strip() if place < len(self._fields) else ""

    def _odd(self, what: str, text: str) -> None:
        if not self._noted:
            self._noted = True
            self._counts.note_bad(self._line, f"{self._kind}: {what} {_plain(text)[:20]!r} is none")

    def _void(self, layout: _Layout) -> str | None:
        """Why the sentence says itself that its place is not one."""
        if layout.status is not None and self._at(layout.status) != "A":
            return NO_FIX
        if layout.quality is not None:
            return _QUALITIES.get(self._at(layout.quality))
        modes = self._at(layout.mode or 0)
        reasons = [_MODES.get(mode) for mode in modes]  # GNS has one for each system; one that sees is enough
        if not reasons:
            return NO_FIX if self._kind == "GNS" else None  # before NMEA 2.3 there was no mode
        return None if None in reasons else next((why for why in reasons if why != NO_FIX), NO_FIX)

    def _place(self, at: int) -> tuple[float, float] | None:
        texts = [self._at(at + offset) for offset in range(4)]
        if not any(texts):
            return None
        lat = self._degrees(texts[0], texts[1], _LATITUDE, "NS", 90)
        lon = self._degrees(texts[2], texts[3], _LONGITUDE, "EW", 180)
        return None if lat is None or lon is None else (lat, lon)

    def _degrees(self, text: str, half: str, shape: re.Pattern[str], halves: str, most: int) -> float | None:
        found = shape.fullmatch(text)
        # Receivers round: 46 degrees and 60.0000 minutes are 47 degrees. More than 60 minutes are none.
        if found is None or float(found[2]) > 60:
            self._odd("the place", text)
            return None
        degrees = int(found[1]) + float(found[2]) / 60
        if degrees > most:
            self._odd("the place", text)
            return None
        if half not in halves or not half:
            self._odd("the hemisphere", half)
            return None
        return round(degrees if half == halves[0] else -degrees, 10)

    def _datum(self) -> str | None:
        name = _plain(self._at(0))[:20]
        return WGS_84 if name.upper().replace(" ", "") in ("WGS84", WGS_84) else name or None

    def _clock(self, at: int) -> time | None:
        text = self._at(at)
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        hour, minute, second = (int(part) for part in found.groups()[:3]) if found else (99, 99, 99)
        if found is None or hour > 23 or minute > 59 or second > 60:
            self._odd("the time", text)
            return None
        if second == 60:  # a leap second; it has no Unix time of its own
            return None
        return time(hour, minute, second, int(f"{found[4] or '':0<6}"[:6]))

    def _day(self, at: int) -> date | None:
        text = self._at(at)
        try:
            if self._kind == "ZDA":
                day, month, year = text, self._at(at + 1), self._at(at + 2)
                return date(int(year), int(month), int(day)) if text or month or year else None
            if not text:
                return None
            found = _DATE.fullmatch(text)
            if found is not None:
                number = int(found[3])
                return date(number + (1900 if number >= 80 else 2000), int(found[2]), int(found[1]))
        except (ValueError, OverflowError):
            pass
        self._odd("the date", text)
        return None

    def _positive(self, at: int, most: float) -> float | None:
        try:
            value = float(self._at(at))
        except ValueError:
            return None
        return value if 0 < value < most else None

    def _error_m(self, at: int) -> float | None:
        """How far off GST says the place is, as a radius."""
        north, east = self._positive(at, _WORST_M), self._positive(at + 1, _WORST_M)
        return None if north is None or east is None else float((north**2 + east**2) ** 0.5)


def _plain(text: str) -> str:
    """A text of others on one line, short, with nothing that a terminal would obey."""
    return for_terminal(text)[:120]
