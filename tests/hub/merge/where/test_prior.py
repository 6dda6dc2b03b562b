"""The prior by streets: what makes it quick changes none of it."""

from math import hypot

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.merge.where import prior
from hub.merge.where.evidence import Street
from hub.merge.where.plane import Grid, Plane
from probe.contract.geodesy import moved

PLACES = [(48.8566, 2.3522), (0.0, 180.0), (90.0, 0.0), (-89.9999, -179.9)]
metres = st.floats(-300.0, 300.0)
pieces = st.lists(st.tuples(metres, metres, metres, metres), min_size=1, max_size=40)


def _away(east: float, north: float, piece: tuple[float, float, float, float]) -> float:
    """By the angles at both ends: another way than the product's."""
    x1, y1, x2, y2 = piece
    a, b, c = hypot(x1 - east, y1 - north), hypot(x2 - east, y2 - north), hypot(x2 - x1, y2 - y1)
    if c < 1e-6 or a * a > b * b + c * c or b * b > a * a + c * c:
        return min(a, b)
    return abs((x2 - x1) * (y1 - north) - (x1 - east) * (y2 - y1)) / c


@settings(max_examples=40, deadline=None)
@given(pieces, st.sampled_from(PLACES), st.floats(-60.0, 60.0), st.floats(24.0, 120.0))
@example([(0.0, -37.0, 0.0, -37.0)], PLACES[0], -46.0, 24.0)  # near the edge of what counts, south-east of the grid
def test_each_cell_is_as_far_as_the_nearest_of_all_pieces(
    lines: list[tuple[float, float, float, float]], place: tuple[float, float], aside: float, half: float
) -> None:
    plane, grid = Plane(*place), Grid.around(aside, -aside, half, 6)
    streets = [Street(start=moved(*place, *one[:2]), end=moved(*place, *one[2:])) for one in lines]
    near = prior._near_lines(streets, plane, grid)
    flat = [(*plane.to_metres(*one.start), *plane.to_metres(*one.end)) for one in streets]
    nearest = min(_away(aside, -aside, one) for one in flat)
    if near is None:
        assert nearest > 1.5 * half + prior.NEAR_M - 1.0
        return
    found = prior._from_lines(near, grid)
    reach = 1.5 * half + prior.NEAR_M
    for away, east, north in zip(found, *grid.cells(), strict=True):
        within = [one for one in flat if _away(aside, -aside, one) <= reach - 1.0]
        true = min((_away(east, north, one) for one in within), default=None)
        if true is not None:
            assert away <= true + 0.01
        assert away >= min(_away(east, north, one) for one in flat) - 0.01


def test_the_order_of_the_streets_changes_nothing_and_a_maze_is_bounded() -> None:
    place = PLACES[0]
    random = np.random.default_rng(3)
    starts = random.uniform(-150, 150, (700, 2))
    streets = [
        Street(start=moved(*place, *one), end=moved(*place, *(one + random.normal(0, 9, 2)))) for one in starts.tolist()
    ]
    plane, grid = Plane(*place), Grid.around(0.0, 0.0, 90.0, 40)
    told = prior.prior_log([], streets, plane, grid)
    again = prior.prior_log([], streets[::-1], plane, grid)
    assert np.array_equal(told, again)
    near = prior._near_lines(streets, plane, grid)
    assert near is not None
    assert len(near) == prior.MOST_STREETS
    assert np.isfinite(told).all()


@pytest.mark.parametrize("place", PLACES)
def test_a_facade_is_likelier_than_the_streets_middle_and_than_a_yard(place: tuple[float, float]) -> None:
    plane, grid = Plane(*place), Grid.around(0.0, 0.0, 40.5, 81)
    street = Street(start=moved(*place, -80.0, 0.0), end=moved(*place, 80.0, 0.0))
    told = prior.prior_log([], [street], plane, grid)[:, 40]
    assert told[40 + 8] > told[40] > told[40 + 30]
    assert told[40 - 8] == pytest.approx(told[40 + 8], abs=0.02)
