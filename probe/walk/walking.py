"""What a service needs of a walk, live or played."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from probe.contract.sighting import Making, Moment, Place, Sighting
from probe.detect.rule import Finding
from probe.position.fix import Fix
from probe.sweep.sweep import Sweep
from probe.walk.sources import SourceSupervisor


class Walking(Protocol):
    """A walk being walked: sources that are supervised, a sweep, a clock that nobody sets."""

    id: str
    made: Callable[[Finding | None], Making]  # by what its sightings are made

    @property
    def composed(self) -> bool:
        """Whether it was written, not walked."""
        ...

    @property
    def has_receiver(self) -> bool:
        """Whether anything here could ever say where the probe is."""
        ...

    @property
    def sources(self) -> Sequence[SourceSupervisor]: ...

    @property
    def sweep(self) -> Sweep: ...

    def clock(self) -> float: ...

    def sightings(self, started: Callable[[], None] = lambda: None) -> Iterator[Sighting]: ...

    def stop(self) -> None: ...

    def pause(self, paused: bool) -> None:
        """Hear nothing, and know of no place, until it is lifted."""
        ...

    def hold(self, mhz: int | None) -> None: ...

    def fix_at(self, at_s: float) -> Fix | None: ...

    def place_at(self, at_s: float) -> Place | None: ...

    def when(self, at_s: float) -> Moment | None: ...
