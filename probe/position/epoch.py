"""Fixes put together out of sentences: those with the same time belong together, in whatever order they come.

Receivers differ: RMC before GGA or behind, GNS or GLL in their place, the error in GST, HDOP in GGA or only in GSA,
the date in RMC or only in ZDA. A GSA names no time and belongs to what was said last. Where the systems speak for
themselves (GP, GL, GA beside GN), the one that speaks for all is believed first.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from probe.position.fix import Fix
from probe.position.sentence import WGS_84, ZERO, NmeaCounts, Sentence, Splitter, read_sentence

# One axis of a consumer receiver under an open sky, times HDOP: a usual rule of thumb, not a measurement of ours.
RANGE_ERROR_M = 4.0
_OPEN = 4  # instants that a late sentence may still belong to
_GSA_LASTS = 2  # instants for which a GSA says something
_PLACES = ("RMC", "GGA", "GNS", "GLL")
_CARRIED_S = 3_600.0  # for so long a day that was told lasts: after a longer gap it may be another
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A place at an instant. `clock_s` in seconds of the day; `at_s` in Unix seconds, None where the day is unknown."""

    number: int
    clock_s: float
    at_s: float | None
    lat: float
    lon: float
    accuracy_m: float | None

    def fix(self, at_s: float) -> Fix:
        return Fix(at_s=at_s, lat=self.lat, lon=self.lon, accuracy_m=self.accuracy_m)


@dataclass(slots=True)
class _Instant:
    """What was said with one time. A later sentence of a kind and talker stands for an earlier one."""

    number: int
    clock: time
    said: dict[tuple[str, str], Sentence] = field(default_factory=dict)
    datum: str | None = None
    carried: date | None = None
    gsa_hdop: float | None = None

    def day(self) -> date | None:
        return next((one.day for one in self.said.values() if one.day is not None), None)

    def talkers(self) -> list[str]:
        """Who gives places, the one that speaks for all systems first."""
        told = dict.fromkeys(talker for talker, kind in self.said if kind in _PLACES)
        return sorted(told, key=lambda talker: talker != "GN")

    def place(self) -> tuple[str, tuple[float, float]] | str | None:
        """Talker and place; or why there is none, in words; None where nothing was said of a place."""
        why = None
        for talker in self.talkers():
            told = [self.said[talker, kind] for kind in _PLACES if (talker, kind) in self.said]
            # A place of 0, 0 is that sentence's fault; that there is no fix, or that it was reckoned, is said of all.
            void = next((one.void for one in told if one.void not in (None, ZERO)), None)
            found = next((one.place for one in told if one.place is not None), None)
            if void is None and found is not None:
                if self.datum in (None, WGS_84):
                    return talker, found
                void = f"the datum {self.datum}, which is not WGS 84"
            why = why or void or next((one.void for one in told if one.void), "no place that can be read")
        return why

    def accuracy_m(self, talker: str) -> float | None:
        """GST's error, else HDOP times the usual error; the same talker's first."""
        ranked = sorted(self.said.items(), key=lambda item: item[0][0] != talker)
        error_m = next((one.error_m for _, one in ranked if one.error_m is not None), None)
        if error_m is not None:
            return error_m
        hdop = next((one.hdop for _, one in ranked if one.hdop is not None), self.gsa_hdop)
        return None if hdop is None else hdop * RANGE_ERROR_M


class Sentences:
    """Takes sentences and puts places together.

    `newest` is the place of the newest instant as far as it has been told; `closed` collects the last instants to which
    nothing can be added any more. `believed` says which days can be.
    """

    def __init__(self, counts: NmeaCounts, believed: Callable[[date], bool] = lambda _day: True) -> None:
        self.closed: deque[Reading] = deque(maxlen=2 * _OPEN)
        self._counts, self._believed = counts, believed
        self._open: dict[time, _Instant] = {}
        self._number = self._lines = 0
        self._newest: _Instant | None = None
        self._told: Reading | None = None
        self._datum: str | None = None
        self._gsa: dict[str, tuple[int, float]] = {}
        self._known: tuple[date, time] | None = None

    @property
    def number(self) -> int:
        """The number of the newest instant."""
        return self._number

    @property
    def newest(self) -> Reading | None:
        """The place of the newest instant; None where it has none, or said that it has none."""
        reading = None if self._newest is None else self._reading(self._newest)
        return reading if isinstance(reading, Reading) else None

    def take(self, line: bytes) -> Fix | None:
        """The newest place where this line changed it and its date is known."""
        self.hear_line(line)
        reading = self.newest
        if reading is None or reading == self._told or reading.at_s is None:
            return None
        self._told = reading
        return reading.fix(reading.at_s)

    def hear_line(self, line: bytes) -> None:
        """Take in a line of the stream."""
        self._lines += 1
        splitter = Splitter()
        for _, piece in (*splitter.feed(line), *splitter.end()):
            self.hear(piece, self._lines)

    def hear(self, piece: bytes, line: int) -> None:
        """Take in a piece of the stream. Never raises for what it holds."""
        said = read_sentence(piece, line, self._counts)
        if said is None:
            return
        if said.datum is not None:
            self._datum = said.datum
            if self._newest is not None and said.datum != WGS_84:
                self._newest.datum = said.datum  # some say it at the end of what they say of an instant
        elif said.kind == "GSA":
            self._keep_hdop(said)
        elif said.clock is not None:
            self._add(said, said.clock)

    def finish(self) -> None:
        """Close what is open: nothing more comes."""
        while self._open:
            self._close(next(iter(self._open)))

    def _keep_hdop(self, said: Sentence) -> None:
        if said.hdop is None:
            return
        self._gsa[said.talker] = (self._number, said.hdop)
        if self._newest is not None and self._newest.gsa_hdop is None:
            self._newest.gsa_hdop = self._lasting_hdop()

    def _lasting_hdop(self) -> float | None:
        """The best of what the systems' GSA said a moment ago."""
        return min((hdop for number, hdop in self._gsa.values() if number > self._number - _GSA_LASTS), default=None)

    def _add(self, said: Sentence, clock: time) -> None:
        there = self._open.get(clock)
        if there is None:
            self._number += 1
            there = _Instant(
                self._number, clock, datum=self._datum, carried=self._carried(clock), gsa_hdop=self._lasting_hdop()
            )
            self._newest = self._open[clock] = there
            if there.carried is not None:
                self._known = (there.carried, clock)
            if len(self._open) > _OPEN:
                self._close(next(iter(self._open)))
        if said.day is not None and not self._believed(said.day):
            self._counts.note_odd_day(said.day)
            said = replace(said, day=None)
        there.said[said.talker, said.kind] = said
        if said.day is not None and there is self._newest:
            self._known = (said.day, clock)

    def _close(self, clock: time) -> None:
        reading = self._reading(self._open.pop(clock))
        if isinstance(reading, Reading):
            self.closed.append(reading)
        elif reading is not None:
            self._counts.note_without(reading)

    def _reading(self, instant: _Instant) -> Reading | str | None:
        told = instant.place()
        if told is None or isinstance(told, str):
            return told
        talker, (lat, lon) = told
        day = instant.day() or instant.carried
        return Reading(
            number=instant.number,
            clock_s=_seconds(instant.clock),
            at_s=None if day is None else datetime.combine(day, instant.clock, tzinfo=UTC).timestamp(),
            lat=lat,
            lon=lon,
            accuracy_m=instant.accuracy_m(talker),
        )

    def _carried(self, clock: time) -> date | None:
        """The day that was told last, or the next where midnight lies between; None where that is too long ago."""
        if self._known is None:
            return None
        day, told = self._known
        at_s = _seconds(clock)
        gone_s = (at_s - _seconds(told) + _DAY_S / 2) % _DAY_S - _DAY_S / 2
        if abs(gone_s) > _CARRIED_S:
            return None
        try:
            return day + timedelta(days=round((_seconds(told) + gone_s - at_s) / _DAY_S))
        except OverflowError:
            return None


def _seconds(clock: time) -> float:
    return clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1e6
