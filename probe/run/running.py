"""One walk under way, and what becomes of what it makes: hidden, kept, taken back, forgotten.

Everything that a walk makes goes through `keep`, which hides what has to be hidden. Where the hold itself fails,
nothing is kept any more until it works again: what it would have hidden must not be written.
"""

import threading
import traceback
from collections.abc import Callable, Iterator
from queue import Empty, Full, Queue

from probe.contract.envelope import Picture
from probe.contract.sighting import Sighting
from probe.detect.catalogue import Catalogue
from probe.detect.registry import Recogniser
from probe.errors import OutboxError, ProbeError
from probe.outbox.hold import WalkHold, grid_beside
from probe.outbox.writer import Kept, OutboxWriter
from probe.position.fix import Fix
from probe.run.parts import SupervisedPart
from probe.run.record import OpenRecord
from probe.run.settings import ServiceSettings
from probe.session.refused import Refused
from probe.session.seen import WORKBENCH
from probe.session.view import Phase
from probe.walk.clock import SteadyClock
from probe.walk.live import LiveWalk
from probe.walk.making import new_id
from probe.walk.played import PlayedWalk

MOST_NEWS = 2000
FORGET_S = 30.0  # a slow card takes its time to write over what is deleted
_ON_WORKBENCH = "workbench: nothing is recorded, kept or handed over until the probe is started anew"

News = Sighting | list[str]  # a sighting that the sweep has made, or the ids of those that it takes back


class RunningWalk:
    """A walk with its hold and its writer. Use as a context, which is that of the writing. Safe from any thread.

    `tell` hears sentences. Raises BadInput where there is nothing to listen with; NotPaired, OutboxError where there is
    nothing to keep sightings in.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        tell: Callable[[str], None],
        clock: SteadyClock | None,
        *,
        listens: bool,
        rules: Catalogue | None = None,
    ) -> None:
        self._settings, self._tell, self._rules = settings, tell, rules
        # Before the sources: on a card that was never paired nothing has to be opened.
        self.walk = self._walk_of(clock, listens=listens)
        hides = self.walk.has_receiver and not settings.show_ends
        self._grid = grid_beside(settings.outbox) if hides else None
        if settings.show_ends:
            tell("--show-ends: nothing of where this walk starts and ends is hidden")
        self.hold = WalkHold(self._grid)
        self.writer = OutboxWriter(settings.outbox, new_id, tell, budget_bytes=settings.budget_bytes, hold=self.hold)
        self._record = None if settings.debug_record is None else OpenRecord(settings.debug_record, tell)
        self.made = 0  # by the sweep
        self.phase = Phase.STARTING
        self.forgotten = False
        self.workbench = settings.workbench
        self.placed = False  # since its start it has known where it is
        self.dropped_by_fault = 0
        self._put = 0
        self._blind = False  # the hold does not know where the walk is
        self._news: Queue[News] = Queue(MOST_NEWS)
        self._told: set[str] = set()
        self._lock = threading.Lock()
        self.walk.noticed, self.walk.passes_over = self._noticed, self._passes_over
        if self.workbench:
            tell(_ON_WORKBENCH)

    def _walk_of(self, clock: SteadyClock | None, *, listens: bool) -> LiveWalk | PlayedWalk:
        settings = self._settings
        if settings.played is not None:
            return PlayedWalk(settings.played, settings.speed, recogniser=self._recogniser())
        # With a page the walker can see what is missing; without one whoever started it has to be told at once.
        patient = settings.page is not None
        kit = settings.kit.found(needed=listens and not patient)
        return LiveWalk(kit, clock, patient=patient, recogniser=self._recogniser())

    def _recogniser(self) -> Recogniser | None:
        """What goes by the hub's newer rules, where it gave some."""
        return None if self._rules is None else Recogniser(self._rules)

    def __enter__(self) -> "RunningWalk":
        self.writer.__enter__()
        return self

    def __exit__(self, *problem: object) -> None:
        self.writer.__exit__(*problem)

    def go(self, part: SupervisedPart, started: Callable[[], None]) -> None:
        """Walk, until the walk ends. It can be called again after a fault: the same walk goes on."""
        walk = self.walk
        walk.moved, walk.failed = part.calm, part.note_fault
        for sighting in walk.sightings(started=started):
            if self._record is not None and not self.workbench:
                self._record.add(sighting)
            if self.keep(sighting):
                self.made += 1
                self._tell_session(sighting)
            self._take_back()
        self._take_back()

    def keep(self, sighting: Sighting, pictures: tuple[Picture, ...] = ()) -> bool:
        """Keep something of this walk; whether there was room. What lies in a hidden cell goes nowhere."""
        return self.offer(sighting, pictures) is not Kept.NO_ROOM

    def offer(self, sighting: Sighting, pictures: tuple[Picture, ...] = ()) -> Kept:
        """As `keep`; what became of it."""
        if self.forgotten or self.workbench:
            return Kept.HIDDEN
        try:
            if self._blind:
                raise RuntimeError
            became = self.writer.offer(sighting, pictures)
            self._put += became is not Kept.NO_ROOM
            return became
        except Exception as problem:  # noqa: BLE001 (the border of a part: the walk goes on)
            self._note("outbox", problem)
            self.dropped_by_fault += 1
            return Kept.NO_ROOM

    def withdraw(self, ids: list[str]) -> None:
        """Take something of this walk back."""
        self.writer.withdraw(ids)
        self._put -= len(ids)

    @property
    def hidden(self) -> str | None:
        """Why nothing of this place is kept; None where it is."""
        return WORKBENCH if self.workbench else self.hold.hidden

    @property
    def lost(self) -> int:
        """How much could not be kept."""
        return self.writer.lost + self.dropped_by_fault

    @property
    def kept_back(self) -> int:
        """How much waits for the end of the walk."""
        waits = self.hold.grid is not None and self.phase is not Phase.ENDED
        waits = waits and not (self.forgotten or self.workbench)
        return max(0, self._put - self.writer.hidden) if waits else 0

    def pause(self, paused: bool) -> None:
        """Record nothing until it is lifted. Raises BadInput where there is no walk."""
        if self.phase not in (Phase.WALKING, Phase.PAUSED):
            raise Refused("no walk is under way: nothing is recorded anyway", "refused-no-walk")
        if self.workbench:
            raise Refused(_ON_WORKBENCH, "refused-workbench")
        self.walk.pause(paused)
        self.phase = Phase.PAUSED if paused else Phase.WALKING

    def hold_on_workbench(self) -> None:
        """From now on nothing is recorded, kept or handed over until the probe is started anew, and what was made
        before is deleted. Raises Refused where there is no walk, or it is paused."""
        if self.phase is not Phase.WALKING:
            raise Refused("no walk is under way: nothing is recorded anyway", "refused-no-walk")
        self.workbench = True
        self._tell(_ON_WORKBENCH)
        if self._record is not None:
            self._record.forget()
        self._delete()

    def end(self) -> None:
        """Ask for the end of the walk; returns at once."""
        if self.phase in (Phase.WALKING, Phase.PAUSED):
            self.phase = Phase.ENDING
        self.walk.stop()

    def forget(self, patience_s: float = FORGET_S) -> None:
        """Delete all of this walk, and end it. Raises BadInput where something of it was handed over.

        Where the card does not take it within `patience_s`, that is raised too, and the walk has ended: nothing more
        of it is kept, and what is there is deleted as soon as the card takes it.
        """
        before, self.forgotten = self.forgotten, True
        try:
            self.writer.forget_walk(patience_s)
        except OutboxError as problem:
            self.end()
            raise Refused(f"the walk cannot be deleted yet: {problem}", "forget-not-yet") from problem
        except BaseException:
            self.forgotten = before
            raise
        if self._record is not None:
            self._record.forget()
        self.end()

    def is_held(self) -> bool:
        """Whether nothing may be handed over, of walks before neither."""
        return self.workbench

    def finish(self, patience_s: float) -> None:
        """Release what waited for the walk's end, once nothing more of it can come; waits so long at most."""
        if self.forgotten:
            return
        if self.workbench:
            self._delete()
            return
        try:
            end = self.writer.finish_walk(patience_s)
            if end.deleted:
                self._tell(f"{end.deleted} sightings of where the walk ended are deleted")
        except ProbeError as problem:
            self._tell(str(problem))
        except Exception as problem:  # noqa: BLE001 (told; what was not released is looked at when the probe starts again)
            self._note("outbox", problem)

    def news(self) -> Iterator[News]:
        """What the sweep has made and taken back since it was asked last."""
        while True:
            try:
                yield self._news.get_nowait()
            except Empty:
                return

    def _delete(self) -> None:
        """Delete all of this walk; where that fails it is told, and tried again at its end."""
        try:
            self.writer.forget_walk()
        except ProbeError as problem:
            self._tell(str(problem))

    def _passes_over(self, fix: Fix | None) -> bool:
        """On the workbench all is heard: nothing of it is kept."""
        return not self.workbench and self.hold.passes_over(fix)

    def _tell_session(self, news: News) -> None:
        try:
            self._news.put_nowait(news)
        except Full:
            return  # a view that is stuck must not fill the memory

    def _take_back(self) -> None:
        ids = self.walk.sweep.withdrawn()
        if ids:
            self.withdraw(ids)
            self._tell_session(ids)

    def _noticed(self, fix: Fix | None) -> None:
        try:
            self._hide_where_it_can()
            self.placed = self.placed or fix is not None
            if fix is None:
                self.hold.lost_fix()
            else:
                self.hold.moved(fix.lat, fix.lon, fix.accuracy_m)
            self._blind = False
        except Exception as problem:  # noqa: BLE001 (the border of a part: the walk goes on, and nothing of it is kept)
            self._blind = True
            self._note("hold", problem)

    def _hide_where_it_can(self) -> None:
        """A board says only once it speaks whether it has a receiver. Without any nothing has a place to be hidden."""
        grid = self._grid if self.walk.has_receiver else None
        if grid is not self.hold.grid:
            self.hold.grid = grid
            if grid is None:
                self._tell("nothing here says where it is, so nothing that is made has a place, and nothing is hidden")

    def _note(self, name: str, problem: Exception) -> None:
        """Tell a fault of this program, each kind of it once."""
        sentence = f"{name}: a fault of this program ({type(problem).__name__})"
        with self._lock:
            new = sentence not in self._told and len(self._told) < 100
            self._told.add(sentence)
        if new:
            traceback.print_tb(problem.__traceback__)  # where; what an error says may hold what was heard
            self._tell(sentence)
