"""Fixes out of an NMEA 0183 log. Damaged sentences are counted, the first is named, and the rest goes on."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import BinaryIO

from probe.detect.catalogue import newest_day
from probe.errors import BadInput
from probe.position.epoch import Reading, Sentences
from probe.position.fix import Fix
from probe.position.sentence import NmeaCounts, Splitter
from probe.radio.moments import EARLIEST_S

_BLOCK = 64 * 1024
_GZIP = b"\x1f\x8b"
# A clock that shows an earlier day was never set, or its receiver's count of weeks has run over (1024 weeks: 2006).
FIRST_DAY = datetime.fromtimestamp(EARLIEST_S, UTC).date()
# This machine's own clock may be behind by months; a log is not of later than that.
_AHEAD = timedelta(days=366)
_MOST_UNDATED = 100_000
_CARRIED_S, _DAY_S = 3_600.0, 86_400.0
NO_DATE = "no date (nothing near it tells a day that can be)"


def can_be(day: date) -> bool:
    """Whether something can have been recorded on this day: not before clocks were set, not in years to come."""
    return FIRST_DAY <= day <= max(datetime.now(UTC).date(), _release_day()) + _AHEAD


@cache
def _release_day() -> date:
    return newest_day()


def read_log(path: Path) -> tuple[list[Fix], NmeaCounts]:
    """The fixes of an NMEA log and what was wrong with it.

    Raises BadInput where the file cannot be opened or holds no NMEA sentence at all.
    """
    counts = NmeaCounts()
    try:
        with path.open("rb") as stream:
            packed = stream.peek(2).startswith(_GZIP)
            fixes = list(read_fixes(stream, counts))
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror}); give an NMEA log with --track") from problem
    if not counts.sentences:
        what = counts.first_bad or ("it is no text" if counts.other else "the file is empty")
        if packed:
            what = "it is compressed: unpack it first"
        raise BadInput(f"{path}: no NMEA sentence in it ({what}); a track is lines such as $GPRMC,...*hh")
    return fixes, counts


def read_fixes(stream: BinaryIO, counts: NmeaCounts, believed: Callable[[date], bool] = can_be) -> Iterator[Fix]:
    """The fixes of a stream, one for each instant. Never raises for what the bytes say.

    Where the day is told only later, what came within the hour before is dated backwards from there.
    """
    sentences, undated = Sentences(counts, believed), list[Reading]()
    splitter = Splitter()
    while block := stream.read(_BLOCK):
        for line, piece in splitter.feed(block):
            sentences.hear(piece, line)
            if sentences.closed:
                yield from _dated(sentences, undated, counts)
    for line, piece in splitter.end():
        sentences.hear(piece, line)
    sentences.finish()
    yield from _dated(sentences, undated, counts)
    _give_up(undated, counts)


def _dated(sentences: Sentences, undated: list[Reading], counts: NmeaCounts) -> Iterator[Fix]:
    """The fixes of the instants that are closed; those without a day wait in `undated` for one."""
    while sentences.closed:
        reading = sentences.closed.popleft()
        if reading.at_s is None:
            undated.append(reading)
            if len(undated) > _MOST_UNDATED:
                _give_up(undated, counts)
            continue
        yield from _backwards(undated, reading, counts)
        counts.fixes += 1
        yield reading.fix(reading.at_s)


def _backwards(undated: list[Reading], dated: Reading, counts: NmeaCounts) -> list[Fix]:
    """What came without a day before a reading with one, as far as the times of day connect."""
    fixes: list[Fix] = []
    at_s, clock_s = dated.at_s or 0.0, dated.clock_s
    while undated:
        gone_s = (clock_s - undated[-1].clock_s) % _DAY_S
        if gone_s > _CARRIED_S:
            break
        reading = undated.pop()
        at_s, clock_s = at_s - gone_s, reading.clock_s
        fixes.append(reading.fix(at_s))
    _give_up(undated, counts)
    counts.fixes += len(fixes)
    return fixes[::-1]


def _give_up(undated: list[Reading], counts: NmeaCounts) -> None:
    for _ in undated:
        counts.note_without(NO_DATE)
    undated.clear()


def said_of_log(path: Path, counts: NmeaCounts) -> tuple[list[str], list[str]]:
    """What a person is told of a log that was read: faults, and what is usual, as that there is no fix for a while."""
    faults: list[str] = []
    usual: list[str] = []
    if counts.bad:
        faults.append(f"{path}: {counts.bad} damaged lines were passed over ({counts.first_bad})")
    if counts.odd_days:
        faults.append(
            f"{path}: {counts.odd_days} dates cannot be and were not believed (the first is {counts.first_odd_day}); "
            "a receiver that counts its weeks wrong is 1024 weeks behind"
        )
    if counts.without:
        reasons = ", ".join(f"{count} x {why}" for why, count in counts.without.items())
        all_told = counts.fixes + sum(counts.without.values())
        usual.append(f"{path}: {sum(counts.without.values())} of {all_told} instants have no place: {reasons}")
    return faults, usual
