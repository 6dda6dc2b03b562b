"""Capture files as a source of frames: pcap in both byte orders and resolutions, and pcapng."""

from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from struct import Struct

from probe.errors import BadInput
from probe.radio import pcap, pcapng
from probe.radio.channels import known_mhz
from probe.radio.dot11 import Reader
from probe.radio.frame import Dwell, Event, Frame
from probe.radio.links import Link, carries_wifi, name_of, reading
from probe.radio.moments import is_moment
from probe.radio.pcapng import MAX_PACKET, Packet, Truncated
from probe.radio.source import CaptureCounts
from probe.radio.unknowns import RecentUnknowns

_GZIP = b"\x1f\x8b"
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
        self._unknowns = unknowns
        self._reader = Reader(self.counts, unknowns)
        self._dwell_began_s = float("nan")

    def frames(self) -> Iterator[Frame]:
        """The frames alone. Raises as `events` does."""
        return (event for event in self.events() if isinstance(event, Frame))

    def events(self) -> Iterator[Event]:
        """Frames that carry identity, and every half second what was listened to.

        Raises BadInput where the file is no capture of 802.11. A file cut short yields what lies before the cut;
        `counts.truncated_at` then says where that is. A frame whose time is none counts as heard with the one before
        it; where there is none before, its time is left as it stands.
        """
        with opened(self.path) as stream:
            try:
                yield from self._events(stream)
            except OSError as problem:
                raise _unreadable(self.path, problem) from problem

    def _events(self, stream: BufferedReader) -> Iterator[Event]:
        try:
            header = file_header(self.path, stream)
            yield from self._pcapng(stream) if header is None else self._pcap(stream, header)
        except Truncated as cut:
            self.counts.truncated_at = cut.at
        if self.counts.others and not self.counts.frames:
            raise no_wifi(self.path, self.counts.others)
        yield from self._dwells(self._dwell_began_s)

    def _pcap(self, stream: BufferedReader, header: pcap.FileHeader) -> Iterator[Event]:
        """Records are read in place from blocks of the file: this loop runs for every frame."""
        take, cut = reading(header.link, self._reader, header.check_octets)
        unpack, resolution_s = Struct(header.order + "IIII").unpack_from, header.resolution_s
        block, at, before = b"", 0, pcap.HEADER  # `before` is how many bytes of the file came before this block
        turn_s, due_s = 0.0, float("-inf")
        while fresh := stream.read1(_BLOCK):  # of a pipe, what is there
            before += at
            block, at = block[at:] + fresh, 0
            last = len(block) - pcap.RECORD
            if not carries_wifi(header.link):
                raise no_wifi(self.path, {name_of(header.link): 1})
            while at <= last:
                seconds, part, stored, sent = unpack(block, at)
                end = at + 16 + stored
                if end > last + 16:
                    if stored > MAX_PACKET:
                        raise Truncated(before + at)
                    break
                at_s = seconds + part * resolution_s
                if not turn_s <= at_s < due_s:
                    at_s = _moment(at_s, turn_s)
                    if not turn_s <= at_s < due_s:
                        yield from self._dwells(at_s)
                        turn_s, due_s = at_s, at_s + _TELL_S
                if sent <= stored:
                    frame = take(block, at + 16, end, at_s)
                else:
                    frame = cut(block, at + 16, end, at_s, sent - stored)
                if frame is not None:
                    yield frame
                at = end
        if at < len(block):
            raise Truncated(before + at)

    def _pcapng(self, stream: BufferedReader) -> Iterator[Event]:
        links: dict[tuple[int, int], Link] = {}
        turn_s, due_s = 0.0, float("-inf")
        for packet in pcapng.packets(stream):
            if packet is None:
                self.counts.frames += 1
                self.counts.malformed += 1
                continue
            at_s = _moment(0.0 if packet.at_s is None else packet.at_s, turn_s)
            if not turn_s <= at_s < due_s:
                yield from self._dwells(at_s)
                turn_s, due_s = at_s, at_s + _TELL_S
            frame = self._frame(packet, at_s, links)
            if frame is not None:
                yield frame

    def _frame(self, packet: Packet, at_s: float, links: dict[tuple[int, int], Link]) -> Frame | None:
        key = packet.link, packet.check_octets
        link = links.get(key)
        if link is None:
            if len(links) >= 64:
                links.clear()
            link = links[key] = reading(packet.link, self._reader, packet.check_octets)
        octets = packet.octets
        if packet.missing:
            return link.cut(octets, 0, len(octets), at_s, packet.missing)
        return link.take(octets, 0, len(octets), at_s)

    def _dwells(self, at_s: float) -> Iterator[Dwell]:
        """What was listened to since the last dwell.

        A capture does not say when its radio changed the channel: the time is shared evenly between those heard.
        """
        reader = self._reader
        if self._unknowns is not None:
            self._unknowns.pass_time(at_s)
        step_s = at_s - self._dwell_began_s
        self._dwell_began_s = at_s
        if not reader.heard:
            return
        share_s = (step_s if 0.0 < step_s < _LONGEST_GAP_S else 0.0) / len(reader.heard)
        for channel, frames in reader.heard.items():
            yield Dwell(at_s, known_mhz(int.from_bytes(channel, "little")), share_s, frames)
        reader.heard.clear()


def _moment(at_s: float, before_s: float) -> float:
    """When a packet was heard: 1970 and 2106 are how a file says nothing; then, with what stands before it."""
    return before_s if is_moment(before_s) and not is_moment(at_s) else at_s


def opened(path: Path) -> BufferedReader:
    """The file, open. Raises BadInput where it cannot be."""
    try:
        return path.open("rb")
    except OSError as problem:
        raise _unreadable(path, problem) from problem


def is_capture(start: bytes) -> bool:
    """Whether a file that begins so is a capture, if it is anything."""
    return start[:4] == pcapng.MAGIC or start[:4] in pcap.MAGICS


def file_header(path: Path, stream: BufferedReader) -> pcap.FileHeader | None:
    """The header of a pcap file; None where it is pcapng, of which the magic was read. Raises BadInput for others."""
    magic = stream.read(4)
    if magic == pcapng.MAGIC:
        return None
    if not magic:
        raise BadInput(f"{path}: the file is empty; give a pcap or pcapng capture")
    if magic not in pcap.MAGICS:
        if magic[:2] == _GZIP:
            raise BadInput(f"{path}: compressed; unpack it first: gunzip {path.name}")
        raise BadInput(f"{path}: byte 0: not a capture (starts with {magic.hex()}); give a pcap or pcapng file")
    start = magic + stream.read(pcap.HEADER - 4)
    header = pcap.read_header(start)
    if header is None:
        raise BadInput(f"{path}: byte {len(start)}: cut short in its file header; there is nothing to read")
    return header


def no_wifi(path: Path, others: dict[str, int]) -> BadInput:
    """What to say of a capture in which there is no packet that could be read."""
    kinds = ", ".join(others)
    return BadInput(
        f"{path}: carries no 802.11 frames that can be read ({kinds}); capture in monitor mode with radiotap headers"
    )


def _unreadable(path: Path, problem: OSError) -> BadInput:
    return BadInput(f"{path}: cannot be read ({problem.strerror}); give a pcap or pcapng file")


def open_capture(path: Path, unknowns: RecentUnknowns | None = None) -> Capture:
    """The capture at a path; nothing is read before its `events` are asked for."""
    return Capture(path, unknowns)
