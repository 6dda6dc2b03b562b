"""The PPI header (Per-Packet Information, CACE 1.0.10) of AirPcap and Kismet: fields by type, little-endian."""

from probe.radio.channels import known_mhz
from probe.radio.frame import DBM
from probe.radio.radiotap import Header

_HEADER, _FIELD = 8, 4
_PADDED = 0x01
_COMMON, _COMMON_LENGTH = 2, 20  # the field 802.11-Common
_CHECK_SUM, _BAD_CHECK_SUM = 0x0001, 0x0004


def read(packet: bytes) -> Header | None:
    """The header at the start of a packet, or None where it is malformed. `inner` is the link type that it names."""
    if len(packet) < _HEADER or packet[0] != 0:
        return None
    length, inner = int.from_bytes(packet[2:4], "little"), int.from_bytes(packet[4:8], "little")
    if not _HEADER <= length <= len(packet):
        return None
    found = Header(length, None, None, inner=inner)
    at = _HEADER
    while at + _FIELD <= length:
        kind, size = int.from_bytes(packet[at : at + 2], "little"), int.from_bytes(packet[at + 2 : at + 4], "little")
        if at + _FIELD + size > length:
            break  # a field that does not fit: those before it are good
        if kind == _COMMON and size >= _COMMON_LENGTH:
            found = _common(found, packet[at + _FIELD : at + _FIELD + size])
        at += _FIELD + size
        if packet[1] & _PADDED:
            at += -at % 4
    return found


def _common(header: Header, body: bytes) -> Header:
    flags = int.from_bytes(body[8:10], "little")
    return header._replace(
        channel_mhz=known_mhz(int.from_bytes(body[12:14], "little")),
        signal_dbm=DBM[body[18]],
        check_octets=4 if flags & _CHECK_SUM else 0,
        damaged=bool(flags & _BAD_CHECK_SUM),
    )
