"""Writes the street index: which streets there are, where they run, and the house numbers beside them.

Streets of one name that lie together are one street; the same name in another town is another. A scratch table holds
the pieces until they are grouped, so that the memory does not grow with the extract.
"""

import json
import sqlite3
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

from hub.basemap.fold import MAX_NAME, folded, words_of
from probe.contract.geodesy import distance_m

E7 = 10_000_000
VERSION = 1
MOST_POINTS = 16  # of a piece: short ones have small boxes, and few are looked at
_TOGETHER = 0.02  # degrees: streets of one name in neighbouring squares of this size are one
_REACH_M = {"city": 8000.0, "town": 4000.0, "village": 2000.0, "suburb": 1500.0, "quarter": 1200.0, "hamlet": 800.0,
            "neighbourhood": 700.0}  # fmt: skip
_FARTHEST = 4  # times its reach, and no street is said to be in a place
_SCHEMA = """
CREATE TABLE about (fact TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE street (id INTEGER PRIMARY KEY, name TEXT NOT NULL, name_fr TEXT, name_en TEXT, folded TEXT NOT NULL,
    place TEXT, lat REAL NOT NULL, lon REAL NOT NULL, west REAL NOT NULL, south REAL NOT NULL, east REAL NOT NULL,
    north REAL NOT NULL);
CREATE TABLE piece (id INTEGER PRIMARY KEY, street INTEGER NOT NULL, kind INTEGER NOT NULL, points BLOB NOT NULL);
CREATE VIRTUAL TABLE piece_box USING rtree(id, west, east, south, north);
CREATE TABLE word (word TEXT NOT NULL, street INTEGER NOT NULL, PRIMARY KEY (word, street)) WITHOUT ROWID;
CREATE TABLE number (id INTEGER PRIMARY KEY, number TEXT NOT NULL, street TEXT, lat REAL NOT NULL, lon REAL NOT NULL);
CREATE VIRTUAL TABLE number_box USING rtree(id, west, east, south, north);
CREATE TABLE place (id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, lat REAL NOT NULL,
    lon REAL NOT NULL);
CREATE VIRTUAL TABLE place_box USING rtree(id, west, east, south, north);
"""
_SCRATCH = """
CREATE TABLE scratch.raw (name TEXT NOT NULL, name_fr TEXT, name_en TEXT, kind INTEGER NOT NULL, points BLOB NOT NULL,
    west REAL, south REAL, east REAL, north REAL);
"""
Points = Sequence[tuple[float, float]]  # longitude, latitude


class Kind(IntEnum):
    """What a piece of a street is: a line of which somebody is so far, one below the ground, a square to be in."""

    LINE = 0
    BELOW = 1
    SQUARE = 2


_Raw = tuple[str, str | None, str | None, int, bytes, float, float, float, float]


def pack(points: Points) -> bytes:
    """Points as ten-millionths of degrees, longitude first."""
    flat = [round(value * E7) for point in points for value in point]
    return struct.pack(f"<{len(flat)}i", *flat)


def unpack(data: bytes) -> list[tuple[float, float]]:
    """The points that were packed."""
    flat = struct.unpack(f"<{len(data) // 4}i", data[: len(data) // 8 * 8])
    return [(lon / E7, lat / E7) for lon, lat in zip(flat[::2], flat[1::2], strict=True)]


class IndexWriter:
    """An index that is being written; `finish` groups the streets and closes it."""

    def __init__(self, path: Path, scratch: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        # The file is made aside and synced whole before it takes its name: no journal has to save it.
        self._db.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;" + _SCHEMA
        )
        self._db.execute("ATTACH ? AS scratch", (str(scratch),))
        self._db.executescript("PRAGMA scratch.journal_mode = OFF; PRAGMA scratch.synchronous = OFF;" + _SCRATCH)
        self._db.execute("BEGIN")
        self.streets = self.numbers = self.places = 0

    def street(self, names: dict[str, str], points: Points, kind: Kind = Kind.LINE) -> None:
        """A stretch of a named street, or a square by its ring."""
        step = MOST_POINTS - 1 if kind is not Kind.SQUARE else len(points)
        for start in range(0, max(1, len(points) - 1), step):
            part = points[start : start + step + 1]
            lons, lats = [lon for lon, _ in part], [lat for _, lat in part]
            row = (names["name"], names.get("name_fr"), names.get("name_en"), kind, pack(part),
                   min(lons), min(lats), max(lons), max(lats))  # fmt: skip
            self._db.execute("INSERT INTO scratch.raw VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def number(self, number: str, street: str | None, lon: float, lat: float) -> None:
        """A house number, with the name of its street where that is said."""
        self.numbers += 1
        known = folded(street) if street else None
        self._db.execute("INSERT INTO number VALUES (?, ?, ?, ?, ?)", (self.numbers, number[:20], known, lat, lon))
        self._box("number_box", self.numbers, lon, lat)

    def place(self, name: str, kind: str, lon: float, lat: float) -> None:
        """A town, a quarter."""
        if kind in _REACH_M:
            self.places += 1
            self._db.execute("INSERT INTO place VALUES (?, ?, ?, ?, ?)", (self.places, name[:MAX_NAME], kind, lat, lon))
            self._box("place_box", self.places, lon, lat)

    def finish(self, about: dict[str, Any]) -> None:
        """Group the streets, note what is known of the whole, and close the file."""
        pieces = 0
        for rows in self._groups():
            self.streets += 1
            self._street(rows)
            for _, _, _, kind, points, *box in rows:
                pieces += 1
                self._db.execute("INSERT INTO piece VALUES (?, ?, ?, ?)", (pieces, self.streets, kind, points))
                west, south, east, north = box
                self._db.execute("INSERT INTO piece_box VALUES (?, ?, ?, ?, ?)", (pieces, west, east, south, north))
        facts = about | {"version": VERSION, "streets": self.streets, "numbers": self.numbers}
        self._db.executemany("INSERT INTO about VALUES (?, ?)", [(key, json.dumps(facts[key])) for key in facts])
        self._db.execute("COMMIT")
        self._db.close()

    def close(self) -> None:
        """Let go of it, whole or not."""
        self._db.close()

    def _box(self, table: str, number: int, lon: float, lat: float) -> None:
        self._db.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", (number, lon, lon, lat, lat))  # noqa: S608

    def _groups(self) -> Iterator[list[_Raw]]:
        """The pieces street by street."""
        alike: list[_Raw] = []
        for row in self._db.execute("SELECT * FROM scratch.raw ORDER BY name"):
            if alike and row[0] != alike[0][0]:
                yield from _together(alike)
                alike = []
            alike.append(row)
        if alike:
            yield from _together(alike)

    def _street(self, rows: list[_Raw]) -> None:
        name = rows[0][0]
        name_fr = next((row[1] for row in rows if row[1]), None)
        name_en = next((row[2] for row in rows if row[2]), None)
        west, south = min(row[5] for row in rows), min(row[6] for row in rows)
        east, north = max(row[7] for row in rows), max(row[8] for row in rows)
        lat, lon = _middle(rows, ((south + north) / 2, (west + east) / 2))
        place = self._place_of(lat, lon)
        self._db.execute(
            "INSERT INTO street VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self.streets, name, name_fr, name_en, folded(name), place, lat, lon, west, south, east, north),
        )
        words = {word for one in (name, name_fr, name_en) if one for word in words_of(one)}
        self._db.executemany("INSERT INTO word VALUES (?, ?)", [(word, self.streets) for word in sorted(words)])

    def _place_of(self, lat: float, lon: float) -> str | None:
        """The place that a street lies in: the nearest, a city reaching farther than a hamlet."""
        near = self._db.execute(
            "SELECT place.name, place.kind, place.lat, place.lon FROM place_box JOIN place USING (id) WHERE"
            " place_box.west >= ? AND place_box.east <= ? AND place_box.south >= ? AND place_box.north <= ?",
            (lon - 0.3, lon + 0.3, lat - 0.2, lat + 0.2),
        )
        far = [(distance_m(lat, lon, at[2], at[3]) / _REACH_M[at[1]], at[0]) for at in near]
        within, name = min(far, default=(_FARTHEST, None))
        return name if within < _FARTHEST else None


def _together(rows: Iterable[_Raw]) -> Iterator[list[_Raw]]:
    """Pieces of one name, apart where they are far from each other."""
    squares: dict[tuple[int, int], list[_Raw]] = defaultdict(list)
    for row in rows:
        squares[int((row[5] + row[7]) / 2 // _TOGETHER), int((row[6] + row[8]) / 2 // _TOGETHER)].append(row)
    while squares:
        waiting, found = [next(iter(squares))], []
        while waiting:
            x, y = waiting.pop()
            found += squares.pop((x, y), [])
            waiting += [at for dx in (-1, 0, 1) for dy in (-1, 0, 1) if (at := (x + dx, y + dy)) in squares]
        yield found


def _middle(rows: list[_Raw], centre: tuple[float, float]) -> tuple[float, float]:
    """The point of a street that is nearest to its middle, as latitude and longitude: the middle may lie beside it."""
    points = (point for row in rows for point in unpack(row[4]))
    lon, lat = min(points, key=lambda point: (point[1] - centre[0]) ** 2 + (point[0] - centre[1]) ** 2)
    return lat, lon
