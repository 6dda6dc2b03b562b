"""Other laws than the frozen ones: streets, receivers and compasses differ; an estimator is to hold there as well."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import numpy as np

from tests.accuracy import frozen

Factors = dict[tuple[str, str], float]

# What differs from one town and one telephone to the next, in `locating.toml`.
VARIED = (
    ("radio", "shadowing_db"),
    ("radio", "shadowing_m"),
    ("walk", "gnss_radial_m"),
    ("bearing", "sd_deg"),
    ("bearing", "compass_deg"),
    ("bearing", "outliers"),
)
WORSE = 1.3


def worse() -> Factors:
    """All of it worse than usual."""
    return dict.fromkeys(VARIED, WORSE)


def varied(random: np.random.Generator, least: float, most: float) -> Factors:
    """Each by a factor of its own, as often below 1 as above where `least` is as far from 1 as `most`."""
    drawn = np.exp(random.uniform(np.log(least), np.log(most), len(VARIED)))
    return dict(zip(VARIED, drawn.tolist(), strict=True))


@contextmanager
def under(factors: Factors) -> Iterator[None]:
    """Passes are drawn by the frozen laws times these factors."""
    laws: dict[str, Any] = deepcopy(frozen.locating())
    for (part, name), factor in factors.items():
        value = laws[part][name]
        laws[part][name] = [factor * each for each in value] if isinstance(value, list) else factor * value
    token = frozen.OTHER_LAWS.set(laws)
    try:
        yield
    finally:
        frozen.OTHER_LAWS.reset(token)
