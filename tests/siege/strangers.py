"""What strangers and thieves can throw at a broker's TLS listener, over real sockets from addresses of loopback's.

Each flood yields while it lasts, so that a test can look whether an honest probe still gets in, and lets go at its end.
"""

import random
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TypeVar

from probe.contract import topics

MIB = 1 << 20
WAIT_S = 20.0
_sources = count()
Link = TypeVar("Link", bound=socket.socket)


def memory_mb(pid: int) -> tuple[int, int]:
    """A process's memory now, and at most so far (MB)."""
    status = Path(f"/proc/{pid}/status").read_text()
    now, most = (int(status.split(f"{name}:")[1].split()[0]) // 1024 for name in ("VmRSS", "VmHWM"))
    return now, most


def connected(port: int) -> socket.socket:
    """A TCP connection from one of 200 addresses of loopback's. Raises OSError."""
    source = f"127.0.1.{1 + next(_sources) % 200}"
    return socket.create_connection(("127.0.0.1", port), timeout=WAIT_S, source_address=(source, 0))


def by_tls(port: int) -> ssl.SSLSocket:
    """The same after a handshake, whoever answers. Raises OSError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain = connected(port)
    try:
        return context.wrap_socket(plain)
    except BaseException:
        plain.close()
        raise


def packet(kind: int, body: bytes, *, claimed: int | None = None) -> bytes:
    """An MQTT packet, or one that claims to be longer than it is."""
    length, encoded = len(body) if claimed is None else claimed, b""
    while True:
        length, digit = divmod(length, 128)
        encoded += bytes([digit | (0x80 if length else 0)])
        if not length:
            return bytes([kind]) + encoded + body


def connect(user: str, password: str, client: str = "", *, clean: bool = True) -> bytes:
    """A CONNECT packet of MQTT 3.1.1."""
    words = (client, user, password)
    payload = b"".join(struct.pack(">H", len(word)) + word.encode() for word in words)
    return packet(0x10, b"\0\4MQTT\4" + bytes([0xC0 | (2 if clean else 0)]) + b"\0\x3c" + payload)


def publish(topic: str, payload: bytes, *, retain: bool = False, claimed: int | None = None) -> bytes:
    """A PUBLISH packet of QoS 0; `claimed` is the length that its head claims for the payload."""
    body = struct.pack(">H", len(topic)) + topic.encode() + payload
    length = None if claimed is None else claimed + 2 + len(topic)
    return packet(0x31 if retain else 0x30, body, claimed=length)


def logged_in(port: int, user: str, password: str, client: str = "", *, clean: bool = True) -> ssl.SSLSocket | None:
    """A connection that the broker has let in, or None. Raises OSError."""
    link = said_to(by_tls(port), connect(user, password, client, clean=clean))
    with suppress(OSError):
        if link.recv(4) == b"\x20\x02\x00\x00":
            return link
    link.close()
    return None


def said_to(link: Link, said: bytes) -> Link:
    """A connection to which something has been said. Raises OSError; then it is closed."""
    try:
        link.sendall(said)
    except BaseException:
        link.close()
        raise
    return link


def many(number: int, one: Callable[..., object], *words: object) -> list[object]:
    """Call something so often, some at a time; what it returned where it did not fail."""

    def tried(_: int) -> object:
        with suppress(OSError):
            return one(*words)
        return None

    with ThreadPoolExecutor(16) as pool:
        return [got for got in pool.map(tried, range(number)) if got is not None]


def refused_logins(port: int, number: int) -> None:
    """Logins with a wrong password."""
    assert not many(number, logged_in, port, "f" * 32, "wrong", "x")


def short_connections(port: int, number: int) -> None:
    """Connections that say nothing and go."""
    many(number, lambda: connected(port).close())


def tls_garbage(port: int, number: int, seed: int = 1) -> None:
    """Noise, damaged hellos, records of impossible lengths."""
    noise = random.Random(seed)
    hello = client_hello()

    def one() -> None:
        with connected(port) as link:
            damaged = bytearray(hello)
            damaged[noise.randrange(len(hello))] ^= 1 << noise.randrange(8)
            link.sendall(noise.choice([noise.randbytes(2000), bytes(damaged), b"\x16\x03\x01\xff\xff" + bytes(9000)]))
            link.settimeout(0.05)
            link.recv(100)

    many(number, one)


def client_hello() -> bytes:
    """The first message of a handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with suppress(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing).do_handshake()
    return outgoing.read()


@contextmanager
def held_open(port: int, number: int, said: bytes = b"") -> Iterator[int]:
    """Connections that say something, or nothing, and stay; yields how many the broker has kept."""

    def one() -> socket.socket:
        return said_to(connected(port), said)

    with ExitStack() as stack:
        links = [stack.enter_context(link) for link in many(number, one) if isinstance(link, socket.socket)]
        yield sum(map(_is_open, links))


@contextmanager
def stuffed(port: int, number: int, octets: int = 98_000) -> Iterator[int]:
    """Handshakes that are finished, and then CONNECTs that never are; yields how many the broker has kept."""
    said = packet(0x10, b"\0\4MQTT\4\x02\0\x3c" + bytes(octets), claimed=99_000)

    def one() -> socket.socket:
        return said_to(by_tls(port), said)

    with ExitStack() as stack:
        links = [stack.enter_context(link) for link in many(number, one) if isinstance(link, socket.socket)]
        yield sum(map(_is_open, links))


def _is_open(link: socket.socket) -> bool:
    link.settimeout(0)
    try:
        return link.recv(1, 0 if isinstance(link, ssl.SSLSocket) else socket.MSG_PEEK) != b""
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        return False


def retained(port: int, number: int, octets: int, user: str, password: str, client: str = "") -> int:
    """Large messages to be retained, to as many topics as an account may; returns how many the broker has taken."""
    taken, link = 0, None
    for at in range(number):
        topic = topics.pair_up(f"{at:032x}") if user in topics.PAIR_USERS else topics.up(user)
        with suppress(OSError):
            link = link or logged_in(port, user, password, client)
            if link is not None:
                link.sendall(publish(topic, bytes(octets), retain=True))
                link.sendall(b"\xc0\0")  # PINGREQ: answered after all that came before
                taken += link.recv(2) == b"\xd0\0"
                continue
        if link is not None:
            link.close()
        link = None
    if link is not None:
        link.close()
    return taken


def one_huge(port: int, octets: int, user: str, password: str, client: str = "") -> int:
    """One huge message; returns how many octets of it the broker has taken before it had enough."""
    sent, link = 0, logged_in(port, user, password, client)
    assert link is not None
    with link, suppress(OSError):
        link.sendall(publish(topics.up(user), b"", claimed=octets))
        while sent < octets:
            sent += link.send(bytes(64 * 1024))
    return sent
