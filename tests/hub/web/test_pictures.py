"""Pictures without a browser: who sees which, who changes any, and what comes of forms that are not ours."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from hub.errors import StoreError
from hub.log.people import Role
from hub.web.app import make_app
from hub.web.bodies import PORTION
from hub.web.forms import FORM_TYPE, MAX_FORM_BYTES, Refused, Tokens
from hub.web.gate import OpenGate
from hub.web.picture_pages import MAX_BOXES, MAX_PHOTOS, box_of
from hub.web.pictures import PictureState, PictureView, neighbours, photos
from hub.web.words import words
from tests.examples import look
from tests.hub.web.scripted import ScriptedMap
from tests.hub.web.scripted_pictures import ScriptedPictures, facade

OWN = {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8787", "content-type": FORM_TYPE}
JSON = {"accept": "application/json"}


class World:
    """A page of one camera with one picture."""

    def __init__(self) -> None:
        source = ScriptedMap(look())
        (detail,) = source.cameras()
        self.camera, self.pictures = detail.camera.id, ScriptedPictures()
        self.id = self.pictures.put(self.camera, facade(400, 240))
        self.app = make_app(source, pictures=self.pictures, gate=OpenGate(Role.REVIEWER))

    def client(self, role: Role = Role.REVIEWER) -> TestClient:
        self.app.state.gate.role = role
        return TestClient(self.app, base_url="http://127.0.0.1:8787", follow_redirects=False)

    def token(self) -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.client().get(f"/cameras/{self.camera}").text)
        assert found
        return found[1]

    def post(self, action: str, *fields: tuple[str, str], token: str | None = None, **headers: str) -> Any:
        form = [("token", self.token() if token is None else token), ("camera", self.camera), *fields]
        said = {**OWN, **{name.replace("_", "-"): value for name, value in headers.items()}}
        said = {name: value for name, value in said.items() if value}
        return self.client().post(f"/pictures/{self.id}/{action}", content=urlencode(form), headers=said)


@pytest.fixture
def world() -> World:
    return World()


def test_no_picture_and_no_complaint_page_where_the_hub_has_no_pictures() -> None:
    source = ScriptedMap(look())
    (detail,) = source.cameras()
    with TestClient(make_app(source, gate=OpenGate(Role.ADMIN)), base_url="http://127.0.0.1:8787") as browser:
        page = browser.get(f"/cameras/{detail.camera.id}").text
        assert "pictures" not in page
        assert "/complaint" not in page


def test_what_nobody_has_looked_at_is_for_reviewers_alone(world: World) -> None:
    address = f"/pictures/{world.id}.jpg?camera={world.camera}"

    def seen(role: Role) -> int:
        return int(world.client(role).get(address).status_code)

    assert world.client().get(address).content == world.pictures.data[world.id]
    assert (seen(Role.READER), seen(Role.STRANGER)) == (404, 401)
    page = world.client(Role.READER).get(f"/cameras/{world.camera}").text
    assert world.id not in page
    assert "token" not in page
    assert words("en")("pictures_private", n=1) in page.replace("&#39;", "'")
    world.pictures.set_state(world.id, PictureState.LOOKED)
    assert (seen(Role.READER), seen(Role.STRANGER)) == (200, 401)
    page = world.client(Role.READER).get(f"/cameras/{world.camera}").text
    assert world.id in page
    assert "token" not in page
    world.pictures.set_state(world.id, PictureState.HIDDEN)
    assert (seen(Role.READER), seen(Role.STRANGER)) == (404, 401)
    assert world.id not in world.client(Role.READER).get(f"/cameras/{world.camera}").text
    assert 'href="/hub/complaints"' in world.client().get(f"/cameras/{world.camera}").text


def test_a_picture_says_that_no_browser_may_keep_it_and_comes_as_it_is(world: World) -> None:
    answer = world.client().get(f"/pictures/{world.id}.jpg", headers={"accept-encoding": "gzip"})
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-encoding"] == "identity"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403)]
)
def test_pictures_are_for_the_page_itself(world: World, site: str, status: int) -> None:
    assert world.client().get(f"/pictures/{world.id}.jpg", headers={"sec-fetch-site": site}).status_code == status


@pytest.mark.parametrize("name", ["0" * 64, "x", "..%2f..%2fetc%2fpasswd", "%00", "A" * 64, "a" * 5000])
def test_no_other_name_leads_to_a_picture(world: World, name: str) -> None:
    assert world.client().get(f"/pictures/{name}.jpg").status_code == 404
    answer = world.client().post(f"/pictures/{name}/look", content=f"token={world.token()}", headers={**OWN, **JSON})
    assert answer.status_code in (400, 404)
    assert world.pictures.asked == []


def test_the_operator_looks_covers_and_deletes_by_plain_forms(world: World) -> None:
    assert world.post("look").headers["location"] == f"/cameras/{world.camera}#pictures"
    assert world.pictures.state(world.id) is PictureState.LOOKED
    answer = world.post("cover", ("box", "0.25,0.5,0.75,0.5"), ("box", "0,0,0.1,0.1"), **JSON)
    assert answer.json() == {"version": world.pictures.of_camera(world.camera)[0].version, "state": "looked"}
    assert [(box.left, box.width) for box in world.pictures.boxes] == [(0.25, 0.75), (0.0, 0.1)]
    assert world.post("delete").status_code == 303
    assert world.client().get(f"/pictures/{world.id}.jpg").status_code == 404
    again = world.post("delete", token=Tokens().new())
    assert again.status_code == 403
    assert world.pictures.asked == [("look", world.id), ("cover", world.id), ("delete", world.id)]


def test_a_picture_that_may_be_shown_is_made_private_again(world: World) -> None:
    def offered() -> bool:
        return f"/pictures/{world.id}/private" in world.client().get(f"/cameras/{world.camera}").text

    assert not offered(), "nobody has looked, so it is private"
    world.post("look")
    assert offered()
    assert world.client(Role.READER).get(f"/pictures/{world.id}.jpg?camera={world.camera}").status_code == 200
    assert world.post("private").headers["location"] == f"/cameras/{world.camera}#pictures"
    assert world.pictures.state(world.id) is PictureState.NEW
    assert world.client(Role.READER).get(f"/pictures/{world.id}.jpg?camera={world.camera}").status_code == 404
    world.post("look")
    assert world.post("private", **JSON).json()["state"] == "new"


def test_a_form_without_javascript_has_a_null_origin_and_the_browsers_word(world: World) -> None:
    assert world.post("look", origin="null").status_code == 303
    assert world.post("delete", origin="null", sec_fetch_site="").status_code == 403
    assert world.post("cover", ("box", "0,0,1,1"), sec_fetch_site="").status_code == 303  # an old browser's fetch


@pytest.mark.parametrize(
    "said",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://127.0.0.1"},
        {"origin": "http://evil.example"},
        {"origin": "", "sec_fetch_site": ""},
        {"token": ""},
        {"token": "a.b"},
        {"token": Tokens().new()},
        {"token": "é" * 9},
        {"content_type": "text/plain"},
        {"content_type": "multipart/form-data; boundary=x"},
        {"content_type": ""},
    ],
)
def test_what_is_no_form_of_this_page_changes_nothing(world: World, said: dict[str, str]) -> None:
    answer = world.post("delete", **said)
    assert answer.status_code in (403, 415)
    assert "Nothing was changed" in answer.text or "nothing was changed" in answer.text
    assert world.pictures.asked == []


def test_a_reader_changes_nothing_also_with_a_right_token(world: World) -> None:
    form = urlencode({"token": world.token(), "camera": world.camera})
    for role, status in ((Role.READER, 403), (Role.STRANGER, 401)):
        answer = world.client(role).post(f"/pictures/{world.id}/delete", content=form, headers=OWN)
        assert answer.status_code == status
    assert world.pictures.asked == []


def test_forms_have_bounds(world: World) -> None:
    box = ("box", "0,0,0.1,0.1")
    assert world.post("cover", *[box] * MAX_BOXES).status_code == 303
    assert world.post("cover", *[box] * (MAX_BOXES + 1)).status_code == 400
    assert world.post("cover", *[box] * 200).status_code == 400
    assert world.post("cover").status_code == 400
    assert world.post("look", ("x", "y" * MAX_FORM_BYTES)).status_code == 413
    assert world.post("publish").status_code == 404
    assert [what for what, _ in world.pictures.asked] == ["cover"]


def test_what_goes_wrong_is_told_with_the_sources_own_sentence(world: World) -> None:
    world.pictures.fails = "the disk is <full>"
    answer = world.post("look", **JSON)
    assert answer.status_code == 400
    assert answer.json()["problem"].endswith("the disk is <full>")
    assert "the disk is &lt;full&gt;" in world.post("look").text

    def unread(camera_id: str) -> Sequence[PictureView]:
        raise StoreError("the database is locked")

    world.pictures.of_camera = unread  # type: ignore[method-assign]
    assert "the database is locked" in world.client().get(f"/cameras/{world.camera}").text


def test_no_camera_that_a_form_names_leads_elsewhere(world: World) -> None:
    for name in ("//evil.example", "https://evil.example/", "..\\evil", "\r\nx: y", "é"):
        form = urlencode([("token", world.token()), ("camera", name)])
        answer = world.client().post(f"/pictures/{world.id}/look", content=form, headers=OWN)
        assert re.fullmatch(r"/cameras/[\w.%-]*#pictures", answer.headers["location"])


@given(st.text(max_size=60) | st.lists(st.floats(), max_size=6).map(lambda all: ",".join(map(str, all))))
def test_a_box_is_a_box_or_refused(text: str) -> None:
    try:
        box = box_of(text)
    except Refused:
        return
    assert 0 <= box.left <= 1
    assert 0 < box.width <= 1
    assert max(box.left + box.width, box.top + box.height) <= 1 + 1e-9


def test_a_box_that_leaves_the_picture_is_refused() -> None:
    assert box_of("0.5,0.25,0.5,0.75").width == 0.5
    for text in (
        "0.6,0,0.5,0.1",
        "0,0.6,0.1,0.5",
        "0,0,0,0.1",
        "-0.1,0,0.5,0.5",
        "0,0,nan,1",
        "0,0,1",
        "0,0,1,1,1",
        "",
    ):
        with pytest.raises(Refused):
            box_of(text)


def test_a_form_that_was_cut_anywhere_covers_nothing_or_what_it_says(world: World) -> None:
    form = urlencode([("token", world.token()), ("camera", world.camera), ("box", "0.25,0.25,0.5,0.125")])
    with world.client() as browser:
        for end in range(len(form)):
            before = len(world.pictures.boxes)
            answer = browser.post(f"/pictures/{world.id}/cover", content=form[:end], headers={**OWN, **JSON})
            if answer.status_code == 200:  # a number lost its last digits, and is one still
                (box,) = world.pictures.boxes[before:]
                assert (box.left, box.top, box.width) == (0.25, 0.25, 0.5)
            else:
                assert answer.status_code in (400, 403)
                assert len(world.pictures.boxes) == before


@given(st.binary(max_size=300))
def test_any_octets_are_a_refusal(body: bytes) -> None:
    answer = WORLD.client().post(f"/pictures/{WORLD.id}/delete", content=body, headers={**OWN, **JSON})
    assert answer.status_code in (400, 403)
    assert WORLD.pictures.asked == []


WORLD = World()


@pytest.mark.parametrize("change", ["delete", "cover"])
def test_a_reader_who_takes_nothing_holds_one_portion_and_nobody_up(world: World, change: str) -> None:
    """Forty readers stop after the first portion; then the picture changes, and what they wait for is not sent."""
    big = world.pictures.put(world.camera, facade(1600, 1200, seed=3), sighting="t")
    whole = world.pictures.data[big]
    assert len(whole) > 2 * PORTION
    taken: list[bytes] = []

    async def run() -> None:
        go_on = asyncio.Event()

        async def reader() -> None:
            async def send(message: Any) -> None:
                if message.get("body"):
                    taken.append(message["body"])
                    await go_on.wait()

            async def receive() -> Any:
                await asyncio.Event().wait()

            scope = {
                "type": "http", "method": "GET", "path": f"/pictures/{big}.jpg", "raw_path": b"", "query_string": b"",
                "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
                "scheme": "http", "http_version": "1.1", "asgi": {"version": "3.0", "spec_version": "2.4"},
            }  # fmt: skip
            await world.app(scope, receive, send)

        readers = [asyncio.create_task(reader()) for _ in range(40)]
        while len(taken) < 40:
            await asyncio.sleep(0)
        if change == "delete":
            world.pictures.delete(big)
        else:
            world.pictures.cover(big, [box_of("0,0,0.1,0.1")])
        go_on.set()
        await asyncio.gather(*readers)

    asyncio.run(run())
    assert taken == [whole[:PORTION]] * 40


def test_of_very_many_pictures_the_newest_are_shown(world: World) -> None:
    for number in range(MAX_PHOTOS + 3):
        world.pictures.put(world.camera, facade(16, 12, seed=number), sighting=f"many-{number}", day=8)
    page = world.client().get(f"/cameras/{world.camera}").text
    assert page.count('class="photo"') == MAX_PHOTOS
    assert world.id in page
    assert words("en")("pictures_more", n=4) in page


def test_the_newest_come_first_and_the_scene_before_its_close_up() -> None:
    pictures = ScriptedPictures()
    old = pictures.put("c", facade(80, 60, 1), sighting="old", day=1)
    close = pictures.put("c", facade(60, 60, 2), sighting="new", day=9, part="reticle")
    scene = pictures.put("c", facade(80, 60, 3), sighting="new", day=9)
    lone = [pictures.put("c", facade(80, 60, seed), sighting="", day=5) for seed in (4, 5)]
    got = [[one.id for one in photo.pictures] for photo in photos(pictures.of_camera("c"))]
    assert got == [[scene, close], *([name] for name in lone), [old]]
    assert neighbours([(old, scene, 20), (lone[0], old, 58), (old, "hidden", 99)], {old, scene, lone[0]}) == {
        old: ((lone[0], 58), (scene, 20)),
        scene: ((old, 20),),
        lone[0]: ((old, 58),),
    }
