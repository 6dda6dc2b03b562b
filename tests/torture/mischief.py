"""A network and a broker that misbehave: between MQTT clients and a broker it cuts, slows, doubles, reorders, holds
back, and repeats what went by long ago on the same topic, in either direction.

Only MQTT's packet frames and topics are read, never what is in them.
"""

import asyncio
import contextlib
import threading
from dataclasses import dataclass, field
from random import Random

_PUBLISH = 3
_DUP, _QOS = 0x08, 0x06
_HELD_S = 0.4
_KEPT_BYTES = 4 << 20  # of each topic, drawn evenly from all that went by


@dataclass(frozen=True)
class Plan:
    """What goes wrong. Shares are of PUBLISH packets, in either direction.

    `hold` keeps what hubs answer from probes; `old` gives them all that went by on the topic before instead; with both,
    what is held does not even count as gone by.
    """

    bytes_per_s: int | None = None
    delay_s: float = 0.0
    double: float = 0.0
    swap: float = 0.0
    replay: float = 0.0
    silent: bool = False
    hold: bool = False
    old: bool = False


@dataclass
class Counts:
    connections: int = 0
    cuts: int = 0
    doubled: int = 0
    swapped: int = 0
    replayed: int = 0


@dataclass
class Mischief:
    """A proxy on a port of its own in front of a broker's, from `start` to `stop`. `plan` may change at any time."""

    target_port: int
    seed: int
    plan: Plan = field(default_factory=Plan)
    counts: Counts = field(default_factory=Counts)
    port: int = 0
    went_by: dict[bytes, list[bytes]] = field(default_factory=dict)  # packets, by their topic
    given_old: set[bytes] = field(default_factory=set)  # topics on which old ones were given instead of a new one

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
        if packet and packet[0] >> 4 == _PUBLISH and (plan.hold or plan.old):
            return self._without(packet, plan)
        out = [packet] if packet else []
        if packet and packet[0] >> 4 == _PUBLISH:
            out += self._replayed(packet)
        if packet and packet[0] >> 4 == _PUBLISH and packet[0] & _QOS and random.random() < plan.double:
            out.append(bytes((packet[0] | _DUP,)) + packet[1:])
            self.counts.doubled += 1
        out += held
        held.clear()
        return out

    def _without(self, packet: bytes, plan: Plan) -> list[bytes]:
        """What goes out where hubs' answers do not; what is held back went by all the same."""
        topic, again = _without_acknowledgement(packet)
        if not topic.endswith(b"/down"):
            return [packet]
        if plan.hold:
            self.went_by.setdefault(topic, []).extend([] if plan.old else [again])
            return []
        self.given_old.add(topic)
        old = self.went_by.get(topic, [])
        self.counts.replayed += len(old)
        return old

    def _replayed(self, packet: bytes) -> list[bytes]:
        """Something that went by on the topic of a packet before, now and then; the packet is remembered."""
        topic, again = _without_acknowledgement(packet)
        before = self.went_by.setdefault(topic, [])
        found = [self._random.choice(before)] if before and self._random.random() < self.plan.replay else []
        self.counts.replayed += len(found)
        if sum(map(len, before)) + len(again) > _KEPT_BYTES:
            before.pop(self._random.randrange(len(before)))
        before.append(again)
        return found

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


def _without_acknowledgement(packet: bytes) -> tuple[bytes, bytes]:
    """The topic of a PUBLISH, and the same message as one that nobody has to acknowledge."""
    at = 1
    while packet[at] & 0x80:
        at += 1
    at += 1
    end = at + 2 + int.from_bytes(packet[at : at + 2], "big")
    content = packet[end + 2 :] if packet[0] & _QOS else packet[end:]
    body, length = packet[at:end] + content, b""
    rest = len(body)
    while True:
        rest, digit = rest >> 7, rest & 0x7F
        length += bytes((digit | (0x80 if rest else 0),))
        if not rest:
            return packet[at + 2 : end], bytes((_PUBLISH << 4,)) + length + body


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
