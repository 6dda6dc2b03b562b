"""Makes all pictures of what a person sees: `python -m hardware.site.shots FOLDER`."""

from pathlib import Path

from hardware.site.shots.browser import started
from hardware.site.shots.card import pictures as of_the_card
from hardware.site.shots.desk import desk
from hardware.site.shots.pairing import OUTBOX, hub
from hardware.site.shots.pairing import pictures as of_pairing
from hardware.site.shots.walking import pages, terminals

# Both languages have these; the others are of commands that speak English alone.
IN_BOTH = (
    *("enroll", "enroll-words", "kit-card", "listen-board", "selftest"),
    *("page-listening", "page-selftest", "page-compass-turning", "page-compass-done"),
)
ENGLISH = ("enroll-terminal", "pair", "card", "first-boot-log", "calibrate-show")


def make_shots(out: Path) -> list[Path]:
    """Write the pictures into `out` as NAME.svg, or NAME-en.png and NAME-fr.png, in half a minute. Raises Failed."""
    out = out.resolve()
    with desk() as here, started() as browser:
        with hub(here) as link:
            made = of_pairing(here, browser, link, out)
        made += of_the_card(here, browser, OUTBOX, out)
        made += terminals(here, OUTBOX, out)
        made += pages(here, browser, OUTBOX, out)
    return made
