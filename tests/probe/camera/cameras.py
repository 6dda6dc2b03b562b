"""Cameras that do as a test says; what is behind them is what drivers do."""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from probe.camera.adapter import Camera, Candidate
from probe.camera.choose import CameraChoice

Pixels = NDArray[np.uint8]


class Driver:
    """Gives pictures until there are none; `fake` pictures need no time to settle. `gave` holds all that it gave."""

    def __init__(self, *given: Any, fake: bool = False, stale: int = 0) -> None:
        self.given, self.gave = list(given), list[Pixels]()
        self.fake, self.stale = fake, stale
        self.said = None
        self.opened = self.shots = 0
        self.closed = threading.Event()

    def read(self) -> Pixels | None:
        if not self.given:
            return None
        next_ = self.given.pop(0)
        if isinstance(next_, BaseException):
            raise next_
        picture: Pixels | None = next_() if callable(next_) else next_
        if picture is not None:
            self.gave.append(picture)
        return picture

    def taken(self) -> None:
        self.shots += 1

    def close(self) -> None:
        self.closed.set()

    def open(self) -> Camera:
        self.opened += 1
        self.closed.clear()
        return self


def choice(driver: Driver, opens: Callable[[], Camera] | None = None) -> CameraChoice:
    """The driver as the one camera that there is."""
    return CameraChoice(
        name="the camera",
        fake=driver.fake,
        candidates=lambda _size, _patience_s: [Candidate("the camera", opens or driver.open)],
    )


class Hanging:
    """Gives `picture`, but not before it is let go."""

    def __init__(self, picture: Pixels) -> None:
        self.picture, self.go, self.came_back = picture, threading.Event(), threading.Event()

    def __call__(self) -> Pixels:
        self.go.wait()
        self.came_back.set()
        return self.picture
