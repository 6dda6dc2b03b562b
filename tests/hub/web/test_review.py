"""The desk's pages, without a browser: what they ask, what they take, and what they refuse."""

import re
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from hub.errors import StoreError
from hub.log.decisions import DecisionKind
from hub.log.people import Role
from hub.publish.view import CameraDetail
from hub.web.pictures import PictureState
from hub.web.words import words
from probe.contract.sighting import CameraKind, KindClaim, Mount, MountClaim, Strength
from tests.examples import WALK_B, look, radio
from tests.hub.review.test_doubts import Town, photographed
from tests.hub.web.scripted import ScriptedMap
from tests.hub.web.scripted_desk import ScriptedDesk, signed_in_app
from tests.hub.web.scripted_pictures import ScriptedPictures, facade

FIXED = KindClaim(value=CameraKind.FIXED, strength=Strength.STRONG)

DOME = KindClaim(value=CameraKind.DOME, strength=Strength.STRONG)

HERE = "http://127.0.0.1:8787"


def on(mount: Mount) -> MountClaim:
    return MountClaim(value=mount, strength=Strength.STRONG)


def pair(desk: ScriptedDesk) -> list[CameraDetail]:
    """The two that stand beside each other."""
    return [d for d in desk.base_details if d.camera.title_kind in ("fixed", "dome") and d.camera.standing == "seen"]


def seen(desk: ScriptedDesk) -> str:
    """One that somebody looked at."""
    return pair(desk)[0].camera.id


@pytest.fixture
def desk() -> ScriptedDesk:
    """A plain camera, two at one spot, a hint, and two that are safe.

    That two may be one is no doubt of the merge here: that is asked about in `tests/hub/review`.
    """
    source = ScriptedMap(
        look(observer=(0.0, 300.0)),
        look(observer=(200.0, 0.0), claims=(FIXED, on(Mount.WALL))),
        look(observer=(210.0, 0.0), walk=WALK_B, claims=(DOME, on(Mount.POLE))),
        radio(at=(400.0, 0.0)),
        *(look(observer=(x, 600.0), walk=walk) for x in (0.0, 90.0) for walk in ("a" * 32, "b" * 32)),
    )
    return ScriptedDesk(*(msgspec.structs.replace(one, doubts=()) for one in source.cameras()))


def browser(desk: ScriptedDesk, name: str = "ada", role: Role = Role.OPERATOR, **parts: Any) -> TestClient:
    app = signed_in_app(desk, desk, name=name, role=role, **parts)
    return TestClient(app, base_url=HERE, headers={"origin": HERE}, follow_redirects=False)


def question_of(page: str) -> str:
    found = re.search(r'data-question="([^"]*)"', page)
    assert found, page
    return found[1]


def camera_of(page: str) -> str:
    found = re.search(r'name="camera" value="([^"]*)"', page)
    assert found, page
    return found[1]


def test_an_evening_without_a_script(desk: ScriptedDesk) -> None:
    with browser(desk) as ada:
        for _ in range(20):
            page = ada.get("/review").text
            if not question_of(page):
                break
            cameras = re.findall(r'name="camera" value="([^"]*)"', page.split('id="answers"')[1].split("</form>")[0])
            answer = "follow-up" if "look" in question_of(page).split("-c")[0] else "confirm"
            form = {"answer": answer, "camera": cameras, "question": question_of(page), "seen": "0"}
            gone_on = ada.post("/review/decide", data=form)
            assert gone_on.status_code == 303, gone_on.text[-3000:]
            assert gone_on.headers["location"].startswith("/review?done=")
        assert words("en")("review_none") in ada.get("/review").text
        assert all(d.camera.review == "confirmed" or d.camera.follow_up for d in desk.cameras())
        assert {one.by for one in desk.log} == {"ada"}
        while ada.post("/review/undo", data={}).headers["location"] != "/review?done=no-undo&n=0":
            pass
        assert desk.cameras() == desk.base_details


def test_a_script_gets_the_next_question_and_what_was_done(desk: ScriptedDesk) -> None:
    with browser(desk) as ada:
        first = ada.get("/review").text
        answer = ada.post(
            "/review/decide", data={"answer": "reject", "camera": camera_of(first)}, headers={"hx-request": "true"}
        )
        assert answer.status_code == 200
        assert "<html" not in answer.text
        assert words("en")("review_done_reject", n=1) in answer.text
        assert question_of(answer.text) != question_of(first)
        assert "Question 2 of" in answer.text


def test_json_is_taken_as_well(desk: ScriptedDesk) -> None:
    with browser(desk) as ada:
        camera = seen(desk)
        told = ada.post(
            "/review/decide", json={"answer": "confirm", "camera": [camera]}, headers={"accept": "application/json"}
        )
        assert told.json() == {"said": "Confirmed.", "decided": [1]}
        refused = ada.post(
            "/review/decide", json={"answer": "confirm", "camera": []}, headers={"accept": "application/json"}
        )
        assert refused.status_code == 400
        assert "no camera was chosen" in refused.json()["problem"]


def test_what_is_put_off_comes_at_the_end(desk: ScriptedDesk) -> None:
    with browser(desk) as ada:
        asked = []
        for _ in range(4):
            asked.append(question_of(ada.get("/review").text))
            ada.post("/review/decide", data={"answer": "skip", "question": asked[-1]})
        assert len(set(asked)) == len(asked) == 4 or asked[0] in asked[1:]
        assert desk.log == []


def test_what_is_taken_out_of_several_is_asked_alone(desk: ScriptedDesk) -> None:
    with browser(desk) as ada:
        page = ada.get("/review").text
        while 'data-asked="all"' not in page:
            ada.post("/review/decide", data={"answer": "skip", "question": question_of(page)})
            page = ada.get("/review").text
        listed = re.findall(r'name="listed" value="([^"]*)"', page)
        assert len(listed) == 2
        ada.post("/review/decide", data={"answer": "confirm", "camera": listed[:1], "listed": listed})
        assert [one.what.camera for one in desk.log] == listed[:1]
        assert any(listed[1] in question_of(p) for p in _all_screens(ada))


def _all_screens(ada: TestClient) -> list[str]:
    pages = []
    for _ in range(8):
        pages.append(ada.get("/review").text)
        ada.post("/review/decide", data={"answer": "skip", "question": question_of(pages[-1])})
    return pages


def test_two_people_are_asked_different_things_and_told_of_each_other(desk: ScriptedDesk) -> None:
    app = signed_in_app(desk, desk)
    with (
        TestClient(app, base_url=HERE, headers={"origin": HERE}, cookies={"who": "ada"}) as ada,
        TestClient(app, base_url=HERE, headers={"origin": HERE}, cookies={"who": "bob"}) as bob,
    ):
        here, there = ada.get("/review").text, bob.get("/review").text
        assert question_of(here) != question_of(there)
        camera = camera_of(here)
        script = {"hx-request": "true"}
        bob.post("/review/decide", data={"answer": "reject", "camera": camera}, headers=script)
        told = ada.post("/review/decide", data={"answer": "gone", "camera": camera, "seen": "0"}, headers=script).text
        assert "Meanwhile bob had decided: No camera" in told
        assert [(one.by, one.what.kind) for one in desk.log] == [("bob", "reject"), ("ada", "gone")]


def test_radio_alone_is_never_confirmed_here(desk: ScriptedDesk) -> None:
    hint = next(d for d in desk.base_details if d.camera.standing == "hint")
    with browser(desk) as ada:
        page = ada.get(f"/cameras/{hint.camera.id}/review").text
        assert 'value="confirm"' not in page
        assert 'value="follow-up"' in page
        refused = ada.post("/review/decide", data={"answer": "confirm", "camera": hint.camera.id})
        assert refused.status_code == 400
        assert "radio alone" in refused.text
        assert desk.log == []


def test_a_camera_s_own_page_has_the_same_answers_and_its_history(desk: ScriptedDesk) -> None:
    camera = seen(desk)
    with browser(desk) as ada:
        form = {"answer": "note", "camera": camera, "text": " by the <b>door</b> ", "back": camera}
        gone_on = ada.post("/review/decide", data=form)
        assert gone_on.headers["location"] == f"/cameras/{camera}?done=note&n=1"
        page = ada.get(gone_on.headers["location"]).text
        assert words("en")("review_done_note", n=1) in page
        assert "<b>ada</b>" in page
        assert desk.log[0].what.text == "by the <b>door</b>"
        ada.post("/review/undo", data={"number": "1", "back": camera})
        assert words("en")("review_taken_back") in ada.get(f"/cameras/{camera}").text
    with browser(desk, role=Role.READER) as reader:
        assert 'id="answers"' not in reader.get(f"/cameras/{camera}").text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"answer": "dance"}, "there is no such answer"),
        ({"answer": "confirm", "camera": "c-none"}, "that camera is no more"),
        ({"answer": "same"}, "there is no other camera"),
        ({"answer": "split"}, "some of the sightings"),
        ({"answer": "retag", "about": "colour", "value": "red"}, "no such tag"),
        ({"answer": "retag", "about": "kind", "value": "cat"}, "none of the values"),
        ({"answer": "retag", "about": "direction", "value": "north"}, "from 0 to 360"),
        ({"answer": "retag", "about": "height", "value": "1e400"}, "from 0 to 100"),
        ({"answer": "note", "text": "  "}, "the note is empty"),
        ({"answer": "note", "text": "a" * 2001}, "too long"),
        ({"answer": "gone", "value": "yesterday"}, "must look like"),
        ({"seen": "many"}, words("en")("form_broken")),
        ({"text": "a" * 200_000}, words("en")("form_large")),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_is_written(
    desk: ScriptedDesk, form: dict[str, str], sentence: str
) -> None:
    with browser(desk) as ada:
        answer = ada.post("/review/decide", data={"camera": seen(desk), **form})
        assert 400 <= answer.status_code < 500
        assert sentence in answer.text
        assert desk.log == []


def test_a_store_that_fails_is_told_and_the_question_stays(desk: ScriptedDesk) -> None:
    with browser(desk) as ada:
        first = ada.get("/review").text
        desk.fails = StoreError("the disk is full")
        answer = ada.post("/review/decide", data={"answer": "reject", "camera": camera_of(first)})
        assert answer.status_code == 500
        assert "the disk is full" in answer.text
        assert question_of(answer.text) == question_of(first)


def test_tags_are_written_as_they_are_meant(desk: ScriptedDesk) -> None:
    camera = seen(desk)
    with browser(desk) as ada:
        for about, value in (
            ("kind", "dome"),
            ("direction", "359,5"),
            ("height", "4.0"),
            ("vendor", ""),
            ("direction", "360"),
        ):
            answer = ada.post(
                "/review/decide", data={"answer": "retag", "camera": camera, "about": about, "value": value}
            )
            assert answer.status_code == 303, about
        assert [one.what.value for one in desk.log] == ["dome", "359.5", "4", None, "0"]
        page = ada.get(f"/cameras/{camera}/review").text
        assert re.search(r'value="dome" class="plain" aria-pressed="true"', page)


def test_the_same_as_another_is_one_confirmed_camera(desk: ScriptedDesk) -> None:
    one, other = pair(desk)
    with browser(desk) as ada:
        page = ada.get(f"/cameras/{one.camera.id}/review").text
        assert f'value="same:{other.camera.id}"' in page
        ada.post("/review/decide", data={"answer": f"same:{other.camera.id}", "camera": one.camera.id})
        kinds = [d.what.kind for d in desk.log]
        assert kinds == [DecisionKind.SAME, DecisionKind.CONFIRM]
        assert set(desk.log[1].what.sightings) == {*one.sighting_ids, *other.sighting_ids}
        assert len({d.what.batch for d in desk.log}) == 1


@pytest.mark.parametrize("code", ["en", "fr"])
def test_pictures_reasons_and_letters_are_on_the_screen(desk: ScriptedDesk, code: str) -> None:
    one = pair(desk)[0]
    pictures = ScriptedPictures()
    picture = pictures.put(one.camera.id, facade(160, 90), state=PictureState.LOOKED)
    with browser(desk, pictures=pictures) as ada:
        page = ada.get(f"/cameras/{one.camera.id}/review?lang={code}").text
        assert f'data-picture="{picture}"' in page
        assert '<span class="letter">A</span>' in page
        assert words(code)("review_why") in page
        assert "review_" not in re.sub(r"<[^>]*>", "", page.split("<main")[1]).replace("review_keys", "")
        assert "desk_" not in re.sub(r"<[^>]*>", "", page.split("<main")[1])


def test_a_picture_of_a_camera_that_the_map_hides_is_for_reviewers_alone(desk: ScriptedDesk) -> None:
    pictures = ScriptedPictures()
    for camera, status in ((seen(desk), 200), ("c-hidden", 404)):
        picture = pictures.put(camera, facade(160, 90, seed=status), state=PictureState.LOOKED)
        with browser(desk, role=Role.READER, pictures=pictures) as reader:
            assert reader.get(f"/pictures/{picture}.jpg?camera={camera}").status_code == status


def _badge(word: str) -> str:
    return f'<span class="badge decided">{words("en")(word)}</span>'


@pytest.mark.parametrize(
    ("answer", "badge"),
    [("confirm", "badge_confirmed"), ("follow-up", "badge_follow_up"), ("gone", "badge_gone")],
)
def test_what_was_decided_stands_on_the_page_the_panel_and_in_the_list(
    desk: ScriptedDesk, answer: str, badge: str
) -> None:
    camera = seen(desk)
    with browser(desk) as ada, browser(desk, role=Role.READER) as reader:
        assert _badge(badge) not in ada.get("/cameras").text
        ada.post("/review/decide", data={"answer": answer, "camera": camera})
        for one in (ada, reader):
            assert _badge(badge) in one.get("/cameras").text
            assert _badge(badge) in one.get(f"/cameras/{camera}").text
            assert _badge(badge) in one.get(f"/cameras/{camera}", headers={"hx-request": "true"}).text
        page = ada.get(f"/cameras/{camera}").text
        assert "data-primary" not in page, "nothing is pressed by Enter where people have decided"
        assert ('value="confirm"' in page) == (answer != "confirm")


@pytest.mark.parametrize(("answer", "badge"), [("reject", "badge_rejected"), ("private", "badge_private")])
def test_what_no_map_shows_has_its_page_for_reviewers_alone(desk: ScriptedDesk, answer: str, badge: str) -> None:
    camera = seen(desk)
    map_without = ScriptedMap()
    with TestClient(signed_in_app(map_without, desk), base_url=HERE, headers={"origin": HERE}) as ada:
        ada.post("/review/decide", data={"answer": answer, "camera": camera, "back": camera})
        page = ada.get(f"/cameras/{camera}?done={answer}&n=1")
        assert page.status_code == 200
        assert _badge(badge) in page.text
        assert ada.get("/cameras/c-none").status_code == 404
    with TestClient(signed_in_app(map_without, desk, role=Role.READER), base_url=HERE) as reader:
        assert reader.get(f"/cameras/{camera}").status_code == 404
    with browser(desk, role=Role.READER) as reader:  # were it ever on a map
        assert _badge(badge) not in reader.get("/cameras").text


def test_an_empty_hub_says_what_leads_to_the_first_sightings() -> None:
    say = words("en")
    for role, link in ((Role.OPERATOR, True), (Role.REVIEWER, False)):
        app = signed_in_app(ScriptedMap(), ScriptedDesk(), role=role)
        with TestClient(app, base_url=HERE) as ada:
            main = ada.get("/review").text.partition("<main")[2]
            assert say("review_empty_why") in main
            assert say("review_none_why") not in main
            assert ('href="/hub"' in main) == link


def test_undo_and_redo_count_what_is_shown(desk: ScriptedDesk) -> None:
    script = {"hx-request": "true"}
    with browser(desk) as ada:
        page = ada.get("/review").text
        while 'data-asked="all"' not in page:
            ada.post("/review/decide", data={"answer": "skip", "question": question_of(page)})
            page = ada.get("/review").text
        place = re.search(r"Question \d+ of \d+", page)
        assert place
        listed = re.findall(r'name="listed" value="([^"]*)"', page)
        after = ada.post("/review/decide", data={"answer": "confirm", "camera": listed}, headers=script).text
        counted = re.search(r"Question \d+ of \d+", after)
        assert counted
        undone = ada.post("/review/undo", data={}, headers=script).text
        assert f"Taken back for {len(listed)} cameras." in undone
        assert f"Are all {len(listed)} of these cameras?" in undone
        assert place[0] in undone
        redone = ada.post("/review/redo", data={}, headers=script).text
        assert f"Done again for {len(listed)} cameras." in redone
        assert counted[0] in redone, "it is answered again"
        ada.post("/review/undo", data={}, headers=script)
        ada.post("/review/decide", data={"answer": "note", "camera": listed[:1], "text": "by the door"})
        assert place[0] in ada.post("/review/undo", data={}, headers=script).text, "a note was no answer"


def test_what_several_rest_on_is_said_as_it_is(desk: ScriptedDesk) -> None:
    with browser(desk) as ada:
        page = ada.get("/review").text
        while 'data-asked="all"' not in page:
            ada.post("/review/decide", data={"answer": "skip", "question": question_of(page)})
            page = ada.get("/review").text
        assert "said that it shows a camera. Look at each picture" in page
        heading = re.search(r'id="why-title">([^<]*)<', ada.get(f"/cameras/{seen(desk)}/review").text)
        assert heading
        assert heading[1] == "What it rests on"


def test_pairs_that_are_probably_the_same_are_answered_at_once_but_for_those_taken_out() -> None:
    town = Town()
    town.unsure, town.percent = list(town.third), 85
    desk = ScriptedDesk(*photographed(town.cameras()).values())
    with browser(desk) as ada:
        page = ada.get("/review").text
        assert question_of(page).startswith("all-same-")
        assert words("en")("review_ask_all_same", n=2) in page
        named = re.findall(r'name="sighting" value="([^"]*)"', page)
        cameras = re.findall(r'name="camera" value="([^"]*)"', page)
        assert sorted(named) == sorted(one.id for one in town.third)
        form = {"answer": "as-is", "camera": cameras, "listed": named, "question": question_of(page), "seen": "0"}
        refused = ada.post("/review/decide", data=form)
        assert refused.status_code == 400, "none was chosen"
        assert desk.log == []
        ada.post("/review/decide", data={**form, "sighting": named[:1]})
        kinds = [(str(one.what.kind), named[0] in one.what.sightings) for one in desk.log]
        assert kinds == [("same", True), ("confirm", True)]
        assert all(named[1] not in one.what.sightings for one in desk.log)
        ada.post("/review/undo", data={})
        ada.post("/review/decide", data={**form, "answer": "skip"})
        assert question_of(ada.get("/review").text).startswith("same-"), "what was taken out is asked alone"
