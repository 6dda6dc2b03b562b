"""The shared map on a stranger's phone, and the operator's switch, in a real Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.basemap.make import make_basemap
from hub.basemap.shown import StreetMap
from hub.log.people import Role
from hub.web.app import make_app
from hub.web.gate import OpenGate
from hub.web.pages.shared import SharedPages
from hub.web.serve import WebServer
from tests.browser import WAIT_MS, Watch
from tests.hub.basemap.town import LAT, LON, composed
from tests.hub.publish.cameras import camera
from tests.hub.web.scripted import ScriptedMap
from tests.hub.web.test_shared import Hub

pytestmark = pytest.mark.browser


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = Hub(tmp_path / "hub")
    made.has(
        camera(operator_type="public"),
        camera(east_m=50.0, title_kind="multi_sensor", mount="wall", operator_type="private"),
        camera(east_m=90.0, title_kind="alpr", direction=None, gone="2026-05-20"),
        days=4,
    )
    made.publisher.open(made.publisher.preview().tag)
    yield made
    made.store.close()


@pytest.fixture
def url(hub: Hub) -> Iterator[str]:
    pages = SharedPages(hub.publisher, hub.store.pictures.jpeg)
    server = WebServer(make_app(ScriptedMap(), gate=OpenGate(Role.OPERATOR), parts=[pages]), "127.0.0.1", 0)
    server.start()
    yield server.url
    server.stop()


@pytest.mark.parametrize(("width", "dark", "locale"), [(360, True, "fr-FR"), (1280, False, "en-GB")])
def test_it_is_read_on_a_phone_and_is_accessible(
    watch: Watch, url: str, tmp_path: Path, width: int, dark: bool, locale: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with watch(width=width, height=740, dark=dark, locale=locale) as watched:
        page = watched.page
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for path in ("shared", "sharing"):
            page.goto(url + path)
            if path == "shared":
                watched.ready()
                page.wait_for_function(
                    "() => document.querySelectorAll('.shared-list li').length === 3", timeout=WAIT_MS
                )
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.screenshot(path=tmp_path / f"{path}-{width}.png")
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            if path == "shared":
                assert not [one for one in asked if "/api/" in one], "a stranger's page asks for what is live"
                assert page.context.cookies() == []
        watched.clean()


def test_a_camera_of_the_list_is_found_on_the_map_and_back(watch: Watch, url: str, hub: Hub) -> None:
    shown = hub.publisher.shown()
    assert shown is not None
    chosen = shown.cameras[0].id
    with watch() as watched:
        page = watched.page
        page.goto(f"{url}shared/cameras/{chosen}")
        page.click("main a.button")
        watched.ready()
        assert page.get_attribute(".is-chosen", "data-camera") == chosen
        watched.clean()


def test_without_scripts_the_list_is_whole(watch: Watch, url: str) -> None:
    with watch(width=360) as watched:
        watched.page.route("**/*.js", lambda route: route.abort())
        watched.page.goto(url + "shared")
        assert watched.page.locator(".shared-list li").count() == 3
        assert watched.page.is_hidden("#stage")
        assert "never means" in watched.page.inner_text("main")


def test_it_is_drawn_on_the_hub_s_own_streets_while_it_is_open(watch: Watch, hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "streets").mkdir()
    make_basemap(tmp_path / "streets", composed(tmp_path / "town.osm.pbf"))
    hub.has(camera("a" * 32, lat=LAT, lon=LON), days=4)
    hub.publisher.accept()  # the three others are gone
    streets = StreetMap(tmp_path / "streets")
    pages = SharedPages(hub.publisher, hub.store.pictures.jpeg, streets=streets)
    server = WebServer(make_app(ScriptedMap(), gate=OpenGate(Role.OPERATOR), parts=[pages]), "127.0.0.1", 0)
    server.start()
    with watch(width=700, height=700) as watched:
        page = watched.page
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(server.url + "shared")
        watched.ready()
        assert any("/shared/basemap.pmtiles" in one for one in asked)
        assert not [one for one in asked if one.startswith(server.url + "basemap")]
        assert "OpenStreetMap" in page.inner_text("main")
        page.screenshot(path=tmp_path / "shared-streets.png")
        watched.clean()
        hub.publisher.close()
        told = page.request.get(server.url + "shared/basemap.pmtiles", headers={"range": "bytes=0-126"})
        assert told.status == 404
    server.stop()
    streets.close()
