"""The pictures of a camera in a real Chromium: in the panel, in full, under the brush, and gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from os import environ
from pathlib import Path

import pytest

from hub.log.people import Role
from hub.web.app import make_app
from hub.web.gate import OpenGate
from hub.web.pictures import PictureState
from hub.web.serve import WebServer
from hub.web.words import words
from tests.browser import WAIT_MS, Watch, Watched
from tests.examples import look
from tests.hub.web.scripted import ScriptedMap
from tests.hub.web.scripted_pictures import GREY, ScriptedPictures, decoded, facade
from tests.processes import until

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 1600, 900
UNDO_MS = 8_000


@dataclass
class Street:
    """A hub with one camera, of which there are two scenes and the close-up of one."""

    url: str
    camera: str
    pictures: ScriptedPictures
    scene: str
    close: str
    other: str

    def open_panel(self, watched: Watched) -> None:
        watched.page.goto(f"{self.url}#camera={self.camera}")
        watched.page.wait_for_selector("#panel .picture.scene", timeout=WAIT_MS)

    def open_page(self, watched: Watched) -> None:
        watched.page.goto(f"{self.url}cameras/{self.camera}")
        watched.page.wait_for_selector("html.js .picture.scene", timeout=WAIT_MS)

    def open_viewer(self, watched: Watched, picture: str) -> None:
        self.open_page(watched)
        watched.page.click(f"[data-picture='{picture}'] a.open")
        watched.page.wait_for_selector("dialog.viewer[open] .pane img", timeout=WAIT_MS)


@pytest.fixture
def street() -> Iterator[Street]:
    source = ScriptedMap(look())
    (detail,) = source.cameras()
    pictures = ScriptedPictures()
    camera = detail.camera.id
    scene = facade(WIDTH, HEIGHT)
    ids = (
        pictures.put(camera, scene, sighting="new"),
        pictures.put(camera, scene[260:700, 600:1040], part="reticle", sighting="new"),
        pictures.put(camera, facade(WIDTH, 1200, seed=2), sighting="old", day=1, bearing_deg=None),
    )
    pictures.pairs.append((ids[0], ids[2], 58))
    server = WebServer(make_app(source, pictures=pictures, gate=OpenGate(Role.ADMIN)), "127.0.0.1", 0)
    server.start()
    yield Street(server.url, camera, pictures, *ids)
    server.stop()


def keep(watched: Watched, name: str) -> None:
    """A picture of the page for a person, where one asked for it."""
    folder = environ.get("CONTRECHAMP_SCREENSHOTS")
    if folder:
        watched.page.screenshot(path=Path(folder) / f"{name}.png")


def violations(watched: Watched) -> str:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(watched.page)
    return "" if found.violations_count == 0 else found.generate_report()


def hold(route: object) -> None:
    """The answer stays on its way."""


@pytest.mark.parametrize(("width", "dark", "locale"), [(360, True, "fr-FR"), (1280, False, "en-GB")])
def test_a_cameras_picture_stands_in_its_panel(
    watch: Watch, street: Street, width: int, dark: bool, locale: str
) -> None:
    with watch(width=width, height=740, dark=dark, locale=locale) as watched:
        page = watched.page
        page.route("**/pictures/*.jpg*", hold)
        street.open_panel(watched)
        image = page.locator("#panel .picture.scene img").first
        image.scroll_into_view_if_needed()
        before = image.bounding_box()
        page.unroute_all()  # lets go of what was held
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
        assert image.evaluate("image => image.naturalWidth") == WIDTH
        after = image.bounding_box()
        assert before is not None
        assert after is not None
        assert (after["width"], after["height"]) == (before["width"], before["height"]), "it jumped as it came"
        assert after["height"] == pytest.approx(after["width"] * HEIGHT / WIDTH, abs=1)
        say = words(locale[:2])
        assert say("picture_new") in page.inner_text("#panel .picture.scene >> nth=0")
        keep(watched, f"panel-{width}")
        assert violations(watched) == ""
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("(one => one.scrollWidth - one.clientWidth)(document.getElementById('panel'))") <= 0
        page.locator("#panel .photo >> nth=1").scroll_into_view_if_needed()
        keep(watched, f"panel-{width}-below")
        page.click("#panel .picture.scene >> nth=0 >> a.open")
        page.wait_for_selector("dialog.viewer[open] .pane img", timeout=WAIT_MS)
        for name, acts in [("help", ["help"]), ("brush", ["brush", "part"])]:
            for act in acts:
                page.click(f"[data-act={act}]")
            keep(watched, f"viewer-{width}-{name}")
            assert violations(watched) == ""
            over = "one => Math.max(one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight)"
            assert page.locator("dialog").evaluate(over) <= 0
        page.click("[data-act=brush]")
        page.select_option(".beside select", index=1)
        keep(watched, f"viewer-{width}-beside")
        assert violations(watched) == ""
        watched.clean()


def sheet(watched: Watched, pane: int = 0) -> dict[str, float]:
    box = watched.page.locator(f".pane >> nth={pane} >> .sheet").bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


def test_the_viewer_zooms_by_wheel_and_keys_around_what_is_pointed_at(watch: Watch, street: Street) -> None:
    with watch(width=1000, height=700) as watched:
        page = watched.page
        street.open_viewer(watched, street.scene)
        whole = sheet(watched)
        at = (whole["x"] + whole["width"] * 0.75, whole["y"] + whole["height"] * 0.5)
        page.mouse.move(*at)
        page.mouse.wheel(0, -200)
        page.wait_for_function(
            f"() => document.querySelector('.sheet').getBoundingClientRect().width > {whole['width']}"
        )
        near = sheet(watched)
        assert near["x"] + near["width"] * 0.75 == pytest.approx(at[0], abs=1), "what was pointed at moved away"
        page.keyboard.press("ArrowRight")
        assert sheet(watched)["x"] < near["x"]
        page.mouse.down()
        page.mouse.move(at[0] + 40, at[1])
        page.mouse.up()
        moved = sheet(watched)
        page.keyboard.press("-")
        assert sheet(watched)["width"] < moved["width"]
        page.keyboard.press("0")
        assert sheet(watched) == whole
        for _ in range(20):
            page.keyboard.press("+")
        assert sheet(watched)["width"] == pytest.approx(8 * whole["width"], rel=0.01)
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog.viewer", state="hidden", timeout=WAIT_MS)
        focused = page.evaluate("document.activeElement.closest('.picture')?.dataset.picture")
        assert focused == street.scene, "the focus went elsewhere"
        watched.clean()


def test_fingers_pinch(watch: Watch, street: Street) -> None:
    with watch(width=1000, height=700) as watched:
        street.open_viewer(watched, street.scene)
        whole = sheet(watched)
        fingers = watched.page.context.new_cdp_session(watched.page)
        for kind, apart in [("touchStart", 50), ("touchMove", 75), ("touchMove", 100), ("touchEnd", None)]:
            points = (
                [] if apart is None else [{"x": 500 - apart, "y": 350, "id": 1}, {"x": 500 + apart, "y": 350, "id": 2}]
            )
            fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        width = "document.querySelector('.sheet').getBoundingClientRect().width"
        watched.page.wait_for_function(f"() => {width} > {1.8 * whole['width']}")
        assert watched.page.evaluate(width) == pytest.approx(2 * whole["width"], rel=0.05)
        watched.clean()


def test_two_pictures_side_by_side_move_as_one_and_the_like_ones_come_first(watch: Watch, street: Street) -> None:
    with watch(width=1000, height=700) as watched:
        page = watched.page
        street.open_viewer(watched, street.scene)
        offered = page.locator(".beside option").all_inner_texts()
        assert len(offered) == 3
        assert words("en")("picture_like", n=58) in offered[1]
        page.keyboard.press("s")
        page.wait_for_selector(".pane >> nth=1", timeout=WAIT_MS)
        first, second = sheet(watched, 0), sheet(watched, 1)
        page.keyboard.press("+")
        page.keyboard.press("+")
        for before, after in [(first, sheet(watched, 0)), (second, sheet(watched, 1))]:
            assert after["width"] == pytest.approx(before["width"] * 1.69, rel=0.01)
        page.wait_for_function("() => [...document.querySelectorAll('.pane img')].every(one => one.naturalWidth > 0)")
        keep(watched, "side-by-side")
        page.keyboard.press("PageDown")
        assert page.locator(".pane").count() == 1
        watched.clean()


def test_the_brush_covers_what_was_marked_to_the_pixel(watch: Watch, street: Street) -> None:
    with watch(width=1000, height=700) as watched:
        page = watched.page
        street.open_viewer(watched, street.scene)
        page.keyboard.press("b")
        box = sheet(watched)

        def drag(left: float, top: float, right: float, bottom: float) -> None:
            page.mouse.move(box["x"] + left * box["width"], box["y"] + top * box["height"])
            page.mouse.down()
            page.mouse.move(box["x"] + right * box["width"], box["y"] + bottom * box["height"], steps=3)
            page.mouse.up()

        drag(0.1, 0.2, 0.3, 0.5)
        drag(0.9, 0.9, 1.0, 1.2)  # beyond the edge
        drag(0.5, 0.5, 0.6, 0.6)
        colours = page.locator(".cover").evaluate_all("all => all.map(one => getComputedStyle(one).backgroundColor)")
        assert colours == ["rgb(128, 128, 128)"] * 3
        page.click(".chips button >> nth=2")
        assert page.locator(".cover").count() == 2
        keep(watched, "brush")
        page.keyboard.press("Escape")
        assert page.inner_text(".said") == words("en")("viewer_unsaved")
        assert street.pictures.asked == []
        assert words("en")("brush_final") in page.inner_text(".brushing")
        page.click("[data-act=save]")
        page.wait_for_function(
            f"() => document.querySelector('.said').textContent === {words('en')('viewer_covered')!r}"
        )
        assert street.pictures.asked == [("cover", street.scene)]
        one, edge = street.pictures.boxes
        pixel = 1 / box["width"]
        assert (one.left, one.top, one.width, one.height) == pytest.approx((0.1, 0.2, 0.2, 0.3), abs=2 * pixel)
        assert edge.left + edge.width == 1
        assert edge.top + edge.height == 1
        assert page.locator(".cover").count() == 0
        shown = page.evaluate("fetch(document.querySelector('.pane img').src).then(got => got.arrayBuffer()).then("
                              "data => Array.from(new Uint8Array(data)))")  # fmt: skip
        covered = decoded(bytes(shown))[int(0.21 * HEIGHT) : int(0.49 * HEIGHT), int(0.11 * WIDTH) : int(0.29 * WIDTH)]
        assert abs(covered.astype(int) - GREY).max() <= 8  # JPEG's own noise
        watched.clean()


def test_the_brush_works_by_keyboard(watch: Watch, street: Street) -> None:
    with watch(width=1000, height=700) as watched:
        page = watched.page
        street.open_viewer(watched, street.scene)
        page.keyboard.press("n")
        for key in ("ArrowRight", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowUp"):
            page.keyboard.press(key)
        page.keyboard.press("n")
        page.keyboard.press("Delete")
        assert page.locator(".cover").count() == 1
        page.focus("[data-act=save]")
        page.keyboard.press("Enter")
        page.wait_for_function(
            f"() => document.querySelector('.said').textContent === {words('en')('viewer_covered')!r}"
        )
        (box,) = street.pictures.boxes
        assert (box.left, box.top, box.width, box.height) == pytest.approx((0.42, 0.42, 0.22, 0.18))
        watched.clean()


def test_a_picture_that_was_looked_at_says_so_and_what_fails_says_why(watch: Watch, street: Street) -> None:
    with watch(width=1000, height=700) as watched:
        page = watched.page
        street.open_viewer(watched, street.scene)
        street.pictures.fails = "the disk is full"
        page.click("[data-act=look]")
        page.wait_for_function("() => document.querySelector('.said').textContent.includes('the disk is full')")
        assert street.pictures.state(street.scene) is PictureState.NEW
        street.pictures.fails = None
        page.click("[data-act=look]")
        page.wait_for_selector(f"[data-picture='{street.scene}'][data-state=looked]", timeout=WAIT_MS)
        page.wait_for_selector("[data-act=look]", state="hidden", timeout=WAIT_MS)
        assert street.pictures.state(street.scene) is PictureState.LOOKED
        assert page.evaluate("document.activeElement.className") == "pane"
        page.keyboard.press("Escape")
        assert words("en")("picture_looked") in page.inner_text(f"[data-picture='{street.scene}']")
        page.click(f"[data-picture='{street.close}'] .look button")
        page.wait_for_selector(f"[data-picture='{street.close}'][data-state=looked]", timeout=WAIT_MS)
        page.click(f"[data-picture='{street.close}'] .take-back button")
        page.wait_for_selector(f"[data-picture='{street.close}'][data-state=new]", timeout=WAIT_MS)
        assert street.pictures.state(street.close) is PictureState.NEW
        assert watched.complaints == [
            "Failed to load resource: the server responded with a status of 400 (Bad Request)"
        ]


def test_a_deletion_waits_for_second_thoughts(watch: Watch, street: Street) -> None:
    with watch(width=360, height=740) as watched:
        page = watched.page
        page.clock.install()
        street.open_page(watched)
        gone = f"[data-picture='{street.scene}']"
        page.click(f"{gone} .erase-now")
        page.wait_for_selector(gone, state="hidden", timeout=WAIT_MS)
        keep(watched, "toast-360")
        assert page.evaluate("document.activeElement.dataset.act") == "undo"
        page.keyboard.press("Enter")
        page.wait_for_selector(gone, state="visible", timeout=WAIT_MS)
        page.clock.fast_forward(2 * UNDO_MS)
        assert street.pictures.asked == [], "it was deleted after it was taken back"
        page.click(f"{gone} a.open")
        page.keyboard.press("Delete")
        page.wait_for_selector(gone, state="hidden", timeout=WAIT_MS)
        assert street.pictures.asked == []
        page.clock.fast_forward(UNDO_MS)
        page.wait_for_selector(gone, state="detached", timeout=WAIT_MS)
        assert street.pictures.asked == [("delete", street.scene)]
        watched.clean()


def test_who_leaves_before_the_seconds_are_over_has_deleted(watch: Watch, street: Street) -> None:
    with watch() as watched:
        page = watched.page
        street.open_page(watched)
        page.click(f"[data-picture='{street.scene}'] .erase-now")
        page.goto(f"{street.url}cameras")
        until(lambda: street.pictures.asked == [("delete", street.scene)], "the deletion")


def test_without_javascript_there_are_pictures_and_forms(watch: Watch, street: Street) -> None:
    with watch() as watched:
        browser = watched.page.context.browser
        assert browser is not None
        plain = browser.new_context(java_script_enabled=False)
        page = plain.new_page()
        page.goto(f"{street.url}cameras/{street.camera}")
        page.click(f"[data-picture='{street.scene}'] .look button")
        page.wait_for_url(f"**/cameras/{street.camera}#pictures")
        assert street.pictures.asked == [("look", street.scene)]
        page.click(f"[data-picture='{street.close}'] .erase summary")
        page.click(f"[data-picture='{street.close}'] .erase button")
        page.wait_for_url(f"**/cameras/{street.camera}#pictures")
        assert page.locator(".picture").count() == 2
        assert page.get_attribute("footer a", "href") == "/complaint"
        plain.close()


def test_a_page_elsewhere_can_neither_show_nor_change_a_picture(watch: Watch, street: Street) -> None:
    """Another port of this machine is another origin on the same site, which is the nearest that a stranger comes."""
    other = WebServer(make_app(ScriptedMap(look()), gate=OpenGate(Role.ADMIN)), "127.0.0.1", 0)
    other.start()
    with watch() as watched:
        page = watched.page
        page.goto(f"{other.url}cameras")
        assert page.evaluate(
            """address => new Promise(done => {
                 const image = new Image();
                 image.onload = () => done("shown");
                 image.onerror = () => done("refused");
                 image.src = address;
               })""",
            f"{street.url}pictures/{street.scene}.jpg",
        ) == "refused"  # fmt: skip
        page.evaluate(
            "address => fetch(address, {method: 'POST', mode: 'no-cors', body: new URLSearchParams({camera: 'x'})})"
            ".catch(() => null)",
            f"{street.url}pictures/{street.scene}/delete",
        )
        assert street.pictures.asked == []
    other.stop()
