"""A walk as it happens: live sources and receiver, the same sweep as for recordings, sightings as passes end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from probe.contract.sighting import Adapter, ClockSource, Moment, Place, Sighting
from probe.detect.catalogue import newest_day
from probe.position.live import DELAY_SD_S, LivePosition
from probe.sweep.sweep import Sweep, moment
from probe.walk.clock import SteadyClock
from probe.walk.kit import Kit
from probe.walk.making import making, new_id
from probe.walk.sources import LiveSources, SourceSupervisor, open_sources

# Where systemd-timesyncd says that the machine's clock is right. It is gone after a restart.
_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")


@dataclass
class LiveWalk:
    """A walk being walked. `sources` and `sweep` may be looked at from another thread.

    All of it goes by `clock`, which nobody sets; `when` says what that is in true time.
    """

    kit: Kit
    clock: SteadyClock = field(default_factory=SteadyClock)
    synchronised: Path = _SYNCHRONISED
    sources: list[SourceSupervisor] = field(default_factory=list)
    id: str = field(default_factory=new_id)

    def __post_init__(self) -> None:
        self.position = LivePosition(self.clock, not_before=newest_day())
        self.sweep = Sweep(
            walk=self.id,
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

    def place_at(self, at_s: float) -> Place | None:
        """Where the probe was, where its receiver says so well enough; of now or a moment ago."""
        fix = self.position.at(at_s)
        return None if fix is None else fix.place

    def when(self, at_s: float) -> Moment | None:
        """The true time of a time of the walk's clock, as far as anyone knows it by now; also for what is long past."""
        offset_s = self.position.offset_s
        if offset_s is not None:
            received = moment(at_s + offset_s, ClockSource.GNSS)
            return None if received is None else Moment(utc=received.utc, source=received.source, sd_s=DELAY_SD_S)
        if not self.synchronised.exists():
            return None
        return moment(at_s + self.clock.behind_s(), ClockSource.NTP)
