"""The street at a place, and streets by their names."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.basemap import STREETS
from hub.basemap.fold import folded
from hub.basemap.index import IndexWriter, Kind, pack, unpack
from hub.basemap.make import make_basemap
from hub.basemap.shown import StreetMap
from hub.basemap.streets import FoundStreet, StreetIndex
from hub.errors import StoreError
from tests.hub.basemap.town import LAT, LON, STEP, Composer


@pytest.fixture(scope="module")
def folder(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("town")
    make_basemap(data, town)
    return data


@pytest.fixture
def index(folder: Path) -> Iterator[StreetIndex]:
    found = StreetIndex(folder / STREETS)
    yield found
    found.close()


def at(east: float, north: float) -> tuple[float, float]:
    return LAT + north * STEP, LON + east * STEP


def names(found: object) -> list[str]:
    assert isinstance(found, list)
    return [one.name for one in found if isinstance(one, FoundStreet)]


def test_the_nearest_street_is_named_with_its_number_and_town(index: StreetIndex) -> None:
    street = index.near(*at(1.1, 0.1))
    assert street is not None
    assert (street.name, street.name_en, street.number, street.place) == (
        "Rue de l’Église", "Church Street", "12", "Contreville",
    )  # fmt: skip
    assert street.distance_m == pytest.approx(11.1, abs=0.2)
    assert street.called("en") == "Church Street"
    assert street.called("fr") == "Rue de l’Église"


def test_a_number_of_another_street_is_not_this_ones(index: StreetIndex) -> None:
    street = index.near(*at(2.1, 0.1))
    assert street is not None
    assert street.number is None, "14 stands at another street, says the extract"


def test_nothing_is_named_from_farther_than_sixty_metres(index: StreetIndex) -> None:
    assert index.near(*at(-5, 0.53)) is not None
    assert index.near(*at(-5, 0.56)) is None
    assert index.near(90.0, 0.0) is None
    assert index.near(0.0, 180.0) is None


def test_a_tunnel_is_no_street_to_stand_in_but_can_be_searched(index: StreetIndex) -> None:
    assert index.near(*at(5, 2)) is None
    assert names(index.search("tunnel")) == ["Tunnel du Fort"]


def test_whoever_stands_in_a_square_is_there_however_wide_it_is(index: StreetIndex) -> None:
    street = index.near(*at(5, -4))
    assert street is not None
    assert (street.name, street.distance_m) == ("Place du Marché", 0.0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("église", ["Rue de l’Église"]),
        ("EGLISE rue", ["Rue de l’Église"]),
        ("rue de l'eglise", ["Rue de l’Église"]),
        ("church", ["Rue de l’Église"]),
        ("bd st eloi", ["Boulevard Saint-Éloi"]),
        ("marche", ["Place du Marché"]),
        ("mar", ["Place du Marché"]),
        ("mouettes nulle part", []),
        ("", []),
        (" .,;' ", []),
        ("%", []),
        ("' OR 1=1 --", []),
    ],
)
def test_streets_are_found_by_the_beginnings_of_their_words(index: StreetIndex, text: str, found: list[str]) -> None:
    assert names(index.search(text)) == found


def test_results_are_few_and_the_nearest_come_first(tmp_path: Path) -> None:
    town = Composer()
    for n in range(40):
        town.way([(n * 60.0, 0), (n * 60.0 + 1, 0)], {"highway": "residential", "name": "Rue du Lac"})
    make_basemap(tmp_path, town.write(tmp_path / "many.osm.pbf"))
    index = StreetIndex(tmp_path / STREETS)
    assert index.about["streets"] == 40, "the same name far away is another street"
    found = index.search("rue du lac", 50, near=(LAT, LON + 25 * 60 * STEP))
    assert len(found) == 20
    assert found[0].lon == pytest.approx(LON + 25 * 60 * STEP, abs=2 * STEP)
    assert len(index.search("rue", 3)) == 3
    assert index.search("rue", 0) == []
    index.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300), lat=st.floats(-90, 90), lon=st.floats(-180, 180))
def test_any_text_and_place_is_answered(index: StreetIndex, text: str, lat: float, lon: float) -> None:
    assert len(index.search(text, near=(lat, lon))) <= 8
    index.near(lat, lon)
    assert folded(folded(text)) == folded(text)


def test_hostile_names_are_only_names(tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)>'; DROP TABLE street; --" + "x" * 200
    town = Composer()
    town.way([(0, 0), (1, 0)], {"highway": "residential", "name": hostile})
    make_basemap(tmp_path, town.write(tmp_path / "hostile.osm.pbf"))
    index = StreetIndex(tmp_path / STREETS)
    (found,) = index.search("onerror")
    assert found.name == hostile[:200]
    index.close()


def test_what_is_no_index_is_told_and_the_page_goes_on(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / STREETS
    for octets in (b"", b"no database", (folder / STREETS).read_bytes()[:9000]):
        broken.write_bytes(octets)
        streets = StreetMap(tmp_path)
        assert streets.near(LAT, LON) is None
        assert streets.search("rue", 8) == []
        streets.close()
    with pytest.raises(StoreError, match="make the street map again"):
        StreetIndex(tmp_path / "nowhere.db")
    later = tmp_path / "later.db"
    writer = IndexWriter(later, tmp_path / "scratch.db")
    writer.street({"name": "Rue"}, [(0.0, 0.0), (0.0, 1.0)], Kind.LINE)
    writer.finish({})
    with sqlite3.connect(later) as db:
        db.execute("UPDATE about SET value = '99' WHERE fact = 'version'")
    db.close()
    with pytest.raises(StoreError, match="make the street map again"):
        StreetIndex(later)


def test_a_map_that_is_replaced_is_noticed(town: Path, tmp_path: Path) -> None:
    streets = StreetMap(tmp_path)
    assert streets.shown() is None
    make_basemap(tmp_path, town)
    first = streets.shown()
    make_basemap(tmp_path, town)
    second = streets.shown()
    assert first is not None
    assert second is not None
    assert first.version != second.version
    assert streets.near(*at(1.1, 0.1)) is not None
    (tmp_path / STREETS).unlink()
    assert streets.near(*at(1.1, 0.1)) is None


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=20))
def test_points_are_packed_to_a_centimetre(points: list[tuple[float, float]]) -> None:
    back = unpack(pack(points))
    assert len(back) == len(points)
    for one, other in zip(points, back, strict=True):
        assert other == pytest.approx(one, abs=1e-7)
