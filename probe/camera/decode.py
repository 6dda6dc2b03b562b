"""A photo's file as pixels for the redactor: upright, in sRGB, no longer than a frame of the probe's own camera.

Bounded in memory and time: what decoding takes is worked out from the file's own numbers before a pixel is decoded, and
a JPEG is decoded small at once. A file that is not whole is refused, and never half of it is shown. Metadata is
`container`'s; nothing of it is needed here but which side is up, and its colour profile.
"""

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import numpy as np

from probe.camera.colour import flat_rgb
from probe.camera.container import START_BYTES, NoReader, is_readable, kind_of, largest_bytes, read_metadata
from probe.camera.exif import Exif, Main, number, read_exif
from probe.camera.jpeg import Damaged, structure_of
from probe.contract.sighting import PhotoNotKept
from probe.errors import BadInput
from probe.redact.faces import Pixels

if TYPE_CHECKING:
    from PIL import Image

LONGEST_PX = 2304  # the redactor's memory is measured with frames of this length
LEAST_PX = 160  # smaller is a thumbnail, on which nobody sees a camera
_DRAFT_PX = 1920  # a JPEG is made small while it is decoded, as long as so much is left
MAX_PIXELS = 400_000_000
MAX_MEMORY_BYTES = 512 << 20
_SPARE_BYTES = 48 << 20
_MEMINFO = Path("/proc/meminfo")

# Octets of memory for a pixel, by how each library decodes: the planes of the codec, its result, and Pillow's own.
_WEBP_BYTES, _PLANES_BYTES, _PLAIN_BYTES = 16, 10, 8
# By orientation in EXIF: what to do with the pixels, as Pillow calls it.
_TURNS = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_270",
          7: "TRANSVERSE", 8: "ROTATE_90"}  # fmt: skip
_RAW_STARTS = (b"IIRO", b"IIRS", b"MMOR", b"IIU\0")
_EXPORT = "export it as JPEG"


class NoPixels(BadInput):
    """A photo whose picture cannot be decoded here; `why` is what its pin says, `damaged` that the file is to blame."""

    def __init__(self, message: str, why: PhotoNotKept = PhotoNotKept.CAMERA, *, damaged: bool = True) -> None:
        super().__init__(message)
        self.why, self.damaged = why, damaged


class _Opened(NamedTuple):
    """A picture that is not decoded yet, and the orientation that is still to be applied."""

    image: "Image.Image"
    orientation: int


def free_bytes() -> int | None:
    """Memory that can be had without harm; None where the system does not say."""
    try:
        for line in _MEMINFO.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None


@dataclass(frozen=True, slots=True)
class _Room:
    """What a photo's picture may take here. `free` is in octets, None where nobody knows."""

    path: Path
    free: int | None

    def require(self, size: tuple[int, int], needed_bytes: float) -> None:
        """Refuse, before any of it is decoded, what is too small, too large, or too much for this machine."""
        width, height = size
        if max(width, height) < LEAST_PX:
            raise NoPixels(
                f"{self.path}: {width} x {height} pixels only, so no picture is kept; send the photo itself, not its "
                "thumbnail",
                damaged=False,
            )
        if width * height > MAX_PIXELS:
            raise NoPixels(f"{self.path}: {width} x {height} pixels; no phone makes that many, {_EXPORT} with fewer")
        most = MAX_MEMORY_BYTES if self.free is None else min(MAX_MEMORY_BYTES, self.free - _SPARE_BYTES)
        if needed_bytes > most:
            raise self.too_small(f"{width} x {height} pixels of this kind")

    def too_small(self, what: str) -> NoPixels:
        return NoPixels(
            f"{self.path}: {what} would take more memory than there is for it here; {_EXPORT} with fewer pixels, or "
            "read it on another machine",
            PhotoNotKept.MEMORY,
            damaged=False,
        )


def pixels_of(path: Path, *, free: Callable[[], int | None] = free_bytes) -> Pixels:
    """The picture of a photo's file as height x width x 3 octets. Raises NoPixels, or NoReader."""
    kind: str | None = None
    room = _Room(path, free())
    try:
        with path.open("rb") as stream, warnings.catch_warnings(action="ignore"):
            kind = kind_of(stream.read(START_BYTES))
            if kind is None:
                raise NoPixels(f"{path}: not a picture that can be read; copy it again from the camera")
            if not is_readable(kind):
                raise NoReader(f"is not read here: {_EXPORT}")
            most = largest_bytes(kind)
            if stream.seek(0, os.SEEK_END) > most:
                raise NoPixels(f"{path}: larger than {most >> 20} MB; {_EXPORT}")
            stream.seek(0)
            return _decoded(*_OPENERS[kind](stream, room))
    except NoReader as missing:
        raise NoReader(f"{kind} {missing}") from missing
    except NoPixels:
        raise
    except ImportError as missing:
        raise NoReader(f"{kind} needs {missing.name}: pip install 'contrechamp[probe]'") from missing
    except MemoryError as problem:
        raise room.too_small("its picture") from problem
    except Damaged as problem:
        raise NoPixels(f"{path}: its picture {problem}; copy it again from the camera") from problem
    except OSError as problem:
        why = problem.strerror or "damaged or cut short"
        raise NoPixels(f"{path}: its picture cannot be read ({why}); copy it again, or {_EXPORT}") from problem
    # Pillow's readers raise almost anything for damaged files.
    except Exception as problem:
        raise NoPixels(
            f"{path}: its picture cannot be read ({type(problem).__name__}); copy it again, or {_EXPORT}"
        ) from problem


def _decoded(image: "Image.Image", orientation: int) -> Pixels:
    from PIL.Image import Transpose

    image.load()
    image = flat_rgb(image, _fitting(image.size))
    if orientation in _TURNS:
        image = image.transpose(Transpose[_TURNS[orientation]])
    return np.array(image, np.uint8)  # a copy of our own: the redactor writes into it


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    """A size within bounds, with the same proportions."""
    scale = LONGEST_PX / max(size)
    return size if scale >= 1 else (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))


def _orientation(exif: Exif) -> int:
    """Which side is up, by EXIF; 1 (as it is) where that says nothing that can be."""
    value = number(exif.main.get(Main.ORIENTATION))
    return int(value) if value is not None and value in range(1, 9) else 1


def _jpeg(stream: BinaryIO, room: _Room) -> _Opened:
    """Of several pictures in one file (MPO) the first. It is decoded small where that is enough."""
    from PIL.JpegImagePlugin import JpegImageFile

    structure = structure_of(stream)
    size = structure.width, structure.height
    shrink = next((by for by in (8, 4, 2) if max(size) // by >= _DRAFT_PX), 1)
    needed = size[0] * size[1] / shrink**2 * 4 * 2
    room.require(size, needed + (2 * structure.samples if structure.held else 0))
    orientation = _orientation(read_metadata(stream, "JPEG").exif)
    stream.seek(0)
    image = JpegImageFile(stream)
    if image.size != size:
        raise Damaged("says two sizes")
    image.draft(None, (max(1, size[0] // shrink), max(1, size[1] // shrink)))
    return _Opened(image, orientation)


def _png(stream: BinaryIO, room: _Room) -> _Opened:
    from PIL.PngImagePlugin import PngImageFile

    image = PngImageFile(stream)
    room.require(image.size, image.width * image.height * _PLAIN_BYTES)
    stream.seek(0)
    PngImageFile(stream).verify()  # its check sums: Pillow does not look at those of the pixels when it decodes them
    orientation = _orientation(read_metadata(stream, "PNG").exif)
    stream.seek(0)
    return _Opened(PngImageFile(stream), orientation)


def _webp(stream: BinaryIO, room: _Room) -> _Opened:
    """The decoder takes memory for the whole canvas when it is made: so its size is read before."""
    from PIL.WebPImagePlugin import WebPImageFile

    size = _webp_size(stream.read(30))
    if size is None:
        raise Damaged("is cut short")
    room.require(size, size[0] * size[1] * _WEBP_BYTES)
    orientation = _orientation(read_metadata(stream, "WebP").exif)
    stream.seek(0)
    return _Opened(WebPImageFile(stream), orientation)


def _webp_size(start: bytes) -> tuple[int, int] | None:
    if len(start) < 30:
        return None
    if start[12:16] == b"VP8X":
        return int.from_bytes(start[24:27], "little") + 1, int.from_bytes(start[27:30], "little") + 1
    if start[12:16] == b"VP8L":
        bits = int.from_bytes(start[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if start[12:16] == b"VP8 ":
        return int.from_bytes(start[26:28], "little") & 0x3FFF, int.from_bytes(start[28:30], "little") & 0x3FFF
    return None


def _tiff(stream: BinaryIO, room: _Room) -> _Opened:
    """A raw picture is built like a TIFF, with a small preview in front: it is not taken for the photo."""
    from PIL.TiffImagePlugin import TiffImageFile

    start = stream.read(10)
    main = read_exif(stream).main
    reduced = int(number(main.get(Main.SUBFILE)) or 0) & 1
    if start.startswith(_RAW_STARTS) or start[8:10] == b"CR" or Main.DNG_VERSION in main or reduced:
        raise NoReader(f"that is a raw picture is not decoded here: {_EXPORT}")
    stream.seek(0)
    with _no_stderr():
        image = TiffImageFile(stream)
        room.require(image.size, image.width * image.height * _PLAIN_BYTES)
        image.load()
    return _Opened(image, 1)  # Pillow turns these itself


@contextmanager
def _no_stderr() -> Iterator[None]:
    """What libtiff says of a damaged file it writes straight to stderr, where our own sentence stands."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _avif(stream: BinaryIO, room: _Room) -> _Opened:
    from PIL.AvifImagePlugin import AvifImageFile

    read_metadata(stream, "AVIF")  # says what is missing where it cannot be read
    stream.seek(0)
    image = AvifImageFile(stream)
    room.require(image.size, image.width * image.height * _PLANES_BYTES)
    turned = image.getexif().get(Main.ORIENTATION, 1)  # Pillow puts there how the file itself says to turn it
    return _Opened(image, turned if isinstance(turned, int) else 1)


def _heic(stream: BinaryIO, room: _Room) -> _Opened:
    try:
        from pillow_heif import HeifImageFile
    except ImportError as problem:
        raise NoReader("needs pillow-heif: pip install 'contrechamp[heic]'") from problem
    image: Image.Image = HeifImageFile(stream)  # type: ignore[no-untyped-call]
    room.require(image.size, image.width * image.height * _PLANES_BYTES)
    return _Opened(image, 1)  # libheif turns these itself


_OPENERS: dict[str, Callable[[BinaryIO, _Room], _Opened]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WebP": _webp,
    "TIFF": _tiff,
    "AVIF": _avif,
    "HEIC": _heic,
}
