"""The radiotap header in front of a captured frame: channel, signal, flags.

https://www.radiotap.org: a little-endian header with a bitmap of the fields that follow, each aligned to its size.
Captures use few layouts, so a layout's offsets are worked out once and remembered.
"""

from typing import NamedTuple

from probe.radio.channels import known_mhz
from probe.radio.frame import DBM

# Alignment and size of the fields by bit number, as far as the standard defines them.
_FIELDS = {
    0: (8, 8),  # TSFT
    1: (1, 1),  # flags
    2: (1, 1),  # rate
    3: (2, 4),  # channel: MHz, flags
    4: (2, 2),  # FHSS
    5: (1, 1),  # antenna signal, dBm
    6: (1, 1),  # antenna noise, dBm
    7: (2, 2),  # lock quality
    8: (2, 2),  # TX attenuation
    9: (2, 2),  # TX attenuation, dB
    10: (1, 1),  # TX power, dBm
    11: (1, 1),  # antenna
    12: (1, 1),  # antenna signal, dB
    13: (1, 1),  # antenna noise, dB
    14: (2, 2),  # RX flags
    15: (2, 2),  # TX flags
    16: (1, 1),  # RTS retries
    17: (1, 1),  # data retries
    18: (4, 8),  # XChannel
    19: (1, 3),  # MCS
    20: (4, 8),  # A-MPDU status
    21: (2, 12),  # VHT
    22: (8, 12),  # timestamp
    23: (2, 12),  # HE
    24: (2, 12),  # HE-MU
    25: (2, 6),  # HE-MU other user
    26: (1, 1),  # zero-length PSDU
    27: (2, 4),  # L-SIG
}
_RADIOTAP_NAMESPACE, _VENDOR_NAMESPACE, _MORE = 29, 30, 31
_XCHANNEL = 18
_MAX_WORDS = 16
_MAX_LAYOUTS = 256


class Layout(NamedTuple):
    """Where a header keeps what we read: offsets from its first byte, None where it does not say."""

    flags_at: int | None
    channel_at: int | None
    signal_at: int | None


class FieldSlot(NamedTuple):
    """Where a packet keeps what we read: the header's length, and offsets into it, 0 where it does not say."""

    length: int
    flags_at: int
    channel_at: int
    signal_at: int


class Header(NamedTuple):
    """What a header says. `length` in bytes; what follows it is of link type `inner`: 105 is a bare 802.11 frame.

    `check_octets` is how long the check sum behind the frame is, None where the header does not say; `damaged` whether
    it says that the check sum was wrong.
    """

    length: int
    channel_mhz: int | None
    signal_dbm: int | None
    check_octets: int | None = None
    damaged: bool = False
    inner: int = 105


_layouts: dict[bytes, Layout | None] = {}


def read(packet: bytes) -> Header | None:
    """The header at the start of a packet, or None where it is malformed: for the odd packet, not for all."""
    found = place(packet, 0, len(packet))
    if found is None:
        return None
    length, flags_at, channel_at, signal_at = found
    flags = packet[flags_at] if flags_at else None
    return Header(
        length,
        known_mhz(int.from_bytes(packet[channel_at : channel_at + 2], "little")) if channel_at else None,
        DBM[packet[signal_at]] if signal_at else None,
        None if flags is None else 4 if flags & 0x10 else 0,
        bool(flags and flags & 0x40),
    )


def place(octets: bytes, at: int, end: int) -> FieldSlot | None:
    """The places in the header at an offset of a buffer whose packet ends at `end`; None where it is malformed."""
    if end - at < 8 or octets[at] != 0:
        return None
    length = octets[at + 2] | octets[at + 3] << 8
    if not 8 <= length <= end - at:
        return None
    # The layout depends on the bitmap words and on nothing else; one word is by far the most common.
    header = octets[at : at + length]
    key = header[4 : 8 if not header[7] & 0x80 else _words_end(header, length)]
    try:
        layout = _layouts[key]
    except KeyError:
        layout = _remember(key, header)
    if layout is None:
        return None
    flags_at, channel_at, signal_at = (where or 0 for where in layout)
    if signal_at >= length or channel_at + 2 > length or flags_at >= length:
        return None
    return FieldSlot(length, flags_at, channel_at, signal_at)


def _words_end(packet: bytes, length: int) -> int:
    end = 8
    while packet[end - 1] & 0x80 and end + 4 <= min(length, 4 + 4 * _MAX_WORDS):
        end += 4
    return end


def _remember(key: bytes, header: bytes) -> Layout | None:
    layout, general = _walk(key, header)
    if general:  # a vendor's field has a length of its own in each header: never remembered
        if len(_layouts) >= _MAX_LAYOUTS:
            _layouts.clear()
        _layouts[key] = layout
    return layout


def _walk(key: bytes, header: bytes) -> tuple[Layout | None, bool]:
    """The layout by walking the bitmap, and whether it holds for every header with these words."""
    words = [int.from_bytes(key[at : at + 4], "little") for at in range(0, len(key), 4)]
    if words[-1] >> _MORE & 1:
        return None, True
    found: dict[int, int] = {}
    at, general, vendor, first_bit = 4 + len(key), True, False, 0
    for word in words:
        # A vendor's bits are the vendor's: its fields have been stepped over as a whole.
        for bit in range(0 if vendor else 29):
            if not word >> bit & 1:
                continue
            if first_bit + bit not in _FIELDS:
                return _layout(found), general  # a field of unknown size: what lies behind it cannot be found
            alignment, size = _FIELDS[bit]
            at = (at + alignment - 1) // alignment * alignment
            found.setdefault(bit, at)
            at += size
        # Which names the next word speaks: a vendor's, the standard's from its first bit, or those that go on.
        if word >> _VENDOR_NAMESPACE & 1:
            at = (at + 1) // 2 * 2
            if at + 6 > len(header):
                return None, False
            at += 6 + int.from_bytes(header[at + 4 : at + 6], "little")
            general, vendor, first_bit = False, True, 0
        elif word >> _RADIOTAP_NAMESPACE & 1:
            vendor, first_bit = False, 0
        elif not vendor:
            first_bit += 32
    return _layout(found), general


def _layout(found: dict[int, int]) -> Layout:
    channel_at = found.get(3)
    if channel_at is None and _XCHANNEL in found:
        channel_at = found[_XCHANNEL] + 4  # behind its flags, the same MHz
    return Layout(found.get(1), channel_at, found.get(5))
