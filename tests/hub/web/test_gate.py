"""The gate: who is let in, how they came, and that nobody stays in longer than they may."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from hub.log.people import Role
from hub.people.accounts import IDLE_S, LASTS_S
from hub.people.passwords import hash_password
from hub.web.app import make_app
from hub.web.gate import Gated, OpenGate, require_gated
from hub.web.pages.sign_in import own_path
from hub.web.way import Ways
from tests.hub.web.inhabited import OWN, PASSWORD, ROLES, Inhabited
from tests.hub.web.scripted import ScriptedMap

SAID = (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"x-forwarded-proto", b"host")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Inhabited]:
    inhabited = Inhabited(tmp_path)
    yield inhabited
    inhabited.close()


def test_a_route_that_says_nothing_of_its_role_ends_the_page_before_it_begins() -> None:
    with pytest.raises(TypeError, match=r"/secret.*Gated"):
        require_gated([Route("/secret", lambda _: PlainTextResponse("x"))])

    class Careless:
        def routes(self, _html: object) -> list[Route]:
            return [Route("/secret", lambda _: PlainTextResponse("x"))]

    with pytest.raises(TypeError, match="/secret"):
        make_app(ScriptedMap(), gate=OpenGate(Role.ADMIN), parts=[Careless()])  # type: ignore[list-item]


def test_a_stranger_gets_the_form_and_a_script_a_sentence(hub: Inhabited) -> None:
    stranger = hub.stranger()
    page = stranger.get("/cameras?sort=nearest")
    assert page.status_code == 401
    assert 'name="next" value="/cameras?sort=nearest"' in page.text
    assert 'id="count"' not in page.text, "how much there is, a stranger is not told"
    assert stranger.get("/api/status").json() == {"error": page_sentence("signed_out")}
    assert stranger.get("/cameras", headers={"hx-request": "true"}).headers["content-type"] == "application/json"
    assert stranger.get("/nothing").status_code == 404
    assert stranger.get("/static/page.css").status_code == 200


def page_sentence(key: str) -> str:
    from hub.web.words import words

    return words("en")(key)


def test_too_low_a_role_is_told_so(hub: Inhabited) -> None:
    page = hub.browser(Role.OPERATOR).get("/people")
    assert page.status_code == 403
    assert page_sentence("role_low") in page.text
    assert hub.browser(Role.ADMIN).get("/people").status_code == 200


def test_a_session_ends_when_it_is_idle_and_in_any_case(hub: Inhabited) -> None:
    browser = hub.browser(Role.READER)
    hub.clock.now_s += IDLE_S - 1
    assert browser.get("/cameras").status_code == 200
    hub.clock.now_s += IDLE_S - 1
    assert browser.get("/cameras").status_code == 200, "used meanwhile"
    hub.clock.now_s += IDLE_S
    assert browser.get("/cameras").status_code == 401
    browser = hub.browser(Role.READER)
    for _ in range(int(LASTS_S // (IDLE_S / 2)) - 1):
        hub.clock.now_s += IDLE_S / 2
        assert browser.get("/api/status").status_code == 200
    hub.clock.now_s += IDLE_S / 2
    assert browser.get("/api/status").status_code == 401


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(hub: Inhabited) -> None:
    browser, other = hub.browser(Role.ADMIN), hub.browser(Role.ADMIN)
    thief = hub.stranger()
    thief.cookies = browser.cookies
    assert thief.get("/people").status_code == 200
    done = browser.post("/sign-out")
    assert done.headers["location"] == "/sign-in"
    assert re.search(r'contrechamp-8787=""; .*Max-Age=0', done.headers["set-cookie"])
    assert thief.get("/people").status_code == 401
    assert other.get("/people").status_code == 200
    assert other.post("/sign-out", data={"everywhere": "yes"}).status_code == 303
    assert other.get("/people").status_code == 401


def test_of_a_session_the_store_has_a_hash_alone(hub: Inhabited, tmp_path: Path) -> None:
    browser = hub.browser(Role.ADMIN)
    (token,) = browser.cookies.values()
    hub.accounts.invite(hub.people[Role.READER].number)
    hub.store.people.set_password(hub.people[Role.READER].number, hash_password(PASSWORD))
    octets = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert token.encode() not in octets
    assert PASSWORD.encode() not in octets
    assert b"$argon2id$v=19$m=32768,t=2,p=1$" in octets


def test_another_role_and_a_closed_account_count_at_once(hub: Inhabited, tmp_path: Path) -> None:
    from contextlib import closing

    from hub.store.sqlite.log import SqliteStore

    browser, number = hub.browser(Role.OPERATOR), hub.people[Role.OPERATOR].number
    assert browser.get("/cameras").status_code == 200
    with closing(SqliteStore(tmp_path)) as elsewhere:
        elsewhere.people.set_role(number, Role.ADMIN)
        assert browser.get("/people").status_code == 200
        elsewhere.people.set_role(number, Role.READER)
        assert browser.get("/people").status_code == 403
        elsewhere.people.close(number)
        assert browser.get("/cameras").status_code == 401
    assert hub.sign_in(hub.stranger(), "Operator").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:8787"},
        {"sec-fetch-site": "none"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://127.0.0.1:8787.evil.example"},
    ],
)
def test_what_another_page_sends_changes_nothing(hub: Inhabited, headers: dict[str, str]) -> None:
    browser = hub.browser(Role.ADMIN)
    del browser.headers["sec-fetch-site"]
    routes = [one for one in hub.app.routes if isinstance(one, Gated) and one.methods and "POST" in one.methods]
    assert len(routes) > 8
    for route in routes:
        path = re.sub(r"\{number:int\}", str(hub.people[Role.READER].number), route.path)
        path = path.replace("{picture_id}", "0" * 64).replace("{action}", "close")
        answer = browser.post(path, headers=headers, data={"name": "Eve", "role": "admin", "everywhere": "yes"})
        assert answer.status_code == 403, path
        assert page_sentence("form_foreign").split(",")[0] in html.unescape(answer.text)
    people = hub.store.people.people()
    assert [one.name for one in people] == [role.name.title() for role in ROLES]
    assert not any(one.closed for one in people)
    assert browser.get("/people").status_code == 200, "nor was anybody signed out"


def test_a_name_of_another_page_that_leads_here_gets_nothing(hub: Inhabited) -> None:
    browser = hub.browser(Role.ADMIN)
    assert browser.get("/cameras", headers={"host": "evil.example:8787"}).status_code == 400
    assert browser.post("/sign-in", headers={"host": "evil.example:8787"}).status_code == 400


def test_the_cookie_is_kept_from_scripts_and_from_other_pages(hub: Inhabited) -> None:
    said = hub.sign_in(hub.stranger(), "reader").headers["set-cookie"]
    assert re.fullmatch(r"contrechamp-8787=[\w-]{43}; HttpOnly; Max-Age=604800; Path=/; SameSite=strict", said), said
    assert hub.browser(Role.READER).get("/account").headers["cache-control"] == "no-store"


def test_whoever_signs_in_gets_a_session_that_nobody_chose(hub: Inhabited) -> None:
    browser, fixed = hub.stranger(), "A" * 43
    browser.cookies.set("contrechamp-8787", fixed)
    hub.sign_in(browser, "Admin")
    mine = hub.accounts.begin(hub.people[Role.READER], "link")
    thief = hub.stranger()
    thief.cookies.set("contrechamp-8787", fixed)
    assert thief.get("/cameras").status_code == 401
    # Also where the browser came with somebody's real session, that one is over.
    browser = hub.stranger()
    browser.cookies.set("contrechamp-8787", mine)
    hub.sign_in(browser, "Admin")
    thief.cookies.set("contrechamp-8787", mine)
    assert thief.get("/cameras").status_code == 401


def test_a_stream_ends_once_its_reader_is_signed_out(hub: Inhabited, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.web.gate.LOOK_AGAIN_S", -1.0)
    monkeypatch.setattr("hub.web.stream.KEEPALIVE_S", 0.01)
    browser = hub.browser(Role.READER)
    hub.store.people.set_role(hub.people[Role.READER].number, Role.READER)

    # The test client gathers a whole answer: this one comes to its end only where the gate ends it.
    import threading

    ended = threading.Event()

    def read() -> None:
        browser.get("/api/events")
        ended.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    hub.store.people.end_sessions(hub.people[Role.READER].number)
    assert ended.wait(60)
    reader.join()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(path=st.text(max_size=40) | st.sampled_from(["//evil.example", "/\\evil.example", "https:/x", "/\t/evil", "/a"]))
def test_nobody_is_led_elsewhere_after_signing_in(path: str) -> None:
    led = own_path(path)
    assert led.startswith("/")
    assert not led.startswith(("//", "/\\"))
    assert led.isprintable()


def test_no_cookie_however_odd_lets_anybody_in(hub: Inhabited) -> None:
    for cookie in ("", "A" * 43, "A" * 5000, "é" * 43, "\x00" * 43, "' OR 1=1 --".ljust(43)):
        headers = [(b"host", b"127.0.0.1:8787"), (b"cookie", b"contrechamp-8787=" + cookie.encode())]
        assert hub.stranger().get("/cameras", headers=headers).status_code == 401


@given(
    st.lists(
        st.tuples(
            st.sampled_from([b"x-forwarded-for", b"forwarded", b"x-real-ip", b"x-forwarded-proto", b"host"]),
            st.binary(max_size=60),
        )
    )
)
def test_a_way_is_found_for_whatever_a_proxy_says(headers: list[tuple[bytes, bytes]]) -> None:
    for client, proxies in ((("127.0.0.1", 1), ("127.0.0.1",)), (("127.0.0.1", 1), ()), (None, ())):
        scope = {"type": "http", "headers": headers, "client": client, "scheme": "http", "http_version": "1.1"}
        way = Ways(proxies).of(Request(scope))
        assert way.problem in (None, "forwarded", "proxied", "plain", "name")


def test_the_app_of_an_open_gate_says_what_a_stranger_may_see() -> None:
    with TestClient(make_app(ScriptedMap(), gate=OpenGate(Role.STRANGER)), base_url="http://localhost") as browser:
        assert browser.get("/", headers=OWN).status_code == 401
