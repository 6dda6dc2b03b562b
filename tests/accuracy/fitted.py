"""Laws of the product's factors, fitted to simulated trials: each factor's logarithm is a sum over traits."""

from collections.abc import Callable, Sequence
from math import ceil

import numpy as np
from scipy.optimize import minimize

from tests.accuracy.reports import Floats

# Draws slopes that little speaks for towards 0, in units of what is fitted; the constant is free.
RIDGE_TEMPER, RIDGE_SHARE = 1e-3, 2e-4
BEYOND = 1.0  # how strongly the temper is held within its limits
DEGREE = 4  # of the polynomial through a trial's densities at all tempers
ROUND = 0.05  # over how much of a logarithm the corner of the quantile's loss is rounded
LEAST, MOST = 1e-3, 10.0  # of half the square of deviations

Found = Callable[[Floats], tuple[float, Floats]]


def temper_law(density: Floats, tempers: Sequence[float], traits: Floats, limits: tuple[float, float]) -> Floats:
    """The slopes of the temper's logarithm at which the mean density at the true places is highest.

    `density`: for each trial and temper its logarithm; `traits`: for each trial all traits, the first of them 1;
    `limits`: what the temper may be.
    """
    at = np.log(np.array(tempers))
    powers = np.linalg.pinv(np.vander(at, DEGREE + 1, increasing=True)) @ density.T
    order = np.arange(DEGREE + 1)[:, np.newaxis]

    def loss(slopes: Floats) -> tuple[float, Floats]:
        free = traits @ slopes
        here = np.clip(free, *np.log(limits))
        value = (powers * here**order).sum(axis=0)
        rise = (order[1:] * powers[1:] * here ** (order[1:] - 1)).sum(axis=0)
        beyond = free - here  # not far beyond the limits, where nothing changes any more
        off = BEYOND * beyond - rise * (beyond == 0)
        return float((BEYOND * beyond**2 / 2 - value).mean()), (off @ traits) / len(traits)

    return _least(loss, np.zeros(traits.shape[1]), RIDGE_TEMPER)


def share_law(rank: Floats, traits: Floats, level: float) -> Floats:
    """The slopes of the share at which regions hold the truth at this level (quantile regression), its constant set so
    that as many of these trials, and one more, are held (split conformal).

    `rank`: for each trial the share of the mass that is denser than at the true place.
    """
    value = np.log(np.clip(-np.log(np.maximum(1 - rank, 1e-300)), LEAST, MOST))

    def loss(slopes: Floats) -> tuple[float, Floats]:
        off = (value - traits @ slopes) / ROUND
        under = 1 / (1 + np.exp(np.clip(off, -500, 500)))
        missed = ROUND * (level * off + np.logaddexp(0.0, -off))
        return float(missed.mean()), -((level - under) @ traits) / len(traits)

    start = np.zeros(traits.shape[1])
    start[0] = np.quantile(value, level)
    slopes = _least(loss, start, RIDGE_SHARE)
    over = np.sort(value - traits @ slopes)
    slopes[0] += over[min(len(over), ceil(level * (len(over) + 1))) - 1]
    return slopes


def _least(loss: Found, start: Floats, ridge: float) -> Floats:
    """Where a loss is least, its slopes but the first drawn towards 0."""

    def drawn(slopes: Floats) -> tuple[float, Floats]:
        value, rise = loss(slopes)
        free = np.append(0.0, slopes[1:])
        return value + ridge * float(free @ free), rise + 2 * ridge * free

    return np.array(minimize(drawn, start, jac=True, method="L-BFGS-B").x, np.float64)
