"""The walker's street map: streets as lines in square tiles, for a probe to carry and to read tile by tile.

    sheet table   which sheets there are, by the first tile of each, with their SHA-256
    sheet         the tiles of one square block, up to about 64 KiB; it travels and is kept as a whole
    tile          web Mercator, of zoom 15 (all streets) or 11 (large ones, for a wide view): names once, then ways
    way           a class, a name or none, and a line as zigzag steps of 1/1024 of a tile: 0.8 m at 47 degrees north

A sheet is the largest block of a quadtree that is no larger than that, so a street that changes changes one sheet. All
sheets behind their table are also one file, as the hub keeps it and a stick carries it; see `SheetFile`.

Sheets and tables are MessagePack, tiles are MessagePack in zlib. Nothing is unpacked beyond the bounds here, whatever
it says of itself. Streets are (c) OpenStreetMap contributors, ODbL.
"""

import zlib
from collections.abc import Iterable, Sequence
from enum import IntEnum
from math import asinh, atan, degrees, hypot, pi, radians, sinh, tan
from typing import Annotated, BinaryIO

import msgspec
from msgspec import Meta

from probe.contract.base import ContractError, Part, Version
from probe.contract.envelope import decoded, digest, pack
from probe.contract.geodesy import wrap_longitude
from probe.contract.parcel import Hash

ZOOM, WIDE_ZOOM = 15, 11
STEPS = 1024  # across a tile
SHEET_BYTES = 64 * 1024  # aimed at; a single tile may be larger
MAX_SHEET_BYTES = 256 * 1024
MAX_SHEETS = 4096
MAX_STREETS_BYTES = 48 * 1024 * 1024  # all sheets together
MAX_TABLE_BYTES = 256 * 1024
MAX_TILE_BYTES = 384 * 1024  # unpacked
MAX_PACKED_TILE_BYTES = 160 * 1024
MAX_WAY_POINTS = 1024
MAX_NAME = 80
ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
_MAGIC = b"contrechamp streets 1\n"
_LENGTH_OCTETS = 4
_KEY_BITS = 40
_LIMIT_DEG = 85.05112878


class WayClass(IntEnum):
    """What a line is, the most important first. Nobody walks on the first, the fifth and the sixth."""

    FAST = 0
    MAIN = 1
    STREET = 2
    PATH = 3
    RAIL = 4
    WATER = 5

    @property
    def walkable(self) -> bool:
        """Whether people on foot may stand there."""
        return self in (WayClass.MAIN, WayClass.STREET, WayClass.PATH)


WIDE = frozenset({WayClass.FAST, WayClass.MAIN, WayClass.WATER})  # what the tiles of the wide view have

Point = tuple[int, int]  # in steps, to the east and to the south


class Way(Part, frozen=True, array_like=True, kw_only=True):
    """A line in a tile: its class by number (a reader passes over numbers that it does not know), its name's place
    among the tile's names or -1, and its points as `pack_points` writes them."""

    kind: Annotated[int, Meta(ge=0, le=255)]
    name: Annotated[int, Meta(ge=-1, le=16383)]
    points: Annotated[bytes, Meta(min_length=2, max_length=MAX_WAY_POINTS * 4)]


class StreetTile(Part, frozen=True, kw_only=True):
    """The ways of one tile, by class."""

    names: Annotated[tuple[Annotated[str, Meta(max_length=MAX_NAME)], ...], Meta(max_length=16384)] = ()
    ways: Annotated[tuple[Way, ...], Meta(max_length=32768)] = ()


class SheetTile(Part, frozen=True, array_like=True, kw_only=True):
    """A tile in its sheet: its key (see `tile_key`), and a StreetTile in zlib."""

    key: Annotated[int, Meta(ge=0, lt=1 << 48)]
    data: Annotated[bytes, Meta(max_length=MAX_PACKED_TILE_BYTES)]


class Sheet(Part, frozen=True, kw_only=True):
    """Tiles by rising key."""

    v: Version
    tiles: Annotated[tuple[SheetTile, ...], Meta(min_length=1, max_length=16384)]


class SheetEntry(Part, frozen=True, array_like=True, kw_only=True):
    """A sheet in the table: the keys of its first and last tile, its SHA-256, its octets."""

    first: Annotated[int, Meta(ge=0, lt=1 << 48)]
    last: Annotated[int, Meta(ge=0, lt=1 << 48)]
    hash: Hash
    octets: Annotated[int, Meta(ge=1, le=MAX_SHEET_BYTES)]


class SheetTable(Part, frozen=True, kw_only=True):
    """Which sheets a street map has, by rising keys that do not overlap; `day` is that of the extract. `composed`: the
    streets are of a fictional town, and of no extract: nobody is to be thanked for them."""

    v: Version
    sheets: Annotated[tuple[SheetEntry, ...], Meta(min_length=1, max_length=MAX_SHEETS)]
    day: Annotated[str, Meta(max_length=10)] | None = None
    composed: bool = False

    def __post_init__(self) -> None:
        before = -1
        for entry in self.sheets:
            if not before < entry.first <= entry.last:
                raise ValueError("sheets that overlap, or are in no order")
            before = entry.last
        if self.octets > MAX_STREETS_BYTES:
            raise ValueError(f"{self.octets} octets are more than a street map may have")

    @property
    def octets(self) -> int:
        """All sheets together."""
        return sum(entry.octets for entry in self.sheets)


_tables = msgspec.msgpack.Decoder(SheetTable)
_sheets = msgspec.msgpack.Decoder(Sheet)
_tiles = msgspec.msgpack.Decoder(StreetTile)


def decode_table(data: bytes) -> SheetTable:
    """The sheet table in these bytes. Raises ContractError."""
    if len(data) > MAX_TABLE_BYTES:
        raise ContractError(f"{len(data)} bytes are more than a sheet table may have")
    return decoded(_tables, data, "a sheet table")


def decode_sheet(data: bytes) -> Sheet:
    """The sheet in these bytes; its tiles stay packed. Raises ContractError."""
    if len(data) > MAX_SHEET_BYTES:
        raise ContractError(f"{len(data)} bytes are more than a sheet may have")
    return decoded(_sheets, data, "a sheet of streets")


def pack_tile(tile: StreetTile) -> bytes | None:
    """A tile as a sheet has it; None where it is larger than a tile may be."""
    plain = pack(tile)
    packed = zlib.compress(plain, 9)
    return packed if len(plain) <= MAX_TILE_BYTES and len(packed) <= MAX_PACKED_TILE_BYTES else None


def decode_tile(data: bytes) -> StreetTile:
    """The tile that was packed. Raises ContractError, also where it would unpack to more than a tile may have."""
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(data, MAX_TILE_BYTES + 1)
    except zlib.error as problem:
        raise ContractError(f"not a tile of streets: {problem}") from problem
    if len(plain) > MAX_TILE_BYTES or not unpacker.eof or unpacker.unused_data:
        raise ContractError("not a tile of streets: too large, or not whole")
    return decoded(_tiles, plain, "a tile of streets")


def pack_points(points: Sequence[Point]) -> bytes:
    """Points as steps from the one before, the first from the tile's north-west corner; each step east, then south, is
    a zigzag number of seven bits an octet, the lowest first."""
    packed = bytearray()
    before_x = before_y = 0
    for x, y in points:
        for step in (x - before_x, y - before_y):
            number = step << 1 if step >= 0 else (-step << 1) - 1
            while number > 0x7F:
                packed.append(number & 0x7F | 0x80)
                number >>= 7
            packed.append(number)
        before_x, before_y = x, y
    return bytes(packed)


def unpack_points(data: bytes) -> list[Point]:
    """The points that were packed. Raises ContractError where they leave their tile, or are not whole."""
    steps: list[int] = []
    number = shift = 0
    for octet in data:
        number |= (octet & 0x7F) << shift
        if octet & 0x80:
            shift += 7
            if shift > 7:
                raise ContractError("a step beyond its tile")
        else:
            steps.append(-(number + 1 >> 1) if number & 1 else number >> 1)
            number = shift = 0
    if shift or len(steps) % 2 or not 2 <= len(steps) <= 2 * MAX_WAY_POINTS:
        raise ContractError("points that are not whole, or too many")
    points, x, y = [], 0, 0
    for at in range(0, len(steps), 2):
        x, y = x + steps[at], y + steps[at + 1]
        if not (0 <= x <= STEPS and 0 <= y <= STEPS):
            raise ContractError("a point beyond its tile")
        points.append((x, y))
    return points


def tile_key(zoom: int, x: int, y: int) -> int:
    """The number of a tile: its zoom, then the bits of x and y in turn: those of one block follow each other."""
    return zoom << _KEY_BITS | _spread(x) | _spread(y) << 1


def tile_of(key: int) -> tuple[int, int, int]:
    """Zoom, x and y of the tile with this key. Raises ContractError where there is no such tile."""
    zoom, place = key >> _KEY_BITS, key & (1 << _KEY_BITS) - 1
    if zoom not in (ZOOM, WIDE_ZOOM) or place >> 2 * zoom:
        raise ContractError(f"no tile {key}")
    return zoom, _gather(place), _gather(place >> 1)


def to_steps(lat: float, lon: float, zoom: int) -> tuple[float, float]:
    """A place in steps from the north-west corner of the world's map of a zoom."""
    limited = max(-_LIMIT_DEG, min(_LIMIT_DEG, lat))
    size = float(STEPS << zoom)
    return (
        (wrap_longitude(lon) + 180.0) / 360.0 * size,
        (1.0 - asinh(tan(radians(limited))) / pi) / 2.0 * size,
    )


def to_degrees(x: float, y: float, zoom: int) -> tuple[float, float]:
    """The place (lat, lon) so many steps from the corner of the world's map."""
    size = float(STEPS << zoom)
    return degrees(atan(sinh(pi * (1 - 2 * y / size)))), x / size * 360.0 - 180.0


def simplified(points: Sequence[Point], tolerance: float) -> list[Point]:
    """A line without the points that lie within a tolerance, in steps, of what is left (Douglas and Peucker)."""
    keep = {0, len(points) - 1}
    waiting = [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        away, at = max(
            ((_away(points[at], points[first], points[last]), at) for at in range(first + 1, last)), default=(0.0, 0)
        )
        if away > tolerance:
            keep.add(at)
            waiting += [(first, at), (at, last)]
    return [points[at] for at in sorted(keep)]


class SheetFile:
    """All sheets of a street map in one file: a mark, the table's length in four octets, the table, the sheets in its
    order. Raises ContractError where it is none; what the stream raises passes through."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        head = stream.read(len(_MAGIC) + _LENGTH_OCTETS)
        length = int.from_bytes(head[len(_MAGIC) :], "big")
        if not head.startswith(_MAGIC) or len(head) < len(_MAGIC) + _LENGTH_OCTETS or length > MAX_TABLE_BYTES:
            raise ContractError("no street map for walkers")
        self.packed_table = stream.read(length)
        self.table = decode_table(self.packed_table)
        at = len(head) + length
        self._places: dict[bytes, tuple[int, int]] = {}
        for entry in self.table.sheets:
            self._places[entry.hash] = at, entry.octets
            at += entry.octets
        self.octets = at

    def sheet(self, known: bytes) -> bytes | None:
        """The sheet with this SHA-256; None where there is none, or it is damaged."""
        at, octets = self._places.get(known, (0, 0))
        if not octets:
            return None
        self._stream.seek(at)
        data = self._stream.read(octets)
        return data if digest(data) == known else None


def file_head(table: SheetTable) -> bytes:
    """What stands in such a file before its sheets."""
    packed = pack(table)
    return _MAGIC + len(packed).to_bytes(_LENGTH_OCTETS, "big") + packed


def blocks(sizes: Sequence[tuple[int, int]]) -> Iterable[Sequence[tuple[int, int]]]:
    """Tiles, as (key, octets) by rising key, in the blocks of which each is one sheet."""
    waiting = [(sizes[start:end], 2 * zoom) for zoom, start, end in _zooms(sizes)][::-1]
    while waiting:
        some, bits = waiting.pop()
        if not some:
            continue
        if len(some) == 1 or bits == 0 or sum(octets + 16 for _, octets in some) <= SHEET_BYTES:
            yield some
            continue
        quarter = bits - 2
        parts: list[list[tuple[int, int]]] = [[], [], [], []]
        for one in some:
            parts[one[0] >> quarter & 3].append(one)
        waiting += [(part, quarter) for part in reversed(parts)]


def _zooms(sizes: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int, int]]:
    start = 0
    for end in range(1, len(sizes) + 1):
        if end == len(sizes) or sizes[end][0] >> _KEY_BITS != sizes[start][0] >> _KEY_BITS:
            yield sizes[start][0] >> _KEY_BITS, start, end
            start = end


def _away(point: Point, first: Point, last: Point) -> float:
    """From a point to the line between two others."""
    dx, dy = last[0] - first[0], last[1] - first[1]
    x, y = point[0] - first[0], point[1] - first[1]
    length = dx * dx + dy * dy
    part = 0.0 if not length else max(0.0, min(1.0, (x * dx + y * dy) / length))
    return hypot(x - part * dx, y - part * dy)


def _spread(number: int) -> int:
    """The bits of a number, with a zero before each."""
    return int(f"{number:b}", 4)


def _gather(number: int) -> int:
    """Every second bit of a number, from the lowest on."""
    found = at = 0
    while number:
        found |= (number & 1) << at
        number >>= 2
        at += 1
    return found
