"""How much one more photo, or one more pass, would tell of where a camera is. Pure.

What is believed of the place becomes points with weights; what a look from somewhere would show of each is a law on a
few dozen bins. Its mutual information with the place, in nats, is what the look is expected to tell: a second mode that
it would rule out counts as a long region does that it would cut. A region's area shrinks by the exponential of that, so
its radius by the exponential of half.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Any, TypeAlias

import numpy as np

from hub.merge.place import Located, Ring
from probe.contract.geodesy import offset_m

Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

BEARING_SD_DEG = 12.0  # a photo's 10, and a compass that is 6 off for the whole walk
DRIFT_SD_M = 4.0  # per axis: what a walk's receiver is off, all along
OUTLIERS = 0.1  # of bearings, which are of something else
# One pass, heard on one side: its place along the line, and the logarithm of how far aside. Both are set so that the
# median error of one pass is about the 9 m that the Cramer-Rao bound of correlated shadowing allows.
ALONG_SD_M, ASIDE_SD = 7.0, 0.5
_POINTS, _MOST_ACROSS = 80, 48  # so many points inside a region; so many lattice steps on either axis
_MOST_CORNERS = 2000
_WAY_POINTS = 16
_BEARING_BINS, _ALONG_BINS, _ASIDE_BINS = 48, 20, 12
_LEAST_VARIANCE_M2 = 1.0


def scattered(located: Located) -> tuple[Floats, Floats]:
    """What is believed of a place: points (n x 2, metres east and north of its mean), and their weights, summing up
    to 1. Even inside the 50 % region, and between it and the 95 % one; where these cannot be read, by the modes."""
    origin = located.estimate.lat, located.estimate.lon
    outer = [_flat(ring, origin) for ring in located.region95.rings]
    inner = [_flat(ring, origin) for ring in located.region50.rings]
    if 0 < sum(map(len, outer)) <= _MOST_CORNERS and sum(map(len, inner)) <= _MOST_CORNERS:
        points = _lattice(outer)
        if len(points) >= _POINTS // 4:
            core = _inside(points, inner)
            if 0 < core.sum() < len(points):
                return points, np.where(core, 0.5 / core.sum(), 0.5 / (~core).sum())
            return points, np.full(len(points), 1.0 / len(points))
    return _around_modes(located)


def photo_worth(points: Floats, weights: Floats, places: Floats) -> Floats:
    """Nats that a photo with its bearing is expected to tell, from each place (k x 2, metres)."""
    off = points[np.newaxis] - places[:, np.newaxis]
    bearing = np.degrees(np.arctan2(off[..., 0], off[..., 1]))
    blur = np.degrees(DRIFT_SD_M / np.maximum(1.0, np.hypot(off[..., 0], off[..., 1])))
    sd = np.minimum(90.0, np.hypot(BEARING_SD_DEG, blur))
    bins = np.arange(_BEARING_BINS) * (360.0 / _BEARING_BINS)
    turn = (bearing[..., np.newaxis] - bins + 180.0) % 360.0 - 180.0
    law = np.exp(-0.5 * (turn / sd[..., np.newaxis]) ** 2)
    law /= law.sum(axis=-1, keepdims=True)
    return _information((1 - OUTLIERS) * law + OUTLIERS / _BEARING_BINS, weights)


def pass_worth(points: Floats, weights: Floats, places: Floats, along: Floats) -> Floats:
    """Nats that hearing it once more on straight lines is expected to tell; the lines go through the places (k x 2,
    metres) in the directions `along` (k x 2, unit vectors). On which side of its line it is, a pass does not say."""
    off = points[np.newaxis] - places[:, np.newaxis]
    on_line = (off * along[:, np.newaxis]).sum(axis=-1)
    aside = np.abs(off[..., 0] * along[:, np.newaxis, 1] - off[..., 1] * along[:, np.newaxis, 0])
    # Nearer than the receiver's drift nobody can tell how near
    aside = np.log(np.hypot(aside, DRIFT_SD_M))
    first = _binned(on_line, float(np.hypot(ALONG_SD_M, DRIFT_SD_M)), _ALONG_BINS)
    second = _binned(aside, ASIDE_SD, _ASIDE_BINS)
    law = first[..., :, np.newaxis] * second[..., np.newaxis, :]
    return _information(law.reshape(*law.shape[:2], -1), weights)


def walled_m(places: Floats, target: tuple[float, float], starts: Floats, ends: Floats, open_m: float) -> Floats:
    """Metres of the way from each place (k x 2) to a target that lie farther than `open_m` from all lines between
    `starts` and `ends` (n x 2 each): where no street is, there may be a wall. The target's own depth does not count."""
    way = np.array(target) - places
    parts = (np.arange(_WAY_POINTS) + 0.5) / _WAY_POINTS
    sampled = places[:, np.newaxis] + parts[:, np.newaxis] * way[:, np.newaxis]
    walled = (_away(sampled, starts, ends) > open_m).mean(axis=-1) * np.hypot(way[:, 0], way[:, 1])
    depth = float(_away(np.array([target]), starts, ends)[0]) - open_m
    return np.asarray(np.maximum(0.0, walled - max(0.0, depth)))


def _away(points: Floats, starts: Floats, ends: Floats) -> Floats:
    """From points (... x 2) to the nearest of some lines."""
    line = ends - starts
    square = np.maximum(1e-9, (line**2).sum(axis=-1))
    off = points[..., np.newaxis, :] - starts
    part = np.clip((off * line).sum(axis=-1) / square, 0.0, 1.0)
    rest = off - part[..., np.newaxis] * line
    return np.asarray(np.sqrt((rest**2).sum(axis=-1)).min(axis=-1))


def _information(law: Floats, weights: Floats) -> Floats:
    """Of each place: the entropy of what is seen, less that which is left when the place of the camera is known."""
    mixed = np.einsum("knb,n->kb", law, weights)
    return np.asarray(np.maximum(0.0, _entropy(mixed) - _entropy(law) @ weights))


def _entropy(law: Floats) -> Floats:
    return np.asarray(-(law * np.log(np.maximum(law, 1e-300))).sum(axis=-1))


def _binned(middle: Floats, sd: float, count: int) -> Floats:
    """A Gaussian around each value (k x n) on bins over all values of its place."""
    low, high = middle.min(axis=1) - 2 * sd, middle.max(axis=1) + 2 * sd
    bins = low[:, np.newaxis] + (high - low)[:, np.newaxis] * (np.arange(count) + 0.5) / count
    wide = np.maximum(sd, (high - low) / count)[:, np.newaxis, np.newaxis]  # never narrower than a bin
    law = np.exp(-0.5 * ((middle[..., np.newaxis] - bins[:, np.newaxis]) / wide) ** 2)
    return np.asarray(law / law.sum(axis=-1, keepdims=True))


def _flat(ring: Ring, origin: tuple[float, float]) -> Floats:
    return np.array([offset_m(*origin, lat, lon) for lon, lat in ring], np.float64).reshape(-1, 2)


def _lattice(rings: Sequence[Floats]) -> Floats:
    """Points on a square lattice inside rings: about `_POINTS`, fewer where the rings lie far apart."""
    corners = np.vstack(rings)
    low, high = corners.min(axis=0), corners.max(axis=0)
    area = sum(abs(float(_twice_area(ring))) / 2 for ring in rings)
    step = max(sqrt(area / _POINTS), float((high - low).max()) / _MOST_ACROSS)
    if not step > 1e-6:
        return np.zeros((0, 2))
    axes = [np.arange(low[axis] + step / 2, high[axis], step) for axis in range(2)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    return np.asarray(points[_inside(points, rings)])


def _twice_area(ring: Floats) -> float:
    other = np.roll(ring, -1, axis=0)
    return float((ring[:, 0] * other[:, 1] - other[:, 0] * ring[:, 1]).sum())


def _inside(points: Floats, rings: Sequence[Floats]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether points lie in rings: a ray to the east crosses them an odd number of times."""
    crossed = np.zeros(len(points), np.bool_)
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            if y1 != y2:
                between = (y1 > points[:, 1]) != (y2 > points[:, 1])
                crossed ^= between & (points[:, 0] < x1 + (points[:, 1] - y1) * (x2 - x1) / (y2 - y1))
    return crossed


def _around_modes(located: Located) -> tuple[Floats, Floats]:
    """Gaussians of one covariance around the modes: what of the whole covariance is not between them."""
    estimate = located.estimate
    modes = [(*offset_m(estimate.lat, estimate.lon, one.lat, one.lon), max(0.0, one.share)) for one in located.modes]
    whole = sum(share for *_, share in modes)
    if not whole > 0:
        modes, whole = [(0.0, 0.0, 1.0)], 1.0
    middles = np.array([mode[:2] for mode in modes])
    shares = np.array([mode[2] for mode in modes]) / whole
    about = middles - shares @ middles
    covariance = np.array([[estimate.east, estimate.between], [estimate.between, estimate.north]])
    values, vectors = np.linalg.eigh(covariance - (shares[:, np.newaxis] * about).T @ about)
    axes = vectors * np.sqrt(np.maximum(_LEAST_VARIANCE_M2, values))
    turn = np.arange(12) * (np.pi / 6)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    # Rings of equal weight at the middles of fifths of a two-dimensional normal distribution
    radii = np.sqrt(-2 * np.log(1 - (np.arange(5) + 0.5) / 5))
    cloud = np.vstack([radius * (axes @ circle).T for radius in radii])
    points = np.vstack([middle + cloud for middle in middles])
    return points, np.repeat(shares / len(cloud), len(cloud))
