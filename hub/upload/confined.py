"""Commands of the probe that the hub runs on what strangers made: bounded in memory and time, without a core dump,
ended with the hub, and with no file that they could write to but the one that they are given.

What they read may take them over; so what they say is read as if a stranger said it.
"""

import os
import select
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic

from hub.broker import leash
from hub.errors import HubError

MEMORY = 4 << 30  # of address space, of which threads and libraries take most; what is used is a tenth of it
FILES = 64
_PART = 1 << 16


class Confined:
    """A command that runs, with a file as its input; for one thread, while `end` may come from another.

    `writes` is how large a file may grow by it: 0 lets it write to pipes alone.
    """

    def __init__(self, command: Sequence[str], *, stdin: int, stdout: int | None = None, writes: int = 0) -> None:
        limits = f"{FILES}:{MEMORY}:{writes}"
        whole = [sys.executable, leash.__file__, str(os.getpid()), "-", limits, sys.executable, "-B", *command]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        # What it says on stderr is kept in memory: it may be quoted from a stranger's file.
        self._said = os.memfd_create("said", os.MFD_CLOEXEC)
        os.lseek(stdin, 0, os.SEEK_SET)
        try:
            self._process = subprocess.Popen(
                whole,
                stdin=stdin,
                stdout=subprocess.PIPE if stdout is None else stdout,
                stderr=self._said if writes else subprocess.DEVNULL,
                start_new_session=True,
                env=environment,
            )
        except OSError as problem:
            os.close(self._said)
            raise HubError(f"the probe's command cannot be started ({problem.strerror}); is it installed?") from problem

    def __enter__(self) -> "Confined":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        os.close(self._said)

    def end(self) -> None:
        """End it, whatever it is at."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def lines(self, *, most: int, within_s: float, each: Callable[[bytes], None]) -> None:
        """Call `each` with every line that it prints. Raises HubError where it says too much or takes too long."""
        assert self._process.stdout is not None  # noqa: S101
        descriptor, until_s, rest, size = self._process.stdout.fileno(), monotonic() + within_s, b"", 0
        while True:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, until_s - monotonic()))
            if not ready:
                raise HubError("it took too long to look through; try a smaller one")
            part = os.read(descriptor, _PART)
            if not part:
                return
            size += len(part)
            if size > most:
                raise HubError("more came of it than can be; it was not taken in")
            *whole, rest = (rest + part).split(b"\n")
            for line in whole:
                each(line)

    def wait(self, *, within_s: float, tick: Callable[[int], None]) -> int:
        """Its exit code; meanwhile `tick` gets how many octets it has read. Raises HubError where it takes too long."""
        until_s = monotonic() + within_s
        while monotonic() < until_s:
            try:
                return self._process.wait(0.2)
            except subprocess.TimeoutExpired:
                tick(self._read())
        raise HubError("it took too long to read; split it, and bring the parts")

    def said(self, most: int = 256 << 10) -> str:
        """What it said on stderr."""
        return os.pread(self._said, most, 0).decode(errors="replace")

    def _read(self) -> int:
        try:
            with open(f"/proc/{self._process.pid}/io", "rb") as counts:
                return int(counts.readline().split()[1])
        except (OSError, ValueError, IndexError):
            return 0
