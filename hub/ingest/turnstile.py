"""Lets whoever asks to be paired in by handfuls, so that they never queue up at the broker.

A broker that holds nobody back (mosquitto acknowledges whatever comes) queues a flood for the hub: seconds of it, with
what an honest probe asks at its end, or dropped where the queue is full, and sightings behind it. So after a handful
within a second the hub hears nobody who asks, at the broker itself, until what had queued up is through and nothing has
come for a moment. Then it hears again: nobody waits longer than that, and whoever was not heard asks again.
"""

import threading
from collections.abc import Callable
from time import monotonic

HANDFUL = 50
WITHIN_S = 1.0
QUIET_S = 0.1


class Turnstile:
    """Open at first. `hear` is called with whether the hub is to hear whoever asks; by whatever thread, one at a time.

    `turn` decides by `clock`, which only goes forward; a thread of its own, from `start` to `stop`, opens again.
    """

    def __init__(self, hear: Callable[[bool], None], clock: Callable[[], float] = monotonic) -> None:
        self._hear, self._clock = hear, clock
        self._changed = threading.Condition()
        self._open, self._stopped = True, False
        self._since_s = self._last_s = clock()
        self._passed = 0
        self._thread = threading.Thread(target=self._run, name="turnstile", daemon=True)

    def start(self) -> None:
        """Begin to open again whenever it is quiet."""
        self._thread.start()

    def stop(self) -> None:
        """Open no more."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def alive(self) -> bool:
        """Whether it would open again."""
        return self._thread.is_alive()

    @property
    def open(self) -> bool:
        """Whether the hub hears whoever asks."""
        return self._open

    def passed(self) -> None:
        """Somebody has asked."""
        with self._changed:
            self._last_s = self._clock()
            if not self._open:
                return  # it had queued up before
            if self._last_s - self._since_s > WITHIN_S:
                self._since_s, self._passed = self._last_s, 0
            self._passed += 1
            if self._passed >= HANDFUL:
                self._open = False
                self._hear(False)
                self._changed.notify()

    def opened(self) -> None:
        """The hub has come to the broker anew, and hears everybody."""
        with self._changed:
            self._begin()

    def turn(self) -> float:
        """Open, where it is time to; otherwise, in how many seconds it may be."""
        with self._changed:
            left_s = self._last_s + QUIET_S - self._clock()
            if not self._open and left_s <= 0:
                self._begin()
                self._hear(True)
            return max(0.0, left_s)

    def _begin(self) -> None:
        self._open, self._passed, self._since_s = True, 0, self._clock()

    def _run(self) -> None:
        left_s: float | None = None  # for ever, while it is open
        while not self._over(left_s):
            left_s = None if self._open else self.turn()

    def _over(self, wait_s: float | None) -> bool:
        """Whether it is stopped, after waiting so long; None waits until it is stopped or closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or (wait_s is None and not self._open), wait_s)
            return self._stopped
