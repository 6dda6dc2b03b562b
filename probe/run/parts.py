"""One part of the service in a thread of its own: it is started again when it fails, and nothing else notices.

A part that has a fault of this program is told once, rests, and begins anew; one that does not move any more is told as
well, as no thread can be ended from outside.
"""

import threading
import time
import traceback
from collections.abc import Callable

from probe.errors import ProbeError, missing_extra

RETRY_S = (1.0, 2.0, 5.0, 15.0, 30.0)
CALM_S = 60.0  # after so long without a fault, the next one counts as the first
_LOOK_S = 1.0

Work = Callable[["SupervisedPart"], None]


def waited(event: threading.Event, seconds: float | None = None) -> bool:
    """Wait for an event, so long at most; whether it has come. For a program's main thread: a signal that another
    thread took in does not wake it, and what answers the signal runs in the main thread alone, once that wakes."""
    until_s = None if seconds is None else time.monotonic() + seconds
    while not event.wait(_LOOK_S if until_s is None else min(_LOOK_S, max(0.0, until_s - time.monotonic()))):
        if until_s is not None and time.monotonic() >= until_s:
            return event.is_set()
    return True


class SupervisedPart:
    """Runs `work` until it is stopped, again after each failure. `work` gets this part: it calls `beat` as it moves,
    `rest` to wait, and ends when `stopping`; where it returns earlier, it has done all it had to.

    `trouble` is the sentence about what is wrong, None where nothing is; `fault` the kind of the last fault of this
    program that is not over. With `patience_s`, a part that has not moved for so long `hangs`.
    """

    def __init__(
        self,
        name: str,
        work: Work,
        tell: Callable[[str], None],
        *,
        patience_s: float | None = None,
        retry_s: tuple[float, ...] = RETRY_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.trouble: str | None = None
        self.fault: str | None = None
        self.faults = 0
        self._work, self._tell, self._now = work, tell, now
        self._patience_s, self._retry_s = patience_s, retry_s
        self._stop = threading.Event()
        self._moved_s = self._failed_s = now()
        self._began = self._ended = False
        self._told_hanging = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._began, self._moved_s = True, self._now()
        self._thread.start()

    def stop(self) -> None:
        """Ask for the end; returns at once."""
        self._stop.set()

    def join(self, seconds: float) -> bool:
        """Wait for the end, so long at most; whether it has come."""
        if self._began:
            self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    @property
    def stopping(self) -> bool:
        """Whether the end was asked for."""
        return self._stop.is_set()

    @property
    def began(self) -> bool:
        """Whether it was started."""
        return self._began

    def now_s(self) -> float:
        """Its steady clock, in seconds."""
        return self._now()

    def beat(self) -> None:
        """It moves."""
        self._moved_s = self._now()

    def well(self) -> None:
        """It moves, and what was wrong is over."""
        self.beat()
        self._told_hanging = False
        if self.trouble is not None:
            self.trouble = self.fault = None
            self._tell(f"{self.name}: goes on again")

    def calm(self) -> None:
        """It moves; what was wrong is over where it was long ago."""
        self.beat()
        if self.trouble is not None and self._moved_s - self._failed_s > CALM_S:
            self.well()

    def rest(self, seconds: float) -> bool:
        """Wait so long, or until the end is asked for; whether it is."""
        self.beat()
        over = self._stop.wait(seconds)
        self.beat()
        return over

    @property
    def hangs(self) -> bool:
        """Whether it has not moved for longer than it may."""
        if self._patience_s is None or not self._began or self._ended:
            return False
        return self._now() - self._moved_s > self._patience_s

    def look(self) -> bool:
        """Look whether it hangs, and tell that once; returns whether it does."""
        hangs = self.hangs
        if hangs and not self._told_hanging:
            self._told_hanging = True
            self._tell(f"{self.name}: has not moved for {self._now() - self._moved_s:.0f} s; all else goes on")
        return hangs

    def note_fault(self, problem: BaseException) -> None:
        """Note a failure, and tell it where it is another one than before."""
        self.faults += 1
        self._failed_s = self._now()
        missing = missing_extra(problem) if isinstance(problem, ModuleNotFoundError) else None
        if isinstance(problem, ProbeError) or missing is not None:
            self.fault, trouble = None, str(missing or problem)
        else:
            self.fault = type(problem).__name__
            trouble = f"{self.name}: a fault of this program ({self.fault}); it is started again"
        if trouble != self.trouble:
            self.trouble = trouble
            if self.fault is not None:
                # Where, and of what kind: what an error says may hold what was heard or seen.
                traceback.print_tb(problem.__traceback__)
            self._tell(trouble)

    def _run(self) -> None:
        tries = 0
        try:
            while not self._stop.is_set():
                began_s = self._now()
                try:
                    self._work(self)
                    return
                except Exception as problem:  # noqa: BLE001 (the border of a thread: one that ended would be missed by nobody)
                    tries = 0 if self._now() - began_s > CALM_S else tries
                    self.note_fault(problem)
                self.rest(self._retry_s[min(tries, len(self._retry_s) - 1)])
                tries += 1
        finally:
            self._ended = True
