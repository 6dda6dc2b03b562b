"""What a file is by its first octets, and where in it the metadata stands. No pixel is decoded, however many there are:
that is `decode`'s, and only for the redactor.

Suffixes are not asked: phones, messengers and cards name one thing in many ways. Only the formats below are opened:
Pillow knows many more, some of which start other programs.
"""

import warnings
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import SEEK_CUR, BytesIO
from struct import Struct
from typing import BinaryIO

from probe.camera.captions import exif_captions, iptc_captions, xmp_captions
from probe.camera.exif import Exif, Main, read_exif
from probe.camera.lens import Lens, lens_of

START_BYTES = 64
MAX_PHOTO_BYTES = 256 * 1024 * 1024
# AVIF and HEIC are read into memory as they are.
MAX_WHOLE_BYTES = 64 * 1024 * 1024
_MAX_CHUNK_BYTES, _MAX_CHUNKS = 1024 * 1024, 10_000

_STARTS = (
    (b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"),
    (b"IIRO", "TIFF"), (b"IIRS", "TIFF"), (b"MMOR", "TIFF"), (b"IIU\0", "TIFF"),
    (b"GIF8", "GIF"), (b"FUJIFILMCCD-RAW", "Fujifilm raw"), (b"FOVb", "Sigma raw"), (b"\0MRM", "Minolta raw"),
    (b"\xff\x0a", "JPEG XL"), (b"\0\0\0\x0cJXL ", "JPEG XL"), (b"\0\0\0\x0cjP  ", "JPEG 2000"), (b"II+\0", "BigTIFF"),
    (b"MM\0+", "BigTIFF"), (b"8BPS", "Photoshop"),
)  # fmt: skip
_AVIF = {b"avif", b"avis"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}


class NoReader(Exception):
    """What is missing here to read such a file, in words that follow its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What stands beside the picture: its EXIF, what is said in words, and what is said of the lens."""

    exif: Exif
    captions: tuple[str, ...]
    lens: Lens = field(default_factory=Lens)


def kind_of(start: bytes) -> str | None:
    """What a file is by its first octets: None where it is no picture."""
    for magic, kind in _STARTS:
        if start.startswith(magic):
            return kind
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WebP"
    return _by_brand(start) if start[4:8] == b"ftyp" else None


def _by_brand(start: bytes) -> str | None:
    """AVIF and HEIC call themselves by one of several brands, and may call themselves by a more general one first."""
    size = min(len(start), int.from_bytes(start[:4], "big"))
    brands = {start[8:12], *(start[at : at + 4] for at in range(16, size - 3, 4))}
    if brands & _AVIF:
        return "AVIF"
    if brands & _HEIC:
        return "HEIC"
    return "Canon raw (CR3)" if start[8:12] == b"crx " else None


def _metadata(exif: bytes | None, *, xmp: bytes = b"", captions: tuple[str, ...] = ()) -> Metadata:
    exif = exif or b""
    while exif.startswith(b"Exif\0\0"):  # some write it twice
        exif = exif[6:]
    read = read_exif(BytesIO(exif))
    said = (*exif_captions(read), *xmp_captions(xmp), *captions)
    return Metadata(exif=read, captions=said, lens=lens_of(read, xmp))


def _jpeg(stream: BinaryIO) -> Metadata:
    # Not by Image.open, which refuses a picture for its pixels before anyone asks for them.
    from PIL.JpegImagePlugin import JpegImageFile

    info = JpegImageFile(stream).info
    iptc = info.get("photoshop", {}).get(0x0404, b"")
    comment = info.get("comment", b"").decode("utf-8", errors="replace")
    return _metadata(info.get("exif"), xmp=info.get("xmp", b""), captions=(*iptc_captions(iptc), comment))


def _tiff(stream: BinaryIO) -> Metadata:
    """TIFF, and the raw pictures that are built like it: DNG, NEF, CR2, ARW and others."""
    exif = read_exif(stream)
    xmp, iptc = exif.main.get(Main.XMP), exif.main.get(Main.IPTC)
    captions = [*exif_captions(exif)]
    packet = xmp if isinstance(xmp, bytes) else b""
    captions += xmp_captions(packet)
    captions += iptc_captions(iptc) if isinstance(iptc, bytes) else ()
    return Metadata(exif=exif, captions=tuple(captions), lens=lens_of(exif, packet))


def _chunks(stream: BinaryIO, wanted: set[bytes], head: Struct, *, check_bytes: int, align: int) -> Iterator[bytes]:
    """Names and contents, by turns, of the wanted chunks of a file that is made of chunks; the others are passed."""
    for _ in range(_MAX_CHUNKS):
        start = stream.read(head.size)
        if len(start) < head.size:
            return
        one, other = head.unpack(start)
        name, size = (one, other) if isinstance(one, bytes) else (other, one)
        rest = size % align + check_bytes
        if name in wanted and size <= _MAX_CHUNK_BYTES:
            data = stream.read(size)
            if len(data) < size:
                return
            yield from (name, data)
        else:
            rest += size
        stream.seek(rest, SEEK_CUR)


def _webp(stream: BinaryIO) -> Metadata:
    stream.seek(12)
    parts = _chunks(stream, {b"EXIF", b"XMP "}, Struct("<4sI"), check_bytes=0, align=2)
    found = dict(zip(parts, parts, strict=False))
    return _metadata(found.get(b"EXIF"), xmp=found.get(b"XMP ", b""))


def _png(stream: BinaryIO) -> Metadata:
    """Also what stands behind the pixels, where the standard allows it; Pillow would decode these first."""
    stream.seek(8)
    parts = _chunks(stream, {b"eXIf", b"tEXt", b"zTXt", b"iTXt"}, Struct(">I4s"), check_bytes=4, align=1)
    exif, texts = None, {}
    for name, data in zip(parts, parts, strict=False):
        if name == b"eXIf":
            exif = exif or data
        else:
            key, _, rest = data.partition(b"\0")
            texts[key] = _png_text(name, rest)
    raw = next((texts[key] for key in (b"Raw profile type exif", b"Raw profile type APP1") if key in texts), b"")
    captions = (texts.get(key, b"").decode("utf-8", errors="replace") for key in (b"Description", b"Comment"))
    return _metadata(exif or _raw_profile(raw), xmp=texts.get(b"XML:com.adobe.xmp", b""), captions=tuple(captions))


def _png_text(name: bytes, rest: bytes) -> bytes:
    packed = name == b"zTXt" or (name == b"iTXt" and rest[:1] == b"\1")
    if name == b"zTXt":
        rest = rest[1:]
    elif name == b"iTXt":
        rest = rest[2:].split(b"\0", 2)[-1]
    if not packed:
        return rest
    try:
        return zlib.decompressobj().decompress(rest, _MAX_CHUNK_BYTES)
    except zlib.error:
        return b""


def _raw_profile(text: bytes) -> bytes:
    """EXIF as ImageMagick writes it into text: a name, a length, and then hexadecimal digits."""
    try:
        return bytes.fromhex(b"".join(text.split(b"\n")[3:]).decode("ascii"))
    except ValueError:
        return b""


def _avif(stream: BinaryIO) -> Metadata:
    try:
        from PIL.AvifImagePlugin import SUPPORTED, AvifImageFile
    except ImportError as problem:
        raise NoReader("needs Pillow 11.3 or newer: pip install -U pillow") from problem
    if not SUPPORTED:
        raise NoReader("needs a Pillow that was built with libavif: pip install -U pillow")
    info = AvifImageFile(stream).info
    return _metadata(info.get("exif"), xmp=info.get("xmp", b""))


def _heic(stream: BinaryIO) -> Metadata:
    try:
        from pillow_heif import open_heif
    except ImportError as problem:
        raise NoReader("needs pillow-heif: pip install 'contrechamp[heic]'") from problem
    info = open_heif(stream).info
    return _metadata(info.get("exif"), xmp=info.get("xmp") or b"")


_READERS: dict[str, Callable[[BinaryIO], Metadata]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WebP": _webp,
    "TIFF": _tiff,
    "AVIF": _avif,
    "HEIC": _heic,
}
_WHOLE = {"AVIF", "HEIC"}


def is_readable(kind: str | None) -> bool:
    """Whether the metadata of this kind of file is read here."""
    return kind in _READERS


def largest_bytes(kind: str) -> int:
    """The size beyond which a file of this kind is no photo from a walk."""
    return MAX_WHOLE_BYTES if kind in _WHOLE else MAX_PHOTO_BYTES


def read_metadata(stream: BinaryIO, kind: str) -> Metadata:
    """The metadata of a file of a readable kind. Raises NoReader, and for damage almost anything: libraries do."""
    stream.seek(0)
    with warnings.catch_warnings(action="ignore"):  # what libraries think of the file is not the walker's concern
        return _READERS[kind](stream)
