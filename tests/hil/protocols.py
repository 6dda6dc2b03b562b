"""What a bench's drivers can do, in labgrid's words: a resource is what is there, a driver uses it, a protocol is what
tests ask for. The same tests run on every bench whose drivers follow these.

labgrid itself is not needed: its QEMU driver quits a machine where we cut its power, and its shell driver reads a
console where we have ssh. Its power drivers do serve real benches: see README.md.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Absent(Exception):
    """Why a bench cannot do something; its tests are skipped with these words."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


class RunningCommand(Protocol):
    """A command under way on a machine of the bench."""

    @property
    def pid(self) -> str: ...
    def alive(self) -> bool: ...
    def line(self) -> str:
        """The next line that it says."""
        ...

    def say(self, line: str) -> str:
        """Give it a line; what it says to that."""
        ...

    def said(self) -> str:
        """What it has said on its standard error so far."""
        ...

    def wait(self, wait_s: float = 60.0) -> Done:
        """End its input, and wait until it ends by itself."""
        ...

    def stop(self, wait_s: float = 60.0) -> Done:
        """Ask it to end, as Ctrl-C does, and wait."""
        ...


class CommandProtocol(Protocol):
    """Runs commands on a machine, as root, and carries files there."""

    def run(self, *words: str, wait_s: float = 60.0, check: bool = True) -> Done: ...
    def start(self, *words: str) -> RunningCommand: ...
    def put(self, local: Path, remote: str) -> None: ...
    def reach(self, wait_s: float) -> None:
        """Wait until commands run; fail after a while."""
        ...

    def drop(self) -> None:
        """Forget the connection: the machine's power was cut."""
        ...

    def end_commands(self) -> None:
        """End what was started and is still under way."""
        ...


class PowerProtocol(Protocol):
    """The machine's mains. `off` is a cut, not a shutdown; `on` waits until commands run again."""

    def on(self) -> None: ...
    def off(self) -> None: ...


class ClockProtocol(Protocol):
    """What time a machine without a clock of its own believes it is when it wakes up (UTC, ISO 8601)."""

    def wake(self, at: str) -> None: ...


class SerialProtocol(Protocol):
    """The far end of a serial cable to the probe: what is sent here, the probe reads. `pulls`: it can be unplugged."""

    pulls: bool

    def plug(self) -> None: ...
    def unplug(self) -> None: ...
    def send(self, data: bytes) -> None: ...
    def device(self) -> str:
        """The probe's name for it that stays when it is pulled and comes back. Waits until it is there."""
        ...


class NetworkProtocol(Protocol):
    """The probe's way to its hub."""

    def cut(self) -> None: ...
    def join(self) -> None: ...


class RadioProtocol(Protocol):
    """Radios of the probe (`ears`), and radios of the bench that speak and hear beside it."""

    @property
    def ears(self) -> tuple[str, ...]: ...
    def up(self) -> AbstractContextManager[None]:
        """The radios are there, all quiet, for as long as the context lasts."""
        ...

    def speak(self, mhz: int, address: str, ssid: str) -> RunningCommand:
        """Beacons of a network, silent at first; the power in dBm is told line by line (see stimuli/air.py)."""
        ...

    def hear(self, mhz: int, seconds: float) -> RunningCommand:
        """Somebody else's ear on a channel (see stimuli/ear.py)."""
        ...

    def overhear(self, seconds: float) -> RunningCommand:
        """The same on as many channels as the bench can hear."""
        ...

    def unplug(self, ear: str) -> None: ...
    def plug(self, ear: str) -> None: ...


class ButtonProtocol(Protocol):
    """A shutter button, and what presses it."""

    def press(self) -> None: ...
    def release(self) -> None: ...


class DiskProtocol(Protocol):
    """The disk that the probe's data is on."""

    def fill(self) -> None: ...
    def free(self) -> None: ...
    def fail(self) -> None:
        """As the kernel does with a card that errs: the file system becomes read-only under the programs."""
        ...

    def mend(self) -> None: ...
