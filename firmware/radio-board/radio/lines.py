"""The lines of the link, protocol 1 (see firmware/link.md). Runs on CircuitPython, MicroPython and CPython alike."""

import binascii
import json
import struct

PROTOCOL = 1
WIFI = 1
BLUETOOTH = 2
LONGEST_LINE = 1024
LONGEST_PREFIX = 400
_HEADER = "<BBHIBbHHH"


def heard(kind, seq, at_ms, channel, rssi, times, slot, length, prefix=b""):
    """The line for what was heard: in full with a prefix, or again without one. Octets, with the line's end.

    `at_ms` in ms, `channel` a number (0 for Bluetooth), `rssi` in dBm, `length` in octets.
    """
    body = (
        struct.pack(
            _HEADER,
            PROTOCOL,
            kind,
            seq & 0xFFFF,
            at_ms & 0xFFFFFFFF,
            channel,
            max(-128, min(0, rssi)),
            min(times, 0xFFFF),
            slot & 0xFFFF,
            min(length, 0xFFFF),
        )
        + prefix[:LONGEST_PREFIX]
    )
    check = struct.pack("<I", binascii.crc32(body) & 0xFFFFFFFF)
    return b"!" + binascii.b2a_base64(body + check).strip() + b"\n"


def message(content):
    """The line for an object, with the line's end."""
    text = json.dumps(content)
    body = text.encode()
    if len(body) != len(text) or "\x7f" in text:
        # MicroPython's dumps() leaves other letters as they are, and a localized CircuitPython has them in its errors.
        body = "".join([one if " " <= one <= "~" else f"\\u{min(ord(one), 0xFFFD):04x}" for one in text]).encode()
    return b"#" + body + b"*" + _check(body) + b"\n"


def read_message(line):
    """The object in a line from the host, or None where it is damaged or something else."""
    line = line.strip(b"\r\n")
    star = line.rfind(b"*")
    if not line.startswith(b"#") or star < 0 or len(line) > LONGEST_LINE:
        return None
    body = line[1:star]
    if line[star + 1 :] != _check(body):
        return None
    try:
        content = json.loads(body.decode())
    except (ValueError, RuntimeError):  # RuntimeError: nested deeper than this Python can go
        return None
    return content if isinstance(content, dict) else None


def _check(body):
    return ("%08x" % (binascii.crc32(body) & 0xFFFFFFFF)).encode()
