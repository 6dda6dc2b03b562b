"""What the hub needs of the decisions in its store, whichever engine keeps it."""

from collections.abc import Sequence
from typing import Protocol

from hub.log.decisions import Decided, NewDecision


class DecisionStore(Protocol):
    """The decisions, in order. Safe to use from several threads. Every method raises StoreError where the engine
    fails."""

    def append(self, by: str, decisions: Sequence[NewDecision]) -> list[Decided]:
        """Write decisions down in one commit; when it returns, they are durable."""
        ...

    def read(self, after: int = 0, limit: int = 10_000) -> list[Decided]:
        """Decisions beyond a number, in order."""
        ...

    def version(self) -> int:
        """The last decision's number, 0 where there is none; by this process or another."""
        ...

    def erase(self, sightings: Sequence[str]) -> int:
        """Take sightings out of all decisions, as they are erased for good; what is left of no sighting is emptied, its
        text with it. Returns how many decisions were touched."""
        ...
