"""JPEG's own structure: what decoding one takes, and whether all of it is there.

libjpeg fills what is missing with grey and Pillow says nothing of it, where the file goes on with zeros instead of
ending. So the end is looked for before a pixel is decoded. One that was cut and then closed again is noticed where it
has restart markers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_MARK = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # in a scan: octets, filling and restarts are no end of it
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_SOI, _EOI, _SOS, _DRI = 0xD8, 0xD9, 0xDA, 0xDD
_BARE = {0x01, *range(0xD0, 0xD9)}  # markers without a segment
_READ_BYTES = 1 << 20
_MAX_SEGMENTS = 10_000
MAX_SCANS = 64


class Damaged(Exception):
    """A JPEG that is not whole, or not one; the message follows its name."""


@dataclass(slots=True, kw_only=True)
class Structure:
    """What the markers say. `samples` is the number of values in all planes as stored, `held` whether a decoder has to
    hold all of them at once, at two octets each, before it can give the first pixel."""

    width: int = 0
    height: int = 0
    samples: int = 0
    units: int = 0  # minimum coded units of a scan with all components
    components: int = 0
    held: bool = False
    interval: int = 0  # units between two restarts, 0 where there are none
    scans: int = 0


def structure_of(stream: BinaryIO) -> Structure:
    """The structure of the first picture in a file, read to its end. Raises Damaged."""
    found = Structure()
    stream.seek(0)
    if stream.read(2) != b"\xff\xd8":
        raise Damaged("is no JPEG")
    for _ in range(_MAX_SEGMENTS):
        marker = _marker(stream)
        if marker == _EOI:
            if not found.scans:
                raise Damaged("has no picture in it")
            return found
        if marker in _BARE:
            continue
        body = _segment(stream)
        if marker in _FRAMES:
            _frame(found, body, progressive=marker in _PROGRESSIVE)
        elif marker == _DRI and len(body) >= 2:
            found.interval = int.from_bytes(body[:2], "big")
        elif marker == _SOS:
            _scan(found, body, stream)
    raise Damaged("has more parts than any camera writes")


def _marker(stream: BinaryIO) -> int:
    """The next marker; what stands before it, where it stands at all, is passed as decoders do."""
    octet = stream.read(1)
    for _ in range(_READ_BYTES):
        if octet == b"\xff":
            while (octet := stream.read(1)) == b"\xff":
                pass
            if octet not in (b"", b"\0"):
                return octet[0]
        if not octet:
            break
        octet = stream.read(1)
    raise Damaged("is cut short")


def _segment(stream: BinaryIO) -> bytes:
    size = int.from_bytes(stream.read(2), "big") - 2
    body = stream.read(size) if size > 0 else b""
    if size < 0 or len(body) < size:
        raise Damaged("is cut short")
    return body


def _frame(found: Structure, body: bytes, *, progressive: bool) -> None:
    if found.components:
        raise Damaged("begins twice")
    height, width = (int.from_bytes(body[at : at + 2], "big") for at in (1, 3))
    layers = [(body[at + 1] >> 4, body[at + 1] & 15) for at in range(6, len(body) - 2, 3)]
    if len(body) < 9 or len(layers) != body[5] or not width or not height:
        raise Damaged("says no size that can be")
    if any(not 1 <= factor <= 4 for layer in layers for factor in layer):
        raise Damaged("says no size that can be")
    wide, tall = max(layer[0] for layer in layers), max(layer[1] for layer in layers)
    if len(layers) == 1:  # then a unit is one block, whatever the factors
        wide = tall = 1
        layers = [(1, 1)]
    found.width, found.height, found.components, found.held = width, height, len(layers), progressive
    found.units = -(-width // (8 * wide)) * -(-height // (8 * tall))
    found.samples = found.units * 64 * sum(across * down for across, down in layers)


def _scan(found: Structure, body: bytes, stream: BinaryIO) -> None:
    """Go on behind a scan. Raises Damaged where it does not end, or has fewer restarts than it must have."""
    found.scans += 1
    if found.scans > MAX_SCANS:
        raise Damaged("has more scans than any camera writes")
    if not found.components or not body:
        raise Damaged("has a scan before it says its size")
    found.held |= body[0] < found.components
    restarts = 0
    for part, at_end in _to_mark(stream):
        restarts += sum(1 for _ in _RESTART.finditer(part)) if found.interval else 0
        if at_end:
            break
    else:
        raise Damaged("is cut short")
    if found.interval and not found.held and restarts < -(-found.units // found.interval) - 1:
        raise Damaged("lacks a part of its picture")


def _to_mark(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """The octets of a scan, in pieces; with the last, the stream stands at the marker that ends it."""
    rest = b""
    while data := stream.read(_READ_BYTES):
        start = stream.tell() - len(data) - len(rest)
        data = rest + data
        end = _MARK.search(data)
        if end is not None:
            stream.seek(start + end.start())
            yield data[: end.start()], True
            return
        rest = data[-1:] if data.endswith(b"\xff") else b""
        yield data[: len(data) - len(rest)], False
