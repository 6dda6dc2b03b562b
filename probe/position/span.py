"""Stretches of time, and what may be wrong with two that should be one: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

_HALF_HOUR_S, _DAY_S = 1800, 86_400
_FARTHEST_ZONE = 28  # half hours
_ROUND_DAYS = 7168  # 1024 weeks, which old receivers are behind


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last of some Unix times."""

    start_s: float
    end_s: float

    @classmethod
    def of(cls, times_s: Iterable[float]) -> "Span | None":
        """The stretch that some times cover, None where there are none."""
        times = list(times_s)
        return cls(min(times), max(times)) if times else None

    def __str__(self) -> str:
        start, end = _clock(self.start_s), _clock(self.end_s)
        same_day = start[:10] == end[:10]
        return f"{start} to {end[11:] if same_day else end} UTC"

    def overlap_s(self, other: "Span", shift_s: float = 0.0) -> float:
        """How much of the two is common when this one is moved."""
        return min(self.end_s + shift_s, other.end_s) - max(self.start_s + shift_s, other.start_s)


def apart(one: Span, other: Span) -> str:
    """How far apart two stretches seem to be that should be one, as the end of a sentence; a guess says so."""
    common_s = min(one.end_s - one.start_s, other.end_s - other.start_s) / 2
    zones = [step for step in range(-_FARTHEST_ZONE, _FARTHEST_ZONE + 1) if step]
    best = max(zones, key=lambda step: (one.overlap_s(other, step * _HALF_HOUR_S), -abs(step)))
    if one.overlap_s(other, best * _HALF_HOUR_S) >= common_s:
        hours = abs(best) / 2
        return "an hour apart?" if hours == 1 else f"{hours:g} hours apart?"
    away_s = abs(one.start_s - other.start_s)
    days = round(away_s / _DAY_S)
    if days == _ROUND_DAYS:
        return "1024 weeks apart: is the receiver an old one?"
    if days >= 1:
        return "a day apart." if days == 1 else f"{days:,} days apart."
    return f"{away_s / 60:.0f} minutes apart."


def _clock(at_s: float) -> str:
    try:
        return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return f"{at_s:.0f} s"
