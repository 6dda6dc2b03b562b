"""A camera as the rest of the probe sees it, and how the one that gives pictures is found among several.

Pictures are arrays of our own (height x width x 3 octets, red, green, blue), to be written over when they are done
with. Nothing here writes them anywhere. No wait is without end: a camera that was unplugged gives no error, only no
picture.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from probe.errors import BadInput

Size = tuple[int, int] | None  # width and height in pixels; None where a small picture will do
PHOTO_SIZE, CODE_SIZE = (2304, 1296), (1280, 720)  # the first is a binned mode of the Pi's cameras: 9 MB a picture
# How long to wait for a picture, and how often: the first after the start may come late or damaged.
PATIENCE_S, TRIES = 4.0, 2
MOST_CAMERAS = 8  # a Pi has a dozen nodes that are no cameras, all of them after those that are


class Unusable(Exception):
    """Why a camera cannot be opened, in words that follow its name."""


class NoCamera(BadInput):
    """No camera gives a picture, or none does any more; the message says why of each that was tried."""


class Camera(Protocol):
    """A camera that is open. `read` gives None where no picture came in a few seconds.

    `stale` is how many pictures it may hold back from before; a `fake` gives pictures that no lens of this probe sees
    now, and `taken` tells it that a photo was taken of the one that it shows.
    """

    @property
    def fake(self) -> bool: ...
    @property
    def stale(self) -> int: ...
    def read(self) -> Any | None: ...
    def taken(self) -> None: ...
    def close(self) -> None: ...


class Candidate(NamedTuple):
    """A camera that may be there. `open` raises Unusable."""

    name: str
    open: Callable[[], Camera]


class Giving(NamedTuple):
    """A camera that is open and has given its first picture."""

    name: str
    camera: Camera
    picture: Any


def giving(candidates: Sequence[Candidate]) -> Giving:
    """The first camera that gives a picture; all others are closed again. Raises NoCamera where none does."""
    troubles = []
    for name, opens in candidates[:MOST_CAMERAS]:
        try:
            camera = opens()
        except Unusable as problem:
            troubles.append(f"{name} {problem}")
            continue
        try:
            picture = any_picture(camera)
        except BaseException:
            camera.close()
            raise
        if picture is not None:
            return Giving(name, camera, picture)
        camera.close()
        troubles.append(f"{name} gives no picture (is its cable in?)")
    raise NoCamera(", ".join(troubles or ["no camera is plugged in here: plug one in"]))


def any_picture(camera: Camera) -> Any | None:
    """A picture, after no more than a few tries in vain; None where there is none."""
    for _ in range(TRIES):
        picture = camera.read()
        if picture is not None:
            return picture
    return None


def pictures(candidates: Sequence[Candidate]) -> Iterator[Any]:
    """The pictures of the first camera that gives any. Raises NoCamera where none does, or when it ends."""
    name, camera, picture = giving(candidates)
    try:
        while picture is not None:
            yield picture
            picture = any_picture(camera)
    finally:
        camera.close()
    raise gone(name)


def gone(name: str) -> NoCamera:
    """The sentence for a camera that was there."""
    return NoCamera(f"{name} gives no more pictures: was it unplugged? Plug it in and try again")
