"""A Wi-Fi adapter in monitor mode as a source of frames. It opens a socket to read from and never writes to it.

The kernel drops all but the five kinds of management frames that carry an identity, and cuts what is left, so that
neither costs the small machine anything. It counts what it could not hand over in time, and so do we.
"""

import ctypes
import errno
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from struct import pack, unpack
from typing import Protocol

from probe.errors import BadInput, SourceLost
from probe.radio.dot11 import Reader
from probe.radio.frame import Dwell, Event
from probe.radio.interface import index_of, is_radiotap
from probe.radio.links import RADIOTAP, reading
from probe.radio.plan import USUAL_DWELL_MS
from probe.radio.privileges import NET_ADMIN, NET_RAW, refused
from probe.radio.source import CaptureCounts
from probe.radio.unknowns import RecentUnknowns

SNAP = 1024  # a beacon with everything in it is about 500 octets
_ALL = 0x0003  # ETH_P_ALL
_SOL_PACKET, _STATISTICS, _ATTACH_FILTER, _BUFFER_FORCE = 263, 6, 26, 33
_BUFFER = 2 * 1024 * 1024
_KINDS = (0x80, 0x50, 0x40, 0x00, 0x20)
_CHECK_S = 1.0


class ChannelTuner(Protocol):
    """What sets the channel of an interface."""

    def tune(self, ifindex: int, mhz: int) -> None: ...


def packet_filter() -> list[tuple[int, int, int, int]]:
    """The kernel's filter (classic BPF): behind the radiotap header, one of the five kinds; cut to `SNAP`."""
    kinds = len(_KINDS)
    return [
        (0x30, 0, 0, 3),  # load octet 3: the header's length, high part
        (0x64, 0, 0, 8),  # shift left
        (0x07, 0, 0, 0),  # keep
        (0x30, 0, 0, 2),  # load octet 2: its low part
        (0x4C, 0, 0, 0),  # both
        (0x07, 0, 0, 0),  # the length is where the frame starts
        (0x50, 0, 0, 0),  # load its first octet
        *((0x15, kinds - place, 0, kind) for place, kind in enumerate(_KINDS)),
        (0x06, 0, 0, 0),  # none of them: nothing
        (0x06, 0, 0, SNAP),  # one of them: so many octets
    ]


class Monitor:
    """A `FrameSource` over an interface that is in monitor mode already (see `interface.to_monitor`).

    It hops over `channels_mhz`, or stays on the one that `hold` names. Frames are stamped with
    `clock`: on a walk, the walk's own.
    """

    kind = "monitor"

    def __init__(
        self,
        interface: str,
        channels_mhz: Sequence[int] = (),
        *,
        unknowns: RecentUnknowns | None = None,
        tuner: ChannelTuner | None = None,
        dwell_ms: int = USUAL_DWELL_MS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = interface
        self.counts = CaptureCounts()
        self.hold: int | None = None
        self._channels = tuple(channels_mhz)
        self._tuner = tuner
        self._dwell_s = dwell_ms / 1000
        self._clock = clock
        self._reader = Reader(self.counts, unknowns)
        self._link = reading(RADIOTAP, self._reader)
        self._ifindex = index_of(interface)
        self._closed = False
        if not is_radiotap(interface):
            raise BadInput(f"{interface}: not in monitor mode; see `iw dev {interface} info`")
        self._socket = _open(interface)

    def close(self) -> None:
        """End `events` at the next dwell."""
        self._closed = True

    def events(self) -> Iterator[Event]:
        """Frames as they come, and a `Dwell` at the end of each visit. Raises SourceLost where the radio is gone."""
        place, untuned = 0, set[int]()
        try:
            while not self._closed:
                held = None if self.hold in untuned else self.hold
                mhz = held or (self._channels[place % len(self._channels)] if self._channels else None)
                place += 1
                if mhz is not None and not self._tune(mhz, untuned):
                    if self._channels and untuned.issuperset(self._channels):
                        raise SourceLost(f"{self.name}: tunes to none of its channels")
                    continue
                yield from self._visit(mhz)
        finally:
            self._socket.close()

    def _visit(self, mhz: int | None) -> Iterator[Event]:
        began_s = self._clock()
        # Not a hopping radio: say once a second what was listened to.
        long_s = self._dwell_s if mhz is not None else _CHECK_S
        until_s = began_s + long_s
        before = self.counts.frames
        receive, clock = self._socket.recv, self._clock
        take, cut = self._link
        while (left_s := until_s - (now_s := clock())) > 0:
            if left_s > long_s + _CHECK_S:  # the clock was set back
                break
            self._socket.settimeout(left_s)
            try:
                data = receive(SNAP)
            except TimeoutError:
                break
            except OSError as problem:
                if problem.errno in (errno.ENETDOWN, errno.ENODEV, errno.ENXIO):
                    raise SourceLost(f"{self.name}: the interface went down or was unplugged") from problem
                raise
            # What fills the whole length was cut there by the filter, and its check sum with it.
            frame = take(data, 0, len(data), now_s) if len(data) < SNAP else cut(data, 0, SNAP, now_s, SNAP)
            if frame is not None:
                yield frame
        self._reader.heard.clear()
        drops = self._read_drops()
        self.counts.dropped += drops
        if index_of(self.name) != self._ifindex:
            # After a replug the old socket stays silent for ever, without an error.
            raise SourceLost(f"{self.name}: the interface was unplugged, or is another one now")
        now_s = self._clock()
        yield Dwell(now_s, mhz, max(0.0, now_s - began_s), self.counts.frames - before, drops)

    def _tune(self, mhz: int, untuned: set[int]) -> bool:
        if self._tuner is None or self._ifindex is None:
            return True
        try:
            self._tuner.tune(self._ifindex, mhz)
            untuned.discard(mhz)
        except TimeoutError:
            return False
        except OSError as problem:
            if problem.errno in (errno.ENODEV, errno.ENETDOWN):
                raise SourceLost(f"{self.name}: the interface went down or was unplugged") from problem
            if problem.errno in (errno.EPERM, errno.EACCES):
                raise refused(f"{self.name}: may not be tuned", NET_ADMIN) from problem
            untuned.add(mhz)  # a channel that this radio or country does not have
            return False
        return True

    def _read_drops(self) -> int:
        _, drops = unpack("II", self._socket.getsockopt(_SOL_PACKET, _STATISTICS, 8))
        return int(drops)


def _open(interface: str) -> socket.socket:
    try:
        opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)  # protocol 0: nothing comes before the filter
    except PermissionError as problem:
        raise refused(f"{interface}: may not be listened to", NET_RAW) from problem
    try:
        program = b"".join(pack("HBBI", *step) for step in packet_filter())
        steps = ctypes.create_string_buffer(program)
        opened.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, pack("HL", len(packet_filter()), ctypes.addressof(steps)))
        try:
            opened.setsockopt(socket.SOL_SOCKET, _BUFFER_FORCE, _BUFFER)
        except OSError:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        opened.bind((interface, _ALL))
    except OSError as problem:
        opened.close()
        raise BadInput(
            f"{interface}: cannot be listened to ({problem.strerror}); try: ip link set {interface} up"
        ) from problem
    return opened
