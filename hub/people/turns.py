"""One password is looked at at a time, in a thread of its own, and few wait: each takes memory and a core."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

MAX_WAITING = 16
_Answer = TypeVar("_Answer")


class Busy(Exception):
    """Too many wait already, or one of the same address does."""


class Turns:
    """The queue; one of each address may stand in it. For one event loop."""

    def __init__(self, most: int = MAX_WAITING) -> None:
        self._most = most
        self._waiting: set[str] = set()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="passwords")

    async def take(self, address: str, what: Callable[[], _Answer]) -> _Answer:
        """What `what` answers, once it is its turn. Raises Busy at once where it cannot wait."""
        if address in self._waiting or len(self._waiting) >= self._most:
            raise Busy
        self._waiting.add(address)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, what)
        finally:
            self._waiting.discard(address)
