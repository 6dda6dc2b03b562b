"""What the hub's own mosquitto says, in the hub's log: no more than one can read, nothing that steers a terminal.

Its errors and warnings alone: the rest is of connections, which would show who came from where.
"""

import logging
from collections.abc import Callable, Iterable
from time import monotonic

_log = logging.getLogger(__name__)

MOST, EACH_S = 10, 60.0  # so many lines in so many seconds
LONGEST = 300
_MATTERS = ("Error", "Warning", "Unable")


class MosquittoLog:
    """`last` is the last error; lines are logged while it is `aloud`."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.last: str | None = None
        self.aloud = False
        self._clock = clock
        self._began_s, self._count, self._left_out = 0.0, 0, 0

    def hear(self, lines: Iterable[str], also: Callable[[str], None] = lambda _: None) -> None:
        """Log what is said, until it ends; `also` hears all of it, word by word."""
        for line in lines:
            also(line.rstrip("\n"))
            said = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line.strip())
            self._take(said[:LONGEST])

    def _take(self, said: str) -> None:
        if not said.startswith(_MATTERS):
            return
        if said.startswith("Error"):
            self.last = said.removeprefix("Error: ")
        if not self.aloud or not self._has_room():
            return
        _log.log(logging.ERROR if said.startswith("Error") else logging.WARNING, "mosquitto: %s", said)

    def _has_room(self) -> bool:
        now_s = self._clock()
        if now_s - self._began_s >= EACH_S:
            if self._left_out:
                _log.warning("mosquitto: %d more lines were left out", self._left_out)
            self._began_s, self._count, self._left_out = now_s, 0, 0
        if self._count >= MOST:
            self._left_out += 1
            return False
        self._count += 1
        return True
