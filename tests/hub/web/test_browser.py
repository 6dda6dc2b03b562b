"""The page in a real Chromium."""

from collections.abc import Iterator

import pytest

from hub.web.app import make_app
from hub.web.serve import WebServer
from probe.contract.sighting import CameraKind, DirectionClaim, KindClaim, Strength
from tests.browser import Watched, chromium
from tests.examples import look, radio
from tests.hub.web.scripted import ScriptedMap

pytestmark = pytest.mark.browser

DOME = (
    KindClaim(value=CameraKind.DOME, strength=Strength.STRONG),
    DirectionClaim(value=200.0, strength=Strength.STRONG),
)


@pytest.fixture
def source() -> ScriptedMap:
    return ScriptedMap(radio(at=(60.0, 60.0)), look(claims=DOME), look(observer=(0.0, 90.0)))


@pytest.fixture
def url(source: ScriptedMap) -> Iterator[str]:
    server = WebServer(make_app(source), "127.0.0.1", 0)
    server.start()
    yield server.url
    server.stop()


def drawn(watched: Watched) -> list[str]:
    ids: list[str] = watched.page.evaluate("document.getElementById('map').contrechamp.ids()")
    return ids


def test_the_map_fills_as_sightings_come_in(url: str, source: ScriptedMap) -> None:
    with chromium() as watched:
        watched.page.goto(url)
        watched.ready()
        assert watched.page.get_attribute("html", "data-cameras") == "3"
        source.tell(look(observer=(120.0, 0.0)), look(observer=(150.0, 0.0)))
        watched.page.wait_for_selector("html[data-cameras='5']", state="attached", timeout=15_000)
        assert watched.page.inner_text("#count") == "5"
        watched.clean()


def test_the_list_equals_the_map(url: str, source: ScriptedMap) -> None:
    with chromium() as watched:
        watched.page.goto(url)
        watched.ready()
        ids = drawn(watched)
        watched.page.goto(url + "cameras")
        rows = watched.page.locator("tr[data-camera]")
        assert sorted(rows.evaluate_all("rows => rows.map(row => row.dataset.camera)")) == ids
        source.tell(look(observer=(200.0, 0.0)))
        watched.page.wait_for_selector(f"tr[data-camera] >> nth={len(ids)}", timeout=15_000)
        watched.clean()


def test_a_click_on_a_camera_opens_its_details(url: str, source: ScriptedMap) -> None:
    dome = next(detail.camera for detail in source.cameras() if detail.camera.title_kind == "dome")
    with chromium() as watched:
        watched.page.goto(url)
        watched.ready()
        at = watched.page.evaluate(f"document.getElementById('map').contrechamp.pixel('{dome.id}')")
        box = watched.page.locator("#map").bounding_box()
        assert box is not None
        watched.page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
        watched.page.wait_for_selector(f"#panel:not([hidden]) [data-camera='{dome.id}']", timeout=15_000)
        told = watched.page.inner_text("#panel")
        assert "Dome camera" in told
        assert "S (200°)" in told
        assert "95 times in 100" in told
        watched.clean()


def test_it_works_by_keyboard_alone(url: str) -> None:
    with chromium() as watched:
        page = watched.page
        page.goto(url)
        watched.ready()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.focus("#nearby-box summary")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        chosen = page.evaluate("document.activeElement.dataset.camera")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#panel:not([hidden]) [data-camera='{chosen}']", timeout=15_000)
        assert page.evaluate("document.activeElement.id") == "panel"
        page.keyboard.press("Escape")
        page.wait_for_selector("#panel", state="hidden")
        watched.clean()


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_nothing_runs_over_the_edge(url: str, width: int, dark: bool) -> None:
    with chromium(width=width, height=740, dark=dark) as watched:
        for path in ("", "cameras"):
            watched.page.goto(url + path)
            if not path:
                watched.ready()
            assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
        watched.clean()


def test_the_language_switches_and_stays(url: str) -> None:
    with chromium(locale="fr-FR") as watched:
        page = watched.page
        page.goto(url)
        watched.ready()
        assert page.get_attribute("html", "lang") == "fr"
        assert page.inner_text("#live") == "En direct"
        page.click("#language")
        watched.ready()
        assert page.get_attribute("html", "lang") == "en"
        page.goto(url + "cameras")
        assert page.get_attribute("html", "lang") == "en"
        watched.clean()


def test_light_and_dark_by_hand(url: str) -> None:
    with chromium() as watched:
        watched.page.goto(url)
        watched.ready()
        watched.page.click("#theme")
        assert watched.page.get_attribute("html", "data-theme") == "dark"
        watched.page.reload()
        watched.ready()
        assert watched.page.get_attribute("html", "data-theme") == "dark"
        watched.clean()
