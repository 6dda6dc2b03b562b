"""How near any unbiased estimator can come: the Cramer-Rao bound of a trial's geometry.

Gaussian model: levels with correlated shadows around a law of distance whose power and exponent are unknown but for a
prior; bearings with a compass error in common; each walk's places off together, by the receiver. Local: it knows no
second side of the street, and a prior on where cameras hang may beat it. `python -m tests.accuracy.bound`.
"""

from collections.abc import Sequence

import numpy as np

from tests.accuracy.frozen import locating
from tests.accuracy.passes import Pass, Trial, trials
from tests.accuracy.reports import Floats

SHADOW_DB, SHADOW_M, FADING_DB, HEIGHT_M = 7.0, 12.0, 5.0, 4.0
GNSS_M, OWN_M = 4.0, 1.0
POWER_SD_DB, EXPONENT, EXPONENT_SD = 8.0, 3.0, 0.6
COMPASS_DEG = 6.0
CIRCLE = float(np.sqrt(2 * np.log(2)))  # the median distance of a circular normal distribution, in deviations


def bound_m(trial: Trial, *, looks: bool) -> float:
    """The median error, in metres, that no unbiased estimator falls below, if errors were normal: of the circle with
    the bound's mean variance."""
    information = np.zeros((2, 2))
    for each in trial.passes:
        own = np.zeros((2, 2))
        if each.heard:
            own += _of_levels(each, trial)
        if looks and each.looks:
            own += _of_looks(each, trial)
        # What all places of a walk are off together adds to the variance of what it says alone
        information += np.linalg.inv(np.linalg.inv(own + 1e-9 * np.eye(2)) + GNSS_M**2 * np.eye(2))
    return CIRCLE * float(np.sqrt(np.trace(np.linalg.inv(information)) / 2))


def median_bounds(drawn: Sequence[Trial], *, looks: bool) -> float:
    """The median of the bounds of some trials."""
    return float(np.median([bound_m(trial, looks=looks) for trial in drawn]))


def _of_levels(each: Pass, trial: Trial) -> Floats:
    """The information on the place in a walk's levels; power and exponent are integrated out."""
    places = np.array([(one.east, one.north) for one in each.heard])
    apart = np.linalg.norm(places[:, np.newaxis] - places[np.newaxis], axis=2)
    covariance = SHADOW_DB**2 * np.exp(-apart / SHADOW_M) + FADING_DB**2 * np.eye(len(places))
    off = np.array([trial.east, trial.north]) - places
    distance2 = (off**2).sum(axis=1) + HEIGHT_M**2
    slope = -10 * EXPONENT / np.log(10) * off / distance2[:, np.newaxis]
    # A place that is off by itself makes its level wrong, the more the nearer
    covariance += np.diag(OWN_M**2 * (slope**2).sum(axis=1))
    law = np.column_stack([np.ones(len(places)), -5 * np.log10(distance2)])
    inverse = np.linalg.inv(covariance)
    nuisance = law.T @ inverse @ law + np.diag([POWER_SD_DB**-2, EXPONENT_SD**-2])
    cross = slope.T @ inverse @ law
    return np.asarray(slope.T @ inverse @ slope - cross @ np.linalg.inv(nuisance) @ cross.T)


def _of_looks(each: Pass, trial: Trial) -> Floats:
    """The information in a walk's bearings; the compass's error is integrated out."""
    off = np.array([(trial.east - one.east, trial.north - one.north) for one in each.looks])
    distance2 = np.maximum((off**2).sum(axis=1), 1.0)
    slope = np.degrees(np.column_stack([off[:, 1], -off[:, 0]]) / distance2[:, np.newaxis])
    sd2 = np.array([one.sd_deg**2 for one in each.looks]) + np.degrees(OWN_M) ** 2 / distance2
    inverse = np.linalg.inv(np.diag(sd2) + COMPASS_DEG**2)
    return np.asarray(slope.T @ inverse @ slope)


def main() -> None:
    frozen = locating()
    for name in frozen["scenarios"]:
        drawn = trials(name, frozen["trials"]["bound_count"], frozen["trials"]["seed"])
        print(*(f"{name:8} {word} {median_bounds(drawn, looks=looks):.1f} m" for word, looks in WORDS))


WORDS = (("radio", False), ("and bearings", True))

if __name__ == "__main__":
    main()
