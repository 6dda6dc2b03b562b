"""A probe that has no hub yet, started by its service manager: it waits, and does not fail again and again."""

from collections.abc import Callable
from typing import TypeVar

from probe.device.notify import Notifier
from probe.errors import NotPaired

LOOK_S = 5.0

T = TypeVar("T")


def once_paired(
    make: Callable[[], T], notifier: Notifier, tell: Callable[[str], None], wait: Callable[[float], bool]
) -> T | None:
    """What `make` makes, as soon as the probe is paired; None where `wait`, which waits for some seconds, says to end.
    Raises what `make` raises, but for NotPaired."""
    said = False
    while True:
        try:
            return make()
        except NotPaired as problem:
            if not said:
                said = True
                tell(f"{problem}. It waits until then.")
                notifier.ready("this probe has no hub yet; it waits to be paired")
        notifier.alive()
        if wait(LOOK_S):
            notifier.stopping()
            return None
