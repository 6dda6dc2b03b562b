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


def prism_item(number: int, value: int, status: int = 0, order: str = "<", second: bool = False) -> bytes:
    """A named value of a Prism header, by either way of naming."""
    name = number << 12 | 0x41 if second else number << 16 | 0x44
    return pack(order + "IHHi", name, status, 4, value)


def vendor_first(frame: bytes, signal_dbm: int = -60, mhz: int = 2437) -> bytes:
    """A radiotap header whose first fields are a vendor's, then channel and signal, then the frame."""
    words = pack("<III", 1 << 30 | 1 << 31, 1 | 1 << 29 | 1 << 31, 1 << 3 | 1 << 5)
    body = b"\x00\x11\x22\x00" + pack("<H", 4) + b"\xaa\xbb\xcc\xdd" + pack("<HHb", mhz, 0xA0, signal_dbm)
    return pack("<BBH", 0, 0, 4 + len(words) + len(body)) + words + body + frame


def ppi(frame: bytes, signal_dbm: int = -61, mhz: int = 2437, flags: int = 0, inner: int = 105) -> bytes:
    """A PPI header with a field nobody knows and one of 802.11-Common, then the frame."""
    common = pack("<QHHHHBBbb", 0, flags, 0, mhz, 0xA0, 0, 0, signal_dbm, -95)
    fields = pack("<HH", 30002, 3) + b"odd" + pack("<HH", 2, len(common)) + common
    return pack("<BBHI", 0, 0, 8 + len(fields), inner) + fields + frame


def avs(frame: bytes, signal_dbm: int = -61, channel: int = 6, signal_type: int = 2) -> bytes:
    """An AVS header, then the frame."""
    numbers = pack(">IIIIIIiiII", 4, channel, 10, 0, 0, signal_type, signal_dbm, -95, 0, 0)
    return b"\x80\x21\x10\x01" + pack(">IQQ", 64, 0, 0) + numbers + frame


def cooked(packet: bytes, kind: int = 803, second: bool = False) -> bytes:
    """Linux's "cooked" header of either version, then what an interface of a kind (ARPHRD) gave."""
    if second:
        return pack(">HHIHBB8s", 4, 0, 3, kind, 0, 0, b"") + packet
    return pack(">HHH8sH", 0, kind, 0, b"", 4) + packet


def pcap(
    packets: list[bytes],
    link: int = 127,
    order: str = "<",
    nano: bool = False,
    at_s: int = 1_778_320_800,
    missing: int = 0,
) -> bytes:
    """A pcap file; packet i is heard i seconds after the first. `missing` octets of each were not stored."""
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    out = pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    for number, packet in enumerate(packets):
        stored = packet[: len(packet) - missing]
        part = 500_000_000 if nano else 500_000
        out += pack(order + "IIII", at_s + number, part, len(stored), len(packet)) + stored
    return out


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """A block of a pcapng file."""
    body += b"\0" * (-len(body) % 4)
    return pack(order + "II", kind, len(body) + 12) + body + pack(order + "I", len(body) + 12)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    """An option of a pcapng block."""
    return pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def section(order: str = "<") -> bytes:
    """The block that begins a pcapng section."""
    return block(0x0A0D0D0A, pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link: int = 127, options: bytes = b"", order: str = "<", snap: int = 65535) -> bytes:
    """The block of a pcapng interface."""
    return block(1, pack(order + "HHI", link, 0, snap) + options + option(0, b"", order), order)


def enhanced(packet: bytes, ticks: int, number: int = 0, order: str = "<", missing: int = 0) -> bytes:
    """The block of a packet on an interface, at a time in its ticks; `missing` octets of it were not stored."""
    stored = packet[: len(packet) - missing]
    head = pack(order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(stored), len(packet))
    return block(6, head + stored, order)


def pcapng(packets: list[bytes], link: int = 127, order: str = "<", at_s: int = 1_778_320_800) -> bytes:
    """A pcapng file: a section, an interface in nanoseconds, a block nobody knows, enhanced and simple packets."""
    out = section(order) + interface(link, option(9, b"\x09", order), order) + block(0x0BAD, b"odd", order)
    for number, packet in enumerate(packets):
        out += enhanced(packet, (at_s + number) * 10**9 + 500_000_000, order=order)
    return out + block(3, pack(order + "I", len(packets[0])) + packets[0], order)
