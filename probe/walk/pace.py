"""Lets a recording run at a chosen speed."""

from collections.abc import Callable


def pace(speed: float | None, clock: Callable[[], float], sleep: Callable[[float], None]) -> Callable[[float], None]:
    """A function that waits until a recorded Unix time is due; at once where there is no speed.

    The first time it is called sets the start. Times that run backwards do not wait.
    """
    start: tuple[float, float] | None = None

    def wait_until(at_s: float) -> None:
        nonlocal start
        if speed is None:
            return
        if start is None:
            start = at_s, clock()
        due_s = start[1] + (at_s - start[0]) / speed
        ahead_s = due_s - clock()
        if ahead_s > 0:
            sleep(min(ahead_s, 5.0))  # a recording's clock may jump by years

    return wait_until
