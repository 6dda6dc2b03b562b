"""The guard before the embedded broker: everything is denied but what the contract needs.

It listens in amqtt's place, reads one packet at a time, and hands on only what is whole, allowed and bounded. Before
its login a client can send nothing but one CONNECT, soon, and disturbs nobody: a session belongs to its account, and
the client id means nothing. There are no wills, no retained messages, no sessions that outlive their connection.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count

from hub.broker import packets
from hub.broker.outlet import Outlet
from hub.broker.packets import Kind, Malformed, Refusal
from hub.broker.plugin import Exchange
from hub.broker.rights import Action, Rights
from probe.contract import topics
from probe.contract.parcel import MAX_PARCEL_BYTES

_log = logging.getLogger(__name__)

CONNECT_BYTES = 4096
CONNECT_S = 10.0
NEWCOMERS, NEWCOMERS_PER_ADDRESS = 128, 96  # connections that have not logged in
SESSIONS = 500
FILTERS = 16  # subscriptions of a session
PAIRING_BYTES = 64 * 1024
SUBSCRIBE_BYTES = 8192
ROOM_BYTES = 16 << 20  # messages that are being read, or that the hub has not acknowledged; past that, all wait
EXCHANGE_MESSAGES = 8  # messages that amqtt has not handed on
LONGEST_KEEP_ALIVE_S = 600
SLOWEST_BYTES_PER_S = 2048  # a large message may come slowly, not for ever
ENDING_S = 5.0
_LOOK_S = 0.001
_BACKLOG = 256
_ACCEPTED_AT_ONCE = 16  # between two looks at those that came before
_ACCEPTING_TURNS = 10  # of the loop, until who was just accepted is served: before, asyncio would leave its socket open


@dataclass(eq=False, slots=True)
class _Newcomer:
    address: str
    writer: asyncio.StreamWriter


@dataclass(eq=False, slots=True)
class _Session:
    user: str
    outlet: Outlet
    inner: asyncio.StreamReader  # what amqtt reads
    client: str
    filters: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the guard holds right now; octets are of messages under way to the hub."""

    newcomers: int
    sessions: int
    octets: int


class Guard:
    """Listens at addresses and lets clients through to the exchange, by the rights."""

    def __init__(self, rights: Rights, exchange: Exchange, *, connect_s: float = CONNECT_S) -> None:
        self._rights, self._exchange, self._connect_s = rights, exchange, connect_s
        self._newcomers: list[_Newcomer] = []
        self._places: dict[str, _Session] = {}
        self._listening: list[tuple[socket.socket, asyncio.Server]] = []
        self._numbers = count(1)
        self._turn = asyncio.Lock()
        self._in_hand = 0

    @property
    def standing(self) -> Standing:
        """Counts, for whoever watches over the broker."""
        return Standing(newcomers=len(self._newcomers), sessions=len(self._places), octets=self._octets)

    async def listen(self, host: str, port: int) -> None:
        """Listen at an address. Raises OSError."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setblocking(False)
            listener.bind((host, port))
            server = await asyncio.start_server(self._serve, sock=listener, backlog=_ACCEPTED_AT_ONCE)
        except BaseException:
            listener.close()
            raise
        listener.listen(_BACKLOG)  # asyncio has one number for this, and for how many it takes in at once
        self._listening.append((listener, server))

    async def close(self) -> None:
        """Listen no longer, and cut everybody off."""
        loop = asyncio.get_running_loop()
        for listener, _ in self._listening:
            loop.remove_reader(listener)
        for _ in range(_ACCEPTING_TURNS):
            await asyncio.sleep(0)
        for _, server in self._listening:
            server.close()
        for newcomer in list(self._newcomers):
            newcomer.writer.transport.abort()
        for session in self._places.values():
            session.outlet.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            newcomer = _Newcomer((writer.get_extra_info("peername") or ("",))[0], writer)
            self._newcomers.append(newcomer)
            try:
                self._make_room()
                greeting = await self._greet(reader, writer)
            finally:
                if newcomer in self._newcomers:
                    self._newcomers.remove(newcomer)
            if greeting is not None:
                async with self._admitted(greeting, writer) as session:
                    await self._relay(session, reader, greeting.keep_alive_s or LONGEST_KEEP_ALIVE_S)
        except (Malformed, TimeoutError, asyncio.IncompleteReadError, OSError):
            pass  # this client's trouble alone
        finally:
            writer.close()
            if writer.transport.get_write_buffer_size():  # for somebody who does not read it
                asyncio.get_running_loop().call_later(ENDING_S, writer.transport.abort)

    def _make_room(self) -> None:
        """Where too many have not logged in, the oldest from the address with the most goes: an honest client logs in
        at once, so it is never the oldest for long."""
        by_address: dict[str, list[_Newcomer]] = {}
        for newcomer in self._newcomers:
            by_address.setdefault(newcomer.address, []).append(newcomer)
        most = max(by_address.values(), key=len)
        if len(most) > NEWCOMERS_PER_ADDRESS or len(self._newcomers) > NEWCOMERS:
            self._newcomers.remove(most[0])
            most[0].writer.transport.abort()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> packets.Connect | None:
        """The CONNECT of a client that may come in; whoever may not is told so."""
        async with asyncio.timeout(self._connect_s):
            kind, flags, length = await _header(reader)
            if kind != Kind.CONNECT or length > CONNECT_BYTES:
                return None
            greeting = packets.decode_connect(flags, await reader.readexactly(length))
        refusal = self._refusal(greeting)
        if refusal is None:
            return greeting
        writer.write(packets.connack(refusal))
        return None

    def _refusal(self, greeting: packets.Connect) -> Refusal | None:
        if not greeting.protocol:
            return Refusal.PROTOCOL
        if greeting.will or not self._rights.may_connect(greeting.user, greeting.password):
            return Refusal.NOT_AUTHORISED
        user = greeting.user or ""
        if user == self._rights.hub_user or user in self._places or self.standing.sessions < SESSIONS:
            return None
        return Refusal.FULL

    @contextlib.asynccontextmanager
    async def _admitted(self, greeting: packets.Connect, writer: asyncio.StreamWriter) -> AsyncIterator[_Session]:
        """A session with the exchange, in the place of an older one of the same account."""
        user = greeting.user or ""
        outlet = Outlet(writer, patient=user == self._rights.hub_user)
        session = _Session(user, outlet, asyncio.StreamReader(), f"{user}/{next(self._numbers)}")
        if (older := self._places.get(user)) is not None:
            older.outlet.abort()
        self._places[user] = session
        writer.write(packets.connack())
        session.inner.feed_data(packets.connect(session.client, user))
        serving = asyncio.create_task(self._exchange.serve(session.inner, outlet))
        serving.add_done_callback(lambda _: writer.close())
        try:
            yield session
        finally:
            session.inner.feed_eof()
            try:
                await _ended(serving)
                await self._exchange.forget(session.client)
            finally:
                if self._places.get(user) is session:
                    del self._places[user]

    async def _relay(self, session: _Session, reader: asyncio.StreamReader, keep_alive_s: int) -> None:
        """Pass on what a client says, until it goes or is silent for longer than it said it would be."""
        silence_s = 1.5 * min(keep_alive_s, LONGEST_KEEP_ALIVE_S)
        largest = PAIRING_BYTES if session.user in topics.PAIR_USERS else MAX_PARCEL_BYTES
        while True:
            async with asyncio.timeout(silence_s):
                kind, flags, length = await _header(reader)
            if kind == Kind.PUBLISH and length <= largest + 1024:
                await self._take_message(session, flags, length, reader, silence_s)
                continue
            if kind == Kind.DISCONNECT or length > SUBSCRIBE_BYTES:
                return
            async with asyncio.timeout(silence_s):
                body = await reader.readexactly(length)
            match kind:
                case Kind.SUBSCRIBE:
                    number, filters = packets.decode_subscribe(flags, body)
                    session.filters += len(filters)
                    if session.filters > FILTERS:
                        return
                    session.inner.feed_data(packets.subscribe(number, filters))
                case Kind.PUBACK:
                    number = packets.decode_puback(flags, body)
                    if session.outlet.acknowledged(number):
                        session.inner.feed_data(packets.puback(number))
                case Kind.PINGREQ if not body:
                    session.outlet.write(packets.pingresp())
                case _:
                    return  # nothing that the contract needs
            await asyncio.sleep(0)  # who says much at once lets others speak

    async def _take_message(
        self, session: _Session, flags: int, length: int, reader: asyncio.StreamReader, silence_s: float
    ) -> None:
        """A message, once there is room for it: what has no room stays with its sender. Raises Malformed."""
        of_hub = session.user == self._rights.hub_user
        if not of_hub:
            await self._room(length)
        self._in_hand += length
        try:
            async with asyncio.timeout(silence_s + length / SLOWEST_BYTES_PER_S):
                body = await reader.readexactly(length)
            message = packets.decode_publish(flags, body)
            if message.retain:
                raise Malformed("nothing is retained here")
            # As everywhere in MQTT 3.1.1, whoever writes where it may not is not told so.
            if self._rights.may_use(session.user, message.topic, Action.WRITE):
                await self._exchange.publish(message.topic, message.payload)
            if message.number is not None:
                session.outlet.write(packets.puback(message.number))
        finally:
            self._in_hand -= length

    async def _room(self, length: int) -> None:
        async with self._turn:
            while self._octets + length > ROOM_BYTES or self._exchange.waiting >= EXCHANGE_MESSAGES:
                await asyncio.sleep(_LOOK_S)

    @property
    def _octets(self) -> int:
        hub = self._places.get(self._rights.hub_user)
        return self._in_hand + (hub.outlet.owed if hub is not None else 0)


async def _header(reader: asyncio.StreamReader) -> tuple[int, int, int]:
    """Kind, flags and length of the next packet. Raises Malformed, IncompleteReadError."""
    first = (await reader.readexactly(1))[0]
    length = 0
    for shift in (0, 7, 14, 21):
        octet = (await reader.readexactly(1))[0]
        length |= (octet & 0x7F) << shift
        if not octet & 0x80:
            return first >> 4, first & 0x0F, length
    raise Malformed("a length of more than four octets")


async def _ended(serving: "asyncio.Task[None]") -> None:
    """End what amqtt does for a client that has gone, of whose end it may know nothing; nor is it waited for long."""
    serving.cancel()
    await asyncio.wait({serving}, timeout=ENDING_S)
    if serving.done() and not serving.cancelled() and (problem := serving.exception()) is not None:
        _log.debug("amqtt ended with a client by %r", problem)
