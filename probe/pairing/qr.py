"""Reads the pairing code off a picture or a camera's frames, by zxing-cpp. Nothing of the picture is kept."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from probe.contract.code import PREFIX
from probe.errors import BadInput

MAX_PIXELS, MAX_SIDE = 64_000_000, 32_000
# What phones, screens and scanners make. Pillow knows many more, some of which start other programs.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
_NAME = PREFIX.split(":", maxsplit=1)[0] + ":"
_SIDE = 1600  # pixels: large photos are read faster, and blurred ones better, at about this size


def read_code(path: Path) -> str:
    """The text of the pairing code in a picture. Raises BadInput: no such file, no picture, no code, or several."""
    pillow = _pillow()
    try:
        with warnings.catch_warnings(action="ignore"), pillow.open(path, formats=_formats(pillow)) as image:
            if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
                raise BadInput(f"{path}: {image.width} x {image.height} pixels are too many; give a smaller picture")
            grey = image.convert("L")
    except FileNotFoundError as problem:
        raise BadInput(f"{path}: no such file; give a picture of the code that the hub shows") from problem
    except BadInput:
        raise
    except pillow.DecompressionBombError as problem:
        raise BadInput(f"{path}: too many pixels; give a smaller picture") from problem
    # Pillow's readers raise almost anything for damaged files, NotImplementedError and KeyError too.
    except Exception as problem:
        raise BadInput(f"{path}: not a picture that can be read; take it again, as JPEG or PNG") from problem
    for variant in _variants(grey):
        codes = _codes(variant)
        if len(codes) > 1:
            raise BadInput(f"{path}: shows several pairing codes; take one of them alone")
        if codes:
            return codes.pop()
    raise BadInput(f"{path}: no pairing code can be read in it; go nearer, hold still, and avoid reflections")


def first_code(frames: Iterable[Any], *, until: Callable[[], bool]) -> str | None:
    """The first pairing code among camera frames (arrays, height x width [x 3]); None when `until` says so."""
    for frame in frames:
        codes = _codes(frame)
        if len(codes) == 1:
            return codes.pop()
        if until():
            return None
    return None


def _variants(grey: Any) -> Iterator[Any]:
    """The picture as it is, at a handy size, with its contrast stretched, and softened against noise."""
    from PIL import ImageFilter, ImageOps

    yield grey
    handy = grey.copy()
    handy.thumbnail((_SIDE, _SIDE))
    stretched = ImageOps.autocontrast(handy, cutoff=1)
    yield stretched
    yield stretched.filter(ImageFilter.GaussianBlur(1.2))
    yield stretched.resize((handy.width * 2, handy.height * 2)).filter(ImageFilter.UnsharpMask(radius=6, percent=200))


def _codes(image: Any) -> set[str]:
    try:
        import zxingcpp
    except ImportError as problem:
        raise BadInput("pictures cannot be read here: pip install 'contrechamp[probe]', or type the code") from problem
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return {result.text for result in found if result.text.startswith(_NAME)}


def _formats(pillow: Any) -> list[str]:
    """Those that this Pillow was built with."""
    pillow.init()
    return [name for name in FORMATS if name in pillow.OPEN]


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as problem:
        raise BadInput("pictures cannot be read here: pip install 'contrechamp[probe]', or type the code") from problem
    return Image
