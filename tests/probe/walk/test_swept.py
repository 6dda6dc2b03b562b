"""A walk that is paused, and one whose sweep has a fault: what was made stays, and the walk goes on."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from probe.contract.sighting import Adapter, ClockSource, Kind, Moment, Sighting
from probe.position.fix import Fix
from probe.radio.frame import Dwell, Event, Frame
from probe.radio.source import CaptureCounts
from probe.sweep.sweep import Sweep, moment
from probe.walk.making import making
from probe.walk.sources import SourceSupervisor
from probe.walk.swept import SweptWalk

BEGAN_S = 1_780_000_000.0
LOUD = -60


def camera(number: int) -> bytes:
    return b"\xac\xcc\x8e\x00\x00" + bytes([number])


def beacon_of(number: int, at_s: float) -> Frame:
    return Frame(at_s, camera(number), camera(number), 8, b"town", LOUD, 2437, b"")


@dataclass
class Script:
    """Moments of a walk, one after the other: the clock goes on by a second at each, and is the position's as well."""

    moments: list[Callable[[float], Event | None]]
    now_s: float = BEGAN_S
    name: str = "script"
    kind: str = "monitor"
    hold: int | None = None
    counts: CaptureCounts = field(default_factory=CaptureCounts)
    closed: threading.Event = field(default_factory=threading.Event)

    def events(self) -> Iterator[Event]:
        yield from ()
        self.closed.wait()

    def close(self) -> None:
        self.closed.set()

    def at(self, at_s: float) -> Fix:
        return Fix(at_s=at_s, lat=47.0 + (at_s - BEGAN_S) * 4e-6, lon=-17.0, accuracy_m=3.0)


class Scripted(SweptWalk):
    """A walk that goes through a script, without a thread."""

    def __init__(self, script: Script) -> None:
        self.script = script
        super().__init__(lambda: script.now_s, script, making(Adapter.SCRIPTED, composed=True))
        self._listen_with([SourceSupervisor("script", "monitor", lambda: script)])

    def when(self, at_s: float) -> Moment | None:
        return moment(at_s, ClockSource.CAPTURE)

    def walked(self) -> list[Sighting]:
        made = []
        for each in self.script.moments:
            made += list(self._mended(self._turn(each(self.script.now_s))))
            self.script.now_s += 1.0
        self.stop()
        return made + list(self.sightings())


def hears(number: int, times: int = 40) -> list[Callable[[float], Event | None]]:
    return [lambda at_s: beacon_of(number, at_s)] * times


def does(what: Callable[[], None]) -> list[Callable[[float], Event | None]]:
    def then(_at_s: float) -> None:
        what()

    return [then]


def transmitters(made: list[Sighting]) -> list[str]:
    return [one.radio.transmitter or "" for one in made if one.radio is not None]


def test_nothing_of_a_pause_is_kept_and_what_was_heard_before_it_is() -> None:
    dwells: list[Callable[[float], Event | None]] = [lambda at_s: Dwell(at_s, 2437, 1.0, 1)] * 30
    script = Script([])
    walk = Scripted(script)
    seen = list[Fix | None]()
    told = list[Fix | None]()
    walk.noticed = told.append
    pause, go_on = does(lambda: walk.pause(True)), does(lambda: walk.pause(False))
    late: list[Callable[[float], Event | None]] = [
        lambda at_s: beacon_of(4, at_s - 10.0),
        lambda at_s: Dwell(at_s, 5180, 20.0, 1),  # it reaches into the pause
    ]
    look = does(lambda: seen.append(walk.fix_at(script.now_s)))
    script.moments = [*hears(1), *look, *pause, *look, *hears(2), *dwells, *go_on, *late, *look, *hears(3)]
    made = walk.walked()
    assert sorted(transmitters(made)) == [camera(1).hex(":"), camera(3).hex(":")]
    assert [fix is None for fix in seen] == [False, True, False]
    assert all(one.survey is None for one in made), "what was listened to in the pause is in no survey"
    assert None not in told, "whoever hides the end of the walk is told also in a pause"


def test_a_pass_ends_as_it_stands_when_the_walk_is_paused() -> None:
    script = Script([])
    walk = Scripted(script)
    script.moments = [*hears(1), *does(lambda: walk.pause(True)), *[lambda _at_s: None] * 3]
    made = list[Sighting]()
    for each in script.moments:
        made += list(walk._mended(walk._turn(each(script.now_s))))
        script.now_s += 1.0
    assert transmitters(made) == [camera(1).hex(":")]


def test_a_fault_of_the_sweep_is_told_and_the_same_walk_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    told = list[Exception]()
    script = Script([])
    walk = Scripted(script)
    walk.failed = told.append
    first = walk.sweep
    take = Sweep.take

    def taking(sweep: Sweep, event: Event) -> None:
        if isinstance(event, Frame) and event.transmitter == camera(9):
            raise ZeroDivisionError
        take(sweep, event)

    monkeypatch.setattr(Sweep, "take", taking)
    script.moments = [*hears(1), *hears(9, 1), *hears(2)]
    made = walk.walked()
    assert sorted(transmitters(made)) == [camera(1).hex(":"), camera(2).hex(":")]
    assert {one.walk for one in made} == {walk.id}
    assert [type(problem) for problem in told] == [ZeroDivisionError]
    assert walk.sweep is not first
    assert walk.sweep.unknowns is first.unknowns, "the sources go on with it"
    assert walk.sweep.counts.frames > 50, "the walk's counts go on"


def test_a_fault_at_every_frame_keeps_no_machine_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    told = list[Exception]()
    script = Script(hears(9, 30))
    walk = Scripted(script)
    walk.failed = told.append

    def failing(_sweep: Sweep, _event: Event) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Sweep, "take", failing)
    assert transmitters(walk.walked()) == []
    assert 3 <= len(told) <= 6


def test_a_pass_that_cannot_end_takes_no_other_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script([])
    walk = Scripted(script)
    walk.failed = lambda _problem: None
    end = Sweep._end_pass

    def ending(sweep: Sweep, transmitter: bytes) -> Iterator[Sighting]:
        if transmitter == camera(2):
            sweep.passes.pop(transmitter)
            raise ZeroDivisionError
        yield from end(sweep, transmitter)

    monkeypatch.setattr(Sweep, "_end_pass", ending)
    both = [turn for pair in zip(hears(1), hears(2), hears(3), strict=True) for turn in pair]
    dwell: Callable[[float], Event | None] = lambda at_s: Dwell(at_s, 2437, 1.0, 1)  # noqa: E731
    script.moments = [*both, *[dwell] * 5]
    made = walk.walked()
    assert sorted(transmitters(made)) == [camera(1).hex(":"), camera(3).hex(":")]
    assert [one.kind for one in made].count(Kind.SURVEY) == 1


def test_without_anyone_to_tell_a_fault_ends_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_sweep: Sweep, _event: Event) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Sweep, "take", failing)
    with pytest.raises(ZeroDivisionError):
        Scripted(Script(hears(1))).walked()
