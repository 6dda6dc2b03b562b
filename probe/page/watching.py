"""Phones that wait for something new, however many: one thread waits for the walk on behalf of all.

The view is made and written out once for all who wait. Soon after the last has gone there is no thread, and no view.
"""

import asyncio
import logging
import threading
from time import monotonic

import msgspec

from probe.session.walker import Walker

HOLD_S = 4.0  # the phone says "out of reach" soon after: it has to hear something that often
FIRST_S = 6.0
LOOK_S = 1.0
LINGER_S = 10.0

_Found = tuple[int, bytes]  # a view's serial, and the view as JSON

_log = logging.getLogger(__name__)


class Watching:
    """The newest view of a walk as JSON, for those who wait in one event loop."""

    def __init__(self, walker: Walker, hold_s: float = HOLD_S, linger_s: float = LINGER_S) -> None:
        self._walker, self._hold_s, self._linger_s = walker, hold_s, linger_s
        self._waiting: dict[asyncio.Future[_Found | None], asyncio.AbstractEventLoop] = {}
        self._latest: _Found | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self._asked_s = 0.0

    async def after(self, serial: int) -> bytes | None:
        """The view, where it is another than that with the serial, or as soon as it is; None where that lasts longer
        than HOLD_S. A negative serial is none: it has the view as soon as it is made."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + (self._hold_s if serial >= 0 else FIRST_S)
        while (left_s := give_up - loop.time()) > 0 and not self._ended.is_set():
            coming: asyncio.Future[_Found | None] = loop.create_future()
            with self._lock:
                self._asked_s = monotonic()
                if self._latest is not None and self._latest[0] != serial:
                    return self._latest[1]
                self._waiting[coming] = loop
                if self._thread is None:
                    self._thread = threading.Thread(target=self._watch, name="page-watching", daemon=True)
                    self._thread.start()
            try:
                found = await asyncio.wait_for(coming, left_s)
            except TimeoutError:
                return None
            finally:
                with self._lock:
                    self._waiting.pop(coming, None)
            if found is not None and found[0] != serial:
                return found[1]
        return None

    @property
    def idle(self) -> bool:
        """Whether there is no thread, and no view is held."""
        with self._lock:
            return self._thread is None and self._latest is None

    def end(self) -> None:
        """Let all go who wait, and with them the thread."""
        self._ended.set()
        with self._lock:
            self._wake(None)

    def _watch(self) -> None:
        """The thread: goes on until nobody has asked for a while."""
        known: int | None = None
        while True:
            found: _Found | None = None
            try:
                if known is None or self._walker.wait(known, LOOK_S):
                    view = self._walker.view()
                    known = view.serial
                    found = (known, msgspec.json.encode(view))
            except Exception:  # noqa: BLE001 (a thread's border: those who wait ask again, and the page shows what it had)
                _log.exception("the walk's view could not be made")
                self._ended.wait(LOOK_S)
            with self._lock:
                if found is not None:
                    self._latest = found
                    self._wake(found)
                gone = not self._waiting and monotonic() - self._asked_s > self._linger_s
                if gone or self._ended.is_set():
                    self._thread = self._latest = None
                    return

    def _wake(self, found: "_Found | None") -> None:
        for coming, loop in self._waiting.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_come, coming, found)
        self._waiting.clear()


def _come(coming: "asyncio.Future[_Found | None]", found: "_Found | None") -> None:
    if not coming.done():
        coming.set_result(found)
