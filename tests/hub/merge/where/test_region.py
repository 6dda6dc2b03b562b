"""Regions as they are drawn: few corners, and as large as they are said to be."""

from math import log, pi

import numpy as np
import pytest

from hub.merge.where.plane import Grid
from hub.merge.where.region import MOST_CORNERS, outline


@pytest.mark.parametrize("share", [0.9, 0.95])
@pytest.mark.parametrize("longer", [1.0, 2.0])
def test_a_drawn_region_is_as_large_as_the_law_says_though_it_has_few_corners(share: float, longer: float) -> None:
    grid = Grid.around(0.7, 0.3, 40.0, 160)  # so fine that cells cut off do not matter
    east, north = grid.cells()
    mass = np.exp(-0.5 * ((east / (6.0 * longer)) ** 2 + (north / 6.0) ** 2)).reshape(grid.count, grid.count)
    drawn = outline(mass / mass.sum(), grid, share, (0.0, 0.0))
    (ring,) = drawn.rings
    assert len(ring) <= MOST_CORNERS
    assert drawn.area_m2 == pytest.approx(-2 * log(1 - share) * pi * 36.0 * longer, rel=0.008)
