"""Which day it is, as far as that is certain: a machine's clock alone can leap by years, and back.

What is certain is a moment that has come: the true time is that or later. It moves on by running time, which nobody
sets (boot id and seconds since boot, also those asleep), by the days of two probes that had them from satellites or the
network, and by the operator's word. The machine's clock is believed up to seven days beyond it, for a hub that was off
meanwhile. That never moves what is certain: looking often, restarting often and leaping often gain nothing.
"""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto
from functools import cache
from pathlib import Path

import msgspec

BELIEVED_DAYS = 7
FIRST_DAY, LAST_DAY = date(2025, 1, 1), date(2199, 12, 31)  # no hub ran before, and none will after
_SLACK = timedelta(days=1)
_FURTHEST_EAST = timedelta(hours=14)  # there a day begins so much earlier than in UTC
_PROCESS = f"process {secrets.token_hex(8)}"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a machine's clocks say: Unix time, which anybody may set, and seconds since the boot with an id."""

    wall_s: float
    boot: str
    boot_s: float

    @property
    def day(self) -> date:
        """The day that the clock shows, in UTC."""
        return day_of(self.wall_s)


Clock = Callable[[], Reading]


@cache
def _boot_id() -> str:
    return _BOOT_ID.read_text().strip()


def machine_clock() -> Reading:
    """This machine's clocks. Where it has no boot id, what runs is this program, and what sleeps is not counted."""
    try:
        return Reading(wall_s=time.time(), boot=_boot_id(), boot_s=time.clock_gettime(time.CLOCK_BOOTTIME))
    except (OSError, AttributeError):
        return Reading(wall_s=time.time(), boot=_PROCESS, boot_s=time.monotonic())


class Judgement(Enum):
    """Of what a machine's clock shows: believed, beyond what can be believed, or before what has come already."""

    BELIEVED = auto()
    AHEAD = auto()
    BEHIND = auto()


class Certain(msgspec.Struct, frozen=True, kw_only=True):
    """A moment that has come, as Unix time, and when that was noted: in which boot, how long after it.

    `borne_out` is whether probes or the operator have ever said so; until then it is what the clock showed when the hub
    was made, and how long it has run since. `settled` is the day on which that last agreed with the clock, or was the
    operator's word: what was dated until then was dated right, to a week.
    """

    utc_s: float
    boot: str = ""
    boot_s: float = 0.0
    borne_out: bool = False
    settled: date | None = None

    @property
    def day(self) -> date:
        return day_of(self.utc_s)

    def at(self, reading: Reading) -> "Certain":
        """The same, moved on by the time that has run since. What ran before another boot is not known: nothing."""
        ran_s = max(0.0, reading.boot_s - self.boot_s) if reading.boot == self.boot else 0.0
        return msgspec.structs.replace(self, utc_s=self.utc_s + ran_s, boot=reading.boot, boot_s=reading.boot_s)

    def borne_out_by_probes(self, day: date, shown: date) -> "Certain":
        """The same for a day that two probes bear out, on a machine whose clock shows another."""
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
        moved = msgspec.structs.replace(self, utc_s=begin.timestamp(), borne_out=True)
        return moved._settled() if moved.judge(shown) is Judgement.BELIEVED else moved

    def borne_out_by_word(self, day: date) -> "Certain":
        """The same for a day by a calendar on some wall: for certain it has only begun furthest east."""
        utc_s = self.utc_s
        if abs(self.day - day) > timedelta(days=1):  # all over the earth that may be the same moment
            utc_s = (datetime(day.year, day.month, day.day, tzinfo=UTC) - _FURTHEST_EAST).timestamp()
        return msgspec.structs.replace(self, utc_s=utc_s, borne_out=True)._settled()

    def _settled(self) -> "Certain":
        return msgspec.structs.replace(self, settled=self.day)

    def judge(self, shown: date) -> Judgement:
        """What to think of a clock that shows a day."""
        if shown < self.day - _SLACK:
            return Judgement.BEHIND
        return Judgement.AHEAD if shown > self.day + timedelta(days=BELIEVED_DAYS) else Judgement.BELIEVED

    def believed(self, shown: date) -> date:
        """The day to go by: the clock's where it is believed, and never one before what is certain."""
        return max(shown, self.day) if self.judge(shown) is Judgement.BELIEVED else self.day

    def says_more(self, day: date, shown: date) -> bool:
        """Whether a probe's day tells something new. The hub's own clock has to have come to it as well."""
        if day > shown:
            return False
        # Nobody has borne out a first day that lies ahead of the clock: it may have been a leap.
        behind = not self.borne_out and self.judge(shown) is Judgement.BEHIND
        return day > self.day or (behind and day >= shown - timedelta(days=BELIEVED_DAYS))


def borne_out(days: Iterable[date]) -> date | None:
    """The newest day that two of these bear out, each being the newest of another probe; None where there is none."""
    newest = sorted(days, reverse=True)[:2]
    return newest[1] if len(newest) == 2 else None


def is_possible(day: date) -> bool:
    """Whether a hub can run on a day at all."""
    return FIRST_DAY <= day <= LAST_DAY


def first_certain(reading: Reading) -> Certain:
    """What a new hub takes for certain: its clock, where it shows a day that can be."""
    if is_possible(reading.day):
        return Certain(utc_s=reading.wall_s, boot=reading.boot, boot_s=reading.boot_s)
    begin = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
    return Certain(utc_s=begin.timestamp(), boot=reading.boot, boot_s=reading.boot_s)


def day_of(unix_s: float) -> date:
    """The day of a Unix time in UTC, the first or last that there is for one beyond it."""
    try:
        return datetime.fromtimestamp(unix_s, UTC).date()
    except (OverflowError, ValueError, OSError):
        return date.max if unix_s > 0 else date.min
