"""The desk in a real Chromium: keys, fields, tags, photos, touch, and what assistive technology finds."""

from collections.abc import Iterator
from dataclasses import dataclass
from os import environ
from pathlib import Path

import msgspec
import pytest

from hub.web.pictures import PictureState
from hub.web.serve import WebServer
from hub.web.words import words
from probe.contract.sighting import CameraKind, KindClaim, Mount, MountClaim, Strength
from tests.browser import WAIT_MS, Watch, Watched
from tests.examples import WALK_A, WALK_B, look
from tests.hub.review.test_doubts import Town
from tests.hub.web.scripted import ScriptedMap
from tests.hub.web.scripted_desk import ScriptedDesk, signed_in_app
from tests.hub.web.scripted_pictures import ScriptedPictures, facade

pytestmark = pytest.mark.browser

EN = words("en")


@dataclass
class Room:
    """A desk with two cameras beside each other, and three that are safe. That two may be one is no doubt of the merge
    here: how that is asked has tests of its own."""

    url: str
    desk: ScriptedDesk
    pictures: ScriptedPictures
    camera: str
    other: str

    def open(self, watched: Watched, path: str = "review") -> None:
        watched.page.goto(self.url + path)
        watched.page.wait_for_selector("html.has-keys #screen", timeout=WAIT_MS)

    def open_camera(self, watched: Watched) -> None:
        self.open(watched, f"cameras/{self.camera}/review")


def said(kind: CameraKind, mount: Mount) -> tuple[object, ...]:
    return KindClaim(value=kind, strength=Strength.STRONG), MountClaim(value=mount, strength=Strength.STRONG)


@pytest.fixture
def room() -> Iterator[Room]:
    source = ScriptedMap(
        look(observer=(200.0, 0.0), claims=said(CameraKind.FIXED, Mount.WALL)),
        look(observer=(210.0, 0.0), walk=WALK_B, claims=said(CameraKind.DOME, Mount.POLE)),
        *(look(observer=(x, 600.0), walk=walk) for x in (0.0, 90.0, 180.0) for walk in (WALK_A, WALK_B)),
    )
    details = {detail.camera.title_kind: detail.camera.id for detail in source.cameras()}
    plain = (msgspec.structs.replace(one, doubts=()) for one in source.cameras())
    desk, pictures = ScriptedDesk(*plain), ScriptedPictures()
    for number, kind in enumerate(("fixed", "dome")):
        for day in (1, 2):
            front = facade(640, 360, seed=2 * number + day)
            pictures.put(details[kind], front, sighting=f"{kind}{day}", day=day, state=PictureState.LOOKED)
    server = WebServer(signed_in_app(desk, desk, pictures=pictures), "127.0.0.1", 0)
    server.start()
    yield Room(server.url, desk, pictures, details["fixed"], details["dome"])
    server.stop()


def press(watched: Watched, *keys: str) -> None:
    """Press keys of which the last one sends an answer, and wait for what comes then."""
    page = watched.page
    before = page.evaluate("Number(document.documentElement.dataset.answered ?? 0)")
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_function(
        "before => Number(document.documentElement.dataset.answered ?? 0) > before", arg=before, timeout=WAIT_MS
    )


def kinds(room: Room) -> list[tuple[str, str | None, str | None]]:
    return [(str(one.what.kind), one.what.about, one.what.value) for one in room.desk.log]


def test_tags_by_two_keys_each(watch: Watch, room: Room) -> None:
    with watch(width=1000, height=900) as watched:
        page = watched.page
        room.open_camera(watched)
        page.keyboard.press("t")
        press(watched, "k", "Digit2")
        press(watched, "m", "Digit0")
        press(watched, "t", "Digit1")
        page.keyboard.press("h")
        page.keyboard.type("3,5")
        press(watched, "Enter")
        page.keyboard.press("Escape")
        assert kinds(room) == [
            ("retag", "kind", "dome"),
            ("retag", "mount", None),
            ("retag", "operator_type", "public"),
            ("retag", "height", "3.5"),
        ]
        watched.clean()


def test_where_it_looks_is_drawn_or_turned(watch: Watch, room: Room) -> None:
    with watch(width=1000, height=900) as watched:
        page = watched.page
        room.open_camera(watched)
        page.keyboard.press("t")
        mark = page.locator("svg.sketch .asked circle").bounding_box()
        assert mark is not None
        middle = mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2
        page.mouse.click(middle[0] + 60, middle[1])
        field = page.locator("[data-about=direction] input[name=value]")
        drawn = int(field.input_value())
        assert abs(drawn - 90) <= 2  # a pixel or so
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        press(watched, "Enter")
        assert kinds(room) == [("retag", "direction", str(drawn + 10))]
        watched.clean()


def test_no_key_fires_while_one_writes(watch: Watch, room: Room) -> None:
    with watch() as watched:
        page = watched.page
        room.open_camera(watched)
        page.keyboard.press("m")
        page.keyboard.type("our poor crab")
        assert room.desk.log == []
        assert page.input_value(".note-form textarea") == "our poor crab"
        page.keyboard.press("Escape")
        page.keyboard.press("Control+o")
        page.keyboard.press("Shift+Tab")
        assert room.desk.log == []
        press(watched, "r")
        assert kinds(room) == [("reject", None, None)]


def test_the_same_not_the_same_and_one_pole_are_keys_with_a_letter(watch: Watch, room: Room) -> None:
    with watch() as watched:
        room.open_camera(watched)
        press(watched, "d", "a")
        press(watched, "l", "a")
        press(watched, "a")
        assert [kind for kind, _, _ in kinds(room)] == ["apart", "site", "same", "confirm"]
        watched.page.keyboard.press("d")
        watched.page.keyboard.press("Escape")
        watched.clean()


def test_keys_can_be_chosen_and_a_conflict_is_a_sentence(watch: Watch, room: Room) -> None:
    with watch(width=1000, height=900) as watched:
        page = watched.page
        room.open_camera(watched)
        page.keyboard.press("?")
        page.wait_for_selector("dialog#keys[open]")
        change = page.locator("[data-action=reject] button")
        change.click()
        page.keyboard.press("o")
        taken = EN("review_key_taken", pressed="O", what=EN("review_does_confirm"))
        assert page.inner_text("#keys-said") == taken
        change.click()
        page.keyboard.press("7")
        assert page.inner_text("#keys-said") == EN("review_key_wrong")
        change.click()
        page.keyboard.press("q")
        assert page.inner_text("#keys-said") == EN("review_key_done", pressed="Q", what=EN("review_does_reject"))
        page.keyboard.press("Escape")
        assert room.desk.log == []
        page.reload()
        page.wait_for_selector("html.has-keys")
        assert page.inner_text("[data-does=reject] kbd") == "Q"
        page.keyboard.press("r")
        press(watched, "q")
        assert kinds(room) == [("reject", None, None)]
        page.keyboard.press("h")
        page.click("[data-act=reset]")
        assert page.inner_text("[data-action=reject] kbd") == "R"
        watched.clean()


def test_several_are_confirmed_by_one_key_but_for_those_taken_out(watch: Watch, room: Room) -> None:
    with watch(width=1000, height=900) as watched:
        page = watched.page
        room.open(watched)
        while page.get_attribute("#screen", "data-asked") != "all":
            press(watched, "s")
        page.keyboard.press("Digit2")
        page.locator(".chosen li label").nth(2).click()
        assert page.inner_text("[data-primary] span") == EN("review_confirm_all", n=1)
        page.keyboard.press("Digit3")  # back in
        assert page.inner_text("[data-primary] span") == EN("review_confirm_all", n=2)
        press(watched, "Enter")
        assert page.inner_text("#review-toasts .toast p") == EN("review_done_confirm", n=2)
        assert len(room.desk.log) == 2
        assert len({one.what.batch for one in room.desk.log}) == 1
        press(watched, "u")
        assert page.inner_text("#review-toasts .toast p") == EN("review_done_undo", n=2)
        assert page.locator(".chosen li").count() == 2, "the one that was taken out stays out"
        assert room.desk.cameras() == room.desk.base_details
        press(watched, "y")
        assert sum(one.camera.review == "confirmed" for one in room.desk.cameras()) == 2
        watched.clean()


def test_where_nothing_is_to_be_taken_back_the_keys_and_the_buttons_say_so(watch: Watch, room: Room) -> None:
    with watch() as watched:
        page = watched.page
        room.open(watched)
        for key, word in (("u", "review_done_no_undo"), ("y", "review_done_no_redo")):
            press(watched, key)
            assert page.inner_text("#review-toasts .toast p") == EN(word)
        for action, word in (("undo", "review_done_no_undo"), ("redo", "review_done_no_redo")):
            page.click(f".review-top [data-does={action}]")
            page.wait_for_selector(f"#review-toasts p:text-is({EN(word)!r})", timeout=WAIT_MS)
        watched.clean()


def test_where_a_choice_is_to_be_made_enter_says_so(watch: Watch, room: Room) -> None:
    with watch() as watched:
        page = watched.page
        twin = room.desk.camera(room.other)
        assert twin is not None
        here = room.desk.camera(room.camera)
        assert here is not None
        moved = msgspec.structs.replace(twin.camera, lat=here.camera.lat, lon=here.camera.lon)
        room.desk.base_details = [
            msgspec.structs.replace(one, camera=moved) if one is twin else one for one in room.desk.base_details
        ]
        room.open_camera(watched)
        assert EN("desk_same_spot", distance_m="0") in page.inner_text(".candidate .likely")
        page.keyboard.press("Enter")
        assert page.inner_text("#review-toasts .toast p") == EN("review_choose")
        assert room.desk.log == []


def test_photos_stand_side_by_side_and_open_in_the_viewer(watch: Watch, room: Room) -> None:
    with watch(width=1000, height=900) as watched:
        page = watched.page
        room.open_camera(watched)
        page.wait_for_function("() => [...document.querySelectorAll('.looks img')].every(one => one.naturalWidth)")
        boxes = [page.locator(".looks .picture").nth(n).bounding_box() for n in (0, 1)]
        assert boxes[0] is not None
        assert boxes[1] is not None
        assert boxes[0]["y"] == boxes[1]["y"]
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog.viewer[open] .pane img", timeout=WAIT_MS)
        assert page.locator(".beside option").count() == 4, "alone, its other one, and the first of A"
        page.keyboard.press("r")
        page.keyboard.press("Escape")
        assert room.desk.log == []
        watched.clean()


def test_what_does_not_arrive_is_told_and_nothing_is_lost(watch: Watch, room: Room) -> None:
    with watch() as watched:
        page = watched.page
        room.open_camera(watched)
        page.route("**/review/decide", lambda route: route.abort())
        page.keyboard.press("r")
        page.wait_for_selector(f"#review-toasts p:text-is({EN('review_lost')!r})", timeout=WAIT_MS)
        assert room.desk.log == []
        page.unroute_all()
        press(watched, "r")
        assert kinds(room) == [("reject", None, None)]


def test_a_camera_s_own_page_takes_the_same_keys(watch: Watch, room: Room) -> None:
    with watch(width=1000, height=900) as watched:
        page = watched.page
        page.goto(f"{room.url}cameras/{room.camera}")
        page.wait_for_selector("html.has-keys #desk", timeout=WAIT_MS)
        page.keyboard.press("f")
        page.wait_for_url("**?done=follow-up&n=1")
        assert kinds(room) == [("follow-up", None, None)]
        assert EN("review_does_follow_up") in page.inner_text(".history")


def test_the_street_map_comes_when_it_is_asked_for(watch: Watch, room: Room) -> None:
    with watch(width=1000, height=900) as watched:
        page = watched.page
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        room.open_camera(watched)
        assert not any("maplibre" in one for one in asked)
        page.keyboard.press("v")
        page.wait_for_selector(".streets canvas", timeout=WAIT_MS)
        assert any("maplibre" in one for one in asked)
        detail = room.desk.camera(room.camera)
        assert detail is not None
        page.wait_for_function(
            """([lon, lat]) => {
              const holder = document.querySelector(".streets"), map = holder.contrechamp?.map();
              if (!map || map.isMoving()) return false;
              const { x, y } = map.pixel([lon, lat]);
              return Math.hypot(x - holder.clientWidth / 2, y - holder.clientHeight / 2) < 3;
            }""",
            arg=[detail.camera.lon, detail.camera.lat],
            timeout=WAIT_MS,
        )
        watched.clean()


@pytest.mark.parametrize(
    ("width", "dark", "locale"),
    [(360, True, "fr-FR"), (1280, False, "en-GB"), (1280, True, "fr-FR"), (360, False, "en-GB")],
)
def test_nothing_is_cut_off_and_axe_finds_no_fault(
    watch: Watch, room: Room, width: int, dark: bool, locale: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with watch(width=width, height=800, dark=dark, locale=locale) as watched:
        page = watched.page
        for name, path in (("one", f"cameras/{room.camera}/review"), ("queue", "review")):
            room.open(watched, path)
            page.keyboard.press("t")
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            folder = environ.get("CONTRECHAMP_SCREENSHOTS")
            if folder:
                page.screenshot(path=Path(folder) / f"review-{name}-{width}-{locale[:2]}.png", full_page=True)
        page.keyboard.press("?")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        watched.clean()


@pytest.fixture
def unsure() -> Iterator[tuple[str, ScriptedDesk]]:
    """A desk with two sightings, either of which may be of either of two cameras."""
    town = Town()
    town.unsure.append(town.third[1])
    desk, pictures = ScriptedDesk(*town.cameras().values()), ScriptedPictures()
    for number, detail in enumerate(desk.base_details):
        for day, sighting in enumerate(detail.sighting_ids, 1):
            front = facade(640, 360, seed=7 * number + day)
            pictures.put(detail.camera.id, front, sighting=sighting, day=day, state=PictureState.LOOKED)
    server = WebServer(signed_in_app(desk, desk, pictures=pictures), "127.0.0.1", 0)
    server.start()
    yield f"{server.url}review", desk
    server.stop()


def test_which_camera_a_sighting_is_of_is_answered_by_its_letter_or_for_all_at_once(
    watch: Watch, unsure: tuple[str, ScriptedDesk]
) -> None:
    url, desk = unsure
    with watch(width=1280, height=800) as watched:
        page = watched.page
        page.goto(url)
        page.wait_for_selector("html.has-keys #screen", timeout=WAIT_MS)
        assert page.inner_text("h1") == EN("review_ask_unsure", n=1)
        assert (
            page.locator(".candidate h3")
            .all_inner_texts()[0]
            .replace("\u00a0", " ")
            .endswith("62 % · where the map has it")
        )
        assert page.locator(".looks figure").count() == 1, "the picture of this sighting alone"
        press(watched, "b")
        (same,) = [one.what for one in desk.log]
        assert (str(same.kind), len(same.sightings)) == ("same", 1)
        press(watched, "u")
        press(watched, "d", "a")
        assert str(desk.log[-1].what.kind) == "apart"
        press(watched, "u")
        press(watched, "o")
        assert sorted(str(one.what.kind) for one in desk.log[2:]) == ["confirm", "confirm", "same", "same"]
        assert EN("review_done_as_is") in page.inner_text("#review-toasts")
        watched.clean()
    with watch(width=360, height=740, locale="fr-FR") as watched:
        watched.page.goto(url)
        watched.page.wait_for_selector("#screen", timeout=WAIT_MS)
        assert not watched.page.evaluate("document.documentElement.scrollWidth > 360")
        watched.clean()
