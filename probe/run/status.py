"""The service at one moment, for whoever looks at it from outside."""

from dataclasses import dataclass

from probe.outbox.outbox import Standing
from probe.session.view import Part, Phase
from probe.walk.shutters import CameraStatus
from probe.walk.sources import SourceSupervisor


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One source: how it is, what it heard, what it lost. `trouble` is a sentence, None where there is none."""

    name: str
    kind: str
    health: str
    frames: int
    lost: int
    channel_mhz: int | None
    trouble: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatus:
    """The service at one moment.

    `sightings` were made on this walk; of these `in_ram` are not on disk yet, `lost` never will be, `hidden` go
    nowhere, as they are of where the walk starts. `standing` is how the outbox stood when it was last looked at, None
    where it was not yet; `delivery_trouble` is the sentence about what keeps sightings from being handed over; `camera`
    is None where there is none. `parts` are all parts of the probe, `faults` how often one of them was started again
    after a fault of this program. `listening_s` is how long after the start of this process all sources had been
    opened, `page` where the walker's page is, None where it is not.
    """

    phase: Phase
    sightings: int
    in_ram: int
    lost: int
    sources: tuple[SourceStatus, ...]
    standing: Standing | None
    delivery_trouble: str | None
    camera: CameraStatus | None = None
    hidden: int = 0
    parts: tuple[Part, ...] = ()
    faults: int = 0
    listening_s: float | None = None
    page: str | None = None


def source_status(supervisor: SourceSupervisor) -> SourceStatus:
    """A source as it is now."""
    counts = supervisor.counts
    return SourceStatus(
        name=supervisor.name,
        kind=supervisor.kind,
        health=str(supervisor.health),
        frames=counts.frames,
        lost=counts.dropped,
        channel_mhz=supervisor.channel_mhz,
        trouble=supervisor.trouble,
    )
