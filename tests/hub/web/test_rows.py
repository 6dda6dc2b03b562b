"""The list's rows can be told apart: by where each camera stands among the others."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.publish.view import CameraDetail
from hub.web.rows import PAGE_ROWS, Listing, rows
from probe.contract.geodesy import distance_m, moved
from tests.examples import look
from tests.hub.web.scripted import ScriptedMap

(ONE,) = ScriptedMap(look()).cameras()


def at(name: str, lat: float, lon: float, last_seen: str | None = "2026-05-09", radius_m: float = 9.0) -> CameraDetail:
    camera = replace(ONE.camera, id=name, lat=lat, lon=lon, last_seen=last_seen, radius95_m=radius_m)
    return replace(ONE, camera=camera)


def test_each_says_where_it_stands_from_the_middle_and_from_the_next() -> None:
    lat, lon = moved(47.0, -17.0, 100.0, 0.0)
    details = [at("middle", 47.0, -17.0), at("east", lat, lon), at("west", 47.0, -17.0 - (lon + 17.0))]
    middle, *sides = rows(details, "where")
    assert middle.camera.id == "middle"
    assert middle.from_centre.distance_m < 1
    assert {row.camera.id: round(row.from_centre.bearing_deg) for row in sides} == {"east": 90, "west": 270}
    for row in sides:
        assert row.neighbour is not None
        assert round(row.neighbour.distance_m) == 100
    assert {row.camera.id: round(row.neighbour.bearing_deg) for row in sides if row.neighbour} == {
        "east": 270,
        "west": 90,
    }


def test_one_alone_has_no_neighbour_and_none_has_no_rows() -> None:
    (row,) = rows([at("alone", 47.0, -17.0)], "where")
    assert row.neighbour is None
    assert rows([], "where") == []


def test_the_date_line_parts_no_neighbours() -> None:
    found = rows([at("a", 0.0, 179.9999), at("b", 0.0, -179.9999)], "where")
    for row in found:
        assert row.neighbour is not None
        assert row.neighbour.distance_m < 25
        assert row.from_centre.distance_m < 13


def test_two_at_one_place_are_neighbours() -> None:
    for row in rows([at("a", 47.0, -17.0), at("b", 47.0, -17.0), at("c", 47.1, -17.0)], "where"):
        if row.camera.id != "c":
            assert row.neighbour is not None
            assert row.neighbour.distance_m == 0


def test_orders() -> None:
    details = [at("old", 47.0, -17.0, "2025-01-01", 5.0), at("never", 47.0, -17.0, None, 7.0), at("new", 47.0, -17.0)]
    assert [row.camera.id for row in rows(details, "last")] == ["new", "old", "never"]
    assert [row.camera.id for row in rows(details, "accuracy")] == ["old", "never", "new"]
    assert [row.camera.id for row in rows(details, "what?")] == [row.camera.id for row in rows(details, "where")]


@given(st.lists(st.tuples(st.integers(-400, 400), st.integers(-400, 400)), min_size=2, max_size=30))
def test_the_neighbour_is_the_nearest_of_all(places: list[tuple[int, int]]) -> None:
    details = [at(str(n), *moved(47.0, -17.0, float(e), float(s))) for n, (e, s) in enumerate(places)]
    for row in rows(details, "where"):
        others = [one.camera for one in details if one.camera.id != row.camera.id]
        nearest = min(distance_m(row.camera.lat, row.camera.lon, one.lat, one.lon) for one in others)
        assert row.neighbour is not None
        assert row.neighbour.distance_m == pytest.approx(nearest, abs=0.1)


def test_a_neighbour_may_be_on_another_page() -> None:
    """One alone, then pairs: the last of the first page and the first of the second are one."""
    count = PAGE_ROWS + 51
    east_m = [1000.0 * ((n + 1) // 2) + 10.0 * (n % 2) for n in range(count)]
    details = [at(f"{n:03}", *moved(47.0, -17.0, east, 0.0)) for n, east in enumerate(east_m)]

    class Source(ScriptedMap):
        def cameras(self) -> list[CameraDetail]:
            return details

    listing = Listing(Source())
    listed = [row for number in ("1", "2") for row in listing.page("kind", number).rows]
    assert [row.camera.id for row in listed] == [f"{n:03}" for n in range(count)]
    assert all(row.neighbour is not None and round(row.neighbour.distance_m) == 10 for row in listed[1:])
    assert listing.page("kind", "2") == listing.page("kind", "9"), "the last where there is no such page"


LISTED = """
import sys
from tests.hub.web.test_rows import at, rows
assert all(row.neighbour for row in rows([at("a", 47.0, -17.0), at("b", 47.1, -17.0)], "where"))
print([name for name in sys.modules if name.startswith("scipy")])
"""


def test_the_list_takes_no_scipy_and_its_forty_megabytes() -> None:
    done = subprocess.run([sys.executable, "-c", LISTED], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr[-2000:]
