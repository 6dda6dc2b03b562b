"""A memory card in a USB reader of a virtual probe: put in, pulled out, formatted and looked at from here."""

import itertools
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from tests.hil.protocols import Done

SECTOR = 512
_numbers = itertools.count()


class Qmp(Protocol):
    """Asks the QEMU into which the card goes."""

    def __call__(self, what: str, **arguments: Any) -> Any: ...


class Runs(Protocol):
    """What runs commands in that machine."""

    def run(self, *words: str, wait_s: float = 60.0, check: bool = True) -> Done: ...


class QemuCard:
    """`path` holds what has reached the card. A card that is pulled keeps that, and nothing else."""

    def __init__(self, bench: Runs, qmp: Qmp, path: Path, mib: int) -> None:
        self._bench, self._qmp, self.path = bench, qmp, path
        self.sectors = (mib << 20) // SECTOR
        self._name: str | None = None
        path.touch()
        os.truncate(path, mib << 20)

    def format(self, content: Path) -> None:
        """Put an ext4 on it with these files, as a Pi's card has it: 4 KiB blocks and a journal."""
        options = ["-q", "-t", "ext4", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0", "-d", str(content)]
        subprocess.run(["mke2fs", *options, str(self.path)], check=True, capture_output=True)

    def plug(self) -> str:
        """Put it in; the device that it becomes."""
        self._name = name = f"card{next(_numbers)}"
        # This machine loses no power: what QEMU has handed to it counts as written.
        file = {"driver": "file", "filename": str(self.path), "cache": {"no-flush": True}}
        self._qmp("blockdev-add", **{"driver": "raw", "node-name": name, "file": file})
        self._qmp("device_add", driver="usb-storage", id=f"usb-{name}", drive=name, serial=name)
        found = (
            f"modprobe -a usb_storage sd_mod; for n in $(seq 100); do for d in /dev/disk/by-id/*_{name}-*; do"
            ' [ -b "$d" ] && readlink -f "$d" && exit; done; sleep 0.1; done; exit 1'
        )
        return self._bench.run("sh", "-c", found).out.strip()

    def pull(self) -> None:
        """Pull it out, whatever is under way."""
        if self._name is None:
            return
        self._qmp("device_del", id=f"usb-{self._name}")
        deadline = time.monotonic() + 20.0
        while True:
            # The device goes when the machine has let go of it, and its file some time after that.
            with suppress(AssertionError):
                self._qmp("blockdev-del", **{"node-name": self._name})
                break
            assert time.monotonic() < deadline, f"the card {self._name} does not come out"
            time.sleep(0.1)
        self._name = None

    @contextmanager
    def plugged(self) -> Iterator[str]:
        """It is in; its device."""
        try:
            yield self.plug()
        finally:
            self.pull()


class Mapped:
    """A card behind the kernel's device mapper, which can let it err. Mounted under `at`."""

    def __init__(self, bench: Runs, card: QemuCard, device: str, name: str = "card") -> None:
        self._bench, self._card, self._device, self.name = bench, card, device, name
        self.at = f"/mnt/{name}"

    def mount(self, target: str = "linear {device} 0") -> None:
        self._bench.run(
            "sh",
            "-ec",
            f"modprobe -a dm_log_writes dm_flakey; dmsetup create {self.name} --table '{self._table(target)}';"
            f" mkdir -p {self.at}; mount -t ext4 -o noatime /dev/mapper/{self.name} {self.at}",
        )

    def become(self, target: str) -> None:
        """Change what the card does, at once: nothing that waits to be written is written first."""
        self._bench.run(
            "sh",
            "-ec",
            f"dmsetup load {self.name} --table '{self._table(target)}';"
            f" dmsetup suspend --nolockfs --noflush {self.name}; dmsetup resume {self.name}",
        )

    def unmount(self) -> None:
        """Unmount it, even where it is gone or takes nothing any more."""
        script = f"umount {self.at} || umount -l {self.at}; dmsetup remove --retry --force {self.name}"
        self._bench.run("sh", "-c", script, check=False)

    def _table(self, target: str) -> str:
        return f"0 {self._card.sectors} {target.format(device=self._device)}"
