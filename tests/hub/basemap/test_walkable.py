"""The streets on which people walk near a place, out of the walkers' map."""

from itertools import pairwise
from pathlib import Path

import pytest

from hub.basemap import WALKERS
from hub.basemap.walkable import WITHIN_M, Walkable
from hub.basemap.walkers import SheetWriter
from hub.merge.stand import Segment
from probe.contract.geodesy import distance_m, moved, offset_m
from probe.contract.streets import WayClass

PARIS, SUVA = (48.8566, 2.3522), (-17.7, 179.99999)
_Lines = list[tuple[WayClass, list[tuple[float, float]]]]


def lay(path: Path, place: tuple[float, float], lines: _Lines) -> None:
    """A walkers' map of lines in metres around a place."""
    writer = SheetWriter(path.with_suffix(".scratch"))
    for kind, points in lines:
        writer.way(kind, "Rue", [moved(*place, *point)[::-1] for point in points])
    writer.finish(path, "2026-05-01")
    writer.close()


def ends(place: tuple[float, float], segment: Segment) -> list[tuple[float, float]]:
    return [offset_m(*place, *end) for end in (segment.start, segment.end)]


def test_what_one_can_walk_on_is_found_with_its_pavements_the_nearest_first(tmp_path: Path) -> None:
    lines: _Lines = [
        (WayClass.FAST, [(-100.0, 1.0), (100.0, 1.0)]),
        (WayClass.RAIL, [(-100.0, 2.0), (100.0, 2.0)]),
        (WayClass.MAIN, [(-100.0, 30.0), (100.0, 30.0)]),
        (WayClass.STREET, [(-100.0, -10.0), (100.0, -10.0)]),
        (WayClass.PATH, [(20.0, -100.0), (20.0, 100.0)]),
        (WayClass.STREET, [(-100.0, 200.0), (100.0, 200.0)]),
    ]
    lay(tmp_path / WALKERS, PARIS, lines)
    streets = Walkable(tmp_path / WALKERS)
    found = streets.near(*PARIS)
    assert found is not None
    near = [(one.aside_m, ends(PARIS, one)) for one in found]
    assert [aside for aside, _ in near][:3] == [4.5, 0.0, 6.0]
    assert near[0][1][0][1] == pytest.approx(-10.0, abs=1.0)
    assert all(abs(north) < 150.0 for _, both in near for _, north in both)
    assert streets.near(*moved(*PARIS, 0.0, -190.0)) == ()  # streets are known here, and none is near
    assert streets.near(*moved(*PARIS, 20_000.0, 0.0)) is None


def test_at_the_border_of_a_tile_and_at_the_date_line_both_sides_are_found(tmp_path: Path) -> None:
    lay(tmp_path / WALKERS, SUVA, [(WayClass.STREET, [(-60.0, 5.0), (-1.5, 5.0)])])
    west = Walkable(tmp_path / WALKERS)
    across = moved(*SUVA, 30.0, 0.0)
    assert across[1] < 0
    found = west.near(*across)
    assert found
    assert all(distance_m(*across, *one.end) < WITHIN_M + 60.0 for one in found)


@pytest.mark.parametrize("place", [(90.0, 0.0), (-90.0, 5.0), (86.0, 0.0), (0.0, -180.0)])
def test_where_no_map_is_nobody_knows(tmp_path: Path, place: tuple[float, float]) -> None:
    assert Walkable(tmp_path / WALKERS).near(*place) is None
    lay(tmp_path / WALKERS, PARIS, [(WayClass.STREET, [(-60.0, 5.0), (60.0, 5.0)])])
    assert Walkable(tmp_path / WALKERS).near(*place) is None


def test_a_map_that_is_replaced_is_the_new_one_and_a_broken_one_is_none(tmp_path: Path) -> None:
    path = tmp_path / WALKERS
    lay(path, PARIS, [(WayClass.STREET, [(-60.0, 5.0), (60.0, 5.0)])])
    streets = Walkable(path)
    assert streets.near(*PARIS)
    lay(tmp_path / "other", PARIS, [(WayClass.PATH, [(0.0, -60.0), (0.0, 60.0)])])
    (tmp_path / "other").replace(path)
    assert [one.aside_m for one in streets.near(*PARIS) or ()] == [0.0]
    whole = path.read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut").write_bytes(whole[:length])
        (tmp_path / "cut").replace(path)
        assert streets.near(*PARIS) is None
    path.unlink()
    assert streets.near(*PARIS) is None


def test_of_a_maze_no_more_is_told_than_can_be_weighed(tmp_path: Path) -> None:
    zigzag = [(step % 2 * 40.0 - 20.0, -60.0 + step * 0.1) for step in range(1200)]
    lay(tmp_path / WALKERS, PARIS, [(WayClass.PATH, zigzag)])
    streets = Walkable(tmp_path / WALKERS)
    found = streets.near(*PARIS)
    assert found is not None
    assert len(found) == 400
    away = [abs(sum(end[1] for end in ends(PARIS, one)) / 2) for one in found]
    assert all(one <= other + 2.0 for one, other in pairwise(away))
