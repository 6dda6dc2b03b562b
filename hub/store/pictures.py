"""What the hub needs of the pictures in its store, whichever engine keeps it."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from hub.log.pictures import (
    Alike,
    Backup,
    By,
    Complaint,
    Copy,
    Done,
    LookedThrough,
    PictureEvent,
    SecondPass,
    Standing,
    StoredPicture,
)
from probe.contract.sighting import Box


class Changed(Exception):
    """The picture has become another meanwhile: look at it again."""


class PictureStore(Protocol):
    """The pictures that are neither held nor gone. Safe to use from several threads.

    Every method raises StoreError where the engine fails.
    """

    def get(self, sha256: str) -> StoredPicture | None:
        """The picture that sightings name by a hash."""
        ...

    def starting(self, letters: str) -> list[str]:
        """The hashes of pictures that begin with some letters, at most three."""
        ...

    def named_by(self, sightings: Sequence[str]) -> list[StoredPicture]:
        """The pictures that some sightings name, in the log's order."""
        ...

    def listed(self, limit: int, standing: Standing | None = None) -> list[StoredPicture]:
        """The pictures that came last, the newest first."""
        ...

    def new(self) -> int:
        """How many pictures that some sighting names nobody has looked at."""
        ...

    def new_ones(self, limit: int) -> list[tuple[str, str]]:
        """Those that wait longest: the hash of each, with each sighting that names it."""
        ...

    def came(self, sha256: str) -> date | None:
        """The day on which a picture came, by the hub's clock; None where there is none."""
        ...

    def jpeg(self, sha256: str) -> bytes | None:
        """The octets as they are now."""
        ...

    def stand(self, sha256: str, standing: Standing, done: Done) -> None:
        """Note that a person has looked at it, or that it is hidden or shown again; nothing changes while a complaint
        about it is open."""
        ...

    def replace(self, was: StoredPicture, jpeg: bytes, boxes: Sequence[Box], by: By) -> None:
        """Put a picture with more covered in the place of what `was` read; the old octets are gone. Raises Changed."""
        ...

    def delete(self, sha256: str) -> None:
        """Take its octets, and all that was derived of them, out of the store for good; the hash stays, so that it is
        known when it comes again."""
        ...

    def finish_erasing(self) -> list[str]:
        """See to it that no file of the hub's folder still holds what was erased; returns those that do."""
        ...

    def history(self, sha256: str) -> list[PictureEvent]:
        """What was done with a picture, in order."""
        ...

    def waiting(self) -> tuple[str, int] | None:
        """The hash of a picture that some sighting names and the second pass has not looked through, and how often it
        was begun; the least tried first."""
        ...

    def looked_through(self) -> LookedThrough:
        """How far the second pass is."""
        ...

    def note_why(self, why: str) -> None:
        """Note why the second pass does not run or what it cannot find, empty where it does all."""
        ...

    def begin_second_pass(self, sha256: str) -> None:
        """Note that a second pass begins."""
        ...

    def end_second_pass(
        self, sha256: str, outcome: SecondPass, found: int | None = None, doubtful: Sequence[Box] = ()
    ) -> None:
        """Note what came of a second pass: how much it covered, and what is left to a person."""
        ...

    def to_compare(self, within_m: float, most: int) -> tuple[str, list[str]] | None:
        """A picture that was not compared with those taken nearby, and the `most` nearest; None where all were.
        A reticle has none: its scene shows more of the wall."""
        ...

    def compared(self, sha256: str) -> None:
        """Note that a scene was compared with those taken nearby."""
        ...

    def note_alike(self, pair: Alike) -> None:
        """Note how many points of two pictures agree."""
        ...

    def alike(self, hashes: Sequence[str], least: int = 1) -> list[Alike]:
        """The pairs that some pictures are in, with so many inliers at least."""
        ...


class ComplaintStore(Protocol):
    """Complaints, and which files hold copies of pictures. Every method raises StoreError where the engine fails."""

    def open(self, about: str, pictures: Sequence[str], contact: str | None) -> Complaint:
        """Write down a complaint and hide its pictures, in one commit."""
        ...

    def listed(self, *, closed: bool = False) -> list[Complaint]:
        """The complaints that are open, or all, in order."""
        ...

    def add(self, number: int, pictures: Sequence[str]) -> int:
        """Hide more pictures for a complaint that is open, in one commit; returns how many it is about now. Raises
        BadInput where it is not open."""
        ...

    def close(self, number: int, decision: str) -> None:
        """Note what was decided; the contact is erased."""
        ...

    def note_published(self, sha256: str, path: str, digest: str) -> None:
        """Note that a copy was written to a file, and its hash."""
        ...

    def published(self, sha256: str) -> list[Copy]:
        """The copies of a picture that were written to files."""
        ...

    def published_of_gone(self) -> list[str]:
        """The pictures that are erased, and of which copies are written down still."""
        ...

    def forget_published(self, sha256: str, path: str) -> None:
        """A copy of a picture is gone."""
        ...

    def note_backup(self, path: str, *, sightings: int = 0, decisions: int = 0) -> None:
        """Note that a backup with the log in it was written to a file, and how far the log's sightings and decisions
        went then."""
        ...

    def last_backup(self) -> Backup | None:
        """The backup that was written last, of those that are known and not gone."""
        ...

    def backups_with(self, sha256: str) -> list[Copy]:
        """The backups that may hold a picture: those written since the day on which it came."""
        ...

    def backups(self) -> list[Copy]:
        """All backups that were written and not deleted since, as far as the hub knows."""
        ...

    def forget_backup(self, path: str) -> None:
        """A backup is gone."""
        ...
