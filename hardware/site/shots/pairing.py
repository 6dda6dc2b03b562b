"""What is seen while a probe and its hub come to know each other: a real hub on loopback, a real probe."""

import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hardware.site.shots.browser import LOCALES, looked_at, reader
from hardware.site.shots.desk import Desk
from hardware.site.shots.terminal import Failed, drawn, typed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCREEN = (860, 640)
NAME = "Kit 1"
OUTBOX = "kit-1.db"
_CODE = re.compile(r"(?m)^[█▀▄ ]+\n")  # the code as blocks of text: the page shows the same one, sharper
_LOOPBACK = re.compile(r"(?m)^The hub listens on loopback only.*\n(?:.*0\.0\.0\.0\n)?")


@contextmanager
def hub(desk: Desk) -> Iterator[str]:
    """A hub that runs; gives the link that makes its first admin. Raises Failed."""
    command = desk.command("hub", "serve", "--data", "hub", "--port", "0", "--mqtt-port", "0")
    with tempfile.TemporaryFile("w+") as said:
        running = subprocess.Popen(command, cwd=desk.folder, env=desk.env, stdout=said, stderr=said)
        try:
            yield _link(running, said)
        finally:
            running.terminate()
            running.wait(20)


def _link(running: "subprocess.Popen[bytes]", said: Any) -> str:
    until_s = time.monotonic() + 30
    while time.monotonic() < until_s and running.poll() is None:
        said.seek(0)
        found = re.search(r"http://\S+/welcome#\S+", said.read())
        if found:
            return found[0]
        time.sleep(0.1)
    raise Failed("the hub of the pictures did not start")


def pictures(desk: Desk, browser: "Browser", link: str, out: Path) -> list[Path]:
    """The hub's page with a code, the terminals on both sides, and the words to compare. Leaves a paired outbox."""
    address = link.partition("/welcome")[0]
    operator = _admin(browser, link)
    enrolled = desk.hub("enroll", NAME, "--no-wait", "--data", "hub")
    made = _pages(browser, operator, f"{address}/enroll", "enroll", ".invitation img", out)
    said = desk.probe("pair", made[0], "--outbox", OUTBOX)
    made += _pages(browser, operator, f"{address}/enroll", "enroll-words", ".pair-words", out)
    asked = typed(f'contrechamp-hub enroll "{NAME}"', _LOOPBACK.sub("", _CODE.sub("", enrolled)))
    made.append(drawn(out / "enroll-terminal.svg", "contrechamp-hub", asked))
    paired = typed(f"contrechamp-probe pair photo-of-the-code.jpg --outbox {OUTBOX}", said)
    made.append(drawn(out / "pair.svg", "contrechamp-probe", paired))
    return made


def _admin(browser: "Browser", link: str) -> Any:
    """Make the first admin; what its browser knows from then on."""
    context = reader(browser, "en", SCREEN)
    page = context.new_page()
    page.goto(link)
    page.wait_for_selector("input[name=password]")
    page.fill("input[name=name]", "Operator")
    page.fill("input[name=password]", page.inner_text(".proposal"))
    page.click("button[value=password]")
    page.wait_for_selector("a.own")
    state = context.storage_state()
    context.close()
    return state


def _pages(browser: "Browser", state: Any, address: str, name: str, selector: str, out: Path) -> list[Path]:
    made = []
    for language in LOCALES:
        context = reader(browser, language, SCREEN, state)
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector(selector)
        made.append(looked_at(page, out / f"{name}-{language}.png"))
        context.close()
    return made
