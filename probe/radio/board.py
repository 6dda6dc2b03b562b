"""A radio board on a serial port as a source: an ESP32 that listens, remembers for a minute, and reports in lines.

The board sends a frame in full when it is new and then only counts its repeats, so a slow port carries a busy street.
This file keeps a keyed hash for each of the board's slots: an unknown's address stays in memory for a moment alone.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from probe.errors import BadInput, SourceLost
from probe.radio.channels import band_of, channel_of, mhz_of
from probe.radio.dot11 import Reader
from probe.radio.elements import whole_part
from probe.radio.frame import DBM, Advert, Dwell, Event, Memory, Repeat
from probe.radio.link import BLUETOOTH, LONGEST_LINE, Heard, read_heard, read_message, write_message
from probe.radio.moments import is_moment
from probe.radio.source import CaptureCounts
from probe.radio.unknowns import RecentUnknowns

BLUETOOTH_MHZ = 2402
_SLOTS = 65_536
_REQUEST_AGAIN_S, _HELLO_S, _SILENT_S = 5.0, 2.0, 15.0
_ADVERT_HEADER = 8
_LONGEST_DWELL_MS = 60_000
_LONGEST_PRESS_MS = 600_000
_MOST_SENSED = 1e6  # in any unit in use, no field and no acceleration on the ground is larger
_STARTS = re.compile(rb"[!#]")
_MOST_STARTS = 8


class Port(Protocol):
    """The little that is used of a serial port: `read` returns what came within a second, b"" for nothing."""

    def read(self, size: int = 1, /) -> bytes: ...
    def write(self, data: bytes, /) -> int | None: ...
    def close(self) -> None: ...


Axes = tuple[float, float, float]
Steps = tuple[tuple[int, int], ...]  # of a signal: Hz, 0 for silence, and ms


class BoardHears(Protocol):
    """Who hears what a board tells besides frames, from the thread that reads it."""

    def pressed(self, ms: int) -> None:
        """Its button was held for so long: let go by now, or held for a second and still down."""

    def sensed(self, field: Axes, up: Axes, at_s: float) -> None:
        """Its compass and accelerometer, in the sensor's axes: microtesla, and m/s2 upwards."""


class Board:
    """A `FrameSource` over the lines of a radio board.

    `plan_mhz` is the hopping plan to tell the board, empty for its own; `on_sentence` gets each NMEA sentence that a
    receiver on the board gave, `hears` what its button and compass say; `closed` is called when it is gone. `silent_s`
    is the silence after which it counts as lost, None for never. In `counts`, `dropped` are lines lost on the way (by
    their numbers) and frames that the board itself lost (as far as it knows: a lower bound). `noise` counts what was no
    line, `damaged` the lines whose check sum failed.
    """

    kind = "board"

    def __init__(
        self,
        name: str,
        port: Port,
        *,
        unknowns: RecentUnknowns | None = None,
        plan_mhz: Sequence[int] = (),
        dwell_ms: int = 120,
        on_sentence: Callable[[str], None] = lambda _line: None,
        clock: Callable[[], float] = time.time,
        silent_s: float | None = _SILENT_S,
        hears: BoardHears | None = None,
        closed: Callable[["Board"], None] = lambda _board: None,
    ) -> None:
        self.name = name
        self._hears, self._when_closed = hears, closed
        self._press: int | None = None
        self.counts = CaptureCounts()
        self._silent_s = silent_s
        self.noise = self.damaged = self.lost_lines = 0
        self.about: dict[str, Any] = {}
        self._port = port
        self._unknowns = unknowns
        self._reader = Reader(self.counts, unknowns)
        self._plan_mhz, self._dwell_ms = tuple(plan_mhz), dwell_ms
        self._on_sentence = on_sentence
        self._clock = clock
        self._slots: dict[int, Memory | None] = {}
        self._seq: int | None = None
        self._requested_s = float("-inf")
        self._closed = False
        self._hold: int | None = None

    @property
    def hold(self) -> int | None:
        """The channel (MHz) to stay on; None to hop."""
        return self._hold

    @hold.setter
    def hold(self, mhz: int | None) -> None:
        if mhz != self._hold:
            self._hold = mhz
            self._send({"do": "hold", "channel": None if mhz is None else _channel_number(mhz)})

    def signal(self, steps: Steps) -> None:
        """Have it played, where the board has anything to play it with."""
        self._send({"do": "signal", "steps": [list(step) for step in steps]})

    def sense(self, on: bool) -> None:
        """Have its compass tell what it reads, for a minute; or no more."""
        self._send({"do": "sense", "on": on})

    def has(self, part: str) -> bool | None:
        """Whether it has a `receiver`, `compass`, `button` or `player`; None before its hello, and of an old board."""
        parts = self.about.get("parts")
        return part in parts if isinstance(parts, list) else None

    def close(self) -> None:
        self._closed = True

    def events(self) -> Iterator[Event]:
        """What the board hears. Raises SourceLost where the port is gone or the board says nothing for 15 s."""
        try:
            self._send({"do": "forget"})
            self._send({"do": "hello"})
            rest, heard_s = b"", self._clock()
            while not self._closed:
                data = self._read()
                now_s = self._clock()
                lines = (rest + data).split(b"\n")
                rest = lines.pop()
                if len(rest) > LONGEST_LINE:
                    rest = b""
                    self.noise += 1
                before = self._seq
                for line in lines:
                    yield from self.take(line.strip(b"\r"), now_s)
                if self._seq != before:
                    heard_s = now_s
                elif self._silent_s is not None and not 0.0 <= now_s - heard_s < self._silent_s:
                    raise SourceLost(f"{self.name}: the board has said nothing for {self._silent_s:.0f} s")
                elif not self.about and now_s - self._requested_s > _HELLO_S:
                    self._send_request({"do": "hello"}, now_s)
        finally:
            self._port.close()
            self._when_closed(self)

    def _read(self) -> bytes:
        try:
            return self._port.read(4096)
        except OSError as problem:  # pyserial's SerialException is one
            raise SourceLost(f"{self.name}: the board was unplugged") from problem

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self._port.write(write_message(message) + b"\n")
        except OSError:
            return  # what reads notices as well

    def _send_request(self, message: dict[str, Any], now_s: float) -> None:
        self._requested_s = now_s
        self._send(message)

    def take(self, line: bytes, now_s: float) -> Iterator[Event]:
        """The events in a line (given without its end). Noise is counted; a line that begins behind noise is found."""
        if len(line) > LONGEST_LINE or not line:
            self.noise += bool(line)
        elif line[:1] == b"!" and (heard := read_heard(line)) is not None:
            self._count_lost_lines(heard.seq)
            event = self._event_of(heard, now_s)
            if event is not None:
                yield event
        elif line[:1] == b"#" and (message := _read_numbered(line)) is not None:
            self._count_lost_lines(message["seq"] & 0xFFFF)
            yield from self._take_message(message, now_s)
        else:
            later = _line_behind_noise(line)
            if line[:1] in (b"!", b"#"):
                self.damaged += 1
                self.counts.malformed += 1
            else:
                self.noise += 1
            if later is not None:
                yield from self.take(later, now_s)

    def _count_lost_lines(self, seq: int) -> None:
        """Lines are numbered: the gaps are what was lost on the way."""
        if self._seq is not None:
            gap = (seq - self._seq - 1) & 0xFFFF
            self.lost_lines += gap
            self.counts.dropped += gap
        self._seq = seq

    def _event_of(self, heard: Heard, now_s: float) -> Event | None:
        mhz = BLUETOOTH_MHZ if heard.kind == BLUETOOTH else mhz_of(heard.channel) if heard.channel else None
        signal = DBM[heard.rssi & 0xFF]
        if not heard.prefix:
            self.counts.frames += heard.times
            return self._repeat_of(heard, mhz, signal, now_s)
        event = self._advert(heard, signal, now_s) if heard.kind == BLUETOOTH else self._frame(heard, mhz, now_s)
        self._slots[heard.slot % _SLOTS] = None if event is None else event.memory
        self.counts.frames += heard.times - 1
        return None if event is None else event._replace(times=heard.times)

    def _repeat_of(self, heard: Heard, mhz: int | None, signal: int | None, now_s: float) -> Event | None:
        if heard.slot not in self._slots:
            if now_s - self._requested_s > _REQUEST_AGAIN_S:
                self._send_request(
                    {"do": "forget"}, now_s
                )  # its first line was lost: have everything sent in full again
            return None
        memory = self._slots[heard.slot]
        if memory is None:
            return None
        if self._unknowns is not None and self._unknowns.knows(memory):
            self._slots[heard.slot] = None
            return None
        return Repeat(now_s, memory, signal, mhz, heard.times)

    def _frame(self, heard: Heard, mhz: int | None, now_s: float) -> Any:
        data = heard.prefix if len(heard.prefix) >= heard.length else whole_part(heard.prefix)
        channel = b"" if mhz is None else mhz.to_bytes(2, "little")
        return self._reader.bare(data, 0, len(data), now_s, channel, heard.rssi & 0xFF)

    def _advert(self, heard: Heard, signal: int | None, now_s: float) -> Advert | None:
        self.counts.frames += 1
        if len(heard.prefix) < _ADVERT_HEADER:
            self.counts.malformed += 1
            return None
        address, data = heard.prefix[2:8], heard.prefix[8:]
        memory = Memory(hash(address), hash(heard.prefix))
        if self._unknowns is not None and self._unknowns.knows(memory):
            return None
        self.counts.passed_on += 1
        return Advert(now_s, address, heard.prefix[0] == 0, signal, data, memory, 1, BLUETOOTH_MHZ)

    def _take_message(self, message: dict[str, Any], now_s: float) -> Iterator[Event]:
        kind = message.get("type")
        if kind == "hello":
            self._take_hello(message)
        elif kind == "status":
            losses = (message.get(name) for name in ("lost", "dropped"))
            drops = sum(min(count, 1_000_000) for count in losses if isinstance(count, int) and count > 0)
            self.counts.dropped += drops
            yield from _dwells(message.get("dwells"), now_s, drops)
            if self._unknowns is not None:
                self._unknowns.pass_time(now_s)
        elif kind == "nmea" and isinstance(message.get("line"), str):
            self._on_sentence(message["line"][:LONGEST_LINE])
        elif self._hears is not None:
            self._take_extra(kind, message, now_s, self._hears)

    def _take_extra(self, kind: object, message: dict[str, Any], now_s: float, hears: BoardHears) -> None:
        if kind == "sense":
            field, up = _axes(message.get("m")), _axes(message.get("a"))
            if field is not None and up is not None:
                hears.sensed(field, up, now_s)
        elif kind == "button":
            match message:
                case {"press": int(press), "ms": int(ms)} if 0 <= ms <= _LONGEST_PRESS_MS and press != self._press:
                    self._press = press
                    hears.pressed(ms)

    def _take_hello(self, hello: dict[str, Any]) -> None:
        """A board that has just started knows no plan and has fresh slots."""
        self._slots.clear()
        known = ("board", "uid", "software", "channels", "ble", "parts")
        self.about = {name: hello[name] for name in known if name in hello}
        self._press = None
        channels = hello.get("channels")
        able = {c for c in channels if isinstance(c, int)} if isinstance(channels, list) else set()
        plan = [number for mhz in self._plan_mhz if (number := _channel_number(mhz)) in able]
        if plan:
            self._send({"do": "plan", "channels": plan, "dwell_ms": self._dwell_ms})


class BoardRecording:
    """A `FrameSource` over recorded lines of a board. Each begins with the Unix time at which it came, and a space."""

    kind = "board"

    def __init__(self, path: Path, unknowns: RecentUnknowns | None = None) -> None:
        self._path = path
        self._now_s = 0.0
        self._lines = self._read()
        # A pause in a recording does not mean that the board was lost: what follows is read all the same.
        self._board = Board(
            path.name, ReadOnlyPort(self._next), unknowns=unknowns, clock=lambda: self._now_s, silent_s=None
        )
        self.name = path.name

    @property
    def counts(self) -> CaptureCounts:
        return self._board.counts

    def events(self) -> Iterator[Event]:
        """What the board heard, at the times at which it was recorded. Raises BadInput where the file is none."""
        try:
            yield from self._board.events()
        except SourceLost:
            return  # the end of the file

    def _next(self) -> bytes:
        line = next(self._lines, None)
        if line is None:
            raise OSError("the end")
        return line

    def _read(self) -> Iterator[bytes]:
        for at_s, content in recorded_lines(self._path):
            if at_s is None:
                self._board.noise += 1
                continue
            # A line without a usable time came after the one before it.
            self._now_s = self._now_s if is_moment(self._now_s) and not is_moment(at_s) else at_s
            yield content


def recorded_lines(path: Path) -> Iterator[tuple[float | None, bytes]]:
    """The lines of a recording, each with the Unix time before it, None where there is none. Raises BadInput."""
    try:
        with path.open("rb") as file:
            while line := file.readline(2 * LONGEST_LINE):
                stamp, _, content = line.removeprefix(b"\xef\xbb\xbf").partition(b" ")
                try:
                    at_s = float(stamp)
                except ValueError:
                    at_s = -1.0
                yield (at_s, content) if 0.0 <= at_s < 1e11 else (None, line)
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror})") from problem


class ReadOnlyPort:
    """A port that is only read."""

    def __init__(self, read: Callable[[], bytes]) -> None:
        self._read = read

    def read(self, _size: int = 1, /) -> bytes:
        return self._read()

    def write(self, data: bytes, /) -> int:
        return len(data)

    def close(self) -> None:
        """Nothing to close."""


def _read_numbered(line: bytes) -> dict[str, Any] | None:
    message = read_message(line)
    return message if message is not None and isinstance(message.get("seq"), int) else None


def _line_behind_noise(line: bytes) -> bytes | None:
    """The whole line within a line: a boot message, or half a line that lost its end, may stand before it."""
    for start, _ in zip(_STARTS.finditer(line, 1), range(_MOST_STARTS), strict=False):
        rest = line[start.start() :]
        if (read_heard(rest) if rest[:1] == b"!" else _read_numbered(rest)) is not None:
            return rest
    return None


def _axes(told: object) -> Axes | None:
    """Three finite numbers; None for anything else."""
    match told:
        case [int() | float() as x, int() | float() as y, int() | float() as z]:
            if all(abs(value) <= _MOST_SENSED and not isinstance(value, bool) for value in (x, y, z)):
                return float(x), float(y), float(z)
    return None


def _channel_number(mhz: int) -> int | None:
    """The board's number for a channel. A line's numbers are those of 2.4 and 5 GHz, and mean nothing elsewhere."""
    return channel_of(mhz) if band_of(mhz) in ("2.4 GHz", "5 GHz") else None


def _dwells(reported: object, now_s: float, drops: int) -> Iterator[Dwell]:
    """The dwells of a second; the first one carries what was lost in it."""
    if not isinstance(reported, list):
        return
    for entry in reported[:64]:
        match entry:
            case [int(channel), int(ms), int(frames)] if 0 <= channel <= 200 and 0 <= ms <= _LONGEST_DWELL_MS:
                yield Dwell(now_s, mhz_of(channel) if channel else BLUETOOTH_MHZ, ms / 1000, max(0, frames), drops)
                drops = 0
