"""The streets on which people walk near a place, from the walker's street map that a hub has made.

That map is in tiles of some 800 m, each in a sheet of some 64 kB: a place costs one to four tiles, and its neighbours
nothing more. No more than a few megabytes of it are kept, whatever its size. The index of names (`streets.py`) cannot
serve here: it knows no path without a name.
"""

import itertools
import logging
import os
import threading
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from math import cos, floor, hypot, radians
from pathlib import Path
from typing import NamedTuple

from hub.merge.stand import FARTHEST_M, PAVEMENT_M, Segment
from probe.contract.base import ContractError
from probe.contract.envelope import digest
from probe.contract.geodesy import EARTH_RADIUS_M, wrap_longitude
from probe.contract.streets import (
    STEPS,
    ZOOM,
    Point,
    SheetFile,
    SheetTable,
    StreetTile,
    WayClass,
    decode_sheet,
    decode_tile,
    tile_key,
    to_degrees,
    to_steps,
    unpack_points,
)

WITHIN_M = FARTHEST_M + 15.0  # what lies beyond changes no advice
MOST_SEGMENTS = 400
MOST_KEPT = 12 << 20  # octets of tiles, about; a dense town's tile takes some 300 kB
_LINE_OCTETS, _POINT_OCTETS = 400, 4
_ASIDE_M = {WayClass.MAIN: 6.0, WayClass.STREET: PAVEMENT_M, WayClass.PATH: 0.0}  # by eye, of French towns
_STEPS_OF_EQUATOR = STEPS << ZOOM
_FARTHEST_DEG = 85.0
WALKED = frozenset(_ASIDE_M)

_log = logging.getLogger(__name__)

_Box = tuple[int, int, int, int]  # the least and most of x, then of y


class _Line(NamedTuple):
    """What it is, its points in steps from its tile's corner (x, y, x, y, ...), and their bounds."""

    kind: WayClass
    points: "array[int]"
    box: _Box


class _Tile(NamedTuple):
    """Its lines; None where the map has no such tile. And what it takes, in octets, about."""

    lines: list[_Line] | None
    octets: int


_Identity = tuple[int, int, int]


class Walkable:
    """The walkable streets of a hub, for any thread; also where the map is replaced while the hub runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen: _Identity | None = None
        self._table: SheetTable | None = None
        self._mark: str | None = None
        self._told = False
        self._tiles: OrderedDict[int, _Tile] = OrderedDict()
        self._octets = 0

    @property
    def version(self) -> _Identity | None:
        """Another value where the map is another; None where there is none."""
        return _identity(self._path)

    @property
    def mark(self) -> str | None:
        """What names the streets themselves: the same for a copy of the map, another one where any street is another.
        None where there is no map that can be read."""
        with self._lock:
            return self._mark if self._open() else None

    def near(
        self,
        lat: float,
        lon: float,
        *,
        within_m: float = WITHIN_M,
        kinds: Collection[WayClass] = WALKED,
        most: int = MOST_SEGMENTS,
    ) -> tuple[Segment, ...] | None:
        """The parts of streets of these kinds within so many metres of a place, the nearest first; None where the map
        has nothing there, or there is none: nobody knows."""
        if not abs(lat) < _FARTHEST_DEG:
            return None
        x, y = to_steps(lat, lon, ZOOM)
        reach = within_m * _STEPS_OF_EQUATOR / (radians(360.0) * EARTH_RADIUS_M * cos(radians(lat)))
        known = False
        found: list[tuple[float, float, Point, Point]] = []
        with self._lock:
            if not self._open():
                return None
            for column, row in _tiles_of(x, y, reach):
                lines = self._tile(column % (1 << ZOOM), row)
                known = known or lines is not None
                east, south = column * STEPS, row * STEPS
                at = x - east, y - south
                for line in lines or ():
                    left, right, top, bottom = line.box
                    if left - reach <= at[0] <= right + reach and top - reach <= at[1] <= bottom + reach:
                        if line.kind not in kinds:
                            continue
                        for away, start, end in _close(line.points, at, reach):
                            ends = (east + start[0], south + start[1]), (east + end[0], south + end[1])
                            found.append((away, _ASIDE_M[line.kind], *ends))
        if not known:
            return None
        return tuple(
            Segment(start=_degrees(start), end=_degrees(end), aside_m=aside)
            for _, aside, start, end in sorted(found)[:most]
        )

    def _open(self) -> bool:
        """Whether there is a map; what is kept of one is let go of where another lies there now."""
        there = _identity(self._path)
        if there != self._seen:
            self._seen, self._table, self._mark, self._told = there, None, None, False
            self._tiles.clear()
            self._octets = 0
            try:
                if there is not None:
                    with self._path.open("rb") as stream:
                        file = SheetFile(stream)
                    # The table names each sheet by its SHA-256
                    self._table, self._mark = file.table, digest(file.packed_table).hex()[:16]
            except (OSError, ContractError) as problem:
                self._tell(problem)
        return self._table is not None

    def _tell(self, problem: Exception) -> None:
        """Say once of each map that it is damaged."""
        if not self._told:
            self._told = True
            _log.warning(
                "%s is damaged (%s): where it says nothing, no street is known, and all else works; make the street "
                "map again",
                self._path,
                problem,
            )

    def _tile(self, column: int, row: int) -> list[_Line] | None:
        """The lines of a tile on which people walk; None where the map has no such tile, or it cannot be read."""
        key = tile_key(ZOOM, column, row)
        if key in self._tiles:
            self._tiles.move_to_end(key)
            return self._tiles[key].lines
        lines = self._read(key)
        points = sum(len(line.points) for line in lines or ())
        tile = self._tiles[key] = _Tile(lines, _LINE_OCTETS * (1 + len(lines or ())) + _POINT_OCTETS * points)
        self._octets += tile.octets
        while self._octets > MOST_KEPT and len(self._tiles) > 1:
            self._octets -= self._tiles.popitem(last=False)[1].octets
        return lines

    def _read(self, key: int) -> list[_Line] | None:
        entries = () if self._table is None else self._table.sheets
        number = bisect_right(entries, key, key=lambda entry: entry.first) - 1
        if number < 0 or key > entries[number].last:
            return None
        try:
            with self._path.open("rb") as stream:
                data = SheetFile(stream).sheet(entries[number].hash)
            if data is None:
                raise ContractError("a part of it is damaged")
            return next((_lines(decode_tile(tile.data)) for tile in decode_sheet(data).tiles if tile.key == key), None)
        except (OSError, ContractError) as problem:  # damaged, or replaced meanwhile: nobody knows a street then
            self._tell(problem)
            return None


def _lines(tile: StreetTile) -> list[_Line]:
    lines = []
    for way in tile.ways:
        if way.kind in WALKED:
            xs, ys = zip(*unpack_points(way.points), strict=True)
            points = array("h", itertools.chain.from_iterable(zip(xs, ys, strict=True)))
            lines.append(_Line(WayClass(way.kind), points, (min(xs), max(xs), min(ys), max(ys))))
    return lines


def _tiles_of(x: float, y: float, reach: float) -> Iterator[tuple[int, int]]:
    """The tiles of a square around a place; a column may lie beyond the date line."""
    last = (1 << ZOOM) - 1
    for row in range(max(0, floor((y - reach) / STEPS)), min(last, floor((y + reach) / STEPS)) + 1):
        for column in range(floor((x - reach) / STEPS), floor((x + reach) / STEPS) + 1):
            yield column, row


def _close(line: Sequence[int], place: tuple[float, float], reach: float) -> Iterator[tuple[float, Point, Point]]:
    """The parts of a line that come near a place, with their distance."""
    for start, end in itertools.pairwise(zip(line[::2], line[1::2], strict=True)):
        dx, dy = end[0] - start[0], end[1] - start[1]
        square = dx * dx + dy * dy
        along = (place[0] - start[0]) * dx + (place[1] - start[1]) * dy
        part = max(0.0, min(1.0, along / square)) if square else 0.0
        away = hypot(start[0] + part * dx - place[0], start[1] + part * dy - place[1])
        if away <= reach and square:
            yield away, start, end


def _degrees(point: Point) -> tuple[float, float]:
    lat, lon = to_degrees(point[0], point[1], ZOOM)
    return lat, wrap_longitude(lon)


def _identity(path: Path) -> _Identity | None:
    """What tells a file from the one that took its place: inode, time of change, octets."""
    try:
        there = os.stat(path)
    except OSError:
        return None
    return there.st_ino, there.st_mtime_ns, there.st_size
