"""The walker's page on a phone, thing by thing: what it keeps, loads, asks for, refuses and says."""

from functools import partial
from os import environ
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from probe.card.printed import signs
from probe.errors import BadInput
from probe.page import words
from probe.session.view import Note, PartHealth, PartName, Phase, Tally
from tests.browser import WAIT_MS
from tests.probe.page.phone import CODE, Opens, Phone, opened
from tests.probe.page.scripted import ScriptedWalker
from tests.processes import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

SHOTS = environ.get("CONTRECHAMP_SHOTS")  # a folder for pictures of the page, to be looked at
HEAVIEST = 300_000
AIMED_AT = 130_000


@pytest.fixture
def phone(_chromium: "Browser") -> Opens:
    """Opens a phone that looks at a walk."""
    return partial(opened, _chromium)


def test_the_link_signs_in_and_leaves_nothing_behind(phone: Opens) -> None:
    with phone(ScriptedWalker()) as on:
        on.sign_in()
        assert on.page.url == on.served.url, "the code is no longer in the address"
        assert "banjo" not in on.page.content()
        on.page.reload()
        on.state("signing-in")
        on.sees("scan the kit’s printed card again")
        kept = on.stored()
        assert not any(kept.values()), kept
        on.watched.clean()


def test_the_language_is_switched_without_signing_in_again(phone: Opens) -> None:
    with phone(ScriptedWalker()) as on:
        on.sign_in()
        on.tab("kit")
        on.tap("[data-act=language]")
        on.page.wait_for_selector("html[lang=fr]", state="attached", timeout=WAIT_MS)
        on.sees("Terminer la sortie")
        on.watched.clean()


def test_what_comes_from_the_air_is_text(phone: Opens) -> None:
    hostile = '<img src=x onerror="document.title=\'had\'"><script>document.title="had"</script>{vendor:a|b}'
    walker = ScriptedWalker()
    walker.walk_on()
    walker.hear("aa", vendor=hostile, why=(Note(code="unknown-rule", detail=hostile),))
    walker.stand(note=Note(code="also-unknown", detail=hostile))
    walker.part(PartName.CAMERA, PartHealth.TROUBLE, Note(code="maker-word", values={"vendor": hostile}))
    with phone(walker) as on:
        on.sign_in()
        on.page.wait_for_function(
            "() => !document.title.includes('had') && document.body.innerText.includes('<img src=x')"
        )
        for tab in ("heard", "map", "kit", "album", "walk"):
            on.tab(tab)
        assert on.page.locator("main img[src=x], script:not([src])").count() == 0
        assert "had" not in on.page.title()
        refused = on.page.evaluate(
            "() => { try { document.body.innerHTML = '<b>x</b>'; return false } catch { return true } }"
        )
        assert refused, "the page's policy makes no markup of text"
        on.watched.complaints.clear()  # Chromium tells of that last attempt
        on.watched.clean()


def test_all_that_the_page_loads_is_light(phone: Opens) -> None:
    loaded: dict[str, int] = {}
    with phone(ScriptedWalker(), locale="fr-FR") as on:
        on.page.on("response", lambda answer: loaded.__setitem__(answer.url, len(answer.body())))
        on.sign_in()
        on.page.wait_for_load_state("load")
    weight = {urlsplit(url).path: size for url, size in loaded.items() if "/view" not in url}
    total = sum(weight.values())
    print(f"the page weighs {total} bytes in {len(weight)} files")
    assert total < AIMED_AT < HEAVIEST, weight


def test_out_of_reach_is_said_and_it_comes_back_by_itself(phone: Opens) -> None:
    walker = ScriptedWalker()
    with phone(walker) as on:
        on.sign_in()
        port = urlsplit(on.served.url).port
        on.served.stop()
        on.sees("The probe does not answer. If it is on, it goes on by itself.")
        on.fits("21-out-of-reach")
        assert on.page.locator(".shutter[disabled]").count() == 1
        assert port is not None
        on.served._port = port
        on.served._gate = type(on.served._gate)(CODE)  # as after a power cut: it knows no token any more
        on.served.start()
        on.sees_not("The probe does not answer.", "#head")
        walker.walk_on()
        on.sees_not("Place not known yet")


def test_a_page_that_nobody_looks_at_asks_for_nothing(phone: Opens) -> None:
    walker = ScriptedWalker()
    with phone(walker) as on:
        on.page.clock.install()
        on.sign_in()
        on.tap("[data-act=finder]")
        on.page.wait_for_selector(".finder img", timeout=WAIT_MS)
        hide(on, True)
        before = walker.previews
        on.page.clock.run_for(60_000)
        on.page.evaluate("() => fetch('/words/en').then((answer) => answer.text())")  # and what was under way has come
        assert walker.previews <= before + 1
        hide(on, False)
        before = walker.previews
        while walker.previews == before:  # the test's own time limit ends it
            on.page.clock.run_for(1000)


def hide(on: Phone, hidden: bool) -> None:
    """Let the page believe that its phone shows something else, or shows it again."""
    on.page.evaluate(
        """hidden => {
          Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_a_slip_of_the_thumb_ends_nothing(phone: Opens) -> None:
    walker = ScriptedWalker()
    with phone(walker) as on:
        on.sign_in()
        on.tab("kit")
        on.tap("[data-hold=end]")
        on.page.locator("[data-hold=end]").focus()
        on.page.keyboard.press("Enter")
        assert ("end",) not in walker.asked
        # A screen reader presses without length: once asks, twice does.
        on.page.evaluate("() => document.querySelector('[data-hold=end]').click()")
        on.sees("Press again: sure?")
        assert ("end",) not in walker.asked
        on.page.evaluate("() => document.querySelector('[data-hold=end]').click()")
        on.state("ended")


def test_what_cannot_be_done_is_said(phone: Opens) -> None:
    walker = ScriptedWalker()
    with phone(walker) as on:
        on.sign_in()
        on.tap("[data-act=pin]")
        on.sees("Not now. the place is not known yet", "#toast")
        walker.put(phase=Phase.PAUSED)
        on.state("paused")
        assert on.page.locator(".shutter").count() == 0


def test_what_has_no_words_in_french_is_not_said_in_english(phone: Opens) -> None:
    walker = ScriptedWalker()
    walker.refused["pin"] = BadInput("an English sentence")
    with phone(walker, locale="fr-FR") as on:
        on.sign_in()
        on.tap("[data-act=pin]")
        on.sees("Pas maintenant.", "#toast")
        assert "English" not in on.page.inner_text("body")
        on.watched.complaints.clear()  # Chromium tells of each answer that refuses


def test_what_is_heard_keeps_its_row_and_says_why_following_ends(phone: Opens) -> None:
    walker = ScriptedWalker()
    walker.walk_on()
    for key, dbm in (("aa", -70), ("bb", -60), ("cc", -80)):
        walker.hear(key, dbm)
    with phone(walker, shots=SHOTS, name="steady") as on:
        on.sign_in()
        on.tab("heard")
        on.page.wait_for_selector("[data-key=cc] [data-act=follow]", timeout=WAIT_MS)
        rows = on.page.locator(".rows li")
        before = [row.split("\n")[0].split(" ")[0] for row in rows.all_inner_texts()]
        assert before == ["1.", "2.", "3."], "by when each was first heard"
        walker.hear("cc", -40)  # the loudest now, and the first that the probe tells of
        on.sees("loudest", "[data-key=cc]")
        assert [row.split("\n")[0].split(" ")[0] for row in rows.all_inner_texts()] == before
        on.fits("1-list")
        on.tap("[data-key=bb] [data-act=follow]")
        until(lambda: ("follow", "bb") in walker.asked, "the walk to hear that it is followed")
        on.sees("Let go", "[data-key=bb]")
        walker.put(heard=tuple(one for one in walker.view().heard if one.key != "bb"))
        on.sees("2. Hikvision is not heard any more: following it has ended.", "main")
        on.fits("2-ended")
        walker.refused["follow"] = BadInput("that is not heard any more")
        on.tap("[data-key=aa] [data-act=follow]")
        on.sees("Not now. that is not heard any more", "main")
        on.watched.complaints.clear()  # Chromium tells of each answer that refuses


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_the_signs_are_told_beside_the_self_test(phone: Opens, locale: str) -> None:
    with phone(ScriptedWalker(), locale=locale, shots=SHOTS, name=f"signs-{locale[:2]}") as on:
        on.sign_in()
        on.tab("kit")
        on.tap(".dock-kit [data-tab=selftest]")
        rows = on.page.locator("[data-key=signs] li")
        rows.first.wait_for(state="visible", timeout=WAIT_MS)
        told = [row.split("\n") for row in rows.all_inner_texts()]
        assert [(felt, says) for felt, *_, says in told] == signs(locale[:2]), "as on the kit's card, in its order"
        assert rows.nth(8).locator("[role=img]").get_attribute("aria-label") in (
            "short, short, long",
            "court, court, long",
        )
        on.fits("1-offered")
        on.tap("[data-act=selftest]")
        on.page.wait_for_selector(".parts .is-trouble", timeout=WAIT_MS)
        rows.last.scroll_into_view_if_needed()
        on.fits("2-tried")
        on.watched.clean()


@pytest.mark.parametrize(("hidden", "code"), [(3, "page-delivery-hidden"), (0, "page-delivery-none")])
@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_why_nothing_is_handed_over_is_said(phone: Opens, locale: str, hidden: int, code: str) -> None:
    walker = ScriptedWalker()
    walker.walk_on()
    walker.end()
    walker.put(tally=Tally(waiting=0, hidden=hidden))
    with phone(walker, locale=locale, shots=SHOTS, name=f"nothing-{locale[:2]}-{hidden}") as on:
        on.page.goto(f"{on.served.url}#{CODE.replace(' ', '-')}")
        on.state("ended")
        on.sees(words.words(locale[:2])[code])
        on.fits("1-ended")


def test_start_and_end_that_are_shown_are_said(phone: Opens) -> None:
    walker = ScriptedWalker()
    with phone(walker, locale="fr-FR", shots=SHOTS, name="shown") as on:
        walker.put(ends_shown=True)
        on.sign_in()
        on.sees("Départ et arrivée visibles")
        on.fits("1-banner")


def test_a_finger_on_a_button_and_the_focus_outlast_what_changes(phone: Opens) -> None:
    walker = ScriptedWalker()
    walker.walk_on()
    with phone(walker) as on:
        on.sign_in()
        on.page.locator("[data-word=wall]").focus()
        on.page.evaluate("() => { window.held = document.activeElement }")
        walker.hear("aa")
        on.sees("Hikvision", "main")
        same: Any = on.page.evaluate("() => window.held === document.activeElement && window.held.isConnected")
        assert same


def test_a_strange_name_leads_to_the_page(phone: Opens) -> None:
    with phone(ScriptedWalker()) as on:
        on.page.goto(f"{on.served.url}generate_204")
        on.sees("There is no internet here.")
        on.tap("a[href='/']")
        on.state("signing-in")


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_a_workbench_is_said_and_ends_no_walk(phone: Opens, locale: str) -> None:
    say, walker = words.words(locale[:2]), ScriptedWalker()
    with phone(walker, locale=locale, shots=SHOTS, name=f"workbench-{locale[:2]}") as on:
        walker.put(hidden="workbench")
        on.sign_in()
        on.sees(say["page-hidden-workbench"])
        on.sees(say["page-quiet"])
        assert on.page.locator("[data-act=pause]").is_disabled()
        on.fits("1-banner")
        on.tap("[data-act=finder]")
        on.sees(say["page-hidden-workbench"])
        on.fits("2-finder")
        on.tab("kit")
        on.sees(say["page-selftest"])
        assert on.page.locator("[data-hold]").count() == 0, "there is no walk to end or to forget"
        on.fits("3-kit")
        walker.put(hidden="start")
        on.page.wait_for_selector("[data-hold=end]", timeout=WAIT_MS)
        on.watched.clean()
