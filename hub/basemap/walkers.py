"""Writes the walker's street map: what probes take along, see `probe/contract/streets.py`.

Lines are cut at the borders of tiles and wait in a scratch table until all are there, so that the memory does not grow
with the extract.
"""

import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from probe.contract.base import CONTRACT_VERSION
from probe.contract.envelope import digest, pack
from probe.contract.streets import (
    MAX_NAME,
    MAX_SHEETS,
    MAX_STREETS_BYTES,
    MAX_WAY_POINTS,
    STEPS,
    WIDE,
    WIDE_ZOOM,
    ZOOM,
    Point,
    Sheet,
    SheetEntry,
    SheetTable,
    SheetTile,
    StreetTile,
    Way,
    WayClass,
    blocks,
    file_head,
    pack_points,
    pack_tile,
    simplified,
    tile_key,
    to_steps,
)

_TOLERANCE = {ZOOM: 0.9, WIDE_ZOOM: 1.5}  # steps
_LONGEST_STEP = 64  # tiles: no street runs so far without a bend
_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;
CREATE TABLE way (key INTEGER NOT NULL, kind INTEGER NOT NULL, name TEXT, points BLOB NOT NULL);
CREATE TABLE tile (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
"""


class SheetWriter:
    """A walker's street map that is being written; `finish` makes the file."""

    def __init__(self, scratch: Path) -> None:
        self._db = sqlite3.connect(scratch, isolation_level=None)
        self._db.executescript(_SCHEMA + "BEGIN;")

    def way(self, kind: WayClass, name: str | None, points: Sequence[tuple[float, float]]) -> None:
        """A line, as (longitude, latitude) in degrees."""
        shown = name[:MAX_NAME] if name else None
        for zoom in (ZOOM, WIDE_ZOOM) if kind in WIDE else (ZOOM,):
            for (x, y), piece in _pieces(points, zoom):
                row = tile_key(zoom, x, y), kind, shown, pack_points(piece)
                self._db.execute("INSERT INTO way VALUES (?, ?, ?, ?)", row)

    def finish(self, path: Path, day: str | None, *, composed: bool = False) -> int | None:
        """Write the file; its octets, or None where it would be larger than what a probe may carry: then there is none.

        The same streets give the same octets.
        """
        sizes = list(self._tiles())
        if not sizes or sum(octets for _, octets in sizes) > MAX_STREETS_BYTES:
            return None
        entries: list[SheetEntry] = []
        body = path.with_suffix(".body")
        with body.open("wb") as file:
            for some in blocks(sizes):
                entry, data = self._sheet([key for key, _ in some])
                entries.append(entry)
                file.write(data)
        if len(entries) > MAX_SHEETS or sum(entry.octets for entry in entries) > MAX_STREETS_BYTES:
            body.unlink()
            return None
        with path.open("wb") as file, body.open("rb") as sheets:
            table = SheetTable(v=CONTRACT_VERSION, sheets=tuple(entries), day=day, composed=composed)
            file.write(file_head(table))
            while portion := sheets.read(1 << 20):
                file.write(portion)
        body.unlink()
        return path.stat().st_size

    def close(self) -> None:
        """Let go of the scratch table."""
        self._db.close()

    def _tiles(self) -> Iterator[tuple[int, int]]:
        """Pack the tiles into their table; the key and octets of each, by rising key."""
        ways: list[tuple[int, str | None, bytes]] = []
        before: int | None = None
        query = "SELECT key, kind, name, points FROM way ORDER BY key, kind, name, points"
        for key, kind, name, points in self._db.execute(query):
            if before is not None and key != before:
                yield from self._tile(before, ways)
                ways = []
            before = key
            ways.append((kind, name, points))
        if before is not None:
            yield from self._tile(before, ways)

    def _tile(self, key: int, ways: list[tuple[int, str | None, bytes]]) -> Iterator[tuple[int, int]]:
        """Where a tile is denser than any town, what is least important stays out."""
        data = _packed(ways)
        while data is None:
            ways = ways[: len(ways) * 3 // 4]
            data = _packed(ways)
        self._db.execute("INSERT INTO tile VALUES (?, ?)", (key, data))
        yield key, len(data)

    def _sheet(self, keys: Sequence[int]) -> tuple[SheetEntry, bytes]:
        rows = self._db.execute(
            "SELECT key, data FROM tile WHERE key BETWEEN ? AND ? ORDER BY key", (keys[0], keys[-1])
        )
        sheet = Sheet(v=CONTRACT_VERSION, tiles=tuple(SheetTile(key=key, data=data) for key, data in rows))
        data = pack(sheet)
        return SheetEntry(first=keys[0], last=keys[-1], hash=digest(data), octets=len(data)), data


def _packed(ways: Iterable[tuple[int, str | None, bytes]]) -> bytes | None:
    names: dict[str, int] = {}
    made = []
    for kind, name, points in ways:
        number = -1 if name is None else names.setdefault(name, len(names))
        made.append(Way(kind=kind, name=number, points=points))
    return pack_tile(StreetTile(names=tuple(names), ways=tuple(made)))


def _pieces(points: Sequence[tuple[float, float]], zoom: int) -> Iterator[tuple[tuple[int, int], list[Point]]]:
    """The pieces of a line, each with the x and y of the tile that it lies in, in steps from that tile's corner."""
    whole = [(round(x), round(y)) for x, y in (to_steps(lat, lon, zoom) for lon, lat in points)]
    line = simplified(whole, _TOLERANCE[zoom])
    cut = line[:1]
    for there, here in itertools.pairwise(line):
        if max(abs(here[0] - there[0]), abs(here[1] - there[1])) > _LONGEST_STEP * STEPS:
            return
        cut += [*_crossings(there, here), here]
    piece: list[Point] = []
    within: tuple[int, int] | None = None
    for there, here in itertools.pairwise(cut):
        if there == here:
            continue
        tile = (there[0] + here[0]) // (2 * STEPS), (there[1] + here[1]) // (2 * STEPS)
        if tile != within or len(piece) >= MAX_WAY_POINTS:
            yield from _whole(within, piece, zoom)
            piece, within = [_relative(there, tile)], tile
        piece.append(_relative(here, tile))
    yield from _whole(within, piece, zoom)


def _whole(
    tile: tuple[int, int] | None, piece: list[Point], zoom: int
) -> Iterator[tuple[tuple[int, int], list[Point]]]:
    if tile is not None and len(piece) > 1 and all(0 <= at < 1 << zoom for at in tile):
        yield tile, piece


def _relative(point: Point, tile: tuple[int, int]) -> Point:
    """A point from a tile's corner; what was rounded beyond the border lies on it."""
    return min(STEPS, max(0, point[0] - tile[0] * STEPS)), min(STEPS, max(0, point[1] - tile[1] * STEPS))


def _crossings(there: Point, here: Point) -> list[Point]:
    """Where the step between two points crosses borders of tiles, in the order of the way."""
    parts = set()
    for axis in (0, 1):
        low, high = sorted((there[axis], here[axis]))
        for border in range(low // STEPS + 1, (high - 1) // STEPS + 1):
            parts.add((border * STEPS - there[axis]) / (here[axis] - there[axis]))
    return [
        (round(there[0] + part * (here[0] - there[0])), round(there[1] + part * (here[1] - there[1])))
        for part in sorted(parts)
    ]
