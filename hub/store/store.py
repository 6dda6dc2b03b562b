"""What the hub needs of a store, whichever engine keeps it."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from hub.log.events import (
    Batch,
    Counts,
    DiskUse,
    Erasure,
    Forgetting,
    Forgotten,
    HeldSightings,
    Import,
    Known,
    SentLately,
    SetAside,
    StoredShare,
    StoredSighting,
    Undoing,
)
from hub.log.retention import Expired, Terms
from hub.store.decisions import DecisionStore
from hub.store.people import PeopleStore
from hub.store.pictures import ComplaintStore, PictureStore
from hub.store.public import PublicStore
from probe.contract.envelope import UnitType

READ_OCTETS = 4 << 20  # so much of the log is in memory at once for whoever reads all of it


class Store(Protocol):
    """The log, the quarantine and the derived cameras. Safe to use from several threads.

    Every method raises StoreError where the engine fails.
    """

    @property
    def folder(self) -> Path:
        """The hub's folder: what lies there beside the log is of the same hub."""
        ...

    @property
    def pictures(self) -> PictureStore:
        """The pictures."""
        ...

    @property
    def complaints(self) -> ComplaintStore:
        """The complaints about pictures."""
        ...

    @property
    def decisions(self) -> DecisionStore:
        """What people decided."""
        ...

    @property
    def public(self) -> PublicStore:
        """The shared map."""
        ...

    @property
    def people(self) -> PeopleStore:
        """Who works at the hub, and what they did there."""
        ...

    def free_bytes(self) -> int | None:
        """How much more the disk can take that holds the log; None where that cannot be asked."""
        ...

    def known(self, kind: UnitType, ids: Sequence[str]) -> Mapping[str, Known]:
        """What is in the log under these ids already."""
        ...

    def bodies(self, ids: Sequence[str]) -> Mapping[str, bytes]:
        """The bodies of sightings by id; an erased one is empty."""
        ...

    def append(self, batch: Batch) -> None:
        """Write all of it in one commit; when it returns, it is durable."""
        ...

    def read(
        self, after: int = 0, limit: int = 10_000, *, held: bool = False, octets: int = READ_OCTETS
    ) -> list[StoredSighting]:
        """Sightings beyond a place in the log, in its order, without the erased ones; those that are held only where
        asked for. No more than `limit`, and no more once their bodies have so many `octets`: at least one, where there
        is one."""
        ...

    def share(self, probe: str) -> StoredShare:
        """How much of the log is a probe's."""
        ...

    def sent_lately(self) -> list[SentLately]:
        """What is still linked to each probe; one that has sent nothing for 30 days is not among them."""
        ...

    def disk_use(self) -> DiskUse:
        """How much of the disk the log takes. It looks at each picture's row: ask seldom."""
        ...

    def count(self) -> int:
        """How many sightings there are."""
        ...

    def version(self) -> int:
        """A number that grows with every sighting, by this process or another."""
        ...

    def counts(self) -> Counts:
        """How many there are of everything."""
        ...

    def generation(self) -> int:
        """A number that changes when what was read before may not hold any more: erased, held, released."""
        ...

    def picture(self, sha256: str) -> bytes | None:
        """A redacted picture, as JPEG, unless it is held or erased."""
        ...

    def hold_since(self, probe: str, day: date, reason: str) -> int:
        """Hold what a probe sent since a day; returns how much."""
        ...

    def held(self) -> list[HeldSightings]:
        """What is held, by probe."""
        ...

    def decide(self, probe: str | None, *, keep: bool) -> int:
        """Let what is held of a probe count, or erase it; returns how much."""
        ...

    def begin_import(self, file: str) -> int:
        """Note that the operator imports a file; returns the import's number."""
        ...

    def end_import(self, number: int, sha256: bytes) -> None:
        """Note that an import is complete, with the file's fingerprint."""
        ...

    def imports(self) -> list[Import]:
        """All imports, the newest first."""
        ...

    def undo(self, undoing: Undoing) -> int:
        """Erase what an import or a walk brought, each sighting with a tombstone; returns how many there were."""
        ...

    def forget(self, forgetting: Forgetting) -> Forgotten:
        """Erase what a volunteer brought, also out of decisions, derived cameras and free pages; tombstones name random
        ids alone. What cannot be finished, as somebody reads the file, is told."""
        ...

    def seqs_of(self, probe: str) -> list[int]:
        """The places in the log of what is known to be from a probe: of its last 30 days."""
        ...

    def erase(self, seqs: Sequence[int], why: Erasure) -> int:
        """Erase sightings by their places in the log, each with a tombstone; returns how many were still there."""
        ...

    def expire(self, terms: Terms, today: date) -> Expired:
        """Erase what was set aside, held, complained about or noted, and its time is over."""
        ...

    def terms(self) -> Terms:
        """How long what is kept."""
        ...

    def set_terms(self, terms: Terms) -> None:
        """Keep it longer or shorter from now on."""
        ...

    def quarantined(self, limit: int = 100) -> list[SetAside]:
        """What was set aside, newest first."""
        ...

    def quarantine_count(self) -> int:
        """How much was set aside."""
        ...

    def set_aside(self, number: int) -> SetAside | None:
        """One thing that was set aside, by its number; None where it is gone."""
        ...

    def drop_quarantine(self, newest: int) -> int:
        """Erase what was set aside up to a number, for good; returns how much. What came later stays: nobody has seen
        it yet."""
        ...

    def forget_senders(self, today: date) -> None:
        """Forget which probe sent what, where the 30 days are over by a day that a leaping clock did not make."""
        ...

    def save_cameras(self, cameras: Sequence[tuple[str, bytes]], *, streets: str | None = None) -> str:
        """Replace the derived cameras by these (id, JSON), with what names the streets they were placed by; returns a
        name for what is saved now."""
        ...

    def update_cameras(
        self, changed: Sequence[tuple[str, bytes]], gone: Sequence[str], *, saved_as: str, streets: str | None = None
    ) -> str | None:
        """Write the derived cameras that are new or others, and delete those that are gone; returns a name for what is
        saved now. Where anything else than `saved_as` is there, nothing is written, and None returned."""
        ...

    def streets_of_cameras(self) -> str | None:
        """What names the streets by which the derived cameras were placed as they were last saved; None without any."""
        ...

    def cameras(self) -> Mapping[str, bytes]:
        """The derived cameras as they were last saved, by id, as JSON."""
        ...

    def claim(self, hub_id: str) -> None:
        """Be the one hub that serves from this store until it is closed. Raises BadInput where another does, or where
        it is another hub's."""
        ...

    def close(self) -> None:
        """Let go of it; nothing of it may be used afterwards."""
        ...
