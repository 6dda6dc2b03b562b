"""Cameras at nodes such as /dev/video0, by OpenCV. Only a picture that was read shows that one is there."""

import os
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from probe.camera.adapter import PHOTO_SIZE, Candidate, Size, Unusable

_HELD_BACK = 4  # pictures that the driver has ready since some time, whatever it is asked


class V4l2Camera:
    """An open camera. It is asked for a size, if any matters, and gives the one that it has. Raises Unusable."""

    fake = False
    stale = _HELD_BACK

    def __init__(self, cv2: Any, node: Path, size: Size = PHOTO_SIZE) -> None:
        if not os.access(node, os.R_OK | os.W_OK):
            raise Unusable(_WHY_NOT[node.exists()])
        self._capture = cv2.VideoCapture(number_of(node), cv2.CAP_V4L2)
        if not self._capture.isOpened():
            self._capture.release()
            raise Unusable("cannot be opened (is another program using it?)")
        for which, value in zip(
            (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT), size or (), strict=size is not None
        ):
            self._capture.set(which, value)

    def read(self) -> Any | None:
        there, picture = self._capture.read()
        return _red_first(picture) if there else None

    def taken(self) -> None:
        """It sees what there is, whatever was taken."""

    def close(self) -> None:
        self._capture.release()


_WHY_NOT = {
    False: "is not there: plug the camera in",
    True: "may not be opened; join its group and log in again: sudo usermod -aG video $USER",
}


def _red_first(picture: Any) -> Any:
    """OpenCV's blue, green, red the other way round, in place: another 9 MB for a moment is what a Zero has not."""
    if picture.ndim == 2:
        return np.repeat(picture[..., np.newaxis], 3, axis=2)
    blue = picture[..., 0].copy()
    picture[..., 0] = picture[..., 2]
    picture[..., 2] = blue
    return picture


def number_of(node: Path) -> int:
    return int(node.name.removeprefix("video"))


def is_node(node: Path) -> bool:
    """Whether this is how V4L2 names a camera."""
    return node.name.startswith("video") and node.name[5:].isdecimal() and node.name.isascii()


def candidates(patience_s: float, size: Size, node: Path | None = None) -> list[Candidate]:
    """The camera at one node, or at any. Raises Unusable without OpenCV."""
    # Read when OpenCV first waits for a picture: else it waits 10 s, three times, and says so on stderr.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", f"{max(1.0, patience_s):.0f}")
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_READ_ATTEMPTS", "1")
    os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")
    try:
        import cv2
    except ImportError as problem:
        raise Unusable(
            "needs OpenCV: sudo apt install python3-opencv, or pip install 'contrechamp[camera]'"
        ) from problem
    with suppress(AttributeError):  # for where OpenCV was loaded before
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    nodes = [node] if node is not None else sorted(filter(is_node, Path("/dev").glob("video[0-9]*")), key=number_of)
    return [Candidate(str(each), partial(V4l2Camera, cv2, each, size)) for each in nodes]
