"""Photos with a picture in them: four corners in four colours, in every kind of file."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, features

WIDTH, HEIGHT = 320, 240
CORNERS = {"top left": (200, 40, 40), "top right": (40, 180, 60),
           "bottom left": (40, 60, 200), "bottom right": (220, 220, 210)}  # fmt: skip
KINDS = ["JPEG", "PNG", "WEBP", "TIFF", *(["AVIF"] if features.check("avif") else [])]
# What a camera that is held so does to its picture: the inverse of what EXIF asks a viewer to do.
HELD = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_90", 7: "TRANSVERSE",
        8: "ROTATE_270"}  # fmt: skip


def scene(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    pixels = np.empty((height, width, 3), np.uint8)
    top, left = height // 2, width // 2
    for (rows, columns), colour in zip(
        ((slice(top), slice(left)), (slice(top), slice(left, None)), (slice(top, None), slice(left)),
         (slice(top, None), slice(left, None))),
        CORNERS.values(),
        strict=True,
    ):  # fmt: skip
        pixels[rows, columns] = colour
    return Image.fromarray(pixels)


def octets(image: Image.Image, kind: str = "JPEG", **more: Any) -> bytes:
    if kind == "HEIC":
        import pillow_heif

        out = BytesIO()
        pillow_heif.from_pillow(image).save(out, **more)
        return out.getvalue()
    out = BytesIO()
    usual: dict[str, Any] = {"JPEG": {"quality": 90}, "WEBP": {"quality": 95}, "AVIF": {"quality": 90}}.get(kind, {})
    image.save(out, kind, **usual | more)
    return out.getvalue()


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def held(image: Image.Image, orientation: int) -> Image.Image:
    """The picture as a camera writes it that was held so."""
    return image.transpose(Image.Transpose[HELD[orientation]]) if orientation in HELD else image


def corners(pixels: NDArray[np.uint8]) -> dict[str, tuple[int, ...]]:
    """The colours in the middle of each corner."""
    height, width = pixels.shape[:2]
    places = ((y, x) for y in (height // 4, height * 3 // 4) for x in (width // 4, width * 3 // 4))
    return {name: tuple(int(v) for v in pixels[place]) for name, place in zip(CORNERS, places, strict=True)}


def looks_right(pixels: NDArray[np.uint8], within: int = 12) -> bool:
    seen = corners(pixels)
    return all(
        abs(a - b) <= within for name, colour in CORNERS.items() for a, b in zip(seen[name], colour, strict=True)
    )
