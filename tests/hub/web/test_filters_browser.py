"""The map's filters, its permalink, its marks and its print, in a real Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.log.people import Role
from hub.web.app import make_app
from hub.web.gate import OpenGate
from hub.web.pages.tiles import TilePages
from hub.web.serve import WebServer
from tests.browser import WAIT_MS, Watch, Watched
from tests.hub.publish.cameras import camera
from tests.hub.web.decided import DecidedMap

pytestmark = pytest.mark.browser

TOWN = {
    "confirmed": camera("a" * 32, operator_type="public", day="2099-01-01"),
    "waiting": camera("b" * 32, east_m=40.0, review="waiting", title_kind="panoramic", operator_type="private"),
    "hint": camera("c" * 32, east_m=80.0, review="waiting", standing="hint", radius95_m=60.0, day="2099-01-01"),
    "follow-up": camera("d" * 32, east_m=120.0, follow_up=True, title_kind="multi_sensor"),
    "gone": camera("e" * 32, east_m=160.0, gone="2026-05-01", title_kind="alpr"),
}
NAMES = {one.camera.id: name for name, one in TOWN.items()}


@pytest.fixture
def source() -> DecidedMap:
    return DecidedMap(*TOWN.values())


@pytest.fixture
def url(source: DecidedMap) -> Iterator[str]:
    server = WebServer(make_app(source, gate=OpenGate(Role.REVIEWER)), "127.0.0.1", 0)
    server.start()
    yield server.url
    server.stop()


def listed(watched: Watched, number: int) -> list[str]:
    """Which cameras are shown, once so many are."""
    watched.page.wait_for_selector(f"html[data-shown='{number}']", state="attached", timeout=WAIT_MS)
    ids = watched.page.locator("#in-view [data-camera]").evaluate_all("all => all.map(one => one.dataset.camera)")
    return sorted(NAMES[one] for one in ids)


def test_filters_show_what_they_say_and_the_address_says_it_too(watch: Watch, url: str) -> None:
    with watch(width=900, height=700) as watched:
        page = watched.page
        page.goto(url)
        watched.ready()
        assert listed(watched, 4) == ["confirmed", "follow-up", "hint", "waiting"], "what is gone is not shown at first"
        page.click("#filters summary")
        assert page.inner_text("#filters-count") == "4 of 5 shown"
        page.check("input[value=gone]")
        assert len(listed(watched, 5)) == 5
        page.uncheck("input[value=waiting]")
        page.uncheck("input[name=kind][value=multi_sensor]")
        assert listed(watched, 3) == ["confirmed", "gone", "hint"]
        page.select_option("[name=age]", "30")
        assert listed(watched, 2) == ["confirmed", "hint"]
        page.select_option("[name=doubt]", "25")
        assert listed(watched, 1) == ["confirmed"]
        link = page.url
        assert "standing=confirmed,hint,follow-up,gone" in link
        assert "age=30" in link
        page.click("#filters-reset")
        assert len(listed(watched, 4)) == 4
        assert "#" not in page.url
        # The address brings it back: in another page, and in the same.
        page.goto("about:blank")
        page.goto(link)
        watched.ready()
        assert listed(watched, 1) == ["confirmed"]
        page.evaluate("location.hash = '#standing=gone,hint'")
        assert listed(watched, 2) == ["gone", "hint"]
        watched.clean()


def test_a_permalink_restores_the_view_the_filters_and_the_camera(watch: Watch, url: str) -> None:
    chosen = TOWN["hint"].camera
    with watch(width=900, height=700) as watched:
        page = watched.page
        page.goto(f"{url}#map=18.3/{chosen.lat:.5f}/{chosen.lon:.5f}&standing=hint&camera={chosen.id}")
        watched.ready()
        page.wait_for_selector(f"#panel:not([hidden]) [data-camera='{chosen.id}']", timeout=WAIT_MS)
        assert listed(watched, 1) == ["hint"]
        link = page.url
        assert f"map=18.3/{chosen.lat:.5f}/{chosen.lon:.5f}" in link
        assert "standing=hint" in link
        assert f"camera={chosen.id}" in link
        page.keyboard.press("Escape")
        page.wait_for_selector("#panel", state="hidden", timeout=WAIT_MS)
        assert "camera=" not in page.url
        watched.clean()


@pytest.mark.parametrize("odd", ["map=x/y/z", "map=99/99/999", "kind=nonsense", "age=-1&doubt=%00", "standing=", "%%%"])
def test_an_address_that_makes_no_sense_does_no_harm(watch: Watch, url: str, odd: str) -> None:
    with watch() as watched:
        watched.page.goto(f"{url}#{odd}")
        watched.ready()
        watched.clean()


def test_a_decision_that_comes_in_is_filtered_as_well(watch: Watch, url: str, source: DecidedMap) -> None:
    with watch() as watched:
        watched.page.goto(url + "#standing=waiting")
        watched.ready()
        assert listed(watched, 1) == ["waiting"]
        source.show(*TOWN.values(), camera("f" * 32, east_m=200.0, review="waiting"))
        watched.page.wait_for_selector("html[data-shown='2']", state="attached", timeout=WAIT_MS)


def test_marks_differ_in_shape_by_operator_and_where_a_camera_is_gone(watch: Watch, url: str) -> None:
    """Not by colour alone: in grey they differ as well."""
    grey = """async () => {
      const { drawIcon } = await import('/static/icons.js');
      const look = (more) => {
        const { data } = drawIcon('seen', 'dome', more).getContext('2d').getImageData(0, 0, 44, 44);
        const shape = [];
        for (let at = 0; at < data.length; at += 4) shape.push(data[at] + data[at + 1] + data[at + 2] > 384 ? 1 : 0);
        return shape.join('');
      };
      return [{}, { operator: 'public' }, { operator: 'private' }, { gone: true }].map(look);
    }"""
    with watch() as watched:
        watched.page.goto(url + "cameras")
        shapes = watched.page.evaluate(grey)
    assert len(set(shapes)) == 4
    for other in shapes[1:]:
        assert sum(one != two for one, two in zip(shapes[0], other, strict=True)) > 25, "hardly another shape"


def test_on_paper_there_are_map_list_sources_and_day(watch: Watch, url: str, tmp_path: Path) -> None:
    with watch(width=900, height=700) as watched:
        page = watched.page
        page.goto(url)
        watched.ready()
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert page.is_hidden(".bar")
        assert page.is_visible("#printed")
        assert page.locator("#printed li").count() == 4
        told = page.inner_text("#printed")
        assert "Dome camera" in told
        assert "Natural Earth" in told
        assert "Printed on" in told
        drawn = page.locator("#printed img").evaluate(
            """async (image) => {
              await image.decode();
              const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
              const pen = canvas.getContext('2d');
              pen.drawImage(image, 0, 0);
              const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
              return new Set(new Uint32Array(data.buffer)).size;
            }"""
        )
        assert drawn > 20, "the map's picture is empty"
        page.screenshot(path=tmp_path / "print.png", full_page=True)
        watched.clean()


@pytest.mark.parametrize(("width", "dark", "locale"), [(360, True, "fr-FR"), (1280, False, "en-GB")])
def test_the_filters_fit_and_are_accessible(
    watch: Watch, url: str, tmp_path: Path, width: int, dark: bool, locale: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with watch(width=width, height=740, dark=dark, locale=locale) as watched:
        page = watched.page
        page.goto(url + "#standing=confirmed,waiting,hint,follow-up,gone")
        watched.ready()
        page.click("#filters summary")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=tmp_path / f"filters-{width}.png")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        page.click("#filters summary")
        page.click("#legend summary")
        page.screenshot(path=tmp_path / f"legend-{width}.png")
        watched.clean()


def test_many_cameras_come_as_tiles_and_the_page_holds_those_in_view(watch: Watch, tmp_path: Path) -> None:
    many = [camera(east_m=12.0 * (one % 80), north_m=12.0 * (one // 80)) for one in range(5100)]
    source = DecidedMap(*many, camera("9" * 32, east_m=-40.0, gone="2026-05-01"))
    server = WebServer(make_app(source, gate=OpenGate(Role.REVIEWER), parts=[TilePages(source)]), "127.0.0.1", 0)
    server.start()
    with watch(width=900, height=700) as watched:
        page = watched.page
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: asked.append(f"said: {message.text}"))
        page.goto(server.url)
        watched.ready()
        assert page.get_attribute("html", "data-cameras") == "5101"
        page.wait_for_selector("html[data-shown='5100']", state="attached", timeout=WAIT_MS)
        assert any(".mvt" in one for one in asked)
        assert not [one for one in asked if "/api/cameras.geojson" in one], "all were sent as well"
        page.screenshot(path=tmp_path / "many.png")
        source.show(*source.cameras(), camera("8" * 32, east_m=-60.0))
        page.wait_for_selector("html[data-shown='5101']", state="attached", timeout=WAIT_MS)
        assert page.get_attribute("html", "data-cameras") == "5102"
        page.goto("about:blank")
        page.goto(f"{server.url}#map=18.5/47.00000/-17.00050&standing=gone")
        watched.ready()
        page.wait_for_selector("html[data-shown='1']", state="attached", timeout=WAIT_MS)
        page.click("#in-view summary")
        page.click("#in-view [data-camera]")
        page.wait_for_selector(f"#panel [data-camera='{'9' * 32}']", timeout=WAIT_MS)
        page.screenshot(path=tmp_path / "one-of-many.png")
        assert not [one for one in asked if "could not be loaded" in one], "a mark is not drawn"
        watched.clean()
    server.stop()
