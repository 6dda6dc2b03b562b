"""What was walked and listened to, by cell: by month, and how often. Pure."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import msgspec

from probe.contract.geodesy import cell_bounds
from probe.contract.sighting import Survey

_encode = msgspec.json.Encoder().encode


class Coverage:
    """The cells of all surveys. Each is kept once, however often it is walked."""

    def __init__(self) -> None:
        self._cells: dict[str, tuple[int, date | None]] = {}  # how often, and the newest day
        self.floods = 0
        self.left_out = 0  # cells of surveys for which there was no room
        self._encoded: bytes | None = None

    def add(self, survey: Survey, admit: Callable[[], bool] = lambda: True) -> None:
        """Add what a survey says. `admit` is asked for each cell that is new whether there is room for it."""
        self.floods += len(survey.floods)
        self._encoded = None
        for cell in dict.fromkeys(listened.cell for listened in survey.cells):  # said twice, it was walked once
            known = self._cells.get(cell)
            if known is None and not admit():
                self.left_out += 1
                continue
            walks, newest = known or (0, None)
            days = [day for day in (newest, survey.day) if day is not None]
            self._cells[cell] = walks + 1, max(days, default=None)

    def geojson(self) -> bytes:
        """The cells as GeoJSON."""
        if self._encoded is None:
            # One by one: as Python's dictionaries, all of them would take ten times the room.
            features = (_encode(_feature(name, *cell)) for name, cell in sorted(self._cells.items()))
            self._encoded = b'{"type":"FeatureCollection","features":[' + b",".join(features) + b"]}"
        return self._encoded


def coverage_geojson(surveys: Iterable[Survey]) -> bytes:
    """The cells of some surveys, as GeoJSON."""
    coverage = Coverage()
    for survey in surveys:
        coverage.add(survey)
    return coverage.geojson()


def _feature(name: str, walks: int, newest: date | None) -> dict[str, Any]:
    west, south, east, north = cell_bounds(name)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"walks": walks, "month": None if newest is None else newest.isoformat()[:7]},
    }
