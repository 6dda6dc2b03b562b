"""Whether a file is a whole extract of OpenStreetMap: its blocks are counted before anything is decoded.

A PBF is a row of blocks, each behind the length of its head, and its head says how long it is. So a file that was cut
off by a broken download, and one that is no PBF, are told apart in a moment, without unpacking what a stranger packed.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hub.errors import BadInput, StoreError

MAX_EXTRACT_BYTES = 8 << 30  # a continent is for a machine of its own
_MAX_HEAD, _MAX_BLOB = 64 << 10, 32 << 20  # by the format's own rules
_KINDS = (b"OSMHeader", b"OSMData")
_AGAIN = "download it again, for instance from download.geofabrik.de"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A whole extract: its octets, and how many blocks they are."""

    octets: int
    blocks: int


def check_extract(path: Path) -> Extract:
    """What a file holds. Raises BadInput where it is no PBF, is cut off or absurdly large, StoreError."""
    try:
        with path.open("rb") as file:
            octets = file.seek(0, 2)
            file.seek(0)
            if octets > MAX_EXTRACT_BYTES:
                raise BadInput(
                    f"{path}: {octets / 2**30:.1f} GB are more than this makes a map of; take the extract of a "
                    "country or a region"
                )
            return Extract(octets=octets, blocks=_count(file, octets, path))
    except FileNotFoundError as problem:
        raise BadInput(f"{path}: there is no such file; name an extract such as monaco-latest.osm.pbf") from problem
    except IsADirectoryError as problem:
        raise BadInput(f"{path}: a folder, not a file; name an extract such as monaco-latest.osm.pbf") from problem
    except OSError as problem:
        raise StoreError(f"{path}: cannot be read ({problem.strerror}); is the stick still there?") from problem


def _count(file: BinaryIO, octets: int, path: Path) -> int:
    at = blocks = 0
    while at < octets:
        head = file.read(4)
        length = struct.unpack(">I", head)[0] if len(head) == 4 else 0
        if blocks == 0 and not 0 < length <= _MAX_HEAD:
            raise _no_pbf(path)
        if len(head) < 4 or at + 4 + length > octets:
            raise _cut(path)
        if not 0 < length <= _MAX_HEAD:
            raise _damaged(path)
        said = read_head(file.read(length))
        if said is None or said[0] not in _KINDS or (blocks == 0 and said[0] != _KINDS[0]):
            raise _no_pbf(path) if blocks == 0 else _damaged(path)
        at += 4 + length + said[1]
        if at > octets:
            raise _cut(path)
        file.seek(at)
        blocks += 1
    if blocks < 2:
        raise BadInput(f"{path}: an empty file or an extract of nothing; {_AGAIN}")
    return blocks


def read_head(data: bytes) -> tuple[bytes, int] | None:
    """Of a block's head its kind, and how many octets the block has; None where it is no such head."""
    kind, size, at = b"", -1, 0
    while at < len(data):
        key, at = _number(data, at)
        field, wire = key >> 3, key & 7
        value, end = _number(data, at)
        if wire == 2:
            at, end = end, end + value
        elif wire != 0:
            return None
        if end > len(data) or end <= at - 1:
            return None
        if field == 1 and wire == 2:
            kind = data[at:end]
        elif field == 3 and wire == 0:
            size = value
        at = end
    return (kind, size) if 0 <= size <= _MAX_BLOB else None


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits an octet, and where it ends; one that does not end, ends beyond the data."""
    value = 0
    for shift in range(0, 64, 7):
        if at >= len(data):
            break
        octet = data[at]
        at += 1
        value |= (octet & 0x7F) << shift
        if not octet & 0x80:
            return value, at
    return value, len(data) + 1


def _no_pbf(path: Path) -> BadInput:
    return BadInput(f"{path}: no extract of OpenStreetMap (a file whose name ends in .osm.pbf); {_AGAIN}")


def _cut(path: Path) -> BadInput:
    return BadInput(f"{path}: the file ends in the middle of a block, as a download that was broken off does; {_AGAIN}")


def _damaged(path: Path) -> BadInput:
    return BadInput(f"{path}: damaged within; {_AGAIN}")
