"""What comes in at the desk, and the streets of its sketch, may be anything: one sentence, never a crash."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.requests import Request

from hub.web.forms import Refused
from hub.web.posted import Posted, read_posted
from hub.web.sketch import HEIGHT, WIDTH, Ground, draw
from tests.examples import look
from tests.hub.web.scripted import ScriptedMap

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def read(body: bytes, kind: str) -> Posted:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    request = Request({"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}, receive)
    coming = read_posted(request)
    try:
        coming.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise AssertionError("it waited")


@given(st.binary(max_size=300), st.sampled_from([FORM, JSON, "text/plain"]))
@example(b"[" * 100_000, JSON)
@example(b'{"seen":1e999}', JSON)
@example(b"number=%00", FORM)
@example(b"answer=\xff", FORM)
def test_whatever_is_posted_is_read_or_refused(body: bytes, kind: str) -> None:
    try:
        posted = read(body, kind)
    except Refused as refused:
        assert 400 <= refused.status_code < 500
    else:
        assert isinstance(posted.to_answer().answer, str)


def test_a_form_and_json_say_the_same() -> None:
    form = b"answer=same%3Ac-1&camera=c-2&seen=7&back=c-2&value="
    told = {"answer": "same:c-1", "camera": ["c-2"], "seen": 7, "back": "c-2", "value": ""}
    assert read(form, FORM) == read(json.dumps(told).encode(), JSON)
    assert read(form, FORM).to_answer().others == ("c-1",)
    assert read(b"", FORM) == Posted()


_JSON = st.recursive(st.none() | st.floats() | st.text(max_size=5), lambda c: st.lists(c, max_size=3), max_leaves=6)


@given(_JSON, st.sampled_from(["LineString", "Polygon", "Point"]))
def test_a_street_map_that_is_wrong_draws_no_street_and_loses_no_camera(shape: object, kind: str) -> None:
    feature = {"properties": {"layer": "street"}, "geometry": {"type": kind, "coordinates": shape}}
    base = json.dumps({"features": [feature, None, {}]}).encode()
    sketch = draw(ScriptedMap(look()).cameras(), ground=Ground(base))
    assert len(sketch.marks) == 1


@pytest.mark.parametrize("base", [b"", b"{", b"[]", b'{"features":1}', b"\xff"])
def test_no_street_map_is_no_street_map(base: bytes) -> None:
    assert Ground(base).shapes == []


def test_all_that_is_asked_about_is_on_the_sketch() -> None:
    cameras = ScriptedMap(*(look(observer=(x, y)) for x in (0.0, 70.0, 800.0) for y in (0.0, 300.0))).cameras()
    sketch = draw(cameras)
    assert [mark.text for mark in sketch.marks] == ["1", "2", "3", "4", "5", "6"]
    assert all(0 < mark.x < WIDTH and 0 < mark.y < HEIGHT for mark in sketch.marks)
    assert 0 < sketch.bar <= WIDTH / 3
