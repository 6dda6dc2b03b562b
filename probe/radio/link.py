"""The lines between a radio board and the probe, protocol 1: see firmware/link.md. Pure; reads no port.

A line is printable ASCII: `!` and base64 for what was heard, `#` and JSON with a check sum for everything else. What
else comes over a serial port (a banner, a traceback, half a line) is noise: it is counted, never obeyed.
"""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64, crc32
from struct import Struct
from typing import Any, NamedTuple

import msgspec

PROTOCOL = 1
LONGEST_LINE = 1024
WIFI, BLUETOOTH = 1, 2
_HEADER = Struct("<BBHIBbHHH")
_CHECK = 4


class Heard(NamedTuple):
    """What a board heard, once or again.

    `seq` counts the board's lines modulo 65536; `at_ms` is the board's own clock; `channel` a number, 0 for Bluetooth;
    `times` how often since it was last reported; `slot` the board's number for what it heard; `length` the octets of
    the whole frame, of which `prefix` holds the first, or nothing where the slot was reported before.
    """

    kind: int
    seq: int
    at_ms: int
    channel: int
    rssi: int
    times: int
    slot: int
    length: int
    prefix: bytes


def read_heard(line: bytes) -> Heard | None:
    """What a line that begins with `!` says, or None where it is damaged."""
    try:
        payload = a2b_base64(line[1:], strict_mode=True)
    except (Base64Error, ValueError):
        return None
    # The last letter has bits that carry no data: a line damaged there is damaged all the same.
    if len(payload) < _HEADER.size + _CHECK or b2a_base64(payload, newline=False) != line[1:]:
        return None
    body = payload[:-_CHECK]
    if crc32(body) != int.from_bytes(payload[-_CHECK:], "little"):
        return None
    version, kind, seq, at_ms, channel, rssi, times, slot, length = _HEADER.unpack_from(body)
    if version != PROTOCOL or kind not in (WIFI, BLUETOOTH) or not times:
        return None
    return Heard(kind, seq, at_ms, channel, rssi, times, slot, length, body[_HEADER.size :])


def read_message(line: bytes) -> dict[str, Any] | None:
    """The object in a line that begins with `#`, or None where it is damaged."""
    body, star, check = line[1:].rpartition(b"*")
    if not star or len(check) != 8:
        return None
    try:
        if int(check, 16) != crc32(body):
            return None
        message = msgspec.json.decode(body)
    except (ValueError, msgspec.DecodeError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def write_heard(heard: Heard) -> bytes:
    """The line for what was heard, without its end: for recordings and tests; boards have their own."""
    body = _HEADER.pack(PROTOCOL, *heard[:-1]) + heard.prefix
    return b"!" + b2a_base64(body + crc32(body).to_bytes(_CHECK, "little"), newline=False)


def write_message(message: dict[str, Any]) -> bytes:
    """The line for an object, without its end."""
    body = msgspec.json.encode(message)
    return b"#" + body + b"*" + f"{crc32(body):08x}".encode()
