"""Whether this machine runs a foreign kernel by itself (KVM) or QEMU has to emulate the processor (TCG).

That /dev/kvm is there and can be opened proves nothing: some hosts offer it and then fail on the first instruction that
they do not know. So a kernel is booted as far as its first program, once for each image and machine.
"""

import os
import platform
import subprocess

from tests.hil.image.build import Image

TRIAL_S = 20.0
EMULATED = ("-accel", "tcg", "-cpu", "Nehalem")  # `-cpu max` has locked up under load
NATIVE = ("-accel", "kvm", "-cpu", "host")


def accelerator(image: Image) -> tuple[str, ...]:
    """The options of QEMU that this machine bears."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return EMULATED
    # Remembered beside the image, under the host's own kernel: another machine may have the same folder.
    known = image.disk.with_name(f"kvm-{platform.node()}-{platform.release()}")
    if not known.exists():
        known.write_text("works\n" if _boots(image) else "fails\n")
    return NATIVE if known.read_text() == "works\n" else EMULATED


def _boots(image: Image) -> bool:
    command = [
        *("qemu-system-x86_64", "-M", "q35", *NATIVE, "-smp", "1", "-m", "256"),
        *("-display", "none", "-no-reboot", "-nodefaults", "-serial", "stdio"),
        *("-kernel", str(image.kernel), "-initrd", str(image.initrd)),
        *("-append", "console=ttyS0 quiet panic=-1 bench.trial"),
    ]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TRIAL_S, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and b"bench: trial passed" in done.stdout


def named(options: tuple[str, ...]) -> str:
    """A word for a report."""
    return options[1]
