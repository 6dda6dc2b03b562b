"""A compass and accelerometer that is there now: read while somebody presses the shutter, and at no other time."""

from collections.abc import Callable
from typing import Protocol

from probe.aim.compass import Reading

OnReading = Callable[[Reading, float], None]  # and when, by the walk's clock


class HeadingSensor(Protocol):
    """Gives readings from `start` to `stop`, from a thread of its own. Neither raises; a sensor that is not there gives
    none, and `trouble` says why in a sentence."""

    trouble: str | None

    def start(self, on_reading: OnReading) -> None: ...

    def stop(self) -> None: ...
