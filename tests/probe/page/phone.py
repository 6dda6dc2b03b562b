"""A phone in a test's hand: Chromium at 360 px with touch, and the page that a scripted walk is shown on."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from probe.page.server import WalkerPage
from tests.browser import WAIT_MS, Watched
from tests.probe.page.scripted import ScriptedWalker, Told

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CODE = "album banjo cactus"
# What a thumb reaches, and hits: all but the map's own surface, and what a toast offers a second time.
CONTROLS = "button:not([disabled]), input, a, [role=button]"
AXE = {
    "resultTypes": ["violations"],
    "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
}


class Phone:
    """One phone that looks at one page: one that this test serves, or any other."""

    def __init__(self, page: "Page", served: WalkerPage | None, shots: str | None, name: str) -> None:
        self.page, self._served = page, served
        self.watched = Watched(page)
        self._shots, self._name = shots, name
        page.on("dialog", lambda dialog: self.watched.complaints.append(f"a pop-up: {dialog.message}"))

    @property
    def served(self) -> WalkerPage:
        """The page that this test serves."""
        assert self._served is not None
        return self._served

    def sign_in(self, code: str = CODE) -> None:
        """Come by the link on the kit's card."""
        self.page.goto(f"{self.served.url}#{code.replace(' ', '-')}")
        self.state("walking")

    def state(self, *names: str) -> None:
        """Wait until the page shows a phase of the walk."""
        wanted = ", ".join(f"html[data-state={name}]" for name in names)
        self.page.wait_for_selector(wanted, state="attached", timeout=WAIT_MS)

    def tap(self, selector: str) -> None:
        self.page.locator(selector).first.tap(timeout=WAIT_MS)

    def tab(self, name: str) -> None:
        self.tap(f"nav [data-tab={name}]")

    def sees(self, text: str, within: str = "body") -> None:
        """Wait until a text is there to be read."""
        self.page.locator(within).get_by_text(text, exact=False).first.wait_for(state="visible", timeout=WAIT_MS)

    def sees_not(self, text: str, within: str = "body") -> None:
        self.page.locator(within).get_by_text(text, exact=False).first.wait_for(state="hidden", timeout=WAIT_MS)

    def hold(self, name: str, until: str) -> None:
        """Hold a button down until the page's root matches."""
        box = self.page.locator(f"[data-hold={name}]").bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.mouse.down()
        self.page.wait_for_selector(until, state="attached", timeout=WAIT_MS)
        self.page.mouse.up()

    def fits(self, what: str) -> None:
        """Everything is read and reached: no wider than the phone, contrast of 7:1, targets of 48 px in the lower half,
        nothing that axe finds."""
        from axe_playwright_python.sync_playwright import Axe

        if self._shots:
            self.page.screenshot(path=Path(self._shots) / f"{self._name}-{what}.png")
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{what} is {wide} px too wide"
        small, high = self.page.evaluate(_MEASURE, CONTROLS)
        assert small == [], f"{what}: too small for a thumb"
        assert high == [], f"{what}: out of a thumb's reach"
        found = Axe().run(self.page, options=AXE)
        assert found.violations_count == 0, f"{what}: {found.generate_report()}"

    def stored(self) -> Any:
        """All that the browser keeps of this page, by its own word."""
        kept = self.page.evaluate(_KEPT)
        return {**kept, "cookies": self.page.context.cookies()}


_MEASURE = """selector => {
  const small = [], high = [];
  for (const one of document.querySelectorAll(selector)) {
    const box = one.getBoundingClientRect();
    const [wide, high_, top] = [box.width, box.height, box.top].map(Math.round);
    const told = `${one.textContent.trim()} ${one.dataset.act ?? ""} ${wide}x${high_} at ${top}`;
    if (box.width === 0 || box.top >= innerHeight || box.bottom <= 0) continue;
    if (box.width < 48 || box.height < 48) small.push(told);
    const up = innerHeight - (box.top + box.height / 2);
    // A thumb is no shorter on a short phone.
    if (up > Math.max(innerHeight / 2, 320) && !one.closest("#toast")) high.push(told);
  }
  return [small, high];
}"""

_KEPT = """async () => ({
  cookie: document.cookie,
  local: Object.keys(localStorage),
  session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map(one => one.name),
  caches: await caches.keys(),
  workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
  hash: location.hash,
  name: window.name,
  history: history.state,
})"""


class Opens(Protocol):
    """What the fixture `phone` gives: a phone that looks at a walk."""

    def __call__(
        self,
        walker: ScriptedWalker,
        *,
        locale: str = "en-GB",
        dark: bool = False,
        width: int = 360,
        height: int = 640,
        shots: str | None = None,
        name: str = "page",
    ) -> AbstractContextManager[Phone]: ...


@contextmanager
def opened(
    browser: "Browser",
    walker: ScriptedWalker,
    *,
    locale: str = "en-GB",
    dark: bool = False,
    width: int = 360,
    height: int = 640,
    shots: str | None = None,
    name: str = "page",
) -> Iterator[Phone]:
    """A page that is served, and a phone that looks at it. Nothing may go wrong on it, and nothing leave."""
    served = WalkerPage(walker, secret=CODE, host="127.0.0.1", port=0, tell=Told())
    served.start()
    try:
        with held(browser, locale=locale, dark=dark, width=width, height=height) as page:
            yield Phone(page, served, shots, name)
    finally:
        served.stop()


@contextmanager
def held(
    browser: "Browser", *, locale: str, dark: bool = False, width: int = 360, height: int = 640
) -> "Iterator[Page]":
    """A phone's browser that has opened nothing yet."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=locale,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        has_touch=True,
        is_mobile=True,
        service_workers="allow",
    )
    try:
        yield context.new_page()
    finally:
        context.close()
