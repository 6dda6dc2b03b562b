"""A probe in QEMU: real kernel and drivers, emulated processor. Power cuts are SIGKILL; cables are pulled by QMP."""

import itertools
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.hil.drivers.ssh import SshCommand
from tests.hil.image.build import Image
from tests.hil.protocols import Absent

BOOT_S = 240.0
USUAL_MEMORY_MIB = 768
DATA_MIB = 96
PERIPHERALS = "/machine/peripheral"


class Qemu:
    """Power, cables and network of a virtual probe. `folder` holds its disk, its sockets and its console's log."""

    def __init__(self, image: Image, folder: Path, *, number: int = 1) -> None:
        self._image, self._folder = image, folder
        self.host, self.address = f"10.77.{number}.1", f"10.77.{number}.2"
        self._tap = f"bench{number}"
        self._share = folder / "share"
        self._share.mkdir()
        shutil.copy(Path(__file__).with_name("start.sh"), self._share / "start.sh")
        self._key = folder / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self._key)], check=True)
        shutil.copy(self._key.with_suffix(".pub"), self._share / "authorized_keys")
        self.command = SshCommand(self.address, folder, key=self._key)
        self.data = folder / "data.ext4"
        self.blank()
        self._disk = folder / "disk.qcow2"  # what is installed stays for the run, the image is never written to
        backing = ["-b", str(image.disk), "-F", "raw"]
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", *backing, str(self._disk)], check=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._qmp: _Qmp | None = None
        self.boot_s = 0.0

    @property
    def share(self) -> Path:
        """A folder that the machine sees read-only under /mnt/bench."""
        return self._share

    def blank(self) -> None:
        """A fresh disk for what must survive a power cut."""
        self.data.unlink(missing_ok=True)
        subprocess.run(
            ["mke2fs", "-q", "-t", "ext4", str(self.data), f"{DATA_MIB}M"], check=True, stderr=subprocess.DEVNULL
        )

    def on(self, *, clock: str | None = None, memory_mib: int | None = None) -> None:
        began_s = time.monotonic()
        self._make_tap()
        qmp = self._folder / "qmp"
        qmp.unlink(missing_ok=True)
        console = (self._folder / "console.log").open("ab")
        self._process = subprocess.Popen(
            self._command(qmp, clock, memory_mib or USUAL_MEMORY_MIB),
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
        )
        console.close()
        self.command.wait(BOOT_S)
        self._qmp = _Qmp(qmp)
        self.boot_s = time.monotonic() - began_s

    def off(self) -> None:
        """The mains are cut: what was not on the disk is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        if self._qmp is not None:
            self._qmp.close()
            self._qmp = None
        self.command.drop()

    def end(self) -> None:
        """Leave nothing behind on this machine."""
        self.off()
        subprocess.run(["ip", "link", "delete", self._tap], capture_output=True, check=False)

    def qmp(self, what: str, **arguments: Any) -> Any:
        """Ask QEMU itself."""
        if self._qmp is None:
            raise AssertionError("the machine is off")
        return self._qmp.ask(what, **arguments)

    def cut(self) -> None:
        """Pull the network cable."""
        self.qmp("set_link", name="net0", up=False)

    def join(self) -> None:
        """Plug it in again."""
        self.qmp("set_link", name="net0", up=True)

    def _command(self, qmp: Path, clock: str | None, memory_mib: int) -> list[str]:
        kernel_line = (
            "console=ttyS0 quiet nowatchdog panic=-1 mitigations=off audit=0 net.ifnames=0"
            f" bench.ip={self.address} bench.host={self.host}"
        )
        command = [
            *("qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", "Nehalem", "-smp", "1"),
            *("-m", str(memory_mib), "-nographic", "-no-reboot", "-nodefaults", "-serial", "stdio"),
            *("-kernel", str(self._image.kernel), "-initrd", str(self._image.initrd), "-append", kernel_line),
            *("-drive", f"file={self._disk},if=virtio,format=qcow2"),
            *("-drive", f"file={self.data},if=virtio,format=raw,cache=writethrough"),
            *("-virtfs", f"local,path={self._share},mount_tag=bench,security_model=none,readonly=on"),
            *("-netdev", f"tap,id=net0,ifname={self._tap},script=no,downscript=no"),
            *("-device", "virtio-net-pci,netdev=net0,romfile="),
            *("-device", "qemu-xhci,id=usb"),
            *("-qmp", f"unix:{qmp},server=on,wait=off"),
        ]
        if clock is not None:
            command += ["-rtc", f"base={clock}"]
        return command

    def _make_tap(self) -> None:
        if Path(f"/sys/class/net/{self._tap}").exists():
            return
        try:
            for words in (
                f"tuntap add {self._tap} mode tap",
                f"address add {self.host}/24 dev {self._tap}",
                f"link set {self._tap} up",
            ):
                subprocess.run(["ip", *words.split()], check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as problem:
            told = getattr(problem, "stderr", "") or str(problem)
            raise Absent(f"no network to the virtual probe ({told.strip()}); the bench runs as root") from problem


class QemuSerial:
    """A USB serial cable whose far end is here. `SerialProtocol`."""

    def __init__(self, machine: Qemu, name: str, folder: Path) -> None:
        self._machine, self._name = machine, name
        self._path = folder / f"{name}.socket"
        self._lines = itertools.count()
        self._socket: socket.socket | None = None

    def plug(self) -> None:
        # A line of its own for each time: QEMU does not let go of one that had a cable in it.
        line = f"{self._name}-{next(self._lines)}"
        self._path.unlink(missing_ok=True)
        address = {"type": "unix", "data": {"path": str(self._path)}}
        backend = {"type": "socket", "data": {"addr": address, "server": True, "wait": False}}
        self._machine.qmp("chardev-add", id=line, backend=backend)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(self._path))
        # What the probe sends is thrown away; were it not read, QEMU would stand still.
        threading.Thread(target=_swallow, args=(self._socket,), daemon=True).start()
        self._machine.qmp("device_add", driver="usb-serial", chardev=line, id=f"usb-{self._name}", serial=self._name)

    def unplug(self) -> None:
        if self._socket is None:
            return
        self._machine.qmp("device_del", id=f"usb-{self._name}")
        deadline = time.monotonic() + 20.0
        while any(one["name"] == f"usb-{self._name}" for one in self._machine.qmp("qom-list", path=PERIPHERALS)):
            assert time.monotonic() < deadline, f"the cable {self._name} does not come off"
            time.sleep(0.1)
        self.close()

    def send(self, data: bytes) -> None:
        assert self._socket is not None, f"the cable {self._name} is not plugged in"
        self._socket.sendall(data)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None


def _swallow(end: socket.socket) -> None:
    with suppress(OSError):
        while end.recv(4096):
            pass


class _Qmp:
    """QEMU's own remote control."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30.0)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")
        self._lines.readline()
        self.ask("qmp_capabilities")

    def ask(self, what: str, **arguments: Any) -> Any:
        self._socket.sendall(json.dumps({"execute": what, "arguments": arguments}).encode() + b"\n")
        while True:
            told = json.loads(self._lines.readline())
            if "error" in told:
                raise AssertionError(f"QEMU, {what}: {told['error']['desc']}")
            if "return" in told:
                return told["return"]

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


def usable() -> None:
    """Raises Absent where this machine cannot run a virtual probe."""
    for name in ("qemu-system-x86_64", "qemu-img", "ssh", "ssh-keygen", "ip", "mke2fs"):
        if shutil.which(name) is None:
            raise Absent(f"{name} is missing; apt install qemu-system-x86 openssh-client iproute2 e2fsprogs")
    if os.geteuid() != 0:
        raise Absent("the virtual bench makes a network device, which takes root: sudo make hil")
