"""TLS for the page's connections, begun by us: so that whoever has not shaken hands is counted among those inside, and
has as long for it as for a header."""

import asyncio
import contextlib
import ssl
import traceback
from asyncio.sslproto import SSLProtocol
from collections.abc import Callable
from typing import Any

from hub.web.way import network

BUFFER = 16 << 10  # one record of TLS
WAITING = 16 << 10  # octets that wait for a reader who takes nothing; asyncio keeps 512 KiB ready for each by TLS


def keep_buffers_small() -> None:
    """Have each connection by TLS hold one record's room, in this process: asyncio gives it 256 KiB, which for the 256
    connections of the page would be 64 MB."""
    SSLProtocol.max_size = BUFFER


class Early(asyncio.Protocol):
    """Keeps what comes before the connection is handed on: a client may send its request with the handshake's end."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.ended = False

    def data_received(self, data: bytes) -> None:
        self.data += data

    def eof_received(self) -> None:
        self.ended = True

    def connection_lost(self, _exc: Exception | None) -> None:
        self.ended = True


class Handshake(asyncio.Protocol):
    """One connection until its TLS is there; then `inner` makes the protocol that goes on. `entered` and `left` are
    called as it begins and ends to wait."""

    answering = False  # it is the first to be displaced

    def __init__(
        self,
        context: ssl.SSLContext,
        inner: Callable[[], asyncio.Protocol],
        seconds: float,
        entered: Callable[["Handshake"], None],
        left: Callable[["Handshake"], None],
    ) -> None:
        self._context, self._inner, self._seconds = context, inner, seconds
        self._entered, self._left = entered, left
        self.transport: asyncio.Transport
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self.address = network(peer[0]) if peer else ""
        transport.pause_reading()  # until TLS reads
        self._entered(self)
        if transport.is_closing():  # it was displaced at once
            return
        self._task = asyncio.get_running_loop().create_task(self._shake())

    def abort(self) -> None:
        """End it. The handshake is cancelled first: where it has not begun yet it would begin on a connection that is
        gone, and hold all that TLS takes until its time is over."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        self.transport.abort()

    async def _shake(self) -> None:
        early = Early()
        try:
            loop = asyncio.get_running_loop()
            made: Any = await loop.start_tls(
                self.transport, early, self._context, server_side=True, ssl_handshake_timeout=self._seconds
            )
        except (OSError, asyncio.CancelledError) as error:  # an SSLError is one; so is a time that is over
            # The error and the frames that it went through hold one another, and with them all that TLS had taken:
            # hundreds of them, until Python next looks for such circles.
            traceback.clear_frames(error.__traceback__)
            self.transport.abort()
            return
        finally:
            self._left(self)
        if early.ended or made is None:
            if made is not None:
                made.abort()
            return
        made.set_write_buffer_limits(high=WAITING)
        inner = self._inner()
        inner.connection_made(made)
        made.set_protocol(inner)
        if early.data:
            with contextlib.suppress(RuntimeError):  # it was displaced at once
                inner.data_received(bytes(early.data))
