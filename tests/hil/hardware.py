"""A bench of real things, put together from its file: a probe by ssh, its power by commands, a second machine's radios.

Nothing here knows a model or a brand: what differs between benches are commands, in the bench's file.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.hil.bench import HERE, Bench, built_wheel
from tests.hil.description import Description, Radio, SshMachine
from tests.hil.drivers.cables import HostSerial, switched
from tests.hil.drivers.radio import SshRadio
from tests.hil.drivers.ssh import SshCommand
from tests.hil.protocols import Absent, CommandProtocol

BOOT_S = 180.0
STIMULI = "/tmp/contrechamp-stimuli"  # noqa: S108 (on a bench's second machine)


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

    def close(self) -> None:
        """Let the machine set its clock by the network again."""
        self._probe.run("timedatectl", "set-ntp", "true", check=False)


@contextmanager
def hardware(description: Description, folder: Path) -> Iterator[Bench]:
    """A bench of real things, or its rehearsal. Raises Absent where something does not answer."""
    machine = description.machine
    if not isinstance(machine, SshMachine):
        raise Absent(f"{description.name}: a bench of kind {description.kind} has a machine with driver ssh")
    probe = _reached(machine, folder, "machine")
    stimuli = f"{machine.data}/stimuli"  # on the probe's disk: /tmp does not survive a power cut
    bench = Bench(
        *(description.name, description.kind, probe),
        data=machine.data,
        python=machine.python,
        stimuli=stimuli,
        host=machine.hub_address,
    )
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        wheel = built_wheel(Path(scratch))
        _carry(probe, stimuli, wheel)
    install = ("install", "-q", "--no-deps", "--no-index", "--force-reinstall")
    probe.run(f"{machine.python}/pip", *install, f"{stimuli}/{wheel.name}", wait_s=300)
    probe.run("sync")
    bench.drivers = _drivers(description, folder, bench)
    try:
        yield bench
    finally:
        for driver in bench.drivers.values():
            if isinstance(driver, HostSerial | DateClock):
                driver.close()


def _reached(machine: SshMachine | Radio, folder: Path, what: str) -> SshCommand:
    command = SshCommand(
        machine.host, folder, user=machine.user, key=None if machine.key is None else Path(machine.key)
    )
    done = command.run("true", wait_s=30.0, check=False)
    if done.code:
        raise Absent(f"{what}: {machine.host} does not answer to ssh ({done.err.strip()})")
    return command


def _carry(command: SshCommand, to: str, *more: Path) -> None:
    command.run("mkdir", "-p", to)
    for path in (*sorted((HERE / "stimuli").glob("*.py")), *more):
        command.put(path, f"{to}/{path.name}")


def _drivers(description: Description, folder: Path, bench: Bench) -> dict[str, object]:
    drivers: dict[str, object] = {}
    if (power := description.power) is not None:
        drivers["power"] = CommandPower(power.on, power.off, bench.command)
    if description.clock is not None:
        drivers["clock"] = DateClock(bench.command)
    if (network := description.network) is not None:
        drivers["network"] = CommandSwitch(network.join, network.cut)
    if (button := description.button) is not None:
        drivers["button"] = CommandSwitch(button.press, button.release)
    if (radio := description.radio) is not None:
        stimulus = _reached(radio, folder, "radio")
        _carry(stimulus, STIMULI)
        bench.machines.append(stimulus)
        drivers["radio"] = SshRadio(
            stimulus,
            ears=tuple(radio.ears),
            cable=switched(radio.plug, radio.unplug),
            python=radio.python,
            stimuli=STIMULI,
            speaks=radio.speaks,
            hears=radio.hears,
        )
    if (gnss := description.gnss) is not None:
        cable = switched(gnss.plug, gnss.unplug)
        drivers["gnss"] = HostSerial(gnss.port, gnss.device, baud=gnss.baud, cable=cable)
    return drivers
