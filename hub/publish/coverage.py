"""What was walked and listened to, by cell: by month, and how often. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from probe.contract.geodesy import cell_bounds
from probe.contract.sighting import Survey


def coverage_geojson(surveys: Iterable[Survey]) -> bytes:
    """The cells of all surveys, as GeoJSON."""
    cells: dict[str, list[date | None]] = {}
    for survey in surveys:
        for listened in survey.cells:
            cells.setdefault(listened.cell, []).append(survey.day)
    features = [_feature(name, days) for name, days in sorted(cells.items())]
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def _feature(name: str, days: list[date | None]) -> dict[str, Any]:
    west, south, east, north = cell_bounds(name)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    newest = max((day for day in days if day is not None), default=None)
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"walks": len(days), "month": None if newest is None else newest.isoformat()[:7]},
    }
