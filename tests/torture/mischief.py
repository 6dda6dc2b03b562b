"""A network and a broker that misbehave: between MQTT clients and a broker it cuts, slows, doubles and reorders.

Only MQTT's packet frames are read, never what is in them.
"""

import asyncio
import contextlib
import threading
from dataclasses import dataclass, field
from random import Random

_PUBLISH = 3
_DUP, _QOS = 0x08, 0x06
_HELD_S = 0.4


@dataclass(frozen=True)
class Plan:
    """What goes wrong. Shares are of PUBLISH packets, in either direction."""

    bytes_per_s: int | None = None
    delay_s: float = 0.0
    double: float = 0.0
    swap: float = 0.0
    silent: bool = False


@dataclass
class Counts:
    connections: int = 0
    cuts: int = 0
    doubled: int = 0
    swapped: int = 0


@dataclass
class Mischief:
    """A proxy on a port of its own in front of a broker's, from `start` to `stop`. `plan` may change at any time."""

    target_port: int
    seed: int
    plan: Plan = field(default_factory=Plan)
    counts: Counts = field(default_factory=Counts)
    port: int = 0

    def start(self) -> None:
        self._random = Random(self.seed)
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mischief", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def stop(self) -> None:
        self.cut()
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def cut(self) -> None:
        """Break every connection now, wherever in a packet it is."""
        self.counts.cuts += 1
        self._loop.call_soon_threadsafe(self._abort)

    def _abort(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counts.connections += 1
        try:
            other_reader, other_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, other_writer}
        self._writers |= pair
        ways = [
            asyncio.ensure_future(self._pump(reader, other_writer)),
            asyncio.ensure_future(self._pump(other_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for one in pair:
                one.transport.abort()
            self._writers -= pair

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held: list[bytes] = []
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ValueError):
            while True:
                try:
                    packet = await asyncio.wait_for(_packet(reader), _HELD_S if held else None)
                except TimeoutError:
                    packet = b""
                for out in self._mangled(packet, held):
                    await self._send(out, writer)

    def _mangled(self, packet: bytes, held: list[bytes]) -> list[bytes]:
        """What goes out for a packet that came in; `held` is what waits to be overtaken."""
        plan, random = self.plan, self._random
        if plan.silent:
            return []
        if packet and packet[0] >> 4 == _PUBLISH and not held and random.random() < plan.swap:
            held.append(packet)
            self.counts.swapped += 1
            return []
        out = [packet] if packet else []
        if packet and packet[0] >> 4 == _PUBLISH and packet[0] & _QOS and random.random() < plan.double:
            out.append(bytes((packet[0] | _DUP,)) + packet[1:])
            self.counts.doubled += 1
        out += held
        held.clear()
        return out

    async def _send(self, packet: bytes, writer: asyncio.StreamWriter) -> None:
        plan = self.plan
        if plan.delay_s:
            await asyncio.sleep(self._random.uniform(0, plan.delay_s))
        step = 4096 if plan.bytes_per_s else len(packet) or 1
        for start in range(0, len(packet), step):
            writer.write(packet[start : start + step])
            await writer.drain()
            if plan.bytes_per_s:
                await asyncio.sleep(step / plan.bytes_per_s)


async def _packet(reader: asyncio.StreamReader) -> bytes:
    """One MQTT packet. Raises ValueError for what is none."""
    head = await reader.readexactly(2)
    length, shift = head[1] & 0x7F, 7
    while head[-1] & 0x80:
        if len(head) > 4:
            raise ValueError("not MQTT")
        head += await reader.readexactly(1)
        length |= (head[-1] & 0x7F) << shift
        shift += 7
    return head + await reader.readexactly(length)
