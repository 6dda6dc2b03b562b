"""What somebody brings, by its first octets: names and types that browsers say are not asked. Pure."""

from enum import StrEnum

LOOK = 512


class Brings(StrEnum):
    """What a file is, and so what becomes of it."""

    PHOTO = "photo"
    LOG = "log"  # for `contrechamp-probe import`
    SIGHTINGS = "sightings"
    CAPTURE = "capture"  # frames without places
    ARCHIVE = "archive"
    TRACK = "track"  # of a receiver, NMEA
    EMPTY = "empty"
    UNKNOWN = "unknown"


_STARTS = (
    (b"\xff\xd8\xff", Brings.PHOTO),
    (b"\x89PNG\r\n\x1a\n", Brings.PHOTO),
    (b"GIF8", Brings.PHOTO),
    (b"II*\0", Brings.PHOTO),
    (b"MM\0*", Brings.PHOTO),
    (b"\xff\x0a", Brings.PHOTO),
    (b"\xd4\xc3\xb2\xa1", Brings.CAPTURE),
    (b"\xa1\xb2\xc3\xd4", Brings.CAPTURE),
    (b"\x4d\x3c\xb2\xa1", Brings.CAPTURE),
    (b"\xa1\xb2\x3c\x4d", Brings.CAPTURE),
    (b"\x0a\x0d\x0d\x0a", Brings.CAPTURE),
    (b"PK\x03\x04", Brings.ARCHIVE),
    (b"PK\x05\x06", Brings.ARCHIVE),
    (b"BZh", Brings.ARCHIVE),
    (b"\xfd7zXZ", Brings.ARCHIVE),
    (b"7z\xbc\xaf", Brings.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", Brings.ARCHIVE),
    (b"Rar!", Brings.ARCHIVE),
    (b"SQLite format 3\0", Brings.LOG),
    (b"\x1f\x8b", Brings.LOG),  # gzip: what is in it, the importer finds out
)
_BLANK = b"\xef\xbb\xbf \t\r\n"


def brings(start: bytes) -> Brings:
    """What a file with such a beginning is."""
    if not start:
        return Brings.EMPTY
    for magic, kind in _STARTS:
        if start.startswith(magic):
            return kind
    if (start[:4] == b"RIFF" and start[8:12] == b"WEBP") or start[4:8] == b"ftyp" or start[4:8] == b"JXL ":
        return Brings.PHOTO
    text = start.lstrip(_BLANK)
    if text.startswith(b"{"):
        return Brings.SIGHTINGS
    if text.startswith((b"$GP", b"$GN", b"$GL", b"$GA")):
        return Brings.TRACK
    if text.startswith((b"<", b"\xff\xfe<\0", b"\xfe\xff\0<")):
        return Brings.LOG
    # A CSV is text with a comma in its head; what holds a control character is none.
    printable = not any(octet < 9 or 13 < octet < 32 for octet in start)
    return Brings.LOG if printable and b"," in start else Brings.UNKNOWN
