"""Capture files as a source of frames: pcap in both byte orders and resolutions, and pcapng."""

from collections.abc import Callable, Iterator
from pathlib import Path
from struct import Struct
from typing import BinaryIO

from probe.errors import BadInput
from probe.radio import pcapng, prism, radiotap
from probe.radio.dot11 import Reader
from probe.radio.frame import Frame
from probe.radio.pcapng import MAX_PACKET, Packet, Truncated
from probe.radio.radiotap import Header
from probe.radio.source import CaptureCounts

_LINK_TYPES: dict[int, Callable[[bytes], Header | None] | None] = {127: radiotap.read, 119: prism.read, 105: None}
_LINK_NAMES = {0: "null", 1: "Ethernet", 113: "Linux cooked", 163: "AVS", 192: "PPI", 201: "Bluetooth"}
_MAGICS = {
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
}
_BUFFER = 512 * 1024


class Capture:
    """A `FrameSource` over a capture file. One pass; memory does not grow with the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts = CaptureCounts()
        self._reader = Reader(self.counts)

    def frames(self) -> Iterator[Frame]:
        """The frames that carry identity. Raises BadInput where the file is no capture of 802.11.

        A file cut short yields what lies before the cut; `counts.truncated_at` then says where that is.
        """
        try:
            with self.path.open("rb", buffering=_BUFFER) as stream:
                yield from self._frames(stream)
        except OSError as problem:
            raise BadInput(f"{self.path}: cannot be read ({problem.strerror}); give a pcap or pcapng file") from problem

    def _frames(self, stream: BinaryIO) -> Iterator[Frame]:
        magic = stream.read(4)
        if not magic:
            raise BadInput(f"{self.path}: the file is empty; give a pcap or pcapng capture")
        if magic in _MAGICS:
            packets = self._pcap(stream, *_MAGICS[magic])
        elif magic == pcapng.MAGIC:
            packets = pcapng.packets(stream)
        else:
            raise BadInput(
                f"{self.path}: byte 0: not a capture (starts with {magic.hex()}); give a pcap or pcapng file"
            )
        take = self._reader.frame
        counts = self.counts
        current, read = -1, None
        try:
            for at_s, link, data in packets:
                if link != current:
                    current, read = link, self._link(link)
                if read is None:
                    frame = take(data, at_s)
                else:
                    header = read(data)
                    if header is None:
                        counts.frames += 1
                        counts.malformed += 1
                        continue
                    frame = take(data, at_s, header)
                if frame is not None:
                    yield frame
        except Truncated as cut:
            counts.truncated_at = cut.at

    def _pcap(self, stream: BinaryIO, order: str, resolution_s: float) -> Iterator[Packet]:
        rest = stream.read(20)
        if len(rest) < 20:
            raise BadInput(f"{self.path}: byte {4 + len(rest)}: cut short in its file header; there is nothing to read")
        link = Struct(order + "I").unpack(rest[16:20])[0] & 0x0FFFFFFF
        record = Struct(order + "IIII")
        unpack, read, at = record.unpack, stream.read, 24
        while head := read(16):
            if len(head) < 16:
                raise Truncated(at)
            seconds, part, stored, _ = unpack(head)
            if stored > MAX_PACKET:
                raise Truncated(at)
            data = read(stored)
            if len(data) < stored:
                raise Truncated(at)
            yield seconds + part * resolution_s, link, data
            at += 16 + stored

    def _link(self, link: int) -> Callable[[bytes], Header | None] | None:
        if link in _LINK_TYPES:
            return _LINK_TYPES[link]
        name = _LINK_NAMES.get(link, "unknown")
        raise BadInput(
            f"{self.path}: link type {link} ({name}) carries no 802.11 frames that can be read; "
            "capture in monitor mode with radiotap headers"
        )


def open_capture(path: Path) -> Capture:
    """The capture at a path; nothing is read before its `frames` are asked for."""
    return Capture(path)
