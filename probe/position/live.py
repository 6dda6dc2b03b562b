"""A receiver on a serial port, as the walk goes on: where the probe is now, and what time it really is."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from probe.position.epoch import Reading, Sentences
from probe.position.fix import Fix
from probe.position.sentence import NmeaCounts

# At walking pace a place this old is 7 m off: better none.
OLDEST_S = 5.0
# A receiver's sentence comes this long after the second that it tells, give or take.
USUAL_DELAY_S, DELAY_SD_S = 0.3, 0.3
# Satellites count weeks up to 1024. Receivers that are old enough take up to two such rounds too few; three rounds ago
# is where the clock of a receiver stands that was never set (6 January 1980).
_ROUND_S, _MOST_ROUNDS = 1024 * 7 * 86_400.0, 2
# No release is walked with for longer; a time after that is a receiver's nonsense.
_LONGEST_USE = timedelta(days=3653)


def unrolled(told_s: float, not_before: date) -> float | None:
    """A receiver's time in Unix seconds, moved on by the rounds of 1024 weeks that the receiver does not know of.

    `not_before` is a day before which it cannot be. None where no such time can be meant. This is for what a receiver
    tells now: a recorded track may well be older than the software, and is believed.
    """
    begin = datetime(not_before.year, not_before.month, not_before.day, tzinfo=UTC)
    earliest_s = begin.timestamp() - 86_400.0  # days begin at different times around the world
    for rounds in range(_MOST_ROUNDS + 1):
        at_s = told_s + rounds * _ROUND_S
        if earliest_s <= at_s < (begin + _LONGEST_USE).timestamp():
            return at_s
    return None


@dataclass(frozen=True, slots=True)
class _Received:
    reading: Reading
    at_s: float


class LivePosition:
    """A `PositionSource` fed with NMEA sentences, from any thread. It goes by `clock`: on a walk, the walk's own.

    That clock may be wrong (a Pi has none that lasts): `offset_s` is how much the receiver's time is ahead of it, None
    until a fix has come whose time can be meant: see `unrolled` and its `not_before`. As nobody sets a walk's clock,
    this holds for what was heard before as well.
    """

    def __init__(self, clock: Callable[[], float] = time.time, *, not_before: date) -> None:
        self.counts = NmeaCounts()
        self.offset_s: float | None = None
        self._not_before = not_before
        self._clock = clock
        self._sentences = Sentences(self.counts)
        self._last: _Received | None = None
        self._dated = 0
        self._lock = threading.Lock()

    def take(self, line: bytes) -> None:
        """Take in a line of what the receiver says: one sentence or several, other protocols in between."""
        with self._lock:
            self._sentences.hear_line(line)
            self._notice()

    def hear(self, piece: bytes) -> None:
        """Take in one piece of the stream, as a `Splitter` cuts it."""
        with self._lock:
            self._sentences.hear(piece, 0)
            self._notice()

    def _notice(self) -> None:
        self._sentences.closed.clear()
        reading, last, now_s = self._sentences.newest, self._last, self._clock()
        if reading is None:
            # A later sentence of the same instant says that there is no fix.
            if last is not None and last.reading.number == self._sentences.number:
                self._last = None
            return
        if last is not None and reading == last.reading:
            return
        if reading.at_s is not None and reading.number != self._dated:
            # By the first sentence that tells it: what comes later of the same instant comes later.
            self._dated = reading.number
            told_s = unrolled(reading.at_s, self._not_before)
            if told_s is not None:
                self.offset_s = told_s + USUAL_DELAY_S - now_s
        same = last is not None and last.reading.number == reading.number
        self._last = _Received(reading, last.at_s if same and last is not None else now_s)

    def at(self, at_s: float) -> Fix | None:
        """The place at a time of its clock: the last one told, unless it is too old."""
        last = self._last
        if last is None or not -OLDEST_S <= at_s - last.at_s <= OLDEST_S:
            return None
        return last.reading.fix(at_s)

    def age_s(self) -> float | None:
        """How old the last fix is; None where there was none."""
        return None if self._last is None else self._clock() - self._last.at_s
