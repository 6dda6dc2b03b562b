"""The street map in a real Chromium: names of streets with no network, the search by keys, the upload with its bar."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from hub.basemap import TILES
from hub.basemap.incoming import Incoming
from hub.basemap.make import make_basemap
from hub.basemap.shown import StreetMap
from hub.basemap.works import StreetWorks
from hub.log.people import Role
from hub.web.app import make_app
from hub.web.gate import OpenGate
from hub.web.pages.streets import StreetPages
from hub.web.serve import WebServer
from tests.browser import WAIT_MS, Watch, Watched
from tests.examples import look
from tests.hub.basemap.town import LAT, LON, STEP, composed
from tests.hub.web.scripted import ScriptedMap

pytestmark = pytest.mark.browser
MONACO = (43.7384, 7.4246)
PLACED = """({ latitude, longitude }) => {
  navigator.geolocation.getCurrentPosition = (found) => found({ coords: { latitude, longitude, accuracy: 25 } });
}"""


def at(lat: float, lon: float) -> ScriptedMap:
    """One camera there."""
    source = ScriptedMap(look())
    (detail,) = source.cameras()
    ring = tuple((lon + east * 1e-4, lat + north * 1e-4) for east, north in ((0, -1), (1, 1), (-1, 1), (0, -1)))
    source._cameras[detail.camera.id] = replace(
        detail, camera=replace(detail.camera, lat=lat, lon=lon, region95=(ring,))
    )  # fmt: skip
    return source


@contextmanager
def served(data: Path, source: ScriptedMap) -> Iterator[str]:
    streets, works = StreetMap(data), StreetWorks(data)
    server = WebServer(
        make_app(
            source, gate=OpenGate(Role.OPERATOR), streets=streets, parts=[StreetPages(streets, works, Incoming(data))]
        ),
        "127.0.0.1",
        0,
    )
    server.start()
    yield server.url
    server.stop()
    works.stop()
    streets.close()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return composed(tmp_path_factory.mktemp("extract") / "town.osm.pbf")


@pytest.fixture(scope="module")
def url(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("made")
    make_basemap(data, town)
    with served(data, at(LAT + STEP / 4, LON + STEP)) as found:
        yield found


def names(watched: Watched, prefix: str = "base-") -> list[str]:
    found: list[str] = watched.page.evaluate(f"document.getElementById('map').contrechamp.names('{prefix}')")
    return found


def no_faults(watched: Watched, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(watched.page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(("width", "dark", "locale"), [(360, True, "fr-FR"), (1280, False, "en-GB")])
def test_names_of_streets_are_drawn_with_no_network(
    watch: Watch, url: str, width: int, dark: bool, locale: str
) -> None:
    with watch(width=width, height=740, dark=dark, locale=locale) as watched:
        watched.page.goto(url)
        watched.ready()
        street = "Rue de l’Église"
        assert street in names(watched)
        assert "12" in names(watched, "base-number")
        credit = watched.page.locator(".maplibregl-ctrl-attrib")
        assert "OpenStreetMap" in credit.inner_text()
        assert "ODbL" in credit.inner_text()
        assert watched.page.locator("#no-streets").is_hidden()
        no_faults(watched, width)
        watched.clean()


def test_a_real_town_has_its_names(watch: Watch, testdata: Path, tmp_path: Path) -> None:
    extract = testdata / "osm" / "monaco.osm.pbf"
    if not extract.is_file():
        pytest.skip(f"no real extract: {extract} is not there")
    make_basemap(tmp_path, extract)
    with served(tmp_path, at(*MONACO)) as url, watch(world=True) as watched:
        octets: list[int] = []
        watched.page.on("response", lambda answer: octets.append(int(answer.headers.get("content-length", 0))))
        watched.page.goto(url)
        watched.ready()
        assert {"Avenue de la Costa", "Boulevard de Suisse"} <= set(names(watched))
        print(f"first view of Monaco: {len(octets)} answers, {sum(octets):,} octets")
        watched.clean()


def test_a_street_is_found_by_keys_alone(watch: Watch, url: str) -> None:
    with watch() as watched:
        page = watched.page
        page.goto(url)
        watched.ready()
        page.focus("#search-text")
        page.keyboard.type("mar")
        page.wait_for_selector("#search-found [role=option]", timeout=WAIT_MS)
        assert "1 street found" in page.inner_text("#search-said")
        no_faults(watched, 760)
        page.keyboard.press("ArrowDown")
        marked = page.get_attribute("#search-text", "aria-activedescendant")
        assert page.get_attribute(f"#{marked}", "aria-selected") == "true"
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.getElementById('map').contrechamp.names('base-square').length > 0")
        assert page.input_value("#search-text") == "Place du Marché"
        assert page.locator("#search-found").is_hidden()
        page.fill("#search-text", "zzz")
        page.wait_for_selector("#search-said:text-is('No street of that name on this map')", timeout=WAIT_MS)
        page.fill("#search-text", "e")
        page.wait_for_selector("#search-found [role=option]", timeout=WAIT_MS)
        page.keyboard.press("Escape")
        assert page.locator("#search-found").is_hidden()
        watched.clean()


def test_where_am_i_is_asked_on_a_tap_alone_and_shown(watch: Watch, url: str) -> None:
    with watch(locale="fr-FR") as watched:
        page = watched.page
        page.goto(url)
        watched.ready()
        page.evaluate(PLACED, {"latitude": LAT - 4 * STEP, "longitude": LON + 5 * STEP})
        assert page.locator(".here").count() == 0
        page.click("#search-here")
        page.wait_for_selector(".here", timeout=WAIT_MS)
        assert "à 25\u00a0m près" in page.inner_text("#search-said")
        page.wait_for_function("() => document.getElementById('map').contrechamp.names('base-square').length > 0")
        watched.clean()


def test_where_am_i_says_why_it_cannot(watch: Watch, url: str) -> None:
    with watch() as watched:
        watched.page.goto(url)
        watched.ready()
        watched.page.evaluate("Object.defineProperty(window, 'isSecureContext', { value: false })")
        watched.page.click("#search-here")
        assert "only over https" in watched.page.inner_text("#search-said")
        watched.clean()


@pytest.mark.parametrize(("width", "dark", "locale"), [(360, True, "fr-FR"), (1280, False, "en-GB")])
def test_an_extract_is_sent_from_the_page_and_becomes_the_map(
    watch: Watch, town: Path, tmp_path: Path, width: int, dark: bool, locale: str
) -> None:
    with served(tmp_path, at(LAT, LON)) as url, watch(width=width, dark=dark, locale=locale) as watched:
        page = watched.page
        page.goto(url + "streets")
        no_faults(watched, width)
        page.set_input_files("#upload-file", town)
        page.click("#upload button")
        page.wait_for_selector(f"dd:text-matches('5 {'rues' if dark else 'streets'}')", timeout=WAIT_MS)
        assert page.get_attribute("#making", "data-state") == "done"
        assert re.search(r"town\.[0-9a-f]{4}\.osm\.pbf", page.inner_text("main"))
        no_faults(watched, width)
        page.click(".remove button")
        page.wait_for_selector("dl", state="detached", timeout=WAIT_MS)
        assert not (tmp_path / TILES).exists()
        wrong = tmp_path / "photo.osm.pbf"
        wrong.write_bytes(b"\xff\xd8\xff\xe0" * 20)
        page.set_input_files("#upload-file", wrong)
        page.click("#upload button")
        page.wait_for_selector("#making[data-state=failed]", timeout=WAIT_MS)
        assert "no extract of OpenStreetMap" in page.inner_text("#making-step")
        watched.clean()
