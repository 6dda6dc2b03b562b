"""Units that nobody gets before their walk has ended: kept back, then released or deleted at its end, or forgotten.

What is deleted here is written over, and the log that is written ahead is cut: nothing of a unit is left in the file.
What the card keeps of blocks that were written over is not in our hands.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from probe.errors import BadInput, OutboxError, WalkUnderWay
from probe.outbox import labelling
from probe.outbox.file import TROUBLE
from probe.outbox.labelling import Labels
from probe.outbox.room import BoundedFile

_FORGETTABLE, _PURGE = "forgettable", "purge"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkEnd:
    """What became of the units of a walk: so many wait for a receipt from now on, so many are deleted, as they speak of
    where it ended. `numbers` are those of the first."""

    released: int = 0
    deleted: int = 0
    numbers: tuple[int, ...] = ()


class UnreleasedFile(BoundedFile):
    """The part of an outbox that keeps units back until the end of their walk. One walk at a time: see `WalkLock`."""

    _ended = WalkEnd()

    def begin_walk(self) -> WalkEnd:
        """Begin a walk, for whoever has the lock; returns what became of one that never ended."""
        ended, self._ended = self._drop_unreleased(), WalkEnd()
        if self._meta(_FORGETTABLE) is not None:
            with self._transaction():
                self._db.execute("DELETE FROM meta WHERE name = ?", (_FORGETTABLE,))
        return ended

    def drop_unreleased(self) -> WalkEnd:
        """See to a walk that never came to its end, as the power was cut: what speaks of where it was last is deleted,
        the rest waits for a receipt from now on. Raises WalkUnderWay where it has not ended at all."""
        if not self._is_unsettled():
            return WalkEnd()
        with WalkLock(self.path):
            return self._drop_unreleased()

    def set_here(self, here: Labels) -> None:
        """Write down where the walk is: what bears these labels is deleted if nothing more is heard of it."""
        with self._transaction():
            labelling.mark_here(self._db, here)

    def drop_labelled(self, labels: Labels) -> None:
        """Delete what bears one of these labels."""
        if labels:
            with self._erasing(), self._transaction():
                labelling.delete(self._db, labelling.labelled(self._db, labels))

    def end_walk(self, here: Labels | None) -> WalkEnd:
        """Delete what bears one of these labels, and release the rest; where they are not known, delete it all."""
        with self._erasing(), self._transaction():
            gone = labelling.labelled(self._db, here)
            labelling.delete(self._db, gone)
            numbers = labelling.release(self._db)
            if numbers:
                self._set_meta(_FORGETTABLE, str(numbers[0]))
            if numbers or gone:  # else it was done before, and the commit was in doubt
                self._ended = WalkEnd(released=len(numbers), deleted=len(gone), numbers=tuple(numbers))
        self._cut_log()
        return self._ended

    def forget_walk(self, released: Sequence[int] = ()) -> int:
        """Delete all that is kept back, and these units that were released at the walk's end; returns how many units.

        Raises BadInput where one of those may have been handed over.
        """
        with self._erasing(), self._transaction():
            if released and self._meta(_FORGETTABLE) is None:
                raise BadInput(
                    "this walk cannot be forgotten here any more: something of it was handed over; the hub's operator "
                    "can still take it back",
                    "forget-too-late",
                )
            gone = [*labelling.labelled(self._db, None), *released]
            self._forget(gone)
        self._purge()
        return len(gone)

    def forget_waiting(self) -> int:
        """Delete all that has no receipt; returns how many units. Raises WalkUnderWay."""
        self._refuse_read_only()
        with WalkLock(self.path):
            with self._erasing(), self._transaction():
                gone = [row[0] for row in self._db.execute("SELECT number FROM unit WHERE verdict IS NULL").fetchall()]
                self._forget(gone)
            self._purge()
        return len(gone)

    def _forget(self, numbers: Sequence[int]) -> None:
        """Within a transaction of the caller's."""
        labelling.delete(self._db, numbers)
        labelling.release(self._db)
        self._db.execute("DELETE FROM meta WHERE name = ?", (_FORGETTABLE,))
        self._set_meta(_PURGE, "1")

    def _is_unsettled(self) -> bool:
        return self._meta(_PURGE) is not None or bool(self._rows("SELECT 1 FROM unit WHERE kept_back <> 0 LIMIT 1"))

    def _drop_unreleased(self) -> WalkEnd:
        if not self._is_unsettled():
            return WalkEnd()
        try:
            ended = self.end_walk(labelling.here(self._db))
        except TROUBLE as problem:
            raise self._refused("read", problem, "its card may be failing: use another") from problem
        if self._meta(_PURGE) is not None:
            self._purge()
        return ended

    def _note_handed_over(self, number: int) -> bool:
        """Note, before it is, that a unit with this number is handed over; whether there was anything to note: from
        then on its walk cannot be forgotten."""
        first = self._meta(_FORGETTABLE)
        if first is None or (first.isascii() and first.isdecimal() and number < int(first)):
            return False
        with self._transaction():
            self._db.execute("DELETE FROM meta WHERE name = ?", (_FORGETTABLE,))
        return True

    @contextmanager
    def _erasing(self) -> Iterator[None]:
        """What is deleted within is written over."""
        self._db.execute("PRAGMA secure_delete = ON")
        try:
            yield
        finally:
            self._db.execute("PRAGMA secure_delete = OFF")

    def _purge(self) -> None:
        """Leave nothing in the file of what was deleted: pages that rows were moved from keep pieces of them. Where
        that fails, as for want of room, the next start tries again."""
        try:
            self._db.execute("VACUUM")
            with self._transaction():
                self._db.execute("DELETE FROM meta WHERE name = ?", (_PURGE,))
        except (*TROUBLE, OutboxError):
            return
        self._cut_log()

    def _cut_log(self) -> None:
        with suppress(sqlite3.Error):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


class WalkLock:
    """Says to other programs that a walk is under way in an outbox; a power cut ends that. Use as a context, or `close`
    it. Raises WalkUnderWay where another one is."""

    def __init__(self, outbox: Path) -> None:
        path = outbox.with_name(outbox.stem + ".walk")
        try:
            try:
                self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            except OSError:
                self._file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)  # a card that is read-only
        except FileNotFoundError:
            self._file = os.open(outbox.parent, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as problem:
            raise OutboxError(
                f"{path}: cannot be opened ({problem.strerror}); name another outbox with --outbox"
            ) from (problem)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            self.close()
            raise WalkUnderWay(f"{outbox}: a walk is under way in it; try again when that has ended") from problem

    def __enter__(self) -> "WalkLock":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others in."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1
