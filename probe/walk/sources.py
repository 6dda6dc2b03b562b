"""Several sources at once, each in a thread of its own, opened again when they come back.

What they hear meets in one queue. It is bounded: where the sweep cannot follow, the newest is dropped and counted.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from probe.errors import BadInput, SourceLost
from probe.radio.frame import Dwell, Event
from probe.radio.source import CaptureCounts, LiveSource

MAX_WAITING = 20_000
_RETRY_S = (1.0, 2.0, 5.0)


class Health(StrEnum):
    """How a source is: a word that walkers and operators see."""

    STARTING = "starting"
    LISTENING = "listening"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(slots=True)
class SourceSupervisor:
    """One source and how it is. `open` makes it, again and again; `counts` add up over all times it was open."""

    name: str
    kind: str
    open: Callable[[], LiveSource]
    health: Health = Health.STARTING
    trouble: str | None = None
    losses: int = 0
    overrun: int = 0
    source: LiveSource | None = None
    channel_mhz: int | None = None
    visited_mhz: set[int] = field(default_factory=set)
    changed: Callable[["SourceSupervisor"], None] = lambda _keeper: None
    _earlier: CaptureCounts = field(default_factory=CaptureCounts)

    @property
    def counts(self) -> CaptureCounts:
        """Everything counted so far."""
        now = self.source.counts if self.source is not None else CaptureCounts()
        before = self._earlier
        return CaptureCounts(
            frames=before.frames + now.frames,
            skipped=before.skipped + now.skipped,
            malformed=before.malformed + now.malformed,
            bad_fcs=before.bad_fcs + now.bad_fcs,
            told=before.told + now.told,
            dropped=before.dropped + now.dropped + self.overrun,
        )

    def keep(self, events: "queue.Queue[Event]", stop: threading.Event) -> None:
        """Open it, pass on what it hears, and open it again when it comes back. Ends when `stop` is set."""
        tries = 0
        while not stop.is_set():
            try:
                self.source = self.open()
                self._is(Health.LISTENING)
                tries = 0
                self._pass_on(self.source, events, stop)
            except SourceLost as problem:
                self._is(Health.LOST, str(problem))
                self.losses += 1
            except BadInput as problem:
                # Unplugged and back with other rights or in another mode: worth another try, but no hurry.
                self._is(Health.REFUSED, str(problem))
            self._close_the_books()
            stop.wait(_RETRY_S[min(tries, len(_RETRY_S) - 1)])
            tries += 1

    def _is(self, health: Health, trouble: str | None = None) -> None:
        news = (health, trouble) != (self.health, self.trouble)
        self.health, self.trouble = health, trouble
        if news:
            self.changed(self)

    def _pass_on(self, source: LiveSource, events: "queue.Queue[Event]", stop: threading.Event) -> None:
        for event in source.events():
            if isinstance(event, Dwell) and event.channel_mhz is not None:
                self.channel_mhz = event.channel_mhz
                self.visited_mhz.add(event.channel_mhz)
            try:
                events.put_nowait(event)
            except queue.Full:
                self.overrun += 1
            if stop.is_set():
                source.close()

    def _close_the_books(self) -> None:
        """What the source counted stays counted when it is gone."""
        self._earlier = self.counts
        self._earlier.dropped -= self.overrun
        self.source = None


class LiveSources:
    """All sources of a walk. Use as a context: leaving it closes them."""

    def __init__(self, supervisors: Sequence[SourceSupervisor]) -> None:
        self.supervisors = list(supervisors)
        self._events: queue.Queue[Event] = queue.Queue(MAX_WAITING)
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=supervisor.keep, args=(self._events, self._stop), name=supervisor.name, daemon=True)
            for supervisor in self.supervisors
        ]

    def __enter__(self) -> "LiveSources":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for supervisor in self.supervisors:
            if supervisor.source is not None:
                supervisor.source.close()
        for thread in self._threads:
            thread.join(timeout=3.0)

    def events(self, wait_s: float = 0.5) -> Iterator[Event | None]:
        """What is heard, as it comes; None after each `wait_s` in which nothing was. Ends when all is stopped."""
        while not self._stop.is_set():
            try:
                yield self._events.get(timeout=wait_s)
            except queue.Empty:
                yield None

    def stop(self) -> None:
        self._stop.set()

    def hold(self, mhz: int | None) -> None:
        """Keep one source that can reach a channel on it, while the others go on; None lets all hop again."""
        for supervisor in self.supervisors:
            if supervisor.source is not None and (mhz is None or mhz in supervisor.visited_mhz):
                supervisor.source.hold = mhz
                if mhz is not None:
                    return


def wait_for_sources(supervisors: Sequence[SourceSupervisor], patience_s: float = 3.0) -> None:
    """Wait until each source listens or says why not. Raises BadInput where none of them can ever listen."""
    until_s = time.monotonic() + patience_s
    while time.monotonic() < until_s and any(supervisor.health is Health.STARTING for supervisor in supervisors):
        time.sleep(0.02)
    if supervisors and all(supervisor.health is Health.REFUSED for supervisor in supervisors):
        raise BadInput("; ".join(supervisor.trouble or supervisor.name for supervisor in supervisors))
