"""A network interface of the kernel that gives what a monitor gives: radiotap frames, through the real AF_PACKET.

It is a tap device with a monitor's link type. What is written to it, the kernel receives on it. There is no radio
behind it and nothing to tune: the bench with the kernel's own radios is another.
"""

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from struct import pack

import pytest

_SET_INTERFACE, _SET_LINK = 0x400454CA, 0x400454CD
_TAP, _NO_INFORMATION, _RADIOTAP = 0x0002, 0x1000, 803


class Tap:
    """An interface in monitor mode, to be written to and unplugged."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._file = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(self._file, _SET_INTERFACE, pack("16sH22x", name.encode(), _TAP | _NO_INFORMATION))
        fcntl.ioctl(self._file, _SET_LINK, _RADIOTAP)
        subprocess.run(["ip", "link", "set", name, "up"], check=True)

    def send(self, packet: bytes) -> None:
        """Let the interface hear a packet."""
        os.write(self._file, packet)

    def unplug(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


@contextmanager
def tap(name: str) -> Iterator[Tap]:
    """An interface for the length of a test; skips where this process may not make one."""
    try:
        made = Tap(name)
    except (OSError, subprocess.CalledProcessError) as problem:
        pytest.skip(f"no interface can be made here ({problem}): needs /dev/net/tun and CAP_NET_ADMIN")
    try:
        yield made
    finally:
        made.unplug()
