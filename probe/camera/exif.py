"""EXIF directories, entry by entry: what can be read is read, whatever became of its neighbours.

Pillow reads these directories too, but gives up the rest of one at the first entry that points outside the file: a
maker's note that was cut would take the place with it. Entries that nobody asks for are not read, so that a raw picture
of 100 MB costs as little as a small one.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import IntEnum
from math import isfinite
from struct import Struct
from typing import BinaryIO

# A number that is none (x/0, or not finite) is None; text has lost its padding.
Value = str | bytes | tuple[float | None, ...]

MAX_VALUE_BYTES = 256 * 1024


class Main(IntEnum):
    """Entries of the main directory (CIPA DC-008, TIFF 6.0, DNG, Windows' own)."""

    SUBFILE = 0x00FE
    DESCRIPTION = 0x010E
    MAKE = 0x010F
    MODEL = 0x0110
    ORIENTATION = 0x0112
    XMP = 0x02BC
    DNG_VERSION = 0xC612
    IPTC = 0x83BB
    INNER = 0x8769
    GPS = 0x8825
    XP_TITLE = 0x9C9B
    XP_COMMENT = 0x9C9C
    XP_KEYWORDS = 0x9C9E
    XP_SUBJECT = 0x9C9F


class Inner(IntEnum):
    """Entries of the directory that EXIF adds."""

    TAKEN = 0x9003
    DIGITIZED = 0x9004
    OFFSET = 0x9010
    OFFSET_TAKEN = 0x9011
    OFFSET_DIGITIZED = 0x9012
    USER_COMMENT = 0x9286
    WIDTH = 0xA002
    HEIGHT = 0xA003
    DIGITAL_ZOOM = 0xA404
    FOCAL_35MM = 0xA405


class Gps(IntEnum):
    """Entries of the directory of the receiver."""

    LAT_REF = 1
    LAT = 2
    LON_REF = 3
    LON = 4
    TIME = 7
    STATUS = 9
    BEARING_REF = 16
    BEARING = 17
    DATUM = 18
    DISTANCE_REF = 25
    DISTANCE = 26
    DATE = 29
    ERROR_M = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Exif:
    """The entries that are asked for, by number; `big_endian` is the order of the file's own octets."""

    main: dict[int, Value] = field(default_factory=dict)
    inner: dict[int, Value] = field(default_factory=dict)
    gps: dict[int, Value] = field(default_factory=dict)
    big_endian: bool = False

    def __bool__(self) -> bool:
        return bool(self.main or self.inner or self.gps)


_MAIN_TAGS, _INNER_TAGS, _GPS_TAGS = (frozenset(map(int, tags)) for tags in (Main, Inner, Gps))
# Behind the byte order: TIFF's own 42, and what raw pictures of Olympus and Panasonic have in its place.
_MAGIC = {b"*\0", b"\0*", b"RO", b"RS", b"OR", b"U\0"}
_TEXT, _OCTETS = (2, 129), (1, 7)
# Sizes and struct letters of the other types; rationals are pairs.
_NUMBERS = {3: (2, "H"), 4: (4, "I"), 5: (8, "II"), 6: (1, "b"), 8: (2, "h"), 9: (4, "i"), 10: (8, "ii"), 11: (4, "f"),
            12: (8, "d"), 13: (4, "I")}  # fmt: skip


def read_exif(stream: BinaryIO) -> Exif:
    """The entries of a TIFF structure that begins where the stream stands at 0. Never raises for what it holds."""
    head = _at(stream, 0, 8)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or head[2:4] not in _MAGIC or len(head) < 8:
        return Exif()
    main = _directory(stream, order, Struct(order + "I").unpack(head[4:])[0], _MAIN_TAGS)
    return Exif(
        main=main,
        inner=_directory(stream, order, main.get(Main.INNER), _INNER_TAGS),
        gps=_directory(stream, order, main.get(Main.GPS), _GPS_TAGS),
        big_endian=order == ">",
    )


def text(value: Value | None) -> str:
    """A text entry up to its end, empty where there is none."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    return value.partition("\0")[0].strip() if isinstance(value, str) else ""


def number(value: Value | None) -> float | None:
    """A number entry, None where there is none or more than one."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else None


def _directory(stream: BinaryIO, order: str, place: Value | int | None, wanted: Collection[int]) -> dict[int, Value]:
    offset = int(number(place) or 0) if isinstance(place, tuple) else place
    if not isinstance(offset, int) or offset <= 0:
        return {}
    start = _at(stream, offset, 2)
    if len(start) < 2:
        return {}
    entry = Struct(order + "HHI4s")
    rows = _at(stream, offset + 2, entry.size * Struct(order + "H").unpack(start)[0])
    found: dict[int, Value] = {}
    for at in range(0, len(rows) - entry.size + 1, entry.size):
        tag, kind, count, inline = entry.unpack_from(rows, at)
        if tag in wanted and tag not in found:
            value = _value(stream, order, kind, count, inline)
            if value is not None:
                found[tag] = value
    return found


def _value(stream: BinaryIO, order: str, kind: int, count: int, inline: bytes) -> Value | None:
    unit, letters = _NUMBERS.get(kind, (1, ""))
    size = unit * count
    if not letters and kind not in (*_TEXT, *_OCTETS):
        return None
    if not 0 < size <= MAX_VALUE_BYTES:
        return "" if kind in _TEXT and not size else None
    data = inline[:size] if size <= 4 else _at(stream, Struct(order + "I").unpack(inline)[0], size)
    if len(data) < size:
        return None
    if letters:
        parts = [Struct(order + letters).unpack_from(data, at) for at in range(0, size, unit)]
        return tuple(_quotient(*part) for part in parts)
    if kind in _OCTETS:
        return data
    return _decoded(data)


def _quotient(value: float, divisor: float = 1) -> float | None:
    return value / divisor if divisor and isfinite(value) else None


def _decoded(data: bytes) -> str:
    """ASCII, which many write as UTF-8, some as Latin-1."""
    data = data.rstrip(b"\0")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _at(stream: BinaryIO, offset: int, size: int) -> bytes:
    try:
        stream.seek(offset)
        return stream.read(size)
    except (OSError, ValueError, OverflowError):
        return b""
