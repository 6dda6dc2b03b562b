"""A flat plane around an origin, in metres, true at the poles and across the date line; and square grids on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from probe.contract.geodesy import EARTH_RADIUS_M, wrap_longitude

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Plane:
    """Azimuthal equidistant around an origin in degrees: distances and bearings from there are true.

    By unit vectors, since formulas with angles lose north and east at a pole.
    """

    lat: float
    lon: float

    def points(self, places: Sequence[tuple[float, float]]) -> Floats:
        """Places in degrees as n x 2 metres, east and north of the origin."""
        if not places:
            return np.zeros((0, 2))
        lat, lon = np.radians(np.array(places, np.float64)).T
        unit = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
        up, east, north = self._axes() @ unit
        aside = np.hypot(east, north)
        scale = EARTH_RADIUS_M * np.arctan2(aside, up) / np.maximum(aside, 1e-300)
        return np.column_stack([east * scale, north * scale])

    def degrees(self, points: Floats) -> list[tuple[float, float]]:
        """Latitude and longitude of points (n x 2 metres)."""
        metres = np.maximum(np.hypot(points[:, 0], points[:, 1]), 1e-300)
        aside = np.sin(metres / EARTH_RADIUS_M) / metres
        local = np.array([np.cos(metres / EARTH_RADIUS_M), aside * points[:, 0], aside * points[:, 1]])
        x, y, z = self._axes().T @ local
        lat, lon = np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))
        return [
            (each_lat, wrap_longitude(each_lon)) for each_lat, each_lon in zip(lat.tolist(), lon.tolist(), strict=True)
        ]

    def to_metres(self, lat: float, lon: float) -> tuple[float, float]:
        """East and north of the origin."""
        ((east, north),) = self.points([(lat, lon)]).tolist()
        return east, north

    def to_degrees(self, east: float, north: float) -> tuple[float, float]:
        """Latitude and longitude of one point."""
        return self.degrees(np.array([[east, north]]))[0]

    def _axes(self) -> Floats:
        """Up, east and north at the origin, as rows, in the earth's axes."""
        lat, lon = np.radians(self.lat), np.radians(self.lon)
        s, c, sl, cl = np.sin(lat), np.cos(lat), np.sin(lon), np.cos(lon)
        return np.array([[c * cl, c * sl, s], [-sl, cl, 0.0], [-s * cl, -s * sl, c]])


@dataclass(frozen=True, slots=True)
class Grid:
    """A square grid: the middle of its first cell (east, north), the side of a cell, and the cells along a side.

    Rasters on it are n x n, the first axis to the north.
    """

    east: float
    north: float
    step_m: float
    count: int

    @classmethod
    def around(cls, east: float, north: float, half_m: float, count: int) -> "Grid":
        """The grid of so many cells a side whose middle is here, reaching so far."""
        step_m = 2 * half_m / count
        return cls(east - half_m + step_m / 2, north - half_m + step_m / 2, step_m, count)

    def axes(self) -> tuple[Floats, Floats]:
        """The middles of its columns (east) and rows (north)."""
        steps = np.arange(self.count, dtype=np.float64) * self.step_m
        return self.east + steps, self.north + steps

    def cells(self) -> tuple[Floats, Floats]:
        """East and north of all cells, row by row."""
        east, north = self.axes()
        return np.tile(east, self.count), np.repeat(north, self.count)
