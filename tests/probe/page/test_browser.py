"""The walker's page on a phone: an entire walk by touch in both languages, each state measured, and nothing kept."""

from functools import partial
from os import environ
from typing import TYPE_CHECKING

import msgspec
import pytest

from probe.page import words
from probe.session.view import Lately, Note, PartHealth, PartName, Tally, Thing, Trend
from tests.browser import WAIT_MS
from tests.probe.page.phone import Opens, Phone, opened
from tests.probe.page.scripted import MACHINE, POWERED, ScriptedWalker
from tests.processes import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

SHOTS = environ.get("CONTRECHAMP_SHOTS")  # a folder for pictures of the page, to be looked at
LOOKS = [("en-GB", False), ("en-GB", True), ("fr-FR", False), ("fr-FR", True)]


@pytest.fixture
def phone(_chromium: "Browser") -> Opens:
    """Opens a phone that looks at a walk."""
    return partial(opened, _chromium)


class Said:
    """What the page says in one language."""

    def __init__(self, locale: str) -> None:
        self._words = words.words(locale[:2])

    def __call__(self, code: str, **values: object) -> str:
        return words.said(self._words[code], values)


@pytest.mark.parametrize(("locale", "dark"), LOOKS)
def test_an_entire_walk(phone: Opens, locale: str, dark: bool) -> None:
    say, walker = Said(locale), ScriptedWalker()
    name = f"{locale[:2]}-{'dark' if dark else 'light'}"
    with phone(walker, locale=locale, dark=dark, shots=SHOTS, name=name) as on:
        comes_in(on, say, walker)
        hears(on, say, walker)
        takes_photos(on, say, walker)
        looks_after_the_kit(on, say, walker)
        ends(on, say, walker)
        on.watched.clean()
        kept = on.stored()
        assert not any(kept.values()), kept


def comes_in(on: Phone, say: Said, walker: ScriptedWalker) -> None:
    page = on.page
    page.goto(on.served.url)
    on.sees(say("page-code"))
    on.fits("01-sign-in")
    page.fill("#code", "nothing like it")
    on.tap("form .main")
    on.sees(say("page-sign-in-wrong"))
    (refused,) = on.watched.complaints  # Chromium tells of each answer that refuses
    assert "403" in refused
    on.watched.complaints.clear()
    page.fill("#code", "Album  Banjo CACTUS")
    on.tap("form .main")
    on.state("walking")
    on.sees(say("page-hidden-no-fix-yet"))
    on.fits("02-no-fix")
    walker.part(PartName.POSITION, PartHealth.GOOD)
    walker.put(power=POWERED, machine=MACHINE)
    walker.walk_on(90, hidden="start")
    on.sees(say("page-hidden-start"))
    on.fits("03-near-the-start")
    walker.walk_on(60)
    on.sees_not(say("page-hidden-start"))
    on.sees(say("page-quiet"))


def hears(on: Phone, say: Said, walker: ScriptedWalker) -> None:
    walker.hear("aa", -72)
    walker.stand(key="aa")
    on.sees("Hikvision", "main")
    on.sees(say("page-new-heard", n=1), "nav")
    assert on.page.locator("#toast .line").count() == 0, "news of what is heard covers nothing"
    on.fits("04-heard")
    on.tab("heard")
    on.fits("05-heard-list")
    on.tap("[data-act=follow]")
    until(lambda: ("follow", "aa") in walker.asked, "the walk to hear that it is followed")
    walker.hear("aa", -55, trend=Trend.WARMER)
    walker.hear("bb", -80, vendor=None, sure=False, rule="named-camera")
    on.sees(say("page-warmer"))
    meter = on.page.locator("[role=meter]")
    assert meter.get_attribute("aria-valuetext") == f"{say('page-warmer')}, {say('page-dbm', n=-55)}".replace(
        "-55", on.page.evaluate("n => n.toLocaleString(document.documentElement.lang)", -55)
    )
    on.fits("06-followed")
    on.tab("map")
    on.sees(say("page-credit"))
    on.page.locator("canvas").focus()
    on.page.keyboard.press("ArrowRight")
    on.page.wait_for_selector("[data-map=middle][aria-pressed=false]", timeout=WAIT_MS)
    on.tap("[data-map=near]")
    on.tap("[data-map=middle]")
    on.page.wait_for_selector("[data-map=middle][aria-pressed=true]", timeout=WAIT_MS)
    on.fits("07-map")
    on.tab("walk")


def says_the_rarer_ones(on: Phone, say: Said, walker: ScriptedWalker) -> None:
    on.tap("[data-act=rare]")
    on.fits("07-rarer-tags")
    cut = on.page.evaluate(
        "[...document.querySelectorAll('.tag')].filter((one) => one.scrollWidth > one.clientWidth).length"
    )
    assert cut == 0, "each tag can be read"
    on.tap("[data-word=street_lamp]")
    on.tap("[data-word=multi_sensor]")  # each takes the place of one that is not shown
    until(lambda: ("choose", ("street_lamp", "multi_sensor")) in walker.asked, "the rarer tags to be chosen")
    on.tap("[data-act=rare]")
    on.sees(f"{say('page-tags-more')} (2)")
    on.tap("[data-word=pole]")
    on.tap("[data-word=fixed]")
    until(lambda: walker.asked[-1] == ("choose", ("pole", "fixed")), "the others again")
    on.page.wait_for_selector("[data-word=fixed][aria-pressed=true]", timeout=WAIT_MS)


def takes_photos(on: Phone, say: Said, walker: ScriptedWalker) -> None:
    on.tap("[data-word=dome]")
    on.tap("[data-word=pole]")
    on.tap("[data-word=fixed]")  # a camera is one of them
    until(lambda: ("choose", ("pole", "fixed")) in walker.asked, "the tags to be chosen")
    says_the_rarer_ones(on, say, walker)
    walker.put(debug=True, composed=True, hidden="start-again")
    on.tap("[data-act=finder]")
    on.page.wait_for_selector(".finder img", timeout=WAIT_MS)
    on.sees(say("page-hidden-start-again"), "#head")
    frame = on.page.locator(".frame").bounding_box()
    assert frame is not None
    assert min(frame["width"], frame["height"]) >= 320, "the frame fills the view, whatever is to be told besides"
    on.fits("08-viewfinder-hidden")
    walker.put(debug=False, composed=False, hidden=None)
    on.sees_not(say("page-hidden-start-again"))
    on.fits("08-viewfinder")
    on.tap("[data-act=photo]")
    until(lambda: walker.view().tally.photos == 1, "the photo")
    on.sees(say("photo-kept"), "#toast")
    on.page.wait_for_selector(".shutter-row [data-act=undo]:not([disabled])", timeout=WAIT_MS)
    on.sees(say("page-undo-photo"), ".shutter-row")
    toast, frame = on.page.locator("#toast").bounding_box(), on.page.locator(".frame").bounding_box()
    assert toast is not None
    assert frame is not None
    assert frame["y"] + frame["height"] <= toast["y"] + 1, "what is told does not cover what is aimed at"
    on.fits("09-photo")
    on.tap("[data-act=finder]")
    before = walker.previews
    on.tap("[data-for=last]")
    on.tap("[data-word=wall]")
    until(lambda: _newest(walker).words == ("fixed", "wall"), "the last photo to say something else")
    on.tap("[data-act=pin]")
    until(lambda: walker.view().tally.pins == 1, "the pin")
    on.page.wait_for_selector(".shutter-row [data-act=undo]:not([disabled])", timeout=WAIT_MS)
    on.tap(".shutter-row [data-act=undo]")
    until(lambda: _newest(walker).undone, "the pin to be taken back")
    on.tab("album")
    on.page.wait_for_selector(".rows .undone", timeout=WAIT_MS)
    on.page.wait_for_selector("img.large", timeout=WAIT_MS)
    on.fits("10-photos")
    assert walker.previews <= before + 1, "a viewfinder that is closed asks for no picture"


def _newest(walker: ScriptedWalker) -> Lately:
    return next(one for one in walker.view().lately if one.thing is not Thing.HEARD)


def looks_after_the_kit(on: Phone, say: Said, walker: ScriptedWalker) -> None:
    on.tab("kit")
    on.fits("11-kit")
    on.tap(".dock-kit [data-tab=selftest]")
    on.fits("12-self-test-offered")
    on.tap("[data-act=selftest]")
    on.sees(say("page-check-trouble"))
    on.fits("13-self-test")
    assert on.page.get_by_text(say("page-reference")).count() == 1, "what passed needs no reading"
    on.tap(".row [data-tab=kit]")
    on.page.wait_for_selector(".dock-kit [data-tab=selftest]", timeout=WAIT_MS)
    assert on.page.locator(".dock-kit [data-tab=compass]").count() == 0, "this kit has no compass"
    walker.part(PartName.HEADING, PartHealth.GOOD)
    on.tap(".dock-kit [data-tab=compass]")
    on.tap("[data-act=calibrate]")
    on.sees(say("page-turn"))
    on.fits("14-compass")
    on.tap("[data-act=calibrate]")
    on.sees(say("page-quality-good"))
    on.fits("15-compass-done")
    on.tab("walk")
    on.tap("[data-act=pause]")
    on.state("paused")
    on.sees(say("page-paused"))
    on.fits("16-paused")
    on.tap("[data-act=pause]")
    on.state("walking")
    walker.put(debug=True, composed=True)
    walker.part(PartName.CAMERA, PartHealth.TROUBLE, Note(code="x", detail="The camera's ribbon is loose."))
    on.sees(say("page-debug"))
    on.sees(say("page-composed"))
    on.fits("17-warnings")
    walker.put(debug=False, composed=False)
    walker.part(PartName.CAMERA, PartHealth.GOOD)


def ends(on: Phone, say: Said, walker: ScriptedWalker) -> None:
    on.tab("kit")
    on.hold("end", "html[data-state=ended]")
    on.sees(say("page-ended"))
    on.fits("18-summary")
    tally = Tally(seconds=4000, metres=3200, photos=3, pins=1, heard=7, cells=9, waiting=28, delivered=12)
    found = Note(code="found-heard", values={"count": 7})
    walker.put(tally=tally, advice=(found, Note(code="x", detail="Calibrate the compass before you leave.")))
    on.sees(say("page-found"))
    on.sees(say("page-advice"))
    on.sees(say("page-delivery-some", done=12, n=40))
    on.sees(say("page-forget-late"))
    on.fits("19-delivering")
    walker.put(tally=msgspec.structs.replace(tally, delivered=0, waiting=40))
    on.page.wait_for_selector("[data-hold=forget]", timeout=WAIT_MS)
    on.hold("forget", "#toast .line")
    on.sees(say("page-told-forgotten"))
    assert ("forget",) in walker.asked
    on.sees(say("walk-forgotten"))
    assert on.page.locator(".tally, [data-hold=forget]").count() == 0, "nothing is left to count or to forget"
    assert on.page.locator("img").count() == 0, "no picture of it is left in the page"
    on.fits("20-forgotten")


@pytest.mark.parametrize(("width", "height"), [(320, 568), (412, 915), (740, 360)])
def test_it_fits_other_phones(phone: Opens, width: int, height: int) -> None:
    walker = ScriptedWalker()
    walker.walk_on()
    walker.hear("aa")
    walker.stand()
    shape = f"{width}x{height}"
    with phone(walker, locale="fr-FR", width=width, height=height, shots=SHOTS, name=shape) as on:
        on.sign_in()
        for tab in ("walk", "map", "heard", "album", "kit"):
            on.tab(tab)
            on.page.wait_for_selector(f"html[data-tab={tab}]", state="attached", timeout=WAIT_MS)
            if width < height:
                on.fits(tab)
            elif SHOTS:
                on.page.screenshot(path=f"{SHOTS}/{shape}-{tab}.png")
        shutter = on.page.locator(".shutter").count()
        assert shutter == 0
        on.tab("walk")
        box = on.page.locator(".shutter").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height
        on.watched.clean()
