"""What the page needs of a hub's complaints about pictures."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from hub.log.pictures import Complaint

MAX_NAMED = 5  # cameras that one text names
# As at the end of the address of a camera's page: the hub's own one, or the shared map's.
_CAMERA = re.compile(r"(?<![0-9a-z])(?:c-)?[0-9a-f]{16}(?![0-9a-z])")


def cameras_in(text: str) -> list[str]:
    """The ids of cameras, or addresses that end in one, that stand in a text: the first of them."""
    return list(dict.fromkeys(_CAMERA.findall(text.lower())))[:MAX_NAMED]


class Complaints(Protocol):
    """A hub's complaints. Every method raises HubError."""

    def listed(self, *, closed: bool = False) -> Sequence[Complaint]:
        """Those that are open, or all, in order."""
        ...

    def open(self, about: str, *, camera: str | None, day: date | None, contact: str | None) -> Complaint:
        """Write one down and hide the pictures of a camera, of one day where that is known."""
        ...

    def has(self, camera: str) -> bool:
        """Whether an id, the hub's or the shared map's, leads to a camera."""
        ...

    def add(self, number: int, camera: str) -> int:
        """Hide the pictures of a camera, too, for one that is open; returns how many it names now."""
        ...

    def close(self, number: int, decision: str, *, delete: bool) -> tuple[int, Sequence[str]]:
        """Note what was decided; the pictures are deleted, or to be looked at again. Returns how many there are, and
        the backups that hold deleted ones still."""
        ...
