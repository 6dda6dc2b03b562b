"""The AVS header (also: wlancap) of the drivers that came after Prism: big-endian, 64 octets or more.

See capturefrm.txt of linux-wlan-ng. Its signal is in dBm only where it says so, and old drivers give a channel's number
where newer ones give its MHz or kHz.
"""

from probe.radio.channels import known_mhz, mhz_of
from probe.radio.radiotap import Header

COOKIES = (b"\x80\x21\x10\x01", b"\x80\x21\x10\x02")
_SHORTEST, _LONGEST = 64, 4096
_CHANNEL_AT, _SIGNAL_TYPE_AT, _SIGNAL_AT = 28, 44, 48
_IN_DBM = 2


def read(packet: bytes) -> Header | None:
    """The header at the start of a packet, or None where it is malformed."""
    if packet[:4] not in COOKIES or len(packet) < _SHORTEST:
        return None
    length = int.from_bytes(packet[4:8], "big")
    if not _SHORTEST <= length <= min(len(packet), _LONGEST):
        return None
    channel = int.from_bytes(packet[_CHANNEL_AT : _CHANNEL_AT + 4], "big")
    kind = int.from_bytes(packet[_SIGNAL_TYPE_AT : _SIGNAL_TYPE_AT + 4], "big")
    signal = int.from_bytes(packet[_SIGNAL_AT : _SIGNAL_AT + 4], "big", signed=True)
    return Header(length, _mhz(channel), signal if kind == _IN_DBM and -128 < signal < 0 else None)


def _mhz(channel: int) -> int | None:
    if channel < 256:
        return mhz_of(channel)
    return known_mhz(channel if channel < 100_000 else channel // 1000)
