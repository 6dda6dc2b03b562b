"""From a raster of probabilities to regions that hold so much of it: closed rings, few and plain."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from hub.merge.where.plane import Floats, Grid

MOST_RINGS, MOST_CORNERS = 3, 20  # corners cost memory for each camera, and octets of each export
_BLUR = np.array([0.25, 0.5, 0.25])

# Marching squares: for each kind of square (corners above the level: 1 south-west, 2 south-east, 4 north-east,
# 8 north-west) the edges that the outline goes from and to, what is above on its left. Edges: 0 south, 1 east, 2 north,
# 3 west. Where opposite corners are above, they are kept apart.
_LINES: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((0, 3),),
    2: ((1, 0),),
    3: ((1, 3),),
    4: ((2, 1),),
    5: ((0, 3), (2, 1)),
    6: ((2, 0),),
    7: ((2, 3),),
    8: ((3, 2),),
    9: ((0, 2),),
    10: ((1, 0), (3, 2)),
    11: ((1, 2),),
    12: ((3, 1),),
    13: ((0, 1),),
    14: ((3, 0),),
}


@dataclass(frozen=True, slots=True)
class Outline:
    """Rings on a plane (each n x 2 metres, the first point not said again), and their area in square metres."""

    rings: tuple[Floats, ...]
    area_m2: float

    def holds(self, east: float, north: float) -> bool:
        """Whether a point is in one of the rings."""
        return any(inside(ring, east, north) for ring in self.rings)


def outline(mass: Floats, grid: Grid, share: float, keep: tuple[float, float]) -> Outline:
    """The region of highest density that holds this share of the mass, grown to hold the point `keep`.

    Where it would have more than three rings, the raster is blurred until it has not. Holes are filled.
    """
    for _ in range(12):
        inside_of = _densest(mass, share)
        rings = _rings(mass, inside_of)
        if len(rings) <= MOST_RINGS:
            break
        mass = _smoothed(mass)
    rings = sorted(rings, key=lambda ring: -_area(ring))[:MOST_RINGS]
    placed = [_simplified(grid_points(ring, grid)) for ring in rings]
    placed = _with_point(placed, keep, grid.step_m)
    return Outline(tuple(placed), float(sum(_area(ring) for ring in placed)))


def grid_points(ring: Floats, grid: Grid) -> Floats:
    """From columns and rows to metres."""
    return np.asarray(ring * grid.step_m + np.array([grid.east, grid.north]))


def _densest(mass: Floats, share: float) -> float:
    """The density down to which the densest cells hold this share."""
    falling = np.sort(mass, axis=None)[::-1]
    total = np.cumsum(falling)
    number = int(np.searchsorted(total, share * total[-1]))
    return float(falling[min(number, len(falling) - 1)])


def ranks(mass: Floats) -> Floats:
    """For each cell, the share of the mass in cells at least as dense."""
    flat = mass.reshape(-1)
    order = np.argsort(-flat, kind="stable")
    held = np.empty_like(flat)
    held[order] = np.cumsum(flat[order]) / flat.sum()
    return held.reshape(mass.shape)


def _smoothed(mass: Floats) -> Floats:
    for axis in (0, 1):
        padded = np.pad(mass, [(2, 2) if each == axis else (0, 0) for each in (0, 1)], mode="edge")
        cut = [np.take(padded, range(at, at + mass.shape[axis]), axis=axis) for at in range(5)]
        mass = (cut[0] + 2 * cut[1] + 3 * cut[2] + 2 * cut[3] + cut[4]) / 9
    return mass


def _rings(mass: Floats, level: float) -> list[Floats]:
    """The outer outlines of what is at least so dense, in columns and rows."""
    # In logarithms the outline lies well between cells; what is outside the raster is far below
    value = np.log(np.maximum(np.pad(mass, 1), level * 1e-2 + 1e-300)) - np.log(level + 1e-300) + 1e-9
    above = value > 0
    kind = above[:-1, :-1] + 2 * above[:-1, 1:] + 4 * above[1:, 1:] + 8 * above[1:, :-1]
    following: dict[tuple[int, int, int], tuple[int, int, int]] = {}
    for row, column in np.argwhere((kind > 0) & (kind < 15)).tolist():
        for begin, end in _LINES[int(kind[row, column])]:
            following[_edge(row, column, begin)] = _edge(row, column, end)
    rings = []
    while following:
        first = next(iter(following))
        edges, at = [], first
        while at in following:
            edges.append(at)
            at = following.pop(at)
        points = np.array([_crossing(value, edge) for edge in edges]) - 1.0
        if _signed_area(points) > 0:  # a hole runs the other way
            rings.append(points)
    return rings


def _edge(row: int, column: int, side: int) -> tuple[int, int, int]:
    """An edge by its western or southern end, and 0 where it runs east, 1 where it runs north."""
    return ((row, column, 0), (row, column + 1, 1), (row + 1, column, 0), (row, column, 1))[side]


def _crossing(value: Floats, edge: tuple[int, int, int]) -> tuple[float, float]:
    row, column, north = edge
    a = float(value[row, column])
    b = float(value[row + 1, column] if north else value[row, column + 1])
    share = min(0.98, max(0.02, a / (a - b)))
    return (column, row + share) if north else (column + share, row)


def _signed_area(ring: Floats) -> float:
    x, y = ring.T
    # The last corner and the first are neighbours too
    return float(x[:-1] @ y[1:] - y[:-1] @ x[1:] + x[-1] * y[0] - y[-1] * x[0]) / 2


def _area(ring: Floats) -> float:
    return abs(_signed_area(ring))


def _simplified(ring: Floats) -> Floats:
    """The ring with at most so many corners: those go first that change its area least (Visvalingam). As a round ring
    loses by each that goes, what is left is drawn out from its middle until it is as large as before."""
    points = ring
    while len(points) > MOST_CORNERS:
        before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
        lost = np.abs(
            (before[:, 0] - points[:, 0]) * (after[:, 1] - points[:, 1])
            - (after[:, 0] - points[:, 0]) * (before[:, 1] - points[:, 1])
        )
        keep = np.ones(len(points), bool)
        goes = 0
        for number in np.argsort(lost, kind="stable").tolist():
            if keep[number - 1] and keep[(number + 1) % len(points)]:
                keep[number] = False
                goes += 1
            if len(points) - goes <= MOST_CORNERS:
                break
        points = points[keep]
    if points is ring:
        return ring
    middle, left = points.mean(axis=0), _area(points)
    return np.asarray(middle + (points - middle) * min(1.05, sqrt(_area(ring) / max(left, 1e-9))))


def _with_point(rings: list[Floats], keep: tuple[float, float], step_m: float) -> list[Floats]:
    """The rings, with the nearest one drawn out to a point that none of them holds."""
    if any(inside(ring, *keep) for ring in rings):
        return rings
    point = np.array(keep)
    if not rings:
        corners = np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])
        return [point + step_m * corners]
    apart = [np.linalg.norm(ring - point, axis=1) for ring in rings]
    which = int(np.argmin([each.min() for each in apart]))
    ring = rings[which]
    at = int(np.argmin(apart[which]))
    towards = point - ring[at]
    length = float(np.linalg.norm(towards))
    along = towards / max(length, 1e-9) if length > 1e-9 else np.array([1.0, 0.0])
    # The ring runs with its inside on the left, so it goes out on the right of the way and back on its left
    across = np.array([along[1], -along[0]]) * max(0.5, 0.5 * step_m)
    tip = point + along * max(0.5, 0.5 * step_m)
    drawn = np.vstack(
        [ring[:at], ring[at] + 0.2 * across, tip + across, tip - across, ring[at] - 0.2 * across, ring[at + 1 :]]
    )
    return [*rings[:which], drawn, *rings[which + 1 :]]


def inside(ring: Floats, east: float, north: float) -> bool:
    """Whether a point is in a ring: an odd number of its sides lies east of it."""
    x, y = ring[:, 0], ring[:, 1]
    x2, y2 = np.roll(x, -1), np.roll(y, -1)
    crosses = (y > north) != (y2 > north)
    rise = np.where(crosses, y2 - y, 1.0)
    return bool((crosses & (east < x + (north - y) / rise * (x2 - x))).sum() % 2)
