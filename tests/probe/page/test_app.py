"""The page's answers: nothing of a walk without the secret, nothing to other names and origins, nothing is kept."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from probe.errors import BadInput
from probe.page.app import make_app
from probe.page.gate import FREE_GUESSES, Gate
from probe.page.posted import MAX_BODY
from probe.page.stranger import QUESTIONS
from probe.page.watching import Watching
from probe.session.view import Note, WalkView
from tests.probe.page.scripted import LAT, LON, ScriptedWalker

CODE = "album banjo cactus"
ORIGIN = {"origin": "http://testserver"}
PATHS = (
    "/view",
    "/track",
    f"/streets?west={LON}&south={LAT}&east={LON + 0.01}&north={LAT + 0.01}",
    "/preview",
    "/picture/1",
    "/signs",
)
ACTS: dict[str, dict[str, Any]] = {
    "photo": {"words": ["dome"]},
    "pin": {"words": ["pole"]},
    "choose": {"words": []},
    "retag": {"number": 1, "words": ["wall"]},
    "undo": {"number": 1},
    "follow": {"key": "aa"},
    "pause": {"on": True},
    "calibrate": {"on": True},
    "selftest": {},
    "end": {},
    "forget": {},
}


class World:
    """A page, whoever asks it, and the walk behind it."""

    def __init__(self) -> None:
        self.walker = ScriptedWalker()
        self.walker.walk_on()
        self.seen = 0
        watching = Watching(self.walker, hold_s=0.05, linger_s=0.0)
        app = make_app(self.walker, Gate(CODE), seen=self._see, names=frozenset({"kit.example"}), watching=watching)
        self.client = TestClient(app, raise_server_exceptions=False)
        self.end = app.state.end

    def _see(self, _request: object) -> None:
        self.seen += 1

    def sign_in(self, code: str = CODE, **headers: str) -> Any:
        return self.client.post("/sign-in", json={"code": code}, headers={**ORIGIN, **headers})

    def signed(self) -> dict[str, str]:
        return {**ORIGIN, "authorization": f"Bearer {self.sign_in().json()['token']}"}


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    with world.client:
        yield world
    world.end()


def test_without_the_secret_there_is_an_empty_shell_and_nothing_of_the_walk(world: World) -> None:
    shell = world.client.get("/", headers={"accept-language": "fr"})
    assert shell.status_code == 200
    assert '<html lang="fr">' in shell.text
    assert world.client.get("/words/fr").json()["page-undo"] == "Annuler"
    for path in PATHS:
        for headers in ({}, {"authorization": "Bearer x"}, {"authorization": "Basic YTpi"}):
            assert world.client.get(path, headers=headers).status_code == 401, path
    for name, body in ACTS.items():
        assert world.client.post(f"/do/{name}", json=body, headers=ORIGIN).status_code == 401, name
    assert world.walker.asked == []
    assert world.seen == 0


def test_with_it_each_thing_reaches_the_walk(world: World) -> None:
    headers = world.signed()
    view = world.client.get("/view?after=-1", headers=headers)
    assert msgspec.json.decode(view.content, type=WalkView) == world.walker.view()
    assert world.client.get(f"/view?after={view.json()['serial']}", headers=headers).status_code == 204
    assert world.client.get("/track?after=2", headers=headers).json()["after"] == 12
    assert world.client.get(PATHS[2], headers=headers).json()["ways"]
    for name, body in ACTS.items():
        answer = world.client.post(f"/do/{name}", json=body, headers=headers)
        assert answer.status_code == 200, (name, answer.text)
    assert [asked[0] for asked in world.walker.asked if asked[0] != "streets"] == list(ACTS)
    assert world.client.get("/preview", headers=headers).headers["content-type"] == "image/jpeg"
    assert world.seen > len(ACTS)


def test_a_picture_is_there_until_it_is_undone(world: World) -> None:
    headers = world.signed()
    number = world.client.post("/do/photo", json={}, headers=headers).json()["number"]
    assert world.client.get(f"/picture/{number}", headers=headers).content.startswith(b"\xff\xd8")
    world.client.post("/do/undo", json={}, headers=headers)
    assert world.client.get(f"/picture/{number}", headers=headers).status_code == 409


def test_a_refusal_is_told_in_its_sentence_or_by_its_note(world: World) -> None:
    headers = world.signed()
    world.walker.broken = BadInput("the camera is busy")
    assert world.client.post("/do/photo", json={}, headers=headers).json() == {"detail": "the camera is busy"}
    world.walker.broken.note = Note(code="camera-busy")  # type: ignore[attr-defined]
    answer = world.client.post("/do/photo", json={}, headers=headers)
    assert (answer.status_code, answer.json()) == (409, {"note": {"code": "camera-busy"}})


def test_a_fault_behind_it_is_no_ones_answer(world: World) -> None:
    headers = world.signed()
    world.walker.broken = RuntimeError("a secret path")
    answer = world.client.post("/do/photo", json={}, headers=headers)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    world.walker.broken = None
    assert world.client.post("/do/photo", json={}, headers=headers).status_code == 200


def test_wrong_codes_are_counted_for_all_together(world: World) -> None:
    answers = [world.sign_in(f"wrong {number}") for number in range(FREE_GUESSES + 1)]
    assert [one.status_code for one in answers] == [403] * (FREE_GUESSES - 1) + [429] * 2
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert world.sign_in().status_code == 429


def test_nothing_is_kept_and_nothing_else_may_be_loaded(world: World) -> None:
    headers = world.signed()
    for path in ("/", "/main.js", "/words/en", "/view", "/nowhere", "/generate_204"):
        answer = world.client.get(path, headers=headers)
        assert answer.headers["cache-control"] == "no-store", path
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "name", ["evil.example", "evil.example:80", "", "testserver.evil.example", "127.0.0.1", "[::1]"]
)
def test_another_name_is_led_to_the_page_and_reads_nothing(world: World, name: str) -> None:
    for path in ("/", "/view", "/generate_204"):
        answer = world.client.get(path, headers={**world.signed(), "host": name})
        assert answer.status_code == 404
        assert '<a href="http://testserver/">' in answer.text
        assert "evil" not in answer.text


def test_a_name_that_was_given_is_the_pages_own(world: World) -> None:
    assert world.client.get("/", headers={"host": "Kit.Example:80"}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://testserver", ""])
def test_another_origin_does_nothing_and_reads_nothing(world: World, origin: str) -> None:
    headers = {**world.signed(), "origin": origin}
    assert world.client.post("/do/end", json={}, headers=headers).status_code == 403
    assert world.client.get("/view", headers=headers).status_code == 403
    assert world.sign_in(CODE, origin=origin).status_code == 403
    without = {name: value for name, value in headers.items() if name != "origin"}
    assert world.client.post("/do/end", json={}, headers=without).status_code == 403
    assert world.client.get("/view", headers={**without, "sec-fetch-site": "cross-site"}).status_code == 403
    assert ("end",) not in world.walker.asked


@pytest.mark.parametrize("path", sorted(QUESTIONS))
def test_a_phones_question_is_never_told_that_there_is_internet(world: World, path: str) -> None:
    answer = world.client.get(path)
    assert answer.status_code == 404
    assert "no internet" in answer.text
    assert "pas d’internet" in answer.text
    assert "Success" not in answer.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"words": "dome"}', "application/json"),
        (b'{"words": [1]}', "application/json"),
        (b'{"words": [], "more": 1}', "application/json"),
        (json.dumps({"words": ["x" * 81]}).encode(), "application/json"),
        (json.dumps({"words": ["x"] * 17}).encode(), "application/json"),
        (b'{"words": []' + b" " * MAX_BODY + b"}", "application/json"),
        (b'{"words": ["\xff"]}', "application/json"),
        (b"words=dome", "application/x-www-form-urlencoded"),
        (b'{"words": []}', "text/plain"),
    ],
)
def test_a_body_that_is_not_what_it_should_be_reaches_nobody(world: World, body: bytes, kind: str) -> None:
    answer = world.client.post("/do/photo", content=body, headers={**world.signed(), "content-type": kind})
    assert answer.status_code == 409
    assert world.walker.asked == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "west=1",
        "west=nan&south=1&east=1&north=1",
        "west=0&south=0&east=9&north=9",
        "west=2&south=0&east=1&north=1",
        "west=x&south=0&east=1&north=1",
        "west=inf&south=0&east=1&north=1",
    ],
)
def test_a_box_that_is_none_asks_for_no_streets(world: World, query: str) -> None:
    assert world.client.get(f"/streets?{query}", headers=world.signed()).status_code == 409
    assert world.walker.asked == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=150)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]),
    path=st.one_of(
        st.sampled_from(
            [
                "/",
                "/view",
                "/track",
                "/streets",
                "/preview",
                "/picture/1",
                "/sign-in",
                "/words/en",
                *(f"/do/{name}" for name in ACTS),
            ]
        ),
        st.text(
            alphabet=st.characters(codec="ascii", min_codepoint=33, max_codepoint=126, exclude_characters="#?"),
            max_size=60,
        ).map(lambda text: f"/{text}"),
    ),
    query=st.text(alphabet="after=-0123456789&westouhnrd.%", max_size=30),
    body=st.one_of(st.binary(max_size=200), _JSON.map(lambda value: json.dumps(value).encode())),
    signed=st.booleans(),
)
def test_no_request_brings_a_fault(method: str, path: str, query: str, body: bytes, signed: bool) -> None:
    world = SHARED
    headers = {**ORIGIN, "content-type": "application/json", **(SIGNED if signed else {})}
    answer = world.client.request(method, f"http://testserver{path}?{query}", content=body, headers=headers)
    assert answer.status_code < 500, (method, path, query, body, answer.text)
    assert answer.headers["cache-control"] == "no-store"


SHARED = World()
SIGNED = {"authorization": f"Bearer {SHARED.sign_in().json()['token']}"}
