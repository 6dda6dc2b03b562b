"""The street index, read: the street at a place, and streets by their names. With no internet, and within bounds."""

import itertools
import json
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

from hub.basemap.fold import SHORT, folded, words_of
from hub.basemap.index import VERSION, Kind, unpack
from hub.errors import StoreError
from probe.contract.geodesy import EARTH_RADIUS_M

NEAR_M = 60.0  # farther away no street is named: it would be a guess
NUMBER_M = 40.0
MOST_FOUND = 20
_MOST_LOOKED_AT = 3000
_MOST_WORDS = 8
_DEGREE_M = radians(1) * EARTH_RADIUS_M


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """The street at a place: names as its signs have them, metres to its middle, the nearest house number of it within
    40 m, the town or quarter. What is None is not known."""

    name: str
    name_fr: str | None
    name_en: str | None
    distance_m: float
    number: str | None
    place: str | None

    def called(self, language: str) -> str:
        """Its name in a language, else the one it has."""
        return _called(self, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStreet:
    """A street that was searched: where it is, in degrees, and its bounds as west, south, east, north."""

    name: str
    name_fr: str | None
    name_en: str | None
    place: str | None
    lat: float
    lon: float
    box: tuple[float, float, float, float]

    def called(self, language: str) -> str:
        """Its name in a language, else the one it has."""
        return _called(self, language)


def _called(street: Street | FoundStreet, language: str) -> str:
    return {"fr": street.name_fr, "en": street.name_en}.get(language) or street.name


class StreetIndex:
    """An index that is open for reading, by any thread. Raises StoreError where it is none that this version reads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._path = path
        try:
            # It is never changed, only replaced: so it is read without locks, and beside nothing.
            self._db = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self.about: dict[str, Any] = {
                fact: json.loads(value) for fact, value in self._db.execute("SELECT fact, value FROM about")
            }
        except (sqlite3.Error, ValueError) as problem:
            raise self._broken() from problem
        if self.about.get("version") != VERSION:
            self._db.close()
            raise self._broken()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def near(self, lat: float, lon: float) -> Street | None:
        """The nearest named street to a place in degrees; None where there is none within 60 m."""
        found = self._ask(
            "SELECT street.name, street.name_fr, street.name_en, street.folded, street.place, piece.points, piece.kind"
            " FROM piece_box JOIN piece USING (id) JOIN street ON street.id = piece.street WHERE piece.kind != ? AND"
            " piece_box.west <= ? AND piece_box.east >= ? AND piece_box.south <= ? AND piece_box.north >= ? LIMIT ?",
            (Kind.BELOW, *_around(lat, lon, NEAR_M)),
        )
        away = [(_distance_m(lat, lon, unpack(row[5]), within=row[6] == Kind.SQUARE), row) for row in found]
        distance_m, row = min(away, key=lambda one: one[0], default=(NEAR_M + 1, None))
        if row is None or distance_m > NEAR_M:
            return None
        name, name_fr, name_en, plain, place, _, _ = row
        return Street(
            name=name, name_fr=name_fr, name_en=name_en, distance_m=distance_m, place=place,
            number=self._number(lat, lon, plain),
        )  # fmt: skip

    def search(self, text: str, limit: int = 8, *, near: tuple[float, float] | None = None) -> Sequence[FoundStreet]:
        """Streets in whose names all words of the text begin words, whatever the accents; the best first, and of equal
        ones those nearest to `near` (latitude, longitude). At most 20."""
        words = words_of(text)[:_MOST_WORDS]
        if not words:
            return []
        wanted = [(word, SHORT.get(word, word)) for word in words]
        ids = self._candidates(wanted)
        rows = self._ask(
            "SELECT name, name_fr, name_en, place, lat, lon, west, south, east, north FROM street WHERE id IN (SELECT"
            " value FROM json_each(?))",
            (json.dumps(ids),),
        )
        scored = sorted(
            ((_score(row, wanted, " ".join(words), near), row) for row in rows if _fits(row, wanted)),
            key=lambda one: one[0],
        )
        return [
            FoundStreet(
                name=row[0], name_fr=row[1], name_en=row[2], place=row[3], lat=row[4], lon=row[5], box=row[6:10]
            )
            for _, row in scored[: max(0, min(limit, MOST_FOUND))]
        ]

    def _candidates(self, wanted: list[tuple[str, str]]) -> list[int]:
        """The streets with the rarest of the words: the others are looked for among these alone."""
        best: list[int] | None = None
        for short, whole in sorted(wanted, key=lambda pair: -len(pair[1])):
            found: set[int] = set()
            for word in {short, whole}:
                rows = self._ask(
                    "SELECT street FROM word WHERE word >= ? AND word < ? LIMIT ?",
                    (word, word + "\U0010ffff", _MOST_LOOKED_AT),
                )
                found |= {row[0] for row in rows}
            if best is None or len(found) < len(best):
                best = sorted(found)
            if len(best) < _MOST_LOOKED_AT:
                break
        return (best or [])[:_MOST_LOOKED_AT]

    def _number(self, lat: float, lon: float, street: str) -> str | None:
        """The nearest house number of a street, or one of which nobody says the street."""
        rows = self._ask(
            "SELECT number, lat, lon FROM number_box JOIN number USING (id) WHERE number_box.west <= ? AND"
            " number_box.east >= ? AND number_box.south <= ? AND number_box.north >= ? AND (street = ? OR"
            " street IS NULL) LIMIT ?",
            (*_around(lat, lon, NUMBER_M)[:4], street, _MOST_LOOKED_AT),
        )
        away = [(_distance_m(lat, lon, [(row[2], row[1])]), row[0]) for row in rows]
        distance_m, number = min(away, default=(NUMBER_M + 1, None))
        return number if distance_m <= NUMBER_M else None

    def _ask(self, sql: str, values: Sequence[Any]) -> list[Any]:
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as problem:
            raise self._broken() from problem

    def _broken(self) -> StoreError:
        return StoreError(f"{self._path}: no street index that can be read; make the street map again")


def _around(lat: float, lon: float, metres: float) -> tuple[float, float, float, float, int]:
    """The bounds of a query around a place: box.west <= .., box.east >= .., box.south <= .., box.north >= .., limit."""
    up = metres / _DEGREE_M
    aside = up / max(0.01, cos(radians(lat)))
    return lon + aside, lon - aside, lat + up, lat - up, _MOST_LOOKED_AT


def _distance_m(lat: float, lon: float, points: Sequence[tuple[float, float]], *, within: bool = False) -> float:
    """From a place to a line near by, in metres; 0 `within` a ring."""
    narrow = cos(radians(lat)) * _DEGREE_M
    flat = [((x - lon) * narrow, (y - lat) * _DEGREE_M) for x, y in points]
    if len(flat) == 1:
        return hypot(*flat[0])
    if within and _inside(flat):
        return 0.0
    return min((_to_step(*one, *other) for one, other in itertools.pairwise(flat)), default=NEAR_M + 1)


def _inside(ring: Sequence[tuple[float, float]]) -> bool:
    """Whether the origin lies in a ring: a ray to the east crosses it an odd number of times."""
    crossed = False
    for (x1, y1), (x2, y2) in itertools.pairwise(ring):
        if (y1 > 0) != (y2 > 0) and x1 - y1 * (x2 - x1) / (y2 - y1) > 0:
            crossed = not crossed
    return crossed


def _to_step(x1: float, y1: float, x2: float, y2: float) -> float:
    """From the origin to the step between two points."""
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    part = 0.0 if length == 0 else max(0.0, min(1.0, -(x1 * dx + y1 * dy) / length))
    return hypot(x1 + part * dx, y1 + part * dy)


def _fits(row: Any, wanted: list[tuple[str, str]]) -> bool:
    have = [word for name in row[:3] if name for word in words_of(name)]
    return all(any(word.startswith((short, whole)) for word in have) for short, whole in wanted)


def _score(row: Any, wanted: list[tuple[str, str]], text: str, near: tuple[float, float] | None) -> tuple[Any, ...]:
    names = [folded(name) for name in row[:3] if name]
    spelt = " ".join(whole for _, whole in wanted)
    rank = 0 if {text, spelt} & set(names) else 1 if any(name.startswith((text, spelt)) for name in names) else 2
    away = 0.0 if near is None else _distance_m(*near, [(row[5], row[4])])
    return rank, away, len(row[0]), row[0], row[5]
