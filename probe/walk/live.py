"""A walk as it happens: live sources and receiver, the same sweep as for recordings, sightings as passes end."""

from pathlib import Path

from probe.contract.sighting import Adapter, ClockSource, Moment
from probe.detect.catalogue import newest_day
from probe.detect.registry import Recogniser
from probe.position.live import DELAY_SD_S, LivePosition
from probe.sweep.sweep import moment
from probe.walk.board_parts import BoardParts
from probe.walk.clock import SteadyClock
from probe.walk.kit import Kit
from probe.walk.making import making
from probe.walk.sources import open_sources
from probe.walk.swept import SweptWalk

# Where systemd-timesyncd says that the machine's clock is right. It is gone after a restart.
_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")


class LiveWalk(SweptWalk):
    """A walk being walked. All of it goes by `clock`, which nobody sets; `when` says what that is in true time.

    Where it is `patient`, adapters that are not there yet are waited for; else raises BadInput.
    """

    composed = False

    def __init__(
        self,
        kit: Kit,
        clock: SteadyClock | None = None,
        *,
        synchronised: Path = _SYNCHRONISED,
        patient: bool = False,
        recogniser: Recogniser | None = None,
    ) -> None:
        self.kit, self.clock, self._synchronised = kit, clock or SteadyClock(), synchronised
        self.position = LivePosition(self.clock, not_before=newest_day())
        super().__init__(self.clock, self.position, making(Adapter.REAL, composed=False), recogniser)
        self.board_parts = BoardParts()
        self._listen_with(
            open_sources(kit, self.sweep.unknowns, self.position, self.clock, self.board_parts, patient=patient)
        )

    @property
    def has_receiver(self) -> bool:
        """Whether anything here could say where the probe is: a receiver, or a board with one, as far as is known."""
        if self.kit.gnss is not None or self.position.counts.sentences:
            return True
        return bool(self.kit.boards) and self.board_parts.may_have("receiver")

    def when(self, at_s: float) -> Moment | None:
        """The true time of a time of the walk's clock, as far as anyone knows it by now; also for what is long past."""
        offset_s = self.position.offset_s
        if offset_s is not None:
            received = moment(at_s + offset_s, ClockSource.GNSS)
            return None if received is None else Moment(utc=received.utc, source=received.source, sd_s=DELAY_SD_S)
        if not self._synchronised.exists():
            return None
        return moment(at_s + self.clock.behind_s(), ClockSource.NTP)
