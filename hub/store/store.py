"""What the hub needs of a store, whichever engine keeps it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from hub.log.events import Batch, Known, SetAside, StoredSighting


class Store(Protocol):
    """The log, the quarantine and the derived cameras. Safe to use from several threads."""

    @property
    def path(self) -> Path:
        """A file on the disk that must not fill up."""
        ...

    def known(self, table: str, ids: Sequence[str]) -> dict[str, Known]:
        """What is in the log under these ids already; `table` is sighting, picture or withdrawal."""
        ...

    def append(self, batch: Batch) -> None:
        """Write all of it in one commit; when it returns, it is durable."""
        ...

    def read(self, after: int = 0, limit: int = 10_000) -> list[StoredSighting]:
        """Sightings beyond a place in the log, in its order, without those that are held or erased."""
        ...

    def count(self) -> int:
        """How many sightings there are."""
        ...

    def version(self) -> int:
        """A number that grows with every sighting, by this process or another."""
        ...

    def counts(self) -> dict[str, int]:
        """How many there are of everything."""
        ...

    def generation(self) -> int:
        """A number that changes when what was read before may not hold any more: erased, held, released."""
        ...

    def picture(self, sha256: str) -> bytes | None:
        """A redacted picture, as JPEG, unless it is held."""
        ...

    def hold_since(self, probe: str, day: date, reason: str) -> int:
        """Hold what a probe sent since a day; returns how much."""
        ...

    def held(self) -> list[tuple[str, int, str]]:
        """For each probe of which something is held: its id, how much, and why."""
        ...

    def decide(self, probe: str, *, keep: bool) -> int:
        """Let what is held of a probe count, or erase it; returns how much."""
        ...

    def quarantined(self, limit: int = 100) -> list[SetAside]:
        """What was set aside, newest first."""
        ...

    def quarantine_count(self) -> int: ...

    def save_cameras(self, cameras: Sequence[tuple[str, bytes]]) -> None:
        """Replace the derived cameras by these (id, JSON)."""
        ...

    def cameras(self) -> dict[str, bytes]:
        """The derived cameras as they were last saved."""
        ...

    def close(self) -> None: ...
