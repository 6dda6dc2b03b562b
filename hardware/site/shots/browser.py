"""Chromium, to look at pages of hub and probe as a person does. Debian's own; none is fetched."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hardware.site.paper import FLAGS, chromium
from hardware.site.shots.terminal import Failed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

LOCALES = {"en": "en-GB", "fr": "fr-FR"}
PHONE = (390, 844)
WAIT_MS = 60_000


@contextmanager
def started() -> "Iterator[Browser]":
    """A browser, to the end of the block. Raises Failed where there is none."""
    program = chromium()
    if program is None:
        raise Failed("no Chromium is here, which takes the pictures of pages: apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def reader(browser: "Browser", language: str, size: tuple[int, int], state: Any = None) -> "BrowserContext":
    """Somebody who reads in a language; a phone where the width is one's. `state` is what was signed in before."""
    return browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=LOCALES[language],
        reduced_motion="reduce",
        device_scale_factor=2 if size == PHONE else 1,
        has_touch=size == PHONE,
        is_mobile=size == PHONE,
        storage_state=state,
    )


def looked_at(page: "Page", target: Path, *, whole: bool = False) -> Path:
    """Keep what is seen now, or the page to its end."""
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target, full_page=whole)
    return target
