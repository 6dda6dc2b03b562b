"""The device's service: real processes on the kernel's sockets and serial lines; no radio and no board."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from probe.radio.link import Heard, write_heard, write_message
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
        running = start(*kit, "--outbox", tmp_path / "o.db", "--to", hub.mqtt_url)
        os.write(cable, write_message(HELLO) + b"\n")
        began_s, seq = time.monotonic(), 0
        while time.monotonic() - began_s < 4.0:
            seq += 1
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
    assert "listening" in err


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


def test_it_leaves_no_core_dump(tmp_path: Path) -> None:
    pair(tmp_path / "o.db", tmp_path / "hub")
    running = start("--board", tmp_path / "ttyNone", "--outbox", tmp_path / "o.db")
    try:
        limits = Path(f"/proc/{running.pid}/limits")
        until(lambda: re.search(r"core file size +0 +0 ", limits.read_text()) is not None, "the limit")
    finally:
        running.kill()
        running.communicate()
