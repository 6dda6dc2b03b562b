"""Cameras are placed by the streets of the hub's street map: the same by whoever derives them, and whatever becomes of
that map."""

import json
import logging
from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.basemap import WALKERS
from hub.basemap.make import make_basemap
from hub.basemap.walkable import Walkable
from hub.cli.cameras import export
from hub.cli.cameras import rebuild as rebuild_command
from hub.data import make_hub
from hub.derive.deriver import Deriver
from hub.derive.live import LiveCameras
from hub.derive.rebuild import rebuild
from hub.derive.streets import HubStreets
from hub.enroll.stands import Stands
from hub.log.decisions import NewDecision
from hub.publish.view import CameraDetail
from hub.store.sqlite.log import SqliteStore
from probe.contract.geodesy import distance_m, moved, offset_m
from probe.contract.sighting import Hearing, Place, Sighting
from probe.contract.streets import WayClass
from tests.examples import WALK_A, WALK_B, look, radio
from tests.hub.basemap.test_walkable import lay
from tests.hub.derive.test_live import add
from tests.hub.review import world

ISLAND = (47.0, -17.0)
MAPS: dict[str, list[tuple[WayClass, list[tuple[float, float]]]]] = {
    "to the east": [(WayClass.STREET, [(-300.0, 3.0), (500.0, 3.0)])],
    "crossing": [
        (WayClass.STREET, [(-300.0, -12.0), (4000.0, -12.0)]),
        (WayClass.MAIN, [(10.0, -200.0), (10.0, 200.0)]),
        (WayClass.PATH, [(0.0, -200.0), (0.0, 200.0)]),
    ],
}


@pytest.fixture(scope="module")
def maps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Street maps around the island's origin, and a damaged one."""
    folder = tmp_path_factory.mktemp("maps")
    made = {}
    for number, (name, lines) in enumerate(MAPS.items()):
        lay(folder / f"{number}", ISLAND, lines)
        made[name] = (folder / f"{number}").read_bytes()
    return made | {"cut": made["crossing"][:-9], "no map": b"no map"}


def _put(folder: Path, whole: bytes | None) -> None:
    """Lay a street map into a hub's folder as its maker does, or take it away."""
    if whole is None:
        (folder / WALKERS).unlink(missing_ok=True)
    else:
        (folder / "aside").write_bytes(whole)
        (folder / "aside").replace(folder / WALKERS)


def _pass(walk: str = WALK_A) -> Sighting:
    """A transmitter, heard along a street to the east that is laid 3 m north of it."""
    return radio(walk=walk, at=(0.0, 0.0))


def _heard_at(number: int, place: tuple[float, float]) -> Sighting:
    """A pass of another transmitter, at a place in degrees."""
    one = radio(f"ac:cc:8e:00:00:{number + 8:02x}")
    assert one.radio is not None
    places = [Place(lat=lat, lon=lon, accuracy_m=4.0) for lat, lon in (moved(*place, 2.0 * n, 0.0) for n in range(5))]
    hearings = tuple(Hearing(place=at, signal_dbm=-60.0, channel_mhz=2437) for at in places)
    return replace(one, observer=places[2], radio=replace(one.radio, hearings=hearings))


def _codes(detail: CameraDetail) -> set[str]:
    return {reason.code for reason in detail.reasons}


def _told(store: SqliteStore) -> list[CameraDetail]:
    deriver = Deriver(store)
    deriver.refresh()
    return list(deriver.everything())


@settings(max_examples=25, deadline=None)
@given(sightings=world.sightings(), decisions=world.decisions, random=st.integers(0, 1 << 30).map(Random))
def test_step_by_step_is_the_same_as_from_the_start_whatever_becomes_of_the_street_map(
    maps: dict[str, bytes], sightings: list[Sighting], decisions: list[NewDecision], random: Random
) -> None:
    with TemporaryDirectory() as name, closing(SqliteStore(Path(name))) as store:
        live = LiveCameras(store)
        coming, deciding = list(sightings), list(decisions)
        while coming or deciding:
            batch = random.randint(1, 4)
            if coming[:batch]:
                add(store, *coming[:batch])
            del coming[:batch]
            if deciding:
                store.decisions.append("ada", [deciding.pop()])
            if random.random() < 0.5:
                _put(Path(name), maps.get(random.choice(["none", *maps])))
            live.refresh()
        assert list(live.deriver.everything()) == _told(store)
        done = rebuild(store, live.deriver._recogniser)
        assert done.identical
        assert not done.other_streets


def test_a_street_tells_where_a_camera_is_and_the_desk_says_so(tmp_path: Path, maps: dict[str, bytes]) -> None:
    with closing(SqliteStore(tmp_path)) as store:
        add(store, _pass(), _pass(WALK_B), look(observer=(0.0, 400.0), distance_m=None))
        without = {one.camera.id: one for one in _told(store)}
        _put(tmp_path, maps["to the east"])
        along = {one.camera.id: one for one in _told(store)}
        assert without.keys() == along.keys()
        heard = next(key for key, one in along.items() if "region_radio" in _codes(one))
        seen = next(key for key in along if key != heard)
        assert "region_streets" in _codes(along[heard])
        assert "region_streets" not in _codes(without[heard])
        assert along[heard].camera.region95 != without[heard].camera.region95
        # At a facade: 8 m from the street's middle, on either side
        _, north = offset_m(*ISLAND, along[heard].modes[0].lat, along[heard].modes[0].lon)
        assert 4.0 < abs(north - 3.0) < 12.0
        assert along[seen] == without[seen], "no street is known there"


def test_a_path_is_no_street_along_which_cameras_hang(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path)) as store:
        add(store, _pass())
        without = _told(store)
        lay(tmp_path / WALKERS, ISLAND, [(WayClass.PATH, [(-90.0, 3.0), (90.0, 3.0)])])
        assert _told(store) == without


def test_what_is_only_marked_is_not_moved_to_a_street(tmp_path: Path, maps: dict[str, bytes]) -> None:
    with closing(SqliteStore(tmp_path)) as store:
        add(store, look(bearing_deg=None, distance_m=None))
        without = _told(store)
        _put(tmp_path, maps["to the east"])
        assert _told(store) == without


def test_where_the_map_is_removed_or_replaced_all_is_placed_again_and_that_is_said(
    tmp_path: Path, maps: dict[str, bytes], caplog: pytest.LogCaptureFixture
) -> None:
    with closing(SqliteStore(tmp_path)) as store:
        add(store, _pass())
        live = LiveCameras(store)
        live.refresh()
        without = store.cameras()
        assert not live.refresh()
        seen = {}
        for name in ("to the east", "crossing"):
            _put(tmp_path, maps[name])
            assert live.refresh()
            assert "placed again, by its streets" in caplog.messages[-1]
            seen[name] = store.cameras()
            assert (name, store.streets_of_cameras()) == (name, Walkable(tmp_path / WALKERS).mark)
            assert not live.refresh(), "nothing is new"
        assert seen["to the east"] != seen["crossing"]
        _put(tmp_path, None)
        assert live.refresh()
        assert "placed again, without streets" in caplog.messages[-1]
        assert store.cameras() == without != seen["crossing"]
        assert store.streets_of_cameras() is None
        assert len(caplog.messages) == 3


@pytest.mark.parametrize("octets", [0, 1, 30, -1, -40])
def test_a_broken_map_costs_the_streets_alone_and_one_sentence(
    tmp_path: Path, maps: dict[str, bytes], octets: int, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(SqliteStore(tmp_path)) as store:
        add(store, *(radio(f"ac:cc:8e:00:00:{n:02x}", at=(700.0 * n, 0.0)) for n in range(5)))
        without = _told(store)
        _put(tmp_path, maps["crossing"][:octets])
        live = LiveCameras(store)
        live.refresh()
        assert list(live.deriver.everything()) == without
        (told,) = caplog.messages
        assert "walkers.streets is damaged" in told
        assert "make the street map again" in told
        _put(tmp_path, maps["crossing"])
        live.refresh()
        assert list(live.deriver.everything()) == _told(store) != without


def test_a_map_that_cannot_be_opened_costs_the_streets_alone(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path)) as store:
        add(store, _pass())
        without = _told(store)
        (tmp_path / WALKERS).mkdir()
        assert _told(store) == without


@pytest.mark.parametrize("place", [(-17.7, 179.99999), (0.0, -180.0), (84.9, 10.0), (89.9999, 0.0), (-90.0, 0.0)])
def test_at_the_date_line_and_at_a_pole_no_street_does_harm(tmp_path: Path, place: tuple[float, float]) -> None:
    if abs(place[0]) < 85.0:
        lines = [[(-90.0, 4.0), (-1.0, 4.0)], [(1.0, 4.0), (90.0, 4.0)]]
        lay(tmp_path / WALKERS, place, [(WayClass.STREET, line) for line in lines])
    with closing(SqliteStore(tmp_path)) as store:
        streets = HubStreets(store)
        for east in (-3.0, 0.0, 3.0):
            found = streets.near(*moved(*place, east, 0.0))
            assert bool(found) == (abs(place[0]) < 85.0)
            assert all(distance_m(*place, *end) < 200.0 for one in found for end in (one.start, one.end))


def test_whoever_derives_sees_the_same_streets(tmp_path: Path, maps: dict[str, bytes]) -> None:
    """A hub that runs, `rebuild`, `export`: none of them is told where the streets are."""
    data = tmp_path / "hub"
    with make_hub(data) as hub:
        assert isinstance(hub.store, SqliteStore)
        add(hub.store, _pass(), look(observer=(40.0, 0.0)))
        live = LiveCameras(hub.store, data=data, recogniser=hub.recogniser)
        live.refresh()
        _put(data, maps["to the east"])
        done = rebuild(hub.store, hub.recogniser)
        assert done.other_streets
        assert not done.identical
        live.refresh()
        assert rebuild(hub.store, hub.recogniser).identical
        placed = {one.camera.id: (one.camera.lat, one.camera.lon) for one in live.cameras()}
    told = CliRunner().invoke(export, ["--data", str(data), "--all"], catch_exceptions=False)
    features = json.loads(told.stdout)["features"]
    exported = sorted(tuple(one["geometry"]["coordinates"][::-1]) for one in features)
    assert exported == sorted(placed.values())
    _put(data, None)
    run = CliRunner().invoke(rebuild_command, ["--data", str(data)], catch_exceptions=False)
    assert "The street map is another one than they were placed by before" in run.stderr
    run = CliRunner().invoke(rebuild_command, ["--data", str(data), "--json"], catch_exceptions=False)
    assert json.loads(run.stdout)["identical"]
    assert "other_streets" not in json.loads(run.stdout)


def test_of_a_large_map_little_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the number of tiles that were asked for, and whatever is in them."""
    zigzag = [[(1000.0 * n + 3.0 * m, 30.0 * (m % 2)) for m in range(300)] for n in range(24)]
    lay(tmp_path / WALKERS, ISLAND, [(WayClass.STREET, line) for line in zigzag])
    monkeypatch.setattr("hub.basemap.walkable.MOST_KEPT", 20_000)
    with closing(SqliteStore(tmp_path)) as store:
        streets = HubStreets(store)
        places = [moved(*ISLAND, 1000.0 * n + 400.0, 10.0) for n in range(24)]
        first = [streets.near(*place) for place in places]
        kept = streets._map
        assert all(first)
        assert max(map(len, first)) <= 400
        assert 0 < kept._octets <= 20_000
        assert kept._octets == sum(tile.octets for tile in kept._tiles.values())
        assert len(kept._tiles) < 24
        assert [streets.near(*place) for place in places] == first, "what was let go of is read again"


def test_in_a_real_town_cameras_are_placed_by_its_streets_and_looked_at_from_them(
    tmp_path: Path, testdata: Path, caplog: pytest.LogCaptureFixture
) -> None:
    extract, around = testdata / "osm" / "monaco.osm.pbf", (43.7384, 7.4246)
    if not extract.is_file():
        pytest.skip(f"no real extract: {extract} is not there")
    caplog.set_level(logging.ERROR)
    data = tmp_path / "hub"
    with make_hub(data) as hub:
        assert isinstance(hub.store, SqliteStore)
        add(hub.store, *(_heard_at(n, moved(*around, 90.0 * n, 60.0 * n)) for n in range(-3, 4)))
        without = {one.camera.id: one for one in _told(hub.store)}
        make_basemap(data, extract)
        live = LiveCameras(hub.store)
        live.refresh()
        along = {one.camera.id: one for one in live.cameras()}
        assert along.keys() == without.keys()
        told = [key for key, one in along.items() if "region_streets" in _codes(one)]
        assert len(told) >= 4
        assert all(along[key].camera.region95 != without[key].camera.region95 for key in told)
        assert rebuild(hub.store, hub.recogniser).identical
        streets, offered = Walkable(data / WALKERS), 0
        for one in along.values():
            for stand in Stands(data, anywhere=True).of(one):
                offered += 1
                assert stand.on_street
                ends = streets.near(stand.lat, stand.lon, within_m=12.0)
                assert ends, "no street is there"
        assert offered
