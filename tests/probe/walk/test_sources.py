"""Sources in threads of their own: none goes deaf without a word, and none outlives the walk."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from probe.errors import BadInput, NoSuchInterface
from probe.radio.frame import Dwell, Event
from probe.radio.interface import to_monitor
from probe.radio.source import CaptureCounts, LiveSource
from probe.walk.kit import Kit
from probe.walk.live import LiveWalk
from probe.walk.sources import Health, LiveSources, SourceSupervisor
from tests.processes import until

HEARD = "ac:cc:8e:00:00:01"


@dataclass
class Scripted:
    """A source that does what a test says, and waits until it is closed."""

    does: Callable[[], Iterator[Event]] = lambda: iter(())
    name: str = "scripted"
    kind: str = "monitor"
    hold: int | None = None
    counts: CaptureCounts = field(default_factory=CaptureCounts)
    closed: threading.Event = field(default_factory=threading.Event)

    def events(self) -> Iterator[Event]:
        yield from self.does()
        self.closed.wait()

    def close(self) -> None:
        self.closed.set()


def failing() -> Iterator[Event]:
    raise ZeroDivisionError(HEARD)


def test_a_source_that_fails_by_a_fault_of_ours_is_told_as_lost_and_not_as_listening(
    capfd: pytest.CaptureFixture[str],
) -> None:
    changes: list[tuple[Health, str | None]] = []
    supervisor = SourceSupervisor("one", "monitor", lambda: Scripted(failing))
    supervisor.changed = lambda one: changes.append((one.health, one.trouble))
    with LiveSources([supervisor]):
        until(lambda: supervisor.losses > 0, "the loss")
    assert changes[:2] == [
        (Health.LISTENING, None),
        (Health.LOST, "one: a fault of this program (ZeroDivisionError); it is opened again"),
    ]
    told = capfd.readouterr().err
    assert "in failing" in told, "where it failed"
    assert HEARD not in told, "what an error says may hold what was heard"


def test_a_source_without_its_package_is_refused_and_names_the_extra() -> None:
    def opened() -> LiveSource:
        raise ModuleNotFoundError("No module named 'serial'", name="serial")

    supervisor = SourceSupervisor("one", "board", opened)
    with LiveSources([supervisor]) as live, pytest.raises(BadInput, match=r"contrechamp\[probe\]"):
        live.wait_until_started(patience_s=20.0)


def test_a_source_that_opens_as_the_walk_ends_is_closed() -> None:
    late, opening, go_on = Scripted(), threading.Event(), threading.Event()

    def opened() -> LiveSource:
        opening.set()
        go_on.wait(20)
        return late

    supervisor, stop = SourceSupervisor("one", "monitor", opened), threading.Event()
    live = LiveSources([supervisor])
    thread = threading.Thread(target=supervisor.supervise, args=(live._events, stop), daemon=True)
    thread.start()
    assert opening.wait(20)
    stop.set()  # nobody could close it: it is not there yet
    go_on.set()
    assert late.closed.wait(20)
    thread.join(20)
    assert not thread.is_alive()


def test_what_was_heard_before_the_end_is_not_dropped() -> None:
    heard = [Dwell(float(second), 2437, 1.0, 1) for second in range(50)]
    source = Scripted(lambda: iter(heard))
    live = LiveSources([SourceSupervisor("one", "monitor", lambda: source)])
    with live:
        until(lambda: live._events.qsize() == len(heard), "all to be heard")
        live.stop()
        assert list(live.events()) == heard


def test_the_wait_for_sources_ends_with_the_walk() -> None:
    live = LiveSources([SourceSupervisor("one", "monitor", Scripted)])
    live.stop()
    live.wait_until_started(patience_s=1e9)


def test_an_interface_that_is_not_there_is_known_by_its_class() -> None:
    with pytest.raises(NoSuchInterface, match="no such interface"):
        to_monitor("nope0")


def test_with_a_page_an_adapter_that_is_not_there_yet_is_waited_for() -> None:
    kit = Kit(monitors=("nope0",))
    with pytest.raises(NoSuchInterface):
        LiveWalk(kit)
    walk = LiveWalk(kit, patient=True)
    (supervisor,) = walk.sources
    with walk.live:
        until(lambda: supervisor.health is Health.LOST, "the word that it is not there")
    assert "no such interface" in (supervisor.trouble or "")
