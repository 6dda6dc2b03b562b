"""The blocks of a pcapng file (draft-ietf-opsawg-pcapng): sections, interfaces, packets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

MAGIC = b"\x0a\x0d\x0d\x0a"
MAX_PACKET = 256 * 1024
_MAX_BLOCK = 16 * 1024 * 1024
_MAX_INTERFACES = 1024
_INTERFACE, _SIMPLE, _ENHANCED, _OBSOLETE = 1, 3, 6, 2

Packet = tuple[float, int, bytes]  # Unix seconds, link type, octets


class Truncated(Exception):
    """The file ends, or stops making sense, at this byte."""

    def __init__(self, at: int) -> None:
        super().__init__(f"cut short at byte {at}")
        self.at = at


@dataclass(slots=True)
class _Section:
    order: "str" = "<"
    interfaces: list[tuple[int, float]] = field(default_factory=list)  # link type, seconds per tick

    def number(self, data: bytes, at: int, size: int = 4) -> int:
        return int.from_bytes(data[at : at + size], "little" if self.order == "<" else "big")


def packets(stream: BinaryIO) -> Iterator[Packet]:
    """The packets of a stream whose first four bytes (the magic) were read. Raises Truncated at the cut."""
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
        packet = _block(section, section.number(kind_bytes, 0), rest[:-4], at)
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


def _block(section: _Section, kind: int, body: bytes, at: int) -> Packet | None:
    if kind == _INTERFACE and len(body) >= 8:
        if len(section.interfaces) >= _MAX_INTERFACES:
            raise Truncated(at)
        section.interfaces.append((section.number(body, 0, 2), _resolution_s(section, body[8:])))
    elif kind == _ENHANCED and len(body) >= 20:
        return _timed(section, section.number(body, 0), body, at)
    elif kind == _OBSOLETE and len(body) >= 20:
        return _timed(section, section.number(body, 0, 2), body, at)
    elif kind == _SIMPLE and len(body) >= 4:
        # A simple packet has no time of its own; 0 is a clock that was never set.
        return 0.0, _interface(section, 0, at)[0], body[4 : 4 + min(section.number(body, 0), MAX_PACKET)]
    return None


def _timed(section: _Section, interface: int, body: bytes, at: int) -> Packet:
    link, resolution_s = _interface(section, interface, at)
    ticks = section.number(body, 4) << 32 | section.number(body, 8)
    stored = section.number(body, 12)
    if stored > min(MAX_PACKET, len(body) - 20):
        raise Truncated(at)
    return ticks * resolution_s, link, body[20 : 20 + stored]


def _interface(section: _Section, number: int, at: int) -> tuple[int, float]:
    if number >= len(section.interfaces):
        raise Truncated(at)
    return section.interfaces[number]


def _resolution_s(section: _Section, options: bytes) -> float:
    """Seconds per tick by the option if_tsresol: a power of ten, or of two where the top bit is set."""
    at = 0
    while at + 4 <= len(options):
        code, length = section.number(options, at, 2), section.number(options, at + 2, 2)
        if code == 0:
            break
        if code == 9 and length >= 1 and at + 4 < len(options):
            exponent = options[at + 4]
            return 2.0 ** -(exponent & 0x7F) if exponent & 0x80 else 10.0**-exponent
        at += 4 + (length + 3) // 4 * 4
    return 1e-6
