"""The page's map on a phone: what is proposed is read, and what is pressed stays within a thumb's reach."""

from functools import partial
from os import environ
from typing import TYPE_CHECKING

import pytest

from probe.page import words
from probe.session.view import Note
from tests.browser import WAIT_MS
from tests.probe.page.phone import Opens, opened
from tests.probe.page.scripted import ScriptedWalker

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

SHOTS = environ.get("CONTRECHAMP_SHOTS")  # a folder for pictures of the page, to be looked at
VALUES: dict[str, str | int | float] = {"metres": 1200, "street": "Allée du Président-Franklin-Roosevelt"}


@pytest.fixture
def phone(_chromium: "Browser") -> Opens:
    """Opens a phone that looks at a walk."""
    return partial(opened, _chromium)


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_no_proposal_is_so_long_that_it_lifts_the_buttons_out_of_reach(phone: Opens, locale: str) -> None:
    walker = ScriptedWalker()
    walker.walk_on()
    for number in range(12):
        walker.hear(f"key-{number}")
    known = words.words(locale[:2])
    with phone(walker, locale=locale, shots=SHOTS, name=f"map-{locale[:2]}") as on:
        on.sign_in()
        on.tab("map")
        for code in words.parts()["guide.toml"]:
            walker.stand(metres=1195.0, bearing=300.0, key="key-11", note=Note(code=code, values=VALUES))
            on.sees(words.said(known[code], VALUES).split("1200")[0], "#main, #foot")
            on.fits(code)
            low, high = (on.page.locator(one).bounding_box() for one in ("canvas", ".zoom"))
            assert low is not None
            assert high is not None
            assert low["height"] >= 160, f"{code}: {low['height']} px of map are left"
        on.page.wait_for_selector(".credit", timeout=WAIT_MS)
        on.watched.clean()
