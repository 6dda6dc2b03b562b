"""The only file that touches the hardware: CircuitPython's wifi, _bleio, usb_cdc and supervisor.

Never connected: an associated station stays on its channel. Never an active scan: `active=False` below.
"""

import binascii
import gc
import os
import sys
import time

import microcontroller
import supervisor
import wifi

from radio.board import Board
from radio.plan import tunable
from radio.remember import SLOTS

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
SLOT_OCTETS = 1500  # with its prefix; measured under MicroPython and doubled: a C3 has about 100 kB in all


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
    """A passive scan in short turns: while one runs, asking for the next advert blocks, and nobody hops."""

    TURN_MS = 100
    PAUSE_MS = 300
    MOST = 64  # adverts of a turn

    def __init__(self):
        _bleio.adapter.enabled = True
        self._ended = milliseconds() - self.PAUSE_MS

    def adverts(self):
        """What was heard in a turn of 100 ms, every 400 ms; nothing in between."""
        if milliseconds() - self._ended < self.PAUSE_MS:
            return []
        found = []
        try:
            # The weakest signal that is told is -80 dBm if nothing else is said.
            for entry in _bleio.adapter.start_scan(
                timeout=self.TURN_MS / 1000, interval=0.05, window=0.05, minimum_rssi=-128, active=False
            ):
                if entry is not None:
                    found.append(self._told(entry))
                if len(found) >= self.MOST:
                    break
            _bleio.adapter.stop_scan()
        except (_bleio.BluetoothError, RuntimeError, OSError):
            pass  # still busy with the turn before: the next one comes soon
        self._ended = milliseconds()
        return found

    def _told(self, entry):
        address = entry.address
        octets = bytes(reversed(bytes(address.address_bytes)))
        public = address.type == _bleio.Address.PUBLIC
        return 0 if public else 1, 0 if entry.connectable else 1, octets, entry.advertisement_bytes, entry.rssi


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
        waiting = supervisor.runtime.serial_bytes_available
        if not waiting:
            return b""
        try:
            return sys.stdin.read(waiting).encode()
        except UnicodeError:
            return b"?\n"  # noise, and counted as that

    def write(self, octets):
        if self._data is not None:
            return self._data.write(octets)
        sys.stdout.write(octets.decode())
        return len(octets)


def milliseconds():
    """Since the board started."""
    return time.monotonic_ns() // 1000000


def quiet():
    """No restart when a computer touches the drive, no advertising, no status bar between the lines of the console."""
    supervisor.runtime.autoreload = False
    for owner, name in ((supervisor.runtime, "ble_workflow"), (supervisor.status_bar, "console")):
        try:
            setattr(owner, name, False)
        except AttributeError:
            continue  # not on this board


def made():
    """The board with its hardware, and what is to be said of it at the start."""
    import board as pins

    said = []
    monitor = Monitor()
    able, refused = tunable(monitor, CHANNELS_2 + CHANNELS_5)
    if refused:
        said.append("cannot tune " + " ".join([str(number) for number in refused]))
    scanner = None
    if _bleio is not None:
        try:
            scanner = Scanner()
        except (_bleio.BluetoothError, RuntimeError, OSError, MemoryError) as problem:
            said.append("no Bluetooth: " + str(problem))
    uid = binascii.hexlify(bytes(microcontroller.cpu.uid)).decode()
    free = gc.mem_free  # type: ignore[attr-defined]
    slots = max(32, min(SLOTS, free() // SLOT_OCTETS))
    board = Board(monitor, scanner, Port(), milliseconds, able, pins.board_id, uid, os.urandom, free=free, slots=slots)
    for text in said:
        board.log(text)
    return board


def listen():
    """For ever; after a fault, say which and start afresh."""
    import traceback

    quiet()
    board = None
    try:
        board = made()
        while True:
            board.step()
    except Exception as problem:  # noqa: BLE001 (nobody is there to press a key)
        if board is not None:
            board.last_words(type(problem).__name__ + ": " + str(problem))
        traceback.print_exception(problem)
        time.sleep(2)
        supervisor.reload()
