"""What a session sees of the probe that runs, and what it moves: pause, end, pins, signs, what is kept back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from probe.contract.sighting import Adapter, Kind
from probe.errors import BadInput
from probe.outbox.outbox import Outbox, Standing
from probe.outbox.unreleased import WalkEnd
from probe.run import gear
from probe.run.around import ServiceAround
from probe.run.checking import Checking
from probe.run.settings import PageAddress
from probe.service import Phase, ProbeService, ServiceSettings
from probe.session.signs import Sign
from probe.session.view import Check, Note, PartHealth, PartName
from probe.walk.kit import Kit
from probe.walk.played import PlayedWalk
from tests.paired import pair
from tests.probe.run.walks import made_walk
from tests.processes import until


@contextmanager
def around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **more: Any
) -> Iterator[tuple[ServiceAround, ProbeService, list[str]]]:
    """A probe on a recorded walk that goes on until it is ended."""
    monkeypatch.setattr(gear, "TICK_S", 0.02)
    monkeypatch.setattr(PlayedWalk, "over", property(lambda _walk: False))
    pair(tmp_path / "o.db", tmp_path / "hub")
    told = list[str]()
    settings: dict[str, Any] = {"kit": Kit(), "outbox": tmp_path / "o.db", "offline": True, "show_ends": True}
    settings |= {"page": PageAddress(host="127.0.0.1", port=0), "played": made_walk(tmp_path / "walk")}
    service = ProbeService(ServiceSettings(**settings | more), told.append)
    probe = service.gear.session._around
    assert isinstance(probe, ServiceAround)
    service.start()
    try:
        until(lambda: service.listening_s is not None, "the sources")
        yield probe, service, told
    finally:
        service.stop()
        assert service.wait(60)


def test_a_pause_refuses_photos_and_pins_and_tells_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with around(tmp_path, monkeypatch) as (probe, service, told):
        assert probe.phase is Phase.WALKING
        assert probe.fix() is not None
        probe.pause(True)
        assert (probe.phase, probe.fix()) == (Phase.PAUSED, None)
        with pytest.raises(BadInput, match="paused"):
            probe.make_pin(("dome",))
        service.press()
        until(lambda: any("paused" in one for one in told), "the word to whoever pressed")
        probe.pause(False)
        assert probe.fix() is not None
        service.press("long")
        until(lambda: probe.phase is Phase.PAUSED, "the pause by the button")
        service.press("long")
        until(lambda: probe.phase is Phase.WALKING, "the end of the pause by the button")
        probe.end()
        until(lambda: probe.phase is Phase.ENDED, "the end")
        with pytest.raises(BadInput, match="no walk"):
            probe.pause(True)
        with pytest.raises(BadInput, match="over"):
            probe.make_pin(())
        assert not service.wait(0.0), "the page still shows what came of it"


def test_a_pin_is_of_here_and_now_and_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with around(tmp_path, monkeypatch) as (probe, _, _):
        pin = probe.make_pin(("dome",))
        assert (pin.kind, pin.made.adapter, pin.walk) == (Kind.PIN, Adapter.REPLAY, probe.running.walk.id)
        assert pin.pin is not None
        assert pin.pin.photo_not_kept is None
        assert pin.observer is not None
        assert pin.time is not None
        with pytest.raises(BadInput, match="says nothing"):
            probe.make_pin(("pigeon",))
        assert probe.keep(pin)
        other = probe.make_pin(())
        assert probe.keep(other)
        probe.withdraw([other.id])
    with Outbox(tmp_path / "o.db") as box:
        assert box.standing().queued >= 1


def test_without_show_ends_the_hold_is_told_where_the_walk_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with around(tmp_path, monkeypatch, show_ends=False) as (probe, service, _):
        assert probe.running.hold.grid is not None
        until(lambda: probe.hidden != "no-fix-yet", "the first fix, which the hold heard of")
        assert probe.kept_back()[0] >= 0
        assert service.status().phase is Phase.WALKING


def test_a_kit_without_a_receiver_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    played = made_walk(tmp_path / "other", track=False)
    with around(tmp_path, monkeypatch, show_ends=False, played=played) as (probe, service, _):
        assert probe.running.hold.grid is None
        position = next(part for part in service.parts() if part.name is PartName.POSITION)
        assert position.health is PartHealth.ABSENT
        with pytest.raises(BadInput, match="open sky"):
            probe.make_pin(())


def test_what_it_sees_is_there_and_what_the_kit_lacks_is_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with around(tmp_path, monkeypatch) as (probe, service, _):
        assert probe.now_s() >= service.walk.clock.begin_s  # type: ignore[union-attr]
        assert probe.composed is False
        assert probe.power() is None or probe.power().low in (True, False)  # type: ignore[union-attr]
        assert probe.heading_deg() is None
        assert probe.waiting() == (None, 0), "it is offline"
        assert probe.lost() == 0
        assert probe.advice() == ()
        assert probe.streets(0, 0, 1, 1).startswith(b"{")
        until(lambda: len(probe.passes()) == 1, "the camera")
        absent = {part.name for part in probe.parts() if part.health is PartHealth.ABSENT}
        assert absent >= {PartName.HEADING, PartName.CAMERA, PartName.DELIVERY, PartName.BUTTON, PartName.NETWORK}
        for ask in (lambda: probe.take_photo(()), probe.preview, lambda: probe.calibrate(True)):
            with pytest.raises(BadInput):
                ask()
        for _ in range(50):
            probe.sign(Sign.HEARD)  # more than anybody could feel: no error, and no memory


def test_units_of_a_walk_before_are_not_taken_for_this_walks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with around(tmp_path, monkeypatch) as (probe, _, _):
        none = Standing(queued=0, stored=0, held=0, refused=0)
        probe.at_first = replace(none, queued=19)
        probe.cut_off = WalkEnd(released=19, deleted=3)
        probe.standing = lambda: replace(none, stored=19, queued=2, own_queued=2)
        assert probe.waiting() == (2, 0)
        assert probe.older() == (
            Note(code="walk-cut-off", values={"released": 19, "deleted": 3}),
            Note(code="older-walks", values={"done": 19, "count": 19}),
        )


def test_the_selftest_gives_its_lines_and_runs_once_at_a_time() -> None:
    def checks() -> Iterator[Check]:
        yield Check(name="compass", passed=True)
        raise ZeroDivisionError

    checking = Checking(checks)
    checking.begin()
    until(lambda: len(checking.lines) == 1, "its line")
    until(lambda: checking._thread is not None and not checking._thread.is_alive(), "its end")
    checking.begin()
    until(lambda: len(checking.lines) == 1, "its line, anew")
