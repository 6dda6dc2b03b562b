"""A probe that runs: it walks, keeps what the walk makes in its outbox, and hands that over while it can.

    ProbeService ─┬─ "walk"       RunningWalk: sources, sweep, sightings
                  ├─ "photos"     PhotoTaker: photos, where there is a camera
                  ├─ "outbox"     OutboxWriter: sightings to disk, a few at a time
                  ├─ "delivery"   RepeatedDelivery: what waits to the hub
                  ├─ "session"    Session: the walk as its walker sees it
                  ├─ "page" "button" "presses" "signals" "power" "network"    what a walk can do without
                  ├─ "watch"      Watch: which of them hangs; systemd's watchdog
                  └─ "service"    begins and ends all of them

Each is a thread, and each but the last is started again where it fails: one failing part never stops the others.
Whoever has the service starts it, stops it, and looks at its `status` from any thread.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from probe.camera.adapter import NoCamera
from probe.device.meters import Meters
from probe.device.notify import Notifier
from probe.device.signals import Signals
from probe.errors import BadInput, OutboxError
from probe.home.store import HomeStore, home_beside
from probe.outbox.outbox import Outbox, Standing
from probe.outbox.unreleased import WalkEnd
from probe.run.around import NO_CAMERA, ServiceAround
from probe.run.checking import Checking
from probe.run.gear import Gear, outputs_of
from probe.run.heading import kit_compass
from probe.run.health import Looked, parts_of
from probe.run.parts import RETRY_S, SupervisedPart, Work, waited
from probe.run.running import RunningWalk
from probe.run.settings import ServiceSettings
from probe.run.stands import Guide
from probe.run.status import ServiceStatus, SourceStatus, source_status
from probe.run.testing import checks_of
from probe.run.watch import WRITING_PATIENCE_S, Watch, since_boot_s, since_start_s
from probe.session.session import Session
from probe.session.view import Part, Phase
from probe.uplink.deliver import RepeatedDelivery
from probe.walk.clock import SteadyClock
from probe.walk.live import LiveWalk
from probe.walk.played import PlayedWalk
from probe.walk.shutters import LAST_PHOTO_S, CameraStatus
from probe.walk.sources import SourceSupervisor

if TYPE_CHECKING:  # what a walk can do without, or only needs once it listens, is loaded then
    from probe.camera.aiming import Foot
    from probe.camera.pose import Pose
    from probe.seal.identity import Identity
    from probe.uplink.uplink import Uplink
    from probe.walk.snapshots import Snapshot
    from probe.walk.taking import PhotoTaker

__all__ = ["Phase", "ProbeService", "ServiceSettings", "ServiceStatus", "SourceStatus"]

_PATIENCE_S = 20.0
_LAST_DELIVERY_S = 25.0
LEAVE_S = 25.0  # from `stop` to the end, all told
_WALK_ENDS_S, _WRITE_ENDS_S = 6.0, 10.0
# How long a part may not move before it is told. A photo takes a small machine half a minute and more.
_PATIENCE = {"walk": 30.0, "session": 30.0, "signals": 30.0, "photos": 240.0, "presses": 60.0, "page": 60.0}
_VITAL = frozenset({"walk"})


class ProbeService:
    """A walk, its outbox and its delivery, from `start` to the end that `stop` brings.

    With a page, it goes on after the walk has ended, until it is stopped: the page shows what came of the walk. `tell`
    hears sentences for the walker, from any thread. Raises BadInput where there is nothing to listen with or `to` is no
    way to a hub; NotPaired, OutboxError where there is nothing to keep sightings in.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        tell: Callable[[str], None],
        clock: SteadyClock | None = None,
        *,
        notifier: Notifier | None = None,
        retry_s: tuple[float, ...] = RETRY_S,
    ) -> None:
        if settings.to is not None:
            from probe.uplink.choose import uplink_to

            uplink_to(settings.to, _PATIENCE_S)  # a wrong word is refused before the walk, not after it
        self._settings, self._tell = settings, tell
        self._notifier, self._retry_s = notifier or Notifier(None), retry_s
        hub, self._at_first, self._cut_off = self._looked_at_outbox()
        home = HomeStore(home_beside(settings.outbox), hub)
        self._running = RunningWalk(settings, tell, clock, listens=settings.camera is None, rules=home.rules())
        self.walk: LiveWalk | PlayedWalk = self._running.walk
        self._compass = kit_compass(settings, self.walk, tell)
        self._parts: dict[str, SupervisedPart] = {}
        self._photos = self._taker()
        self._delivery = RepeatedDelivery(self._own_outbox, self._found_uplink, tell, held=self._running.is_held)
        for supervisor in self.walk.sources:
            supervisor.changed = self._tell_of_source
        self._standing: Standing | None = None
        self._problem: BaseException | None = None
        self._leave_by_s: float | None = None
        self._leave, self._ended = threading.Event(), threading.Event()
        self.listening_s: float | None = None
        self.gear = self._geared(home)
        self._add_parts(self.gear)
        self._thread = threading.Thread(target=self._run, name="service", daemon=True)

    def start(self) -> None:
        """Begin to walk, in threads of its own."""
        self._running.phase = Phase.WALKING
        self._thread.start()

    def end_walk(self) -> None:
        """Ask for the end of the walk; what it made is still written and handed over. Safe from any thread."""
        self._running.end()

    def stop(self) -> None:
        """Ask for the end of the walk and of all else, within `LEAVE_S`. Safe from any thread."""
        if self._leave_by_s is None:
            self._leave_by_s = time.monotonic() + LEAVE_S
        self._leave.set()
        self._running.end()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end, so long at most; whether it has come."""
        return waited(self._ended, seconds)

    def finish(self) -> None:
        """Stop and wait for the end. Raises what ended the walk badly."""
        self.stop()
        if self._running.phase is not Phase.STARTING:
            waited(self._ended)
        if self._problem is not None:
            raise self._problem

    def press(self, kind: str = "press") -> None:
        """As the button: `press` takes a photo, `long` begins a pause or ends it; returns at once."""
        self.gear.press(kind)

    def take_photo(
        self, words: tuple[str, ...] = (), pose: "Pose | None" = None, foot: "Foot | None" = None
    ) -> "Future[Snapshot]":
        """Take a photo of what the walker says it is, held as `pose` says; returns at once. Safe from any thread.

        With `foot`, for which no picture is needed, this one is the second of two shots, and makes a height.
        The future has what was kept, also where that is a pin. Raises NoCamera without --camera, Busy, BadInput.
        """
        return self._camera().take(words, pose, foot)

    def preview(self) -> bytes:
        """A small JPEG of what the camera sees, all but the reticle being a constant. Raises NoCamera."""
        return self._camera().preview()

    def status(self) -> ServiceStatus:
        """The service as it is now."""
        ended, writer = self._ended.is_set(), self._running.writer
        in_ram = writer.in_ram
        return ServiceStatus(
            phase=self._running.phase,
            sightings=self._running.made + (0 if self._photos is None else self._photos.taken),
            in_ram=0 if ended else in_ram,
            lost=self._running.lost + (in_ram if ended else 0),
            sources=tuple(map(source_status, self.walk.sources)),
            standing=self._standing or self._delivery.standing,
            delivery_trouble=self._delivery.trouble,
            camera=self._camera_status(),
            hidden=writer.hidden,
            parts=self.parts(),
            faults=sum(part.faults for part in self._parts.values()),
            listening_s=self.listening_s,
            page=self.gear.page_url,
        )

    def parts(self) -> tuple[Part, ...]:
        """How each part of the probe is."""
        running, gear, settings = self._running, self.gear, self._settings
        network = gear.network
        return parts_of(
            Looked(
                sources=self.walk.sources,
                supervised=self._parts,
                has_receiver=self.walk.has_receiver,
                has_fix=self.walk.fix_at(self.walk.clock()) is not None,
                paused=running.phase in (Phase.PAUSED, Phase.ENDING, Phase.ENDED),
                camera=self._camera_status(),
                outbox_trouble=running.writer.trouble,
                outbox_late=self._is_writing_late(),
                in_ram=running.writer.in_ram,
                offline=settings.offline,
                delivery_trouble=self._delivery.trouble,
                has_compass=self._compass is not None and self.walk.board_parts.has("compass"),
                heading_trouble=None if self._compass is None else self._compass.trouble,
                has_button=settings.button is not None,
                power_low=None if gear.battery is None else gear.battery.low,
                network_trouble=None if network is None else network.trouble,
                network_detail=None if network is None else network.detail,
                network_up=None if settings.network is None else gear.network_up,
                page=settings.page is not None,
            )
        )

    # How it is put together

    def _looked_at_outbox(self) -> tuple[str, Standing, WalkEnd]:
        """The hub that the probe is paired with, and how the outbox stands, without what a walk before left in it that
        never came to its end. Raises NotPaired, OutboxError."""
        with Outbox(self._settings.outbox) as box:
            hub, dropped = box.paired().hub_id, WalkEnd()
            try:
                dropped = box.drop_unreleased()
            except OutboxError as problem:
                self._tell(str(problem))
            else:
                if dropped.deleted:
                    self._tell(f"the walk before was cut short: {dropped.deleted} sightings of its end are deleted")
            return hub, box.standing(), dropped

    def _own_outbox(self) -> Outbox:
        """The outbox, which tells this walk's units from those of walks before."""
        return Outbox(self._settings.outbox, own_after=self._at_first.last)

    def _taker(self) -> "PhotoTaker | None":
        """What takes photos, where there is a camera. Raises BadInput where what is named is none."""
        camera = self._settings.camera
        if camera is None and isinstance(self.walk, PlayedWalk):
            camera = self.walk.camera
        if camera is None:
            return None
        from probe.run.photos import taker_of

        return taker_of(camera, self._settings, self._running, self._compass, self._tell)

    def _found_uplink(self, identity: "Identity") -> "Uplink":
        """The way to the hub; what it takes is loaded when there is something to hand over."""
        from probe.uplink.find import find_uplink

        return find_uplink(self._settings.to, identity, _PATIENCE_S)

    def _geared(self, home: HomeStore) -> Gear:
        """Session and what is around it; the session sees the probe through `ServiceAround`."""
        running, settings = self._running, self._settings
        around = ServiceAround(
            running=running,
            photos=self._photos,
            home=home,
            standing=lambda: self._standing or self._delivery.standing,
            at_first=self._at_first,
            cut_off=self._cut_off,
            looked=self.parts,
            checking=Checking(lambda: checks_of(self.walk, settings, self._camera_status, self._compass, self.gear)),
            meter=Meters(settings.outbox, time.monotonic),
        )
        around.compass = self._compass
        guide = Guide(home.streets, running.hold.hides)
        session = Session(around, find_stands=guide, debug=settings.debug, ends_shown=settings.show_ends)
        gear = Gear(running=running, session=session, tell=self._tell)
        self.walk.board_parts.on_press = gear.gestures.held
        around.signs, around.battery = gear.signs, lambda: gear.battery
        return gear

    def _add_parts(self, gear: Gear) -> None:
        settings = self._settings
        self._add("walk", lambda part: self._running.go(part, partial(self._started, part)))
        if self._photos is not None:
            from probe.run.photos import take_photos

            self._add("photos", partial(take_photos, photos=self._photos))
        if not settings.offline:
            self._add("delivery", lambda _part: self._delivery.run())
        self._add("session", gear.tick)
        self._add("presses", gear.answer_presses)
        if outputs := outputs_of(settings, self.walk.board_parts.signal, self._tell):
            self._add("signals", partial(gear.show_signs, made=lambda: Signals(outputs)))
        self._add("power", gear.read_power)
        if settings.button is not None:
            self._add("button", partial(gear.watch_button, device=settings.button))
        if settings.page is not None:
            secret = settings.page_secret or settings.outbox.with_name("page-code")
            self._add("page", partial(gear.serve_page, address=settings.page, secret=secret))
        if settings.network is not None:
            listening = settings.kit.monitors
            self._add("network", partial(gear.switch_network, interface=settings.network, listening=listening))
        watch = Watch(self._notifier, self._parts, _VITAL, self._is_writing_late, self._line)
        self._add("watch", watch.run)

    def _add(self, name: str, work: Work) -> None:
        patience_s = _PATIENCE.get(name)
        self._parts[name] = SupervisedPart(name, work, self._tell, patience_s=patience_s, retry_s=self._retry_s)

    # How it goes

    def _run(self) -> None:
        try:
            with self._running:
                for part in self._parts.values():
                    part.start()
                self._end_of_walk()
                if self._settings.page is not None and self._problem is None:
                    self._leave.wait()
                self._notifier.stopping()
        except BaseException as problem:  # noqa: BLE001 (the border of a thread: `finish` raises it)
            self._problem = problem
        finally:
            self._end_of_all()

    def _started(self, part: SupervisedPart) -> None:
        """All sources have been opened, or say why not: from now on it listens."""
        part.beat()
        try:
            self.walk.live.wait_until_started()
        except BadInput as problem:
            if self._settings.page is None:  # else the page says so, and they may come back
                self._problem = problem
                self._running.end()
        if self.listening_s is None:
            self.listening_s = since_start_s()
            self.gear.first_press.listens()
            self._notifier.ready(self._line())

    def _end_of_walk(self) -> None:
        """Wait for the end of the walk, and for what is still made of it; release it."""
        walk = self._parts["walk"]
        while not walk.join(0.5):
            if self._leave_by_s is not None and time.monotonic() > self._leave_by_s - LEAVE_S + _WALK_ENDS_S:
                break  # it hangs: what it has made is kept all the same
        self._running.phase = Phase.ENDING
        if self._photos is not None:
            self._photos.finish(self._left_s(LAST_PHOTO_S, spare_s=_WRITE_ENDS_S))
        self._running.finish(self._left_s(_WRITE_ENDS_S))
        self._running.phase = Phase.ENDED

    def _end_of_all(self) -> None:
        for name, part in self._parts.items():
            if name != "delivery":
                part.stop()
        self._delivery.stop()
        delivery = self._parts.get("delivery")
        if delivery is not None:
            delivery.stop()
            # Where the walk failed, somebody waits to read why.
            delivery.join(self._left_s(_LAST_DELIVERY_S) if self._problem is None else 0.0)
        until_s = time.monotonic() + 2.0
        for part in self._parts.values():
            part.join(until_s - time.monotonic())
        self._standing = self._last_standing()
        self._running.phase = Phase.ENDED
        self._ended.set()

    def _left_s(self, wanted_s: float, spare_s: float = 0.0) -> float:
        """So many seconds, or what is left of the time within which it has to end, less what is to be spared."""
        if self._leave_by_s is None:
            return wanted_s
        return min(wanted_s, max(1.0, self._leave_by_s - spare_s - time.monotonic()))

    def _last_standing(self) -> Standing | None:
        """As delivery left it: of a read-only card its copy in memory alone knows the receipts. Else as it is read."""
        if self._delivery.standing is not None and self._delivery.trouble is None:
            return self._delivery.standing
        try:
            with self._own_outbox() as box:
                return box.standing()
        except OutboxError as problem:
            self._tell(str(problem))
            return self._delivery.standing

    # What it says

    def _camera(self) -> "PhotoTaker":
        if self._photos is None:
            raise NoCamera(NO_CAMERA)
        return self._photos

    def _camera_status(self) -> CameraStatus | None:
        return None if self._photos is None else self._photos.status()

    def _is_writing_late(self) -> bool:
        """Whether the card has held the writing up for longer than it may."""
        writing = self._running.phase is not Phase.STARTING and not self._ended.is_set()
        return writing and time.monotonic() - self._running.writer.moved_s > WRITING_PATIENCE_S

    def _line(self) -> str:
        """How it stands, in one line."""
        listening = sum(source.health == "listening" for source in self.walk.sources)
        words = [f"{self._running.phase}", f"{listening} of {len(self.walk.sources)} sources listen"]
        if self.listening_s is not None:
            boot_s = since_boot_s()
            up = "" if boot_s is None else f", the machine is up for {boot_s:.0f} s"
            words.append(f"listening {self.listening_s:.1f} s after its start{up}")
        words.append(f"{self._running.made} sightings, {self._running.writer.in_ram} in memory")
        return "; ".join(words)

    def _tell_of_source(self, supervisor: SourceSupervisor) -> None:
        why = f" ({supervisor.trouble})" if supervisor.trouble else ""
        self._tell(f"{supervisor.name}: {supervisor.health}{why}")
