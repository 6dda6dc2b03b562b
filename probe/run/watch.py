"""Looks after the others: tells which part hangs, and tells systemd that the service still moves, where it does."""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from probe.device.notify import Notifier
from probe.run.parts import SupervisedPart

LOOK_S, STATUS_EVERY_S = 1.0, 10.0
# A card that fails may hold a write up for this long; less would lose what is in memory to a restart.
WRITING_PATIENCE_S = 120.0


class Watch:
    """The work of the part that watches. `vital` are the parts without which a walk is none: while one of them hangs,
    systemd is not told that the service lives, and starts it anew. `late` says whether the writing hangs."""

    def __init__(
        self,
        notifier: Notifier,
        parts: Mapping[str, SupervisedPart],
        vital: frozenset[str],
        late: Callable[[], bool],
        status: Callable[[], str],
    ) -> None:
        self._notifier, self._parts, self._vital = notifier, parts, vital
        self._late, self._status = late, status
        self._alive_s = self._status_s = float("-inf")
        self._said = ""

    def run(self, part: SupervisedPart) -> None:
        """Look, until it is stopped."""
        while True:
            self.look(part.now_s())
            part.well()
            if part.rest(LOOK_S):
                return

    def look(self, now_s: float) -> bool:
        """Look once, at a time of a steady clock; whether all that is vital moves."""
        hanging = {name for name, other in self._parts.items() if other.look()}
        moves = not self._vital & hanging and not self._late()
        # Twice as often as is asked for, and as often as it looks where nobody asks: systemd passes over what it did
        # not ask for.
        every_s = LOOK_S if self._notifier.watchdog_s is None else self._notifier.watchdog_s / 2
        if moves and now_s - self._alive_s >= min(every_s, STATUS_EVERY_S) - LOOK_S / 2:
            self._alive_s = now_s
            self._notifier.alive()
        if now_s - self._status_s >= STATUS_EVERY_S:
            self._status_s = now_s
            said = self._status()
            if said != self._said:
                self._said = said
                self._notifier.status(said)
        return moves


def since_start_s() -> float | None:
    """How long ago this process was started, in seconds; None where the kernel does not say."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        began_s = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - began_s)
    return None


def since_boot_s() -> float | None:
    """How long ago the machine was started, in seconds; None where the kernel does not say."""
    with suppress(OSError, AttributeError):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return None
