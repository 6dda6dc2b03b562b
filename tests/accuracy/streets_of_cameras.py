"""Made-up positions for the tests: sites of one to four cameras, apart from one another."""

import numpy as np

from tests.accuracy.positions import Positions, linked
from tests.accuracy.reports import shifted


def town(sites: int, seed: int = 7, apart_m: float = 60.0) -> Positions:
    """So many sites on a square grid; the cameras of a site are a few metres apart."""
    random = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(sites)))
    middle = np.array([(number % side * apart_m, number // side * apart_m) for number in range(sites)])
    east_north = np.repeat(middle, random.integers(1, 5, sites), axis=0)
    east_north = east_north + random.uniform(-4, 4, east_north.shape)
    count = len(east_north)
    lat, lon = shifted(np.full(count, 47.0), np.full(count, -17.0), east_north[:, 0], east_north[:, 1])
    return Positions(lat=lat, lon=lon, direction=np.full(count, np.nan), area=linked(lat, lon, 150.0))


def line(count: int, step_m: float) -> Positions:
    """A row of cameras along a street to the east, one area."""
    lat, lon = shifted(
        np.full(count, 47.0), np.full(count, -17.0), np.arange(count, dtype=np.float64) * step_m, np.zeros(count)
    )
    return Positions(lat=lat, lon=lon, direction=np.full(count, np.nan), area=np.zeros(count, np.int64))
