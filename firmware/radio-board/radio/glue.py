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
from radio.extras import Extras
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


class Receiver:
    """A GNSS receiver on the board's serial pins."""

    def __init__(self, uart):
        self._uart = uart

    def read(self):
        waiting = self._uart.in_waiting
        return (self._uart.read(waiting) or b"") if waiting else b""


class Button:
    """A button between its pin and ground. The chip's own scanner takes the bouncing out, also while a scan blocks."""

    def __init__(self, keys):
        self._keys = keys

    def events(self):
        found = []
        event = self._keys.events.get()
        while event is not None:
            # Its time is of supervisor.ticks_ms(), which wraps; how long ago that was does not.
            ago = (supervisor.ticks_ms() - event.timestamp) & 0x1FFFFFFF
            found.append((event.pressed, milliseconds() - ago))
            event = self._keys.events.get()
        return found


class Player:
    """A buzzer that gets a tone, and whatever else is on and off with it: a light, a vibration motor."""

    def __init__(self, buzzer, others):
        self._buzzer, self._others = buzzer, others

    def play(self, hz):
        if self._buzzer is not None:
            if hz:
                self._buzzer.frequency = hz
            self._buzzer.duty_cycle = 0x8000 if hz else 0
        for other in self._others:
            other.value = bool(hz)


class Compass:
    """A magnetometer and an accelerometer, each by its maker's or Adafruit's library, on common axes: see pins.py."""

    def __init__(self, field, up, signs):
        self._field, self._up, self._signs = field, up, signs

    def read(self):
        try:
            field = self._field.magnetic
            return tuple([self._signs[axis] * field[axis] for axis in range(3)]), self._up.acceleration
        except OSError:
            return None  # pulled out, or a wire that shakes


def extras(said):
    """What is on the board besides its radio, by pins.py. What is missing is said, and the rest works."""
    import board
    import keypad
    import pwmio

    from radio import pins

    wired = pins.of(board.board_id, os.getenv("CONTRECHAMP_PINS"))
    if wired is None:
        said.append("pins.py does not know " + board.board_id + ": no button, no signals, no receiver, no compass")
        return Extras(milliseconds)
    made = {}
    try:
        grounds = [_held(name, False) for name in wired.low]
        supplies = [_held(name, True) for name in wired.high]
        if supplies:
            time.sleep(0.1)  # a sensor that hangs on a pin has only now got power
        made["held"] = grounds + supplies  # a pin that nobody holds is let go
    except (AttributeError, ValueError, RuntimeError) as problem:
        said.append("no grounds: " + str(problem))
    try:
        if wired.button is not None:
            made["button"] = Button(keypad.Keys((_pin(wired.button),), value_when_pressed=False, pull=True))
    except (AttributeError, ValueError, RuntimeError) as problem:
        said.append("no button: " + str(problem))
    try:
        buzzer = None if wired.buzzer is None else pwmio.PWMOut(_pin(wired.buzzer), variable_frequency=True)
        others = [_held(name, False) for name in (wired.light, wired.motor) if name is not None]
        if buzzer is not None or others:
            made["player"] = Player(buzzer, others)
    except (AttributeError, ValueError, RuntimeError) as problem:
        said.append("no buzzer: " + str(problem))
    try:
        if wired.receiver is not None:
            import busio

            tx, rx = [None if name is None else _pin(name) for name in wired.receiver]
            baud = int(os.getenv("CONTRECHAMP_BAUD") or pins.RECEIVER_BAUD)
            made["receiver"] = Receiver(busio.UART(tx, rx, baudrate=baud, timeout=0, receiver_buffer_size=1024))
    except (AttributeError, ValueError, RuntimeError) as problem:
        said.append("no receiver: " + str(problem))
    compass = find_compass(wired.wires, said)
    if compass is not None:
        made["compass"] = compass
    return Extras(milliseconds, **made)


def _pin(name):
    """A pin by its name on the board, or by its number where CircuitPython's board calls it otherwise."""
    import board

    found = getattr(board, name, None)
    return getattr(microcontroller.pin, "GPIO" + name[2:]) if found is None else found


def _held(name, value):
    """A pin that puts out 0 V or 3.3 V from now on."""
    import digitalio

    held = digitalio.DigitalInOut(_pin(name))
    held.switch_to_output(value=value)
    return held


def find_compass(names, said):
    """The compass that answers on these two wires, by whichever library is on the board; None for none."""
    if names is None:
        return None
    import busio

    from radio.pins import COMPASSES

    try:
        wires = busio.I2C(*[_pin(name) for name in names])
    except (AttributeError, ValueError, RuntimeError) as problem:
        said.append("no compass: " + str(problem))
        return None
    missing = []
    for field, up, signs in COMPASSES:
        try:
            made = {name: _library(name)(wires, *name[2:]) for name in {field, up}}
            return Compass(made[field], made[up], signs)
        except ImportError:
            missing += [name[0] for name in (field, up) if name[0] not in missing]
        except (AttributeError, ValueError, OSError, RuntimeError):
            continue  # its library is here, and it does not answer; LIS2MDL's says so by an AttributeError
    text = "no compass answers"
    said.append(text + ("; libraries not on the board: " + " ".join(missing) if missing else ""))
    return None


def _library(name):
    """The class of a (library, class); a dotted library is the module within its package."""
    module = __import__(name[0])
    for part in name[0].split(".")[1:]:
        module = getattr(module, part)
    return getattr(module, name[1])


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
    more = extras(said)
    board = Board(
        monitor,
        scanner,
        Port(),
        milliseconds,
        able,
        pins.board_id,
        uid,
        os.urandom,
        free=free,
        slots=slots,
        extras=more,
    )
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
