"""How often a transmitter asks for networks: the times between its probe requests, as far as they can be known.

A laptop asks in bursts, some cameras in even steps. This file only measures; the rules say what it means. Some numbers
of each recognised transmitter are kept in memory, as long as its pass lasts.
"""

from collections import deque
from dataclasses import dataclass, field

from probe.contract.evidence import MAX_INTERVALS

# A request that is heard twice, by two radios or sent twice in a row, counts once. After a pause nobody knows how many
# requests were missed.
SAME_REQUEST_S, PAUSE_S = 0.015, 2.0


@dataclass(slots=True)
class Rhythm:
    """Measures a transmitter. `intervals_ms` are the latest times between two requests, the oldest first."""

    _last_s: float | None = None
    _intervals: deque[int] = field(default_factory=lambda: deque(maxlen=MAX_INTERVALS))

    def request_heard(self, at_s: float) -> None:
        """Note a request at a Unix time that its source knows to some milliseconds."""
        if self._last_s is not None and 0.0 <= at_s - self._last_s < SAME_REQUEST_S:
            return
        if self._last_s is not None and 0.0 < at_s - self._last_s <= PAUSE_S:
            self._intervals.append(round(1000 * (at_s - self._last_s)))
        self._last_s = at_s

    def interrupt(self) -> None:
        """Note that something was heard at no exact time (boards count repeats alone): the next interval is unknown."""
        self._last_s = None

    @property
    def intervals_ms(self) -> tuple[int, ...]:
        return tuple(self._intervals)
