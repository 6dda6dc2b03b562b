"""The operator's pages in a real Chromium: three steps by clicking, a bar that moves on, each page at two widths."""

import threading
from collections.abc import Iterator, Sequence
from os import environ
from pathlib import Path

import pytest
from playwright.sync_api import expect
from starlette.requests import Request
from starlette.responses import Response

from hub.derive.live import BASE_LAYER
from hub.log.decisions import DecisionKind, NewDecision
from hub.log.people import Role
from hub.web.app import make_app
from hub.web.gate import Gated, OpenGate
from hub.web.pages import Html
from hub.web.serve import WebServer
from hub.web.work import Outcome, Tick
from tests.browser import WAIT_MS, Watch, Watched
from tests.examples import look
from tests.hub.web.operated import Operated, filled, operated

pytestmark = pytest.mark.browser

SECTIONS = ("probes", "intake", "arrivals", "copies", "upkeep", "complaints", "pictures")
PATHS = ("/hub", *(f"/hub/{section}" for section in SECTIONS))
OUT = environ.get("CONTRECHAMP_SHOTS")  # a folder for pictures of the pages, to be looked at


class Elsewhere:
    """Stands for the parts where streets and reviews are: each page says what a person did there."""

    def __init__(self, world: Operated) -> None:
        self._world = world

    def routes(self, html: Html) -> Sequence[Gated]:
        async def streets(request: Request) -> Response:
            (self._world.folder.path / BASE_LAYER).write_text('{"type":"FeatureCollection","features":[]}')
            return html(request, "not_found.html")

        async def review(request: Request) -> Response:
            self._world.folder.store.decisions.append("ada", [NewDecision(kind=DecisionKind.CONFIRM, sightings=("a",))])
            return html(request, "not_found.html")

        return [Gated("/streets", streets, Role.OPERATOR), Gated("/review", review, Role.REVIEWER)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Operated]:
    with operated(tmp_path / "hub") as world:
        yield world


@pytest.fixture
def url(world: Operated) -> Iterator[str]:
    app = make_app(
        world.cameras,
        gate=OpenGate(Role.ADMIN, "ada"),
        pairing=world.pairing,
        pictures=world.gallery,
        parts=[world.pages(), Elsewhere(world)],
    )
    server = WebServer(app, "127.0.0.1", 0)
    server.start()
    yield server.url.rstrip("/")
    server.stop()


def test_an_empty_hub_is_led_through_its_first_three_steps(watch: Watch, url: str, world: Operated) -> None:
    with watch(width=360, height=740) as watched:
        page = watched.page
        page.goto(f"{url}/cameras")
        page.click("nav.links a[href='/hub']")
        expect(page.locator(".steps li.open")).to_have_count(3)
        page.click(".steps a.button >> text=Invite a probe")
        page.fill("#name", "Probe 1")
        page.click("text=Show the code")
        page.wait_for_selector(".invitation img", timeout=WAIT_MS)
        (enrolment,) = world.folder.registry.enrolments(0)
        world.folder.registry.admit(enrolment, bytes(32), "album banjo cactus domino espresso fjord")
        page.wait_for_selector(".pair-words >> text=album banjo cactus", timeout=WAIT_MS)
        page.click("nav.sections >> text=Overview")
        expect(page.locator(".steps li.done")).to_have_count(1)
        page.click(".steps a.button >> text=Add a street map")
        page.wait_for_url("**/streets")
        page.click("nav.links a[href='/hub']")
        expect(page.locator(".steps li.done")).to_have_count(2)
        page.click(".steps a.button >> text=Review")
        page.wait_for_url("**/review")
        page.click("nav.links a[href='/hub']")
        page.wait_for_selector(".cards", timeout=WAIT_MS)
        expect(page.locator(".steps")).to_have_count(0)
        watched.clean()


def test_what_takes_long_shows_a_bar_and_moves_on(watch: Watch, url: str, world: Operated) -> None:
    go, inside = threading.Event(), threading.Event()

    def task(tick: Tick) -> Outcome:
        tick(1, 4)
        inside.set()
        assert go.wait(60)
        tick(3, 4)
        return Outcome(key="hub_forgotten")

    job = world.work.start("rebuild", task, by="ada", then="/hub/upkeep")
    assert inside.wait(30)
    with watch() as watched:
        page = watched.page
        page.goto(f"{url}/hub/upkeep")
        page.click("text=Derive again")  # one of a kind at a time: it leads to the one that runs
        page.wait_for_url(f"**/hub/work/{job.id}")
        expect(page.locator("progress")).to_have_attribute("value", "0.25")
        go.set()
        page.wait_for_url("**/hub/upkeep?done=*", timeout=WAIT_MS)
        assert "is forgotten" in page.inner_text(".notice.good")
        watched.clean()


def test_nothing_is_erased_by_one_click_and_nothing_asks_in_a_pop_up(watch: Watch, url: str, world: Operated) -> None:
    file = world.imported(look(), look(observer=(60.0, 0.0)))
    with watch() as watched:
        page = watched.page
        page.on("dialog", lambda dialog: watched.complaints.append(dialog.message))
        page.goto(f"{url}/hub/arrivals")
        row = page.locator("[data-arrival=import-1]")
        row.locator("summary").click()
        assert world.folder.store.count() == 2
        row.locator("text=Erase its 2 sightings").click()
        page.wait_for_selector(".notice >> text=2 sightings are erased", timeout=WAIT_MS)
        assert world.folder.store.count() == 0
        row.locator("summary").click()
        row.locator("input[type=file]").set_input_files(file)
        row.locator("text=Bring it back").click()
        page.wait_for_selector(".notice >> text=2 sightings are back", timeout=WAIT_MS)
        assert world.folder.store.count() == 2
        watched.clean()


def test_a_backup_is_made_by_the_words_that_are_proposed(watch: Watch, url: str, world: Operated) -> None:
    filled(world)
    with watch() as watched:
        page = watched.page
        page.goto(f"{url}/hub/copies")
        page.fill("#passphrase", "password")
        assert page.inner_text("#strength-told") == "easy to guess"
        words = page.inner_text(".proposed")
        page.fill("#passphrase", words)
        assert page.inner_text("#strength-told") != "easy to guess"
        page.fill("#repeated", words[:-1])
        page.click("text=Make the backup")
        assert not world.work.of_kind("backup"), "the browser says that they differ"
        page.fill("#repeated", words)
        page.click("text=Make the backup")
        with page.expect_download(timeout=WAIT_MS) as fetched:
            page.click("text=Fetch the file", timeout=WAIT_MS)
        assert Path(fetched.value.path()).read_bytes().startswith(b"contrechamp backup")
        watched.clean()


@pytest.mark.parametrize(
    ("width", "dark", "locale"),
    [(360, True, "fr-FR"), (360, False, "en-GB"), (1280, False, "fr-FR"), (1280, True, "en-GB")],
)
def test_every_page_fits_and_keeps_nobody_out(
    width: int, dark: bool, locale: str, watch: Watch, url: str, world: Operated
) -> None:
    filled(world)
    world.folder.store.complaints.open("a woman\nat the window", (), "her@example.org")
    world.pairing.invite("Cleo", "mqtts://192.0.2.1:8883")
    (aside,) = world.folder.store.quarantined()
    with watch(width=width, height=900, locale=locale, dark=dark) as watched:
        for path in (*PATHS, f"/hub/intake/aside/{aside.number}", "/hub/work/none"):
            watched.page.goto(f"{url}{path}")
            for summary in watched.page.locator("main summary").all():
                summary.click()
            assert_fits_and_is_read(watched, path)
            if OUT:
                name = f"{path.strip('/').replace('/', '-')}-{width}-{'dark' if dark else 'light'}-{locale[:2]}.png"
                watched.page.screenshot(path=Path(OUT) / name, full_page=True)


def assert_fits_and_is_read(watched: Watched, path: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    wide = watched.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{path} is {wide} px too wide"
    bar = watched.page.locator(".bar").bounding_box()
    assert bar is not None
    assert bar["height"] < 60, "the header takes more than one row"
    found = Axe().run(watched.page)
    assert found.violations_count == 0, f"{path}: {found.generate_report()}"
