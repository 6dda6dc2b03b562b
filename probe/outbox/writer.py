"""Writes sightings to the outbox in the background of a walk: a few at a time, and through a disk that fails.

Each commit wears an SD card, so sightings wait in RAM, sealed, for some seconds. Where the disk is full or has become
read-only they go on waiting there, within bounds, and are written when it takes them again; the walker is told.
"""

import threading
from collections.abc import Callable
from pathlib import Path

from probe.contract.sighting import Sighting
from probe.errors import OutboxError
from probe.outbox.outbox import Outbox

WRITE_EVERY_S = 5.0
WRITE_AT = 32
MOST_IN_RAM = 2000  # sightings of about 3 KB each


class OutboxWriter:
    """Takes sightings from a walk. Use as a context; leaving it writes what is left.

    `tell` hears a sentence when writing fails, and when it works again. Raises NotPaired, OutboxError where the outbox
    cannot be used from the start.
    """

    def __init__(
        self, path: Path, new_id: Callable[[], str], tell: Callable[[str], None], *, budget_bytes: int
    ) -> None:
        self._path, self._new_id, self._tell, self._budget = path, new_id, tell, budget_bytes
        self._waiting: list[Sighting] = []
        self._back: list[str] = []
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = False
        self._failing = False
        self.lost = 0
        with Outbox(path) as box:
            box.paired()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def __enter__(self) -> "OutboxWriter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._wake.set()
        self._thread.join(timeout=30.0)

    def put(self, sighting: Sighting) -> None:
        """Keep a sighting: in RAM now, on disk within some seconds."""
        with self._lock:
            if len(self._waiting) >= MOST_IN_RAM:
                self.lost += 1
                if self.lost == 1:
                    self._tell("No room is left anywhere: from now on sightings are lost. Free some space!")
                return
            self._waiting.append(sighting)
            if len(self._waiting) >= WRITE_AT:
                self._wake.set()

    def withdraw(self, ids: list[str]) -> None:
        """Take sightings back."""
        if ids:
            with self._lock:
                gone = set(ids)
                self._back += ids
                self._waiting = [sighting for sighting in self._waiting if sighting.id not in gone]

    @property
    def in_ram(self) -> int:
        """Sightings that are not on disk yet."""
        return len(self._waiting)

    def _run(self) -> None:
        box: Outbox | None = None
        last = False
        while not last:
            self._wake.wait(WRITE_EVERY_S)
            self._wake.clear()
            last = self._stopping
            box = self._write(box)
        if box is not None:
            box.close()

    def _write(self, box: Outbox | None) -> Outbox | None:
        """Write what waits; returns the outbox, which is opened where it is not yet: the disk may be full at first."""
        with self._lock:
            batch, back = list(self._waiting), list(self._back)
        try:
            box = box or Outbox(self._path, budget_bytes=self._budget)
            if batch:
                box.add(batch)
            if back:
                box.withdraw(back, self._new_id)
            if self.lost:
                box.count_lost(self.lost)
        except OutboxError as problem:
            if not self._failing:
                self._tell(f"{problem}. Until then {len(batch)} sightings are kept in memory.")
            self._failing = True
            return box
        with self._lock:
            written = {sighting.id for sighting in batch}
            self._waiting = [sighting for sighting in self._waiting if sighting.id not in written]
            self._back = self._back[len(back) :]
            self.lost = 0
        if self._failing:
            self._tell("The outbox can be written again; nothing in memory was lost.")
        self._failing = False
        return box
