"""Whatever is sent to the operator's forms: a sentence and no fault, nothing lost, nothing written elsewhere."""

import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from hub.log.people import Role
from hub.web.forms import FORM_TYPE, MAX_FIELDS, MAX_FORM_BYTES
from hub.web.pages.operator import arrivals
from hub.web.work import State
from tests.examples import look
from tests.hub.web.operated import Operated, filled, operated, send

NAMES = (
    "name",
    "stick",
    "lost_on",
    "decision",
    "newest",
    "passphrase",
    "repeated",
    "where",
    "folder",
    "day",
    "lost",
    "camera",
    "number",
    "then",
)
BAD = (
    "",
    "\0",
    "../../etc/passwd",
    "/nowhere/at all",
    "/dev/null",
    "/proc/self/mem",
    "file:///etc",
    "<img src=x onerror=alert(1)>",
    "{{7*1911}}{n:a|b}",
    "'; DROP TABLE sighting; --",
    "=cmd|' /C calc'!A0",
    "\u202eevil",
    "x" * 5000,
    "9" * 400,
    "-1",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "2026-05-09T00:00",
    "import-1\n",
    "import-99999999999999999999",
    "walk-",
    "import-²",
    "(forgotten)",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    with operated(tmp_path_factory.mktemp("hostile") / "hub") as world:
        yield filled(world)


@pytest.fixture(scope="module")
def browser(world: Operated) -> TestClient:
    return world.browser()


def forms(world: Operated) -> list[str]:
    """Where a form is taken, from the routes themselves."""
    paths = [route.path for route in world.pages().routes(lambda *_, **__: None) if "POST" in (route.methods or ())]  # type: ignore[arg-type]
    assert len(paths) > 10
    return [path for path in paths if "{" not in path]


def standing(world: Operated) -> tuple[object, ...]:
    store, registry = world.folder.store, world.folder.registry
    return store.counts(), store.imports(), registry.probes(), [one.name for one in registry.enrolments(0)]


def harmless(world: Operated, path: str) -> bool:
    """Whether a form does what it does without any field: then nothing is to be said against it."""
    return path in ("/hub/upkeep/rebuild", "/hub/upkeep/forget")


def post(browser: TestClient, path: str, body: bytes, kind: str = FORM_TYPE) -> int:
    answer = browser.post(path, content=body, headers={"content-type": kind}, follow_redirects=False)
    if answer.status_code == 303:
        assert answer.headers["location"].startswith("/hub")
    else:
        assert "{{7*1911}}" not in answer.text or "13377" not in answer.text
        assert "<img src=x" not in answer.text
        assert 'role="alert"' in answer.text, "one sentence says why"
    return answer.status_code


def test_no_form_takes_what_is_no_form(world: Operated, browser: TestClient) -> None:
    before = standing(world)
    for path in forms(world):
        for body, kind in (
            (b"{}", "application/json"),
            (b"name=x", "text/plain"),
            (b"--x", "multipart/form-data; boundary=x"),
            (b"name", FORM_TYPE),
            (b"name=%ff", FORM_TYPE),
            (b"\xff\xfe", FORM_TYPE),
            (b"name=a&name=b", FORM_TYPE),
            (b"x=" + b"a" * MAX_FORM_BYTES, FORM_TYPE),
            (b"&".join(b"f%d=1" % n for n in range(MAX_FIELDS + 1)), FORM_TYPE),
        ):
            assert post(browser, path, body, kind) == 400, (path, body[:20])
    assert standing(world) == before


def test_each_field_of_each_form_takes_no_nonsense(
    world: Operated, browser: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    before = standing(world)
    for path in forms(world):
        if harmless(world, path):
            continue
        for bad in BAD:
            if path == "/hub/probes/invite" and bad.strip() and len(bad) <= 60 and bad.isprintable():
                continue  # a name like any other: a probe may be called so
            status = post(browser, path, urlencode(dict.fromkeys(NAMES, bad)).encode())
            assert status == 400, (path, bad)
    assert standing(world) == before
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


@given(data=st.data())
def test_a_form_of_anything_breaks_nothing(world: Operated, browser: TestClient, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([path for path in forms(world) if not harmless(world, path)]))
    text = st.one_of(st.sampled_from(BAD), st.text(max_size=40))
    fields = data.draw(st.dictionaries(st.sampled_from((*NAMES, "x")), text, max_size=6))
    fields.pop("newest", None)
    if path == "/hub/probes/invite":
        fields["stick"] = "nowhere"
    before = standing(world)
    post(browser, path, urlencode(fields, errors="surrogatepass").encode())
    assert standing(world) == before


@given(body=st.binary(max_size=200))
def test_octets_of_any_kind_break_no_form(world: Operated, browser: TestClient, body: bytes) -> None:
    before = standing(world)
    for path in ("/hub/arrivals/undo", "/hub/intake/held", "/hub/copies/backup"):
        assert post(browser, path, body) == 400
    assert standing(world) == before


def test_a_file_that_is_none_of_ours_leaves_nothing(
    world: Operated, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.imported(look(observer=(4000.0, 0.0)), name="../../odd\nname.jsonl".replace("/", "_"))
    number = world.folder.store.imports()[0].number
    send(browser, "/hub/arrivals/undo", name=f"import-{number}")
    before = standing(world)
    for body in (b"", b"\0" * 1000, b"{}\n", b'{"v":1}' * 1000):
        answer = browser.post(f"/hub/arrivals/again/{number}", content=body)
        assert answer.status_code == 400
        assert "another file" in answer.json()["problem"]
    monkeypatch.setattr(arrivals, "MAX_AGAIN_BYTES", 100)
    large = browser.post(f"/hub/arrivals/again/{number}", content=b"x" * 101)
    assert large.status_code == 400
    assert "command line" in large.json()["problem"]
    assert standing(world) == before
    assert not list(world.folder.path.glob("again-*"))


def test_addresses_of_any_kind_are_answered(world: Operated, browser: TestClient) -> None:
    for odd in ("x", "0" * 32, "..%2f..%2fhub.db", "%00", "<b>", "9" * 500):
        for path in (
            f"/work/{odd}",
            f"/hub/work/{odd}",
            f"/hub/work/{odd}/file",
            f"/hub/intake/aside/{odd}",
            f"/hub/copies/cameras.{odd}",
            f"/hub/arrivals?done={odd}",
        ):
            answer = browser.get(path, follow_redirects=False)
            assert answer.status_code in (200, 404), path
            assert "<b></b>" not in answer.text


def test_a_state_says_nothing_of_a_backup_to_who_is_no_admin(tmp_path: Path) -> None:
    with operated(tmp_path / "hub") as world:
        words = "seven words that nobody else would pick"
        send(world.browser(), "/hub/copies/backup", passphrase=words, repeated=words, where="download")
        (job,) = world.work.of_kind("backup")
        job.ended.result(60)
        assert job.state is State.DONE
        for path in (f"/work/{job.id}", f"/hub/work/{job.id}", f"/hub/work/{job.id}/file"):
            assert world.browser(Role.OPERATOR).get(path, follow_redirects=False).status_code == 404
        assert words not in world.browser().get(f"/hub/copies?done={job.id}").text
