"""What a walker says with one button: a short press takes a photo, a long one pauses, and another long one goes on."""

from collections.abc import Callable
from enum import StrEnum

LONG_MS = 1000


class Gesture(StrEnum):
    PHOTO = "photo"
    PAUSE = "pause"


def gesture_of(held_ms: int) -> Gesture:
    """What a press of so many milliseconds means. Kernel and board take the bouncing out: the shortest one is one."""
    return Gesture.PAUSE if held_ms >= LONG_MS else Gesture.PHOTO


class Gestures:
    """Calls what a press means. Safe from any thread; `photo` and `pause` are called in the thread of the press."""

    def __init__(self, photo: Callable[[], None], pause: Callable[[], None]) -> None:
        self._do = {Gesture.PHOTO: photo, Gesture.PAUSE: pause}

    def held(self, ms: int) -> None:
        """A button was held for so long."""
        self._do[gesture_of(ms)]()
