"""Finds what stands near a place without asking all of it, anywhere on the globe."""

from functools import lru_cache
from math import cos, floor, radians
from typing import Generic, TypeVar

from hub.merge.observe import Estimate
from probe.contract.geodesy import degrees_off, offset_m, wrap_longitude

REACH_M = 60.0
NEAREST = 64  # as many candidates are weighed at most: on a street there are a handful within reach
ROW_DEG = 0.001  # 111 m
_LAST_ROW = round(90 / ROW_DEG) - 1

Block = tuple[int, int]
Key = TypeVar("Key", int, str)


class Grid(Generic[Key]):
    """Numbered or named estimates by blocks of some 111 m; they may be added, moved and taken out. Blocks join up over
    the date line, and a row of them has fewer the nearer it is to a pole."""

    def __init__(self) -> None:
        self._blocks: dict[Block, dict[Key, Estimate]] = {}
        self._block_of: dict[Key, Block] = {}

    def put(self, number: Key, estimate: Estimate) -> None:
        """Add an estimate, or move it to where it is now."""
        block = block_of(estimate)
        before = self._block_of.get(number)
        if before is not None and before != block:
            del self._blocks[before][number]
        self._block_of[number] = block
        self._blocks.setdefault(block, {})[number] = estimate

    def take_out(self, number: Key) -> None:
        """Forget an estimate. Raises KeyError where there is none."""
        block = self._block_of.pop(number)
        del self._blocks[block][number]
        if not self._blocks[block]:
            del self._blocks[block]

    def around(self, estimate: Estimate) -> list[Key]:
        """All within reach and some beyond, in no order: whoever has this place within reach is among them."""
        return [number for block in _around(estimate, REACH_M + 1.0) for number in self._blocks.get(block, ())]

    def near(self, estimate: Estimate) -> list[Key]:
        """The numbers of those within reach, in ascending order; the nearest ones where they are very many."""
        found: list[tuple[float, Key]] = []
        for block in _around(estimate, REACH_M):
            for number, other in self._blocks.get(block, {}).items():
                east_m, north_m = offset_m(estimate.lat, estimate.lon, other.lat, other.lon)
                squared = east_m * east_m + north_m * north_m
                if squared <= REACH_M * REACH_M:
                    found.append((squared, number))
        if len(found) > NEAREST:
            found = sorted(found)[:NEAREST]
        return sorted(number for _, number in found)


def block_of(estimate: Estimate) -> Block:
    """The block that a place lies in."""
    row = _row(estimate.lat)
    columns = _columns(row)
    return row, _column(estimate.lon, columns)


def _row(lat: float) -> int:
    return max(-_LAST_ROW - 1, min(_LAST_ROW, floor(lat / ROW_DEG)))


def _column(lon: float, columns: int) -> int:
    return floor((wrap_longitude(lon) + 180.0) / 360.0 * columns) % columns


@lru_cache(4096)
def _columns(row: int) -> int:
    """How many blocks lie in a row around the globe: as wide as they are high where the row is widest."""
    widest = min(abs(row), abs(row + 1)) * ROW_DEG
    return max(1, floor(360.0 / ROW_DEG * cos(radians(min(90.0, widest)))))


def _around(estimate: Estimate, reach_m: float) -> list[Block]:
    """The blocks that a reach around a place touches."""
    blocks = []
    row = _row(estimate.lat)
    for around in (row - 1, row, row + 1):
        if not -_LAST_ROW - 1 <= around <= _LAST_ROW:
            continue
        columns = _columns(around)
        # Reckoned by the place's own latitude, as `near` does; the last blocks before a pole are all near each other.
        _, width_deg = degrees_off(estimate.lat, reach_m, 0.0)
        span = min(columns, 2 + floor(2 * width_deg / 360.0 * columns))
        first = floor((wrap_longitude(estimate.lon) - width_deg + 180.0) / 360.0 * columns)
        blocks += [(around, (first + step) % columns) for step in range(span)]
    return blocks
