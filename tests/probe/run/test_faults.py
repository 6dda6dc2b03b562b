"""A fault put into each part of the service in turn: the others go on, and what the walk makes is kept."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from probe import service as service_module
from probe.camera.keeping import PhotoKeeper
from probe.device import keys
from probe.device.network import AccessPoint
from probe.device.notify import Notifier
from probe.device.signals import Signals
from probe.outbox.hold import WalkHold
from probe.outbox.outbox import Outbox
from probe.outbox.writer import OutboxWriter
from probe.page.server import WalkerPage
from probe.position.track import Track
from probe.run import gear, watch
from probe.run import running as running_module
from probe.run.settings import PageAddress
from probe.service import Phase, ProbeService, ServiceSettings
from probe.session.session import Session
from probe.session.view import PartHealth
from probe.sweep.sweep import Sweep
from probe.uplink.deliver import RepeatedDelivery
from probe.walk import played
from probe.walk.kit import Kit
from probe.walk.played import PlayedWalk
from tests.paired import pair
from tests.probe.run.walks import made_walk
from tests.processes import until

SPEED, QUICK_S, WRITE_S = 300.0, 0.02, 0.2
WORD = "somebody's network"
# Where a fault is put: a part's name in what is told, what has the function, and the function's name.
PLACES: list[tuple[str, Any, str]] = [
    ("walk", Sweep, "take"),
    ("walk", Sweep, "passed"),
    ("walk", Track, "at"),
    ("frames.pcap", played._PlayedFrames, "events"),
    ("track.nmea", played._PlayedTrack, "events"),
    ("hold", WalkHold, "moved"),
    ("outbox", OutboxWriter, "offer"),
    ("outbox", Outbox, "add"),
    ("delivery", RepeatedDelivery, "_round"),
    ("session", Session, "tick"),
    ("session", Session, "made"),
    ("page", WalkerPage, "start"),
    ("signals", Signals, "show"),
    ("presses", Session, "photo"),
    ("button", keys, "presses"),
    ("power", gear, "power"),
    ("network", AccessPoint, "up"),
    ("photos", PhotoKeeper, "refusal"),
    ("watch", watch.Watch, "look"),
]
# What cannot be put off: it is called once in a walk, or once for what it has to give.
ONCE = {"start", "events", "made", "add", "offer", "refusal", "presses"}


class Faulty:
    """Stands for a function that fails so many times, at its first calls or later."""

    def __init__(self, function: Callable[..., Any], first: int, times: int) -> None:
        self.calls = self.raised = 0
        self._function, self._first, self._times = function, first, times
        self._lock = threading.Lock()

    def __call__(self, *words: Any, **more: Any) -> Any:
        with self._lock:
            number = self.calls
            self.calls += 1
            fails = self._first <= number < self._first + self._times
            self.raised += fails
        if fails:
            raise ZeroDivisionError(WORD)
        return self._function(*words, **more)

    @property
    def is_over(self) -> bool:
        return self.raised == self._times and self.calls > self._first + self._times


def put_into(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, first: int) -> Faulty:
    # Of what is put in there are two in this walk: the camera, and the survey.
    faulty = Faulty(getattr(owner, name), first, 1 if name == "offer" else 2)

    def standing_for(*words: Any, **more: Any) -> Any:  # a function, so that it is bound as a method
        return faulty(*words, **more)

    monkeypatch.setattr(owner, name, standing_for)
    return faulty


class Manager(Notifier):
    """Counts what systemd is told."""

    def __init__(self) -> None:
        super().__init__(None, 0.01)
        self.lives, self.said = 0, list[str]()

    def alive(self) -> None:
        self.lives += 1

    def ready(self, status: str) -> None:
        self.said.append(f"ready: {status}")

    def stopping(self) -> None:
        self.said.append("stopping")


@contextmanager
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Iterator[tuple[ProbeService, list[str]]]:
    """A service with all its parts, on a recorded walk that goes on until it is ended."""
    for module, name in ((gear, "TICK_S"), (gear, "POWER_EVERY_S"), (watch, "LOOK_S")):
        monkeypatch.setattr(module, name, QUICK_S)
    monkeypatch.setattr(running_module, "OutboxWriter", partial(OutboxWriter, every_s=WRITE_S))
    monkeypatch.setattr(PlayedWalk, "over", property(lambda _walk: False))
    pair(tmp_path / "o.db", tmp_path / "hub")
    (tmp_path / "stick").mkdir()
    os.mkfifo(tmp_path / "event0")
    keys = os.open(tmp_path / "event0", os.O_RDWR)  # somebody holds the other end
    told = list[str]()
    settings = ServiceSettings(
        kit=Kit(),
        outbox=tmp_path / "o.db",
        to=f"folder:{tmp_path / 'stick'}",
        button=tmp_path / "event0",
        page=PageAddress(host="127.0.0.1", port=0),
        network="wlan9",
        played=made_walk(tmp_path / "walk"),
        speed=SPEED,
        show_ends=True,
        signals="log",
    )
    settings = ServiceSettings(**{name: getattr(settings, name) for name in settings.__slots__} | more)
    service = ProbeService(settings, told.append, notifier=Manager(), retry_s=(QUICK_S,))
    try:
        service.start()
        yield service, told
    finally:
        service.stop()
        assert service.wait(60), "it never ended"
        os.close(keys)


def kept(tmp_path: Path) -> int:
    """Sightings in the outbox at the end."""
    with Outbox(tmp_path / "o.db") as box:
        return box.standing().queued


@pytest.mark.parametrize("first", [0, 3], ids=["at the start", "later"])
@pytest.mark.parametrize(("name", "owner", "function"), PLACES, ids=[f"{place[0]}-{place[2]}" for place in PLACES])
def test_a_fault_in_one_part_leaves_the_others_running_and_the_walk_is_kept(
    name: str,
    owner: Any,
    function: str,
    first: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    if function in ONCE and first:
        pytest.skip("it is asked once")
    more: dict[str, Any] = {}
    if name == "photos":
        pytest.importorskip("cv2")
        (tmp_path / "photos").mkdir()
        (tmp_path / "photos" / "1.jpg").write_bytes(b"\xff\xd8\xff")
        more = {"camera": f"folder:{tmp_path / 'photos'}"}
    fault = put_into(monkeypatch, owner, function, first)
    with running(tmp_path, monkeypatch, **more) as (service, told):

        def goes_on() -> bool:
            if name in ("signals", "presses"):
                service.press()
                if not service.gear.signs.full():
                    service.gear.signs.put("heard")
            service.walk.sweep.unknowns.pass_time(service.walk.clock())
            return fault.is_over or (function in ("offer", "made") and fault.raised > 0)

        until(goes_on, f"{function} to fail and to work again")
        until(lambda: service.status().sightings > 0 or function == "offer", "the camera")
        service.end_walk()
        until(lambda: service.status().phase is Phase.ENDED, "the end of the walk")
        troubled = [part.name for part in service.status().parts if part.health is PartHealth.TROUBLE]
        service.finish()
    sentences = [one for one in told if "ZeroDivisionError" in one]
    assert [one.split(":")[0] for one in sentences] in ([name], [name, name]), told
    assert len(sentences) == 1 or function in ("offer", "made", "events")
    assert service.status().lost == (fault.raised if function == "offer" else 0)
    assert kept(tmp_path) >= 1, "what the walk made is there"
    assert len(troubled) <= 1, troubled
    assert WORD not in capfd.readouterr().err + "".join(told), "what an error says may hold what was heard"


def test_without_a_fault_nothing_is_told_of_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(tmp_path, monkeypatch) as (service, told):
        until(lambda: service.status().sightings > 0, "the camera")
        service.end_walk()
        until(lambda: service.status().phase is Phase.ENDED, "the end of the walk")
        status = service.status()
        assert status.faults == 0
        assert {part.health for part in status.parts} <= {PartHealth.GOOD, PartHealth.ABSENT, PartHealth.STARTING}
    assert not [one for one in told if "a fault of this program" in one]
    assert kept(tmp_path) == 2, "the camera and the survey"


@pytest.mark.parametrize(
    ("name", "owner", "function"),
    [
        ("walk", Sweep, "take"),
        ("session", Session, "tick"),
        ("signals", Signals, "show"),
        ("page", WalkerPage, "start"),
        ("presses", Session, "photo"),
    ],
    ids=["walk", "session", "signals", "page", "presses"],
)
def test_a_part_that_hangs_is_told_and_holds_no_other_up(
    name: str, owner: Any, function: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, there = threading.Event(), getattr(owner, function)
    waits = threading.Event()

    def hanging(*words: Any, **more: Any) -> Any:
        waits.set()
        go.wait(120)
        return there(*words, **more)

    monkeypatch.setattr(service_module, "_PATIENCE", {name: 0.2})
    monkeypatch.setattr(service_module, "_WALK_ENDS_S", 0.2)
    monkeypatch.setattr(service_module, "LEAVE_S", 5.0)
    with running(tmp_path, monkeypatch) as (service, told):
        manager = service._notifier
        assert isinstance(manager, Manager)
        until(lambda: manager.lives > 0, "a first sign of life")
        monkeypatch.setattr(owner, function, hanging)
        service.press()
        service.gear.signs.put("heard")
        if name != "page":
            assert waits.wait(60)

        def is_told() -> bool:
            if name == "page":  # it is started once, and goes on moving
                service._parts["page"]._moved_s -= 60.0
            return any(f"{name}: has not moved" in one for one in told)

        until(is_told, "the word of it")
        lives = manager.lives
        if name == "walk":
            for _ in range(3):
                service._parts["watch"]._thread.join(5 * QUICK_S)
            assert manager.lives == lives, "systemd is not told that it lives"
        else:
            until(lambda: manager.lives > lives, "a further sign of life")
            until(lambda: service.status().sightings > 0, "the camera")
        service.stop()
        assert service.wait(60), "it ends all the same"
        go.set()
    assert manager.said[-1] == "stopping"
    if name != "walk":
        assert kept(tmp_path) >= 1
