"""The pages about software: what they quote is said, what they tell to type works, their figures are the code's."""

import ast
import hashlib
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hardware.site import checks
from hardware.site.pagelist import LANGUAGES
from hardware.site.shots.make import ENGLISH, IN_BOTH
from hardware.wiring.harness import load_wiring
from probe.aim.guided import ENOUGH_READINGS, ENOUGH_SIDES, FAIR_SD_DEG, GOOD_SD_DEG
from probe.card.wheels import LockedWheel
from probe.cli import card as card_command
from probe.cli.main import cli as probe
from probe.page.words import parts, words
from probe.selftest.judge import judged
from tests.firmware.rig import FIRMWARE, RADIO_BOARD, load
from tests.hardware.pages import FENCE, Page, page
from tests.paired import made_hub, pair
from tests.probe.aim.turned import csv_of, turned
from tests.probe.card.cards import stock_card

ROOT = Path(__file__).parents[2]
NAMES = ("board", "card", "selftest", "calibrate", "trouble", "care")
PAGES = [page(language, name) for language in LANGUAGES for name in NAMES]
IDS = [f"{one.language}/{one.name}" for one in PAGES]


def plain(text: str) -> str:
    """With ordinary spaces alone."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


@cache
def said_by_the_code() -> str:
    """All strings of probe, hub and board as they are put together, values left out, and what the first start says."""
    found = []
    for path in [*(ROOT / "probe").rglob("*.py"), *RADIO_BOARD.rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
            elif isinstance(node, ast.JoinedStr):
                found.append("".join(one.value if isinstance(one, ast.Constant) else "{}" for one in node.values))  # type: ignore[misc]
    found.append((ROOT / "probe" / "card" / "files" / "first-boot.sh").read_text())
    return plain("\n".join(found))


@pytest.mark.parametrize("one", PAGES, ids=IDS)
def test_what_a_page_quotes_is_what_is_said(one: Page) -> None:
    """A line that begins with `>` is a quotation: of the walker's page in its language, in code of a terminal."""
    told = plain("\n".join(words(one.language).values()))
    for quoted in re.findall(r"^> (.+)$", one.unfenced, re.M):
        text = plain(quoted.strip())
        assert text.strip("`") in (said_by_the_code() if text.startswith("`") else told), quoted


def test_a_quotation_that_nobody_says_is_found() -> None:
    assert "the board has said nothing for" in said_by_the_code()
    assert "the board has said nothing since" not in said_by_the_code()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_first_log_can_say_is_in_the_program_that_writes_it(language: str) -> None:
    quoted = re.findall(r"^\| \*([^*]+)\* \|", page(language, "card").text, re.M)
    assert len(quoted) >= 5
    script = (ROOT / "probe" / "card" / "files" / "first-boot.sh").read_text()
    for line in quoted:
        assert line in script, line


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_the_self_test_is_the_codes(language: str) -> None:
    text = page(language, "selftest").text
    assert text == checks.with_table(text, language), "run python -m hardware.site.checks"


def test_the_table_has_every_sentence_that_the_self_test_can_say() -> None:
    assert {check.note.code for check in checks.checks() if check.note} == set(parts()["selftest.toml"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_place_that_the_self_test_names_is_on_the_page(language: str) -> None:
    """The same names as in hardware/README.md, where the program sends its readers."""
    named = {str(check.reference).partition("#")[2] for state in checks.states() for check in judged(state)}
    text = page(language, "selftest").text
    readme = (ROOT / "hardware" / "README.md").read_text()
    for anchor in named:
        assert f"\n({anchor})=\n### " in text, anchor
        assert f'<a id="{anchor}"></a>' in readme, anchor


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pins_that_the_self_tests_page_names_are_the_wirings(language: str) -> None:
    """Whoever mends a wire by this page must not be sent to another pin than the table of wires says."""
    text = page(language, "selftest").text
    for kit in ("scout", "surveyor"):
        for wire in load_wiring().kits[kit]:
            place = {"gnss": "receiver", "comp": "compass", "butt": "button", "buzz": "signals", "led": "signals"}.get(
                wire.part[:4]
            )
            if place is not None and wire.board.isdigit():
                section = text.partition(f"({place})=")[2].partition(")=")[0]
                assert re.search(rf"\b{wire.board}\b", section), (kit, wire)


@pytest.mark.parametrize("one", PAGES, ids=IDS)
def test_the_pictures_of_a_page_are_made(one: Page) -> None:
    for directive in one.directives:
        if directive.name == "shot":
            assert directive.argument in (*IN_BOTH, *ENGLISH)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_that_the_page_of_the_card_lists_is_one(language: str) -> None:
    known = {option for one in card_command.card.params for option in one.opts}
    listed = re.findall(r"^\| `(--[a-z-]+)", page(language, "card").text, re.M)
    assert len(listed) >= 5
    assert set(listed) <= known


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_boards_libraries_and_settings_are_the_firmwares(language: str) -> None:
    text = page(language, "board").text
    pins = load("pins")
    wanted = [{field[0], up[0]} for field, up, _ in pins.COMPASSES]
    for command in page(language, "board").commands:
        if command.startswith(".venv/bin/circup install"):
            assert set(command.split()[2:]) in wanted
    for setting in {*re.findall(r"CONTRECHAMP_\w+", text + page(language, "selftest").text)}:
        assert f'"{setting}"' in (RADIO_BOARD / "radio" / "glue.py").read_text(), setting
    (table,) = [found["body"] for found in FENCE.finditer(text) if found["code"] == "toml"]
    assert tomllib.loads(table)["CONTRECHAMP_PINS"] in pins.BOARDS
    assert {"boot.py", "code.py", "settings.toml", "radio"} == {path.name for path in RADIO_BOARD.iterdir()} - {
        "__pycache__"
    }
    for name in re.findall(r"`((?:boot|code)\.py|settings\.toml)`", text):
        assert (RADIO_BOARD / name).exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_good_looks_like_is_what_the_code_says(language: str) -> None:
    text = plain(page(language, "calibrate").text)
    assert (GOOD_SD_DEG, FAIR_SD_DEG, ENOUGH_SIDES, ENOUGH_READINGS) == (4.0, 10.0, 9, 300)
    told = words(language)
    for quality, degrees in (("good", "4"), ("fair", "10")):
        assert re.search(rf"\| \*{re.escape(plain(told[f'page-quality-{quality}']))}\* \| {degrees} ", text)
    assert "300" in text
    figures = (ROOT / "docs" / "figures.md").read_text()
    for figure in ("| 47, 159° | 80 simulated sensors", "| 0.3, 2.2°;"):
        assert figure in figures, "the page of calibration has this figure: say it there anew"
    assert all(number in text.replace(",", ".") for number in ("47", "0.3", "2.2", "80"))


# What a page tells to type and no test types here, and why.
NOT_RUN = {
    "make setup": "fetches packages",
    ". .venv/bin/activate": "a shell's own",
    "sudo usermod": "changes this machine",
    ".venv/bin/pip install": "fetches packages",
    ".venv/bin/esptool": "wants a board",
    ".venv/bin/circup": "wants a board, and fetches libraries",
    ".venv/bin/python -m serial.tools.miniterm": "wants a board",
    "contrechamp-probe listen --board auto": "wants a board: `test_shots` runs it with one",
    "contrechamp-probe calibrate lens": "takes seconds: tests/probe/aim/test_command.py does it",
    "contrechamp-probe selftest --board auto": "wants a board: `test_shots` runs it with one",
    "contrechamp-probe run --board auto": "wants a board: `test_shots` runs it with one",
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the pages say that one has by then: a card, a drive, a paired outbox, readings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    stock_card(tmp_path / "media" / "bootfs")
    (tmp_path / "media" / "CIRCUITPY").mkdir()
    (tmp_path / "media" / "stick").mkdir()
    (tmp_path / "firmware").mkdir()
    shutil.copytree(FIRMWARE / "radio-board", tmp_path / "firmware" / "radio-board")
    hub = made_hub(tmp_path / "hub")
    pair(tmp_path / "kit-1.db", hub)
    (tmp_path / "media" / "contrechamp" / "probe").mkdir(parents=True)
    pair(tmp_path / "media" / "contrechamp" / "probe" / "outbox.db", hub)
    (tmp_path / "turned.csv").write_text(csv_of(turned()))
    wheels = tmp_path / "cache" / "contrechamp" / "wheels"
    wheels.mkdir(parents=True)
    (wheels / "click-8.5.1-py3-none-any.whl").write_bytes(b"click")
    locked = LockedWheel(
        "cp313", "aarch64", "click", "8.5.1", "click-8.5.1-py3-none-any.whl", hashlib.sha256(b"click").hexdigest()
    )
    (tmp_path / "contrechamp-0.1.0-py3-none-any.whl").write_bytes(b"ours")
    monkeypatch.setattr(card_command, "locked_wheels", lambda _machine: [locked])
    monkeypatch.setattr(card_command, "our_wheel", lambda *_: tmp_path / "contrechamp-0.1.0-py3-none-any.whl")
    return tmp_path


def run_here(commands: list[str], here: Path) -> Iterator[tuple[str, Result]]:
    """Type what a page says, in its order, within a folder; what is not typed has a reason in the list above."""
    for command in commands:
        if any(command.startswith(known) for known in NOT_RUN):
            continue
        told = shlex.split(command.replace("/media/$USER/", f"{here}/media/"))
        told = told[1:] if told[0] == "sudo" else told
        if told[0] == "cp":
            shutil.copytree(told[2], told[3], dirs_exist_ok=True)
            continue
        assert told[0].endswith("contrechamp-probe"), f"{command}: type it here, or say why not"
        yield command, CliRunner().invoke(probe, told[1:], catch_exceptions=True)


# Both languages tell to type the same (`test_pages`), but for the language of the kit's card.
@pytest.mark.parametrize(
    "one",
    [one for one in PAGES if one.language == "en" or one.name == "card"],
    ids=lambda one: f"{one.language}/{one.name}",
)
def test_what_a_page_says_to_type_works_in_its_order(one: Page, desk: Path) -> None:
    for found in FENCE.finditer(one.text):
        if found["code"] == "toml" and one.name == "card":
            (desk / "dongle.toml").write_text(found["body"])
        if found["code"] == "text" and one.name == "card":
            (desk / "home.txt").write_text(found["body"])
    shown = {}
    for command, done in run_here(one.commands, desk):
        assert done.exit_code == 0, (command, done.output, done.exception)
        shown[" ".join(command.split()[1:3])] = done.output
    if one.name == "calibrate":
        assert "A heading is known to" in shown["calibrate show"]
    if one.name == "card":
        assert (desk / "kit-card.html").exists()
        assert 'monitor = ["wlan1"]' in (desk / "media" / "bootfs" / "contrechamp" / "settings.toml").read_text()
        assert (desk / "media" / "bootfs" / "contrechamp" / "outbox.db").exists()
    if one.name == "board":
        assert (desk / "media" / "CIRCUITPY" / "radio" / "pins.py").exists()
        assert (desk / "media" / "CIRCUITPY" / "boot.py").exists()


def test_a_command_that_a_program_does_not_know_is_found(desk: Path) -> None:
    ((_, done),) = run_here(["contrechamp-probe card /media/$USER/bootfs --colour red"], desk)
    assert done.exit_code == 2
    with pytest.raises(AssertionError, match="say why not"):
        list(run_here(["rm -rf everything"], desk))


def test_every_reason_not_to_type_a_command_is_needed() -> None:
    typed = [command for one in PAGES for command in one.commands]
    for known in NOT_RUN:
        assert any(command.startswith(known) for command in typed), known
