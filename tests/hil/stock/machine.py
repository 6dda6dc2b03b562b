"""A machine with a card in it, as a Pi has it: its firmware's part (what `cmdline.txt` says) is QEMU's here."""

import json
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.hil.drivers.accelerator import accelerator
from tests.hil.stock.build import Stock
from tests.patience import Patience

AT = "@@1M"  # where the boot partition begins
MEMORY_MIB = 512  # a Zero 2 W's
ASK_AGAIN_S = 5.0


class CardMachine:
    """`folder` holds the card, its console's log and its cables."""

    def __init__(self, stock: Stock, folder: Path) -> None:
        self._stock = stock
        self.card, self.log = folder / "card", folder / "console.log"
        subprocess.run(["cp", "--sparse=always", str(stock.disk), str(self.card)], check=True)
        # Debian's own first program knows no trial: one that ends at once is told by the kernel.
        self.accelerator = accelerator(stock, trial="rdinit=/bin/false", passed="Attempted to kill init")
        # An emulated machine's clock goes by what it has computed, at about a Zero 2 W's pace for one core: a busy host
        # makes it late for nothing, and what it says about its times can be compared.
        self.emulated = "kvm" not in self.accelerator
        self._clock = () if not self.emulated else ("-icount", "shift=1,sleep=on", "-rtc", "clock=vm")
        self._cable = folder / "shell"
        self._process: subprocess.Popen[bytes] | None = None
        self._shell: socket.socket | None = None
        self._answers: Any = None

    def copy_out(self, name: str) -> bytes:
        """A file of the boot partition, as a laptop's card reader finds it."""
        done = subprocess.run(["mcopy", "-i", f"{self.card}{AT}", f"::{name}", "-"], capture_output=True, check=False)
        return done.stdout

    def stock_files(self, folder: Path) -> Path:
        """The boot partition as a laptop mounts it: this machine's kernel may not know FAT, so it is copied out."""
        folder.mkdir(exist_ok=True)
        for name in ("cmdline.txt", "config.txt"):
            (folder / name).write_bytes(self.copy_out(name))
        return folder

    def copy_in(self, folder: Path) -> None:
        """And back onto the card."""
        entries = [str(path) for path in sorted(folder.iterdir())]
        subprocess.run(["mcopy", "-o", "-s", "-n", "-i", f"{self.card}{AT}", *entries, "::/"], check=True)

    def on(self) -> None:
        """Power up; nobody is asked anything."""
        self._cable.unlink(missing_ok=True)
        command = [
            *("qemu-system-x86_64", "-M", "q35", *self.accelerator, "-smp", "1", "-m", str(MEMORY_MIB)),
            *self._clock,
            *("-nographic", "-no-reboot", "-nodefaults", "-nic", "none", "-device", "virtio-rng-pci"),
            *("-chardev", f"file,id=log,path={self.log},append=on", "-serial", "chardev:log"),
            *("-chardev", f"socket,id=shell,path={self._cable},server=on,wait=off", "-serial", "chardev:shell"),
            *("-kernel", str(self._stock.kernel), "-initrd", str(self._stock.initrd)),
            *("-append", self.copy_out("cmdline.txt").decode().strip()),
            *("-drive", f"file={self.card},if=virtio,format=raw,cache=writethrough"),
        ]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def wait_until_off(self, patience_s: float) -> None:
        """Until it has ended by itself."""
        assert self._process is not None
        patience = Patience(patience_s)
        while self._process.poll() is None:
            assert not patience.over(), f"still on after {patience.waited_s:.0f} s: {self.console()}"
            time.sleep(1.0)
        self._forget()

    def off(self) -> None:
        """The mains are cut."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._forget()

    def _forget(self) -> None:
        self._process = None
        if self._shell is not None:
            self._answers.close()
            self._shell.close()
            self._shell = None

    def run(self, *words: str, wait_s: float = 120.0) -> tuple[int, str]:
        """Run a command inside, by the bench's own cable: its exit code and what it said."""
        if self._shell is None:
            self._reach(wait_s)
        assert self._shell is not None
        self._shell.settimeout(wait_s)
        self._shell.sendall(json.dumps(words).encode() + b"\n")
        code, said = json.loads(self._answers.readline())
        return code, said

    def _reach(self, wait_s: float) -> None:
        """Until somebody answers at the other end; what was said before that is lost, as on any serial cable."""
        patience = Patience(wait_s)
        while True:
            assert not patience.over(), self.console()
            self._shell = socket.socket(socket.AF_UNIX)
            self._shell.settimeout(ASK_AGAIN_S)
            try:
                self._shell.connect(str(self._cable))
                self._shell.sendall(b"\n" + json.dumps(["true"]).encode() + b"\n")
                self._answers = self._shell.makefile("rb")
                if self._answers.readline().strip() == b'[0, ""]':
                    return
            except OSError:
                pass
            self._shell.close()
            time.sleep(0.1)

    def console(self) -> str:
        """The end of what it has said on its console."""
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""
