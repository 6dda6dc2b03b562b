"""The radio board's own code under MicroPython, on a USB serial cable of a virtual probe; its radio is scripted."""

import subprocess
from pathlib import Path

from tests.hil.drivers.cables import QemuSerial
from tests.hil.protocols import Absent
from tests.npm import MICROPYTHON, node

FIRMWARE = Path(__file__).parents[3] / "firmware" / "radio-board"
SCRIPTED = Path(__file__).parents[2] / "firmware"
SENDERS = 30  # see tests/firmware/scripted.py


class Board:
    """A board that hears `SENDERS` cameras once a second, as fast as its cable bears it."""

    def __init__(self, cable: QemuSerial) -> None:
        self._cable = cable
        self._process: subprocess.Popen[bytes] | None = None

    def plug(self) -> None:
        self._cable.plug()

    def unplug(self) -> None:
        self.end()
        self._cable.unplug()

    def hear(self, seconds: int) -> int:
        """Let it hear so many of its seconds; how many frames those are. Raises Absent without MicroPython."""
        if not MICROPYTHON.here:
            raise Absent("MicroPython was not fetched: make setup, with a network")
        assert self._cable.socket is not None, "the board is not plugged in"
        wanted = seconds * (SENDERS + 1)
        command = [node(), SCRIPTED / "run.mjs", MICROPYTHON.modules, FIRMWARE, SCRIPTED / "scripted.py", str(wanted)]
        self._process = subprocess.Popen(
            [*map(str, command)], stdout=self._cable.socket.fileno(), stderr=subprocess.PIPE
        )
        return seconds * SENDERS

    def done(self, wait_s: float = 60.0) -> None:
        """Wait until it has said all."""
        assert self._process is not None
        _, errors = self._process.communicate(timeout=wait_s)
        assert self._process.returncode == 0, errors[-1000:]

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process = None
