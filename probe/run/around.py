"""What a session sees and moves of the probe that runs: `Around`, over the parts of the service."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Full, Queue
from typing import TYPE_CHECKING

from probe.contract.envelope import Picture
from probe.contract.home import SecondLook
from probe.contract.sighting import Sighting
from probe.device.meters import Meters
from probe.device.power import PowerReading
from probe.home.store import HomeStore
from probe.outbox.outbox import Standing
from probe.outbox.unreleased import WalkEnd
from probe.position.fix import Fix
from probe.run.advice import advice_of
from probe.run.checking import Checking
from probe.run.heading import NO_COMPASS, KitCompass
from probe.run.running import RunningWalk
from probe.session.refused import Refused
from probe.session.signs import Sign
from probe.session.view import Calibrating, Check, Machine, Note, Part, Phase, Power
from probe.sweep.hearing import Pass

if TYPE_CHECKING:
    from probe.walk.snapshots import Snapshot
    from probe.walk.taking import PhotoTaker

NO_CAMERA = "this walk has no camera: start it with --camera auto"


@dataclass
class ServiceAround:
    """The probe as its session has it. `standing` says how the outbox stands, `at_first` how it stood before the walk,
    `cut_off` what became then of a walk that had never ended; `parts` how each part is; `signs` are
    what is still to be shown."""

    running: RunningWalk
    photos: "PhotoTaker | None"
    home: HomeStore
    standing: Callable[[], Standing | None]
    at_first: Standing
    cut_off: WalkEnd
    looked: Callable[[], tuple[Part, ...]]
    checking: Checking
    meter: Meters
    signs: "Queue[str]" = field(default_factory=Queue)
    battery: Callable[[], PowerReading | None] = lambda: None
    compass: "KitCompass | None" = None

    @property
    def phase(self) -> Phase:
        return self.running.phase

    @property
    def composed(self) -> bool:
        return self.running.walk.composed

    @property
    def hidden(self) -> str | None:
        """Why nothing of this place is kept; None where it is."""
        return self.running.hidden

    def now_s(self) -> float:
        """The walk's clock."""
        return self.running.walk.clock()

    def fix(self) -> Fix | None:
        """Where the probe is; None where it does not know, and in a pause."""
        return self.running.walk.fix_at(self.now_s())

    def heading_deg(self) -> float | None:
        """Where the lens points, in degrees from true north; None where nobody knows."""
        return None if self.compass is None else self.compass.heading_deg()

    def passes(self) -> Sequence[tuple[bytes, Pass]]:
        """What is heard at present, by its transmitter."""
        return list(self.running.walk.sweep.passes.copy().items())

    def parts(self) -> tuple[Part, ...]:
        """How each part is."""
        return self.looked()

    def power(self) -> Power | None:
        """The power; None where nobody knows."""
        reading = self.battery()
        if reading is None:
            return None
        return Power(low=reading.low, share=reading.share, hours_left=reading.hours_left)

    def machine(self) -> Machine:
        """Memory and card."""
        now = self.meter.read()
        return Machine(
            rss_bytes=now.rss_bytes,
            peak_rss_bytes=now.peak_rss_bytes,
            written_bytes=now.written_bytes,
            written_per_hour=now.written_per_hour,
            disk_bytes=now.disk_bytes,
        )

    def waiting(self) -> tuple[int | None, int]:
        """Units of this walk that wait for a receipt, None where nobody knows, and how many of it the hub has taken."""
        standing = self.standing()
        return (None, 0) if standing is None else (standing.own_queued, standing.own_delivered)

    def older(self) -> tuple[Note, ...]:
        """What became of walks before: of one that was cut off, and how many of their units are handed over."""
        notes, cut_off = list[Note](), self.cut_off
        if cut_off.released or cut_off.deleted:
            values: dict[str, str | int | float] = {"released": cut_off.released, "deleted": cut_off.deleted}
            notes.append(Note(code="walk-cut-off", values=values))
        standing, waited = self.standing(), self.at_first.queued
        if waited:
            waits = waited if standing is None else min(waited, max(0, standing.queued - standing.own_queued))
            notes.append(Note(code="older-walks", values={"done": waited - waits, "count": waited}))
        return tuple(notes)

    def kept_back(self) -> tuple[int, int]:
        """What waits for the walk's end, and what is of hidden cells and goes nowhere."""
        return self.running.kept_back, self.running.writer.hidden

    def lost(self) -> int:
        """What could not be kept."""
        return self.running.lost

    def advice(self) -> tuple[Note, ...]:
        """What to do better next time, as far as the probe itself knows."""
        return advice_of(self.running)

    def places(self) -> Sequence[SecondLook]:
        """What the hub wants looked at again."""
        return self.home.places()

    def streets(self, west: float, south: float, east: float, north: float) -> bytes:
        """The streets of a box, as `Walker.streets` says."""
        return self.home.streets(west, south, east, north)

    def take_photo(self, words: tuple[str, ...]) -> "Future[Snapshot]":
        """Press the shutter. Raises BadInput where there is no camera, it is busy, or the walk is paused or over."""
        self._require_walking()
        if self.photos is None:
            raise Refused(NO_CAMERA, "refused-no-camera")
        return self.photos.take(words)

    def make_pin(self, words: tuple[str, ...]) -> Sighting:
        """A pin of here and now, not kept yet. Raises BadInput as `take_photo`, and where nobody knows the place."""
        from probe.walk.marked import pin_here  # it loads what reads photos

        self._require_walking()
        return pin_here(self.running.walk, words)

    def keep(self, sighting: Sighting, pictures: tuple[Picture, ...] = ()) -> bool:
        """Keep something; whether there was room."""
        return self.running.keep(sighting, pictures)

    def withdraw(self, ids: list[str]) -> None:
        """Take something back."""
        self.running.withdraw(ids)

    def preview(self) -> bytes:
        """What the camera sees, redacted. Raises NoCamera, BadInput."""
        if self.photos is None:
            raise Refused(NO_CAMERA, "refused-no-camera")
        if self.compass is None:
            return self.photos.preview()
        with self.compass.pressed():  # so that the page's arrow turns while the viewfinder is open
            return self.photos.preview()

    def hold_channel(self, mhz: int | None) -> None:
        """Keep one source on a channel."""
        self.running.walk.hold(mhz)

    def sign(self, sign: Sign) -> None:
        """Show a sign when its turn comes; where many wait, not at all."""
        with suppress(Full):
            self.signs.put_nowait(sign.value)

    def pause(self, paused: bool) -> None:
        """Record nothing until it is lifted. Raises BadInput where there is no walk."""
        self.running.pause(paused)

    def workbench(self) -> None:
        """Record nothing until the probe is started anew. Raises BadInput where there is no walk."""
        self.running.hold_on_workbench()

    def end(self) -> None:
        """End the walk."""
        self.running.end()

    def forget(self) -> None:
        """Delete all of this walk, and end it. Raises BadInput where something of it was handed over."""
        self.running.forget()

    def checks(self) -> tuple[Check, ...]:
        """The lines of the self-test."""
        return self.checking.lines

    def selftest(self) -> None:
        """Begin the self-test. Raises BadInput where it runs already."""
        self.checking.begin()

    def calibrating(self) -> Calibrating | None:
        """The compass as it is being calibrated."""
        return None if self.compass is None else self.compass.calibrating()

    def calibrate(self, on: bool) -> None:
        """Begin to calibrate the compass, or end. Raises BadInput."""
        if self.compass is None:
            raise Refused(NO_COMPASS, "refused-no-compass")
        self.compass.calibrate(on)

    def _require_walking(self) -> None:
        if self.phase is Phase.PAUSED:
            raise Refused("the walk is paused and nothing is recorded: go on first", "refused-paused")
        if self.phase is not Phase.WALKING:
            raise Refused("the walk is over: nothing is recorded any more", "refused-over")
