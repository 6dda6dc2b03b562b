"""Delivery that goes on: what waits in an outbox is handed over again and again, through all that can go wrong.

A hub may be away, a disk full, a card unreadable at first, an address or an answer on a stick no good: each is told
once, and tried again. The sightings stay in the outbox; there is always a next time.
"""

import threading
from collections.abc import Callable

from probe.errors import OutboxError, ProbeError
from probe.outbox.outbox import Outbox, Standing
from probe.seal.identity import Identity
from probe.uplink.uplink import Uplink

EVERY_S = 2.0


class RepeatedDelivery:
    """Hands over what waits, until it is stopped; then one last time.

    `find` gives the way to the hub, again after each trouble. `trouble` is the sentence about what is in the way, None
    when nothing is; `standing` is how the outbox stood last. Both may be looked at from another thread. `tell` hears a
    trouble when it is a new one, and that it is over. While it is `held`, nothing is handed over.
    """

    def __init__(
        self,
        open_outbox: Callable[[], Outbox],
        find: Callable[[Identity], Uplink],
        tell: Callable[[str], None],
        *,
        progress: Callable[[Standing], None] = lambda _standing: None,
        every_s: float = EVERY_S,
        held: Callable[[], bool] = lambda: False,
    ) -> None:
        self.trouble: str | None = None
        self.standing: Standing | None = None
        self._open, self._find, self._tell, self._progress = open_outbox, find, tell, progress
        self._every_s, self._held = every_s, held
        self._uplink: Uplink | None = None
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let the last round begin. Safe from any thread."""
        self._stopped.set()

    def run(self) -> None:
        """Go on in the caller's thread until another one stops it. It can be called again after a fault.

        One outbox serves for all that time: a read-only card's is a copy in memory, which alone knows its receipts.
        """
        self._uplink = None
        box = self._opened()
        if box is None:
            return
        with box:
            while not self._stopped.is_set():
                self._round(box)
                self._stopped.wait(self._every_s)
            self._round(box)

    def _opened(self) -> Outbox | None:
        """The outbox, as soon as it can be opened: a card that fails once does not end delivery."""
        while True:
            try:
                return self._open()
            except OutboxError as problem:
                self._report(str(problem))
            if self._stopped.wait(self._every_s):
                return None

    def _round(self, box: Outbox) -> None:
        try:
            self.standing = box.standing()
            if self.standing.queued and not self._held():
                self._uplink = self._uplink or self._find(box.paired())
                self.standing = self._uplink.deliver(box, self._progressed).standing
        except ProbeError as problem:
            self._uplink = None  # it may be elsewhere by the next time
            self._report(str(problem))
        else:
            if self.trouble is not None:
                self._tell("Delivery goes on again.")
            self.trouble = None

    def _progressed(self, standing: Standing) -> None:
        self.standing = standing
        self._progress(standing)

    def _report(self, trouble: str) -> None:
        if trouble != self.trouble:
            self._tell(trouble)
        self.trouble = trouble
