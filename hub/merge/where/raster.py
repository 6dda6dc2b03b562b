"""What one walk says of a camera's place, as a raster of log-likelihoods. Rasters of walks add.

All that a walk says is off by its receiver's drift together, so the drift blurs the walk's whole raster, once.
"""

from math import radians

import numpy as np

from hub.merge.looks import ASTRAY, SPREAD, USUAL_M
from hub.merge.observe import DISTANCE_SD_SHARE
from hub.merge.where.evidence import Bearing, Marked, WalkEvidence, corrected, drift_variance, own_variance
from hub.merge.where.plane import Floats, Grid, Plane
from hub.merge.where.radio import Law, Levels, averaged, silence_log

# The compass's error that all bearings of a walk share, in degrees.
COMPASS_SD_DEG = 5.0
# How often a distance that was told is a mistake.
MISTAKEN = 0.03
LEAST_BEARING_SD_DEG = 3.0
MOST_BEARINGS, MOST_STRETCHES, STRETCH_STEP_M, MOST_ON_STRETCH = 24, 12, 8.0, 8
_Placed = tuple[Bearing, tuple[float, float]]  # a look and its place in metres
BLOCK = 2048  # cells that are worked out together
# How far below the best a walk can say that a place is, in units of the logarithm: a walk may be of something else.
DEEPEST = 12.0
# The drift's deviation is told by the receiver's accuracy, which is a guess: factors and how usual they are.
DRIFTS = ((0.65, 0.35), (1.1, 0.4), (1.9, 0.25))
# Gauss-Hermite nodes (probabilists'), seven of them, with their weights
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(7)


def walk_raster(walk: WalkEvidence, plane: Plane, grid: Grid) -> Floats:
    """The log-likelihood of all that a walk says, n x n, 0 at its best."""
    walk = corrected(walk)
    east, north = grid.cells()
    total = np.zeros_like(east)
    variance = drift_variance(walk)
    levels, looks, stood = levels_of(walk, plane), _looks(walk.bearings, plane), own_variance(walk)
    law = None if levels is None else Law(levels)
    stretches = [] if levels is None else _stretches(walk, plane)
    for first in range(0, len(east), BLOCK):  # cells by cells, as memory that is used again need not be asked for
        block = slice(first, first + BLOCK)
        here = east[block], north[block]
        if law is not None:
            value, power, exponent = law.log(*here)
            total[block] += value + silence_log(stretches, power, exponent, *here)
        if looks:
            total[block] += _looks_log(looks, stood, not walk.hearings, *here)
        for one in walk.marked:
            total[block] += _marked_log(one, plane, *here)
    blurred = _blurred((total - total.max()).reshape(grid.count, grid.count), variance, grid.step_m)
    blurred = np.logaddexp(blurred - blurred.max(), -DEEPEST)
    return np.asarray(blurred - blurred.max())


def levels_of(walk: WalkEvidence, plane: Plane) -> Levels | None:
    """What the walk heard, averaged; None where it heard nothing."""
    if not walk.hearings:
        return None
    places = plane.points([(one.place.lat, one.place.lon) for one in walk.hearings])
    dbm = np.array([np.nan if one.signal_dbm is None else float(one.signal_dbm) for one in walk.hearings])
    return averaged(places, dbm, np.array([float(one.frames) for one in walk.hearings]))


def _stretches(walk: WalkEvidence, plane: Plane) -> list[Floats]:
    """Points on the stretches that were listened to in vain, the first so many by place."""
    ends = sorted((one.start.lat, one.start.lon, one.end.lat, one.end.lon) for one in walk.silences)
    found = []
    for start_lat, start_lon, end_lat, end_lon in ends[:MOST_STRETCHES]:
        start, end = plane.points([(start_lat, start_lon), (end_lat, end_lon)])
        count = min(MOST_ON_STRETCH, 1 + int(float(np.linalg.norm(end - start)) / STRETCH_STEP_M))
        share = (np.arange(count) + 0.5) / count
        found.append(start + share[:, np.newaxis] * (end - start))
    return found


def _looks(bearings: tuple[Bearing, ...], plane: Plane) -> list[_Placed]:
    """The looks of a walk, in one order and not too many, each with its place in metres."""
    kept = sorted(bearings, key=lambda one: (one.lat, one.lon, one.bearing_deg, one.sd_deg, one.distance_m or 0.0))
    if len(kept) > MOST_BEARINGS:
        kept = [kept[number * len(kept) // MOST_BEARINGS] for number in range(MOST_BEARINGS)]
    return [(one, plane.to_metres(one.lat, one.lon)) for one in kept]


def _looks_log(looks: list[_Placed], stood: float, alone: bool, east: Floats, north: Floats) -> Floats:
    """The looks of a walk: their bearings, with the error that they share integrated out, and how far it was.

    `stood`: the variance per axis of where each was taken from, beside the drift. `alone`: nothing was heard, which
    tells better how far it is than what is usual.
    """
    together = np.ones((len(_NODES), len(east)))  # 24 looks astray are 1e-86: nothing vanishes
    told, usual = np.zeros_like(east), np.zeros_like(east)
    for one, here in looks:
        away = np.hypot(east - here[0], north - here[1]) + 0.5
        off = np.degrees(np.arctan2(east - here[0], north - here[1])) - one.bearing_deg
        own = max(LEAST_BEARING_SD_DEG, min(90.0, one.sd_deg)) ** 2
        sd2 = np.minimum(own + stood / (radians(1.0) * away) ** 2, 100.0**2)
        turned = off - COMPASS_SD_DEG * _NODES[:, np.newaxis]
        turned -= 360.0 * np.rint(turned / 360.0)
        turned *= turned
        together *= (1 - ASTRAY) / np.sqrt(2 * np.pi * sd2) * np.exp(turned * (-0.5 / sd2)) + ASTRAY / 360.0
        # By area, as a ring is the larger the farther it is
        if one.distance_m is not None:
            told += _distance_log(one, one.distance_m, stood, away)
            usual -= np.log(away)
        elif alone:
            usual += np.log(_usual(away) / away)
    # How far things are that people photograph is known once, however many looks there are at one
    return np.asarray(told + usual / len(looks) + np.log(_WEIGHTS / _WEIGHTS.sum() @ together))


def _usual(away: Floats) -> Floats:
    """How probable a distance is of something that somebody photographs, for each metre."""
    return np.asarray(np.exp(-0.5 * (np.log(away / USUAL_M) / SPREAD) ** 2) / (away * SPREAD * 2.5066))


def _distance_log(one: Bearing, distance_m: float, stood: float, away: Floats) -> Floats:
    """What a distance says that was told with a look, whether or not its bearing is right."""
    sd = max(1.0, one.distance_sd_m if one.distance_sd_m is not None else DISTANCE_SD_SHARE * distance_m)
    sd = float(np.sqrt(sd**2 + stood))
    likely = np.exp(-0.5 * ((away - distance_m) / sd) ** 2) / (sd * 2.5066)
    return np.asarray(np.log((1 - MISTAKEN) * likely + MISTAKEN * _usual(away)))


def _marked_log(one: Marked, plane: Plane, east: Floats, north: Floats) -> Floats:
    here = plane.to_metres(one.lat, one.lon)
    x, y = east - here[0], north - here[1]
    see, snn = max(1.0, one.east), max(1.0, one.north)
    sen = float(np.clip(one.between, -0.99, 0.99)) if see * snn <= one.between**2 else one.between
    det = see * snn - sen * sen
    return np.asarray(-0.5 * (x * x * snn - 2 * x * y * sen + y * y * see) / det)


def _blurred(value: Floats, variance: float, step_m: float) -> Floats:
    """A raster of logarithms, its exponentials blurred by the drift."""
    likely = np.exp(np.maximum(value, -60.0))
    number = np.arange(len(value))
    apart2 = ((number[:, np.newaxis] - number) * step_m) ** 2
    total = np.zeros_like(likely)
    for factor, share in DRIFTS:
        kernel = np.exp(-0.5 * apart2 / (variance * factor**2 + step_m**2 / 12))
        kernel /= kernel.sum(axis=1).max()
        total += share * (kernel @ likely @ kernel)
    return np.asarray(np.log(np.maximum(total, 1e-300)))
