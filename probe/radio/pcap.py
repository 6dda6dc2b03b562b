"""The header of a pcap file, and its records one by one: see pcap-savefile(5). `Capture` reads records in place."""

from collections.abc import Iterator
from struct import Struct
from typing import BinaryIO, NamedTuple

from probe.radio.pcapng import MAX_PACKET, Packet, Truncated

MAGICS = {
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
}
HEADER = 24
RECORD = 16
_CHECK_SUM_SAID = 0x0400_0000


class FileHeader(NamedTuple):
    """Byte order, seconds per tick, link type, and how long the check sum behind each packet is."""

    order: str
    resolution_s: float
    link: int
    check_octets: int


def read_header(start: bytes) -> FileHeader | None:
    """The header in the first 24 octets of a file; None where there are fewer, or it is no pcap."""
    if len(start) < HEADER or start[:4] not in MAGICS:
        return None
    order, resolution_s = MAGICS[start[:4]]
    (field,) = Struct(order + "I").unpack(start[20:24])
    # The upper bits are no part of the type: they may say how many 16-bit words the check sum has.
    check_octets = min(4, 2 * (field >> 28)) if field & _CHECK_SUM_SAID else 0
    return FileHeader(order, resolution_s, field & 0xFFFF, check_octets)


def packets(stream: BinaryIO, header: FileHeader) -> Iterator[Packet]:
    """The packets of a stream whose header was read: for looking at some. Raises Truncated at the cut."""
    unpack, at = Struct(header.order + "IIII").unpack, HEADER
    while head := stream.read(RECORD):
        if len(head) < RECORD:
            raise Truncated(at)
        seconds, part, stored, sent = unpack(head)
        octets = stream.read(stored) if stored <= MAX_PACKET else b""
        if len(octets) < stored:
            raise Truncated(at)
        at_s = seconds + part * header.resolution_s
        yield Packet(at_s, header.link, octets, header.check_octets, max(0, sent - stored))
        at += RECORD + stored
