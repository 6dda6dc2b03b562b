"""The radio board's own files: under CPython with a scripted radio, and under MicroPython over a serial line.

No board was at hand: nothing here ran on CircuitPython or on an ESP32.
"""

import json
import os
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import SourceLost
from probe.radio.board import Board as HostBoard
from probe.radio.frame import Advert, Dwell, Frame, Repeat
from probe.radio.link import read_heard, read_message, write_message
from probe.radio.serial import open_port
from probe.radio.strangers import Strangers
from tests.firmware import fetch
from tests.probe.radio.compose import AXIS_OCTETS, beacon
from tests.probe.radio.test_board import Script, collect, serial_pair

FIRMWARE = Path(__file__).parents[2] / "firmware"
RADIO_BOARD = FIRMWARE / "radio-board"
LINES = 20_400


@pytest.fixture(autouse=True)
def _on_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(RADIO_BOARD))
    yield
    for name in [name for name in sys.modules if name == "radio" or name.startswith("radio.")]:
        del sys.modules[name]


class Monitor:
    """A monitor that gives what it is given; it refuses 5 GHz, as an S3 does."""

    def __init__(self) -> None:
        self.waiting: list[tuple[bytes, int, int]] = []
        self.losses = 0
        self._channel = 1

    @property
    def channel(self) -> int:
        return self._channel

    @channel.setter
    def channel(self, number: int) -> None:
        if number > 14:
            raise ValueError("Invalid channel")
        self._channel = number

    def packet(self) -> tuple[bytes, int, int] | None:
        return self.waiting.pop(0) if self.waiting else None

    def lost(self) -> int:
        losses, self.losses = self.losses, 0
        return losses


class Scanner:
    def __init__(self) -> None:
        self.waiting: list[tuple[int, int, bytes, bytes, int]] = []

    def adverts(self) -> list[tuple[int, int, bytes, bytes, int]]:
        waiting, self.waiting = self.waiting, []
        return waiting


class Port:
    """Takes at most so many octets at a time."""

    def __init__(self, most: int = 10_000) -> None:
        self.out, self.into, self.most = b"", b"", most

    def read(self) -> bytes:
        came, self.into = self.into, b""
        return came

    def write(self, octets: bytes) -> int:
        self.out += octets[: self.most]
        return min(len(octets), self.most)


class Rig:
    """A board with a scripted radio, port and clock."""

    def __init__(self, channels: list[int] | None = None, most: int = 10_000) -> None:
        from radio.board import Board

        self.now = 0
        self.monitor, self.scanner, self.port = Monitor(), Scanner(), Port(most)
        self.board: Any = Board(
            self.monitor, self.scanner, self.port, lambda: self.now, channels or [1, 6, 11], "rig", "00", os.urandom
        )

    def hear(self, *frames: bytes, ms: int = 0) -> None:
        self.now += ms
        self.monitor.waiting += [(frame, self.monitor.channel, -60) for frame in frames]
        self.board.step()

    def say(self, **wish: object) -> None:
        self.port.into += write_message(wish) + b"\n"
        self.board.step()

    def lines(self) -> list[bytes]:
        out, self.port.out = self.port.out, b""
        return out.splitlines()

    def told(self) -> list[Any]:
        return [read_heard(line) if line[:1] == b"!" else read_message(line) for line in self.lines()]


def test_the_host_reads_what_the_board_says() -> None:
    rig = Rig()
    rig.scanner.waiting.append((0, 0, AXIS_OCTETS, b"\x02\x01\x06", -70))
    rig.hear(beacon(), beacon())
    rig.hear(beacon(), ms=1200)
    host = HostBoard("rig", Script(rig.port.out), strangers=Strangers())
    events: list[object] = []
    collect(host, events)
    kinds = [type(event) for event in events]
    assert kinds.count(Frame) == 1
    assert kinds.count(Advert) == 1
    assert Repeat in kinds
    assert Dwell in kinds
    assert (host.noise, host.damaged, host.lost_lines) == (0, 0, 0)
    assert host.about["board"] == "rig"


def test_what_is_heard_again_is_counted_and_told_once_a_second_without_its_address() -> None:
    rig = Rig()
    rig.hear(beacon(), beacon(ssid=b"town", extra=bytes([5, 4, 0, 1, 0, 0])))
    first = [line for line in rig.told() if hasattr(line, "slot")]
    assert [line.times for line in first] == [2], "another traffic map is the same beacon"
    for _ in range(9):
        rig.hear(beacon(), ms=100)
    assert not [line for line in rig.told() if hasattr(line, "slot")]
    rig.hear(beacon(), ms=100)
    (again,) = [line for line in rig.told() if hasattr(line, "slot")]
    assert (again.times, again.prefix, again.slot) == (10, b"", first[0].slot)
    assert AXIS_OCTETS not in repr([vars(slot) for slot in rig.board.memory._slots.values()]).encode()


def test_after_a_minute_it_is_told_in_full_again() -> None:
    rig = Rig()
    rig.hear(beacon())
    rig.lines()
    rig.hear(beacon(), ms=61_000)
    assert any(getattr(line, "prefix", b"") for line in rig.told())


def test_frames_without_an_identity_are_let_go() -> None:
    rig = Rig()
    rig.hear(b"\xd4\x00" + bytes(40), b"\x08\x02" + bytes(60), b"", b"\x80", beacon()[:30], b"\x80\x40" + bytes(60))
    assert len(rig.board.memory) == 0


def test_ten_thousand_addresses_do_not_fill_the_board() -> None:
    rig = Rig()
    for number in range(10_000):
        rig.hear(beacon(number.to_bytes(6, "big")), ms=1)
    assert len(rig.board.memory) <= 256
    assert len(rig.board._out) <= 33
    rig.hear(ms=1500)
    assert sum(line["dropped"] for line in rig.told() if isinstance(line, dict) and line["type"] == "status") > 0


def test_the_plan_is_told_by_the_host_and_a_channel_that_cannot_be_tuned_is_dropped() -> None:
    rig = Rig([1, 6, 11, 36])
    rig.say(do="plan", channels=[6, 36, 200, "x"], dwell_ms=20)
    assert rig.board.plan.channels == [6, 36]
    assert rig.board.plan.dwell_ms == 110, "a beacon comes every 102 ms"
    for _ in range(4):
        rig.hear(ms=200)
    assert rig.board.plan.channels == [6]
    assert any(isinstance(line, dict) and "channel 36" in line.get("text", "") for line in rig.told())
    rig.say(do="hold", channel=6)
    assert rig.board.plan.held == 6
    rig.say(do="hold", channel=None)
    assert rig.board.plan.held is None


@pytest.mark.parametrize(
    "wish", [{"do": "exec"}, {"do": "plan", "channels": 3}, {"do": "hold", "channel": "x"}, {"do": "ble"}, {}]
)
def test_what_the_host_may_not_ask_is_ignored_and_counted(wish: dict[str, object]) -> None:
    rig = Rig()
    rig.say(**wish)
    assert rig.board.ignored == 1


def test_losses_are_told_and_told_once() -> None:
    rig = Rig()
    rig.monitor.losses = 7
    rig.hear(ms=150)
    rig.hear(ms=1000)
    rig.hear(ms=1000)
    lost = [line["lost"] for line in rig.told() if isinstance(line, dict) and line["type"] == "status"]
    assert sum(lost) == 7


def test_a_slow_port_delays_and_breaks_no_line() -> None:
    rig = Rig(most=7)
    for number in range(20):
        rig.hear(beacon(number.to_bytes(6, "big")), ms=10)
    for _ in range(2000):
        rig.hear()
    assert None not in rig.told()


@given(st.binary(max_size=300))
def test_any_bytes_from_the_host_are_survived(data: bytes) -> None:
    sys.path.insert(0, str(RADIO_BOARD))
    rig = Rig()
    rig.port.into = data + b"\n" + data
    rig.board.step()
    rig.board.step()
    assert len(rig.board._rest) <= 1024


@given(st.binary(max_size=120))
def test_any_frame_is_survived(frame: bytes) -> None:
    sys.path.insert(0, str(RADIO_BOARD))
    rig = Rig()
    rig.hear(frame)
    assert None not in rig.told()


def test_the_golden_lines_are_those_of_both_sides() -> None:
    from radio import lines

    for entry in (FIRMWARE / "golden" / "lines.jsonl").read_text().splitlines():
        golden = json.loads(entry)
        line, means = golden["line"].encode(), golden["means"]
        if line[:1] == b"!":
            told = read_heard(line)
            assert told is not None
            assert {**told._asdict(), "prefix": told.prefix.hex()} == means
            fields = told._asdict()
            assert lines.heard(**fields).strip() == line
        else:
            assert read_message(line) == means
            assert lines.read_message(line) == means
    for line in (FIRMWARE / "golden" / "refused.txt").read_bytes().splitlines():
        assert read_heard(line) is None or line[:1] != b"!"
        assert read_message(line) is None
        assert lines.read_message(line) is None


def test_the_settings_keep_it_silent() -> None:
    settings = tomllib.loads((RADIO_BOARD / "settings.toml").read_text())
    assert settings == {"CIRCUITPY_BLE_WORKFLOW": False}
    glue = (RADIO_BOARD / "radio" / "glue.py").read_text()
    assert "active=False" in glue
    for word in ("wifi.radio", ".connect(", "start_ap", "start_advertising", "inject"):
        assert word not in glue


def test_only_the_glue_touches_the_hardware() -> None:
    for path in (RADIO_BOARD / "radio").glob("*.py"):
        text = path.read_text()
        touches = any(f"import {name}" in text for name in ("wifi", "_bleio", "usb_cdc", "microcontroller"))
        assert touches == (path.name == "glue.py"), path.name


def test_the_glue_fits_circuitpythons_published_types() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", os.devnull, "--check-untyped-defs", "code.py", "radio"],
        cwd=RADIO_BOARD,
        env={**os.environ, "MYPYPATH": str(RADIO_BOARD), "MYPY_CACHE_DIR": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    if "wifi" in checked.stdout and "not-found" in checked.stdout:
        pytest.skip("circuitpython-stubs is not installed")
    assert checked.returncode == 0, checked.stdout


def test_the_same_files_under_micropython_not_circuitpython_over_a_serial_line() -> None:
    try:
        there = fetch.PACKAGE.is_file() or fetch.fetch()
    except (OSError, ImportError) as problem:
        pytest.skip(f"no MicroPython here ({problem})")
    if not there:
        pytest.skip("no MicroPython here, and none to be fetched")
    with serial_pair() as (far, device):
        host = HostBoard(device, open_port(device, 115_200), strangers=Strangers())
        events: list[object] = []
        reading = threading.Thread(target=collect, args=(host, events))
        reading.start()
        run = [fetch.node(), str(Path(__file__).parent / "run.mjs"), str(fetch.MODULES), str(RADIO_BOARD)]
        board = subprocess.Popen(
            [*run, str(Path(__file__).parent / "scripted.py"), str(LINES)], stdout=far, stderr=subprocess.PIPE
        )
        _, complaint = board.communicate(timeout=60)
        assert board.returncode == 0, complaint[-500:]
        waited = threading.Event()
        for _ in range(100):
            before = len(events)
            waited.wait(0.1)
            if len(events) == before:
                break
        os.close(far)
        reading.join(timeout=10)
    assert isinstance(events[-1], SourceLost)
    told = sum(isinstance(event, Frame | Repeat) for event in events)
    assert told > 19_000
    assert told + sum(isinstance(event, Dwell) for event in events) >= 20_000
    assert (host.noise, host.damaged, host.lost_lines) == (0, 0, 0)
    assert host.about["board"] == "MicroPython, not CircuitPython"
