"""A real Chromium for tests: Debian's, driven by Playwright, watched for errors and for requests that leave."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


ONE_COUNTRY = {
    "type": "Topology",
    "arcs": [[[-20, 40], [-10, 40], [-10, 50], [-20, 50], [-20, 40]]],
    "objects": {"countries": {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "arcs": [[0]]}]}},
}
WAIT_MS = 90_000  # not a promise of speed: how long a wait for progress may take on a busy machine


class Watched:
    """A page and what went wrong on it."""

    def __init__(self, page: object) -> None:
        from playwright.sync_api import Page

        assert isinstance(page, Page)
        self.page = page
        self.complaints: list[str] = []
        self.left: list[str] = []
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))

    def _heard(self, kind: str, text: str) -> None:
        # Software rendering is slow, and Chromium says so in warnings.
        if kind == "error":
            self.complaints.append(text)

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost"):
            self.left.append(url)

    def enter(self, link: str) -> None:
        """Come in by a link that works once, and go to the map."""
        self.page.goto(link)
        self.page.wait_for_function("() => location.pathname !== '/welcome'", timeout=WAIT_MS)
        self.page.goto(link.partition("welcome#")[0])

    def ready(self) -> None:
        """Wait until the map is drawn."""
        self.page.wait_for_selector("html[data-ready=yes]", state="attached", timeout=WAIT_MS)

    def loaded(self) -> None:
        """Wait until the page has its cameras; the map may not be drawn yet, which takes longer."""
        self.page.wait_for_selector("html[data-cameras]", state="attached", timeout=WAIT_MS)

    def clean(self) -> None:
        """Nothing went wrong, and nothing left this machine."""
        assert self.complaints == []
        assert self.left == []


@contextmanager
def started() -> Iterator["Browser"]:
    """Chromium, running; the caller's test is skipped where there is none. It starts in a second or two: start few."""
    # The shell is the same engine without a desktop's windows: pages open in half the time.
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium on this machine: install it to run this test")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: "Browser",
    width: int = 760,
    height: int = 480,
    locale: str = "en-GB",
    dark: bool = False,
    world: bool = False,
) -> Iterator[Watched]:
    """One page of a reader of its own, who remembers nothing.

    Small by default, as software draws each pixel; and a map of one square country, as all of the world's take a second
    to cut into triangles, unless `world` asks for them.
    """
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=locale,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    if not world:
        context.route("**/countries-50m.json", lambda route: route.fulfill(json=ONE_COUNTRY))
    yield Watched(context.new_page())
    context.close()


@contextmanager
def chromium(width: int = 760, height: int = 480, locale: str = "en-GB", dark: bool = False) -> Iterator[Watched]:
    """A browser with one page, for programs; tests share one through the fixture `watch`."""
    with started() as browser, opened(browser, width, height, locale, dark, world=True) as watched:
        yield watched


class Watch(Protocol):
    """What the fixture `watch` gives: opens a page for a reader."""

    def __call__(
        self, *, width: int = 760, height: int = 480, locale: str = "en-GB", dark: bool = False, world: bool = False
    ) -> AbstractContextManager[Watched]: ...
