"""The whole service as a process: systemd hears of it, a recorded walk is played, a signal ends it in good order."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from probe.device.notify import Notifier
from probe.outbox.outbox import Outbox
from probe.run.parts import SupervisedPart
from probe.run.watch import Watch
from probe.service import LEAVE_S
from tests.paired import pair
from tests.patience import finished
from tests.probe.run.walks import made_walk
from tests.processes import probe


@contextmanager
def manager(path: Path) -> Iterator[socket.socket]:
    """systemd's end of the socket."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as there:
        there.bind(str(path))
        there.settimeout(120)
        yield there


def heard_until(there: socket.socket, word: str) -> list[str]:
    """What is heard up to a word."""
    said = list[str]()
    while not said or word not in said[-1]:
        said.append(there.recv(4096).decode())
    return said


def test_systemd_hears_that_it_listens_lives_and_ends_and_a_signal_seals_what_is_in_memory(tmp_path: Path) -> None:
    pair(tmp_path / "o.db", tmp_path / "hub")
    words = ["run", "--played", made_walk(tmp_path / "walk", 120), "--show-ends", "--outbox", tmp_path / "o.db"]
    command = [sys.executable, "-m", "probe", *map(str, words), "--offline", "--json"]
    with manager(tmp_path / "notify") as there:
        told = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "2000000"}
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | told
        )
        ready = heard_until(there, "READY=1")[-1]
        assert "listening" in ready
        heard_until(there, "WATCHDOG=1")
        process.send_signal(signal.SIGTERM)
        heard_until(there, "STOPPING=1")
        out, err = finished(process, LEAVE_S + 20.0)
    assert process.returncode == 0, err
    made = json.loads(out.splitlines()[-1])
    assert made["lost"] == 0
    with Outbox(tmp_path / "o.db") as box:
        assert box.standing().queued == made["sightings"] == made["queued"]


def test_a_recorded_walk_is_played_to_its_end(tmp_path: Path) -> None:
    pair(tmp_path / "o.db", tmp_path / "hub")
    (tmp_path / "stick").mkdir()
    folder = made_walk(tmp_path / "walk", 60)
    words = ("run", "--played", folder, "--speed", "200", "--show-ends", "--to", f"folder:{tmp_path / 'stick'}")
    done = probe(*words, "--outbox", tmp_path / "o.db", "--json")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout.splitlines()[-1])
    assert made["sightings"] == 2, "the camera and the survey"
    assert {source["kind"]: source["frames"] for source in made["sources"]} == {"capture": 60, "gnss": 70}
    assert len(list((tmp_path / "stick").glob("*.parcel"))) == 1
    refused = probe("run", "--played", tmp_path, "--outbox", tmp_path / "o.db")
    assert refused.returncode == 2
    assert "no recorded walk" in refused.stderr
    assert "Traceback" not in refused.stderr


class Manager(Notifier):
    """What systemd is told."""

    def __init__(self, watchdog_s: float | None) -> None:
        super().__init__(None, watchdog_s)
        self.said = list[str]()

    def alive(self) -> None:
        self.said.append("alive")

    def status(self, status: str) -> None:
        self.said.append(status)


@pytest.mark.parametrize(("watchdog_s", "lives"), [(60.0, 3), (6.0, 10), (None, 30)])
def test_it_says_that_it_lives_twice_as_often_as_is_asked_and_its_status_where_it_is_new(
    watchdog_s: float | None, lives: int
) -> None:
    there = Manager(watchdog_s)
    watch = Watch(there, {}, frozenset(), lambda: False, lambda: "walking")
    for second in range(30):
        assert watch.look(float(second))
    assert there.said.count("alive") == lives
    assert there.said.count("walking") == 1


def test_it_says_nothing_while_what_is_vital_hangs_or_the_card_does() -> None:
    now_s, late = [0.0], [False]
    there = Manager(2.0)
    part = SupervisedPart("walk", lambda _part: None, lambda _sentence: None, patience_s=5.0, now=lambda: now_s[0])
    other = SupervisedPart("page", lambda _part: None, lambda _sentence: None, patience_s=5.0, now=lambda: now_s[0])
    part._began = other._began = True
    watch = Watch(there, {"walk": part, "page": other}, frozenset({"walk"}), lambda: late[0], lambda: "")
    now_s[0] = 10.0
    assert not watch.look(10.0)
    part.beat()
    assert watch.look(20.0), "the page alone hangs"
    late[0] = True
    assert not watch.look(30.0)
    assert there.said.count("alive") == 1
