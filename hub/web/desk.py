"""What the page needs of the desk, and nothing more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hub.log.decisions import Decided, NewDecision
from hub.publish.view import CameraDetail, Reason


class ToldDecision(Protocol):
    """A decision about a camera in words: its number, when, by whom, and whether it holds."""

    @property
    def number(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def by(self) -> str: ...
    @property
    def reason(self) -> Reason: ...
    @property
    def holds(self) -> bool: ...


class DeskSource(Protocol):
    """Where the desk's cameras come from, and where decisions go. Called from threads; each may raise HubError."""

    def cameras(self) -> Sequence[CameraDetail]:
        """All of them: what was rejected, and what is private, as well."""
        ...

    def camera(self, camera_id: str) -> CameraDetail | None:
        """The camera with an id; where that was merged away, the one that it is part of now."""
        ...

    def sightings(self, camera_id: str) -> tuple[str, ...]:
        """All sightings of a camera: a decision about it names these."""
        ...

    def decide(self, by: str, decisions: Sequence[NewDecision]) -> Sequence[Decided]:
        """Write decisions down; when it returns, they are durable, and the cameras are what follows from them."""
        ...

    def undo(self, by: str) -> Sequence[Decided]:
        """Take back what this person decided last and still holds; nothing where there is nothing."""
        ...

    def redo(self, by: str) -> Sequence[Decided]:
        """Take the last undo back."""
        ...

    def undo_one(self, by: str, number: int) -> Sequence[Decided]:
        """Take back one decision of anybody's."""
        ...

    def history(self, camera_id: str) -> Sequence[ToldDecision]:
        """What was decided about a camera, in order."""
        ...
