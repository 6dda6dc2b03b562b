"""What no client should say: seeded octets for every state of a connection, to a broker of any kind."""

import random
from collections.abc import Iterator

from probe.contract import topics
from tests.hub.broker import wire
from tests.hub.broker.wire import Wire

Login = tuple[str, str]

_TOPICS = (
    topics.up("0" * 32),
    topics.pair_up("0" * 32),
    topics.EVERYTHING,
    "$SYS/#",
    "",
    "a" * 70_000,
    "\u0000",
    "+/#/+",
)


def whole(login: Login) -> tuple[bytes, ...]:
    """A valid packet of each kind that a client sends."""
    user, password = login
    number = b"\x00\x07"
    return (
        wire.connect(user, password, "somebody"),
        wire.connect(user, password, "somebody", will=(topics.pair_up("1" * 32), b"will"), clean=False),
        wire.publish(topics.pair_up("0" * 32), b"said" * 20),
        wire.publish(topics.pair_up("0" * 32), b"said", qos=2, retain=True),
        wire.subscribe(topics.pair_down("0" * 32)),
        wire.packet(10, number + wire.text(topics.pair_down("0" * 32)), 2),  # UNSUBSCRIBE
        *(wire.packet(kind, number, 2 * (kind == 6)) for kind in (4, 5, 6, 7)),
        wire.packet(wire.PINGREQ),
        wire.packet(wire.DISCONNECT),
    )


def garbage(rng: random.Random, login: Login) -> bytes:
    """One piece: any kind of packet with any flags and a true or false length, or a valid one that was changed."""
    match rng.randrange(5):
        case 0:
            return rng.randbytes(rng.randrange(200))
        case 1:
            return wire.packet(rng.randrange(16), rng.randbytes(rng.randrange(60)), rng.randrange(16))
        case 2:  # a length that is not that of what comes, up to 256 MiB
            claimed = rng.choice((0, 1, 2, 127, 128, 16_384, 2_097_152, 268_435_455))
            return bytes([rng.randrange(256)]) + wire.length_of(claimed) + rng.randbytes(rng.randrange(300))
        case 3:
            octets = bytearray(rng.choice(whole(login)))
            for _ in range(rng.randrange(1, 4)):
                octets[rng.randrange(len(octets))] = rng.randrange(256)
            return bytes(octets)
        case _:
            topic = wire.text(rng.choice(_TOPICS).encode()[:65_535])
            body = b"\x00\x01" + topic + rng.randbytes(1)
            return wire.packet(*rng.choice(((8, body, 2), (3, topic + body, rng.randrange(16)), (10, body, 2))))


def cut(login: Login) -> Iterator[bytes]:
    """Every valid packet, cut at every offset; those that follow a login with the login before them."""
    hello, *others = whole(login)
    for end in range(1, len(hello)):
        yield hello[:end]
    for packet in others:
        for end in range(1, len(packet)):
            yield hello + packet[:end]


def say(url: str, octets: bytes, *, slowly: bool = False) -> None:
    """Connect, say it, and go when the broker has read it. Raises TimeoutError where it neither reads nor hangs up."""
    try:
        with Wire(url) as one:
            for piece in (octets[at : at + 1] for at in range(len(octets))) if slowly else (octets,):
                one.send(piece)
            one.finish()
    except TimeoutError:
        raise
    except OSError:
        return  # the broker has hung up


def pelt(url: str, login: Login, seed: int, count: int) -> None:
    """So many connections, each with a few pieces of garbage, half of them after a login."""
    rng = random.Random(seed)
    for _ in range(count):
        hello = wire.connect(*login, "somebody") if rng.random() < 0.5 else b""
        octets = hello + b"".join(garbage(rng, login) for _ in range(rng.randrange(1, 4)))
        say(url, octets, slowly=rng.random() < 0.05 and len(octets) < 2000)
