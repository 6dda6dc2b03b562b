"""The device's service: real processes on the kernel's sockets and serial lines; no radio and no board."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from probe.contract.code import make_code, new_token
from probe.radio.link import Heard, write_heard, write_message
from probe.service import Phase, ProbeService, ServiceSettings
from probe.walk.kit import Kit
from tests.paired import pair
from tests.probe.radio.compose import beacon, radiotap
from tests.probe.radio.tap import tap
from tests.probe.radio.test_board import serial_pair
from tests.processes import HubProcess, probe, until

NAME = f"ctr{os.getpid() % 100000}"
HELLO = {"type": "hello", "seq": 0, "protocol": 1, "board": "test", "uid": "00", "channels": [1, 6], "ble": False}


def start(*words: str | Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "probe", "run", *map(str, words), "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def sentence(body: str) -> bytes:
    check = 0
    for char in body:
        check ^= ord(char)
    return f"${body}*{check:02X}\r\n".encode()


def test_adapter_board_and_receiver_at_once_until_it_is_stopped_and_a_hub_has_it(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub")
    hub.start()
    pair(tmp_path / "o.db", tmp_path / "hub")
    with tap(NAME) as air, serial_pair() as (cable, board), serial_pair() as (sky, receiver):
        kit = ("--monitor", NAME, "--board", board, "--gnss", receiver)
        running = start(*kit, "--show-ends", "--outbox", tmp_path / "o.db", "--to", hub.mqtt_url)
        os.write(cable, write_message(HELLO) + b"\n")
        assert running.stderr is not None
        listening, began = set[str](), ""
        while len(listening) < 3:  # a busy machine takes its time
            began = running.stderr.readline()
            assert began, "it ended before all sources listened"
            listening |= {began.split(":")[0]} if "listening" in began else set()
        for seq in range(1, 41):
            now = time.gmtime()
            hour, day = time.strftime("%H%M%S.00", now), time.strftime("%d%m%y", now)
            os.write(sky, sentence(f"GPRMC,{hour},A,4700.0000,N,01700.0000,W,0.0,,{day},,,A"))
            air.send(radiotap(beacon()))
            seen = write_heard(Heard(1, seq & 0xFFFF, 0, 6, -50, 1, 1, len(beacon()), beacon(b"\xb8\xa4\x4f\0\0\1")))
            os.write(cable, seen + b"\n")
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=40)
    hub.stop()
    assert running.returncode == 0, err
    told = json.loads(out.splitlines()[-1])
    frames = {source["kind"]: source["frames"] for source in told["sources"]}
    assert frames["monitor"] > 10
    assert frames["board"] > 10
    assert frames["gnss"] > 10
    assert told["sightings"] >= 1, "the survey: four seconds are too short to believe in a camera"
    assert told["queued"] == 0, "the hub has all of it"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--monitor", "nope0"), "no such interface"),
        (("--monitor", "lo"), "not a wireless interface"),
        (("--country", "Europe", "--board", "auto"), "two letters"),
        (("--bluetooth", "wlan0"), "hci0"),
        (("--dwell-ms", "50", "--board", "auto"), "50"),
        (("--board", "/dev/null-and-void", "--to", "ftp://x"), "--to"),
    ],
)
def test_what_cannot_be_listened_with_is_one_sentence_and_exit_2(
    words: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    pair(tmp_path / "o.db", tmp_path / "hub")
    done = probe("run", *words, "--outbox", tmp_path / "o.db")
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_board_that_is_not_there_is_waited_for(tmp_path: Path) -> None:
    pair(tmp_path / "o.db", tmp_path / "hub")
    done = probe("run", "--board", tmp_path / "ttyNone", "--outbox", tmp_path / "o.db", "--for", "1.5")
    assert done.returncode == 0
    assert "lost" in done.stderr


@pytest.mark.parametrize("words", [("run", "--board", "{none}"), ("send", "--follow", "--to", "folder:{none}")])
def test_it_leaves_no_core_dump(words: tuple[str, ...], tmp_path: Path) -> None:
    running = begun(*words, folder=tmp_path)
    running.kill()
    running.communicate()


def begun(*words: str, folder: Path) -> "subprocess.Popen[str]":
    """A command that goes on until it is ended, from when its program has forbidden itself to leave a core dump."""
    pair(folder / "o.db", folder / "hub")
    said = [word.replace("{none}", str(folder / "none")) for word in words]
    command = [sys.executable, "-m", "probe", *said, "--outbox", str(folder / "o.db")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    limits = Path(f"/proc/{running.pid}/limits")
    until(lambda: re.search(r"core file size +0 +0 ", limits.read_text()) is not None, "the limit")
    return running


@pytest.mark.parametrize(
    "words",
    [
        ("send", "--follow", "--to", "folder:{none}"),
        ("pair", "-"),  # waits for the letters
        ("pair", "CODE", "--to", "mqtt://127.0.0.1:1", "--patience", "600"),
    ],
)
def test_ctrl_c_ends_any_command_with_130_and_without_a_traceback(words: tuple[str, ...], tmp_path: Path) -> None:
    code = make_code("5a" * 32, new_token(), None).typed
    running = begun(*(code if word == "CODE" else word for word in words), folder=tmp_path)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode in {130, -signal.SIGINT}, "both are 130 to a shell"
    assert err.strip() == ""


def test_a_walk_that_is_ended_early_does_not_wait_for_its_time(tmp_path: Path) -> None:
    pair(tmp_path / "o.db", tmp_path / "hub")
    running = start("--board", tmp_path / "ttyNone", "--outbox", tmp_path / "o.db", "--offline", "--for", "100000")
    assert running.stderr is not None
    assert any("lost" in line for line in running.stderr)  # root is told something else before
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    assert json.loads(out)["sightings"] == 0


@contextmanager
def walking(tmp_path: Path, **more: Any) -> Iterator[tuple[ProbeService, list[str]]]:
    """A service with a board and a receiver, which has a place and has listened to a channel: enough for a survey."""
    pair(tmp_path / "o.db", tmp_path / "hub")
    told: list[str] = []
    with serial_pair() as (cable, board):
        kit = Kit(boards=(board,))
        service = ProbeService(ServiceSettings(kit=kit, outbox=tmp_path / "o.db", show_ends=True, **more), told.append)
        assert service.status().phase is Phase.STARTING
        service.start()
        until(lambda: service.status().sources[0].health == "listening", "the board")
        hour, day = time.strftime("%H%M%S.00", time.gmtime()), time.strftime("%d%m%y", time.gmtime())
        line = sentence(f"GPRMC,{hour},A,4700.0000,N,01700.0000,W,0.0,,{day},,,A").decode().strip()
        os.write(cable, write_message(HELLO) + b"\n")
        os.write(cable, write_message({"type": "nmea", "seq": 1, "line": line}) + b"\n")
        os.write(cable, write_message({"type": "status", "seq": 2, "dwells": [[6, 1000, 3]]}) + b"\n")
        until(lambda: service.status().sources[0].channel_mhz == 2437, "the first visit to a channel")
        until(lambda: service.walk.fix_at(service.walk.clock()) is not None, "the fix")
        yield service, told


def test_a_service_is_started_looked_at_and_stopped_from_outside(tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    with walking(tmp_path, to=f"folder:{tmp_path / 'stick'}") as (service, told):
        assert service.status().phase is Phase.WALKING
        service.stop()
        assert service.wait(40)
        service.finish()
    status = service.status()
    assert (status.phase, status.sightings, status.in_ram, status.lost) == (Phase.ENDED, 1, 0, 0)
    assert status.standing is not None
    assert status.standing.queued == 1
    assert len(list((tmp_path / "stick").glob("*.parcel"))) == 1
    assert any("listening" in sentence for sentence in told)
    assert {thread.name for thread in threading.enumerate()}.isdisjoint({"walk", "outbox", "delivery", "session"})


def test_sightings_that_nothing_can_be_written_to_are_told_as_lost_and_not_as_waiting(tmp_path: Path) -> None:
    with walking(tmp_path, offline=True) as (service, told):
        with closing(sqlite3.connect(tmp_path / "o.db")) as db:
            db.execute("CREATE TRIGGER worn BEFORE INSERT ON unit BEGIN SELECT RAISE(ABORT, 'the card errs'); END")
        service.finish()
    status = service.status()
    assert (status.sightings, status.in_ram, status.lost) == (1, 0, 1)
    assert status.standing is not None
    assert status.standing.queued == 0
    assert any("kept in memory" in sentence for sentence in told)


def test_a_service_that_was_never_started_ends_at_once(tmp_path: Path) -> None:
    pair(tmp_path / "o.db", tmp_path / "hub")
    settings = ServiceSettings(kit=Kit(boards=("/dev/null-and-void",)), outbox=tmp_path / "o.db")
    ProbeService(settings, print).finish()
