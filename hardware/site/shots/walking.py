"""What is seen of a probe that runs: its page on a phone, its live view and its self-test on a terminal.

The probe is the real one. What it is plugged into is the board of `desk_board`, held in a fictional town: nothing of it
was seen on a Pi, and the signals are composed.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.site.shots.browser import LOCALES, PHONE, WAIT_MS, looked_at, reader
from hardware.site.shots.desk import MAKERS_PORT, PORT, Desk
from hardware.site.shots.desk_board import DeskBoard, desk_board
from hardware.site.shots.terminal import Failed, drawn, last_screen, typed
from probe.page.words import words

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_QUICK = 8.0  # times as fast as a board's clock goes: half a minute of turning is over in four seconds
_HALF, _WHOLE = 0.45, 1.0
_RENAME = """([port, name]) => document.querySelectorAll("li p").forEach(one => {
  one.textContent = one.textContent.replace(new RegExp(port), name);
})"""
# A walk begins in a hidden place: so does the one of the pictures.
_HIDDEN = {language: words(language)["page-hidden-start"] for language in LOCALES}


def terminals(desk: Desk, outbox: str, out: Path) -> list[Path]:
    """The live view and the self-test, in both languages, and what is calibrated before anything was."""
    made = []
    for language in LOCALES:
        words = ["--lang", language, "--board"]
        with desk_board() as board:
            screen = last_screen(
                desk.command("probe", "listen", "--for", "3", *words, board.device), desk.folder, desk.env
            )
        asked = f"contrechamp-probe listen --board auto --lang {language}"
        made.append(drawn(out / f"listen-board-{language}.svg", asked, desk.told(screen)))
        with desk_board() as board:
            said = desk.probe("selftest", *words, board.device, "--outbox", outbox, codes=(1,))
        asked = f"contrechamp-probe selftest --board auto --lang {language}"
        made.append(drawn(out / f"selftest-{language}.svg", "contrechamp-probe", typed(asked, said)))
    return made


def pages(desk: Desk, browser: "Browser", outbox: str, out: Path) -> list[Path]:
    """The walker's page when it listens, its self-test, and its compass while the kit is turned and after.

    Two phones look at one walk, each in its language: what the one begins, both show.
    """
    own = desk.folder / "walk.db"
    shutil.copyfile(desk.folder / outbox, own)
    with desk_board() as board, _walk(desk, board, own) as link:
        contexts = {language: reader(browser, language, PHONE) for language in LOCALES}
        phones = {language: context.new_page() for language, context in contexts.items()}
        for language, page in phones.items():
            page.goto(link)
            page.wait_for_selector("html[data-state=walking]", state="attached", timeout=WAIT_MS)
            page.get_by_text(_HIDDEN[language]).first.wait_for(timeout=WAIT_MS)
        made = _looked(phones, "listening", out)
        made += _tested(phones, out)
        made += _turned(phones, board, out)
        for context in contexts.values():
            context.close()
    said = desk.probe("calibrate", "show", "--outbox", own)
    made.append(drawn(out / "calibrate-show.svg", "contrechamp-probe", typed("contrechamp-probe calibrate show", said)))
    return made


def _looked(phones: "dict[str, Page]", what: str, out: Path) -> list[Path]:
    """What each phone shows now."""
    return [looked_at(page, out / f"page-{what}-{language}.png") for language, page in phones.items()]


def _opened(phones: "dict[str, Page]", tab: str) -> None:
    for page in phones.values():
        _tap(page, "nav [data-tab=kit]")
        _tap(page, f"[data-tab={tab}]")


def _tested(phones: "dict[str, Page]", out: Path) -> list[Path]:
    """The self-test, once its last line is there."""
    _opened(phones, "selftest")
    _tap(phones["en"], "[data-act=selftest]")
    for page in phones.values():
        page.wait_for_selector("[data-key^=clock]", timeout=WAIT_MS)
        page.evaluate(_RENAME, [PORT.pattern, MAKERS_PORT])
    return _looked(phones, "selftest", out)


def _turned(phones: "dict[str, Page]", board: DeskBoard, out: Path) -> list[Path]:
    """The compass: half turned, and done."""
    _opened(phones, "compass")
    _tap(phones["en"], "[data-act=calibrate]")
    board.pace, board.compass.turning = _QUICK, True
    try:
        for page in phones.values():
            _share(page, _HALF)
        made = _looked(phones, "compass-turning", out)
        for page in phones.values():
            _share(page, _WHOLE)
    finally:
        board.pace, board.compass.turning = 1.0, False
    _tap(phones["en"], "[data-act=calibrate]")
    for page in phones.values():
        page.wait_for_selector("[data-act=calibrate][data-on=yes]", timeout=WAIT_MS)
    return made + _looked(phones, "compass-done", out)


def _share(page: "Page", wanted: float) -> None:
    """Wait until so much of the turning is done. Raises Failed."""
    until_s = time.monotonic() + WAIT_MS / 1000
    while float(page.locator("progress").first.get_attribute("value", timeout=WAIT_MS) or 0) < wanted:
        if time.monotonic() > until_s:
            raise Failed("the compass of the pictures does not come to its end")
        time.sleep(0.1)


def _tap(page: "Page", selector: str) -> None:
    page.locator(selector).first.tap(timeout=WAIT_MS)


@contextmanager
def _walk(desk: Desk, board: DeskBoard, outbox: Path) -> Iterator[str]:
    """A probe that walks; gives the link of its page. Raises Failed."""
    port, code, log = _free_port(), outbox.with_suffix(".code"), outbox.with_suffix(".log")
    options: list[str | Path] = [
        "--board",
        board.device,
        "--outbox",
        outbox,
        "--page",
        f"127.0.0.1:{port}",
        "--page-secret-file",
        code,
    ]
    with log.open("wb") as said:
        command = desk.command("probe", "run", *options, "--offline")
        running = subprocess.Popen(command, cwd=desk.folder, env=desk.env, stdout=said, stderr=said)
    try:
        _wait(running, port, code, log)
        yield f"http://127.0.0.1:{port}/#{code.read_text().strip()}"
    finally:
        running.terminate()
        running.wait(30)


def _wait(running: "subprocess.Popen[bytes]", port: int, code: Path, log: Path) -> None:
    until_s = time.monotonic() + 30
    while running.poll() is None and time.monotonic() < until_s:
        with socket.socket() as looking:
            if code.exists() and looking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise Failed(f"the probe of the pictures did not start: {log.read_text(errors='replace').strip()[-300:]}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
