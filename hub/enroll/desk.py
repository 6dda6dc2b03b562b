"""Where whoever asks to be paired is answered: in a thread of its own, so that sightings never wait for it.

Anybody who reaches the broker may ask. So little waits here: what comes while too much does is dropped, and a probe
asks again after a second. Requests with a token and mere hellos wait apart and are answered by turns: a flood of
hellos does not crowd out a request, nor the other way round.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable

from hub.enroll.pairing import Answered, Pairing
from hub.errors import StoreError
from probe.contract.pairing import MAX_HELLO_BYTES

MOST_WAITING = 100  # of each kind
MAX_ASK_BYTES = 2048  # more, no request has
STOP_S = 10.0

_log = logging.getLogger(__name__)


class PairingDesk:
    """Answers from `start` to `stop`. `send` is given a rendezvous, and what to say there."""

    def __init__(self, pairing: Pairing, send: Callable[[str, Answered], None]) -> None:
        self._pairing, self._send = pairing, send
        self._requests: deque[tuple[str, bytes]] = deque()
        self._hellos: deque[tuple[str, bytes]] = deque()
        self._turn = self._requests
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="pairing", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer nobody any more."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    @property
    def busy(self) -> bool:
        """Whether somebody waits."""
        return bool(self._requests or self._hellos)

    def take(self, rendezvous: str, payload: bytes) -> bool:
        """Let somebody wait who asks, at a rendezvous; whether there was room. Returns at once."""
        if len(payload) > MAX_ASK_BYTES:
            return False
        with self._changed:
            line = self._hellos if len(payload) <= MAX_HELLO_BYTES else self._requests
            if len(line) >= MOST_WAITING:
                return False
            line.append((rendezvous, payload))
            self._changed.notify()
            return True

    def _run(self) -> None:
        while (waiting := self._next()) is not None:
            rendezvous, payload = waiting
            try:
                answered = self._pairing.answered(payload)
                if answered is not None:
                    self._send(rendezvous, answered)
            except StoreError as problem:
                _log.error("nobody can be paired: %s", problem)
            except Exception:  # noqa: BLE001 (whatever it is: one who asks must not end it for all others)
                _log.exception("somebody who asked to be paired could not be answered")

    def _next(self) -> tuple[str, bytes] | None:
        """Who is next, once there is somebody; None when all is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._requests or self._hellos)
            if self._stopped:
                return None
            line = self._turn or (self._requests or self._hellos)
            self._turn = self._hellos if line is self._requests else self._requests
            return line.popleft()
