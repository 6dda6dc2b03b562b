"""Frames of the probe's camera, for reading a code: from picamera2 on a Raspberry Pi, else from V4L2 by OpenCV.

Nothing of them is kept: each is looked at in RAM and forgotten. No wait is without end: a camera that was unplugged
gives no error, only no picture.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Protocol

from probe.errors import BadInput

SIZE = (1280, 720)
FORMAT = "BGR888"  # as picamera2 has it: red comes first in each pixel
# How long to wait for a picture, and how often: the first after the start may come late or damaged.
PATIENCE_S, TRIES = 4.0, 2
MOST_CAMERAS = 8  # a Pi has a dozen nodes that are no cameras, all of them after those that are
_INSTEAD = "; or give a picture of the code instead"


class Unusable(Exception):
    """Why a camera cannot be opened, in words that follow its name."""


class Camera(Protocol):
    """A camera that is open. `read` gives None where no picture came in a few seconds."""

    def read(self) -> Any | None: ...
    def close(self) -> None: ...


class Candidate(NamedTuple):
    """A camera that may be there. `open` raises Unusable."""

    name: str
    open: Callable[[], Camera]


def frames(patience_s: float = PATIENCE_S) -> Iterator[Any]:
    """Pictures as arrays (height, width[, 3]), until the reader has enough. Raises BadInput without a camera."""
    try:
        import picamera2
    except ImportError:
        return pictures(_by_v4l2(patience_s))
    return pictures([Candidate("the camera", partial(PiCamera, picamera2, patience_s))])


def pictures(candidates: Sequence[Candidate]) -> Iterator[Any]:
    """The pictures of the first camera that gives any. Raises BadInput where none does, or when it ends."""
    troubles = []
    for name, opens in candidates[:MOST_CAMERAS]:
        try:
            camera = opens()
        except Unusable as problem:
            troubles.append(f"{name} {problem}")
            continue
        seen = False
        try:
            for picture in _while_any(camera):
                seen = True
                yield picture
        finally:
            camera.close()
        if seen:
            raise BadInput(f"{name} gives no more pictures: was it unplugged? Plug it in and try again{_INSTEAD}")
        troubles.append(f"{name} gives no picture (is its cable in?)")
    raise BadInput(", ".join(troubles or ["no camera is plugged in here: plug one in"]) + _INSTEAD)


def _while_any(camera: Camera) -> Iterator[Any]:
    in_vain = 0
    while in_vain < TRIES:
        picture = camera.read()
        in_vain = in_vain + 1 if picture is None else 0
        if picture is not None:
            yield picture


class PiCamera:
    """The camera of a Raspberry Pi, by its `picamera2`."""

    def __init__(self, picamera2: Any, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._silent = False
        # In two steps: where the second fails, the camera may be held already and has to be let go.
        self._camera = picamera2.Picamera2.__new__(picamera2.Picamera2)
        try:
            self._camera.__init__()
            self._camera.configure(self._camera.create_preview_configuration(main={"size": SIZE, "format": FORMAT}))
            self._camera.start()
        except (RuntimeError, IndexError, OSError) as problem:
            self.close()
            raise Unusable(
                f"cannot be used ({problem}): is its cable in, and is no other program using it?"
            ) from problem

    def read(self) -> Any | None:
        # `capture_array` takes a time to wait in newer versions only; what is called when it is done, in all.
        done: SimpleQueue[Any] = SimpleQueue()
        self._camera.capture_array(signal_function=done.put)
        try:
            picture = done.get(timeout=self._patience_s).get_result()
        except (Empty, RuntimeError):
            self._silent = True
            return None
        self._silent = False
        return picture

    def close(self) -> None:
        if self._silent:
            # Asked to stop a camera that was unplugged, libcamera ends the whole program before it can say a word.
            self._camera.started = False
        with suppress(RuntimeError, AttributeError, OSError):  # of a camera that is gone, or never came to be
            self._camera.close()


class V4l2Camera:
    """A camera at a node such as /dev/video0, by OpenCV."""

    def __init__(self, cv2: Any, node: Path) -> None:
        if not os.access(node, os.R_OK | os.W_OK):
            raise Unusable("may not be opened; join its group and log in again: sudo usermod -aG video $USER")
        self._capture = cv2.VideoCapture(number_of(node), cv2.CAP_V4L2)
        if not self._capture.isOpened():
            self._capture.release()
            raise Unusable("cannot be opened (is another program using it?)")

    def read(self) -> Any | None:
        there, picture = self._capture.read()
        return picture if there else None

    def close(self) -> None:
        self._capture.release()


def number_of(node: Path) -> int:
    return int(node.name.removeprefix("video"))


def _by_v4l2(patience_s: float) -> list[Candidate]:
    # Read when OpenCV first waits for a picture: else it waits 10 s, three times, and says so on stderr.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", f"{patience_s:.0f}")
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_READ_ATTEMPTS", "1")
    os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")
    try:
        import cv2
    except ImportError as problem:
        raise BadInput(
            "no camera can be used here (neither picamera2 nor OpenCV is installed); give a picture of the code instead"
        ) from problem
    nodes = sorted((node for node in Path("/dev").glob("video[0-9]*") if node.name[5:].isdecimal()), key=number_of)
    return [Candidate(str(node), partial(V4l2Camera, cv2, node)) for node in nodes]
