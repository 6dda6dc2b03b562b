"""A bench, as its YAML describes it: a probe with power, a hub here, and what makes radio, sky and faults."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from tests.hil.drivers import nmea
from tests.hil.drivers.qemu import Qemu, QemuSerial, usable
from tests.hil.drivers.ssh import SshRunning
from tests.hil.image.build import NoImage, image
from tests.hil.protocols import Absent, Done
from tests.processes import HubProcess, hub

HERE = Path(__file__).parent
PYTHON = "/opt/bench/bin"
WAIT_FOR_SERIAL = "for n in $(seq 100); do ls /dev/serial/by-id/* 2>/dev/null && exit; sleep 0.2; done; exit 1"


class Description(msgspec.Struct, forbid_unknown_fields=True):
    """A bench's file. `kind` is `virtual` or `hardware`; the others name drivers and where their things are."""

    name: str
    kind: str
    machine: dict[str, str]
    power: dict[str, str] | None = None
    radio: dict[str, str] | None = None
    gnss: dict[str, str] | None = None


def described(path: Path) -> Description:
    """Raises Absent for a file that describes no bench."""
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=Description)
    except OSError as problem:
        raise Absent(f"{path}: {problem.strerror}; see tests/hil/benches") from problem
    except msgspec.MsgspecError as problem:
        raise Absent(f"{path}: {problem}; see tests/hil/benches") from problem


class VirtualBench:
    """A probe in QEMU, its data under /data; the stimuli run in the same machine, beside the probe."""

    def __init__(self, description: Description, folder: Path, wheel: Path) -> None:
        usable()
        try:
            made = image(lambda line: print(line, file=sys.stderr, flush=True))
        except NoImage as problem:
            raise Absent(str(problem)) from problem
        self.name, self.kind = description.name, description.kind
        self.missing, self.image_s = made.missing, made.seconds
        self.folder = folder
        self.machine = Qemu(made, folder)
        shutil.copytree(HERE / "stimuli", self.machine.share / "stimuli")
        shutil.copy(wheel, self.machine.share)
        self._wheel = f"/mnt/bench/{wheel.name}"
        self.gnss = QemuSerial(self.machine, "gnss", folder)
        self.board = QemuSerial(self.machine, "board", folder)
        self.power_up()
        self.run(f"{PYTHON}/pip", "install", "-q", "--no-deps", "--no-index", self._wheel, wait_s=120)
        self.run("sync")

    def power_up(self, *, clock: str | None = None, memory_mib: int | None = None) -> None:
        self.machine.on(clock=clock, memory_mib=memory_mib)

    def power_cut(self) -> None:
        for cable in (self.gnss, self.board):
            cable.close()
        self.machine.off()

    def end(self) -> None:
        self.power_cut()
        self.machine.end()

    def run(self, *words: str, wait_s: float = 60.0, check: bool = True) -> Done:
        return self.machine.command.run(*words, wait_s=wait_s, check=check)

    def start(self, *words: str) -> SshRunning:
        return self.machine.command.start(*words)

    def probe(self, *words: str, wait_s: float = 90.0, check: bool = True) -> Done:
        """Run a command of the probe to its end."""
        return self.run(f"{PYTHON}/contrechamp-probe", *words, wait_s=wait_s, check=check)

    def walk(self, *words: str) -> SshRunning:
        """Start a walk."""
        return self.start(f"{PYTHON}/contrechamp-probe", "run", "--json", "--outbox", "/data/outbox.db", *words)

    def stimulus(self, name: str, *words: str) -> SshRunning:
        """Start a stimulus and wait until it is ready."""
        running = self.start(f"{PYTHON}/python", "-u", f"/mnt/bench/stimuli/{name}.py", *words)
        said = running.line().strip()
        if said != "ready":
            raise AssertionError(f"stimulus {name}: {said} {running.wait(10).err[-1000:]}")
        return running

    @contextmanager
    def radios(self, count: int = 4) -> Iterator[None]:
        """So many Wi-Fi radios: wlan0 and up, the last of which are for the bench."""
        self.run("modprobe", "mac80211_hwsim", f"radios={count}")
        try:
            yield
        finally:
            self.run("modprobe", "-r", "mac80211_hwsim", check=False)

    def monitor(self, interface: str, mhz: int) -> None:
        """Put a radio of the bench's own into monitor mode on a channel."""
        self.run(
            "sh",
            "-ec",
            f"ip link set {interface} down; iw dev {interface} set type monitor; ip link set {interface} up;"
            f" iw dev {interface} set freq {mhz}",
        )

    @contextmanager
    def receiver(self) -> Iterator[str]:
        """A GNSS receiver on a USB cable; its device, by a name that stays when it is pulled and comes back."""
        self.run("modprobe", "-a", "ftdi_sio", "usbserial")
        self.gnss.plug()
        try:
            yield self.run("sh", "-c", WAIT_FOR_SERIAL, wait_s=40).out.strip()
        finally:
            self.gnss.unplug()

    def fix(self, at: datetime, lat: float, lon: float) -> None:
        """What the receiver says at a place."""
        self.gnss.send(nmea.fix(at, lat, lon))

    def pair(self, running: HubProcess, name: str = "bench") -> None:
        """Pair a probe with an empty outbox."""
        self.run("sh", "-c", "rm -rf /data/outbox*")
        told = hub("enroll", name, "--data", running.data, "--json")
        assert told.returncode == 0, told.stderr
        self.probe("pair", json.loads(told.stdout)["qr"], "--outbox", "/data/outbox.db")


def built_wheel(folder: Path) -> Path:
    """The wheel of this very tree."""
    root = HERE.parents[1]
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(root)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@contextmanager
def opened(path: Path) -> Iterator[VirtualBench]:
    """The bench of a description, powered up. Raises Absent where it cannot be had."""
    description = described(path)
    if description.kind != "virtual":
        raise Absent(f"{description.name}: drivers for hardware benches are not written yet")
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch)
        wheels = folder / "wheels"
        wheels.mkdir()
        bench = VirtualBench(description, folder, built_wheel(wheels))
        try:
            yield bench
        finally:
            bench.end()
