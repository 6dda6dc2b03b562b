"""Where the sea is: land on the left of a coast, cell by cell, and nothing where a coast is cut off."""

import itertools
import math
import random

from hypothesis import given
from hypothesis import strategies as st

from hub.basemap.sea import Grid, Ground, Point, Ring, ground

NOBODY: set[tuple[int, int]] = set()


def area(rings: list[Ring]) -> float:
    """The area of rings together, in cells."""
    return sum(abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring))) / 2 for ring in rings)


def within(found: Ground, cell: tuple[int, int]) -> list[Ring]:
    """The rings of the sea that lie in a cell."""
    x, y = cell
    return [ring for ring in found.sea if all(x <= at <= x + 1 and y <= up <= y + 1 for at, up in ring)]


def test_a_coast_through_a_cell_has_the_sea_on_its_right() -> None:
    # From west to east at three quarters of the height: the land is in the north.
    found = ground([[(0.0, 0.75), (0.5, 0.75), (1.0, 0.75)]], NOBODY)
    assert area(within(found, (0, 0))) == 0.75
    found = ground([[(1.0, 0.75), (0.0, 0.75)]], NOBODY)
    assert area(within(found, (0, 0))) == 0.25


def test_a_coast_over_many_cells_and_in_pieces_is_one() -> None:
    whole: list[Point] = [(-0.5, 0.5), (0.5, 0.4), (1.5, 0.6), (2.5, 0.5)]
    pieces = [whole[2:], whole[:2], whole[1:3]]
    assert ground(pieces, NOBODY) == ground([whole], NOBODY)
    assert len(within(ground([whole], NOBODY), (1, 0))) == 1


def test_a_cell_in_which_a_coast_ends_says_nothing() -> None:
    found = ground([[(-0.5, 0.5), (1.5, 0.5)]], NOBODY)
    assert within(found, (-1, 0)) == within(found, (1, 0)) == []
    assert area(within(found, (0, 0))) == 0.5


def test_an_island_lies_in_the_sea_and_a_pond_in_the_land() -> None:
    island: list[Point] = [(0.2, 0.2), (0.4, 0.2), (0.4, 0.4), (0.2, 0.4), (0.2, 0.2)]
    found = ground([island], NOBODY)
    assert area(within(found, (0, 0))) == 1
    assert found.islands == [island]
    found = ground([island[::-1]], NOBODY)
    assert found.islands == []
    assert round(area(within(found, (0, 0))), 9) == 0.04


def test_two_coasts_in_one_cell_part_it_in_three() -> None:
    strait: list[list[Point]] = [[(0.0, 0.6), (1.0, 0.6)], [(1.0, 0.4), (0.0, 0.4)]]
    assert round(area(within(ground(strait, NOBODY), (0, 0))), 9) == 0.2
    spit: list[list[Point]] = [[(1.0, 0.6), (0.0, 0.6)], [(0.0, 0.4), (1.0, 0.4)]]
    assert round(area(within(ground(spit, NOBODY), (0, 0))), 9) == 0.8


def test_the_sea_goes_on_a_little_and_not_where_people_live() -> None:
    coast: list[list[Point]] = [[(-3.0, 0.5), (4.0, 0.5)]]
    found = ground(coast, {(0, -2)})
    assert within(found, (1, -1))
    assert within(found, (1, -3))
    assert not within(found, (0, -2))
    assert not within(found, (1, -9))
    assert not within(found, (1, 1)), "that is land"


def test_gaps_between_streets_are_land() -> None:
    found = ground([], {(0, 0), (3, 0), (20, 0)})
    assert found.land == [(0, 4, 0), (20, 21, 0)]
    assert found.sea == []


@given(st.lists(st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), max_size=8), max_size=4))
def test_any_coast_gives_rings_or_nothing(coasts: list[list[Point]]) -> None:
    found = ground(coasts, NOBODY)
    for ring in [*found.sea, *found.islands]:
        assert ring[0] == ring[-1]
        assert all(math.isfinite(value) for point in ring for value in point)


def test_a_long_random_coast_leaves_no_cell_out() -> None:
    """A coast that wanders from west to east: above it all is land, below it all is sea."""
    chance = random.Random(7)
    coast: list[Point] = [(0.0, 5.3)]
    while coast[-1][0] < 20:
        coast.append((coast[-1][0] + chance.uniform(0.01, 0.4), 5 + chance.uniform(-2.5, 2.5)))
    coast[-1] = (20.0, coast[-1][1])
    found = ground([coast], NOBODY)
    below = [(x1, y1, x2, y2) for (x1, y1), (x2, y2) in itertools.pairwise(coast)]
    expected = sum((x2 - x1) * (y1 + y2) / 2 for x1, y1, x2, y2 in below)
    # Cells that are all sea between the coast and the lowest row that it reaches are filled as well.
    sea = [ring for ring in found.sea if all(0 <= x <= 20 for x, _ in ring)]
    floor = min(math.floor(min(y for _, y in ring)) for ring in sea)
    assert area(sea) >= expected - 20 * math.floor(min(y for _, y in coast)) - 1e-6
    assert area(sea) <= expected - 20 * floor + 1e-6


def test_the_grid_is_as_fine_as_it_may_be() -> None:
    assert Grid.over((7.40, 43.72, 7.45, 43.76)).zoom == 14
    assert Grid.over((-5.0, 42.0, 9.0, 51.0)).zoom < 14
    assert Grid.over((-180.0, -85.0, 180.0, 85.0)).zoom == 8
    grid = Grid(14)
    lon, lat = grid.degrees(grid.point(7.4246, 43.7384))
    assert (round(lon, 9), round(lat, 9)) == (7.4246, 43.7384)
