"""A bench of real things, put together from its file: a probe by ssh, its power by commands, a second machine's radios.

Nothing here knows a model or a brand: what differs between benches are commands, in the bench's file.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.hil.bench import HERE, Bench, built_wheel
from tests.hil.description import Description, option
from tests.hil.drivers.cables import HostSerial, switched
from tests.hil.drivers.radio import SshRadio
from tests.hil.drivers.ssh import SshCommand
from tests.hil.protocols import Absent, CommandProtocol

BOOT_S = 180.0
STIMULI = "/tmp/contrechamp-stimuli"  # noqa: S108 (on a bench's own machine)


class CommandPower:
    """Mains that commands of this machine switch. `PowerProtocol`."""

    def __init__(self, on: str, off: str, probe: CommandProtocol) -> None:
        self._turn, self._probe = switched(on, off), probe

    def on(self) -> None:
        assert self._turn is not None
        self._turn(True)
        self._probe.reach(BOOT_S)

    def off(self) -> None:
        assert self._turn is not None
        self._turn(False)
        self._probe.drop()


class CommandSwitch:
    """Something with two states that commands of this machine turn: a network (`cut`, `join`), a button's contact."""

    def __init__(self, first: str, second: str) -> None:
        self._turn = switched(first, second)

    def join(self) -> None:
        assert self._turn is not None
        self._turn(True)

    def cut(self) -> None:
        assert self._turn is not None
        self._turn(False)

    press, release = join, cut


class DateClock:
    """A clock that is set over ssh, as a machine without a battery has it when it wakes. `ClockProtocol`."""

    def __init__(self, probe: CommandProtocol) -> None:
        self._probe = probe

    def wake(self, at: str) -> None:
        self._probe.run("timedatectl", "set-ntp", "false", check=False)
        self._probe.run("date", "--utc", "-s", at)


@contextmanager
def hardware(description: Description, folder: Path) -> Iterator[Bench]:
    """A bench of real things, or its rehearsal. Raises Absent where something does not answer."""
    told = description.machine
    if told.get("driver") != "ssh":
        raise Absent(f"machine: driver {told.get('driver')} is not known; a bench of hardware has ssh")
    probe = _reached(told, folder, "machine")
    python = option(told, "python", "machine")
    bench = Bench(
        description.name,
        description.kind,
        probe,
        data=option(told, "data", "machine"),
        python=python,
        stimuli=STIMULI,
        host=option(told, "hub_address", "machine"),
    )
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        wheel = built_wheel(Path(scratch))
        _carry(probe, wheel)
    install = ("install", "-q", "--no-deps", "--no-index", "--force-reinstall")
    probe.run(f"{python}/pip", *install, f"{STIMULI}/{wheel.name}", wait_s=300)
    bench.drivers = _drivers(description, folder, bench)
    try:
        yield bench
    finally:
        gnss = bench.drivers.get("gnss")
        if isinstance(gnss, HostSerial):
            gnss.close()


def _reached(told: dict[str, str], folder: Path, what: str) -> SshCommand:
    key = Path(told["key"]) if "key" in told else None
    command = SshCommand(option(told, "host", what), folder, user=told.get("user", "root"), key=key)
    done = command.run("true", wait_s=30.0, check=False)
    if done.code:
        raise Absent(f"{what}: {told['host']} does not answer to ssh ({done.err.strip()})")
    return command


def _carry(command: SshCommand, *more: Path) -> None:
    command.run("mkdir", "-p", STIMULI)
    for path in (*sorted((HERE / "stimuli").glob("*.py")), *more):
        command.put(path, f"{STIMULI}/{path.name}")


def _drivers(description: Description, folder: Path, bench: Bench) -> dict[str, object]:
    drivers: dict[str, object] = {}
    probe = bench.command
    if (power := description.power) is not None:
        drivers["power"] = CommandPower(option(power, "on", "power"), option(power, "off", "power"), probe)
    if description.clock is not None:
        drivers["clock"] = DateClock(probe)
    if (network := description.network) is not None:
        drivers["network"] = CommandSwitch(option(network, "join", "network"), option(network, "cut", "network"))
    if (button := description.button) is not None:
        drivers["button"] = CommandSwitch(option(button, "press", "button"), option(button, "release", "button"))
    if (radio := description.radio) is not None:
        stimulus = _reached(radio, folder, "radio")
        _carry(stimulus)
        bench.machines.append(stimulus)
        drivers["radio"] = SshRadio(
            stimulus,
            ears=tuple(option(radio, "ears", "radio").split()),
            cable=switched(radio.get("plug"), radio.get("unplug")),
            python=radio.get("python", "python3"),
            stimuli=STIMULI,
            speaks=option(radio, "speaks", "radio"),
            hears=option(radio, "hears", "radio"),
        )
    if (gnss := description.gnss) is not None:
        drivers["gnss"] = HostSerial(
            option(gnss, "port", "gnss"),
            option(gnss, "device", "gnss"),
            baud=int(gnss.get("baud", "9600")),
            cable=switched(gnss.get("plug"), gnss.get("unplug")),
        )
    return drivers
