"""A probe in QEMU: real kernel and drivers. Power cuts are SIGKILL; cables are pulled by QMP."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.hil.drivers.accelerator import accelerator
from tests.hil.drivers.qmp import Qmp
from tests.hil.drivers.ssh import SshCommand
from tests.hil.image.build import Image
from tests.hil.protocols import Absent

HERE = Path(__file__).parent
BOOT_S = 240.0
USUAL_MEMORY_MIB = 768
DATA_MIB = 96


class Qemu:
    """Power, clock and network of a virtual probe. `folder` holds its disks, its sockets and its console's log."""

    def __init__(self, image: Image, folder: Path, *, number: int = 1) -> None:
        self._image, self._folder = image, folder
        self.host, self.address = f"10.77.{number}.1", f"10.77.{number}.2"
        self.tap = f"bench{number}"
        self.accelerator = accelerator(image)
        self.share = folder / "share"  # the machine sees it read-only under /mnt/bench
        self.share.mkdir()
        shutil.copy(HERE / "start.sh", self.share)
        self.key = folder / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.key)], check=True)
        shutil.copy(self.key.with_suffix(".pub"), self.share / "authorized_keys")
        self.command = SshCommand(self.address, folder, key=self.key)
        self.data = folder / "data.ext4"
        self.blank()
        self._disk = folder / "disk.qcow2"  # what is installed stays for the run, the image is never written to
        backing = ["-b", str(image.disk), "-F", "raw"]
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", *backing, str(self._disk)], check=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._qmp: Qmp | None = None
        self.boot_s = 0.0

    def blank(self) -> None:
        """A fresh disk for what must survive a power cut."""
        self.data.unlink(missing_ok=True)
        make = ["mke2fs", "-q", "-t", "ext4", str(self.data), f"{DATA_MIB}M"]
        subprocess.run(make, check=True, capture_output=True)

    def on(self, *, clock: str | None = None, memory_mib: int | None = None) -> None:
        """Power up. `clock` is what its clock says then (it has no battery); the usual memory unless told otherwise."""
        began_s = time.monotonic()
        self._make_tap()
        qmp = self._folder / "qmp"
        qmp.unlink(missing_ok=True)
        with (self._folder / "console.log").open("ab") as console:
            self._process = subprocess.Popen(
                self._command(qmp, clock, memory_mib or USUAL_MEMORY_MIB),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
            )
        self.command.reach(BOOT_S, trouble=self._trouble)
        self._qmp = Qmp(qmp)
        self.boot_s = self.boot_s or time.monotonic() - began_s

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

    @property
    def running(self) -> bool:
        """Whether its power is on."""
        return self._process is not None

    def console(self) -> str:
        """The end of what the machine has said on its console since it was first powered up."""
        return (self._folder / "console.log").read_text(errors="replace")[-2000:]

    def _trouble(self) -> str | None:
        """Why no command will ever run."""
        if self._process is not None and self._process.poll() is not None:
            return f"QEMU has ended; its console:\n{self.console()}"
        return None

    def wake(self, at: str) -> None:
        self.off()
        self.on(clock=at)

    def end(self) -> None:
        """Leave nothing behind on this machine."""
        self.off()
        subprocess.run(["ip", "link", "delete", self.tap], capture_output=True, check=False)

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
            *("qemu-system-x86_64", "-M", "q35", *self.accelerator, "-smp", "1"),
            *("-m", str(memory_mib), "-nographic", "-no-reboot", "-nodefaults", "-serial", "stdio"),
            *("-kernel", str(self._image.kernel), "-initrd", str(self._image.initrd), "-append", kernel_line),
            *("-drive", f"file={self._disk},if=virtio,format=qcow2"),
            *("-drive", f"file={self.data},if=virtio,format=raw,cache=writethrough"),
            *("-virtfs", f"local,path={self.share},mount_tag=bench,security_model=none,readonly=on"),
            *("-netdev", f"tap,id=net0,ifname={self.tap},script=no,downscript=no"),
            *("-device", "virtio-net-pci,netdev=net0,romfile="),
            *("-device", "qemu-xhci,id=usb"),
            *("-qmp", f"unix:{qmp},server=on,wait=off"),
        ]
        if clock is not None:
            command += ["-rtc", f"base={clock}"]
        return command

    def _make_tap(self) -> None:
        if Path(f"/sys/class/net/{self.tap}").exists():
            return
        try:
            for words in (
                f"tuntap add {self.tap} mode tap",
                f"address add {self.host}/24 dev {self.tap}",
                f"link set {self.tap} up",
            ):
                subprocess.run(["ip", *words.split()], check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as problem:
            told = getattr(problem, "stderr", "") or str(problem)
            raise Absent(f"no network to the virtual probe ({told.strip()}); the bench runs as root") from problem


def usable() -> None:
    """Raises Absent where this machine cannot run a virtual probe."""
    for name in ("qemu-system-x86_64", "qemu-img", "ssh", "ssh-keygen", "ip", "mke2fs", "e2fsck", "debugfs"):
        if shutil.which(name) is None and shutil.which(name, path="/usr/sbin:/sbin") is None:
            raise Absent(f"{name} is missing; apt install qemu-system-x86 qemu-utils openssh-client iproute2 e2fsprogs")
    if os.geteuid() != 0:
        raise Absent("the virtual bench makes a network device, which takes root: sudo make hil")
