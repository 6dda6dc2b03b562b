"""The blocks of a pcapng file (draft-ietf-opsawg-pcapng): sections, interfaces, packets.

A block that makes no sense within itself is counted and passed over: the next one begins where its length says. Only
where that length itself makes no sense is the file at its end.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

MAGIC = b"\x0a\x0d\x0d\x0a"
MAX_PACKET = 256 * 1024
_MAX_BLOCK = 16 * 1024 * 1024
_MAX_INTERFACES = 1024
_INTERFACE, _SIMPLE, _ENHANCED, _OBSOLETE = 1, 3, 6, 2
_END, _FLAGS, _RESOLUTION, _CHECK_SUM, _OFFSET = 0, 2, 9, 13, 14


class Packet(NamedTuple):
    """A packet: Unix seconds (None where the file does not say), link type, octets.

    `check_octets` is how long the file says that the check sum at its end is, `missing` how many octets of its end were
    not stored.
    """

    at_s: float | None
    link: int
    octets: bytes
    check_octets: int = 0
    missing: int = 0


class Truncated(Exception):
    """The file ends, or stops making sense, at this byte."""

    def __init__(self, at: int) -> None:
        super().__init__(f"cut short at byte {at}")
        self.at = at


class _Odd(Exception):
    """A block that makes no sense within itself."""


@dataclass(frozen=True, slots=True)
class _Interface:
    link: int
    snap: int
    resolution_s: float = 1e-6  # a tick's seconds
    offset_s: int = 0
    check_octets: int = 0


@dataclass(slots=True)
class _Section:
    order: "str" = "<"
    interfaces: list[_Interface] = field(default_factory=list)

    def number(self, data: bytes, at: int, size: int = 4, *, signed: bool = False) -> int:
        return int.from_bytes(data[at : at + size], "little" if self.order == "<" else "big", signed=signed)

    def options(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Code and value of each whole option."""
        at = 0
        while at + 4 <= len(data):
            code, length = self.number(data, at, 2), self.number(data, at + 2, 2)
            if code == _END or at + 4 + length > len(data):
                return
            yield code, data[at + 4 : at + 4 + length]
            at += 4 + (length + 3) // 4 * 4


def packets(stream: BinaryIO) -> Iterator[Packet | None]:
    """The packets of a stream whose first four bytes (the magic) were read; None for a block that makes no sense.

    Raises Truncated at the cut.
    """
    section = _Section()
    at, kind_bytes = 0, MAGIC
    while kind_bytes:
        head = stream.read(4)
        if len(kind_bytes) + len(head) < 8:
            raise Truncated(at)
        body_start = b""
        if kind_bytes == MAGIC:
            body_start = stream.read(4)
            section = _new_section(body_start, at)
        length = section.number(head, 0)
        if length < 12 + len(body_start) or length % 4 or length > _MAX_BLOCK:
            raise Truncated(at)
        rest = stream.read(length - 8 - len(body_start))
        if len(rest) < length - 8 - len(body_start):
            raise Truncated(at)
        try:
            packet = _block(section, section.number(kind_bytes, 0), rest[:-4])
        except _Odd:
            yield None
        else:
            if packet is not None:
                yield packet
        at += length
        kind_bytes = stream.read(4)


def _new_section(byte_order: bytes, at: int) -> _Section:
    if byte_order == b"\x4d\x3c\x2b\x1a":
        return _Section("<")
    if byte_order == b"\x1a\x2b\x3c\x4d":
        return _Section(">")
    raise Truncated(at)


def _block(section: _Section, kind: int, body: bytes) -> Packet | None:
    if kind == _INTERFACE:
        if len(body) < 8 or len(section.interfaces) >= _MAX_INTERFACES:
            raise _Odd
        section.interfaces.append(_interface(section, body))
    elif kind in (_ENHANCED, _OBSOLETE):
        if len(body) < 20:
            raise _Odd
        return _timed(section, section.number(body, 0, 4 if kind == _ENHANCED else 2), body)
    elif kind == _SIMPLE:
        if len(body) < 4:
            raise _Odd
        return _simple(section, body)
    return None


def _simple(section: _Section, body: bytes) -> Packet:
    """A simple packet has no time of its own, and its length is the one that it had on the air."""
    interface, sent = _named(section, 0), section.number(body, 0)
    stored = min(sent, interface.snap or sent, len(body) - 4, MAX_PACKET)
    return Packet(None, interface.link, body[4 : 4 + stored], interface.check_octets, sent - stored)


def _timed(section: _Section, number: int, body: bytes) -> Packet:
    interface = _named(section, number)
    ticks = section.number(body, 4) << 32 | section.number(body, 8)
    stored, sent = section.number(body, 12), section.number(body, 16)
    if stored > min(MAX_PACKET, len(body) - 20):
        raise _Odd
    check_octets = interface.check_octets
    for code, value in section.options(body[20 + (stored + 3) // 4 * 4 :]):
        if code == _FLAGS and len(value) == 4:
            check_octets = min(4, section.number(value, 0) >> 5 & 0xF) or check_octets
    return Packet(
        ticks * interface.resolution_s + interface.offset_s,
        interface.link,
        body[20 : 20 + stored],
        check_octets,
        max(0, sent - stored),
    )


def _named(section: _Section, number: int) -> _Interface:
    if number >= len(section.interfaces):
        raise _Odd
    return section.interfaces[number]


def _interface(section: _Section, body: bytes) -> _Interface:
    resolution_s, offset_s, check_octets = 1e-6, 0, 0
    for code, value in section.options(body[8:]):
        if code == _RESOLUTION and len(value) == 1:
            # A power of ten, or of two where the top bit is set.
            resolution_s = 2.0 ** -(value[0] & 0x7F) if value[0] & 0x80 else 10.0 ** -value[0]
        elif code == _OFFSET and len(value) == 8:
            offset_s = section.number(value, 0, 8, signed=True)
        elif code == _CHECK_SUM and len(value) == 1:
            # The draft counts bits, Wireshark octets; 802.11 has one length only.
            check_octets = 4 if value[0] in (4, 32) else 0
    return _Interface(section.number(body, 0, 2), section.number(body, 4), resolution_s, offset_s, check_octets)
