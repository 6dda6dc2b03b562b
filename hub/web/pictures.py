"""What the page needs of the hub's pictures, and nothing more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from probe.contract.sighting import Box


class PictureState(StrEnum):
    """Who may see a picture. `hidden`: a complaint is open."""

    NEW = "new"
    LOOKED = "looked"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """One redacted picture as the page shows it.

    `id` is the SHA-256 by which the sighting names it; `version` is that of its octets as they are now, which the brush
    changes. `part` is "scene" or "reticle". `width` and `height` in pixels, `bytes` of the JPEG. `second_pass` says
    whether the hub's own pass came to its end, None where it has not run. None is "not known".
    """

    id: str
    version: str
    part: str
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
    """Where the page's pictures come from. Called from threads of the server, one call at a time.

    Each raises BadInput with one sentence where it cannot be done.
    """

    def of_camera(self, camera_id: str) -> Sequence[PictureView]:
        """All pictures of a camera, in any order."""
        ...

    def jpeg(self, picture_id: str) -> bytes | None:
        """A picture's octets as they are now; None where there is no such picture, or no longer."""
        ...

    def look(self, picture_id: str) -> PictureView:
        """A person has looked at it: it may be shown."""
        ...

    def take_back(self, picture_id: str) -> PictureView:
        """It may not be shown after all: it is private again, as if nobody had looked."""
        ...

    def cover(self, picture_id: str, boxes: Sequence[Box]) -> PictureView:
        """Fill parts of it for good; nothing takes that back."""
        ...

    def delete(self, picture_id: str) -> None:
        """Erase it from all stores."""
        ...

    def alike(self, camera_id: str) -> Sequence[tuple[str, str, int]]:
        """Pairs of pictures of a camera that show the same place: two ids, and how many points agree."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoView:
    """One press of the shutter: the scene, what stood in the reticle, or both."""

    sighting: str
    pictures: tuple[PictureView, ...]

    @property
    def first(self) -> PictureView:
        """The picture that speaks for the photo: day and bearing are those of all."""
        return self.pictures[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraPictures:
    """The pictures of a camera as one reader may see them.

    `private` counts those that this reader may not see, `more` the photos that are older than those here. `token` goes
    with the forms of an operator, None for others. `alike` has for each picture those that show the same place and how
    many points agree, the most first. `problem` is why there are none, where that is one.
    """

    camera: str
    photos: tuple[PhotoView, ...]
    private: int
    token: str | None
    alike: dict[str, tuple[tuple[str, int], ...]]
    more: int = 0
    problem: str | None = None

    @property
    def count(self) -> int:
        """How many pictures are shown."""
        return sum(len(photo.pictures) for photo in self.photos)


def photos(pictures: Iterable[PictureView]) -> tuple[PhotoView, ...]:
    """Pictures by the sighting that names them, the newest first, those without a day last; the scene first in each."""
    by_sighting: dict[str, list[PictureView]] = {}
    for picture in pictures:
        by_sighting.setdefault(picture.sighting or picture.id, []).append(picture)
    made = (
        PhotoView(sighting=sighting, pictures=tuple(sorted(group, key=lambda one: one.part != "scene")))
        for sighting, group in by_sighting.items()
    )
    return tuple(sorted(made, key=lambda photo: photo.first.day or date.min, reverse=True))


def neighbours(pairs: Iterable[tuple[str, str, int]], shown: set[str]) -> dict[str, tuple[tuple[str, int], ...]]:
    """For each shown picture the shown ones that are like it, with the number of points that agree, the most first."""
    found: dict[str, list[tuple[str, int]]] = {}
    for one, other, inliers in pairs:
        if {one, other} <= shown:
            found.setdefault(one, []).append((other, inliers))
            found.setdefault(other, []).append((one, inliers))
    return {one: tuple(sorted(others, key=lambda pair: -pair[1])) for one, others in found.items()}
