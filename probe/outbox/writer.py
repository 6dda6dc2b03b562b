"""Writes sightings to the outbox in the background of a walk: a few at a time, and through a disk that fails.

Each commit wears an SD card, so sightings wait in RAM for some seconds. Where the disk is full or has become read-only
they go on waiting there, within bounds, and are written when it takes them again; the walker is told.

With a `WalkHold` nobody gets anything of the walk before `finish_walk`, and nothing of its hidden cells ever.
"""

import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from probe.contract.envelope import Picture
from probe.contract.sighting import Kind, Sighting
from probe.errors import BadInput, NotSealable, OutboxError
from probe.outbox.hold import WalkHold
from probe.outbox.labelling import Labels
from probe.outbox.outbox import Outbox
from probe.outbox.unreleased import WalkEnd, WalkLock

WRITE_EVERY_S = 5.0
WRITE_AT = 32
MOST_IN_RAM = 2000  # sightings of about 3 KB each
MOST_PICTURE_BYTES = 16 << 20  # of pictures in RAM, 50 photos and more
_LAST_WRITE_S = 30.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A sighting that is not on disk yet, and the pictures that it names."""

    sighting: Sighting
    pictures: tuple[Picture, ...] = ()
    labels: Labels = frozenset()

    @property
    def picture_bytes(self) -> int:
        return sum(len(picture.jpeg) for picture in self.pictures)


class Kept(Enum):
    """What became of something that was to be kept."""

    KEPT = "kept"
    HIDDEN = "hidden"  # it lies in a hidden cell, or its walk is over or forgotten: it goes nowhere
    NO_ROOM = "no-room"


class OutboxWriter:
    """Takes sightings from a walk. Use as a context; leaving it writes what is left.

    `tell` hears a sentence when writing fails, and when it works again. `in_ram`, `lost` and `trouble` (the sentence
    about what keeps it from writing, None where nothing does) may be looked at from another thread; so may `moved_s`,
    when the writing last went on, by the monotonic clock. A fault of this program is a trouble like a full disk: what
    waits stays in RAM, and is tried again. With a `hold`, `hidden` counts what lies in hidden cells and goes nowhere,
    and `before` is what became of a walk that had never ended. Raises NotPaired, OutboxError where the outbox cannot be
    used from the start, or another walk is under way in it.
    """

    def __init__(
        self,
        path: Path,
        new_id: Callable[[], str],
        tell: Callable[[str], None],
        *,
        budget_bytes: int,
        every_s: float = WRITE_EVERY_S,
        most_in_ram: int = MOST_IN_RAM,
        hold: WalkHold | None = None,
    ) -> None:
        self._path, self._new_id, self._tell, self._budget = path, new_id, tell, budget_bytes
        self._every_s, self._most_in_ram = every_s, most_in_ram
        self._box: Outbox | None = None
        self._waiting: list[_Waiting] = []
        self._to_withdraw: list[str] = []
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = False
        self._failing = False
        self.lost = 0
        self._lost_uncounted = 0  # the outbox does not know of these yet
        self._lost_at_failure = 0
        self.trouble: str | None = None
        self.moved_s = time.monotonic()
        self.hidden = 0
        self.before = WalkEnd()
        self._hold = hold
        self._surveys: list[Sighting] = []  # which cells they may name is known at the walk's end
        self._here: Labels = frozenset()  # as it is written down
        self._here_at_s = time.monotonic()
        self._holds_any = self._over = False
        self._gone: Labels = frozenset()
        self._released: tuple[int, ...] = ()
        self._asked: list[tuple[Callable[[Outbox], WalkEnd], Future[WalkEnd]]] = []
        self._walk_lock = None if hold is None else WalkLock(path)
        try:
            self._begin()
        except BaseException:
            self._let_others_in()
            raise
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def __enter__(self) -> "OutboxWriter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._wake.set()
        self._thread.join(timeout=_LAST_WRITE_S)
        if not self._thread.is_alive():
            self._let_others_in()

    def put(self, sighting: Sighting, pictures: tuple[Picture, ...] = ()) -> bool:
        """As `offer`; whether there was room. What is hidden counts as kept."""
        return self.offer(sighting, pictures) is not Kept.NO_ROOM

    def offer(self, sighting: Sighting, pictures: tuple[Picture, ...] = ()) -> Kept:
        """Keep a sighting and the pictures that it names: in RAM now, on disk within some seconds; what became
        of it. With pictures it goes there at once, as no photo can be taken a second time. What is hidden goes nowhere.
        """
        one = self._admitted(sighting, pictures)
        if one is None:
            # A survey waits for the end of its walk, and is looked at then.
            return Kept.KEPT if sighting.kind is Kind.SURVEY and not self._over else Kept.HIDDEN
        with self._lock:
            held = sum(other.picture_bytes for other in self._waiting) + one.picture_bytes
            full = len(self._waiting) >= self._most_in_ram or (bool(pictures) and held > MOST_PICTURE_BYTES)
            if full:
                first = not self._lost_uncounted
                self._lose_one()
            else:
                self._waiting.append(one)
                if (pictures or len(self._waiting) >= WRITE_AT) and not self._failing:
                    self._wake.set()
        if full and first:
            self._tell("No room is left anywhere: from now on sightings are lost. Free some space!")
        return Kept.NO_ROOM if full else Kept.KEPT

    def withdraw(self, ids: list[str]) -> None:
        """Take sightings back, on disk at once: after a power cut what is there is handed over."""
        if ids:
            with self._lock:
                gone = set(ids)
                self._to_withdraw += ids
                self._waiting = [one for one in self._waiting if one.sighting.id not in gone]
                if not self._failing:
                    self._wake.set()

    @property
    def in_ram(self) -> int:
        """Sightings that are not on disk yet."""
        return len(self._waiting)

    def finish_walk(self, patience_s: float = _LAST_WRITE_S) -> WalkEnd:
        """End the walk where it is now, after its last sighting: what speaks of its last cell is deleted, all else
        waits for a receipt from now on. Raises OutboxError where the disk does not take that: the next start does it.
        """
        if self._hold is None:
            return WalkEnd()
        here, admitted = self._hold.end(), self._hold.surveys(self._surveys)
        with self._lock:
            if not self._over:
                self.hidden += len(self._surveys) - len(admitted)
                self._waiting += [_Waiting(one.sighting, (), one.labels) for one in admitted]
            self._over, self._surveys = True, []
        return self._ask(lambda box: box.end_walk(here), patience_s)

    def forget_walk(self, patience_s: float = _LAST_WRITE_S) -> int:
        """Delete all of this walk, of which nothing is kept from now on; returns how many units that were. Raises
        BadInput where something of it was handed over, OutboxError where the disk does not take it."""
        if self._hold is None:
            raise BadInput("this walk was not kept back, so nobody knows what of it was handed over", "forget-too-late")
        with self._lock:
            self._over = True
            self._waiting, self._surveys, self._to_withdraw = [], [], []
        if not self._thread.is_alive():
            with Outbox(self._path) as box:
                return self._forget(box).deleted
        return self._ask(self._forget, patience_s).deleted

    def _begin(self) -> None:
        with Outbox(self._path) as box:
            box.paired()
            if box.repaired is not None:
                self._tell(box.repaired)
            if self._hold is not None:
                self.before = box.begin_walk()
                self._hold.changed = self._moved

    def _ask(self, what: Callable[[Outbox], WalkEnd], patience_s: float) -> WalkEnd:
        """Let the writing thread do something with the outbox once it has written what waits."""
        came: Future[WalkEnd] = Future()
        with self._lock:
            self._asked.append((what, came))
        self._wake.set()
        try:
            return came.result(patience_s)
        except TimeoutError:
            raise OutboxError(
                f"{self._path}: the walk's end could not be written yet; nothing of it is handed over before the next "
                "start"
            ) from None

    def _forget(self, box: Outbox) -> WalkEnd:
        with self._lock:
            self._to_withdraw = []  # the hub has nothing of it
        return WalkEnd(deleted=box.forget_walk(self._released))

    def _admitted(self, sighting: Sighting, pictures: tuple[Picture, ...]) -> _Waiting | None:
        """What is to be written of a sighting; None where that is nothing, or not yet."""
        if self._hold is None:
            return _Waiting(sighting, pictures)
        if sighting.kind is Kind.SURVEY and not self._over:
            with self._lock:
                self._surveys = [*self._surveys, sighting][-self._most_in_ram :]
            return None
        admitted = None if self._over else self._hold.admit(sighting)
        if admitted is None:
            self.hidden += 1
            return None
        return _Waiting(admitted.sighting, pictures, admitted.labels)

    def _moved(self) -> None:
        """The walk has come to another cell: that is written down at once, unless it was just a moment ago."""
        if self._holds_any and time.monotonic() - self._here_at_s >= self._every_s:
            self._wake.set()

    def _let_others_in(self) -> None:
        if self._walk_lock is not None:
            self._walk_lock.close()

    def _run(self) -> None:
        try:
            last = False
            while not last:
                self._wake.wait(self._every_s)
                self._wake.clear()
                last = self._stopping
                self._try_to_write()
                self.moved_s = time.monotonic()
        finally:
            if self._box is not None:
                self._box.close()
            for _, came in self._asked:
                came.set_exception(OutboxError(f"{self._path}: the walk's end could not be written"))

    def _try_to_write(self) -> None:
        """Write; a fault of this program is told once, and the outbox is opened anew."""
        try:
            self._write()
        except Exception as problem:  # noqa: BLE001 (the border of a thread: the walk goes on, and so does the writing)
            box, self._box = self._box, None
            if box is not None:
                box.close()
            if not self._failing:
                # Where, and of what kind: what an error says may hold what was heard.
                traceback.print_tb(problem.__traceback__)
                self._note_failing(f"outbox: a fault of this program ({type(problem).__name__})")

    def _write(self) -> None:
        """Write what waits; the outbox is opened here where it is not yet, as the disk may be full at first."""
        try:
            self._box = self._box or Outbox(self._path, budget_bytes=self._budget)
            self._drop_gone(self._box)
            try:
                self._add(self._box)
                self._mark_here(self._box)
            finally:  # also where nothing can be added: it makes room, and what was undone must not stay for that
                self._withdraw(self._box)
            self._count_lost(self._box)
            self._answer(self._box)
        except OutboxError as problem:
            if not self._failing:
                self._note_failing(str(problem))
            return
        if self._failing:
            lost = self.lost - self._lost_at_failure
            self._tell(f"The outbox can be written again; {lost or 'nothing'} in memory was lost.")
        self._failing, self.trouble = False, None

    def _note_failing(self, sentence: str) -> None:
        self._tell(f"{sentence}. Until then {self.in_ram} sightings are kept in memory.")
        self._lost_at_failure = self.lost
        self._failing, self.trouble = True, sentence

    # What is done is done, whatever fails after it: doing it again would seal the same sightings a second time, and the
    # hub refuses a second unit with the same id.

    def _add(self, box: Outbox) -> None:
        with self._lock:
            batch = list(self._waiting)
        while plain := [one.sighting for one in batch if not one.pictures]:
            try:
                with self._marking() as here:
                    box.add(plain, labels={one.sighting.id: one.labels for one in batch}, here=here)
            except NotSealable as problem:
                self._give_up(problem)
                batch = [one for one in batch if one.sighting.id != problem.sighting]
                continue
            self._written(plain)
            break
        for one in batch:  # each with its pictures in a commit of its own: one without the other is of no use
            if one.pictures:
                self._add_pictured(box, one)

    def _add_pictured(self, box: Outbox, one: _Waiting) -> None:
        try:
            with self._marking() as here:
                box.add(
                    [one.sighting],
                    beside=lambda sealer: [sealer.picture(picture) for picture in one.pictures],
                    labels={one.sighting.id: one.labels},
                    here=here,
                )
        except NotSealable as problem:
            self._give_up(problem)
        else:
            self._written([one.sighting])

    @contextmanager
    def _marking(self) -> Iterator[Labels | None]:
        """Where the walk is, for a commit that is to say so; without a hold that is None."""
        if self._hold is None:
            yield None
            return
        here = self._hold.here
        yield here
        self._here, self._here_at_s, self._holds_any = here, time.monotonic(), True

    def _mark_here(self, box: Outbox) -> None:
        """Say where the walk is, where nothing else was written since it came here."""
        if self._holds_any and not self._over and self._hold is not None and self._hold.here != self._here:
            with self._marking() as here:
                box.set_here(here or frozenset())

    def _drop_gone(self, box: Outbox) -> None:
        """Delete what turned out to belong to the start."""
        self._gone |= frozenset() if self._hold is None else self._hold.gone()
        if self._gone:
            with self._lock:
                shown = [one for one in self._waiting if not one.labels & self._gone]
                self.hidden += len(self._waiting) - len(shown)
                self._waiting = shown
            box.drop_labelled(self._gone)
            self._gone = frozenset()

    def _answer(self, box: Outbox) -> None:
        """Do what was asked, once all is written. What the disk does not take is done again."""
        while self._asked and not self._waiting:
            what, came = self._asked[0]
            try:
                ended = what(box)
            except BadInput as problem:
                came.set_exception(problem)
            else:
                self._released = ended.numbers or self._released
                came.set_result(ended)
            with self._lock:
                self._asked = self._asked[1:]

    def _written(self, sightings: Iterable[Sighting]) -> None:
        written = {sighting.id for sighting in sightings}
        with self._lock:
            self._waiting = [one for one in self._waiting if one.sighting.id not in written]

    def _give_up(self, problem: NotSealable) -> None:
        self._tell(str(problem))
        with self._lock:
            self._waiting = [one for one in self._waiting if one.sighting.id != problem.sighting]
            self._lose_one()

    def _withdraw(self, box: Outbox) -> None:
        with self._lock:
            ids = list(self._to_withdraw)
        if ids:
            box.withdraw(ids, self._new_id)
            with self._lock:
                self._to_withdraw = self._to_withdraw[len(ids) :]

    def _count_lost(self, box: Outbox) -> None:
        with self._lock:
            lost = self._lost_uncounted
        if lost:
            box.count_lost(lost)
            with self._lock:
                self._lost_uncounted -= lost

    def _lose_one(self) -> None:
        self.lost += 1
        self._lost_uncounted += 1
