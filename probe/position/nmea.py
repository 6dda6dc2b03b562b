"""Fixes out of an NMEA 0183 log, sentence by sentence, by pynmeagps.

RMC gives date, time and place; GGA gives the quality and HDOP of the same second. Damaged sentences are counted, the
first is named, and the rest goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from probe.errors import BadInput
from probe.position.fix import Fix

# One axis of a consumer receiver under an open sky, times HDOP: a usual rule of thumb, not a measurement of ours.
RANGE_ERROR_M = 4.0
LONGEST_LINE = 1024  # the standard allows 82 bytes; receivers send more, no receiver sends this


@dataclass(slots=True)
class NmeaCounts:
    """What became of the sentences; `first_bad` tells the first damaged one, by line number."""

    sentences: int = 0
    bad: int = 0
    first_bad: str | None = None

    def note_bad(self, line: int, why: str) -> None:
        self.bad += 1
        self.first_bad = self.first_bad or f"line {line}: {why}"


def read_log(path: Path) -> tuple[list[Fix], NmeaCounts]:
    """The fixes of an NMEA log and what was wrong with it.

    Raises BadInput where the file cannot be opened or holds no NMEA sentence at all.
    """
    counts = NmeaCounts()
    try:
        with path.open("rb") as stream:
            fixes = list(read_fixes(stream, counts))
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror}); give an NMEA log with --track") from problem
    if not counts.sentences:
        what = counts.first_bad or "the file is empty"
        raise BadInput(f"{path}: no NMEA sentence in it ({what}); a track is lines such as $GPRMC,...*hh")
    return fixes, counts


def read_fixes(stream: BinaryIO, counts: NmeaCounts) -> Iterator[Fix]:
    """Fixes as the sentences of a stream complete them. Never raises for what the bytes say."""
    sentences = Sentences(counts)
    for line in _lines(stream):
        fix = sentences.take(line)
        if fix is not None:
            yield fix


class Sentences:
    """Puts fixes together out of sentences, one at a time: RMC has time and place, GGA of the same second the HDOP."""

    def __init__(self, counts: NmeaCounts) -> None:
        self._counts = counts
        self._number = 0
        self._hdop: float | None = None
        self._hdop_time: object = None

    def take(self, line: bytes) -> Fix | None:
        """The fix that a sentence completes, if it does. Never raises for what the bytes say."""
        self._number += 1
        message = _parse(line, self._number, self._counts)
        kind = getattr(message, "msgID", "")
        if kind == "GGA":
            self._hdop, self._hdop_time = _number(message, "HDOP"), getattr(message, "time", None)
        elif kind == "RMC":
            fix = _fix(message)
            if fix is not None and self._hdop and self._hdop > 0 and self._hdop_time == getattr(message, "time", None):
                return replace(fix, accuracy_m=self._hdop * RANGE_ERROR_M)
            return fix
        return None


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    while line := stream.readline(LONGEST_LINE):
        yield line


def _parse(line: bytes, number: int, counts: NmeaCounts) -> object | None:
    from pynmeagps import NMEAReader
    from pynmeagps.exceptions import NMEAMessageError, NMEAParseError, NMEAStreamError, NMEATypeError

    stripped = line.strip()
    if not stripped:
        return None
    if not stripped.startswith(b"$"):
        counts.note_bad(number, "not an NMEA sentence")
        return None
    try:
        message: object = NMEAReader.parse(stripped + b"\r\n")
    except (NMEAMessageError, NMEAParseError, NMEAStreamError, NMEATypeError) as problem:
        counts.note_bad(number, _plain(str(problem)))
        return None
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError) as problem:
        # The library lets these escape for some damaged fields (seen while fuzzing); to us they are damage like any.
        counts.note_bad(number, f"damaged field ({type(problem).__name__})")
        return None
    if message is None:
        counts.note_bad(number, "damaged sentence")
        return None
    counts.sentences += 1
    return message


def _fix(message: object) -> Fix | None:
    """The fix of an RMC sentence, or None where it has none (status void, no date, place out of range)."""
    if getattr(message, "status", "") != "A":
        return None
    lat, lon = _number(message, "lat"), _number(message, "lon")
    day, time = getattr(message, "date", None), getattr(message, "time", None)
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    if not day or not time:
        return None
    try:
        at = datetime.combine(day, time, tzinfo=UTC)
    except (TypeError, ValueError):
        return None
    return Fix(at_s=at.timestamp(), lat=lat, lon=lon)


def _number(message: object, name: str) -> float | None:
    value = getattr(message, name, None)
    return float(value) if isinstance(value, int | float) else None


def _plain(text: str) -> str:
    """A library's message on one line, short, with nothing that a terminal would obey."""
    return "".join(char if char.isprintable() else "?" for char in text)[:120]
