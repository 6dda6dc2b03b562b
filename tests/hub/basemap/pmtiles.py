"""Reads what a PMTiles archive holds, by its specification: enough to look into those that are made."""

import gzip
import json
import math
import struct
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

Entry = tuple[int, int, int, int]  # the first tile's number, how many follow, length, offset


def metadata(path: Path) -> dict[str, Any]:
    """What an archive says of itself."""
    octets = path.read_bytes()
    start, length = struct.unpack_from("<QQ", octets, 24)
    told: dict[str, Any] = json.loads(gzip.decompress(octets[start : start + length]))
    return told


def tile_at(lat: float, lon: float, zoom: int) -> tuple[int, int, int]:
    """The tile in which a place lies: zoom, column, row."""
    size = 1 << zoom
    return zoom, int((lon / 360 + 0.5) * size), int((0.5 - math.asinh(math.tan(math.radians(lat))) / math.tau) * size)


def tile(path: Path, zoom: int, x: int, y: int) -> bytes:
    """The octets of a tile, packed as they are."""
    octets = path.read_bytes()
    root, root_length, _, _, leaves, _, data = struct.unpack_from("<QQQQQQQ", octets, 8)
    number = _number(zoom, x, y)
    start, length = root, root_length
    for _ in range(4):
        entries = list(_directory(gzip.decompress(octets[start : start + length])))
        _, run, size, offset = max((one for one in entries if one[0] <= number), key=lambda one: one[0])
        if run:
            return octets[data + offset : data + offset + size]
        start, length = leaves + offset, size
    raise AssertionError("no tile there")


def _directory(data: bytes) -> Iterator[Entry]:
    numbers = list(_varints(data))
    count = numbers[0]
    ids, runs, lengths, offsets = (numbers[1 + part * count : 1 + (part + 1) * count] for part in range(4))
    at = 0
    for number, run, length, offset in zip(accumulate(ids), runs, lengths, offsets, strict=True):
        at = offset - 1 if offset else at
        yield number, run, length, at
        at += length


def _varints(data: bytes) -> Iterator[int]:
    value = shift = 0
    for octet in data:
        value |= (octet & 0x7F) << shift
        shift += 7
        if not octet & 0x80:
            yield value
            value = shift = 0


def _number(zoom: int, x: int, y: int) -> int:
    """Along the Hilbert curve of its zoom level, behind all coarser levels."""
    number = ((1 << 2 * zoom) - 1) // 3
    size = 1 << (zoom - 1) if zoom else 0
    while size:
        right, low = int(bool(x & size)), int(bool(y & size))
        number += size * size * ((3 * right) ^ low)
        if not low:
            if right:
                x, y = size - 1 - x, size - 1 - y
            x, y = y, x
        size >>= 1
    return number
