"""The link types of captures: which of them carry 802.11, and what reads each.

A packet may have several headers, one behind the other (PPI, or Linux's "cooked" one, around another). What carries no
802.11 is counted by its name and passed over.
"""

from collections.abc import Callable
from typing import NamedTuple

from probe.radio import avs, cooked, ppi, prism, radiotap
from probe.radio.dot11 import Reader
from probe.radio.frame import Frame
from probe.radio.radiotap import Header

BARE, PRISM, RADIOTAP = 105, 119, 127
_NAMES = {
    0: "null", 1: "Ethernet", 101: "raw IP", 113: "Linux cooked", 187: "Bluetooth", 189: "USB", 192: "PPI",
    195: "802.15.4", 201: "Bluetooth", 220: "USB", 228: "IPv4", 230: "802.15.4", 249: "USB", 251: "Bluetooth LE",
    254: "Bluetooth", 256: "Bluetooth LE", 272: "Bluetooth LE", 276: "Linux cooked", 283: "802.15.4",
}  # fmt: skip
_DEEPEST = 3  # headers one behind the other


def _prism_or_avs(packet: bytes) -> Header | None:
    return avs.read(packet) if packet[:4] in avs.COOKIES else prism.read(packet)


_HEADERS: dict[int, Callable[[bytes], Header | None]] = {
    113: cooked.read,
    PRISM: _prism_or_avs,
    RADIOTAP: radiotap.read,
    163: avs.read,
    192: ppi.read,
    276: cooked.read_second,
}


class Link(NamedTuple):
    """What reads the packets of a link type: `take` a whole one at an offset of a buffer, `cut` one that lacks so
    many octets at its end."""

    take: Callable[[bytes, int, int, float], Frame | None]
    cut: Callable[[bytes, int, int, float, int], Frame | None]


def name_of(link: int) -> str:
    """The usual name of a link type, or its number."""
    return _NAMES.get(link, f"link type {link}")


def carries_wifi(link: int) -> bool:
    """Whether packets of a link type can be 802.11 frames."""
    return link == BARE or link in _HEADERS


def unwrap(link: int, packet: bytes) -> Header | None:
    """All headers of a packet as one; None where one of them is malformed.

    What lies behind it is a bare frame where its `inner` is 105; else it is of another kind, or wrapped too deep.
    """
    whole = Header(0, None, None, inner=link)
    for _ in range(_DEEPEST):
        read = _HEADERS.get(whole.inner)
        if read is None:
            break
        header = read(packet[whole.length :])
        if header is None:
            return None
        whole = Header(
            whole.length + header.length,
            whole.channel_mhz if header.channel_mhz is None else header.channel_mhz,
            whole.signal_dbm if header.signal_dbm is None else header.signal_dbm,
            whole.check_octets if header.check_octets is None else header.check_octets,
            whole.damaged or header.damaged,
            header.inner,
        )
    return whole


def reading(link: int, reader: Reader, check_octets: int = 0) -> Link:
    """What reads packets of a link type. `check_octets` is how long the file says that their check sums are."""

    def cut(octets: bytes, at: int, end: int, at_s: float, missing: int) -> Frame | None:
        packet = octets[at:end]
        header = unwrap(link, packet)
        if header is not None and header.inner != BARE:
            name = name_of(link)
            reader.counts.others[name] = reader.counts.others.get(name, 0) + 1
            return None
        return reader.behind(header, packet, at_s, missing, check_octets)

    def whole(octets: bytes, at: int, end: int, at_s: float) -> Frame | None:
        return cut(octets, at, end, at_s, 0)

    # The two usual ones, without a check sum to take off, are read in place: this runs for every frame.
    usual = {BARE: reader.unmarked, RADIOTAP: reader.radiotap}
    return Link(whole if check_octets else usual.get(link, whole), cut)
