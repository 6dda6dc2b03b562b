"""Capture files as a source of frames: pcap in both byte orders and resolutions, and pcapng."""

from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from struct import Struct

from probe.errors import BadInput
from probe.radio import pcapng, prism
from probe.radio.dot11 import Reader
from probe.radio.frame import Dwell, Event, Frame
from probe.radio.pcapng import MAX_PACKET, Truncated
from probe.radio.source import CaptureCounts
from probe.radio.unknowns import RecentUnknowns

_LINK_NAMES = {0: "null", 1: "Ethernet", 113: "Linux cooked", 163: "AVS", 192: "PPI", 201: "Bluetooth"}
_MAGICS = {
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
}
_BLOCK = 1024 * 1024
_TELL_S = 0.5
_LONGEST_GAP_S = 10.0  # a longer silence of a capture is a pause of its maker, not listening


class Capture:
    """A `FrameSource` over a capture file. One pass; memory does not grow with the file."""

    kind = "capture"

    def __init__(self, path: Path, unknowns: RecentUnknowns | None = None) -> None:
        self.path = path
        self.name = path.name
        self.counts = CaptureCounts()
        self._strangers = unknowns
        self._reader = Reader(self.counts, unknowns)
        self._told_at_s = float("nan")

    def frames(self) -> Iterator[Frame]:
        """The frames alone. Raises as `events` does."""
        return (event for event in self.events() if isinstance(event, Frame))

    def events(self) -> Iterator[Event]:
        """Frames that carry identity, and every half second what was listened to.

        Raises BadInput where the file is no capture of 802.11. A file cut short yields what lies before the cut;
        `counts.truncated_at` then says where that is.
        """
        try:
            with self.path.open("rb") as stream:
                yield from self._events(stream)
        except OSError as problem:
            raise BadInput(f"{self.path}: cannot be read ({problem.strerror}); give a pcap or pcapng file") from problem

    def _events(self, stream: BufferedReader) -> Iterator[Event]:
        magic = stream.read(4)
        if not magic:
            raise BadInput(f"{self.path}: the file is empty; give a pcap or pcapng capture")
        try:
            if magic in _MAGICS:
                yield from self._pcap(stream, *_MAGICS[magic])
            elif magic == pcapng.MAGIC:
                yield from self._pcapng(stream)
            else:
                raise BadInput(
                    f"{self.path}: byte 0: not a capture (starts with {magic.hex()}); give a pcap or pcapng file"
                )
        except Truncated as cut:
            self.counts.truncated_at = cut.at
        yield from self._dwells(self._told_at_s)

    def _pcap(self, stream: BufferedReader, order: str, resolution_s: float) -> Iterator[Event]:
        """Records are read in place from blocks of the file: this loop runs for every frame."""
        rest = stream.read(20)
        if len(rest) < 20:
            raise BadInput(f"{self.path}: byte {4 + len(rest)}: cut short in its file header; there is nothing to read")
        link, take = Struct(order + "I").unpack(rest[16:20])[0] & 0x0FFFFFFF, None
        unpack = Struct(order + "IIII").unpack_from
        block, at, before = b"", 0, 24  # `before` is how many bytes of the file came before this block
        turn_s, due_s = 0.0, float("-inf")
        while fresh := stream.read1(_BLOCK):  # of a pipe, what is there
            before += at
            block, at = block[at:] + fresh, 0
            last = len(block) - 16
            take = take or self._taker(link)
            while at <= last:
                seconds, part, stored, _ = unpack(block, at)
                end = at + 16 + stored
                if end > last + 16:
                    if stored > MAX_PACKET:
                        raise Truncated(before + at)
                    break
                at_s = seconds + part * resolution_s
                if not turn_s <= at_s < due_s:
                    yield from self._dwells(at_s)
                    turn_s, due_s = at_s, at_s + _TELL_S
                frame = take(block, at + 16, end, at_s)
                if frame is not None:
                    yield frame
                at = end
        if at < len(block):
            raise Truncated(before + at)

    def _pcapng(self, stream: BufferedReader) -> Iterator[Event]:
        current, take = -1, None
        turn_s, due_s = 0.0, float("-inf")
        for at_s, link, data in pcapng.packets(stream):
            if link != current or take is None:
                current, take = link, self._taker(link)
            if not turn_s <= at_s < due_s:
                yield from self._dwells(at_s)
                turn_s, due_s = at_s, at_s + _TELL_S
            frame = take(data, 0, len(data), at_s)
            if frame is not None:
                yield frame

    def _dwells(self, at_s: float) -> Iterator[Dwell]:
        """What was listened to since this was last told.

        A capture does not say when its radio changed the channel: the time is shared evenly between those heard.
        """
        reader = self._reader
        if self._strangers is not None:
            self._strangers.pass_time(at_s)
        step_s = at_s - self._told_at_s
        self._told_at_s = at_s
        if not reader.heard:
            return
        share_s = (step_s if 0.0 < step_s < _LONGEST_GAP_S else 0.0) / len(reader.heard)
        for channel, frames in reader.heard.items():
            yield Dwell(at_s, int.from_bytes(channel, "little") or None, share_s, frames)
        reader.heard.clear()

    def _taker(self, link: int) -> Callable[[bytes, int, int, float], Frame | None]:
        """What reads a packet of a link type, at an offset into a buffer."""
        if link == 127:
            return self._reader.radiotap
        if link == 105:
            return self._reader.unmarked
        if link == 119:
            return self._prism
        name = _LINK_NAMES.get(link, "unknown")
        raise BadInput(
            f"{self.path}: link type {link} ({name}) carries no 802.11 frames that can be read; "
            "capture in monitor mode with radiotap headers"
        )

    def _prism(self, octets: bytes, at: int, end: int, at_s: float) -> Frame | None:
        packet = octets[at:end]
        return self._reader.behind(prism.read(packet), packet, at_s)


def open_capture(path: Path, unknowns: RecentUnknowns | None = None) -> Capture:
    """The capture at a path; nothing is read before its `events` are asked for."""
    return Capture(path, unknowns)
