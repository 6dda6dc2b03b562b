"""A start on the workbench: page and network are there at once; nothing is recorded, kept or handed over."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from probe.device.network import AccessPoint, read_wish
from probe.errors import BadInput
from probe.outbox.outbox import Outbox
from probe.radio.link import Heard, write_heard, write_message
from probe.run import gear
from probe.run.settings import PageAddress
from probe.run.workbench import FIRST_S, FirstPress
from probe.service import Phase, ProbeService, ServiceSettings
from probe.session.session import Session
from probe.session.view import WalkView
from probe.walk.kit import Kit
from tests.paired import pair
from tests.probe.radio.compose import beacon
from tests.probe.radio.test_board import serial_pair
from tests.processes import until

HELLO: dict[str, Any] = {
    "protocol": 1, "board": "test", "uid": "00", "channels": [1, 6], "ble": False,
    "parts": ["receiver", "button", "player"],
}  # fmt: skip


@dataclass
class OnBoard:
    """A service whose board a test plays."""

    service: ProbeService
    cable: int
    wish: Path
    told: list[str]
    shown: list[str]
    seq: int = 0

    @property
    def session(self) -> Session:
        return self.service.gear.session

    def view(self) -> WalkView:
        return self.session.view()

    def sends(self, type: str, **fields: Any) -> None:
        """The board tells something."""
        self.seq += 1
        os.write(self.cable, write_message({"type": type, "seq": self.seq, **fields}) + b"\n")

    def button(self, ms: int) -> None:
        self.sends("button", press=self.seq, ms=ms)

    def hears_a_camera(self) -> None:
        self.seq += 1
        seen = write_heard(Heard(1, self.seq, 0, 6, -50, 1, 1, len(beacon()), beacon(b"\xb8\xa4\x4f\0\0\1")))
        os.write(self.cable, seen + b"\n")

    def has_fix(self) -> None:
        now = time.gmtime()
        hour, day = time.strftime("%H%M%S.00", now), time.strftime("%d%m%y", now)
        body = f"GPRMC,{hour},A,4700.0000,N,01700.0000,W,0.0,,{day},,,A"
        check = 0
        for char in body:
            check ^= ord(char)
        self.sends("nmea", line=f"${body}*{check:02X}")
        until(lambda: self.service.walk.fix_at(self.service.walk.clock()) is not None, "the fix")

    @property
    def wants_network(self) -> bool:
        return self.wish.exists() and read_wish(self.wish.read_bytes()).up


@contextmanager
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Iterator[OnBoard]:
    """A kit that has begun to listen, at a place that it does not know."""
    monkeypatch.setattr(gear, "TICK_S", 0.05)
    wish = tmp_path / "wish"
    monkeypatch.setattr(gear, "AccessPoint", lambda name, listening: AccessPoint(name, listening=listening, wish=wish))
    if not (tmp_path / "o.db").exists():
        pair(tmp_path / "o.db", tmp_path / "hub")
    told, shown = list[str](), list[str]()
    with serial_pair() as (cable, board):
        settings: dict[str, Any] = {"kit": Kit(boards=(board,)), "outbox": tmp_path / "o.db", "network": "wlan9"}
        settings |= {"page": PageAddress(host="127.0.0.1", port=0), "signals": "none", "offline": True}
        service = ProbeService(ServiceSettings(**settings | more), told.append)
        monkeypatch.setattr(service.gear.signs, "put_nowait", shown.append)
        service.start()
        on = OnBoard(service, cable, wish, told, shown)
        try:
            until(lambda: service.listening_s is not None, "the sources")
            until(lambda: service.status().sources[0].health == "listening", "the board")
            on.sends("hello", **HELLO)
            until(lambda: service.walk.board_parts.has("button"), "the board's word on its parts")
            yield on
        finally:
            service.stop()
            assert service.wait(60)


def assert_nothing_is_left(path: Path) -> None:
    """Nothing of the walk waits, and the next start finds nothing of it to release or to delete."""
    with Outbox(path) as box:
        dropped = box.drop_unreleased()
        assert (dropped.released, dropped.deleted, box.standing().queued) == (0, 0, 0)


def test_a_button_held_at_the_start_switches_page_and_network_on_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = tmp_path / "record.jsonl"
    with started(tmp_path, monkeypatch, debug_record=record, offline=False, to=f"folder:{tmp_path}") as on:
        until(on.wish.exists, "the network to be looked after")
        assert not on.wants_network, "nobody knows yet where this is"
        assert on.view().hidden == "no-fix-yet"
        on.button(1000)
        until(lambda: on.wants_network, "the network")
        until(lambda: on.view().hidden == "workbench", "the page to say so")
        assert on.view().phase is Phase.WALKING
        until(lambda: "paused" in on.shown, "the sign")
        on.has_fix()
        on.sends("status", dwells=[[6, 1000, 3]])
        until(lambda: on.service.status().sources[0].channel_mhz == 2437, "the first visit to a channel")
        for _ in range(30):
            on.hears_a_camera()
            time.sleep(0.05)
        until(lambda: len(on.view().heard) == 1, "what is heard, to be seen")
        pin = on.session.pin(("dome",))
        (mine,) = [one for one in on.view().lately if one.number == pin]
        assert mine.note is not None
        assert (mine.note.code, mine.hidden, mine.at) == ("hidden-workbench", True, None)
        on.session.selftest()
        until(lambda: on.view().checks != (), "the self-test")
        with pytest.raises(BadInput, match="start the kit again"):
            on.session.pause(True)
        assert read_wish(on.wish.read_bytes()).up
        assert on.service.status().in_ram == 0
    assert not read_wish(on.wish.read_bytes()).up, "it has ended"
    assert not record.exists()
    assert_nothing_is_left(tmp_path / "o.db")
    assert not list(tmp_path.glob("*.parcel"))


def test_what_was_made_before_the_press_is_deleted_and_nothing_is_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(tmp_path, monkeypatch, show_ends=True) as on:  # so that nothing else hides what is made
        on.has_fix()
        on.session.pin(("dome",))
        on.session.workbench()
        on.session.pin(("fixed",))
    assert_nothing_is_left(tmp_path / "o.db")


def test_nothing_is_added_to_a_walk_that_began_on_the_workbench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(tmp_path, monkeypatch, show_ends=True, workbench=True) as on:
        on.has_fix()
        on.session.pin(("fixed",))
        assert on.service.status().in_ram == 0
        on.sends("status", dwells=[[6, 1000, 3]])
        until(lambda: on.service.status().sources[0].channel_mhz == 2437, "the first visit to a channel")
    assert_nothing_is_left(tmp_path / "o.db")


def test_what_waits_of_walks_before_is_not_handed_over_from_a_workbench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(tmp_path, monkeypatch, show_ends=True) as on:
        on.has_fix()
        on.session.pin(("dome",))
    with Outbox(tmp_path / "o.db") as box:
        waits = box.standing().queued
    assert waits >= 1
    (tmp_path / "stick").mkdir()
    with started(tmp_path, monkeypatch, offline=False, to=f"folder:{tmp_path / 'stick'}", workbench=True) as on:
        assert on.view().hidden == "workbench"
        until(lambda: on.wants_network, "the network")
    with Outbox(tmp_path / "o.db") as box:
        assert box.standing().queued == waits
    assert not list((tmp_path / "stick").iterdir())
    with started(tmp_path, monkeypatch, offline=False, to=f"folder:{tmp_path / 'stick'}") as on:
        assert on.view().hidden == "no-fix-yet", "the next start is a walk"
        until(lambda: list((tmp_path / "stick").glob("*.parcel")) != [], "what waits to be handed over")


def test_a_pause_on_a_walk_never_switches_the_network_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with started(tmp_path, monkeypatch) as on:
        on.has_fix()
        until(lambda: on.view().hidden == "start", "the first fix, which is where somebody lives")
        on.button(1000)
        until(lambda: on.view().phase is Phase.PAUSED, "the pause")
        assert not on.service.status().hidden
        assert not on.wants_network
        on.button(1000)
        until(lambda: on.view().phase is Phase.WALKING, "the walk to go on")
        assert on.view().hidden == "start"
        assert not on.wants_network


def test_only_the_first_press_asks_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with started(tmp_path, monkeypatch) as on:
        on.button(80)
        until(lambda: any("no camera" in one for one in on.told), "the word to whoever pressed")
        on.button(1000)
        until(lambda: on.view().phase is Phase.PAUSED, "the pause")
        assert not on.wants_network


@pytest.mark.parametrize(
    ("after_s", "is_long", "placed", "asks"),
    [
        (None, True, False, True),  # before it listens
        (FIRST_S - 1, True, False, True),
        (FIRST_S + 1, True, False, False),
        (1.0, False, False, False),
        (1.0, True, True, False),
    ],
)
def test_it_is_asked_for_by_a_long_press_soon_and_before_any_place_is_known(
    after_s: float | None, is_long: bool, placed: bool, asks: bool
) -> None:
    now_s = [100.0]
    first = FirstPress(lambda: now_s[0])
    if after_s is not None:
        first.listens()
        now_s[0] += after_s
    assert first.asks(is_long=is_long, placed=placed) is asks
    assert not first.asks(is_long=True, placed=False), "the second press of a start never does"
