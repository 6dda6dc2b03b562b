"""Complaints on the operator's page: pictures are hidden at once, and deleted or looked at again once it is decided."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.errors import BadInput
from hub.log.pictures import Standing
from tests.hub.photo.world import World, jpeg_of, noise
from tests.hub.web.operated import Operated, operated, send


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Operated]:
    with operated(tmp_path / "hub") as world:
        sender = World(world.folder)
        sender.take(jpeg_of(noise(1)), jpeg_of(noise(2)))
        world.cameras.refresh()
        yield world


def standing(world: Operated) -> list[Standing]:
    return [one.standing for one in world.folder.store.pictures.listed(10)]


def written(world: Operated) -> str:
    """A complaint about the camera's pictures, as its page tells of it."""
    (detail,) = world.cameras.cameras()
    about = "a woman <b>at the window\r\nsince May"
    page = send(
        world.browser(), "/hub/complaints/open", about=about, camera=detail.camera.id, day="", contact="her@example.org"
    )
    return str(page.text)


def test_writing_one_down_hides_the_pictures_at_once(world: Operated) -> None:
    page = written(world)
    assert "Complaint 1 is written down; 2 pictures are hidden." in page
    assert "a woman &lt;b&gt;at the window\nsince May" in page
    assert "her@example.org" in page
    assert standing(world) == [Standing.HIDDEN] * 2
    assert world.audit.noted == [("ada", "complaint", "")], "and not what it is about: it may name somebody"
    assert "1 open complaint" in world.browser().get("/hub").text


@pytest.mark.parametrize(("then", "left"), [("show", [Standing.NEW] * 2), ("delete", [])])
def test_closing_one_deletes_the_pictures_or_has_them_looked_at_again(
    then: str, left: list[Standing], world: Operated
) -> None:
    written(world)
    world.folder.store.complaints.note_backup("/media/disk/copy")
    page = send(world.browser(), "/hub/complaints/close", number="1", then=then, decision="a face was left").text
    assert "Complaint 1 is closed; 2 pictures" in page
    assert ("/media/disk/copy" in page) is (then == "delete"), "a backup that holds them still is named"
    assert standing(world) == left
    assert "her@example.org" not in world.browser().get("/hub/complaints").text
    assert "a face was left" in page
    again = send(world.browser(), "/hub/complaints/close", number="1", then=then, decision="once more")
    assert again.status_code == 400


@pytest.mark.parametrize("form", ["{}", "http://127.0.0.1:8787/cameras/{}#pictures"])
def test_the_pictures_of_a_camera_are_added_to_a_complaint_that_names_none(form: str, world: Operated) -> None:
    for about in ("my window", "a street far away"):
        world.folder.store.complaints.open(about, [], None)
    page = world.browser().get("/hub/complaints").text
    assert "No picture is named, so none is hidden" in page
    assert "private again" not in page, "nothing was hidden, so closing it makes nothing private"
    (detail,) = world.cameras.cameras()
    page = send(world.browser(), "/hub/complaints/add", number="1", camera=form.format(detail.camera.id)).text
    assert "Complaint 1 is now about 2 pictures; they are hidden." in page
    assert standing(world) == [Standing.HIDDEN] * 2
    first, second = world.folder.store.complaints.listed()
    assert (len(first.pictures), second.pictures) == (2, ())
    assert world.audit.noted == [("ada", "complaint-added", "1")]
    assert "The pictures are private again" in page
    again = send(world.browser(), "/hub/complaints/add", number="1", camera=detail.camera.id).text
    assert "Complaint 1 is now about 2 pictures" in again
    closed = send(world.browser(), "/hub/complaints/close", number="2", then="show", decision="nothing found").text
    assert "Complaint 2 is closed; no picture has changed." in closed
    send(world.browser(), "/hub/complaints/close", number="1", then="show", decision="no person on it")
    assert standing(world) == [Standing.NEW] * 2
    late = send(world.browser(), "/hub/complaints/add", number="1", camera=detail.camera.id)
    assert late.status_code == 400
    assert standing(world) == [Standing.NEW] * 2


def test_what_was_closed_meanwhile_hides_nothing_more(world: Operated) -> None:
    store = world.folder.store
    store.complaints.open("my window", [], None)
    store.complaints.close(1, "done")
    with pytest.raises(BadInput):
        store.complaints.add(1, [one.sha256 for one in store.pictures.listed(10)])
    assert standing(world) == [Standing.NEW] * 2


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("open", {"about": " "}),
        ("open", {"about": "x" * 1001}),
        ("open", {"about": "x", "contact": "x" * 1001}),
        ("open", {"about": "x", "camera": "none"}),
        ("open", {"about": "x", "day": "soon"}),
        ("add", {"number": "1", "camera": ""}),
        ("add", {"number": "1", "camera": "c-0000000000000000"}),
        ("add", {"number": "2", "camera": "c-0000000000000000"}),
        ("close", {"number": "1", "then": "delete", "decision": ""}),
        ("close", {"number": "2", "then": "delete", "decision": "x"}),
        ("close", {"number": "1", "then": "burn", "decision": "x"}),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_done(path: str, fields: dict[str, str], world: Operated) -> None:
    written(world)
    answer = send(world.browser(), f"/hub/complaints/{path}", **fields)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert standing(world) == [Standing.HIDDEN] * 2
    assert len(world.folder.store.complaints.listed(closed=True)) == 1
