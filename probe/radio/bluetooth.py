"""Bluetooth LE advertisements by a passive scan over a raw HCI socket; no bluetoothd, and nothing is ever asked back.

Bluetooth Core 5.4, volume 4 part E: reports come in the old form (7.7.65.2) or the extended one (7.7.65.13), whichever
the controller likes, also where the old commands were used. In the extended form the signal is not the last octet.
"""

import errno
import socket
import time
from collections.abc import Callable, Iterator
from struct import pack
from typing import NamedTuple, Protocol

from probe.errors import BadInput, SourceLost
from probe.radio.board import BLUETOOTH_MHZ
from probe.radio.frame import DBM, Advert, Dwell, Event, Memory
from probe.radio.privileges import NET_ADMIN, NET_RAW, refused
from probe.radio.source import CaptureCounts
from probe.radio.unknowns import RecentUnknowns

_EVENT, _COMMAND = 0x04, 0x01
_META, _COMPLETE, _STATUS = 0x3E, 0x0E, 0x0F
_REPORT, _EXTENDED_REPORT = 0x02, 0x0D
_SET_PARAMETERS, _ENABLE = 0x200B, 0x200C
_SET_EXTENDED_PARAMETERS, _EXTENDED_ENABLE = 0x2041, 0x2042
_DISALLOWED = 0x0C
_ANONYMOUS = 0xFF  # an address type: the advertiser did not give any
_DWELL_S = 1.0
_FAMILY, _HCI, _SOL_HCI, _HCI_FILTER, _UP = 31, 1, 0, 2, 0x400448C9


class Report(NamedTuple):
    """One advertising report: address in printed order, whether a maker gave it, dBm or None, AD structures."""

    address: bytes
    public: bool
    signal_dbm: int | None
    data: bytes


class Transport(Protocol):
    """What carries HCI packets, each with its type octet in front. `receive` raises TimeoutError after a while."""

    def send(self, packet: bytes) -> None: ...
    def receive(self, timeout_s: float) -> bytes: ...
    def close(self) -> None: ...


def read_reports(packet: bytes) -> tuple[list[Report], bool]:
    """The reports in an HCI packet, none where it is something else; and whether all that it announces was there."""
    if len(packet) < 4 or packet[0] != _EVENT or packet[1] != _META:
        return [], True
    body = packet[3 : 3 + packet[2]]
    if len(body) < 2:
        return [], False
    if body[0] == _REPORT:
        reports, complete = _split_reports(body, body[1], head=9, address_at=2, type_at=1, length_at=8)
    elif body[0] == _EXTENDED_REPORT:
        reports, complete = _split_reports(body, body[1], head=24, address_at=3, type_at=2, length_at=23, signal_at=13)
    else:
        return [], True
    return reports, complete and len(body) == packet[2]


def _split_reports(
    body: bytes, count: int, *, head: int, address_at: int, type_at: int, length_at: int, signal_at: int | None = None
) -> tuple[list[Report], bool]:
    reports: list[Report] = []
    at = 2
    for _ in range(count):
        if at + head > len(body):
            return reports, False
        data_end = at + head + body[at + length_at]
        # In the old form the signal follows the data; in the extended form it stands in the head.
        end = data_end if signal_at is not None else data_end + 1
        if end > len(body):
            return reports, False
        signal = body[data_end] if signal_at is None else body[at + signal_at]
        address, kind = body[at + address_at : at + address_at + 6][::-1], body[at + type_at]
        if kind != _ANONYMOUS:
            reports.append(Report(address, kind & 1 == 0, DBM[signal], body[at + head : data_end]))
        at = end
    return reports, True


def command(opcode: int, parameters: bytes) -> bytes:
    """An HCI command packet."""
    return pack("<BHB", _COMMAND, opcode, len(parameters)) + parameters


# Passive: scan type 0 in both. Interval and window are equal (60 ms): the radio listens all the time.
SCAN_OLD = (
    command(_ENABLE, b"\x00\x00"),
    command(_SET_PARAMETERS, pack("<BHHBB", 0, 96, 96, 0, 0)),
    command(_ENABLE, b"\x01\x00"),
)
SCAN_EXTENDED = (
    command(_EXTENDED_ENABLE, pack("<BBHH", 0, 0, 0, 0)),
    command(_SET_EXTENDED_PARAMETERS, pack("<BBBBHH", 0, 0, 1, 0, 96, 96)),
    command(_EXTENDED_ENABLE, pack("<BBHH", 1, 0, 0, 0)),
)
STOP = (command(_ENABLE, b"\x00\x00"), command(_EXTENDED_ENABLE, pack("<BBHH", 0, 0, 0, 0)))


class Bluetooth:
    """A `FrameSource` over a Bluetooth adapter such as `hci0`."""

    kind = "bluetooth"

    def __init__(
        self,
        name: str,
        transport: Transport,
        *,
        unknowns: RecentUnknowns | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.counts = CaptureCounts()
        self.hold: int | None = None
        self._transport = transport
        self._unknowns = unknowns
        self._clock = clock
        self._closed = False

    def close(self) -> None:
        self._closed = True

    def events(self) -> Iterator[Event]:
        """Advertisements of everyone but recent unknowns. Raises SourceLost where the adapter is gone."""
        try:
            self._start()
            began_s, frames = self._clock(), 0
            while not self._closed:
                for report in self._receive_reports():
                    advert = self._advert(report, self._clock())
                    if advert is not None:
                        yield advert
                now_s = self._clock()
                if not 0.0 <= now_s - began_s < _DWELL_S:
                    yield Dwell(now_s, BLUETOOTH_MHZ, min(max(0.0, now_s - began_s), 10.0), self.counts.frames - frames)
                    began_s, frames = now_s, self.counts.frames
            for packet in STOP:
                self._transport.send(packet)
        finally:
            self._transport.close()

    def _start(self) -> None:
        """Tell the controller to scan passively, by the old commands, or the extended ones where it wants those."""
        for packets in (SCAN_OLD, SCAN_EXTENDED):
            status = 0
            for packet in packets:
                self._send(packet)
                status = self._command_status(packet)
            if status == 0:
                return
            if status != _DISALLOWED:
                break
        raise BadInput(
            f"{self.name}: the controller refuses to scan (status {status}); stop what uses it: "
            "sudo systemctl stop bluetooth"
        )

    def _send(self, packet: bytes) -> None:
        try:
            self._transport.send(packet)
        except OSError as problem:
            raise SourceLost(f"{self.name}: the adapter went down or was unplugged") from problem

    def _command_status(self, packet: bytes) -> int:
        """The controller's answer to a command; reports in between are dropped."""
        for _ in range(200):
            answer = self._receive_packet(2.0)
            if not answer:
                break
            if len(answer) >= 7 and answer[1] == _COMPLETE and answer[4:6] == packet[1:3]:
                return answer[6]
            if len(answer) >= 7 and answer[1] == _STATUS and answer[5:7] == packet[1:3]:
                return answer[3]
        raise SourceLost(f"{self.name}: the controller does not answer")

    def _receive_packet(self, timeout_s: float) -> bytes:
        try:
            return self._transport.receive(timeout_s)
        except TimeoutError:
            return b""
        except OSError as problem:
            raise SourceLost(f"{self.name}: the adapter went down or was unplugged") from problem

    def _receive_reports(self) -> list[Report]:
        packet = self._receive_packet(_DWELL_S)
        reports, complete = read_reports(packet) if packet else ([], True)
        if not complete:
            self.counts.frames += 1
            self.counts.malformed += 1
        self.counts.frames += len(reports)
        return reports

    def _advert(self, report: Report, now_s: float) -> Advert | None:
        address_hash = hash(report.address + bytes([report.public]))
        memory = Memory(address_hash, hash(report.data))
        if self._unknowns is not None:
            if self._unknowns.knows(memory):
                return None
            self._unknowns.pass_time(now_s)
        self.counts.passed_on += 1
        return Advert(now_s, report.address, report.public, report.signal_dbm, report.data, memory, 1, BLUETOOTH_MHZ)


class HciSocket:
    """A `Transport` over the kernel's raw HCI socket. Needs CAP_NET_RAW, and CAP_NET_ADMIN to bring the adapter up."""

    def __init__(self, name: str) -> None:
        if not (name.startswith("hci") and name[3:].isdecimal()):
            raise BadInput(f"{name}: not a Bluetooth adapter; they are called hci0, hci1, ...")
        number = int(name[3:])
        try:
            self._socket = socket.socket(_FAMILY, socket.SOCK_RAW, _HCI)
        except PermissionError as problem:
            raise refused(f"{name}: may not be listened to", NET_RAW) from problem
        except OSError as problem:
            raise BadInput(f"{name}: this kernel has no Bluetooth; try: sudo modprobe bluetooth") from problem
        try:
            self._bring_up(number, name)
            # Events alone: command complete and status, and LE meta events.
            mask = 1 << _COMPLETE | 1 << _STATUS | 1 << _META
            self._socket.setsockopt(
                _SOL_HCI, _HCI_FILTER, pack("<LLLH2x", 1 << _EVENT, mask & 0xFFFFFFFF, mask >> 32, 0)
            )
            self._socket.bind((number,))
        except PermissionError as problem:
            self._socket.close()
            raise refused(f"{name}: may not be listened to ({problem.strerror})", NET_RAW, NET_ADMIN) from problem
        except OSError as problem:
            self._socket.close()
            raise BadInput(
                f"{name}: cannot be listened to ({problem.strerror}); `hciconfig` lists adapters"
            ) from problem

    def _bring_up(self, number: int, name: str) -> None:
        import fcntl

        try:
            fcntl.ioctl(self._socket.fileno(), _UP, number)
        except OSError as problem:
            if problem.errno != errno.EALREADY:
                raise OSError(problem.errno, f"bringing {name} up: {problem.strerror}") from problem

    def send(self, packet: bytes) -> None:
        self._socket.send(packet)

    def receive(self, timeout_s: float) -> bytes:
        self._socket.settimeout(timeout_s)
        return self._socket.recv(1024)

    def close(self) -> None:
        self._socket.close()
