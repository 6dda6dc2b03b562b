"""The sources of a walk: how each of a kit is opened, kept open in a thread of its own, and opened again.

What they hear meets in one queue. It is bounded: where the sweep cannot follow, the newest is dropped and counted.
"""

import queue
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from probe.errors import BadInput, MissingExtra, NoSuchInterface, SourceLost, missing_extra
from probe.position.gpsd import GpsdPort, gpsd_address, is_gpsd
from probe.position.live import LivePosition
from probe.position.receiver import Receiver
from probe.radio.bluetooth import Bluetooth, HciSocket
from probe.radio.board import Board, Port
from probe.radio.frame import Dwell, Event
from probe.radio.interface import ability, to_monitor
from probe.radio.monitor import Monitor
from probe.radio.netlink import Tuner
from probe.radio.plan import share, usual_channels
from probe.radio.serial import BOARD_BAUD, PortLocator, board_ports, open_port
from probe.radio.source import CaptureCounts, LiveSource
from probe.radio.unknowns import RecentUnknowns
from probe.walk.board_parts import BoardParts
from probe.walk.kit import Kit

MAX_WAITING = 20_000
_RETRY_S = (1.0, 2.0, 5.0)
_CLOSE_S = 3.0


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
    changed: Callable[["SourceSupervisor"], None] = lambda _supervisor: None
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
            passed_on=before.passed_on + now.passed_on,
            dropped=before.dropped + now.dropped + self.overrun,
        )

    def supervise(self, events: "queue.Queue[Event]", stop: threading.Event) -> None:
        """Open it, pass on what it hears, and open it again when it comes back. Ends when `stop` is set."""
        tries = 0
        while not stop.is_set():
            try:
                self.source = source = self.open()
                if stop.is_set():  # whoever stopped all sources did not see this one yet
                    source.close()
                self._note_health(Health.LISTENING)
                tries = 0
                self._pass_on(source, events, stop)
            except SourceLost as problem:
                self._note_health(Health.LOST, str(problem))
                self.losses += 1
            except (BadInput, MissingExtra) as problem:
                # Unplugged and back with other rights or in another mode: worth another try, but no hurry.
                self._note_health(Health.REFUSED, str(problem))
            except Exception as problem:  # noqa: BLE001 (the border of a thread: one that ended would be deaf unnoticed)
                self._note_fault(problem)
            self._retire_source()
            stop.wait(_RETRY_S[min(tries, len(_RETRY_S) - 1)])
            tries += 1

    def _note_health(self, health: Health, trouble: str | None = None) -> None:
        news = (health, trouble) != (self.health, self.trouble)
        self.health, self.trouble = health, trouble
        if news:
            self.changed(self)

    def _note_fault(self, problem: Exception) -> None:
        extra = missing_extra(problem) if isinstance(problem, ModuleNotFoundError) else None
        if extra is not None:
            self._note_health(Health.REFUSED, str(extra))
            return
        # Where, and of what kind: what an error says may hold what was heard, and that is written nowhere.
        traceback.print_tb(problem.__traceback__)
        kind = type(problem).__name__
        self._note_health(Health.LOST, f"{self.name}: a fault of this program ({kind}); it is opened again")
        self.losses += 1

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

    def _retire_source(self) -> None:
        """Keep what the source counted when it is gone."""
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
            threading.Thread(
                target=supervisor.supervise, args=(self._events, self._stop), name=supervisor.name, daemon=True
            )
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
        until_s = time.monotonic() + _CLOSE_S  # for all of them: several may hang
        for thread in self._threads:
            thread.join(timeout=max(0.0, until_s - time.monotonic()))

    def events(self, wait_s: float = 0.5) -> Iterator[Event | None]:
        """What is heard, as it comes; None after each `wait_s` in which nothing was. When all is stopped, it ends with
        what was heard before that."""
        while not self._stop.is_set():
            try:
                yield self._events.get(timeout=wait_s)
            except queue.Empty:
                yield None
        for _ in range(self._events.qsize()):
            yield self._events.get_nowait()

    def stop(self) -> None:
        self._stop.set()

    def hold(self, mhz: int | None) -> None:
        """Keep one source that can reach a channel on it, while the others go on; None lets all hop again."""
        for supervisor in self.supervisors:
            if supervisor.source is not None and (mhz is None or mhz in supervisor.visited_mhz):
                supervisor.source.hold = mhz
                if mhz is not None:
                    return

    def wait_until_started(self, patience_s: float = 3.0) -> None:
        """Wait until each source listens or says why not, or all is stopped. Raises BadInput where none ever can."""
        until_s = time.monotonic() + patience_s
        while time.monotonic() < until_s and any(one.health is Health.STARTING for one in self.supervisors):
            if self._stop.wait(0.02):
                return
        if self.supervisors and all(one.health is Health.REFUSED for one in self.supervisors):
            raise BadInput("; ".join(one.trouble or one.name for one in self.supervisors))


def open_sources(
    kit: Kit,
    unknowns: RecentUnknowns,
    position: LivePosition,
    clock: Callable[[], float],
    parts: BoardParts,
    *,
    patient: bool = False,
) -> list[SourceSupervisor]:
    """The sources of a kit, not open yet, with the channels shared between the adapters; all stamp with one clock.

    Where it is `patient`, an adapter that is not there or not fit yet is waited for, and counts as one that can tune to
    all channels. Else raises BadInput.
    """
    wanted = usual_channels(kit.country)
    able = dict[str, tuple[int, ...]]()
    for name in kit.monitors:
        try:
            to_monitor(name, kit.country)
            able[name] = _channels(name)
        except BadInput:
            if not patient:
                raise
            able[name] = wanted
    plans = share(able, wanted)
    found = [_monitor(name, plans[name], unknowns, kit, clock) for name in kit.monitors]
    found += [_board(board, wanted, unknowns, position, kit, clock, parts) for board in kit.boards]
    found += [_bluetooth(name, unknowns, clock) for name in kit.adapters]
    if kit.gnss is not None:
        by_gpsd = is_gpsd(kit.gnss)
        found.append(
            _gpsd(kit.gnss, position) if by_gpsd else _receiver(PortLocator(kit.gnss), kit.gnss_baud, position)
        )
    return found


def _channels(name: str) -> tuple[int, ...]:
    try:
        return ability(name).channels_mhz
    except BadInput:
        return ()  # no nl80211 behind it (a tap, a recorder): it stays where it is


def _monitor(
    name: str, plan: list[int], unknowns: RecentUnknowns, kit: Kit, clock: Callable[[], float]
) -> SourceSupervisor:
    def opened() -> Monitor:
        try:
            to_monitor(name, None)  # after a replug it is an ordinary interface again
            return Monitor(
                name,
                plan,
                unknowns=unknowns,
                tuner=Tuner() if plan else None,
                dwell_ms=kit.dwell_ms,
                clock=clock,
            )
        except NoSuchInterface as problem:
            raise SourceLost(str(problem)) from problem  # it may be plugged in again

    return SourceSupervisor(name, "monitor", opened)


def _board(
    wanted: str,
    plan: tuple[int, ...],
    unknowns: RecentUnknowns,
    position: LivePosition,
    kit: Kit,
    clock: Callable[[], float],
    parts: BoardParts,
) -> SourceSupervisor:
    place = PortLocator(wanted)

    def plugged_in() -> tuple[str, Port]:
        if wanted.startswith("/"):
            return place.open(BOARD_BAUD)
        for device in board_ports(wanted):
            return device, open_port(device, BOARD_BAUD)
        raise SourceLost(f"no radio board found ({wanted}); plug one in, or name its device with --board")

    def opened() -> Board:
        board = Board(
            *plugged_in(),
            unknowns=unknowns,
            plan_mhz=plan,
            dwell_ms=kit.dwell_ms,
            on_sentence=lambda line: position.take(line.encode("ascii", errors="replace")),
            clock=clock,
            hears=parts,
            closed=parts.unplugged,
        )
        return parts.plugged_in(board)

    return SourceSupervisor(f"board {wanted}" if wanted == "auto" else wanted, "board", opened)


def _bluetooth(name: str, unknowns: RecentUnknowns, clock: Callable[[], float]) -> SourceSupervisor:
    return SourceSupervisor(name, "bluetooth", lambda: Bluetooth(name, HciSocket(name), unknowns=unknowns, clock=clock))


def _receiver(place: PortLocator, baud: int, position: LivePosition) -> SourceSupervisor:
    return SourceSupervisor(place.device, "gnss", lambda: Receiver(*place.open(baud), position))


def _gpsd(word: str, position: LivePosition) -> SourceSupervisor:
    address = gpsd_address(word)
    return SourceSupervisor(word, "gnss", lambda: Receiver(word, GpsdPort(*address), position))
