"""The street map's pages without a browser: portions, searches, uploads, and what they refuse."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from starlette.testclient import TestClient

from hub.basemap import TILES
from hub.basemap.incoming import PORTION_BYTES, Incoming
from hub.basemap.make import make_basemap
from hub.basemap.shown import StreetMap
from hub.basemap.works import StreetWorks
from hub.log.people import Role
from hub.web.app import make_app
from hub.web.gate import OpenGate
from hub.web.pages.streets import MOST_OCTETS, StreetPages, read_range
from tests.examples import look
from tests.hub.basemap.town import LAT, LON, STEP, composed
from tests.hub.web.scripted import ScriptedMap

HERE = "http://127.0.0.1:8787"


@dataclass
class Site:
    """A page with a street map's parts, and the browser that asks it."""

    browser: TestClient
    data: Path
    works: StreetWorks
    incoming: Incoming


@contextmanager
def site(data: Path, source: ScriptedMap | None = None) -> Iterator[Site]:
    streets, works, incoming = StreetMap(data), StreetWorks(data), Incoming(data)
    app = make_app(
        source or ScriptedMap(look()),
        gate=OpenGate(Role.OPERATOR),
        streets=streets,
        parts=[StreetPages(streets, works, incoming)],
    )
    with TestClient(app, base_url=HERE, headers={"origin": HERE}, follow_redirects=False) as browser:
        yield Site(browser, data, works, incoming)
    works.stop()
    streets.close()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return composed(tmp_path_factory.mktemp("extract") / "town.osm.pbf")


@pytest.fixture(scope="module")
def made(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("made")
    make_basemap(data, town)
    return data


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as found:
        yield found


@pytest.fixture
def mapped(made: Path) -> Iterator[Site]:
    with site(made) as found:
        yield found


def in_town() -> ScriptedMap:
    """One camera, near house number 12."""
    source = ScriptedMap(look())
    (detail,) = source.cameras()
    camera = replace(detail.camera, lat=LAT + 0.1 * STEP, lon=LON + 1.1 * STEP)
    source._cameras[camera.id] = replace(detail, camera=camera)
    return source


def test_tiles_come_in_portions_and_under_a_tag(mapped: Site) -> None:
    whole = (mapped.data / TILES).read_bytes()
    first = mapped.browser.get("/basemap.pmtiles", headers={"range": "bytes=0-126"})
    assert first.status_code == 206
    assert first.content == whole[:127]
    assert first.headers["content-range"] == f"bytes 0-126/{len(whole)}"
    assert first.headers["content-encoding"] == "identity"
    last = mapped.browser.get("/basemap.pmtiles", headers={"range": f"bytes={len(whole) - 5}-{len(whole) + 99}"})
    assert last.content == whole[-5:]
    assert last.headers["etag"] == first.headers["etag"]
    again = {"range": "bytes=0-126", "if-none-match": first.headers["etag"]}
    assert mapped.browser.get("/basemap.pmtiles", headers=again).status_code == 304


SPANS = ("", "-", "5-1", "0-1,4-5", "99999999-", "a-b", "-0", "0-99999999999999999999", "²-³")


@pytest.mark.parametrize("said", ["", "lines=0-1", *(f"bytes={span}" for span in SPANS)])
def test_whoever_asks_for_no_portion_gets_none(mapped: Site, said: str) -> None:
    headers = [(b"range", said.encode())] if said else []
    answer = mapped.browser.get("/basemap.pmtiles", headers=headers)
    assert answer.status_code == 416
    assert answer.content == b""


@given(
    said=st.one_of(st.text(max_size=40), st.from_regex(r"bytes=\d*-\d*", fullmatch=True)),
    octets=st.integers(0, 1 << 40),
)
def test_a_range_is_within_the_file_and_small_or_none(said: str, octets: int) -> None:
    found = read_range(said, octets)
    assert found is None or (0 <= found[0] < found[1] <= octets and found[1] - found[0] <= MOST_OCTETS)


def test_no_answer_is_larger_than_a_few_tiles() -> None:
    assert read_range(f"bytes=0-{MOST_OCTETS - 1}", 1 << 40) == (0, MOST_OCTETS)
    assert read_range(f"bytes=0-{MOST_OCTETS}", 1 << 40) is None
    assert read_range("bytes=0-", 1 << 40) is None


def test_without_a_street_map_the_page_is_as_before(empty: Site) -> None:
    assert empty.browser.get("/basemap.pmtiles", headers={"range": "bytes=0-1"}).status_code == 404
    page = empty.browser.get("/").text
    assert 'id="search"' not in page
    assert "pmtiles.js" not in page
    assert "contrechamp-hub basemap" in page
    assert empty.browser.get("/api/streets", params={"q": "rue"}).json() == []
    assert "No street map yet" in empty.browser.get("/streets").text


def test_with_one_the_page_names_it_and_has_a_search_box(mapped: Site) -> None:
    page = mapped.browser.get("/").text
    assert 'id="search"' in page
    assert re.search(r'data-basemap="[0-9a-f-]+" data-box="-30\.5\d+,12\.4\d+,', page)


def test_a_search_finds_in_the_readers_language(mapped: Site) -> None:
    (found,) = mapped.browser.get("/api/streets", params={"q": "eglise", "lang": "fr"}).json()
    assert (found["name"], found["place"]) == ("Rue de l’Église", "Contreville")
    assert found["at"] == pytest.approx([LON, LAT], abs=2 * STEP)
    (found,) = mapped.browser.get("/api/streets", params={"q": "eglise", "lang": "en"}).json()
    assert found["name"] == "Church Street"


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"q": "r" * 9000},
        {"q": "\0%_'\"<b>"},
        {"q": "rue", "lat": "nan", "lon": "1e999"},
        {"q": "rue", "lat": "x", "lon": "-500"},
    ],
)
def test_a_search_for_anything_is_answered(mapped: Site, more: dict[str, str]) -> None:
    answer = mapped.browser.get("/api/streets", params=more)
    assert answer.status_code == 200
    assert isinstance(answer.json(), list)


def test_list_and_details_name_the_street(made: Path) -> None:
    source = in_town()
    with site(made, source) as found:
        english = {"accept-language": "en"}
        assert "Church Street, near no. 12" in found.browser.get("/cameras", headers=english).text
        (camera,) = source.cameras()
        page = found.browser.get(f"/cameras/{camera.camera.id}", headers={"accept-language": "fr"}).text
        assert "Rue de l’Église, près du n° 12" in page.replace("\u00a0", " ")


def test_an_extract_is_sent_in_portions_and_made(empty: Site, town: Path) -> None:
    octets = town.read_bytes()
    begun = empty.browser.post("/streets/upload", params={"name": "town.osm.pbf", "octets": len(octets)}).json()
    assert begun["portion"] == PORTION_BYTES
    way = f"/streets/upload/{begun['upload']}"
    at = 0
    while at < len(octets):
        at = empty.browser.post(way, params={"at": at}, content=octets[at : at + 300]).json()["at"]
    headers = {"accept": "application/json"}
    assert empty.browser.post("/streets/make", data={"upload": begun["upload"]}, headers=headers).status_code == 200
    assert empty.works.wait().state == "done"
    state = empty.browser.get("/streets/state").json()
    assert (state["state"], state["made"]["streets"]) == ("done", 5)
    assert list(empty.incoming.folder.iterdir()) == [], "what was sent for this is gone"
    page = empty.browser.get("/streets").text
    assert "5 streets, 2 house numbers" in page
    assert "9\u00a0May 2026" in page
    assert empty.browser.post("/streets/remove").headers["location"] == "/streets"
    assert not (empty.data / TILES).exists()


def test_an_extract_in_the_folder_is_listed_made_and_kept(empty: Site, town: Path) -> None:
    empty.incoming.folder.mkdir()
    (empty.incoming.folder / "town.osm.pbf").write_bytes(town.read_bytes())
    assert "town.osm.pbf" in empty.browser.get("/streets").text
    answer = empty.browser.post("/streets/make", data={"file": "town.osm.pbf"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/streets")
    assert empty.works.wait().state == "done"
    assert [one.name for one in empty.incoming.waiting()] == ["town.osm.pbf"]


def test_what_is_no_extract_is_told_on_the_page(empty: Site) -> None:
    empty.incoming.folder.mkdir()
    (empty.incoming.folder / "photo.osm.pbf").write_bytes(b"\xff\xd8\xff\xe0" * 20)
    empty.browser.post("/streets/make", data={"file": "photo.osm.pbf"})
    failed = empty.works.wait()
    assert failed.state == "failed"
    page = empty.browser.get("/streets", headers={"accept-language": "fr"}).text
    assert "Le plan des rues n’a pas été fait" in page
    assert "no extract of OpenStreetMap" in page


@pytest.mark.parametrize(
    ("path", "params", "body", "status", "why"),
    [
        ("/streets/upload", {"name": "a.osm.pbf"}, b"", 400, "octets"),
        ("/streets/upload", {"name": "a.osm.pbf", "octets": "-1"}, b"", 400, "octets"),
        ("/streets/upload", {"name": "a.osm.pbf", "octets": "²"}, b"", 400, "octets"),
        ("/streets/upload", {"name": "a.osm.pbf", "octets": "99999999999999"}, b"", 400, "more than"),
        ("/streets/upload", {"name": "a.exe", "octets": "5"}, b"", 400, ".osm.pbf"),
        ("/streets/upload/0badcafe", {"at": "0"}, b"x", 400, "upload is over"),
        ("/streets/upload/0badcafe", {"at": "no"}, b"x", 400, "at:"),
        ("/streets/upload/0badcafe", {"at": "0"}, bytes(PORTION_BYTES + 1), 400, "more than"),
        ("/streets/make", {}, b"upload=0badcafe", 400, "upload is over"),
        ("/streets/make", {}, b"file=../hub.db", 400, "no such extract"),
        ("/streets/make", {}, b"\xff\xfe", 400, "no form of this page"),
        ("/streets/make", {}, b"x" * 9000, 400, "more than"),
        ("/streets/make", {}, b"a=1&" * 90, 400, "no form of this page"),
    ],
)
def test_nonsense_is_one_sentence(
    empty: Site, path: str, params: dict[str, str], body: bytes, status: int, why: str
) -> None:
    headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
    answer = empty.browser.post(path, params=params, content=body, headers=headers)
    assert answer.status_code == status
    assert why in answer.json()["error"]


def test_only_an_operator_makes_one_and_readers_see_it() -> None:
    pages = StreetPages(StreetMap(Path()), StreetWorks(Path("/nonexistent")), Incoming(Path()), role=Role.STRANGER)
    roles = {route.path: route.role for route in pages.routes(lambda *_, **__: None)}  # type: ignore[arg-type]
    assert {path for path, role in roles.items() if role < Role.OPERATOR} == {"/basemap.pmtiles", "/api/streets"}
    assert {roles["/basemap.pmtiles"], roles["/api/streets"]} == {Role.STRANGER}
