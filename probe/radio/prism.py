"""The Prism header of old drivers: 144 bytes of named values before the frame, in the byte order of its host."""

from probe.radio.channels import mhz_of
from probe.radio.radiotap import Header

_CODES = (0x44, 0x41)  # of the message; they also say how its values are named
_CHANNEL, _SIGNAL = 3, 6


def read(packet: bytes) -> Header | None:
    """The header at the start of a packet, or None where it is malformed."""
    if len(packet) < 24:
        return None
    big = int.from_bytes(packet[:4], "big") in _CODES
    length = _number(packet, 4, 4, big)
    if not 24 <= length <= min(len(packet), 4096):
        return None
    channel = signal = None
    for at in range(24, length - 11, 12):
        if _number(packet, at + 4, 2, big) != 0:
            continue  # the driver says that it does not know this value
        named = _name(_number(packet, at, 4, big))
        value = _number(packet, at + 8, 4, big)
        if named == _CHANNEL:
            channel = value
        elif named == _SIGNAL:
            signal = value - (1 << 32) if value >> 31 else value
    return Header(
        length,
        None if channel is None else mhz_of(channel),
        signal if signal is not None and -128 < signal < 0 else None,
    )


def _name(number: int) -> int | None:
    """Which value it is, by either way of naming them: 0x00030044 or 0x00003041 are the channel."""
    if number & 0xFFFF == 0x44:
        return number >> 16
    return number >> 12 if number & 0xFFF == 0x41 else None


def _number(packet: bytes, at: int, size: int, big: bool) -> int:
    return int.from_bytes(packet[at : at + size], "big" if big else "little")
