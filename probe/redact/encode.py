"""A redacted picture as it travels: the scene made small, and the reticle as it was, each in RAM and within bounds."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np

from probe.contract.envelope import PHOTO_BYTES, SEAL_OVERHEAD
from probe.contract.sighting import Box
from probe.redact.faces import Pixels
from probe.redact.redactor import Redacted
from probe.redact.view import box_pixels

SCENE_PX, RETICLE_PX = 1600, 640
QUALITIES = (80, 70, 60, 45, 30)
_ENVELOPE = 1024  # what signature, ids and frame take of a unit, and more
MAX_JPEG_BYTES = max(PHOTO_BYTES) - SEAL_OVERHEAD - _ENVELOPE


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """The scene and the reticle as JPEG, without any metadata."""

    scene: bytes
    reticle: bytes


def encode(redacted: Redacted, reticle: Box) -> Encoded:
    """The picture as JPEG. It depends on nothing that was taken out: the constant stands there before all else."""
    height, width = redacted.pixels.shape[:2]
    left, top, right, bottom = box_pixels(reticle, width, height)
    return Encoded(
        scene=jpeg(redacted.pixels, SCENE_PX), reticle=jpeg(redacted.pixels[top:bottom, left:right], RETICLE_PX)
    )


def jpeg(pixels: Pixels, longest: int, *, most_bytes: int = MAX_JPEG_BYTES) -> bytes:
    """Pixels as JPEG, no side longer than `longest` pixels; first the quality gives way to the bound, then the size."""
    import cv2
    from PIL import Image

    scale = longest / max(pixels.shape[:2])
    if scale < 1:  # by OpenCV: Pillow would first copy the whole
        size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    image = Image.fromarray(pixels)
    while True:
        for quality in QUALITIES:
            out = BytesIO()
            image.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= most_bytes:
                return out.getvalue()
        image = image.resize((max(1, image.width * 3 // 4), max(1, image.height * 3 // 4)), Image.Resampling.BOX)
