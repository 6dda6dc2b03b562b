"""What is in the virtual bench's machine. Change anything here, and the image is made anew."""

import hashlib
from pathlib import Path

from tests.locked import requirements

HERE = Path(__file__).parent

SUITE, MIRROR = "trixie", "http://deb.debian.org/debian"
MACHINE = ("linux-image-amd64", "busybox-static", "udev", "kmod", "dbus", "iproute2", "dmsetup", "procps", "e2fsprogs")
REACH = ("dropbear-bin", "openssh-sftp-server")
RADIO = ("hostapd", "iw", "ethtool", "wireless-regdb", "bluez", "tcpdump")
CAMERA = ("libcamera-tools", "libcamera-ipa", "python3-libcamera", "v4l-utils", "gpiod", "python3-libgpiod")
PYTHON = (
    *("python3-venv", "python3-pip", "python3-numpy", "python3-av", "python3-prctl", "python3-piexif"),
    *("python3-tqdm", "python3-jsonschema", "python3-libarchive-c"),
)
BUILD = ("linux-headers-amd64", "gcc", "make", "libc6-dev", "python3-dev", "libcap-dev")
PACKAGES = MACHINE + REACH + RADIO + CAMERA + PYTHON + BUILD
LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")

# picamera2 as Raspberry Pi OS has it is not in Debian; its other dependencies are the packages above.
PICAMERA2 = ("picamera2==0.3.38", "simplejpeg", "videodev2", "openexr", "pidng")
STIMULI = ("bumble", "opencv-python-headless")

DISK_MIB = 3072
# Loaded by the first program, in this order, so that the root disk is seen.
FIRST_MODULES = (
    *("virtio_blk", "crc32c-intel", "crc32c_generic", "jbd2", "mbcache", "crc16", "ext4"),
    *("failover", "net_failover", "virtio_net"),
)


def product_needs() -> str:
    """What the probe depends on, as locked and with hashes, so that its wheel can be installed without a network."""
    return requirements("--extra", "probe")


def key() -> str:
    """Names the image that this recipe makes."""
    told = hashlib.sha256(product_needs().encode())
    for path in sorted(path for path in HERE.iterdir() if path.is_file()):
        told.update(path.name.encode() + b"\0" + path.read_bytes())
    return told.hexdigest()[:16]
