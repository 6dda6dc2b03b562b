"""Cameras as Mapbox Vector Tiles, for maps of more than some thousands: a tile holds what a screen can show. Pure.

Far out, cameras that would lie on one another are one point with their number. Nearer, each is itself, up to a bound:
beyond it the tile's cameras are drawn together as well, so that no tile outgrows a slow line.
"""

import math
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

LAYER = "cameras"
EXTENT = 4096
MAX_ZOOM = 16  # nearer, a map draws these larger
CLUSTER_ZOOM = 13  # up to here near ones are drawn together
CROWD = 6  # and beyond it, more than so many in one group
GRID = 16  # so many groups along each side of a tile
MAX_FEATURES = 2000  # of one tile
_MARGIN = EXTENT // 32  # a mark at the edge is drawn by both tiles

Value = str | float | int
Properties = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Point:
    """A camera to be drawn: degrees, and what its mark needs to know."""

    lon: float
    lat: float
    properties: Properties


class TileIndex:
    """Points by their tile at the nearest zoom, so that a tile costs what lies in it."""

    def __init__(self, points: Iterable[Point]) -> None:
        self._by_tile: dict[tuple[int, int], list[tuple[float, float, Point]]] = {}
        self._points = list(points)
        for point in self._points:
            x, y = _world(point.lon, point.lat)
            size = 1 << MAX_ZOOM
            key = min(size - 1, int(x * size)), min(size - 1, int(y * size))
            self._by_tile.setdefault(key, []).append((x, y, point))
        self._keys = sorted(self._by_tile)

    def tile(self, zoom: int, x: int, y: int, keep: Callable[[Properties], bool] = lambda _: True) -> bytes:
        """A tile of the cameras to keep, empty where there are none."""
        scale = float(1 << zoom)
        inside = []
        for world_x, world_y, point in self._near(zoom, x, y):
            at_x, at_y = round((world_x * scale - x) * EXTENT), round((world_y * scale - y) * EXTENT)
            if not (-_MARGIN <= at_x < EXTENT + _MARGIN and -_MARGIN <= at_y < EXTENT + _MARGIN):
                continue
            if keep(point.properties):
                inside.append((at_x, at_y, point.properties))
        if zoom <= CLUSTER_ZOOM or len(inside) > MAX_FEATURES:
            inside = _together(inside, 1)
        elif zoom < MAX_ZOOM:
            inside = _together(inside, CROWD)
        return encode(LAYER, inside)

    def inside(
        self, west: float, south: float, east: float, north: float, keep: Callable[[Properties], bool] = lambda _: True
    ) -> list[Point]:
        """The points to keep within some degrees; where `west` is more than `east`, across the date line."""
        found = []
        for one in self._points:
            across = west <= one.lon or one.lon <= east if west > east else west <= one.lon <= east
            if across and south <= one.lat <= north and keep(one.properties):
                found.append(one)
        return found

    def _near(self, zoom: int, x: int, y: int) -> Iterable[tuple[float, float, Point]]:
        """The points of a tile and of those that touch its margin."""
        if zoom > MAX_ZOOM:
            return
        shift = MAX_ZOOM - zoom
        west, east = (x << shift) - 1, (x + 1 << shift) + 1
        north, south = (y << shift) - 1, (y + 1 << shift) + 1
        if (east - west) * (south - north) > len(self._keys):
            keys: Iterable[tuple[int, int]] = self._keys
        else:
            keys = ((one, other) for one in range(west, east) for other in range(north, south))
        for key in keys:
            if west <= key[0] < east and north <= key[1] < south:
                yield from self._by_tile.get(key, ())


def _together(features: Sequence[tuple[int, int, Properties]], most: int) -> list[tuple[int, int, Properties]]:
    """Those of one cell of a grid as one, in their middle, with how many they are; up to so many stay themselves."""
    cells: dict[tuple[int, int], list[tuple[int, int, Properties]]] = {}
    side = EXTENT // GRID
    for feature in features:
        cells.setdefault((feature[0] // side, feature[1] // side), []).append(feature)
    found = []
    for (cell_x, cell_y), some in sorted(cells.items()):
        if len(some) <= most:
            found += some
        elif 0 <= cell_x < GRID and 0 <= cell_y < GRID:  # those of the margin are counted by the next tile
            middle = sum(one[0] for one in some) // len(some), sum(one[1] for one in some) // len(some)
            found.append((*middle, {"point_count": len(some)}))
    return found


def _world(lon: float, lat: float) -> tuple[float, float]:
    """Web Mercator, from 0 to 1, from west to east and from north to south."""
    sine = math.sin(math.radians(max(-85.051129, min(85.051129, lat))))
    return (lon / 360 + 0.5) % 1.0, 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)


def encode(layer: str, features: Sequence[tuple[int, int, Properties]]) -> bytes:
    """Points (x, y in units of the tile, and properties) as a Mapbox Vector Tile 2.1 of one layer; no points, no
    octets."""
    if not features:
        return b""
    keys: dict[str, int] = {}
    values: dict[tuple[type, Value], int] = {}
    body = bytearray(_bytes(1, layer.encode()))
    for x, y, properties in features:
        tags = bytearray()
        for name, value in properties.items():
            tags += _varint(keys.setdefault(name, len(keys)))
            tags += _varint(values.setdefault((type(value), value), len(values)))
        geometry = _varint(9) + _varint(_zigzag(x)) + _varint(_zigzag(y))  # 9: move to, once
        body += _bytes(2, _bytes(2, bytes(tags)) + b"\x18\x01" + _bytes(4, geometry))
    for name in keys:
        body += _bytes(3, name.encode())
    for _, value in values:
        body += _bytes(4, _value(value))
    body += _varint(5 << 3) + _varint(EXTENT) + _varint(15 << 3) + _varint(2)
    return _bytes(3, bytes(body))


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return _bytes(1, value.encode())
    if isinstance(value, bool):
        return _varint(7 << 3) + _varint(value)
    if isinstance(value, int):
        return _varint(6 << 3) + _varint(_zigzag(value))
    return _varint(3 << 3 | 1) + struct.pack("<d", value)


def _bytes(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
