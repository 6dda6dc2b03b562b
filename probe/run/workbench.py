"""The start on a workbench: whoever has put a kit together looks at it, where a walk would keep its network off.

Only the first press of a start asks for it, a long one, and only while nothing has said where the kit is. So a pause
on a walk, near home above all, never switches the network on.
"""

import time
from collections.abc import Callable

FIRST_S = 30.0  # after the kit has begun to listen, which is when it gives its first sign


class FirstPress:
    """Whether a press of the kit's button asks for the workbench."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until_s: float | None = None
        self._is_past = False

    def listens(self) -> None:
        """The kit has begun to listen. To be called once."""
        self._until_s = self._now() + FIRST_S

    def asks(self, *, is_long: bool, placed: bool) -> bool:
        """Whether this press does. `placed`: since its start the kit has known where it is."""
        is_first, self._is_past = not self._is_past, True
        is_late = self._until_s is not None and self._now() > self._until_s
        return is_first and is_long and not placed and not is_late
