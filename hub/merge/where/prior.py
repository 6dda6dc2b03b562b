"""Where cameras are at all: along streets. A weak prior, which no walk's raster has in it."""

from collections.abc import Sequence
from math import hypot

import numpy as np

from hub.merge.where.evidence import Street, WalkEvidence
from hub.merge.where.plane import Floats, Grid, Plane

# Without an extract: the density falls by e over so many metres from where somebody saw or heard it, down to a floor.
FALLS_M, FALLS_BY_STREETS_M, FLOOR = 10.0, 20.0, 1e-3
# With one: most cameras hang at a facade, so far from the street's middle; others stand in it or behind.
FACADE_M, FACADE_SD_M, FACADE_SHARE, BEHIND_M = 8.0, 3.5, 0.55, 12.0
MOST_STREETS = 240  # pieces: a town's bends have a hundred of them within 150 m
# A street counts where it is so near to what was walked.
NEAR_M = 60.0


def prior_log(walks: Sequence[WalkEvidence], streets: Sequence[Street], plane: Plane, grid: Grid) -> Floats:
    """The logarithm of the prior's density on a grid, n x n, up to a constant."""
    east, north = grid.cells()
    walked = _walked(walks, plane)
    away2 = np.full(len(east), np.inf if walked else 0.0)
    for x, y in walked:
        away2 = np.minimum(away2, (east - x) ** 2 + (north - y) ** 2)
    lines = _near_lines(streets, plane, grid)
    if lines is not None:
        away = _from_lines(lines, grid)
        facade = np.exp(-0.5 * ((away - FACADE_M) / FACADE_SD_M) ** 2) / (FACADE_SD_M * 2.5066)
        density = FACADE_SHARE * facade + (1 - FACADE_SHARE) * np.exp(-away / BEHIND_M) / BEHIND_M
        value = np.log(np.maximum(density * BEHIND_M * np.exp(-np.sqrt(away2) / FALLS_BY_STREETS_M), FLOOR))
    else:
        value = np.log(np.maximum(np.exp(-np.sqrt(away2) / FALLS_M), FLOOR))
    return np.asarray(value.reshape(grid.count, grid.count))


def come_near(streets: Sequence[Street], plane: Plane, grid: Grid) -> bool:
    """Whether there are streets near enough to a grid to say anything there."""
    return _near_lines(streets, plane, grid) is not None


def _walked(walks: Sequence[WalkEvidence], plane: Plane) -> list[tuple[float, float]]:
    """Where somebody heard or marked it, at most once for each 3 m; never where it was not heard. Where somebody only
    looked at it, looks say how far it is by themselves (`raster.py`)."""
    places: list[tuple[float, float]] = []
    for walk in walks:
        places += [(one.place.lat, one.place.lon) for one in walk.hearings]
        places += [(one.lat, one.lon) for one in (walk.bearings if walk.hearings else ())]
        places += [(one.lat, one.lon) for one in walk.marked]
    metres = sorted(plane.points(places).tolist())
    thinned = {(round(east / 3), round(north / 3)): (east, north) for east, north in metres}
    return sorted(thinned.values())[:400]


def _near_lines(streets: Sequence[Street], plane: Plane, grid: Grid) -> Floats | None:
    """The pieces that come near the grid, as rows of two ends, without those that are nearest to none of its cells;
    None where there are none."""
    if not streets:
        return None
    ends = plane.points([end for one in streets for end in (one.start, one.end)]).reshape(-1, 4)
    lines = ends[np.lexsort(ends.T[::-1])]
    half = grid.step_m * grid.count / 2
    to_middle = half - grid.step_m / 2  # from the middle of the first cell
    gaps = _gaps(lines, grid.east + to_middle, grid.north + to_middle)
    order = np.argsort(gaps, kind="stable")
    # To any cell, what is nearest to the middle is nearer than what lies a diagonal farther away
    reach = min(1.5 * half + NEAR_M, float(gaps.min()) + 2 * hypot(half, half) + grid.step_m)
    near = lines[order[gaps[order] <= reach]]
    return near[:MOST_STREETS] if len(near) else None


def _gaps(lines: Floats, east: float, north: float) -> Floats:
    """How far each piece is from one point."""
    x1, y1, x2, y2 = lines.T
    dx, dy = x2 - x1, y2 - y1
    along = ((east - x1) * dx + (north - y1) * dy) / np.maximum(1e-9, dx * dx + dy * dy)
    share = np.clip(along, 0.0, 1.0)
    return np.asarray(np.hypot(east - x1 - share * dx, north - y1 - share * dy))


def _from_lines(lines: Floats, grid: Grid) -> Floats:
    """How far each cell of a grid is from the nearest piece."""
    east, north = grid.axes()
    best2 = np.full((grid.count, grid.count), np.inf)
    for x1, y1, x2, y2 in lines.tolist():
        length = hypot(x2 - x1, y2 - y1)
        dx, dy = ((x2 - x1) / length, (y2 - y1) / length) if length > 1e-6 else (1.0, 0.0)
        off_east, off_north = east - x1, north - y1
        # Along the piece, how far before its start or beyond its end; and across it
        along = (off_north * dy)[:, None] + off_east * dx
        across = (off_north * dx)[:, None] - off_east * dy
        along -= np.clip(along, 0.0, length)
        np.minimum(best2, along * along + across * across, out=best2)
    return np.asarray(np.sqrt(best2).reshape(-1))
