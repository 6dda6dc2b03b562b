"""The map's tiles and what is in view, as the page serves them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import mapbox_vector_tile
import pytest
from starlette.testclient import TestClient

from hub.log.people import Role
from hub.publish.tiles import MAX_ZOOM
from hub.web.app import make_app
from hub.web.filters import STANDINGS, filed
from hub.web.gate import OpenGate
from hub.web.pages.tiles import MAX_IN_VIEW, TilePages
from tests.hub.publish.cameras import camera
from tests.hub.publish.test_tiles import tile_of
from tests.hub.web.decided import DecidedMap

TODAY = date(2026, 6, 1)
TOWN = {
    "confirmed": camera("a" * 32, day="2026-05-20"),
    "waiting": camera("b" * 32, east_m=40.0, review="waiting", title_kind="panoramic", day="2026-02-01"),
    "hint": camera("c" * 32, east_m=80.0, review="waiting", standing="hint", radius95_m=60.0, day=None),
    "follow-up": camera("d" * 32, east_m=120.0, follow_up=True, radius95_m=20.0, day="2024-01-01"),
    "gone": camera("e" * 32, east_m=160.0, gone="2026-05-01", day="2026-05-20"),
}
NAMES = {one.camera.id: name for name, one in TOWN.items()}
BOX = "-17.01,46.99,-16.98,47.01"


@pytest.fixture
def source() -> DecidedMap:
    return DecidedMap(*TOWN.values())


@pytest.fixture
def browser(source: DecidedMap) -> Iterator[TestClient]:
    pages = TilePages(source, lambda: TODAY)
    with TestClient(
        make_app(source, gate=OpenGate(Role.REVIEWER), parts=[pages]),
        base_url="http://127.0.0.1:8787",
        client=("127.0.0.1", 1),
    ) as made:
        yield made


def tiled(browser: TestClient, **asked: str) -> list[str]:
    """The cameras that the tiles hold, each drawn by itself."""
    tiles = {tile_of(one.camera.lon, one.camera.lat, MAX_ZOOM) for one in TOWN.values()}
    found = set()
    for x, y in tiles:
        body = browser.get(f"/tiles/cameras/{MAX_ZOOM}/{x}/{y}.mvt", params=asked).content
        features = mapbox_vector_tile.decode(body)["cameras"]["features"] if body else []
        found |= {NAMES[one["properties"]["id"]] for one in features}
    return sorted(found)


def in_view(browser: TestClient, **asked: str) -> dict[str, Any]:
    told: dict[str, Any] = browser.get("/tiles/cameras.geojson", params={"bbox": BOX, **asked}).json()
    return told


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["confirmed", "follow-up", "hint", "waiting"]),
        ({"standing": "gone,hint"}, ["gone", "hint"]),
        ({"standing": ""}, []),
        ({"kind": "panoramic"}, ["waiting"]),
        ({"age": "30"}, ["confirmed"]),
        ({"age": "180"}, ["confirmed", "waiting"]),
        ({"age": "older"}, ["follow-up"]),
        ({"doubt": "10"}, ["confirmed", "waiting"]),
        ({"doubt": "25"}, ["confirmed", "follow-up", "waiting"]),
        ({"doubt": "more"}, ["hint"]),
        ({"age": "x", "doubt": "\x00", "lang": "fr"}, ["confirmed", "follow-up", "hint", "waiting"]),
    ],
)
def test_tiles_and_list_hold_what_the_address_asks_for(
    browser: TestClient, asked: dict[str, str], expected: list[str]
) -> None:
    assert tiled(browser, **asked) == expected
    told = in_view(browser, **asked)
    assert sorted(NAMES[one["id"]] for one in told["features"]) == expected
    assert told["total"] == len(expected)


def test_each_camera_is_filed_under_one_standing() -> None:
    assert {name: filed(one.camera) for name, one in TOWN.items()} == {name: name for name in STANDINGS}


def test_a_change_is_in_the_next_tile(browser: TestClient, source: DecidedMap) -> None:
    before = tiled(browser)
    source.show(TOWN["hint"])
    assert before != tiled(browser) == ["hint"]


def test_there_is_a_bound_to_what_is_sent_one_by_one(browser: TestClient, source: DecidedMap) -> None:
    source.show(*(camera(east_m=one / 4) for one in range(MAX_IN_VIEW + 20)))
    told = in_view(browser)
    assert (len(told["features"]), told["total"]) == (MAX_IN_VIEW, MAX_IN_VIEW + 20)


@pytest.mark.parametrize("bbox", ["", "1,2,3", "a,b,c,d", "nan,0,1,1", "inf,0,1,1", "1,2,3,4,5"])
def test_a_view_that_is_none_is_refused_in_a_sentence(browser: TestClient, bbox: str) -> None:
    told = browser.get("/tiles/cameras.geojson", params={"bbox": bbox})
    assert told.status_code == 400
    assert "west,south,east,north" in told.json()["error"]


@pytest.mark.parametrize("tile", ["17/0/0", "0/1/0", "3/8/0", f"16/0/{1 << 16}", "99/99/99", "0/0/-1", "0/0/x"])
def test_a_tile_that_is_nowhere_is_not_found(browser: TestClient, tile: str) -> None:
    assert browser.get(f"/tiles/cameras/{tile}.mvt").status_code == 404


def test_tilejson_says_where_the_cameras_are(browser: TestClient, source: DecidedMap) -> None:
    west, south, east, north = browser.get("/tiles/cameras.json").json()["bounds"]
    assert west == pytest.approx(-17.0)
    assert south <= 47.0 <= north
    assert east > west
    source.show()
    assert browser.get("/tiles/cameras.json").json()["bounds"] == [-180, -85, 180, 85]
