"""The clock of a walk: it goes on, and nobody sets it.

A Raspberry Pi has no clock that lasts. It wakes in a year gone by, and on the way the network or a receiver sets it
right, by years. What was heard before must not end up in another year for that: a walk stamps with this clock, and what
that is in true time is worked out when it is asked for, from how far this clock turned out to be behind.
"""

import time
from collections.abc import Callable


def _since_boot_s() -> float:
    """Seconds that nobody sets; they go on while a laptop sleeps, where the system counts those."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class SteadyClock:
    """Unix time as the machine believed it at the start, and from there on by seconds since boot. It never jumps."""

    def __init__(self, wall: Callable[[], float] = time.time, since_boot: Callable[[], float] = _since_boot_s) -> None:
        self._wall, self._since_boot = wall, since_boot
        self._booted_s = wall() - since_boot()

    def __call__(self) -> float:
        return self._booted_s + self._since_boot()

    def behind_s(self) -> float:
        """How much the machine's clock is ahead of this one by now: by so much it was set meanwhile."""
        return self._wall() - self()
