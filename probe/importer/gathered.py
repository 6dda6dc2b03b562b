"""What is kept of a log's rows: of each transmitter that a rule knows, what a sighting needs, and no more.

A log may be larger than the memory, so rows are looked at once and forgotten; the loudest of a transmitter are kept, as
they say most about its place, and the box that all of them lie in says whether it moved.
"""

import heapq
from dataclasses import dataclass, field
from datetime import datetime

from probe.contract.base import MAX_HEARINGS
from probe.contract.geodesy import distance_m
from probe.detect.rule import Finding
from probe.importer.rows import Row

_UNHEARD_DBM = -999
MOST_TRANSMITTERS = 50_000


@dataclass(slots=True)
class Heard:
    """One transmitter's rows. `first` is the earliest time that one of them told, `estimate` a program's own."""

    finding: Finding
    rank: int
    rows: int = 0
    first: datetime | None = None
    estimate: Row | None = None
    _loudest: list[tuple[int, int, Row]] = field(default_factory=list)
    _box: tuple[float, float, float, float] | None = None
    _spread_m: float = 0.0

    def add(self, finding: Finding, rank: int, row: Row) -> None:
        """Take a row in. Of several findings the most telling is kept: a name may come behind many rows without."""
        if rank < self.rank:
            self.finding, self.rank = finding, rank
        self.rows += 1
        if row.at is not None and (self.first is None or row.at < self.first):
            self.first = row.at
        south, west, north, east = self._box or (row.lat, row.lon, row.lat, row.lon)
        self._box = min(south, row.lat), min(west, row.lon), max(north, row.lat), max(east, row.lon)
        self._spread_m = max(self._spread_m, row.spread_m)
        if row.estimate:
            self.estimate = self.estimate or row
            return
        entry = (_UNHEARD_DBM if row.signal_dbm is None else row.signal_dbm, -self.rows, row)
        if len(self._loudest) < MAX_HEARINGS:
            heapq.heappush(self._loudest, entry)
        else:
            heapq.heappushpop(self._loudest, entry)

    def hearings(self) -> list[Row]:
        """The loudest rows, the loudest first."""
        return [row for _, _, row in sorted(self._loudest, key=lambda entry: entry[:2], reverse=True)]

    def extent_m(self) -> float:
        """How far apart the outermost rows lie, or the places that an estimate was made of."""
        return max(self._spread_m, 0.0 if self._box is None else distance_m(*self._box))


class Gathered:
    """The transmitters of a log. `left_out` counts rows of those for which there was no room."""

    def __init__(self) -> None:
        self.heard: dict[bytes, Heard] = {}
        self.left_out = 0

    def add(self, finding: Finding, rank: int, row: Row) -> None:
        known = self.heard.get(row.transmitter)
        if known is None:
            if len(self.heard) >= MOST_TRANSMITTERS:
                self.left_out += 1
                return
            known = self.heard[row.transmitter] = Heard(finding, rank)
        known.add(finding, rank, row)
