"""A probe that runs: it walks, keeps what the walk makes in its outbox, and hands that over while it can.

    ProbeService ─┬─ "walk"       LiveWalk: sources, sweep, sightings
                  ├─ "photos"     PhotoTaker: photos on a button, where there is a camera
                  ├─ "outbox"     OutboxWriter: sightings to disk, a few at a time
                  └─ "delivery"   RepeatedDelivery: what waits to the hub

Each is a thread. Whoever has the service starts it, stops it, and looks at its `status` from any thread.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from probe.aim.calibration import known_or_told
from probe.camera.adapter import NoCamera
from probe.camera.aiming import Foot
from probe.camera.choose import CameraChoice, camera_at
from probe.camera.keeping import PhotoKeeper
from probe.camera.pose import Pose
from probe.camera.shutter import Shutter
from probe.errors import OutboxError
from probe.outbox.outbox import Outbox, Standing
from probe.outbox.room import DEFAULT_BUDGET_BYTES
from probe.outbox.writer import OutboxWriter
from probe.uplink.choose import uplink_to
from probe.uplink.deliver import RepeatedDelivery
from probe.uplink.find import find_uplink
from probe.walk.clock import SteadyClock
from probe.walk.kit import Kit
from probe.walk.live import LiveWalk
from probe.walk.making import new_id
from probe.walk.snapshots import Holding, Photographer, Snapshot
from probe.walk.sources import SourceSupervisor
from probe.walk.taking import CameraStatus, PhotoTaker

_PATIENCE_S = 20.0
_LAST_DELIVERY_S = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """With what a probe listens and sees, where it keeps sightings, and to whom it hands them over.

    `camera` is a word for `camera_at`, None for no camera; `holding` says how it was held when a shot was taken.
    `to` is a way to a hub, None for the hub wherever it is found; where `offline`, nothing is handed over.
    """

    kit: Kit
    outbox: Path
    to: str | None = None
    offline: bool = False
    budget_bytes: int = DEFAULT_BUDGET_BYTES
    camera: str | None = None
    holding: Holding | None = None


class Phase(StrEnum):
    """How far the service is: a word that walkers see."""

    READY = "ready"
    WALKING = "walking"
    ENDING = "ending"
    ENDED = "ended"


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

    `sightings` were made on this walk; of these `in_ram` are not on disk yet, and `lost` never will be. `standing` is
    how the outbox stood when it was last looked at, None where it was not yet; `delivery_trouble` is the sentence about
    what keeps sightings from being handed over; `camera` is None where there is none.
    """

    phase: Phase
    sightings: int
    in_ram: int
    lost: int
    sources: tuple[SourceStatus, ...]
    standing: Standing | None
    delivery_trouble: str | None
    camera: CameraStatus | None = None


class ProbeService:
    """A walk, its outbox and its delivery, from `start` to the end that `stop` brings.

    `tell` hears sentences for the walker, from any thread. Raises BadInput where there is nothing to listen with or
    `to` is no way to a hub; NotPaired, OutboxError where there is nothing to keep sightings in.
    """

    def __init__(
        self, settings: ServiceSettings, tell: Callable[[str], None], clock: SteadyClock | None = None
    ) -> None:
        if settings.to is not None:
            uplink_to(settings.to, _PATIENCE_S)  # a wrong word is refused before the walk, not after it
        self._settings, self._tell = settings, tell
        self._writer = OutboxWriter(settings.outbox, new_id, tell, budget_bytes=settings.budget_bytes, failed=self.stop)
        self._delivery = RepeatedDelivery(
            lambda: Outbox(settings.outbox), lambda identity: find_uplink(settings.to, identity, _PATIENCE_S), tell
        )
        choice = None if settings.camera is None else camera_at(settings.camera)
        self.walk = LiveWalk(settings.kit.found(needed=choice is None), clock or SteadyClock())
        self._photos = None if choice is None else self._taker(choice)
        for supervisor in self.walk.sources:
            supervisor.changed = self._tell_of_source
        self._sightings = 0
        self._phase = Phase.READY
        self._standing: Standing | None = None
        self._problem: BaseException | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="walk", daemon=True)

    def start(self) -> None:
        """Begin to walk, in threads of its own."""
        self._phase = Phase.WALKING
        self._thread.start()

    def stop(self) -> None:
        """Ask for the end of the walk; what it made is still written and handed over. Safe from any thread."""
        if self._phase is Phase.WALKING:
            self._phase = Phase.ENDING
        self.walk.live.stop()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end, so long at most; whether it has come."""
        return self._ended.wait(seconds)

    def finish(self) -> None:
        """Stop and wait for the end. Raises what ended the walk, the writing or the delivery badly."""
        self.stop()
        if self._phase is not Phase.READY:
            self._ended.wait()
        for problem in (self._problem, self._writer.problem, self._delivery.problem):
            if problem is not None:
                raise problem

    def take_photo(
        self, words: tuple[str, ...] = (), pose: Pose | None = None, foot: Foot | None = None
    ) -> "Future[Snapshot]":
        """Take a photo of what the walker says it is, held as `pose` says; returns at once. Safe from any thread.

        With `foot`, for which no picture is needed, this one is the second of two shots, and makes a height.
        The future has what was kept, also where that is a pin. Raises NoCamera without --camera, Busy, BadInput.
        """
        return self._camera().take(words, pose, foot)

    def preview(self) -> bytes:
        """A small JPEG of what the camera sees, all but the reticle being a constant. Raises NoCamera."""
        return self._camera().preview()

    def _camera(self) -> PhotoTaker:
        if self._photos is None:
            raise NoCamera("this walk has no camera: start it with --camera auto")
        return self._photos

    def _taker(self, choice: CameraChoice) -> PhotoTaker:
        walk = self.walk
        photographer = Photographer(
            Shutter(choice, clock=walk.clock),
            PhotoKeeper(),
            walk=walk.id,
            clock=walk.clock,
            place=walk.place_at,
            when=walk.when,
            holding=self._settings.holding,
            known=known_or_told(self._settings.outbox, self._tell),
        )
        return PhotoTaker(photographer, lambda taken: self._writer.put(taken.sighting, taken.pictures), self._tell)

    def status(self) -> ServiceStatus:
        """The service as it is now."""
        ended = self._phase is Phase.ENDED
        in_ram = self._writer.in_ram
        return ServiceStatus(
            phase=self._phase,
            sightings=self._sightings + (0 if self._photos is None else self._photos.taken),
            in_ram=0 if ended else in_ram,
            lost=self._writer.lost + (in_ram if ended else 0),
            sources=tuple(_source_status(supervisor) for supervisor in self.walk.sources),
            standing=self._standing or self._delivery.standing,
            delivery_trouble=self._delivery.trouble,
            camera=None if self._photos is None else self._photos.status(),
        )

    def _run(self) -> None:
        try:
            with self._writer:
                try:
                    self._walk()
                finally:
                    if self._photos is not None:
                        self._photos.finish()
        except BaseException as problem:  # noqa: BLE001 (the border of a thread: `finish` raises it)
            self._problem = problem
        finally:
            # Where the walk failed, somebody waits to read why.
            self._delivery.stop(_LAST_DELIVERY_S if self._problem is None else 0.0)
            self._standing = self._last_standing()
            self._phase = Phase.ENDED
            self._ended.set()

    def _walk(self) -> None:
        walk = self.walk
        if not self._settings.offline:
            self._delivery.start()
        if self._photos is not None:
            self._photos.start()
        for sighting in walk.sightings(started=walk.live.wait_until_started):
            self._writer.put(sighting)
            self._writer.withdraw(walk.sweep.withdrawn())
            self._sightings += 1
        self._writer.withdraw(walk.sweep.withdrawn())

    def _last_standing(self) -> Standing | None:
        """As delivery left it: of a read-only card its copy in memory alone knows the receipts. Else as it is read."""
        if self._delivery.standing is not None and self._delivery.trouble is None:
            return self._delivery.standing
        try:
            with Outbox(self._settings.outbox) as box:
                return box.standing()
        except OutboxError as problem:
            self._tell(str(problem))
            return self._delivery.standing

    def _tell_of_source(self, supervisor: SourceSupervisor) -> None:
        why = f" ({supervisor.trouble})" if supervisor.trouble else ""
        self._tell(f"{supervisor.name}: {supervisor.health}{why}")


def _source_status(supervisor: SourceSupervisor) -> SourceStatus:
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
