"""The only file that touches the hardware: CircuitPython's wifi, _bleio and usb_cdc.

Never connected: an associated station stays on its channel. Never an active scan: `active=False` below.
"""

import binascii
import gc
import os
import sys
import time

import microcontroller
import wifi

from radio.board import Board

try:
    import _bleio
except ImportError:
    _bleio = None  # type: ignore[assignment]
try:
    import usb_cdc
except ImportError:
    usb_cdc = None  # type: ignore[assignment]

QUEUE = 128
CHANNELS_2 = list(range(1, 14))
CHANNELS_5 = list(range(36, 65, 4)) + list(range(100, 145, 4)) + list(range(149, 166, 4))


class Monitor:
    """wifi.Monitor behind the names that the board knows."""

    def __init__(self):
        self._monitor = wifi.Monitor(channel=1, queue=QUEUE)

    @property
    def channel(self):
        return self._monitor.channel

    @channel.setter
    def channel(self, number):
        self._monitor.channel = number

    def packet(self):
        """(octets, channel, rssi) of the next frame, or None."""
        if not self._monitor.queued():
            return None
        packet = self._monitor.packet()
        if wifi.Packet.RAW not in packet:
            return None
        return packet[wifi.Packet.RAW], packet[wifi.Packet.CH], packet[wifi.Packet.RSSI]

    def lost(self):
        """Frames that found the queue full: a lower bound of what was lost."""
        return self._monitor.lost()


class Scanner:
    """A passive scan in short turns."""

    def __init__(self):
        _bleio.adapter.enabled = True
        self._scan = None
        self._started = 0.0

    def adverts(self):
        """What came since last asked."""
        if self._scan is None or time.monotonic() - self._started > 5:
            _bleio.adapter.stop_scan()
            self._scan = iter(_bleio.adapter.start_scan(timeout=6, interval=0.06, window=0.03, active=False))
            self._started = time.monotonic()
        for _ in range(16):
            try:
                entry = next(self._scan)
            except StopIteration:
                self._scan = None
                return
            if entry is None:
                return
            address = entry.address
            octets = bytes(reversed(bytes(address.address_bytes)))
            public = address.type == _bleio.Address.PUBLIC
            yield 0 if public else 1, 0 if entry.connectable else 1, octets, entry.advertisement_bytes, entry.rssi


class Port:
    """The data port where there is one (S2, S3), else the console."""

    def __init__(self):
        data = usb_cdc.data if usb_cdc is not None else None
        self._data = data
        if data is not None:
            data.timeout = 0
            data.write_timeout = 0

    def read(self):
        if self._data is not None:
            return self._data.read(self._data.in_waiting) if self._data.in_waiting else b""
        import supervisor

        waiting = supervisor.runtime.serial_bytes_available
        return sys.stdin.read(waiting).encode() if waiting else b""

    def write(self, octets):
        if self._data is not None:
            return self._data.write(octets)
        sys.stdout.write(octets.decode())
        return len(octets)


def tunable(monitor):
    """The channels that this board and this CircuitPython can tune: 5 GHz needs a C5 and version 10.4."""
    found = []
    for number in CHANNELS_2 + CHANNELS_5:
        try:
            monitor.channel = number
        except (ValueError, RuntimeError):
            continue
        found.append(number)
    return found


def milliseconds():
    return time.monotonic_ns() // 1000000


def listen():
    """For ever."""
    import board as pins

    monitor = Monitor()
    scanner = Scanner() if _bleio is not None else None
    uid = binascii.hexlify(bytes(microcontroller.cpu.uid)).decode()
    board = Board(
        monitor,
        scanner,
        Port(),
        milliseconds,
        tunable(monitor),
        pins.board_id,
        uid,
        os.urandom,
        gc.mem_free,  # type: ignore[attr-defined]
    )
    while True:
        board.step()
