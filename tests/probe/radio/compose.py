"""Composes captures byte by byte, so that tests need no one's real frames."""

from struct import pack

AXIS_OCTETS = bytes.fromhex("accc8e102030")


def element(number: int, body: bytes) -> bytes:
    """One tagged element."""
    return bytes([number, len(body)]) + body


def beacon(transmitter: bytes = AXIS_OCTETS, ssid: bytes = b"town", extra: bytes = b"", subtype: int = 8) -> bytes:
    """A management frame without radio header or FCS."""
    fixed = {0: 4, 2: 10, 4: 0, 5: 12, 8: 12}[subtype]
    header = bytes([subtype << 4, 0, 0, 0]) + b"\xff" * 6 + transmitter + transmitter + b"\x10\x00"
    return header + bytes(fixed) + element(0, ssid) + element(1, b"\x82\x84\x8b\x96") + extra


def radiotap(frame: bytes, signal_dbm: int = -61, mhz: int = 2437, flags: int = 0) -> bytes:
    """A radiotap header with flags, channel and signal, then the frame."""
    present = 1 << 1 | 1 << 3 | 1 << 5
    body = pack("<B", flags) + b"\0" + pack("<HH", mhz, 0xA0) + pack("<b", signal_dbm)
    return pack("<BBHI", 0, 0, 8 + len(body), present) + body + frame


def prism(frame: bytes, signal_dbm: int = -70, channel: int = 6) -> bytes:
    """An old driver's Prism header, then the frame."""
    values = ((3, channel), (6, signal_dbm))
    items = b"".join(pack("<IHHi", number << 16 | 0x44, 0, 4, value) for number, value in values)
    length = 24 + len(items)
    return pack("<II16s", 0x44, length, b"wlan0") + items + frame


def pcap(
    packets: list[bytes], link: int = 127, order: str = "<", nano: bool = False, at_s: int = 1_778_320_800
) -> bytes:
    """A pcap file; packet i is heard i seconds after the first."""
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    out = pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    for number, packet in enumerate(packets):
        out += pack(order + "IIII", at_s + number, 500_000_000 if nano else 500_000, len(packet), len(packet)) + packet
    return out


def pcapng(packets: list[bytes], link: int = 127, order: str = "<", at_s: int = 1_778_320_800) -> bytes:
    """A pcapng file: a section, an interface in nanoseconds, a block nobody knows, enhanced and simple packets."""

    def block(kind: int, body: bytes) -> bytes:
        body += b"\0" * (-len(body) % 4)
        return pack(order + "II", kind, len(body) + 12) + body + pack(order + "I", len(body) + 12)

    section = block(0x0A0D0D0A, pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))
    resolution = pack(order + "HH", 9, 1) + b"\x09\0\0\0" + pack(order + "HH", 0, 0)
    out = section + block(1, pack(order + "HHI", link, 0, 65535) + resolution) + block(0x0BAD, b"odd")
    for number, packet in enumerate(packets):
        ticks = (at_s + number) * 10**9 + 500_000_000
        out += block(6, pack(order + "IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(packet), len(packet)) + packet)
    return out + block(3, pack(order + "I", len(packets[0])) + packets[0])
