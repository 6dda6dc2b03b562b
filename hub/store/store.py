"""What the hub needs of a store, whichever engine keeps it."""

from collections.abc import Sequence
from typing import Protocol

from hub.log.events import NewSighting, SetAside, StoredSighting


class Store(Protocol):
    """The log, the quarantine and the derived cameras. Safe to use from several threads."""

    @property
    def hub_id(self) -> str:
        """The hub's random name."""
        ...

    def known(self, ids: Sequence[str]) -> dict[str, str]:
        """The hashes under which these ids are in the log already."""
        ...

    def append(self, sightings: Sequence[NewSighting], aside: Sequence[SetAside] = ()) -> None:
        """Write all of it in one commit; when it returns, it is durable."""
        ...

    def read(self, after: int = 0, limit: int = 10_000) -> list[StoredSighting]:
        """Sightings beyond a place in the log, in its order."""
        ...

    def count(self) -> int:
        """How many sightings there are."""
        ...

    def version(self) -> int:
        """A number that changes with every commit, by this process or another."""
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
