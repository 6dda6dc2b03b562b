"""How often a transmitter asks for networks: the times between its probe requests, as far as they can be known.

A laptop asks in bursts, some cameras in even steps. What that means, the rules say; here it is only measured. Of a few
recognised transmitters at a time some numbers are kept, in memory, as long as their pass lasts.
"""

from collections import deque
from dataclasses import dataclass, field

from probe.contract.evidence import MAX_INTERVALS

# Heard twice, by two radios or sent twice in a row, is asked once. After a pause nobody knows how often it was missed.
ONE_S, PAUSE_S = 0.015, 2.0


@dataclass(slots=True)
class Rhythm:
    """Tell it when a request was heard; `intervals_ms` are the latest times between two, the oldest first."""

    _last_s: float | None = None
    _intervals: deque[int] = field(default_factory=lambda: deque(maxlen=MAX_INTERVALS))

    def heard(self, at_s: float) -> None:
        """A request was heard at a Unix time that its source knows to some milliseconds."""
        if self._last_s is not None and 0.0 <= at_s - self._last_s < ONE_S:
            return
        if self._last_s is not None and 0.0 < at_s - self._last_s <= PAUSE_S:
            self._intervals.append(round(1000 * (at_s - self._last_s)))
        self._last_s = at_s

    def lost(self) -> None:
        """Something was heard, nobody knows quite when: a board counts repeats by itself."""
        self._last_s = None

    @property
    def intervals_ms(self) -> tuple[int, ...]:
        return tuple(self._intervals)
