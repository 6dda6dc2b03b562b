"""What is in the arm64 guest. Change one of its sources, and the guest is made anew."""

import hashlib
import os
from pathlib import Path

from tests.hil.image.recipe import MIRROR, SUITE, product_needs

__all__ = ["MIRROR", "SUITE", "product_needs"]

HERE = Path(__file__).parent
SOURCES = ("recipe.py", "build.py", "cpio.py", "init.sh")

PACKAGES = ("linux-image-arm64", "python3", "busybox-static", "iw")
PYTHON = "3.13"  # trixie's
# Loaded by the guest's init, in this order. Debian packs them; busybox's insmod wants them unpacked.
MODULES = ("rfkill", "libarc4", "cfg80211", "mac80211", "mac80211_hwsim")
DEVICE_TREE = "bcm2837-rpi-3-b.dtb"

# Everything lies in the guest's memory: what no run needs is left out when the packages are unpacked.
LEFT_OUT = (
    *("/usr/share/*", "/etc/*", "/var/*", "/usr/sbin/*", "/usr/lib/linux-image-*", "/usr/lib/modules/*"),
    *("/usr/lib/systemd/*", "/usr/lib/udev/*", "/usr/lib/klibc/*", "/usr/lib/python3/*"),
    *("/usr/lib/aarch64-linux-gnu/systemd/*", "/usr/lib/aarch64-linux-gnu/gconv/*", "/boot/System.map-*"),
    *("/usr/bin/*",),
)
KEPT = (
    *("/usr/bin/busybox", "/usr/bin/python3*", "/usr/sbin/iw", f"/usr/lib/linux-image-*/{DEVICE_TREE}"),
    *(f"/usr/lib/modules/*/{module}.ko.xz" for module in MODULES),
)

# Newest first; a wheel for an older C library runs as well on Raspberry Pi OS.
PLATFORMS = (*(f"manylinux_2_{minor}_aarch64" for minor in (28, 27, 26, 24, 17)), "manylinux2014_aarch64")


def pip_for_a_pi(python: str) -> list[str]:
    """Options for `pip install`: wheels for a Pi's processor and that Python, or nothing."""
    platforms = [word for platform in PLATFORMS for word in ("--platform", platform)]
    return ["--only-binary=:all:", "--implementation", "cp", "--python-version", python, *platforms]


def surroundings() -> dict[str, str]:
    """The environment for pip and mmdebstrap: this machine's own wheels, for its own processor, are not looked at."""
    return {name: value for name, value in os.environ.items() if name != "PIP_FIND_LINKS"}


def key() -> str:
    """Names the guest that this recipe makes."""
    told = hashlib.sha256("\n".join([SUITE, MIRROR, product_needs()]).encode())
    for name in SOURCES:
        told.update(name.encode() + b"\0" + (HERE / name).read_bytes())
    return told.hexdigest()[:16]
