"""The changes of the map as server-sent events, for as long as a page listens and the hub runs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from hub.web.source import MapSource

KEEPALIVE_S = 15.0
MAX_UNSENT = 100
MAX_UNSENT_BYTES = 1 << 20  # more is loaded sooner than it is followed; and each slow reader holds so much


class Streams:
    """The streams that are open. A page keeps its own open for ever, so the server ends them when it stops."""

    def __init__(self, source: MapSource) -> None:
        self._source = source
        self._ends: set[Callable[[], None]] = set()
        self._ended = False
        self._last = b"", b""

    def end(self) -> None:
        """End all streams, and those that are asked for from now on. May be called from any thread."""
        self._ended = True
        for end in list(self._ends):
            end()

    def _framed(self, message: bytes) -> bytes:
        """A change as an event: the same octets for all streams, and not a copy for each."""
        if message is not self._last[0]:
            self._last = message, b"event: cameras\ndata: " + message + b"\n\n"
        return self._last[1]

    async def changes(self) -> AsyncIterator[bytes]:
        """Each change as a server-sent event. A reader that is too slow is asked to load all again."""
        loop = asyncio.get_running_loop()
        unsent = _Unsent()
        put = unsent.put

        def enqueue(message: bytes | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(put, message)

        def end() -> None:
            enqueue(None)

        unsubscribe = self._source.subscribe(enqueue)
        self._ends.add(end)
        try:
            yield b"event: hello\ndata: {}\n\n"
            while not self._ended:
                try:
                    message = await asyncio.wait_for(unsent.get(), KEEPALIVE_S)
                except TimeoutError:
                    yield b"event: still\ndata: {}\n\n"  # an event, so that a page notices where none comes
                    continue
                if message is not None:
                    yield self._framed(message)
        finally:
            self._ends.discard(end)
            unsubscribe()


class _Unsent:
    """What one reader has still to get, bounded in number and octets: where it is more, a word to load all again."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(MAX_UNSENT)
        self._octets = 0

    def put(self, message: bytes | None) -> None:
        if self._queue.full() or self._octets + len(message or b"") > MAX_UNSENT_BYTES:
            while not self._queue.empty():
                self._queue.get_nowait()
            self._octets = 0
            message = message and b'{"reload":true}'
        self._octets += len(message or b"")
        self._queue.put_nowait(message)

    async def get(self) -> bytes | None:
        message = await self._queue.get()
        self._octets -= len(message or b"")
        return message
