"""Long work in steps that are told as they come: who makes a machine of a bench waits for minutes."""

import time
from collections.abc import Callable, Sequence

Step = tuple[str, Callable[[], None]]


def through(steps: Sequence[Step], what: str, tell: Callable[[str], None]) -> float:
    """Take the steps, and tell each before and after it; how many seconds all took."""
    began_s = time.monotonic()
    for number, (name, step) in enumerate(steps, start=1):
        step_s = time.monotonic()
        tell(f"{what}, {number} of {len(steps)}: {name} ...")
        step()
        tell(f"{what}, {number} of {len(steps)}: {name}: {time.monotonic() - step_s:.0f} s")
    return time.monotonic() - began_s
