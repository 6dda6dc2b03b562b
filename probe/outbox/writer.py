"""Writes sightings to the outbox in the background of a walk: a few at a time, and through a disk that fails.

Each commit wears an SD card, so sightings wait in RAM for some seconds. Where the disk is full or has become read-only
they go on waiting there, within bounds, and are written when it takes them again; the walker is told.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from probe.contract.envelope import Picture
from probe.contract.sighting import Sighting
from probe.errors import NotSealable, OutboxError
from probe.outbox.outbox import Outbox

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

    @property
    def picture_bytes(self) -> int:
        return sum(len(picture.jpeg) for picture in self.pictures)


class OutboxWriter:
    """Takes sightings from a walk. Use as a context; leaving it writes what is left.

    `tell` hears a sentence when writing fails, and when it works again. `in_ram` and `lost` may be looked at from
    another thread; so may `problem`, the fault of this program that ended the writing: `failed` is called then. Raises
    NotPaired, OutboxError where the outbox cannot be used from the start.
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
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        self._path, self._new_id, self._tell, self._budget = path, new_id, tell, budget_bytes
        self._every_s, self._most_in_ram, self._failed = every_s, most_in_ram, failed
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
        self.problem: BaseException | None = None
        with Outbox(path) as box:
            box.paired()
            if box.repaired is not None:
                tell(box.repaired)
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def __enter__(self) -> "OutboxWriter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._wake.set()
        self._thread.join(timeout=_LAST_WRITE_S)

    def put(self, sighting: Sighting, pictures: tuple[Picture, ...] = ()) -> bool:
        """Keep a sighting and the pictures that it names: in RAM now, on disk within some seconds; whether there was
        room. With pictures it goes there at once, as no photo can be taken a second time."""
        one = _Waiting(sighting, pictures)
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
        return not full

    def withdraw(self, ids: list[str]) -> None:
        """Take sightings back."""
        if ids:
            with self._lock:
                gone = set(ids)
                self._to_withdraw += ids
                self._waiting = [one for one in self._waiting if one.sighting.id not in gone]

    @property
    def in_ram(self) -> int:
        """Sightings that are not on disk yet."""
        return len(self._waiting)

    def _run(self) -> None:
        try:
            last = False
            while not last:
                self._wake.wait(self._every_s)
                self._wake.clear()
                last = self._stopping
                self._write()
        except BaseException as problem:  # noqa: BLE001 (the border of a thread: whoever owns it asks for the problem)
            self.problem = problem
            self._failed()
        finally:
            if self._box is not None:
                self._box.close()

    def _write(self) -> None:
        """Write what waits; the outbox is opened here where it is not yet, as the disk may be full at first."""
        try:
            self._box = self._box or Outbox(self._path, budget_bytes=self._budget)
            self._add(self._box)
            self._withdraw(self._box)
            self._count_lost(self._box)
        except OutboxError as problem:
            if not self._failing:
                self._tell(f"{problem}. Until then {self.in_ram} sightings are kept in memory.")
                self._lost_at_failure = self.lost
            self._failing = True
            return
        if self._failing:
            lost = self.lost - self._lost_at_failure
            self._tell(f"The outbox can be written again; {lost or 'nothing'} in memory was lost.")
        self._failing = False

    # What is done is done, whatever fails after it: doing it again would seal the same sightings a second time, and the
    # hub refuses a second unit with the same id.

    def _add(self, box: Outbox) -> None:
        with self._lock:
            batch = list(self._waiting)
        while plain := [one.sighting for one in batch if not one.pictures]:
            try:
                box.add(plain)
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
            box.add([one.sighting], beside=lambda sealer: [sealer.picture(picture) for picture in one.pictures])
        except NotSealable as problem:
            self._give_up(problem)
        else:
            self._written([one.sighting])

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
