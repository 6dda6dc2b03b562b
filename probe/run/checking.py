"""The self-test beside a walk: its lines come one after the other, in a thread of their own."""

import threading
import traceback
from collections.abc import Callable, Iterator

from probe.session.refused import Refused
from probe.session.view import Check

MOST_LINES = 64


class Checking:
    """Runs `checks` when it is asked to, one at a time."""

    def __init__(self, checks: Callable[[], Iterator[Check]] | None = None) -> None:
        self.lines: tuple[Check, ...] = ()
        self._checks = checks
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Begin anew; returns at once. Raises BadInput where it runs already, or there is none."""
        if self._checks is None:
            raise Refused("this probe cannot test itself", "refused-no-test")
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                raise Refused("the self-test is under way: wait for its last line", "refused-testing")
            self.lines = ()
            self._thread = threading.Thread(target=self._run, args=(self._checks,), name="selftest", daemon=True)
            self._thread.start()

    def _run(self, checks: Callable[[], Iterator[Check]]) -> None:
        try:
            for line in checks():
                self.lines = (*self.lines, line)[-MOST_LINES:]
        except Exception as problem:  # noqa: BLE001 (the border of a thread: the walk goes on)
            traceback.print_tb(problem.__traceback__)
