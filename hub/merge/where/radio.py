"""How likely what was heard of a transmitter, and what was not, is for each place where it may stand.

The level falls with the logarithm of the distance; what stands in the way shadows neighbouring places alike (Gudmundson
1991), so neighbouring hearings are not independent: a region that takes them so is far too small. Power and exponent
differ from one transmitter and street to the next and are integrated out, which has a closed form.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from hub.merge.where.plane import Floats

SPACING_M = 2.0
MOST_LEVELS = 48
# Power at 1 m in dBm and the exponent of path loss, mean and deviation: cameras and access points in streets.
POWER_DBM, POWER_SD_DB = -40.0, 9.0
EXPONENT, EXPONENT_SD = 3.0, 0.6
# The shadow's deviation and how far it reaches, and that of a frame's own fading.
SHADOW_SD_DB, SHADOW_M = 7.0, 12.0
FADING_SD_DB = 5.0
# A level that nobody measured counts as this one, so much less sure.
UNMEASURED_DBM, UNMEASURED_SD_DB = -80.0, 12.0
# Close by the law of distance ends, by height and by what an aerial does downwards: metres and how usual each is.
NEAR_FIELD_M = ((3.0, 0.45), (7.0, 0.35), (15.0, 0.2))
# How much larger all deviations may be than usual: a stranger street, walls in between.
SCALES = ((0.8, 0.4), (1.2, 0.4), (2.0, 0.2))
# Silence: what is surely heard, and the probability that something stood in the way of a whole stretch.
THRESHOLD_DBM, BLOCKED, CAUGHT = -87.0, 0.5, 0.85
# The middle by linear power is seldom far off, whatever law holds: how far it draws, and how strongly.
CENTROID_M, CENTROID_PULL = 25.0, 1.5
_DB = -5.0 / np.log(10.0)  # of the logarithm of a squared distance: by 10 dB for each factor of 10, at exponent 1


@dataclass(frozen=True, slots=True)
class Levels:
    """What was heard on one walk, about every 2 m: places (n x 2, metres), levels in dBm, the variance of each one's
    own noise in square decibels."""

    places: Floats
    dbm: Floats
    noise: Floats

    def __len__(self) -> int:
        return len(self.dbm)


def averaged(places: Floats, dbm: Floats, frames: Floats) -> Levels:
    """One level for every 2 m square, or for larger ones where there are too many. NaN is "not measured"."""
    order = np.lexsort((frames, np.where(np.isnan(dbm), 1.0, dbm), places[:, 1], places[:, 0]))
    places, dbm, frames = places[order], dbm[order], frames[order]
    unmeasured = np.isnan(dbm)
    dbm = np.where(unmeasured, UNMEASURED_DBM, dbm)
    noise = FADING_SD_DB**2 / np.clip(frames, 1, 4) + unmeasured * UNMEASURED_SD_DB**2
    spacing = SPACING_M
    while True:
        _, square = np.unique(np.floor(places / spacing), axis=0, return_inverse=True)
        square = square.reshape(-1)
        if square.max(initial=0) < MOST_LEVELS:
            break
        spacing *= 1.5
    weight = 1 / noise
    total = np.bincount(square, weight)
    middle = np.column_stack([np.bincount(square, weight * places[:, axis]) / total for axis in range(2)])
    return Levels(middle, np.bincount(square, weight * dbm) / total, np.maximum(1 / total, 4.0))


class Law:
    """How likely the levels of a walk are for a transmitter at each of some points."""

    def __init__(self, levels: Levels) -> None:
        apart = np.hypot(
            *(levels.places[:, np.newaxis, axis] - levels.places[np.newaxis, :, axis] for axis in range(2))
        )
        covariance = SHADOW_SD_DB**2 * np.exp(-apart / SHADOW_M) + np.diag(levels.noise)
        self.places = levels.places
        self.whiten = np.linalg.inv(np.linalg.cholesky(covariance))
        self.rest = self.whiten @ (levels.dbm - POWER_DBM)
        loud = 10 ** ((levels.dbm - levels.dbm.max()) / 10)
        self.middle = loud @ levels.places / loud.sum()

    def log(self, east: Floats, north: Floats) -> tuple[Floats, Floats, Floats]:
        """The log-likelihood; and the power and exponent that each would have, for what was not heard."""
        away2 = (east - self.places[:, :1]) ** 2 + (north - self.places[:, 1:]) ** 2
        ones = self.whiten.sum(axis=1)
        parts, weights, fits = [], [], []
        for near_m, usual in NEAR_FIELD_M:
            sums = _Sums(ones, self.whiten @ (_DB * np.log(away2 + near_m**2)), self.rest)
            for scale, share in SCALES:
                value, power, exponent = sums.marginal(scale**2, len(self.places))
                parts.append(value)
                weights.append(np.log(usual * share))
                if scale == SCALES[1][0]:
                    fits.append((value + np.log(usual), power, exponent))
        together = log_sum([part + weight for part, weight in zip(parts, weights, strict=True)])
        best = np.argmax([fit[0] for fit in fits], axis=0)
        power, exponent = (np.choose(best, [fit[number] for fit in fits]) for number in (1, 2))
        off2 = (east - self.middle[0]) ** 2 + (north - self.middle[1]) ** 2
        together = together - CENTROID_PULL * np.log1p(off2 / CENTROID_M**2)
        return together, POWER_DBM + power, EXPONENT + exponent


class _Sums:
    """The sums of squares from which the closed form is made, for each point."""

    def __init__(self, ones: Floats, loss: Floats, rest: Floats) -> None:
        self.ones = float(ones @ ones)
        self.cross = ones @ loss
        self.loss = np.einsum("ij,ij->j", loss, loss)
        by_rest = rest @ loss
        # What is over a loss by the usual exponent, multiplied out: nobody needs it for each hearing
        self.ones_over = float(ones @ rest) - EXPONENT * self.cross
        self.loss_over = by_rest - EXPONENT * self.loss
        self.over = float(rest @ rest) - 2 * EXPONENT * by_rest + EXPONENT**2 * self.loss

    def marginal(self, scale2: float, count: int) -> tuple[Floats, Floats, Floats]:
        """Log-likelihood with power and exponent integrated out, and what both are off their means, at noise of so
        many times the usual variance."""
        a = self.ones / scale2 + 1 / POWER_SD_DB**2
        b = self.cross / scale2
        d = self.loss / scale2 + 1 / EXPONENT_SD**2
        u, v = self.ones_over / scale2, self.loss_over / scale2
        det = a * d - b * b
        power, exponent = (d * u - b * v) / det, (a * v - b * u) / det
        value = -0.5 * (self.over / scale2 - u * power - v * exponent) - 0.5 * np.log(det)
        return value - 0.5 * count * np.log(scale2), power, exponent


def silence_log(stretches: list[Floats], power: Floats, exponent: Floats, east: Floats, north: Floats) -> Floats:
    """The log-likelihood of hearing nothing on these stretches (each n x 2), given power and exponent at each point.

    A house may have stood before a whole stretch, so no stretch rules a place out.
    """
    total = np.zeros_like(east)
    spread = sqrt(SHADOW_SD_DB**2 + FADING_SD_DB**2 + 16.0)
    for stretch in stretches:
        away = np.sqrt((east - stretch[:, :1]) ** 2 + (north - stretch[:, 1:]) ** 2 + 16.0)
        level = power - 10 * exponent * np.log10(away)
        heard = CAUGHT * _normal((level - THRESHOLD_DBM) / spread)
        quiet = np.log1p(-heard).sum(axis=0) / sqrt(len(stretch))  # neighbours share their shadow
        total += np.log(BLOCKED + (1 - BLOCKED) * np.exp(quiet))
    return total


def _normal(x: Floats) -> Floats:
    """The normal distribution's share below each, to 2 in 10,000 (Bowling and others 2009)."""
    x = np.clip(x, -6.0, 6.0)
    return np.asarray(1 / (1 + np.exp(-x * (1.5976 + 0.070565 * x * x))))


def log_sum(parts: list[Floats]) -> Floats:
    """The logarithm of the sum of exponentials, cell by cell."""
    stacked = np.array(parts)
    most = stacked.max(axis=0)
    return np.asarray(most + np.log(np.exp(stacked - most).sum(axis=0)))
