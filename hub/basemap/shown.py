"""The street map of a hub as the page shows it: what is there now, also where it is replaced while the hub runs."""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from hub.basemap import STREETS, TILES
from hub.basemap.streets import FoundStreet, Street, StreetIndex
from hub.errors import StoreError

T = TypeVar("T")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is known of the street map that is there. `version` is another where the map is; `day` is the extract's,
    None where it says none; `box` is west, south, east, north in degrees."""

    version: str
    day: str | None
    name: str
    octets: int
    streets: int
    numbers: int
    box: tuple[float, float, float, float]


class StreetMap:
    """A hub's street map, for any thread. Where there is none, or it is broken, nothing is found."""

    def __init__(self, data: Path) -> None:
        self.tiles = data / TILES
        self._streets = data / STREETS
        self._lock = threading.Lock()
        self._seen: object = None
        self._index: StreetIndex | None = None

    def shown(self) -> Shown | None:
        """What is there; None where there is no whole street map."""
        index, tiles = self._open(), _identity(self.tiles)
        if index is None or tiles is None:
            return None
        about = index.about
        try:
            west, south, east, north = map(float, about["box"])
            return Shown(
                version=f"{tiles[0]:x}-{tiles[1]:x}-{tiles[2]:x}", day=about["day"], name=str(about["name"]),
                octets=tiles[2] + self._streets.stat().st_size, streets=int(about["streets"]),
                numbers=int(about["numbers"]), box=(west, south, east, north),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, OSError):
            return None

    def near(self, lat: float, lon: float) -> Street | None:
        """The named street at a place, within 60 m; None where none is known."""
        return self._ask(lambda index: index.near(lat, lon), None)

    def search(self, text: str, limit: int, *, near: tuple[float, float] | None = None) -> Sequence[FoundStreet]:
        """Streets by name, as `StreetIndex.search` finds them."""
        nothing: Sequence[FoundStreet] = []
        return self._ask(lambda index: index.search(text, limit, near=near), nothing)

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            if self._index is not None:
                self._index.close()
            self._index, self._seen = None, None

    def _ask(self, question: Callable[[StreetIndex], T], nothing: T) -> T:
        for _ in range(2):  # the index may be replaced between being opened and being asked
            index = self._open()
            if index is None:
                return nothing
            try:
                return question(index)
            except StoreError as problem:
                told = problem
        _log.warning("%s", told)
        return nothing

    def _open(self) -> StreetIndex | None:
        """The index that lies there now."""
        there = _identity(self._streets)
        with self._lock:
            if there != self._seen:
                self._seen = there
                if self._index is not None:
                    self._index.close()
                self._index = None
                try:
                    self._index = None if there is None else StreetIndex(self._streets)
                except StoreError as problem:
                    _log.warning("%s", problem)
            return self._index


def _identity(path: Path) -> tuple[int, int, int] | None:
    """What tells a file from the one that took its place: inode, time of change, octets."""
    try:
        there = os.stat(path)
    except OSError:
        return None
    return there.st_ino, there.st_mtime_ns, there.st_size
