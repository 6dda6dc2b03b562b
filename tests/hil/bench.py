"""A bench: a probe with power, a hub here, and what makes radio, sky and faults. Tests know only this."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.hil.alone import alone
from tests.hil.drivers import nmea
from tests.hil.protocols import (
    ButtonProtocol,
    ClockProtocol,
    CommandProtocol,
    DiskProtocol,
    Done,
    NetworkProtocol,
    PowerProtocol,
    RadioProtocol,
    RunningCommand,
    SerialProtocol,
)
from tests.processes import HubProcess, hub

HERE = Path(__file__).parent
START_S = 60.0


class Bench:
    """`data` is the folder of the probe's outbox; `python` where its programs are; `host` this machine, for the probe.

    A driver that the bench lacks skips the test that asks for it.
    """

    def __init__(
        self, name: str, kind: str, command: CommandProtocol, *, data: str, python: str, stimuli: str, host: str
    ) -> None:
        self.name, self.kind, self.command, self.host = name, kind, command, host
        self.data, self._python, self.stimuli = data, python, stimuli
        self.outbox = ("--outbox", f"{data}/outbox.db")
        self.told: dict[str, Any] = {}  # about the bench itself, for the report
        self.missing: dict[str, str] = {}  # parts that could not be built, and why
        self.drivers: dict[str, Any] = {}
        self.machines: list[CommandProtocol] = [command]  # all that run something for tests

    def end_commands(self) -> None:
        """End what was started anywhere and is still under way."""
        for machine in self.machines:
            machine.end_commands()

    def _driver(self, name: str) -> Any:
        if name not in self.drivers:
            pytest.skip(f"this bench has no driver for {name}")
        return self.drivers[name]

    @property
    def power(self) -> PowerProtocol:
        found: PowerProtocol = self._driver("power")
        return found

    @property
    def clock(self) -> ClockProtocol:
        found: ClockProtocol = self._driver("clock")
        return found

    @property
    def network(self) -> NetworkProtocol:
        found: NetworkProtocol = self._driver("network")
        return found

    @property
    def radio(self) -> RadioProtocol:
        found: RadioProtocol = self._driver("radio")
        return found

    @property
    def gnss(self) -> SerialProtocol:
        found: SerialProtocol = self._driver("gnss")
        return found

    @property
    def button(self) -> ButtonProtocol:
        found: ButtonProtocol = self._driver("button")
        return found

    @property
    def disk(self) -> DiskProtocol:
        found: DiskProtocol = self._driver("disk")
        return found

    def part(self, name: str) -> Any:
        """Something that only a virtual bench has; the test is skipped elsewhere, or where it could not be built."""
        if name in self.missing:
            pytest.skip(f"{name} could not be built: {self.missing[name]}")
        return self._driver(name)

    def run(self, *words: str, wait_s: float = 60.0, check: bool = True) -> Done:
        return self.command.run(*words, wait_s=wait_s, check=check)

    def start(self, *words: str) -> RunningCommand:
        return self.command.start(*words)

    @property
    def program(self) -> tuple[str, ...]:
        """The probe's program."""
        return tuple(self._program(None))

    def carry(self, folder: Path, name: str) -> None:
        """Bring a folder to the probe's data."""
        with tempfile.TemporaryDirectory() as scratch:
            packed = shutil.make_archive(f"{scratch}/packed", "tar", folder)
            self.command.put(Path(packed), f"{self.data}/packed.tar")
        there = f"{self.data}/{name}"
        self.run("sh", "-ec", f"rm -rf {there}; mkdir {there}; tar -xf {self.data}/packed.tar -C {there}")

    def _program(self, without: str | None) -> list[str]:
        if without is None:
            return [f"{self._python}/contrechamp-probe"]
        return [f"{self._python}/python", "-u", f"{self.stimuli}/without.py", without]

    def probe(self, *words: str, wait_s: float = 90.0, check: bool = True, without: str | None = None) -> Done:
        """Run a command of the probe to its end; `without` one of its defences, as a control."""
        return self.run(*self._program(without), *words, wait_s=wait_s, check=check)

    def walk(self, *words: str, without: str | None = None, hiding: bool = False) -> RunningCommand:
        """Start a walk, and wait until each of its sources listens.

        What lies near its ends is kept, unless a test is about that (`hiding`): the bench is nobody's home.
        """
        ends = () if hiding else ("--show-ends",)
        running = self.start(*self._program(without), "run", "--json", *ends, *self.outbox, *words)
        sources = sum(word in ("--monitor", "--board", "--bluetooth", "--gnss") for word in words)
        until_s = time.monotonic() + START_S
        while running.said().count(": listening") < sources and running.alive():
            assert time.monotonic() < until_s, f"not listening after {START_S:.0f} s: {running.said()}"
            time.sleep(0.2)
        return running

    def sending(self) -> RunningCommand:
        """Start to hand over what waits."""
        return self.start(*self._program(None), "send", *self.outbox)

    def defenceless(self, without: str, *words: str) -> RunningCommand:
        """Start a command of the probe with one of its defences taken out; ready when it is for a stimulus."""
        running = self.start(*self._program(without), *words)
        if words[0] in ("writer", "eye"):
            assert running.line().strip() == "ready"
        return running

    def stimulus(self, name: str, *words: str) -> RunningCommand:
        """Start a program of the bench beside the probe and wait until it is ready."""
        running = self.start(f"{self._python}/python", "-u", f"{self.stimuli}/{name}.py", *words)
        said = running.line().strip()
        if said != "ready":
            raise AssertionError(f"stimulus {name}: {said} {running.wait(10).err[-1000:]}")
        return running

    def stimulus_run(self, name: str, *words: str, wait_s: float = 120.0) -> Done:
        """Run a program of the bench beside the probe to its end."""
        return self.run(f"{self._python}/python", "-u", f"{self.stimuli}/{name}.py", *words, wait_s=wait_s)

    @contextmanager
    def receiver(self) -> Iterator[str]:
        """A GNSS receiver, plugged in; its device."""
        self.gnss.plug()
        try:
            yield self.gnss.device()
        finally:
            self.gnss.unplug()

    def fix(self, at: datetime, lat: float, lon: float) -> None:
        """What the receiver says at a place."""
        self.gnss.send(nmea.fix(at, lat, lon))

    def forget(self) -> None:
        """Delete the probe's outbox, as if it had never met a hub."""
        self.run("sh", "-c", f"rm -rf {self.data}/outbox*")

    def pair(self, running: HubProcess, name: str = "bench") -> None:
        """Pair a probe with an empty outbox."""
        self.forget()
        self.probe("pair", self.code(running, name), *self.outbox)

    def code(self, running: HubProcess, name: str) -> str:
        """A new pairing code of a hub."""
        told = hub("enroll", name, "--data", running.data, "--json")
        assert told.returncode == 0, told.stderr
        return str(json.loads(told.stdout)["qr"])

    def sent(self, interface: str) -> int:
        """Frames that a radio of the probe has sent, as its driver counts them.

        The interface's own counter stays at zero for what a monitor injects; the drivers' counters do not.
        """
        told = self.run("ethtool", "-S", interface, check=False).out
        counts = [int(count) for count in re.findall(r"^\s*(?:tx_pkts_nic|tx_packets): (\d+)$", told, re.MULTILINE)]
        of_the_kernel = self.run("cat", f"/sys/class/net/{interface}/statistics/tx_packets").out
        return max([*counts, int(of_the_kernel)])


def source(ended: Done, place: int = 0) -> dict[str, object]:
    """What a walk says of a source at its end."""
    assert ended.code == 0, ended.err
    found: dict[str, object] = json.loads(ended.out.splitlines()[-1])["sources"][place]
    return found


def built_wheel(folder: Path) -> Path:
    """The wheel of this very tree."""
    root = HERE.parents[1]
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(root)]
    with alone(root / "build"):
        subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))
