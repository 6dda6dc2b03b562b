"""A bench's file: what it is called, and which driver serves each thing that tests ask for."""

from pathlib import Path

import msgspec

from tests.hil.protocols import Absent


class Description(msgspec.Struct, forbid_unknown_fields=True):
    """`kind` is `virtual`, `rehearsal` (a hardware bench's drivers on a virtual machine) or `hardware`.

    Each other field names a driver and its options; what is left out, the bench does not have, and the tests that need
    it say so.
    """

    name: str
    kind: str
    machine: dict[str, str]
    power: dict[str, str] | None = None
    clock: dict[str, str] | None = None
    network: dict[str, str] | None = None
    radio: dict[str, str] | None = None
    gnss: dict[str, str] | None = None
    button: dict[str, str] | None = None


KINDS = ("virtual", "rehearsal", "hardware")


def described(path: Path) -> Description:
    """Raises Absent for a file that describes no bench."""
    try:
        told = msgspec.yaml.decode(path.read_bytes(), type=Description)
    except OSError as problem:
        raise Absent(f"{path}: {problem.strerror}; see tests/hil/benches") from problem
    except (msgspec.MsgspecError, ImportError, ValueError) as problem:
        raise Absent(f"{path}: {problem}; see tests/hil/benches") from problem
    if told.kind not in KINDS:
        raise Absent(f"{path}: kind is one of {', '.join(KINDS)}")
    return told


def option(options: dict[str, str], name: str, what: str) -> str:
    """A driver's option. Raises Absent where it is missing."""
    if name not in options:
        raise Absent(f"{what}: the bench's file lacks {name}; see tests/hil/benches/pi-example.yaml")
    return options[name]
