"""The radio board's own files under CPython, with a scripted radio, port and clock."""

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

from probe.radio.link import read_heard, read_message, write_message

FIRMWARE = Path(__file__).parents[2] / "firmware"
RADIO_BOARD = FIRMWARE / "radio-board"


def load(name: str) -> Any:
    """A module of the board's package `radio` alone: beside it lies a `code.py`, which on the path hides Python's."""
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the folder is copied onto boards as it is
    try:
        if "radio" not in sys.modules:
            folder = RADIO_BOARD / "radio"
            spec = importlib.util.spec_from_file_location("radio", folder / "__init__.py")
            assert spec is not None
            package = importlib.util.module_from_spec(spec)
            package.__path__ = [str(folder)]
            sys.modules["radio"] = package
        return importlib.import_module(f"radio.{name}")
    finally:
        sys.dont_write_bytecode = writes


class Monitor:
    """A monitor that gives what it is given; it refuses 5 GHz, as an S3 does."""

    def __init__(self) -> None:
        self.waiting: list[tuple[bytes, int, int]] = []
        self.losses = 0
        self._channel = 1

    @property
    def channel(self) -> int:
        return self._channel

    @channel.setter
    def channel(self, number: int) -> None:
        if number > 14:
            raise ValueError("Invalid channel")
        self._channel = number

    def packet(self) -> tuple[bytes, int, int] | None:
        return self.waiting.pop(0) if self.waiting else None

    def lost(self) -> int:
        losses, self.losses = self.losses, 0
        return losses


class Scanner:
    """Gives each advert once."""

    def __init__(self) -> None:
        self.waiting: list[tuple[int, int, bytes, bytes, int]] = []

    def adverts(self) -> list[tuple[int, int, bytes, bytes, int]]:
        waiting, self.waiting = self.waiting, []
        return waiting


class Port:
    """Takes at most so many octets at a time."""

    def __init__(self, most: int = 10_000) -> None:
        self.out, self.into, self.most = b"", b"", most

    def read(self) -> bytes:
        came, self.into = self.into, b""
        return came

    def write(self, octets: bytes) -> int:
        self.out += octets[: self.most]
        return min(len(octets), self.most)


class Receiver:
    """Gives what came on its wire, once."""

    def __init__(self) -> None:
        self.waiting = b""

    def read(self) -> bytes:
        came, self.waiting = self.waiting, b""
        return came


class Compass:
    """Gives one reading, or none."""

    def __init__(self) -> None:
        self.reading: tuple[tuple[float, ...], tuple[float, ...]] | None = ((20.123, -1.5, 43.0), (0.0, 0.12345, 9.81))

    def read(self) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
        return self.reading


class Button:
    """Gives what happened to it, once."""

    def __init__(self) -> None:
        self.waiting: list[tuple[bool, int]] = []

    def events(self) -> list[tuple[bool, int]]:
        came, self.waiting = self.waiting, []
        return came


class Player:
    """Keeps what it plays."""

    def __init__(self) -> None:
        self.played: list[int] = []

    def play(self, hz: int) -> None:
        self.played.append(hz)


class Rig:
    """A board with a scripted radio, port and clock."""

    def __init__(self, channels: list[int] | None = None, most: int = 10_000) -> None:
        self.now = 0
        self.monitor, self.scanner, self.port = Monitor(), Scanner(), Port(most)
        self.receiver, self.compass, self.button, self.player = Receiver(), Compass(), Button(), Player()
        clock = lambda: self.now  # noqa: E731
        extras: Any = load("extras").Extras(clock, self.receiver, self.compass, self.button, self.player)
        self.board: Any = load("board").Board(
            self.monitor,
            self.scanner,
            self.port,
            clock,
            channels or [1, 6, 11],
            "rig",
            "00",
            os.urandom,
            extras=extras,
        )

    def hear(self, *frames: bytes, ms: int = 0, rssi: int = -60) -> None:
        """A turn of the loop `ms` later, with these frames in the air."""
        self.now += ms
        self.monitor.waiting += [(frame, self.monitor.channel, rssi) for frame in frames]
        self.board.step()

    def say(self, **wish: object) -> None:
        """A turn of the loop with this from the host."""
        self.port.into += write_message(wish) + b"\n"
        self.board.step()

    def lines(self) -> list[bytes]:
        """What the board has said since last asked; the empty line that ends a console's noise is none."""
        out, self.port.out = self.port.out, b""
        return [line for line in out.splitlines() if line]

    def told(self) -> list[Any]:
        """The same, decoded; None for a damaged line."""
        return [read_heard(line) if line[:1] == b"!" else read_message(line) for line in self.lines()]

    def heard(self) -> list[Any]:
        """Only what was heard."""
        return [line for line in self.told() if hasattr(line, "slot")]

    def said(self, kind: str) -> list[Any]:
        """Only the messages of a type."""
        return [line for line in self.told() if isinstance(line, dict) and line["type"] == kind]
