"""MQTT 3.1.1, as much of it as the guard of the embedded broker takes: octets in, values out, and back. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

MAX_FILTER_BYTES = 256  # far more than any topic of the contract has


class Kind(IntEnum):
    CONNECT = 1
    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    SUBSCRIBE = 8
    PINGREQ = 12
    PINGRESP = 13
    DISCONNECT = 14


class Refusal(IntEnum):
    """What a CONNACK says to whoever does not get in."""

    PROTOCOL = 1
    FULL = 3
    NOT_AUTHORISED = 5


class Malformed(ValueError):
    """Octets that are no MQTT 3.1.1, or a part of it that is not taken here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """A CONNECT; `protocol` is whether it speaks MQTT 3.1.1: where it does not, the rest was not read."""

    protocol: bool = True
    client: str = ""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    will: bool = False
    keep_alive_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """A PUBLISH; `number` is None at QoS 0."""

    topic: str
    payload: bytes
    retain: bool
    number: int | None


class _Octets:
    """Takes fields off octets. Raises Malformed where there are too few."""

    def __init__(self, octets: bytes) -> None:
        self._octets, self._at = octets, 0

    def take(self, count: int) -> bytes:
        if len(self._octets) - self._at < count:
            raise Malformed("cut short")
        self._at += count
        return self._octets[self._at - count : self._at]

    def number(self, octets: int = 2) -> int:
        return int.from_bytes(self.take(octets), "big")

    def text(self) -> str:
        try:
            text = self.take(self.number()).decode()
        except UnicodeDecodeError as problem:
            raise Malformed("text that is not UTF-8") from problem
        if "\0" in text:
            raise Malformed("a zero in a text")
        return text

    def rest(self) -> bytes:
        return self.take(len(self._octets) - self._at)

    @property
    def left(self) -> bool:
        return self._at < len(self._octets)


def decode_connect(flags: int, body: bytes) -> Connect:
    """The CONNECT with this body. Raises Malformed."""
    octets = _Octets(body)
    name, level = octets.text(), octets.number(1)
    if (name, level) != ("MQTT", 4):
        return Connect(protocol=False)
    marks, keep_alive_s = octets.number(1), octets.number()
    has_user, has_password, will = marks & 0x80, marks & 0x40, bool(marks & 0x04)
    if flags or marks & 0x01 or (has_password and not has_user) or (marks & 0x38 and not will):
        raise Malformed("flags of a CONNECT that exclude each other")
    client = octets.text()
    if will:
        octets.text()
        octets.take(octets.number())
    user = octets.text() if has_user else None
    password = octets.text() if has_password else None
    if octets.left:
        raise Malformed("more than a CONNECT")
    return Connect(client=client, user=user, password=password, will=will, keep_alive_s=keep_alive_s)


def decode_publish(flags: int, body: bytes) -> Publish:
    """The PUBLISH with this body, at QoS 0 or 1. Raises Malformed."""
    octets, qos = _Octets(body), flags >> 1 & 3
    if qos > 1:
        raise Malformed("QoS 2 is not taken")
    topic = octets.text()
    if not topic or "+" in topic or "#" in topic:
        raise Malformed("no name of a topic")
    number = _packet_number(octets) if qos else None
    return Publish(topic=topic, payload=octets.rest(), retain=bool(flags & 1), number=number)


def decode_subscribe(flags: int, body: bytes) -> tuple[int, list[tuple[str, int]]]:
    """The number of a SUBSCRIBE, and its filters with their QoS. Raises Malformed."""
    octets, filters = _Octets(body), []
    number = _packet_number(octets)
    while octets.left:
        topic, qos = octets.text(), octets.number(1)
        if not topic or len(topic.encode()) > MAX_FILTER_BYTES or qos > 2:
            raise Malformed("no filter of topics")
        filters.append((topic, qos))
    if flags != 2 or not filters:
        raise Malformed("no SUBSCRIBE")
    return number, filters


def decode_puback(flags: int, body: bytes) -> int:
    """The number that a PUBACK acknowledges. Raises Malformed."""
    if flags or len(body) != 2:
        raise Malformed("no PUBACK")
    return int.from_bytes(body, "big")


def number_of_publish(packet: bytes) -> int | None:
    """The number of a whole PUBLISH packet that a broker made; None at QoS 0."""
    if not packet[0] & 0x06:
        return None
    at = 1
    while packet[at] & 0x80:
        at += 1
    topic = int.from_bytes(packet[at + 1 : at + 3], "big")
    return int.from_bytes(packet[at + 3 + topic : at + 5 + topic], "big")


def connect(client: str, user: str) -> bytes:
    """A CONNECT for a clean session without a will, a password or a term."""
    return _packet(Kind.CONNECT, 0, b"\x00\x04MQTT\x04\x82\x00\x00" + _text(client) + _text(user))


def connack(refusal: Refusal | None = None) -> bytes:
    """The answer to a CONNECT; no session is ever there from before."""
    return _packet(Kind.CONNACK, 0, bytes([0, refusal or 0]))


def puback(number: int) -> bytes:
    return _packet(Kind.PUBACK, 0, number.to_bytes(2, "big"))


def pingresp() -> bytes:
    return _packet(Kind.PINGRESP, 0, b"")


def subscribe(number: int, filters: Iterable[tuple[str, int]]) -> bytes:
    """A SUBSCRIBE, at QoS 1 at most."""
    asked = b"".join(_text(topic) + bytes([min(qos, 1)]) for topic, qos in filters)
    return _packet(Kind.SUBSCRIBE, 2, number.to_bytes(2, "big") + asked)


def _packet_number(octets: _Octets) -> int:
    number = octets.number()
    if not number:
        raise Malformed("a packet with the number 0")
    return number


def _text(text: str) -> bytes:
    encoded = text.encode()
    return len(encoded).to_bytes(2, "big") + encoded


def _packet(kind: Kind, flags: int, body: bytes) -> bytes:
    length, left = b"", len(body)
    while True:
        length += bytes([left & 0x7F | (0x80 if left > 0x7F else 0)])
        left >>= 7
        if not left:
            return bytes([kind << 4 | flags]) + length + body
