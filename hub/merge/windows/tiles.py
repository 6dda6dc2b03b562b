"""The globe in tiles of some 222 m, each with a halo of some 111 m around, and parts of tiles where they are full.

A tile is two rows of the merge's blocks high and as wide as that where its row is widest; rows have fewer tiles the
nearer they are to a pole, and join up over the date line.
"""

from functools import lru_cache
from math import cos, floor, radians
from typing import TypeVar, cast

from hub.merge.grid import ROW_DEG
from probe.contract.geodesy import degrees_off, wrap_longitude

HALO_M = 111.0
TILE_DEG = 2 * ROW_DEG
_LAST_ROW = round(90 / TILE_DEG) - 1
_HALO_DEG = degrees_off(0.0, 0.0, HALO_M)[0]
_HALO_SHARE = 0.5  # of a part's side: as a halo is to its tile

_T = TypeVar("_T")

Tile = tuple[int, int]  # row and column
Part = tuple[int, int, int]  # how often a tile was halved; from the west and from the south
WHOLE: Part = (0, 0, 0)


def tile_of(lat: float, lon: float) -> Tile:
    """The tile that a place lies in, in degrees."""
    row = _row(lat)
    columns = _columns(row)
    return _shared((row, floor((wrap_longitude(lon) + 180.0) / 360.0 * columns) % columns))


def windows_of(lat: float, lon: float) -> tuple[Tile, ...]:
    """The tiles with whose halo a place lies, its own among them, in ascending order."""
    farthest = min(90.0, abs(lat) + _HALO_DEG)
    _, width_deg = degrees_off(farthest, HALO_M, 0.0)
    found = {tile_of(lat, lon)}
    for row in range(_row(lat - _HALO_DEG), _row(lat + _HALO_DEG) + 1):
        columns = _columns(row)
        first, last = (
            floor((wrap_longitude(lon) + off + 180.0) / 360.0 * columns)
            for off in (-min(180.0, width_deg), min(180.0, width_deg))
        )
        found.update(_shared((row, (first + step) % columns)) for step in range(min(columns, last - first + 1)))
    return _shared(tuple(sorted(found)))


def _shared(tiles: _T) -> _T:
    """What is equal, once: neighbours are in the same windows, and each would hold half a kilobyte of them."""
    return cast(_T, _once(tiles))


@lru_cache(1 << 16)
def _once(tiles: object) -> object:
    return tiles


def part_at(tile: Tile, lat: float, lon: float, depth: int) -> Part:
    """The part of a tile, halved so often, that a place in it lies in."""
    count = 1 << depth
    column, row = (max(0, min(count - 1, floor(share * count))) for share in _within(tile, lat, lon))
    return depth, column, row


def is_around(tile: Tile, part: Part, lat: float, lon: float) -> bool:
    """Whether a place lies in a part of a tile or in the halo around that, which is half as wide as the part."""
    depth, column, row = part
    count = 1 << depth
    return all(
        place - _HALO_SHARE <= share * count < place + 1 + _HALO_SHARE
        for place, share in zip((column, row), _within(tile, lat, lon), strict=True)
    )


def _within(tile: Tile, lat: float, lon: float) -> tuple[float, float]:
    """How far east and north of a tile's corner a place is, in sides of the tile."""
    row, column = tile
    width_deg = 360.0 / _columns(row)
    off = (lon + 180.0 - column * width_deg) % 360.0
    if off > 180.0 + width_deg / 2:  # nearer by the west
        off -= 360.0
    return off / width_deg, lat / TILE_DEG - row


def _row(lat: float) -> int:
    return max(-_LAST_ROW - 1, min(_LAST_ROW, floor(lat / TILE_DEG)))


@lru_cache(4096)
def _columns(row: int) -> int:
    widest = min(abs(row), abs(row + 1)) * TILE_DEG
    return max(1, floor(360.0 / TILE_DEG * cos(radians(min(90.0, widest)))))
