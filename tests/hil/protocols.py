"""What a bench's drivers can do, in labgrid's words: a resource is what is there, a driver uses it, a protocol is what
tests ask for. The same tests run on every bench whose drivers follow these."""

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


class Running(Protocol):
    """A command under way on the probe."""

    def alive(self) -> bool: ...
    def stop(self, wait_s: float = 60.0) -> Done:
        """Ask it to end, as Ctrl-C does, and wait."""
        ...


class CommandProtocol(Protocol):
    """Runs commands on a machine, as root."""

    def run(self, *words: str, wait_s: float = 60.0, check: bool = True) -> Done: ...
    def start(self, *words: str) -> Running: ...


class FileTransferProtocol(Protocol):
    """Carries files to a machine."""

    def put(self, local: Path, remote: str) -> None: ...


class PowerProtocol(Protocol):
    """The machine's mains. `off` is a cut, not a shutdown."""

    def on(self, *, clock: str | None = None, memory_mib: int | None = None) -> None:
        """Power up and wait until commands run. `clock` is the time at which a machine without a clock wakes up."""
        ...

    def off(self) -> None: ...


class PlugProtocol(Protocol):
    """A USB cable that can be pulled."""

    def unplug(self) -> None: ...
    def plug(self) -> None: ...


class SerialProtocol(PlugProtocol, Protocol):
    """The far end of a serial cable: what is sent here, the probe reads."""

    def send(self, data: bytes) -> None: ...


class NetworkProtocol(Protocol):
    """The probe's way to its hub."""

    host: str

    def cut(self) -> None: ...
    def join(self) -> None: ...
