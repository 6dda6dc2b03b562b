"""The Prism header of old drivers: 144 bytes of named values before the frame."""

from probe.radio.radiotap import Header


def read(packet: bytes) -> Header | None:
    """The header at the start of a packet, or None where it is malformed."""
    if len(packet) < 24:
        return None
    length = int.from_bytes(packet[4:8], "little")
    if not 24 <= length <= min(len(packet), 4096):
        return None
    channel = signal = None
    for at in range(24, length - 11, 12):
        did = int.from_bytes(packet[at : at + 4], "little")
        value = int.from_bytes(packet[at + 8 : at + 12], "little", signed=True)
        if did & 0xFFFF == 0x0044 and did >> 16 == 3:
            channel = value
        elif did & 0xFFFF == 0x0044 and did >> 16 == 6 and -128 <= value < 0:
            signal = value
    return Header(length, _mhz(channel), signal)


def _mhz(channel: int | None) -> int | None:
    if channel is None or not 1 <= channel <= 14:
        return None
    return 2484 if channel == 14 else 2407 + 5 * channel
