"""Accounts in a real Chromium: the first link, passkeys by a virtual authenticator, signing out."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.log.people import Role
from hub.web.serve import WebServer
from tests.browser import Watch
from tests.hub.web.inhabited import PASSWORD, Inhabited

pytestmark = pytest.mark.browser
OTHER = "nine blue lanterns by a river"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Inhabited]:
    inhabited = Inhabited(tmp_path)
    yield inhabited
    inhabited.close()


@pytest.fixture
def server(hub: Inhabited) -> Iterator[WebServer]:
    server = WebServer(hub.app, "127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


def at(server: WebServer, path: str) -> str:
    """A path by the name localhost: there are no passkeys for an address."""
    return f"http://localhost:{server.port}{path}"


def authenticator(page: Any) -> Any:
    """A device that keeps passkeys and knows its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def sign_in(page: Any, server: WebServer, name: str) -> None:
    page.goto(at(server, "/account"))
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("#sessions")


def test_the_first_link_leads_to_an_account_and_is_gone_from_the_address(tmp_path: Path, watch: Watch) -> None:
    hub = Inhabited(tmp_path, people=False)
    server = WebServer(hub.app, "127.0.0.1", 0)
    server.start()
    try:
        _come_first(hub, server, watch)
    finally:
        server.stop()
        hub.close()


def _come_first(hub: Inhabited, server: WebServer, watch: Watch) -> None:
    token = hub.accounts.invite(0)
    asked: list[str] = []
    with watch() as watched:
        page = watched.page
        page.on("request", lambda request: asked.append(request.url + (request.headers.get("referer") or "")))
        page.goto(at(server, f"/welcome#{token}"))
        page.wait_for_selector("input[name=password]")
        assert page.url == at(server, "/welcome")
        proposal = page.inner_text(".proposal")
        assert re.fullmatch(r"[a-z]+( [a-z]+){5}", proposal)
        page.fill("input[name=name]", "Anna")
        page.fill("input[name=password]", proposal)
        page.click("button[value=password]")
        page.wait_for_url(at(server, "/"))
        assert page.inner_text("a.own") == "Anna"
        assert not any(token in one for one in asked), "the token is in no address and no referrer"
        watched.loaded()
        watched.clean()
        page.go_back()
        page.go_back()
        assert token not in page.url


def test_a_passkey_is_added_and_signs_in_and_a_removed_one_does_not(
    hub: Inhabited, server: WebServer, watch: Watch
) -> None:
    with watch() as watched:
        page = watched.page
        authenticator(page)
        sign_in(page, server, "Reviewer")
        page.fill("input[name=label]", "My phone")
        page.click("form[data-passkey] button")
        page.wait_for_selector(".right")
        assert "My phone" in page.inner_text("section[aria-labelledby=passkeys]")
        (key,) = hub.store.people.passkeys(hub.people[Role.REVIEWER].number)
        page.click("form[action='/sign-out'] button >> nth=0")
        page.wait_for_selector("form[data-passkey=sign-in]")
        page.goto(at(server, "/account"))
        page.click("form[data-passkey] button")
        page.wait_for_selector("#sessions")
        assert page.inner_text("h1") == "Reviewer"
        (used,) = hub.store.people.passkeys(hub.people[Role.REVIEWER].number)
        assert used.counter > key.counter
        page.click("form[action='/account/passkeys/remove'] button")
        page.wait_for_function("() => !document.querySelector('form[action=\"/account/passkeys/remove\"]')")
        page.click("form[action='/sign-out'] button >> nth=0")
        page.wait_for_selector("form[data-passkey=sign-in]")
        page.click("form[data-passkey] button")
        page.wait_for_selector("form[data-passkey] .wrong:not([hidden])")
        assert "does not know this passkey" in page.inner_text("form[data-passkey] .wrong")
        watched.complaints = [one for one in watched.complaints if "40" not in one]  # it tells of the 401 and the 403
        watched.clean()


def test_what_a_passkey_said_once_lets_nobody_in_again_nor_elsewhere(
    hub: Inhabited, server: WebServer, watch: Watch
) -> None:
    said: list[str] = []
    with watch() as watched:
        page = watched.page
        authenticator(page)
        sign_in(page, server, "Admin")
        page.click("form[data-passkey] button")
        page.wait_for_selector(".right")
        page.click("form[action='/sign-out'] button >> nth=0")
        page.wait_for_selector("form[data-passkey=sign-in]")
        page.on("request", lambda request: said.append(request.post_data or "") if request.method == "POST" else None)
        page.click("form[data-passkey] button")
        page.wait_for_url(at(server, "/"))
    answer = next(one for one in said if "answer=" in one)
    thief = hub.stranger()
    thief.base_url = at(server, "")
    kind = {"content-type": "application/x-www-form-urlencoded"}
    again = thief.post("/sign-in/passkey", content=answer, headers=kind)
    assert again.status_code == 403
    assert "too long" in again.json()["problem"]
    hub.app.state.gate.accounts.store.end_sessions(hub.people[Role.ADMIN].number)
    assert thief.get("/account").status_code == 401


def test_by_an_address_no_passkey_is_offered_and_the_page_says_why(server: WebServer, watch: Watch) -> None:
    with watch(width=360, height=640, locale="fr-FR") as watched:
        page = watched.page
        page.goto(f"http://127.0.0.1:{server.port}/sign-in")
        assert page.locator("form[data-passkey]").count() == 0
        assert "Pas de clé d’accès ici" in page.inner_text("main")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        watched.clean()


def test_a_map_that_is_open_shows_the_form_once_its_reader_is_signed_out(
    hub: Inhabited, server: WebServer, watch: Watch
) -> None:
    with watch() as watched:
        page = watched.page
        sign_in(page, server, "Reader")
        page.goto(at(server, "/"))
        watched.loaded()
        page.wait_for_selector("#status.is-live")
        hub.store.people.end_sessions(hub.people[Role.READER].number)
        hub.app.state.end_streams()  # as after a cut: the browser asks again by itself
        page.wait_for_selector("form[action='/sign-in']", timeout=90_000)
        assert watched.left == []
