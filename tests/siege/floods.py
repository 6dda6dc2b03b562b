"""Floods against a hub's page and broker, from 127.0.0.x addresses: each does one thing again and again until the end.

    python -m tests.siege.floods page PORT SECONDS
    python -m tests.siege.floods broker PORT SECONDS [tls]

Prints, as JSON, what each flood did how often. Nobody here holds a secret: the pairing account is everybody's.
"""

import asyncio
import contextlib
import json
import logging
import ssl
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from random import Random, choice

from probe.contract import topics
from tests.hub.broker.wire import connect, length_of, publish, subscribe

ADDRESSES = 40  # attackers; an address of the loopback network each
HELD = 400  # connections that one flood holds open at once
MIB = 1 << 20

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_FAILURES = (OSError, TimeoutError, asyncio.IncompleteReadError)


class Siege:
    """What all floods share: where to, until when, and counts."""

    def __init__(self, port: int, seconds: float, *, tls: bool = False) -> None:
        self.port, self.random, self.counts = port, Random(port), Counter[str]()
        self._until = asyncio.get_running_loop().time() + seconds
        self._tls: ssl.SSLContext | None = None
        if tls:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE

    @property
    def over(self) -> bool:
        return asyncio.get_running_loop().time() >= self._until

    @contextlib.asynccontextmanager
    async def connection(self, flood: str, *, plain: bool = False) -> AsyncIterator[Connection]:
        """A connection from one of the addresses; what becomes of it is counted."""
        source = f"127.0.0.{2 + self.random.randrange(ADDRESSES)}"
        writer = None
        try:
            opening = asyncio.open_connection(
                "127.0.0.1", self.port, local_addr=(source, 0), ssl=None if plain else self._tls
            )
            reader, writer = await asyncio.wait_for(opening, 5)
            yield reader, writer
            self.counts[f"{flood}: done"] += 1
        except _FAILURES:
            self.counts[f"{flood}: {'not let in' if writer is None else 'cut off'}"] += 1
            raise
        finally:
            if writer is not None:
                writer.transport.abort()
            await asyncio.sleep(0)

    async def repeat(self, one: Callable[["Siege"], Awaitable[None]]) -> None:
        """Do it again and again; that it fails is what the other side wants."""
        while not self.over:
            with contextlib.suppress(*_FAILURES):
                await one(self)

    async def hold(self, reader: asyncio.StreamReader) -> None:
        """Stay until the other side ends it, or all is over."""
        while not self.over:
            with contextlib.suppress(TimeoutError):
                if not await asyncio.wait_for(reader.read(1 << 16), 1):
                    return


# --- against the page


async def half_requests(siege: Siege) -> None:
    async with siege.connection("half requests") as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
        await siege.hold(reader)


async def streams(siege: Siege) -> None:
    async with siege.connection("event streams") as (reader, writer):
        writer.write(b"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await siege.hold(reader)


async def deaf_readers(siege: Siege) -> None:
    async with siege.connection("deaf readers") as (_, writer):
        writer.write(b"GET /static/vendor/maplibre-gl.mjs HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20)
        while not siege.over and not writer.transport.is_closing():
            await asyncio.sleep(0.2)


async def requests(siege: Siege) -> None:
    async with siege.connection("requests") as (reader, writer):
        for path in ("/", "/cameras", "/api/cameras.geojson", "/nowhere", "/api/status") * 4:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        await siege.hold(reader)


async def endless_bodies(siege: Siege) -> None:
    async with siege.connection("endless bodies") as (_, writer):
        writer.write(b"POST /cameras HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not siege.over:
            writer.write(b"10000\r\n" + bytes(1 << 16) + b"\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)


async def sign_ins(siege: Siege) -> None:
    form = b"name=admin&password=a+guess+like+any+other"
    head = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\nContent-Length: %d\r\n"
    async with siege.connection("sign-ins") as (reader, writer):
        for _ in range(20):
            kind = b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
            writer.write(head % len(form) + kind + form)
            await writer.drain()
        await siege.hold(reader)


async def garbage(siege: Siege) -> None:
    async with siege.connection("garbage", plain=True) as (reader, writer):
        writer.write(siege.random.randbytes(siege.random.randrange(1, 5000)))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reader.read(100), 0.5)


# --- against the broker


async def short_connections(siege: Siege) -> None:
    async with siege.connection("short connections", plain=True):
        pass


async def silent_connections(siege: Siege) -> None:
    async with siege.connection("silent connections", plain=True) as (reader, _):
        await siege.hold(reader)


async def half_connects(siege: Siege) -> None:
    async with siege.connection("half CONNECTs") as (reader, writer):
        writer.write(connect(user="x", password="y", client="z")[:9])
        await siege.hold(reader)


async def refused_logins(siege: Siege) -> None:
    async with siege.connection("refused logins") as (reader, writer):
        user = f"{siege.random.randrange(1 << 128):032x}"
        writer.write(connect(user=user, password="guess", client=user))
        await asyncio.wait_for(reader.read(4), 5)


async def huge_connects(siege: Siege) -> None:
    async with siege.connection("huge CONNECTs") as (_, writer):
        writer.write(b"\x10" + length_of(200 * MIB))
        for _ in range(200):
            writer.write(bytes(MIB))
            await writer.drain()


async def huge_publishes(siege: Siege) -> None:
    async with pairing(siege, "huge PUBLISHes") as (_, writer):
        writer.write(b"\x32" + length_of(200 * MIB))
        for _ in range(200):
            writer.write(bytes(MIB))
            await writer.drain()


async def retained(siege: Siege) -> None:
    async with pairing(siege, "retained messages") as (reader, writer):
        writer.write(publish(_rendezvous(siege, "up"), bytes(MIB - 4096), retain=True, qos=1))
        await asyncio.wait_for(reader.read(4), 5)


async def wills(siege: Siege) -> None:
    will = (_rendezvous(siege, "up"), bytes(60_000))
    async with siege.connection("wills") as (reader, writer):
        user, password = choice(topics.PAIR_USERS), topics.PAIR_PASSWORD
        writer.write(connect(user=user, password=password, client=_name(siege), will=will, will_retain=True))
        await asyncio.wait_for(reader.read(4), 5)


async def subscriptions(siege: Siege) -> None:
    async with pairing(siege, "subscriptions") as (reader, writer):
        for _ in range(2000):
            writer.write(subscribe(_rendezvous(siege, "down")))
        writer.write(subscribe("#"))
        await siege.hold(reader)


async def hellos(siege: Siege) -> None:
    async with pairing(siege, "hellos and wrong tokens") as (_, writer):
        for _ in range(200):
            body = siege.random.choice([b'{"v":1,"type":"hello"}', siege.random.randbytes(300)])
            writer.write(publish(_rendezvous(siege, "up"), body, qos=1))
            await writer.drain()
            await asyncio.sleep(0.002)


@contextlib.asynccontextmanager
async def pairing(siege: Siege, flood: str) -> AsyncIterator[Connection]:
    """A connection that is let in by the account that everybody has."""
    async with siege.connection(flood) as (reader, writer):
        writer.write(connect(user=choice(topics.PAIR_USERS), password=topics.PAIR_PASSWORD, client=_name(siege)))
        await asyncio.wait_for(reader.readexactly(4), 5)
        yield reader, writer


def _name(siege: Siege) -> str:
    return f"{siege.random.randrange(1 << 88):022x}"


def _rendezvous(siege: Siege, way: str) -> str:
    return f"{topics.ROOT}/pair/{siege.random.randrange(1 << 128):032x}/{way}"


PAGE = {half_requests: HELD, streams: HELD, deaf_readers: 40, requests: 16, endless_bodies: 4, sign_ins: 16, garbage: 4}
BROKER = {
    short_connections: 8,
    silent_connections: HELD,
    half_connects: HELD,
    refused_logins: 8,
    huge_connects: 2,
    huge_publishes: 2,
    retained: 4,
    wills: 4,
    subscriptions: 4,
    hellos: 4,
    garbage: 4,
}


async def lay(kind: str, port: int, seconds: float, *, tls: bool) -> dict[str, int]:
    """All floods of a kind at once; returns what each did how often."""
    siege = Siege(port, seconds, tls=tls)
    floods = PAGE if kind == "page" else BROKER
    await asyncio.gather(*(siege.repeat(flood) for flood, at_once in floods.items() for _ in range(at_once)))
    return dict(sorted(siege.counts.items()))


if __name__ == "__main__":
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # it tells of each write to a connection that is cut off
    print(json.dumps(asyncio.run(lay(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), tls="tls" in sys.argv[4:]))))
