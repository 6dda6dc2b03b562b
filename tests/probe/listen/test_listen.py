"""The live view: a recorded walk with two adapters and a board at once, its meter, its words, a real terminal."""

import json
import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from hub.demo.run import DATA
from probe.contract.readable import for_terminal
from probe.listen.state import Watcher
from probe.listen.view import bar, draw
from probe.listen.words import WORDS, language
from probe.radio.frame import Frame
from probe.walk.outcome import Outcome
from probe.walk.recorded import RecordedWalk, Recording
from tests.processes import probe
from tests.town.kit import record

AXIS = bytes.fromhex("accc8e102030")


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return record(DATA / "walk-1", tmp_path_factory.mktemp("kit"))


def frames_of(kit: list[Path]) -> list[str | Path]:
    words: list[str | Path] = []
    for path in kit:
        words += ["--frames", path]
    return [*words, "--track", DATA / "walk-1" / "track.nmea"]


def test_each_source_has_its_health_and_its_share(kit: list[Path]) -> None:
    done = probe("listen", *frames_of(kit), "--speed", "1000000", "--json")
    assert done.returncode == 0, done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    by_name = {source["name"]: source for source in last["sources"]}
    assert set(by_name) == {"wlan1.pcap", "wlan2.pcap", "board.log"}
    assert abs(sum(source["share"] for source in by_name.values()) - 1.0) < 1e-6
    assert all(source["frames"] > 0 and source["health"] == "listening" for source in by_name.values())
    assert by_name["board.log"]["lost"] > 0, "lines that the cable lost"
    assert by_name["wlan1.pcap"]["lost"] == 0
    assert last["sightings"] > 0
    assert all(camera["key"] is None for camera in last["recognised"])


def test_a_kit_of_three_finds_what_one_capture_finds(kit: list[Path]) -> None:
    def transmitters(*words: str | Path) -> set[str]:
        told = probe("replay", *words).stdout.splitlines()
        return {line["radio"]["transmitter"] for line in map(json.loads, told) if line["kind"] == "radio"}

    whole = transmitters("--frames", DATA / "walk-1" / "frames.pcap", "--track", DATA / "walk-1" / "track.nmea")
    shared = transmitters(*frames_of(kit))
    assert len(shared & whole) >= 0.8 * len(whole)


def watcher(signal_dbm: int = -60) -> Watcher:
    walk = RecordedWalk(Recording(), Outcome())
    walk.sweep.take_frame(Frame(100.0, AXIS, AXIS, 8, b"\x1b[31m<b>", signal_dbm, 2437, b""))
    walk.sweep.take_frame(Frame(100.0, bytes(6), bytes(6), 8, b"stranger", signal_dbm, 2437, b""))
    return Watcher(walk)


def text_of(watcher: Watcher, now_s: float = 101.0, lang: str = "en") -> str:
    console = Console(width=120, record=True, file=open(os.devnull, "w"))  # noqa: SIM115 (closed below)
    console.print(draw(watcher, now_s, language=lang, recorded=True, sightings=3))
    console.file.close()
    return console.export_text()


def test_only_what_is_recognised_is_shown_and_can_be_locked_on() -> None:
    seen = watcher()
    assert [line.key for line in seen.cameras(101.0)] == [AXIS]
    assert "stranger" not in text_of(seen)
    seen.selected = 99
    locked = seen.lock(seen.cameras(101.0))
    assert locked is not None
    assert seen.locked == AXIS
    assert "on Axis" in text_of(seen)
    assert seen.lock(seen.cameras(101.0)) is None, "the same key lets go"
    assert Watcher(RecordedWalk(Recording(), Outcome())).lock([]) is None


def test_a_maker_that_only_a_name_tells_of_is_shown_with_a_question_mark() -> None:
    seen = watcher()
    seen.walk.sweep.take_frame(Frame(100.0, b"\x02" + AXIS[1:], AXIS, 8, b"Flock Camera net.", -60, 2437, b""))
    assert sorted(line.name for line in seen.cameras(101.0)) == ["Axis", "Flock Safety?"]


def test_the_meter_says_warmer_and_colder() -> None:
    seen = watcher()
    (line,) = seen.cameras(100.5)
    seen.lock([line])
    assert seen.trend(line, 100.5) == "same"
    for step, (level, word) in enumerate([(-45, "warmer"), (-40, "warmer"), (-80, "colder")]):
        at_s = 103.0 + 3 * step
        seen.walk.sweep.take_frame(Frame(at_s, AXIS, AXIS, 8, b"\x1b[31m<b>", level, 2437, b""))
        (line,) = seen.cameras(at_s + 0.1)
        assert seen.trend(line, at_s + 0.1) == word


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_view_speaks_both_languages_and_obeys_no_name(lang: str) -> None:
    told = text_of(watcher(), lang=lang)
    assert WORDS[lang]["recognised"] in told
    assert "\x1b" not in told
    assert set(WORDS["en"]) == set(WORDS["fr"])
    assert for_terminal("\x1b[2Jx") == "?[2Jx"
    assert "dBm" in bar(-200, 10).plain


def test_french_is_set_as_french_is() -> None:
    for word in WORDS["fr"].values():
        assert "'" not in word
        assert not re.search(r" [:;!?]|[}\d] (?:m|s|%)(?!\w)", word), word
    told = text_of(watcher(), lang="fr")
    assert re.search(r"trames oubliées\u00a0: \d", told)
    assert not re.search(r"\d[.,]\d{3}\b|\d%", told), "numbers are grouped by spaces"


def test_the_terminals_language_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert language(None) == "fr"
    assert language("en") == "en"
    monkeypatch.setenv("LC_ALL", "de_DE")
    assert language(None) == "en"


def test_on_a_real_terminal_it_draws_obeys_keys_and_leaves_it_as_it_was(kit: list[Path]) -> None:
    far, near = pty.openpty()
    command = [sys.executable, "-m", "probe", "listen", *map(str, frames_of(kit)), "--speed", "20", "--lang", "en"]
    running = subprocess.Popen(
        command, stdin=near, stdout=near, stderr=near, env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "120"}
    )
    os.close(near)
    drawn, keys, deadline = b"", [b"\x1b[B", b"\r", b"q"], time.monotonic() + 20
    os.set_blocking(far, False)
    while running.poll() is None and time.monotonic() < deadline:
        try:
            drawn += os.read(far, 65536)
        except (BlockingIOError, OSError):
            time.sleep(0.05)
        if b"wlan1.pcap" in drawn and keys and len(drawn) > 4000 * (4 - len(keys)):
            os.write(far, keys.pop(0))
    running.kill()
    assert running.wait() == 0, "q ends it"
    try:
        drawn += os.read(far, 65536)
    except OSError:
        drawn += b""  # all was read
    os.close(far)
    assert b"\x1b[?1049l" in drawn, "the screen is given back"


def test_a_wrong_file_is_one_sentence() -> None:
    done = probe("listen", "--frames", "nowhere.pcap")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
