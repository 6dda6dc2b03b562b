"""The words that stand in a photo's metadata: its description, comments and keywords, wherever an app wrote them."""

from collections.abc import Iterator

from probe.camera.exif import Exif, Inner, Main, Value
from probe.camera.xmp import local, root_of

MAX_CAPTION = 8_000  # characters of one caption; what people type by hand is shorter
_XMP_NAMES = {"description", "title", "subject", "UserComment"}
_IPTC_KEYWORDS, _IPTC_CAPTION = 25, 120
_PREFIX_BYTES = 8


def exif_captions(exif: Exif) -> Iterator[str]:
    """What the EXIF says in words."""
    description = exif.main.get(Main.DESCRIPTION)
    if isinstance(description, str):
        yield description
    for tag in (Main.XP_TITLE, Main.XP_SUBJECT, Main.XP_COMMENT, Main.XP_KEYWORDS):
        value = exif.main.get(tag)
        if isinstance(value, bytes):
            yield value.decode("utf-16-le", errors="replace").partition("\0")[0]
        elif isinstance(value, str):
            yield value
    yield _user_comment(exif.inner.get(Inner.USER_COMMENT), big_endian=exif.big_endian)


def xmp_captions(packet: bytes) -> Iterator[str]:
    """Descriptions, titles and keywords of an XMP packet; nothing where it is none."""
    root = root_of(packet)
    if root is None:
        return
    for element in root.iter():
        if local(element.tag) in _XMP_NAMES:
            yield "\n".join(part.strip() for part in element.itertext() if part.strip())
        yield from (value for name, value in element.attrib.items() if local(name) in _XMP_NAMES)


def iptc_captions(block: bytes) -> Iterator[str]:
    """Caption and keywords of an IPTC-IIM block."""
    at = 0
    while at + 5 <= len(block) and block[at] == 0x1C:
        record, dataset, size = block[at + 1], block[at + 2], int.from_bytes(block[at + 3 : at + 5], "big")
        if size & 0x8000:  # longer than any caption
            return
        if record == 2 and dataset in (_IPTC_KEYWORDS, _IPTC_CAPTION):
            yield block[at + 5 : at + 5 + size].decode("utf-8", errors="replace")
        at += 5 + size


def _user_comment(value: Value | None, *, big_endian: bool) -> str:
    """A comment behind the eight octets that name its code; many leave these out, or at zero."""
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes):
        return ""
    code, body = value[:_PREFIX_BYTES].rstrip(b"\0 ").upper(), value[_PREFIX_BYTES:]
    if code == b"UNICODE":
        return _utf16(body, big_endian=big_endian)
    if code == b"JIS":
        return body.decode("iso2022_jp", errors="replace").rstrip("\0 ")
    if code not in (b"ASCII", b""):
        body = value
    return body.decode("utf-8", errors="replace").strip("\0 ")


def _utf16(body: bytes, *, big_endian: bool) -> str:
    """UTF-16 in the file's order, in that of its mark, or, as often, simply in the other one."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", errors="replace").rstrip("\0 ")
    orders = ("utf-16-be", "utf-16-le") if big_endian else ("utf-16-le", "utf-16-be")
    read = [body.decode(order, errors="replace").rstrip("\0 ") for order in orders]
    return max(read, key=lambda caption: sum(char.isascii() for char in caption))
