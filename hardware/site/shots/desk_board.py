"""A radio board on a desk, without the board: its own program, run here, behind a pseudo-terminal for a cable.

What it hears is a recorded walk of the demo's fictional town, where it is comes from that walk's track, and its compass
is composed. What is CircuitPython's alone (`radio/glue.py`) is not run: no real board was there to be tried.
"""

import importlib
import importlib.util
import os
import select
import sys
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import reduce
from itertools import cycle
from math import cos, pi, sin
from operator import xor
from pathlib import Path
from random import Random
from typing import Any

from probe.radio.capture import open_capture
from probe.radio.channels import channel_of

ROOT = Path(__file__).parents[3]
WALK = ROOT / "hub" / "demo" / "data" / "walk-1"
_BODY = {0: 28, 2: 34, 4: 24, 5: 36, 8: 36}  # octets before the elements, by the kind of frame
_FIELD_UT = (0.0, 20.8, -43.0)  # as in Paris: 47.8 microtesla, 64 degrees into the ground
_IRON_UT = (11.0, -7.0, 5.0)
_TURN_S = 7.0
FRAMES_A_TURN = 1


def _radio(name: str) -> Any:
    """A module of the board's package `radio` alone: beside it lies a `code.py`, which on the path hides Python's."""
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the folder is copied onto boards as it is
    try:
        if "radio" not in sys.modules:
            folder = ROOT / "firmware" / "radio-board" / "radio"
            spec = importlib.util.spec_from_file_location("radio", folder / "__init__.py")
            if spec is None:
                raise ImportError(f"{folder}: the board's program is not there")
            package = importlib.util.module_from_spec(spec)
            package.__path__ = [str(folder)]
            sys.modules["radio"] = package
        return importlib.import_module(f"radio.{name}")
    finally:
        sys.dont_write_bytecode = writes


class _Air:
    """A monitor that hears the walk's frames on 2.4 GHz again and again."""

    def __init__(self) -> None:
        self._frames = cycle(list(self._recorded()))
        self._channel = 1
        self._left = 0

    @staticmethod
    def _recorded() -> Iterator[tuple[bytes, int, int]]:
        for frame in open_capture(WALK / "frames.pcap").frames():
            channel = channel_of(frame.channel_mhz or 2412) or 0
            if 0 < channel < 14:
                head = bytes([frame.subtype << 4, 0, 0, 0]) + b"\xff" * 6 + frame.transmitter + frame.bssid
                raw = head + bytes(_BODY[frame.subtype] - 22) + frame.elements
                yield raw, channel, frame.signal_dbm or -90

    def turn(self) -> None:
        self._left = FRAMES_A_TURN

    @property
    def channel(self) -> int:
        return self._channel

    @channel.setter
    def channel(self, number: int) -> None:
        if number > 13:  # as an ESP32-S3 does
            raise ValueError("Invalid channel")
        self._channel = number

    def packet(self) -> tuple[bytes, int, int] | None:
        if not self._left:
            return None
        self._left -= 1
        return next(self._frames)

    def lost(self) -> int:
        return 0


class _Cable:
    """The board's end of a pseudo-terminal."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        os.set_blocking(descriptor, False)

    def read(self) -> bytes:
        try:
            return os.read(self._descriptor, 4096)
        except OSError:
            return b""

    def write(self, octets: bytes) -> int:
        try:
            return os.write(self._descriptor, octets)
        except OSError:
            return 0  # nobody reads: the board waits, as it does on a desk


class _Sky:
    """A receiver that knows where it is, and what time it is now: one fix a second along the walk's track."""

    def __init__(self) -> None:
        lines = (WALK / "track.nmea").read_text().splitlines()
        self._fixes = cycle([line.split("*")[0][1:].split(",") for line in lines if line.startswith("$GPGGA")])
        self._next_s = 0.0

    def read(self) -> bytes:
        if time.monotonic() < self._next_s:
            return b""
        self._next_s = time.monotonic() + 1.0
        words, now = next(self._fixes), datetime.now(UTC)
        gga = ",".join([words[0], f"{now:%H%M%S}.00", *words[2:]])
        rmc = ",".join(["GPRMC", f"{now:%H%M%S}.00", "A", *words[2:6], "2.5", "", f"{now:%d%m%y}", "", "", "A"])
        return b"".join(b"$%s*%02X\r\n" % (line, reduce(xor, line)) for line in (gga.encode(), rmc.encode()))


class _Turned:
    """A compass beside some iron, turned every way or held still."""

    def __init__(self) -> None:
        self._chance = Random(7)
        self.turning = False
        self._turn = 0

    def read(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        at = 0.0
        if self.turning:
            self._turn += 1
            at = 2 * pi * self._turn / 60
        one, other = at, at * 0.37
        noisy = [value + self._chance.gauss(0, 0.3) for value in _rotated(_FIELD_UT, one, other)]
        field = tuple(value + iron for value, iron in zip(noisy, _IRON_UT, strict=True))
        return field, _rotated((0.0, 0.0, 9.81), one, other)


def _rotated(vector: tuple[float, float, float], about_x: float, about_y: float) -> tuple[float, float, float]:
    x, y, z = vector
    y, z = y * cos(about_x) - z * sin(about_x), y * sin(about_x) + z * cos(about_x)
    return x * cos(about_y) + z * sin(about_y), y, z * cos(about_y) - x * sin(about_y)


class _Nobody:
    """A button that nobody presses, a buzzer that nobody hears."""

    def events(self) -> tuple[()]:
        return ()

    def play(self, hz: int) -> None:
        """Nothing sounds."""


class DeskBoard:
    """The board's loop in a thread. `device` is where a probe finds it; `pace` is how fast its clock goes, so that a
    minute of turning is over in seconds."""

    def __init__(self, descriptor: int, device: str) -> None:
        self.device = device
        self.compass = _Turned()
        self.pace = 1.0
        self._ms, self._at_s = 0.0, time.monotonic()
        self._descriptor = descriptor
        self._air = _Air()
        player = _Nobody()
        extras = _radio("extras").Extras(self._clock, _Sky(), self.compass, player, player)
        self._board = _radio("board").Board(
            *(self._air, None, _Cable(descriptor), self._clock, list(range(1, 14)), "esp32-s3, by its program alone"),
            *("00", os.urandom),
            extras=extras,
        )
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="desk board", daemon=True)

    def _clock(self) -> int:
        now_s = time.monotonic()
        self._ms += (now_s - self._at_s) * 1000 * self.pace
        self._at_s = now_s
        return int(self._ms)

    def _run(self) -> None:
        # What it says before a probe is there, the probe would count as lost on the cable.
        while not self._over.is_set() and not select.select([self._descriptor], [], [], 0.05)[0]:
            continue
        while not self._over.wait(0.01):
            self._air.turn()
            self._board.step()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(5.0)


@contextmanager
def desk_board() -> Iterator[DeskBoard]:
    """A board that listens, to the end of the block."""
    ours, its = os.openpty()
    tty.setraw(its)
    board = DeskBoard(ours, os.ttyname(its))
    board.start()
    try:
        yield board
    finally:
        board.stop()
        for one in (ours, its):
            with suppress(OSError):
                os.close(one)
