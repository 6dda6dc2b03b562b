"""Whoever has only a phone: each first page leads to where photos are brought, and that page says how."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from hub.log.people import Role
from hub.service import RunningHub
from hub.web.words import LANGUAGES, words
from tests.hub.publish.cameras import camera
from tests.hub.web import access
from tests.hub.web.bringing import bringing
from tests.hub.web.test_access import browser_of
from tests.hub.web.test_shared import Hub

STEPS = ("upload_phone", "upload_phone_place", "upload_phone_take", "upload_phone_bring")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = Hub(tmp_path)
    with made.browser:
        yield made
    made.store.close()


@pytest.fixture(scope="module")
def running() -> Iterator[RunningHub]:
    with access.running_hub() as running:
        yield running


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_for_adding_says_what_a_phone_alone_can_do(tmp_path: Path, lang: str) -> None:
    say = words(lang)
    with bringing(tmp_path, Role.REVIEWER) as at:
        page = unescape(at.client.get("/add", headers={"accept-language": lang}).text.split('id="adding-words"')[0])
        for step in STEPS:
            assert f">{say(step)}<" in page, step
        for first in ("/", "/cameras"):
            page = at.client.get(first, headers={"accept-language": lang}).text
            assert f'<a href="/add">{say("upload_phone_first")}</a>' in page, first


def test_a_reader_is_not_led_where_only_reviewers_may_go(tmp_path: Path) -> None:
    with bringing(tmp_path, Role.READER) as at:
        for first in ("/", "/cameras"):
            assert 'href="/add"' not in at.client.get(first).text, first


@pytest.mark.parametrize(("lang", "fictional"), [("en", False), ("fr", False), ("en", True)])
def test_the_shared_map_leads_there_unless_its_town_is_fictional(hub: Hub, lang: str, fictional: bool) -> None:
    hub.has(camera(composed=fictional), days=4)
    hub.open()
    page = hub.browser.get("/shared", headers={"accept-language": lang}).text
    assert (f'<a href="/add">{words(lang)("shared_help")}</a>' in page) is not fictional


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_is_led_there_without_an_account_learns_whom_to_ask(running: RunningHub, lang: str) -> None:
    stranger = browser_of(running, Role.STRANGER)
    told = words(lang)("upload_sign_in")
    assert told in stranger.get("/add", headers={"accept-language": lang}).text
    assert told not in stranger.get("/cameras", headers={"accept-language": lang}).text
