"""Photos, files and cameras by hand, brought to the page in a real Chromium."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hub.web.serve import WebServer
from tests.browser import WAIT_MS, Watch, Watched
from tests.hub.web.bringing import WIGLE, Bringing, bringing, phone_photo

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

pytestmark = pytest.mark.browser

# A drop as a person makes it: the browser gives a page no other way to hand it files.
DROP = """([files]) => {
  const data = new DataTransfer();
  for (const { name, octets } of files) {
    data.items.add(new File([Uint8Array.from(atob(octets), (c) => c.charCodeAt(0))], name));
  }
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bringing]:
    with bringing(tmp_path / "hub") as hub:
        yield hub


@pytest.fixture
def url(at: Bringing) -> Iterator[str]:
    server = WebServer(at.app, "127.0.0.1", 0)
    server.start()
    yield server.url
    server.stop()


def drop(watched: Watched, **files: bytes) -> None:
    named = [{"name": name, "octets": base64.b64encode(octets).decode()} for name, octets in files.items()]
    watched.page.evaluate(DROP, [named])


def wait_for(watched: Watched, text: str, count: int = 1) -> None:
    watched.page.wait_for_function(
        "([text, count]) => document.getElementById('brought').innerText.split(text).length > count",
        arg=[text, count],
        timeout=WAIT_MS,
    )


def wait_for_cameras(watched: Watched, count: int) -> None:
    watched.page.wait_for_selector(f"html[data-cameras='{count}']", state="attached", timeout=WAIT_MS)


def test_photos_and_a_log_are_dropped_seen_and_taken_back(watch: Watch, url: str, at: Bringing) -> None:
    with watch() as watched:
        page = watched.page
        page.goto(url)
        watched.loaded()
        assert page.is_hidden("#adding")
        drop(
            watched,
            **{"IMG_1.jpg": phone_photo(1), "IMG_2.jpg": phone_photo(2, place=(47.002, 17.0)), "wigle.csv": WIGLE},
        )
        assert page.is_visible("#adding")
        wait_for(watched, "The photo is taken in, without the people on it.", 2)
        wait_for(watched, "1 sighting is taken in.")
        wait_for_cameras(watched, 3)
        assert at.hub.store.counts().pictures >= 2
        for left in (1, 0):  # the log, and then both photos of the drop by one press
            page.locator("#brought button", has_text="Undo").first.click()
            wait_for(watched, "Taken back", 2 - left)
            if left:
                wait_for_cameras(watched, 2)
        wait_for_cameras(watched, 0)
        assert at.hub.store.counts().pictures == 0
        watched.clean()


def test_a_photo_without_a_place_is_put_on_the_map_by_hand(watch: Watch, url: str, at: Bringing) -> None:
    with watch(width=360, height=740) as watched:
        page = watched.page
        page.goto(url + "add")
        watched.ready()
        photo: FilePayload = {"name": "x.bin", "mimeType": "text/html", "buffer": phone_photo(3, place=None)}
        page.set_input_files("#choose", photo)
        page.locator("#brought button", has_text="Put the marker").click(timeout=WAIT_MS)
        page.wait_for_selector(".put-camera", timeout=WAIT_MS)
        page.click("#put-here")
        wait_for(watched, "The photo is taken in")
        wait_for_cameras(watched, 1)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        watched.clean()


def test_a_camera_by_hand_with_a_dragged_bearing_and_a_neighbour(watch: Watch, url: str, at: Bringing) -> None:
    with watch(width=900, height=700) as watched:
        page = watched.page
        page.goto(url)
        watched.ready()
        page.keyboard.press("+")
        page.wait_for_selector(".put-looks", timeout=WAIT_MS)
        handle, spot = page.locator(".put-looks").bounding_box(), page.locator(".put-camera").bounding_box()
        assert handle is not None
        assert spot is not None
        x, y = spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2
        page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
        page.mouse.down()
        page.mouse.move(x + 60, y, steps=4)
        page.mouse.up()
        assert abs(float(page.input_value("[name=direction]")) - 90) <= 2
        page.fill("[name=lat]", "47.0")
        page.fill("[name=lon]", "-17.0")
        page.select_option("select[name=kind]", "dome")
        page.fill("[name=note]", "<b>eaves</b>")
        page.keyboard.press("Tab")
        page.click("#by-hand button.button")
        wait_for_cameras(watched, 1)
        (detail,) = at.live.cameras()
        assert (detail.camera.title_kind, round(detail.camera.direction or 0)) == ("dome", 90)
        page.wait_for_selector(f"#panel [data-camera='{detail.camera.id}']", timeout=WAIT_MS)
        page.keyboard.press("Escape")
        # The same again is warned of at the form, with what can be done.
        again_at_the_same_place(page)
        page.wait_for_selector("#may-be-there:not([hidden])", timeout=WAIT_MS)
        assert at.hub.store.count() == 1
        page.click("#may-be-there >> text=Another camera at the same place")
        wait_for(watched, "The camera is on the map.", 2)
        assert at.hub.store.count() == 2
        expected = [line for line in watched.complaints if "409" in line]
        assert expected == watched.complaints
        assert watched.left == []


def again_at_the_same_place(page: Any) -> None:
    page.keyboard.press("+")
    page.fill("[name=lat]", "47.0")
    page.fill("[name=lon]", "-17.0")
    page.fill("[name=direction]", "95")
    page.click("#by-hand button.button")


def test_the_desk_s_link_opens_the_form_at_the_camera_that_was_seen(watch: Watch, url: str, at: Bringing) -> None:
    at.file(WIGLE, "wigle.csv")
    at.live.refresh()  # the map's own thread waits for a lull
    (hint,) = at.live.cameras()
    at.camera(lat=47.4, lon=-17.4)  # far away: the view must not go on to both
    camera = hint.camera
    with watch(width=900, height=700) as watched:
        page = watched.page
        page.goto(f"{url}add?camera={camera.id}&lat={camera.lat}&lon={camera.lon}")
        page.wait_for_selector("#by-hand:not([hidden])", timeout=WAIT_MS)
        page.wait_for_selector(".put-camera", timeout=WAIT_MS)
        wait_for_cameras(watched, 2)
        assert "You have seen this camera" in page.inner_text("#by-hand-why")
        assert float(page.input_value("[name=lat]")) == pytest.approx(camera.lat, abs=1e-6)
        view = page.evaluate("document.getElementById('map').contrechamp.map().view()")
        assert view["zoom"] >= 16
        assert view["center"] == pytest.approx([camera.lon, camera.lat], abs=0.01)
        mark = page.locator(".put-camera").bounding_box()
        assert mark is not None
        assert 0 < mark["x"] < 900
        page.click("#by-hand button.button")
        wait_for(watched, "The camera is on the map.")
        assert len(at.live.cameras()) == 2, "it is the camera whose radio was heard"
        assert "camera=" not in page.evaluate("location.search")
        watched.clean()


def test_a_link_without_a_place_opens_the_panel_alone(watch: Watch, url: str) -> None:
    with watch() as watched:
        watched.page.goto(f"{url}add?camera=x&lat=nowhere&lon=999")
        watched.page.wait_for_selector("#adding-first:not([hidden])", timeout=WAIT_MS)
        watched.page.wait_for_selector("#adding:not([hidden])", timeout=WAIT_MS)
        assert watched.page.is_hidden("#by-hand")
        watched.clean()
