"""What the hub needs of the shared map in its store, whichever engine keeps it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from hub.log.public import PublicRow, Sharing


class PublicStore(Protocol):
    """The public ids and what stands under them. Safe to use from several threads. Every method raises StoreError where
    the engine fails."""

    def rows(self) -> list[PublicRow]:
        """All of them, by id."""
        ...

    def save(self, rows: Sequence[PublicRow], sharing: Sharing | None = None, *, generation: int | None = None) -> bool:
        """Write rows down as they are now, those that are new and those that were there, in one commit; with them
        `sharing`, where it is given. Returns whether it did: not where the log is not of the `generation` any more by
        which they were made, as they may name what somebody has erased since."""
        ...

    def forget(self, sightings: Sequence[str]) -> int:
        """Forget sightings that are erased for good. What then rests on none leaves the shared map with this commit;
        returns how many cameras did."""
        ...

    def taken_back(self) -> frozenset[str]:
        """Of the sightings behind public ids those that an operator took back or rejected, and that did not come
        again."""
        ...

    def sharing(self) -> Sharing:
        """How the shared map stands."""
        ...

    def pictures(self) -> Mapping[str, str]:
        """The hashes of the pictures that have a public id, by that id."""
        ...

    def name_pictures(self, ids: Mapping[str, str]) -> None:
        """Give pictures public ids: hashes by id. A picture that has one keeps it."""
        ...
