"""A walk as it happens: live sources and receiver, the same sweep as for recordings, sightings as passes end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from probe.contract.sighting import Adapter, ClockSource, Moment, Sighting
from probe.detect.catalogue import newest_day
from probe.errors import BadInput, SourceLost
from probe.position.live import DELAY_SD_S, LivePosition
from probe.radio.bluetooth import Bluetooth, HciSocket
from probe.radio.board import Board, Port
from probe.radio.frame import Event
from probe.radio.interface import ability, is_radiotap, to_monitor, wireless
from probe.radio.monitor import Monitor
from probe.radio.netlink import Tuner
from probe.radio.plan import USUAL_DWELL_MS, share, usual_channels
from probe.radio.serial import BOARD_BAUD, PortLocator, board_ports, open_port
from probe.radio.source import CaptureCounts
from probe.radio.unknowns import RecentUnknowns
from probe.sweep.sweep import Sweep, moment
from probe.walk.clock import SteadyClock
from probe.walk.recorded import making, new_id
from probe.walk.sources import LiveSources, SourceSupervisor

# Where systemd-timesyncd says that the machine's clock is right. It is gone after a restart.
_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What a walk listens with. `boards` are `auto`, a device or a part of an id; `country` two letters."""

    monitors: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    adapters: tuple[str, ...] = ()
    gnss: str | None = None
    gnss_baud: int = 9600
    country: str | None = None
    dwell_ms: int = USUAL_DWELL_MS

    def found(self) -> "Kit":
        """This kit, or, where it names no source, what is plugged in. Raises BadInput where there is nothing."""
        if self.monitors or self.boards or self.adapters:
            return self
        monitors = tuple(name for name in wireless() if is_radiotap(name))
        boards = ("auto",) if any(board_ports("auto")) else ()
        if not monitors and not boards:
            here = ", ".join(wireless()) or "none"
            raise BadInput(
                "nothing to listen with: name an adapter with --monitor (wireless interfaces here: "
                f"{here}), plug in a radio board, or use --bluetooth hci0"
            )
        return Kit(
            monitors=monitors,
            boards=boards,
            gnss=self.gnss,
            gnss_baud=self.gnss_baud,
            country=self.country,
            dwell_ms=self.dwell_ms,
        )


@dataclass
class LiveWalk:
    """A walk being walked. `sources` and `sweep` may be looked at from another thread.

    All of it goes by `clock`, which nobody sets; `when` says what that is in true time.
    """

    kit: Kit
    clock: SteadyClock = field(default_factory=SteadyClock)
    synchronised: Path = _SYNCHRONISED
    sources: list[SourceSupervisor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.position = LivePosition(self.clock, not_before=newest_day())
        self.sweep = Sweep(
            walk=new_id(),
            made=making(Adapter.REAL, composed=False),
            new_id=new_id,
            position=self.position,
            when=self.when,
        )
        self.sources = open_sources(self.kit, self.sweep.unknowns, self.position, self.clock)
        self.live = LiveSources(self.sources)

    def sightings(self, started: Callable[[], None] = lambda: None) -> Iterator[Sighting]:
        """The sightings, each when its pass is over; the rest and the survey when the walk is stopped.

        `started` is called once when the sources have been opened, and may raise.
        """
        sweep, step_s = self.sweep, self.clock()
        with self.live:
            started()
            for event in self.live.events():
                if event is not None:
                    sweep.take(event)
                now_s = self.clock()
                if now_s - step_s >= 1.0:
                    step_s = now_s
                    yield from sweep.passed(now_s)
        yield from sweep.sightings()

    def when(self, at_s: float) -> Moment | None:
        """The true time of a time of the walk's clock, as far as anyone knows it by now; also for what is long past."""
        offset_s = self.position.offset_s
        if offset_s is not None:
            told = moment(at_s + offset_s, ClockSource.GNSS)
            return None if told is None else Moment(utc=told.utc, source=told.source, sd_s=DELAY_SD_S)
        if not self.synchronised.exists():
            return None
        return moment(at_s + self.clock.behind_s(), ClockSource.NTP)


def open_sources(
    kit: Kit, unknowns: RecentUnknowns, position: LivePosition, clock: Callable[[], float]
) -> list[SourceSupervisor]:
    """The sources of a kit, not open yet, with the channels shared between the adapters; all stamp with one clock."""
    wanted = usual_channels(kit.country)
    for name in kit.monitors:
        to_monitor(name, kit.country)
    plans = share({name: _channels(name) for name in kit.monitors}, wanted)
    found = [_monitor(name, plans[name], unknowns, kit, clock) for name in kit.monitors]
    found += [_board(board, wanted, unknowns, position, kit, clock) for board in kit.boards]
    found += [_bluetooth(name, unknowns, clock) for name in kit.adapters]
    if kit.gnss is not None:
        found.append(_receiver(PortLocator(kit.gnss), kit.gnss_baud, position))
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
        except BadInput as problem:
            if "there is no such interface" in str(problem):
                raise SourceLost(str(problem)) from problem
            raise

    return SourceSupervisor(name, "monitor", opened)


def _board(
    wanted: str,
    plan: tuple[int, ...],
    unknowns: RecentUnknowns,
    position: LivePosition,
    kit: Kit,
    clock: Callable[[], float],
) -> SourceSupervisor:
    place = PortLocator(wanted)

    def plugged_in() -> tuple[str, Port]:
        if wanted.startswith("/"):
            return place.open(BOARD_BAUD)
        for device in board_ports(wanted):
            return device, open_port(device, BOARD_BAUD)
        raise SourceLost(f"no radio board found ({wanted}); plug one in, or name its device with --board")

    def opened() -> Board:
        return Board(
            *plugged_in(),
            unknowns=unknowns,
            plan_mhz=plan,
            dwell_ms=kit.dwell_ms,
            on_sentence=lambda line: position.take(line.encode("ascii", errors="replace")),
            clock=clock,
        )

    return SourceSupervisor(f"board {wanted}" if wanted == "auto" else wanted, "board", opened)


def _bluetooth(name: str, unknowns: RecentUnknowns, clock: Callable[[], float]) -> SourceSupervisor:
    return SourceSupervisor(name, "bluetooth", lambda: Bluetooth(name, HciSocket(name), unknowns=unknowns, clock=clock))


def _receiver(place: PortLocator, baud: int, position: LivePosition) -> SourceSupervisor:
    return SourceSupervisor(place.device, "gnss", lambda: Receiver(*place.open(baud), position))


class Receiver:
    """A GNSS receiver on a serial port, kept like a source of frames so that it comes back like one."""

    kind = "gnss"

    def __init__(self, name: str, port: Port, position: LivePosition) -> None:
        self.name = name
        self.counts = CaptureCounts()
        self.hold: int | None = None
        self._port = port
        self._position = position
        self._closed = False

    def close(self) -> None:
        self._closed = True

    def events(self) -> Iterator[Event]:
        """Nothing: what it says goes to the position. Raises SourceLost where the receiver is gone."""
        rest = b""
        try:
            while not self._closed:
                try:
                    data = self._port.read(4096)
                except OSError as problem:
                    raise SourceLost(f"{self.name}: the receiver was unplugged") from problem
                lines = (rest + data).split(b"\n")
                rest = lines.pop()[-1024:]
                for line in lines:
                    self.counts.frames += 1
                    self._position.take(line)
                yield from ()
        finally:
            self._port.close()
