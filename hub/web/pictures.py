"""What the page needs of the pictures, and nothing more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from probe.contract.sighting import Box


class PictureState(StrEnum):
    """Whether a picture may be shown to others than the operator."""

    NEW = "new"
    LOOKED = "looked"
    HIDDEN = "hidden"  # a complaint is open


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A picture as the page shows it.

    `id` is the SHA-256 by which the sighting names it, `version` that of the octets as they are now: the brush changes
    it. `second_pass` is None where it has not run, False where it could not read the picture.
    """

    id: str
    version: str
    part: str  # scene | reticle
    sighting: str
    day: date | None
    width: int
    height: int
    bytes: int
    state: PictureState
    second_pass: bool | None
    composed: bool
    bearing_deg: float | None
    faces_covered: int | None


class PictureSource(Protocol):
    """Where the page's pictures come from; each method raises BadInput with one sentence where it cannot be done."""

    def of_camera(self, camera_id: str) -> Sequence[PictureView]: ...

    def jpeg(self, picture_id: str) -> bytes | None: ...

    def look(self, picture_id: str) -> PictureView:
        """A person has looked: it may be shown."""
        ...

    def cover(self, picture_id: str, boxes: Sequence[Box]) -> PictureView:
        """Cover rectangles for good."""
        ...

    def delete(self, picture_id: str) -> None:
        """Gone from all stores."""
        ...

    def alike(self, camera_id: str) -> Sequence[tuple[str, str, int]]:
        """Pairs of picture ids that show the same wall, and how many points agree."""
        ...
