"""A bench's file: what it is called, and what serves each thing that tests ask for."""

from pathlib import Path
from typing import Literal

import msgspec

from tests.hil.protocols import Absent


class _Part(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A part of a bench. Commands run on this machine, without a shell, and have a minute."""


class QemuMachine(_Part, tag_field="driver", tag="qemu"):
    """The probe in QEMU, with everything that is simulated in there."""


class SshMachine(_Part, tag_field="driver", tag="ssh"):
    """A probe that is reached by ssh.

    `python` is the folder of its programs, `data` the one for the tests' outbox; at `hub_address` it sees this machine.
    """

    host: str
    python: str
    data: str
    hub_address: str
    user: str = "root"
    key: str | None = None


class Power(_Part):
    """Commands that switch the probe's mains."""

    on: str
    off: str


class Clock(_Part):
    """`date`: the clock is set over ssh, as it is at boot where it has no battery."""

    driver: Literal["date"]


class Network(_Part):
    """Commands that cut the probe's way to this machine, and join it again."""

    cut: str
    join: str


class Radio(_Part):
    """A second machine whose adapters speak and hear; `ears` are the probe's own.

    `unplug` and `plug` are commands that pull the first of the ears, and plug it in again.
    """

    host: str
    speaks: str
    hears: str
    ears: list[str]
    user: str = "root"
    key: str | None = None
    python: str = "python3"
    unplug: str | None = None
    plug: str | None = None


class Gnss(_Part):
    """A serial `port` here that is wired to a `device` on the probe; commands that pull the probe's end."""

    port: str
    device: str
    baud: int = 9600
    unplug: str | None = None
    plug: str | None = None


class Button(_Part):
    """Commands that close and open the shutter's contact."""

    press: str
    release: str


class Description(_Part):
    """`kind` is `rehearsal` for a hardware bench's drivers on a virtual machine.

    A bench lacks what its file leaves out, and the tests that need it say so.
    """

    name: str
    kind: Literal["virtual", "rehearsal", "hardware"]
    machine: QemuMachine | SshMachine
    power: Power | None = None
    clock: Clock | None = None
    network: Network | None = None
    radio: Radio | None = None
    gnss: Gnss | None = None
    button: Button | None = None


def described(path: Path) -> Description:
    """Raises Absent for a file that describes no bench."""
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=Description)
    except OSError as problem:
        raise Absent(f"{path}: {problem.strerror}; see tests/hil/benches") from problem
    except (msgspec.MsgspecError, ImportError, ValueError) as problem:
        raise Absent(f"{path}: {' '.join(str(problem).split())}; see tests/hil/benches") from problem
