"""Whether this machine runs a foreign kernel by itself (KVM) or QEMU has to emulate the processor (TCG).

That /dev/kvm is there and can be opened proves nothing: some hosts offer it and then fail on the first instruction that
they do not know. So a kernel is booted as far as its first program, once for each image and machine.
"""

import os
import platform
import subprocess
from pathlib import Path
from typing import Protocol

TRIAL_S = 20.0
TRIAL, PASSED = "bench.trial", "bench: trial passed"
EMULATED = ("-accel", "tcg", "-cpu", "Nehalem")  # `-cpu max` has locked up under load
NATIVE = ("-accel", "kvm", "-cpu", "host")


class Bootable(Protocol):
    """What a machine starts from."""

    @property
    def disk(self) -> Path: ...

    @property
    def kernel(self) -> Path: ...

    @property
    def initrd(self) -> Path: ...


def accelerator(image: Bootable, *, trial: str = TRIAL, passed: str = PASSED) -> tuple[str, ...]:
    """The options of QEMU that this machine bears. An image with `trial` on its kernel's line says `passed`
    and ends."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return EMULATED
    # Remembered beside the image, under the host's own kernel: another machine may have the same folder.
    known = image.disk.with_name(f"kvm-{platform.node()}-{platform.release()}")
    if not known.exists():
        known.write_text("works\n" if _boots(image, trial, passed) else "fails\n")
    return NATIVE if known.read_text() == "works\n" else EMULATED


def _boots(image: Bootable, trial: str, passed: str) -> bool:
    command = [
        *("qemu-system-x86_64", "-M", "q35", *NATIVE, "-smp", "1", "-m", "256"),
        *("-display", "none", "-no-reboot", "-nodefaults", "-serial", "stdio"),
        *("-kernel", str(image.kernel), "-initrd", str(image.initrd)),
        *("-append", f"console=ttyS0 quiet panic=-1 {trial}"),
    ]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TRIAL_S, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and passed.encode() in done.stdout


def named(options: tuple[str, ...]) -> str:
    """A word for a report."""
    return options[1]
