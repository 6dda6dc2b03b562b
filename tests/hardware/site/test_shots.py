"""Pictures of what a person sees: their parts here, all of them with `-m kit`."""

import os
import re
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from hardware.build import KIT
from hardware.site.shots.card import FIRST_BOOT, first_boot_steps
from hardware.site.shots.desk import Desk, desk
from hardware.site.shots.desk_board import desk_board
from hardware.site.shots.make import ENGLISH, IN_BOTH
from hardware.site.shots.terminal import Failed, drawn, last_screen, run, typed
from probe.aim.compass import Reading as CompassReading
from probe.aim.compass import fitted
from probe.radio.link import Heard, read_heard, read_message, write_message
from probe.radio.serial import open_port

PRINTS = "import sys; print('to out'); print('to err', file=sys.stderr); sys.exit(3)"
SCREENS = "print('\\x1b[Hfirst one\\n'*1 + '\\x1b[Hsecond one\\n' + '\\x1b[Hthird one is whole\\n')"


def test_a_terminal_is_drawn_without_anything_from_elsewhere(tmp_path: Path) -> None:
    text = typed("contrechamp-probe status", "\x1b[31mred\x1b[0m <b>&</b> é")
    path = drawn(tmp_path / "a" / "shot.svg", "a title", text)
    svg = path.read_text()
    assert "contrechamp-probe" in svg.replace("&#160;", " ")
    assert "&lt;b&gt;&amp;&lt;/b&gt;" in svg
    addresses = set(re.findall(r"https?://[^\"' <)]+", svg))
    # The first names the format, the second is in a remark of rich's: nothing is fetched for either.
    assert addresses <= {"http://www.w3.org/2000/svg", "https://www.textualize.io"}
    assert "@font-face" not in svg


def test_what_a_command_says_comes_in_order_and_a_wrong_end_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PRINTS]
    assert run(command, tmp_path, os.environ, codes=(3,)) == "to out\nto err\n"
    with pytest.raises(Failed, match="ended with 3"):
        run(command, tmp_path, os.environ)
    assert last_screen([sys.executable, "-c", SCREENS], tmp_path, os.environ).strip() == "third one is whole"
    with pytest.raises(Failed, match="after 1 screens"):
        last_screen([sys.executable, "-c", "print('no screen')"], tmp_path, os.environ)


def test_a_picture_shows_a_makers_names_and_none_of_this_machine(tmp_path: Path) -> None:
    here = Desk(tmp_path)
    said = f"started as root: keeps nothing\n{tmp_path}/kit-1.db: /dev/pts/17 hears\n/dev/pts/3\x1b[0m  board\n"
    assert here.told(said) == "kit-1.db: /dev/ttyACM1 hears\n/dev/ttyACM1\x1b[0mboard\n"
    assert set(here.env) <= {"PATH", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "HOME", "LANG", "PYTHONPATH", "TMPDIR", "TZ"}
    with desk() as other:
        assert other.folder.exists()
    assert not other.folder.exists()


def test_the_first_starts_lines_are_the_scripts_in_its_order() -> None:
    steps = first_boot_steps()
    assert steps[0] == "– s: started"
    assert steps[-1] == "– s: done: starting as a probe"
    script = FIRST_BOOT.read_text()
    places = [script.index(f'step "{step.removeprefix("– s: ")}') for step in steps]
    assert places == sorted(places)
    assert not any("STOPPED" in step or "damaged" in step for step in steps)


def test_the_board_on_the_desk_speaks_as_a_board_does() -> None:
    with desk_board() as board:
        port = open_port(board.device, 115200)
        try:
            port.write(write_message({"do": "hello"}) + b"\n" + write_message({"do": "sense", "on": True}) + b"\n")
            board.pace, board.compass.turning = 20.0, True
            lines = _read(port, 400)
        finally:
            port.close()
    told = [read_heard(line) if line[:1] == b"!" else read_message(line) for line in lines]
    messages = [one for one in told if isinstance(one, dict)]
    (hello, *_) = [one for one in messages if one["type"] == "hello"]
    assert hello["parts"] == ["receiver", "compass", "button", "player"]
    assert sum(isinstance(one, Heard) for one in told) > 10
    assert any(one["type"] == "nmea" and one["line"].startswith("$GPGGA") for one in messages)
    turned = [CompassReading(tuple(one["m"]), tuple(one["a"])) for one in messages if one["type"] == "sense"]
    compass = fitted(turned)
    assert compass.offset == pytest.approx((11.0, -7.0, 5.0), abs=1.0)
    assert compass.heading_sd_deg < 4
    assert not any(one.name == "desk board" for one in threading.enumerate())


def _read(port: object, count: int) -> list[bytes]:
    """So many whole lines of a port, in half a minute at most."""
    came, until_s = b"", time.monotonic() + 30
    while came.count(b'"sense"') < count // 4 or came.count(b"!") < 12:
        came += port.read(4096)  # type: ignore[attr-defined]
        assert time.monotonic() < until_s, came[-200:]
    return [line.strip() for line in came.split(b"\n")[1:-1] if line.strip()]


@pytest.mark.kit
def test_all_pictures_are_made_and_show_nothing_of_this_machine() -> None:
    shots = KIT / "shots"
    made = list(shots.iterdir())
    names = {f"{name}-{language}" for name in IN_BOTH for language in ("en", "fr")} | set(ENGLISH)
    assert {path.stem for path in made} == names
    for path in made:
        if path.suffix == ".svg":
            text = path.read_text().replace("&#160;", " ")
            assert str(Path.home()) not in text, path
            assert tempfile.gettempdir() not in text, path
            assert "pts/" not in text, path
            assert "Traceback" not in text, path
            assert "root" not in text, path
        else:
            assert path.read_bytes()[:4] == b"\x89PNG", path
            assert path.stat().st_size > 10_000, path
    said = (shots / "card.svg").read_text().replace("&#160;", " ")
    assert "all read back" in said
    assert "Compare them" in (shots / "pair.svg").read_text().replace("&#160;", " ")
