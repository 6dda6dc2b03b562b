"""How long tests wait: as long as this machine needs at this moment, not by a clock that a busy machine outruns.

A wait is given in seconds of a usual machine with nothing else to do. Only where one is over is the machine measured: a
known piece of work takes longer on a slow processor, beside other programs, and on a borrowed machine that is held up.
"""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

WORK = 1_000_000
USUAL_S = 0.06  # what the work takes on the machine that the waits were chosen on, with nothing beside it
MOST = 30.0  # past that, something else is wrong


def slowness() -> float:
    """How many times slower than usual this machine is right now; at least 1."""
    began_s, sum_ = time.perf_counter(), 0
    for number in range(WORK):
        sum_ += number * number
    assert sum_ > 0
    return min(MOST, max(1.0, (time.perf_counter() - began_s) / USUAL_S))


class Patience:
    """A wait that is over after so many seconds, or after more where the machine is found to be slow."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        self._began_s = time.monotonic()
        self._slowest = 1.0

    @property
    def waited_s(self) -> float:
        return time.monotonic() - self._began_s

    def over(self) -> bool:
        """Whether it is; measures the machine where it would be."""
        if self.waited_s <= self.wait_s * self._slowest:
            return False
        self._slowest = max(self._slowest, slowness())
        return self.waited_s > self.wait_s * self._slowest


def finished(process: "subprocess.Popen[str]", wait_s: float, said: str | None = None) -> tuple[str, str]:
    """What a process says until it ends. Where it does not, it is killed, and AssertionError tells what it said."""
    patience = Patience(wait_s)
    while True:
        try:
            out, err = process.communicate(said, timeout=wait_s)
        except subprocess.TimeoutExpired:
            said = None  # communicate remembers what is left to say
            if patience.over():
                process.kill()
                out, err = process.communicate()
                waited = f"{patience.waited_s:.0f} s"
                raise AssertionError(
                    f"{process.args!r} did not end within {waited}; it said {out!r}, {err!r}"
                ) from None
        else:
            return out or "", err or ""


def ran(command: Sequence[str | Path], wait_s: float) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end, with what it says."""
    words = list(map(str, command))
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = finished(process, wait_s)
    return subprocess.CompletedProcess(words, process.returncode, out, err)
