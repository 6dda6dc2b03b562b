"""Where a camera stands by all evidence of it: mean, modes, and the regions that hold it half the time and 95 in 100.

Each walk gives a raster of log-likelihoods (`raster.py`); they add, so no order matters and what is left out leaves
nothing behind. The sum is tempered, and the regions are drawn at the share of the mass that held other, simulated
cameras so often as is said: both are learnt, and follow what the evidence is (`factors.py`).
Marked places alone need no raster: they are normally distributed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, log, pi, sqrt

import numpy as np

from hub.merge.observe import Estimate
from hub.merge.place import Located, Mode, Region, Ring
from hub.merge.where.evidence import (
    Bearing,
    Bias,
    Evidence,
    Marked,
    Street,
    WalkEvidence,
    corrected,
    drift_variance,
    evidence_of,
)
from hub.merge.where.factors import Factors, factors_of
from hub.merge.where.plane import Floats, Grid, Plane
from hub.merge.where.prior import come_near, prior_log
from hub.merge.where.raster import levels_of, walk_raster
from hub.merge.where.region import outline
from probe.contract.geodesy import destination

__all__ = ["Bearing", "Bias", "Evidence", "Marked", "Street", "WalkEvidence", "evidence_of", "locate"]

COARSE, FINE = 40, 64
REACH_M, MOST_HALF_M = 70.0, 400.0
SQUARE_M = 110.0  # where evidence is too far apart for one grid, it is told by squares of this size where most of it is
FINEST_M = 0.75
# What the fine grid must hold of the mass that the coarse one finds, and what is put around it.
HELD, MARGIN_CELLS = 0.9995, 1.5
SECOND_MODE_SHARE, MODES_APART_M = 0.15, 6.0
CHANCE = 3.0  # so many times as far as they say, squared, marks of several walks may differ by chance
_STEPS = 36


@dataclass(frozen=True, slots=True)
class Posterior:
    """The logarithm of the density on a grid, of all walks (not tempered) and of the prior, and the factors."""

    plane: Plane
    grid: Grid
    walks: Floats
    prior: Floats
    factors: Factors
    along_streets: bool = False

    def mass(self, temper: float | None = None) -> Floats:
        """The probability of each cell, tempered as is learnt or as is said."""
        value = (self.factors.temper if temper is None else temper) * self.walks + self.prior
        mass = np.exp(value - value.max())
        return np.asarray(mass / mass.sum())


def locate(evidence: Evidence) -> Located | None:
    """Where the camera is; None where nothing says anything of it."""
    walks = _sorted(evidence)
    if not walks:
        return None
    if all(walk.marked and not walk.hearings and not walk.bearings for walk in walks):
        return _by_marks(walks)
    found = posterior(evidence)
    return None if found is None else told(found)


def posterior(evidence: Evidence) -> Posterior | None:
    """The rasters of all walks together, on a grid around what they leave probable; None without evidence."""
    walks = _sorted(evidence)
    if not walks:
        return None
    plane, grid = _frame(walks)
    streets = evidence.streets if come_near(evidence.streets, plane, grid) else ()
    factors = factors_of(walks, streets=bool(streets))
    for _ in range(2):
        summed = sum(
            (walk.weight * walk_raster(walk, plane, grid) for walk in walks), np.zeros((grid.count, grid.count))
        )
        prior = prior_log(walks, streets, plane, grid)
        found = Posterior(plane, grid, summed, prior, factors, bool(streets))
        if grid.count == FINE:
            break
        grid = _narrow_grid(found)
    return found


def _sorted(evidence: Evidence) -> list[WalkEvidence]:
    """The walks that say something, in one order, each without what its receiver is known to be off."""
    said = [corrected(walk) for walk in evidence.walks if walk.hearings or walk.bearings or walk.marked]
    return sorted(said, key=lambda walk: walk.walk)


def _places(walk: WalkEvidence) -> list[tuple[float, float]]:
    """Where a walk heard, looked and marked."""
    return [
        *((one.place.lat, one.place.lon) for one in walk.hearings),
        *((one.lat, one.lon) for one in walk.bearings),
        *((one.lat, one.lon) for one in walk.marked),
    ]


def _plane(walks: Sequence[WalkEvidence]) -> Plane:
    """Around the middle of all places; which one is least does not hang on their order."""
    places = sorted({place for walk in walks for place in _places(walk)})
    first = Plane(*places[0])
    east, north = first.points(places).mean(axis=0)
    return Plane(*first.to_degrees(float(east), float(north)))


def _frame(walks: Sequence[WalkEvidence]) -> tuple[Plane, Grid]:
    """The plane and the coarse grid on which a camera is looked for: around the loudest and what was seen, as far as a
    camera may be from there.

    One place may be kilometres off, as a receiver that begins tells some, and whoever lies. A grid reaches so far only:
    in the middle between the two it held neither. So it is where most of the walks are, each by the share of its places
    that is there."""
    plane = _plane(walks)
    around = [_looked_around(walk, plane) for walk in walks]
    points = np.vstack(around)
    if float(np.ptp(points, axis=0).max()) > 2 * (MOST_HALF_M - REACH_M):
        east, north = _crowded(walks, around)
        there = plane.degrees(points[np.hypot(*(points - (east, north)).T) <= MOST_HALF_M])
        plane = Plane(*plane.to_degrees(east, north))  # true around there, however far away the others are
        points = plane.points(there)
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    half = min(MOST_HALF_M, float((high - low).max()) / 2 + REACH_M)
    return plane, Grid.around(float(middle[0]), float(middle[1]), half, COARSE)


def _looked_around(walk: WalkEvidence, plane: Plane) -> Floats:
    """The places of a walk around which a camera is looked for (n x 2, metres)."""
    levels = levels_of(walk, plane)
    return np.vstack(
        [
            np.zeros((0, 2)) if levels is None else levels.places[np.argsort(-levels.dbm, kind="stable")[:6]],
            plane.points([*((one.lat, one.lon) for one in walk.bearings)]),
            plane.points([*(_end_of(one) for one in walk.bearings)]),
            plane.points([*((one.lat, one.lon) for one in walk.marked)]),
        ]
    )


def _crowded(walks: Sequence[WalkEvidence], around: Sequence[Floats]) -> tuple[float, float]:
    """The middle of what lies in the square, with those beside it, in which most of the walks are."""
    there: dict[tuple[int, int], float] = {}
    for walk, points in zip(walks, around, strict=True):
        for east, north in np.floor(points / SQUARE_M).astype(int).tolist():
            for square in ((east + x, north + y) for x in (-1, 0, 1) for y in (-1, 0, 1)):
                there[square] = there.get(square, 0.0) + walk.weight / len(points)
    fullest = min(there, key=lambda square: (-round(there[square], 9), square))
    points = np.vstack(around)
    near = (np.abs(np.floor(points / SQUARE_M) - fullest) <= 1).all(axis=1)
    east, north = points[near].mean(axis=0).tolist()
    return east, north


def _end_of(one: Bearing) -> tuple[float, float]:
    """Where a look ends, by the distance that was told with it."""
    return destination(one.lat, one.lon, one.bearing_deg, min(MOST_HALF_M / 2, one.distance_m or 0.0))


def _narrow_grid(found: Posterior) -> Grid:
    """Around the cells that hold nearly all of the mass."""
    mass, grid = found.mass(min(found.factors.temper, 0.7)), found.grid
    order = np.argsort(-mass, axis=None, kind="stable")
    count = int(np.searchsorted(np.cumsum(mass.reshape(-1)[order]), HELD)) + 1
    rows, columns = np.unravel_index(order[:count], mass.shape)
    south, north = rows.min() - MARGIN_CELLS, rows.max() + MARGIN_CELLS
    west, east = columns.min() - MARGIN_CELLS, columns.max() + MARGIN_CELLS
    half = max(FINEST_M * FINE / 2, max(north - south, east - west) / 2 * grid.step_m)
    middle = grid.east + (west + east) / 2 * grid.step_m, grid.north + (south + north) / 2 * grid.step_m
    return Grid.around(float(middle[0]), float(middle[1]), float(half), FINE)


def told(found: Posterior) -> Located:
    """What is told of a place by its posterior."""
    mass, grid, plane = found.mass(), found.grid, found.plane
    east, north = grid.cells()
    flat = mass.reshape(-1)
    mean = float(flat @ east), float(flat @ north)
    x, y = east - mean[0], north - mean[1]
    floor = grid.step_m**2 / 12
    lat, lon = plane.to_degrees(*mean)
    estimate = Estimate(
        lat=lat,
        lon=lon,
        east=float(flat @ (x * x)) + floor,
        north=float(flat @ (y * y)) + floor,
        between=float(flat @ (x * y)),
    )
    factors = found.factors
    return Located(
        estimate=estimate,
        modes=_modes(mass, grid, plane),
        region50=_region(mass, grid, plane, factors.half, None),
        region95=_region(mass, grid, plane, factors.most, mean),
        along_streets=found.along_streets,
    )


def _region(mass: Floats, grid: Grid, plane: Plane, share: float, keep: tuple[float, float] | None) -> Region:
    row, column = np.unravel_index(int(np.argmax(mass)), mass.shape)
    best = grid.east + float(column) * grid.step_m, grid.north + float(row) * grid.step_m
    drawn = outline(mass, grid, share, best if keep is None else keep)
    rings = tuple(ring_of(plane.degrees(ring)) for ring in drawn.rings)
    return Region(rings=rings, area_m2=drawn.area_m2)


def ring_of(places: Sequence[tuple[float, float]]) -> Ring:
    """Places (lat, lon) as a closed ring of (lon, lat)."""
    ring = [(round(lon, 7), round(lat, 7)) for lat, lon in places]
    return (*ring, ring[0])


def _modes(mass: Floats, grid: Grid, plane: Plane) -> tuple[Mode, ...]:
    """The likeliest place, and the next one where a valley lies between and it holds enough; each with what is nearer
    to it than to the other."""
    padded = np.pad(mass, 1)
    around = [
        padded[1 + r : 1 + r + len(mass), 1 + c : 1 + c + len(mass)]
        for r in (-1, 0, 1)
        for c in (-1, 0, 1)
        if (r, c) != (0, 0)
    ]
    tops = np.argwhere((mass >= np.max(around, axis=0)) & (mass >= 0.05 * mass.max()))
    tops = tops[np.argsort(-mass[tops[:, 0], tops[:, 1]], kind="stable")]
    axis = np.arange(len(mass))
    rows, columns = np.repeat(axis, len(mass)), np.tile(axis, len(mass))
    first = tops[0]
    chosen, shares = [first], [1.0]
    for top in tops[1:].tolist():
        apart = hypot(top[0] - first[0], top[1] - first[1]) * grid.step_m
        if apart < MODES_APART_M or not _valley(mass, first, top):
            continue
        nearer = np.hypot(rows - top[0], columns - top[1]) < np.hypot(rows - first[0], columns - first[1])
        share = float(mass.reshape(-1)[nearer].sum())
        if share >= SECOND_MODE_SHARE:
            chosen, shares = [first, np.array(top)], [1 - share, share]
            break
    modes = []
    for (row, column), share in zip(chosen, shares, strict=True):
        lat, lon = plane.to_degrees(grid.east + float(column) * grid.step_m, grid.north + float(row) * grid.step_m)
        modes.append(Mode(lat=lat, lon=lon, share=share))
    return tuple(sorted(modes, key=lambda mode: -mode.share))


def _valley(mass: Floats, a: Sequence[int], b: Sequence[int]) -> bool:
    """Whether the density between two cells falls clearly below that of both."""
    share = np.linspace(0, 1, 33)
    row = np.rint(a[0] + share * (b[0] - a[0])).astype(int)
    column = np.rint(a[1] + share * (b[1] - a[1])).astype(int)
    return bool(mass[row, column].min() < 0.8 * min(mass[a[0], a[1]], mass[b[0], b[1]]))


def _by_marks(walks: Sequence[WalkEvidence]) -> Located:
    """Places that were marked, alone: each walk's mean by its own covariances, its bias taken off, and what is left of
    that added, as it is common to them; then the walks together. Where these differ by far more than they say, as those
    that people put together may, the result is as doubtful as they differ."""
    plane, factors = _plane(walks), factors_of(walks, streets=False)
    information, weighed = np.zeros((2, 2)), np.zeros(2)
    said: list[tuple[Floats, Floats]] = []
    for walk in walks:
        own, sums = np.zeros((2, 2)), np.zeros(2)
        for one in sorted(walk.marked, key=lambda each: (each.lat, each.lon, each.east, each.north)):
            inverse = np.linalg.inv(_covariance(one))
            own += inverse
            sums += inverse @ np.array(plane.to_metres(one.lat, one.lon))
        alone = np.linalg.inv(own)
        inverse = walk.weight * np.linalg.inv(alone + drift_variance(walk) * np.eye(2))
        information += inverse
        weighed += inverse @ (alone @ sums)
        said.append((alone @ sums, np.array(inverse, np.float64)))
    covariance = np.array(np.linalg.inv(information), np.float64)
    middle = covariance @ weighed
    off = sum(float((place - middle) @ inverse @ (place - middle)) for place, inverse in said)
    covariance *= max(1.0, off / (CHANCE * max(1, 2 * (len(said) - 1))))
    east, north = (float(each) for each in middle)
    lat, lon = plane.to_degrees(east, north)
    return Located(
        estimate=Estimate(
            lat=lat,
            lon=lon,
            east=float(covariance[0, 0]),
            north=float(covariance[1, 1]),
            between=float(covariance[0, 1]),
        ),
        modes=(Mode(lat=lat, lon=lon, share=1.0),),
        region50=_ellipse(plane, (east, north), covariance, factors.half),
        region95=_ellipse(plane, (east, north), covariance, factors.most),
    )


def _covariance(one: Marked) -> Floats:
    east, north = max(1e-4, one.east), max(1e-4, one.north)
    most = 0.999 * sqrt(east * north)
    between = max(-most, min(most, one.between))
    return np.array([[east, between], [between, north]])


def _ellipse(plane: Plane, middle: tuple[float, float], covariance: Floats, share: float) -> Region:
    """The ellipse that holds this share of a normal law."""
    chi_square = -2 * log(1 - share)
    values, vectors = np.linalg.eigh(covariance)
    major, minor = (sqrt(max(0.0, float(value)) * chi_square) for value in (values[1], values[0]))
    turn = np.linspace(0, 2 * pi, _STEPS, endpoint=False)
    points = np.outer(major * np.cos(turn), vectors[:, 1]) + np.outer(minor * np.sin(turn), vectors[:, 0])
    return Region(rings=(ring_of(plane.degrees(points + np.array(middle))),), area_m2=pi * major * minor)
