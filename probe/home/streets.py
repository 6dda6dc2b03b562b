"""Reads the streets of a box out of the sheets that the hub gave along: the tiles of the box alone, and no more of them
than a phone draws.

The wider the box, the less is shown: first the paths go, then all but large streets; the widest boxes are drawn from
tiles that have no others. What is nearest to the middle comes first, until the answer is full.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from probe.contract.base import ContractError
from probe.contract.geodesy import wrap_longitude
from probe.contract.streets import (
    STEPS,
    WIDE,
    WIDE_ZOOM,
    ZOOM,
    Point,
    SheetTable,
    StreetTile,
    WayClass,
    decode_sheet,
    decode_tile,
    simplified,
    tile_key,
    to_degrees,
    to_steps,
    unpack_points,
)

MOST_BYTES = 60_000
_MOST_TILES = 64  # of one answer
_ALL_TILES, _NO_PATHS_TILES = 9, 20  # up to so many tiles of the fine zoom, everything is shown, then no paths
_EMPTY = b'{"ways":[]}'
_COMPOSED = b',"composed":true'
_NAMES = {kind: kind.name.lower() for kind in WayClass}

Box = tuple[int, int, int, int]  # in steps: left, top, right, bottom
ReadSheet = Callable[[bytes], bytes | None]


@dataclass(frozen=True, slots=True)
class _View:
    """What is drawn of a box: at which zoom, which tiles, which classes, and how finely, in steps."""

    zoom: int
    tiles: tuple[tuple[int, int], ...]
    kinds: frozenset[WayClass]
    tolerance: float


def streets_json(
    table: SheetTable, read: ReadSheet, box: tuple[float, float, float, float], most_bytes: int = MOST_BYTES
) -> bytes:
    """The streets of a box (west, south, east, north in degrees; across the date line west is more than east) as JSON:
    `{"ways": [[class, name or null, [lat, lon, ...]], ...]}`, of at most so many octets; with `"composed": true` where
    they are of a fictional town.

    Classes are `fast`, `main`, `street`, `path`, `rail` and `water`. `read` gives a sheet by its SHA-256, or None.
    """
    found: list[tuple[float, bytes]] = []
    for part in _parts(box):
        view = _view(part)
        if view is None:
            continue
        bounds = _bounds(part, view.zoom)
        for x, y, tile in _tiles(table, read, view):
            found += _ways(tile, (x * STEPS, y * STEPS), bounds, view)
    found.sort()
    kept, room = [], most_bytes - len(_EMPTY) - len(_COMPOSED)
    for _, way in found:
        room -= len(way) + 1
        if room < 0:
            break
        kept.append(way)
    return b'{"ways":[' + b",".join(kept) + b"]" + (_COMPOSED if table.composed else b"") + b"}"


def _parts(box: tuple[float, float, float, float]) -> Iterator[tuple[float, float, float, float]]:
    west, south, east, north = box
    if not (-90 <= south <= north <= 90 and all(-540 <= lon <= 540 for lon in (west, east))):
        return
    if east - west >= 360:
        yield -180.0, south, 180.0 - 1e-9, north
        return
    west, east = wrap_longitude(west), wrap_longitude(east)
    if west <= east:
        yield west, south, east, north
    else:
        yield west, south, 180.0 - 1e-9, north
        yield -180.0, south, east, north


def _bounds(box: tuple[float, float, float, float], zoom: int) -> Box:
    west, south, east, north = box
    left, top = to_steps(north, west, zoom)
    right, bottom = to_steps(south, east, zoom)
    return int(left), int(top), int(right) + 1, int(bottom) + 1


def _view(box: tuple[float, float, float, float]) -> _View | None:
    """How a box is drawn; None where it is so wide that nothing of it could be told from paper."""
    for zoom in (ZOOM, WIDE_ZOOM):
        left, top, right, bottom = (at // STEPS for at in _bounds(box, zoom))
        last = (1 << zoom) - 1
        across, down = min(right, last) - left + 1, min(bottom, last) - top + 1
        count = across * down
        if count > _MOST_TILES or (zoom == ZOOM and count > _NO_PATHS_TILES * 2):
            continue
        tiles = tuple((left + column, top + row) for row in range(down) for column in range(across))
        if zoom == WIDE_ZOOM:
            return _View(zoom, tiles, WIDE, 2.0)
        if count <= _ALL_TILES:
            return _View(zoom, tiles, frozenset(WayClass), 1.0)
        if count <= _NO_PATHS_TILES:
            return _View(zoom, tiles, frozenset(WayClass) - {WayClass.PATH}, 4.0)
        return _View(zoom, tiles, WIDE, 8.0)
    return None


def _tiles(table: SheetTable, read: ReadSheet, view: _View) -> Iterator[tuple[int, int, StreetTile]]:
    """The tiles of a view that are there; each sheet is read once, and let go of again."""
    firsts = [entry.first for entry in table.sheets]
    wanted: dict[int, dict[int, tuple[int, int]]] = {}
    for x, y in view.tiles:
        key = tile_key(view.zoom, x, y)
        number = bisect_right(firsts, key) - 1
        if number >= 0 and key <= table.sheets[number].last:
            wanted.setdefault(number, {})[key] = (x, y)
    for number, keys in wanted.items():
        data = read(table.sheets[number].hash)
        if data is None:
            continue
        try:
            for tile in decode_sheet(data).tiles:
                if tile.key in keys:
                    yield *keys[tile.key], decode_tile(tile.data)
        except ContractError:
            continue  # it is as the hub signed it: a fault of the hub's, and the other sheets are good


def _ways(tile: StreetTile, corner: Point, box: Box, view: _View) -> Iterator[tuple[float, bytes]]:
    """The ways of a tile within a box, each as JSON, with how late it may come: by class, then by distance."""
    left, top, right, bottom = box
    middle = (left + right) / 2, (top + bottom) / 2
    for way in tile.ways:
        if way.kind >= len(_NAMES) or (kind := WayClass(way.kind)) not in view.kinds:
            continue
        try:
            points = [(x + corner[0], y + corner[1]) for x, y in unpack_points(way.points)]
        except ContractError:
            continue
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if max(xs) < left or min(xs) > right or max(ys) < top or min(ys) > bottom:
            continue
        if len(points) > 2 and view.tolerance > 1.0:
            points = simplified(points, view.tolerance)
        away = max(abs((min(xs) + max(xs)) / 2 - middle[0]), abs((min(ys) + max(ys)) / 2 - middle[1]))
        name = tile.names[way.name] if 0 <= way.name < len(tile.names) else None
        rank = _rank(kind) * max(right - left, bottom - top) / 8 + away
        yield rank, _json(kind, name, points, view.zoom)


def _rank(kind: WayClass) -> int:
    """Water and large streets are seen from afar; paths and rails matter near by."""
    return {WayClass.PATH: 3, WayClass.RAIL: 2, WayClass.STREET: 1}.get(kind, 0)


def _json(kind: WayClass, name: str | None, points: Sequence[Point], zoom: int) -> bytes:
    places = [round(value, 5) for x, y in points for value in to_degrees(x, y, zoom)]
    return msgspec.json.encode([_NAMES[kind], name, places])
