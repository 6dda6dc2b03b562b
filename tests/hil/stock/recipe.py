"""What is on the stock card of the bench. Change anything here, and the card is made anew.

It stands for Raspberry Pi OS Lite (trixie): Debian 13 with what that has for our purposes and no more, set up as
https://github.com/RPi-Distro/pi-gen does it (`stage2/04-cloud-init`): NoCloud from the FAT partition under
/boot/firmware, NetworkManager through netplan. Not here: a Pi's firmware, kernel and camera.
"""

import hashlib
from pathlib import Path

from tests.hil.image.recipe import LEFT_OUT, MIRROR, SUITE

__all__ = ["LEFT_OUT", "MIRROR", "SUITE"]

HERE = Path(__file__).parent

MACHINE = ("linux-image-amd64", "initramfs-tools", "systemd-sysv", "udev", "dbus", "kmod", "procps", "zstd")
DISKS = ("fdisk", "parted", "e2fsprogs", "dosfstools")
NETWORK = ("network-manager", "netplan.io", "wpasupplicant", "dnsmasq-base", "polkitd", "iproute2", "iw", "rfkill")
SYSTEM = ("cloud-init", "python3", "sudo", "wireless-regdb", "usbutils", "systemd-timesyncd")
# python3-numpy comes with python3-picamera2, which Lite has; python3-venv and pip are deliberately not here.
CAMERA = ("python3-numpy",)
PACKAGES = MACHINE + DISKS + NETWORK + SYSTEM + CAMERA

DISK_ID = 0x8F1D2A3B
BOOT_MIB, ROOT_MIB, CARD_MIB = 256, 1700, 7168  # a card of 8 GB, as stock: the rest is not in any partition yet
CMDLINE = (
    "console=ttyS0,115200 root=PARTUUID={disk:08x}-02 rootfstype=ext4 fsck.repair=yes rootwait quiet resize"
    " net.ifnames=0 panic=-1\n"
)
CONFIG = "# stock\ndtparam=audio=on\ncamera_auto_detect=1\n[all]\n"


def key() -> str:
    """Names the card that this recipe makes."""
    told = hashlib.sha256()
    for path in sorted(path for path in HERE.iterdir() if path.is_file()):
        if path.name != "machine.py":
            told.update(path.name.encode() + b"\0" + path.read_bytes())
    return told.hexdigest()[:16]
