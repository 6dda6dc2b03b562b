"""The page in a real Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Route

from hub.log.people import Role
from hub.web.app import make_app
from hub.web.gate import OpenGate
from hub.web.serve import WebServer
from hub.web.words import words
from probe.contract.sighting import CameraKind, DirectionClaim, KindClaim, Strength
from tests.browser import WAIT_MS, Watch, Watched
from tests.examples import look, radio
from tests.hub.publish.test_doubts import two_sided
from tests.hub.web.decided import DecidedMap
from tests.hub.web.scripted import ScriptedMap

pytestmark = pytest.mark.browser

DOME = (
    KindClaim(value=CameraKind.DOME, strength=Strength.STRONG),
    DirectionClaim(value=200.0, strength=Strength.STRONG),
)
NO_WEBGL = """const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : real.call(this, kind, ...rest);
};"""


@pytest.fixture
def source() -> ScriptedMap:
    return ScriptedMap(radio(at=(60.0, 60.0)), look(claims=DOME), look(observer=(0.0, 90.0)))


@pytest.fixture
def url(source: ScriptedMap) -> Iterator[str]:
    server = WebServer(make_app(source, gate=OpenGate(Role.ADMIN)), "127.0.0.1", 0)
    server.start()
    yield server.url
    server.stop()


def drawn(watched: Watched) -> list[str]:
    ids: list[str] = watched.page.evaluate("document.getElementById('map').contrechamp.ids()")
    return ids


def listed(watched: Watched) -> list[str]:
    ids: list[str] = watched.page.locator("#in-view [data-camera]").evaluate_all(
        "buttons => buttons.map(button => button.dataset.camera)"
    )
    return ids


def test_map_and_list_fill_as_sightings_come_in(watch: Watch, url: str, source: ScriptedMap) -> None:
    with watch(world=True) as watched:
        page = watched.page
        page.goto(url)
        watched.ready()
        assert page.get_attribute("html", "data-cameras") == "3"
        source.tell(look(observer=(120.0, 0.0)), look(observer=(150.0, 0.0)))
        page.wait_for_selector("html[data-cameras='5']", state="attached", timeout=WAIT_MS)
        assert page.inner_text("#count") == "5"
        # By ear as well, and there only in a while.
        page.wait_for_selector("#spoken:text-is('5 cameras')", state="attached", timeout=WAIT_MS)
        ids = drawn(watched)
        page.goto(url + "cameras")
        rows = page.locator("tr[data-camera]")
        assert sorted(rows.evaluate_all("rows => rows.map(row => row.dataset.camera)")) == ids
        page.wait_for_selector("#status.is-live", timeout=WAIT_MS)
        source.tell(look(observer=(200.0, 0.0)))
        page.wait_for_selector(f"tr[data-camera] >> nth={len(ids)}", timeout=WAIT_MS)
        watched.clean()


def test_a_click_on_a_camera_opens_its_details(watch: Watch, url: str, source: ScriptedMap) -> None:
    dome = next(detail.camera for detail in source.cameras() if detail.camera.title_kind == "dome")
    with watch() as watched:
        watched.page.goto(url)
        watched.ready()
        at = watched.page.evaluate(f"document.getElementById('map').contrechamp.pixel('{dome.id}')")
        box = watched.page.locator("#map").bounding_box()
        assert box is not None
        watched.page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
        watched.page.wait_for_selector(f"#panel:not([hidden]) [data-camera='{dome.id}']", timeout=WAIT_MS)
        told = watched.page.inner_text("#panel")
        assert "Dome camera, looks south, seen on one walk" in told
        assert "S (200°)" in told
        assert "95 times in 100" in told
        watched.clean()


def test_it_works_by_keyboard_alone(watch: Watch, url: str) -> None:
    with watch() as watched:
        page = watched.page
        page.goto(url)
        watched.loaded()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.focus("#in-view summary")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        chosen = page.evaluate("document.activeElement.dataset.camera")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#panel:not([hidden]) [data-camera='{chosen}']", timeout=WAIT_MS)
        assert page.evaluate("document.activeElement.id") == "panel"
        page.keyboard.press("Escape")
        page.wait_for_selector("#panel", state="hidden", timeout=WAIT_MS)
        assert page.evaluate("document.activeElement.dataset.camera") == chosen
        watched.clean()


@pytest.mark.parametrize(("width", "dark", "locale"), [(360, True, "fr-FR"), (1280, False, "en-GB")])
def test_it_fits_and_is_accessible(watch: Watch, url: str, width: int, dark: bool, locale: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    def check() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    with watch(width=width, height=740, dark=dark, locale=locale, world=dark) as watched:
        page = watched.page
        page.goto(url)
        watched.ready()
        bar = page.locator(".bar").bounding_box()
        assert bar is not None
        assert bar["height"] < 60, "the header takes more than one row"
        page.click("#legend summary")
        page.click("#in-view summary")
        check()
        page.locator("#in-view button").first.click()
        page.wait_for_selector("#panel article", timeout=WAIT_MS)
        check()
        page.goto(url + "cameras")
        check()
        page.locator("tbody th a").first.click()
        page.wait_for_selector("main article", timeout=WAIT_MS)
        check()
        watched.clean()


def test_on_a_phone_each_value_of_the_list_has_its_name(watch: Watch, url: str) -> None:
    with watch(width=360, height=740) as watched:
        watched.page.goto(url + "cameras")
        names = watched.page.locator("tbody tr >> nth=0 >> td").evaluate_all(
            "cells => cells.map(cell => getComputedStyle(cell, '::before').content)"
        )
        assert names == ['"Where"', '"Mount"', '"Looks"', '"Maker"', '"Seen or heard"', '"Last sighting"', '"Place"']
        tops = watched.page.locator("tbody tr >> nth=0 >> td").evaluate_all(
            "cells => cells.map(cell => cell.getBoundingClientRect().top)"
        )
        assert tops == sorted(set(tops)), "two values stand on one line"
        wraps = watched.page.locator("tbody tr >> nth=0 >> td").evaluate_all(
            "cells => cells.map(cell => getComputedStyle(cell, '::before').whiteSpace)"
        )
        assert set(wraps) == {"normal"}, "a long name, as French has them, runs into its value"
        watched.clean()


def test_the_language_switches_and_stays(watch: Watch, url: str) -> None:
    with watch(locale="fr-FR") as watched:
        page = watched.page
        page.goto(url)
        watched.loaded()
        assert page.get_attribute("html", "lang") == "fr"
        assert page.inner_text("#live") == "En direct"
        assert page.inner_text("#in-view-count") == words("fr")("cameras_in_view", n=3)
        labels = page.locator("#map button, #map summary, #map canvas, #map a").evaluate_all(
            "all => all.flatMap(one => [one.ariaLabel, one.title]).filter(Boolean)"
        )
        assert set(labels) == {"Carte", "Zoomer", "Dézoomer", "Afficher toutes les caméras", "Sources de la carte"}
        assert "Contours des pays" in page.inner_text(".maplibregl-ctrl-attrib")
        page.click("#language")
        page.wait_for_selector("html[lang=en]", state="attached", timeout=WAIT_MS)
        page.goto(url + "cameras")
        assert page.get_attribute("html", "lang") == "en"
        watched.clean()


def test_light_and_dark_by_hand_and_the_legend_with_them(watch: Watch, url: str) -> None:
    def swatches() -> list[str]:
        images: list[str] = watched.page.locator("#legend canvas").evaluate_all(
            "all => all.map(one => one.toDataURL())"
        )
        return images

    with watch() as watched:
        watched.page.goto(url)
        watched.loaded()
        light = swatches()
        watched.page.click("#theme")
        assert watched.page.get_attribute("html", "data-theme") == "dark"
        dark = swatches()
        watched.page.reload()
        assert watched.page.get_attribute("html", "data-theme") == "dark"
        watched.clean()
    # Two standings, the kinds but "camera", two operators and what is gone, and five things that are drawn around
    # cameras: no two alike.
    assert len(light) == len(dark) == len(set(light)) == 2 + len(CameraKind) + 3 + 5
    icons = 2 + len(CameraKind) + 3
    assert light[:icons] == dark[:icons]
    assert all(one != other for one, other in zip(light[icons + 1 :], dark[icons + 1 :], strict=True))


def test_every_kind_of_camera_has_its_icon_on_the_map(watch: Watch, url: str) -> None:
    with watch() as watched:
        watched.page.goto(url + "cameras")
        kinds = watched.page.evaluate("import('/static/icons.js').then(icons => icons.KINDS)")
    assert sorted(kinds) == sorted([*CameraKind, "camera"])


def test_that_there_is_no_street_map_yet_is_said(watch: Watch, url: str, source: ScriptedMap) -> None:
    with watch() as watched:
        watched.page.goto(url)
        watched.loaded()
        watched.page.click("#no-streets summary")
        assert "--tiles" in watched.page.inner_text("#no-streets")
        street = '{"type":"LineString","coordinates":[[-17,47],[-17,47.01]]}'
        feature = f'{{"type":"Feature","properties":{{"layer":"street"}},"geometry":{street}}}'
        source.base = f'{{"type":"FeatureCollection","features":[{feature}]}}'.encode()
        watched.page.reload()
        watched.loaded()
        assert watched.page.is_hidden("#no-streets")
        watched.clean()


@pytest.mark.parametrize(("broken", "said"), [("webgl", "no WebGL 2"), ("library", "did not load")])
def test_without_a_map_the_cameras_are_there_all_the_same(
    watch: Watch, url: str, source: ScriptedMap, broken: str, said: str
) -> None:
    with watch() as watched:
        page = watched.page
        if broken == "webgl":
            page.add_init_script(NO_WEBGL)
        else:
            page.route("**/maplibre-gl.mjs", lambda route: route.abort())
        page.goto(url)
        page.wait_for_selector("html[data-ready=failed]", state="attached", timeout=WAIT_MS)
        assert said in page.inner_text("#failed")
        assert page.is_hidden("#loading")
        source.tell(look(observer=(300.0, 0.0)))
        page.wait_for_selector("#in-view [data-camera] >> nth=3", timeout=WAIT_MS)
        assert len(listed(watched)) == 4
        page.locator("#in-view button").first.click()
        page.wait_for_selector("#panel article", timeout=WAIT_MS)
        page.keyboard.press("Escape")
        page.click("#failed a")
        page.wait_for_selector("tr[data-camera] >> nth=3", timeout=WAIT_MS)


def test_while_the_map_loads_the_page_says_so(watch: Watch, url: str) -> None:
    held: list[Route] = []  # answers that stay on their way

    def hold(route: Route) -> None:
        held.append(route)

    with watch() as watched:
        page = watched.page
        page.route("**/countries-50m.json", hold)
        page.goto(url)
        page.wait_for_selector("#loading:not([hidden])", timeout=WAIT_MS)
        assert page.inner_text("#loading") == words("en")("loading")
        for route in held:
            route.abort()  # by whoever holds it: what is let go by `unroute_all` may be answered a second time


def test_a_page_that_lost_its_hub_says_so_and_finds_it_again(watch: Watch, source: ScriptedMap) -> None:
    first = WebServer(make_app(source, gate=OpenGate(Role.ADMIN)), "127.0.0.1", 0)
    first.start()
    with watch() as watched:
        page = watched.page
        page.goto(first.url)
        watched.loaded()
        assert page.is_hidden("#lost")
        first.stop()
        page.wait_for_selector("#lost:not([hidden])", timeout=WAIT_MS)
        assert "trying again" in page.inner_text("#lost")
        page.locator("#in-view summary").click()
        page.locator("#in-view button").first.click()
        page.wait_for_selector("#panel:not([hidden])", timeout=WAIT_MS)
        assert words("en")("no_details") in page.inner_text("#panel")
        source.tell(look(observer=(300.0, 0.0)))
        again = WebServer(make_app(source, gate=OpenGate(Role.ADMIN)), "127.0.0.1", first.port)
        again.start()
        page.wait_for_selector("#lost", state="hidden", timeout=WAIT_MS)
        page.wait_for_selector("html[data-cameras='4']", state="attached", timeout=WAIT_MS)
        again.stop()


def test_where_no_stream_comes_the_cameras_do(watch: Watch, url: str) -> None:
    with watch() as watched:
        watched.page.route("**/api/events", lambda route: route.fulfill(status=502))
        watched.page.goto(url)
        watched.page.wait_for_selector("html[data-cameras='3']", state="attached", timeout=WAIT_MS)
        assert watched.page.is_visible("#lost")
        watched.page.unroute_all()


def test_a_hub_that_fell_silent_and_one_that_answers_wrongly_are_asked_again(watch: Watch, url: str) -> None:
    with watch() as watched:
        page = watched.page
        page.clock.install()
        page.goto(url + "cameras")
        page.wait_for_selector("#status.is-live", timeout=WAIT_MS)
        with page.expect_request("**/api/events", timeout=WAIT_MS):
            page.clock.fast_forward(60_000)  # a minute in which nothing came, not even that it is still there
        page.wait_for_selector("#status.is-live", timeout=WAIT_MS)
        # A proxy's answer ends a stream for good, as far as the browser is concerned.
        page.route("**/api/events", lambda route: route.fulfill(status=502))
        page.clock.fast_forward(60_000)
        page.wait_for_selector("#lost:not([hidden])", timeout=WAIT_MS)
        page.unroute_all()
        page.clock.fast_forward(5_000)
        page.wait_for_selector("#lost", state="hidden", timeout=WAIT_MS)


@pytest.mark.parametrize("calm", [True, False])
def test_who_wants_no_motion_gets_none(watch: Watch, url: str, calm: bool) -> None:
    with watch() as watched:
        watched.page.emulate_media(reduced_motion="reduce" if calm else "no-preference")
        watched.page.goto(url)
        watched.loaded()
        watched.page.click("#in-view summary")
        moving = watched.page.locator("#in-view button").first.evaluate(
            "button => { button.click(); return document.getElementById('map').contrechamp.moving(); }"
        )
        assert moving is not calm
        breath = watched.page.evaluate("getComputedStyle(document.getElementById('loading')).animationName")
        assert breath == ("none" if calm else "breathe")
        watched.clean()


def test_a_camera_on_either_side_of_a_street_is_drawn_on_both(watch: Watch) -> None:
    both = two_sided(id="c-00000000000000aa", direction=None)
    server = WebServer(make_app(DecidedMap(both), gate=OpenGate(Role.READER)), "127.0.0.1", 0)
    server.start()
    try:
        with watch() as watched:
            page = watched.page
            page.goto(f"{server.url}#camera={both.camera.id}")
            watched.ready()
            page.wait_for_function(
                """() => {
                  const { map } = document.getElementById("map").contrechamp.map();
                  return map.querySourceFeatures("modes").length === 2
                    && map.queryRenderedFeatures({ layers: ["selected-region"] }).length > 0;
                }""",
                timeout=WAIT_MS,
            )
            rings = page.evaluate(
                """async () => {
                  const { map } = document.getElementById("map").contrechamp.map();
                  const { features } = await map.getSource("selected").getData();
                  return features[0].geometry.coordinates.length;
                }"""
            )
            assert rings == 2
            assert "probably 9\u00a0m west of the mark" in page.inner_text("#panel")
            page.keyboard.press("Escape")
            page.wait_for_function(
                """() => {
                  const { map } = document.getElementById("map").contrechamp.map();
                  return map.querySourceFeatures("modes").length === 0;
                }""",
                timeout=WAIT_MS,
            )
            watched.clean()
    finally:
        server.stop()
