"""Any of Pillow's ways to hold a picture as plain red, green and blue in sRGB, the way a viewer shows it.

That matters for the detector, too: a negative, a face in wrong colours or one that stands under a transparent patch is
not found, and can be brought back by whoever knows what went wrong.
"""

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL import Image

_BEHIND = (255, 255, 255)  # what shows through where a picture is transparent
_MAX_PROFILE_BYTES = 4 << 20
_SIXTEEN = ("I;16", "I;16L", "I;16B", "I;16N")
# What a profile may be of, by the letters in its head, and the mode of the pixels that it speaks of.
_SPACES = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}


class OddMode(ValueError):
    """Pixels that are no picture of visible light, or none that is known here."""


def flat_rgb(image: "Image.Image", size: tuple[int, int]) -> "Image.Image":
    """A decoded picture in RGB and sRGB, no larger than `size`. Raises OddMode.

    A profile that is broken, or of other colours than the picture's, is as good as none.
    """
    from PIL.Image import Resampling

    profile = image.info.get("icc_profile")
    image = _opaque(_simple(image))
    if image.width > size[0] or image.height > size[1]:
        image = image.resize(size, Resampling.LANCZOS)
    return _to_srgb(image, profile if isinstance(profile, bytes) else b"")


def _simple(image: "Image.Image") -> "Image.Image":
    """The picture in L, RGB, RGBA or CMYK."""
    from PIL import Image, ImageChops

    if image.mode in _SIXTEEN or image.mode == "I":
        return Image.fromarray(_eight_bits(np.asarray(image)))
    if image.mode == "CMYK":
        # Pillow turns all of a JPEG's round, as Adobe writes them; others write them as they are.
        by_others = image.format == "JPEG" and "adobe" not in image.info
        return ImageChops.invert(image) if by_others else image
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in ("L", "RGB"):
        return image
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "RGBX", "YCbCr", "LA", "PA"):
        return image.convert("RGB")
    if image.mode == "LAB":
        return _from_lab(image)
    raise OddMode(f"pixels of the kind {image.mode}")


def _eight_bits(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Grey of 16 bits as 8. Raises OddMode where there is more than that in it."""
    if values.size and (int(values.min()) < 0 or int(values.max()) > 0xFFFF):
        raise OddMode("more than 16 bits")
    return (values >> 8).astype(np.uint8)


def _opaque(image: "Image.Image") -> "Image.Image":
    """The picture on white: what stands in it under full transparency is seen by nobody, and must not come back."""
    from PIL import Image

    if image.mode != "RGBA":
        return image
    behind = Image.new("RGB", image.size, _BEHIND)
    behind.paste(image, mask=image.getchannel("A"))
    return behind


def _to_srgb(image: "Image.Image", profile: bytes) -> "Image.Image":
    from PIL import ImageCms

    if 128 <= len(profile) <= _MAX_PROFILE_BYTES and _SPACES.get(profile[16:20]) == image.mode:
        try:
            converted = ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None
        if converted is not None:
            return converted
    return image if image.mode == "RGB" else image.convert("RGB")


def _from_lab(image: "Image.Image") -> "Image.Image":
    from PIL import ImageCms

    converted = ImageCms.profileToProfile(
        image, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    if converted is None:
        raise OddMode("pixels of the kind LAB")
    return converted
