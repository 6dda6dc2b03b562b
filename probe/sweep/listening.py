"""Where the probe has been and what it listened to: the last minutes in detail, in memory; the day in coarse cells.

The detail shows where something was *not* heard near by. The cells become the survey: absence needs an observation.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from probe.contract.geodesy import cell, distance_m
from probe.contract.sighting import ChannelListened, Listened, Silence
from probe.position.fix import Fix
from probe.radio.frame import Dwell

STEP_M, STEP_S = 2.0, 5.0
REMEMBERED_S = 240.0
LONGEST_SILENCE = 64
MAX_CELLS = 20_000


@dataclass(slots=True)
class Step:
    """One step of the walk: where, from when to when (Unix seconds), and the channels listened to, in MHz."""

    fix: Fix
    began_s: float
    ended_s: float
    channels: set[int | None] = field(default_factory=set)


class Trail:
    """The probe's own last minutes, in memory only."""

    def __init__(self) -> None:
        self._steps: deque[Step] = deque()

    def add(self, dwell: Dwell, fix: Fix) -> None:
        """Note that a channel was listened to at a place."""
        last = self._steps[-1] if self._steps else None
        if last is None or dwell.ended_at_s < last.began_s or self._starts_new_step(last, dwell, fix):
            last = Step(fix, dwell.ended_at_s - dwell.seconds, dwell.ended_at_s)
            self._steps.append(last)
        last.ended_s = max(last.ended_s, dwell.ended_at_s)
        last.channels.add(dwell.channel_mhz)
        while self._steps[0].ended_s < dwell.ended_at_s - REMEMBERED_S:
            self._steps.popleft()

    @staticmethod
    def _starts_new_step(last: Step, dwell: Dwell, fix: Fix) -> bool:
        if dwell.ended_at_s - last.began_s >= STEP_S:
            return True
        return distance_m(last.fix.lat, last.fix.lon, fix.lat, fix.lon) >= STEP_M

    def listened(self, channel_mhz: int | None, from_s: float, until_s: float) -> Iterator[Step]:
        """The steps wholly within a stretch of time in which a channel was listened to."""
        for step in self._steps:
            if step.began_s >= from_s and step.ended_s <= until_s and channel_mhz in step.channels:
                yield step


def silences(runs: Sequence[Sequence[Step]]) -> tuple[Silence, ...]:
    """Each run of steps as the stretch between its ends."""
    stretches = [Silence(start=run[0].fix.place, end=run[-1].fix.place) for run in runs if run]
    return tuple(stretches[:LONGEST_SILENCE])


@dataclass(slots=True)
class _Channel:
    seconds: float = 0.0
    frames: int = 0


@dataclass(slots=True)
class _Cell:
    channels: dict[int, _Channel] = field(default_factory=dict)
    seconds: float = 0.0
    last_s: float = 0.0
    drops: int = 0


class Coverage:
    """What was listened to, by day and cell. Bounded: a walk that sees more cells than that forgets the oldest."""

    def __init__(self) -> None:
        self._cells: dict[tuple[date, str], _Cell] = {}

    def add(self, dwell: Dwell, fix: Fix, day: date | None) -> None:
        """Note a stretch of listening at a place. Where the day is not known, it counts as `date.min`."""
        key = (day or date.min, cell(fix.lat, fix.lon))
        counted = self._cells.get(key)
        if counted is None:
            if len(self._cells) >= MAX_CELLS:
                self._cells.pop(next(iter(self._cells)))
            counted = self._cells[key] = _Cell()
        step_s = dwell.ended_at_s - counted.last_s
        if 0.0 < step_s < 10.0:
            counted.seconds += step_s
        counted.last_s = dwell.ended_at_s
        counted.drops += dwell.drops
        if dwell.channel_mhz is not None and (dwell.channel_mhz in counted.channels or len(counted.channels) < 256):
            channel = counted.channels.setdefault(dwell.channel_mhz, _Channel())
            channel.seconds += dwell.seconds
            channel.frames += dwell.frames

    def by_day(self) -> Iterator[tuple[date, list[Listened]]]:
        """The cells of each day, in order."""
        days: dict[date, list[Listened]] = {}
        for (day, name), listened in sorted(self._cells.items()):
            channels = tuple(
                ChannelListened(mhz=mhz, seconds=int(round(channel.seconds, -1)), frames=two_digits(channel.frames))
                for mhz, channel in sorted(listened.channels.items())
            )
            days.setdefault(day, []).append(
                Listened(
                    cell=name,
                    channels_mhz=tuple(channel.mhz for channel in channels),
                    seconds=int(round(listened.seconds, -1)),
                    channels=channels,
                    drops=two_digits(listened.drops) or None,
                )
            )
        yield from days.items()


def two_digits(count: int) -> int:
    """A count rounded to two digits, so that nobody can match it to a recording: 12345 becomes 12000."""
    return int(float(f"{count:.1e}"))
