"""A walk while somebody sets the machine's clock: a Pi wakes in 2019, and finds out what time it is on the way."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from probe.contract.sighting import ClockSource, Sighting
from probe.radio.frame import Dwell, Frame
from probe.radio.link import Heard, write_heard
from probe.walk.clock import SteadyClock
from probe.walk.kit import Kit
from probe.walk.live import LiveWalk
from tests.probe.position.test_nmea import sentence
from tests.probe.radio.compose import AXIS_OCTETS, beacon, radiotap
from tests.probe.radio.tap import tap
from tests.probe.radio.test_board import serial_pair
from tests.probe.radio.test_serial import Plugged
from tests.processes import until

WOKE = datetime(2019, 2, 14, 10, 12, tzinfo=UTC).timestamp()
TRUE = datetime(2026, 11, 24, 9, 30, tzinfo=UTC).timestamp()
LENGTH_S = 60.0


class Machine:
    """A machine of which the clock is set and the time goes by as the test says."""

    def __init__(self, wall_s: float) -> None:
        self.up_s = 7.0
        self._behind_s = wall_s - self.up_s

    def wall_s(self) -> float:
        return self.up_s + self._behind_s

    def set(self, wall_s: float) -> None:
        self._behind_s = wall_s - self.up_s

    def clock(self) -> SteadyClock:
        return SteadyClock(self.wall_s, lambda: self.up_s)


def fix_of(at_s: float, lat: float) -> bytes:
    at = datetime.fromtimestamp(at_s, UTC)
    return sentence(f"GPRMC,{at:%H%M%S}.00,A,{lat * 100:.5f},N,01700.00000,W,2.5,,{at:%d%m%y},,,A").encode()


def walked(walk: LiveWalk, machine: Machine, at: dict[float, Callable[[], None]], *, fixes: bool = True) -> Sighting:
    """Walk past a camera for a minute, with what happens at which second; returns the camera's sighting."""
    began_s = machine.up_s
    for second in range(int(LENGTH_S) + 1):
        machine.up_s = began_s + second
        at.get(second, lambda: None)()
        if fixes:
            walk.position.take(fix_of(TRUE + second - 0.3, 47.0 + second * 1e-5))
        walk.sweep.take(Dwell(walk.clock(), 2437, 1.0, 1))
        walk.sweep.take(Frame(walk.clock(), AXIS_OCTETS, AXIS_OCTETS, 8, b"town", -60, 2437, b""))
        assert not list(walk.sweep.passed(walk.clock())), "a pass is torn"
    (known,) = walk.sweep.passes.values()
    assert known.last_s - known.first_s == pytest.approx(LENGTH_S)
    assert not known.gaps
    return next(walk.sweep.sightings())


def test_a_steady_clock_goes_on_and_never_jumps() -> None:
    machine = Machine(WOKE)
    clock = machine.clock()
    assert clock() == WOKE
    machine.up_s += 5
    machine.set(TRUE)
    assert clock() == WOKE + 5
    assert clock.behind_s() == pytest.approx(TRUE - WOKE - 5)
    machine.up_s += 5
    machine.set(WOKE)
    assert clock() == WOKE + 10
    assert abs(SteadyClock().behind_s()) < 0.1


@pytest.mark.parametrize("set_to", [TRUE + 20.0, WOKE - 240.0], ids=["forward by years", "back by minutes"])
def test_a_clock_that_is_set_on_the_way_tears_no_pass_and_lends_no_wrong_time(set_to: float) -> None:
    machine = Machine(WOKE)
    walk = LiveWalk(Kit(), machine.clock())
    made = walked(walk, machine, {20: lambda: machine.set(set_to)})
    assert made.time is not None
    assert made.time.source is ClockSource.GNSS
    assert abs(made.time.utc.timestamp() - TRUE) < 1.0
    (survey,) = (one.survey for one in walk.sweep.sightings() if one.survey is not None)
    assert survey.day == datetime.fromtimestamp(TRUE, UTC).date()


def test_what_a_receiver_tells_at_the_end_holds_for_what_was_heard_before() -> None:
    machine = Machine(WOKE)
    walk = LiveWalk(Kit(), machine.clock())
    told = fix_of(TRUE + LENGTH_S, 47.0)
    made = walked(
        walk, machine, {50: lambda: machine.set(TRUE + 50), 60: lambda: walk.position.take(told)}, fixes=False
    )
    assert made.time is not None
    assert abs(made.time.utc.timestamp() - TRUE) < 1.0


def test_what_the_network_tells_holds_for_what_was_heard_before(tmp_path: Path) -> None:
    machine, said = Machine(WOKE), tmp_path / "synchronized"
    walk = LiveWalk(Kit(), machine.clock(), synchronised=said)

    def synchronise() -> None:
        assert walk.when(walk.clock()) is None, "nobody knows the time yet"
        machine.set(TRUE + 30)
        said.touch()

    made = walked(walk, machine, {30: synchronise}, fixes=False)
    assert made.time is not None
    assert made.time.source is ClockSource.NTP
    assert abs(made.time.utc.timestamp() - TRUE) < 1.0


def test_without_anyone_who_knows_the_time_there_is_none(tmp_path: Path) -> None:
    machine = Machine(WOKE)
    walk = LiveWalk(Kit(), machine.clock(), synchronised=tmp_path / "never")
    made = walked(walk, machine, {20: lambda: machine.set(TRUE)}, fixes=False)
    assert made.time is None


def test_all_sources_go_by_the_clock_of_the_walk() -> None:
    """On the kernel's sockets and serial lines, on a machine in 2019 of which the clock is set meanwhile."""
    machine = Machine(WOKE)
    name = f"ctw{os.getpid() % 100000}"
    with tap(name) as air, serial_pair() as (cable, board), serial_pair() as (sky, receiver):
        walk = LiveWalk(Kit(monitors=(name,), boards=(board,), gnss=receiver), machine.clock())
        going = threading.Thread(target=lambda: list(walk.sightings()))
        going.start()
        try:
            until(lambda: all(supervisor.source is not None for supervisor in walk.sources), "all sources")
            machine.set(TRUE)
            other, seq = b"\xac\xcc\x8e\x00\x00\x09", count()

            def heard() -> bool:
                os.write(sky, fix_of(TRUE, 47.0))
                told = Heard(1, next(seq) & 0xFFFF, 0, 6, -60, 1, 1, len(beacon(other)), beacon(other))
                os.write(cable, write_heard(told) + b"\n")
                air.send(radiotap(beacon()))
                return len(walk.sweep.passes) == 2 and walk.position.offset_s is not None

            until(heard, "both cameras and a fix")
            stamps = {known.first_s for known in walk.sweep.passes.values()}
        finally:
            walk.live.stop()
            going.join(timeout=10)
    assert stamps == {WOKE}
    assert walk.position.offset_s == pytest.approx(TRUE - WOKE, abs=1.0)


def test_a_receiver_and_a_board_that_come_back_under_other_names_are_heard_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plugged: list[Plugged] = []
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: list(plugged))
    with serial_pair() as (sky, receiver), serial_pair() as (cable, board):
        here, there = Plugged(device=receiver), Plugged(device=board, serial_number="b", location="1-1.3")
        plugged[:] = here, there
        walk = LiveWalk(Kit(boards=(board,), gnss=receiver))
        going = threading.Thread(target=lambda: list(walk.sightings()))
        going.start()
        try:
            until(lambda: both_heard(walk, sky, cable), "both")
            plugged.clear()
            os.close(sky)
            os.close(cable)
            until(lambda: all(supervisor.losses for supervisor in walk.sources), "the loss of both")
            with serial_pair() as (sky_again, receiver_again), serial_pair() as (cable_again, board_again):
                plugged[:] = replace(here, device=receiver_again), replace(there, device=board_again)
                before = [supervisor.counts.frames for supervisor in walk.sources]
                until(
                    lambda: (
                        both_heard(walk, sky_again, cable_again)
                        and all(k.counts.frames > n for k, n in zip(walk.sources, before, strict=True))
                    ),
                    "both again",
                )
                walk.live.stop()
                going.join(timeout=10)
        finally:
            walk.live.stop()
            going.join(timeout=10)


def both_heard(walk: LiveWalk, sky: int, cable: int) -> bool:
    """Say something on both lines, and whether something was heard on both."""
    for line, said in (
        (sky, fix_of(TRUE, 47.0)),
        (cable, write_heard(Heard(1, 1, 0, 6, -60, 1, 1, len(beacon()), beacon())) + b"\n"),
    ):
        os.set_blocking(line, False)
        with suppress(BlockingIOError):  # nobody reads it
            os.write(line, said)
    return all(supervisor.counts.frames for supervisor in walk.sources)
