"""What the walker sees while they aim: the reticle, small, in a constant field. JPEG in RAM, and never more than that.

What stands outside the reticle is not in it in any way: the reticle is cut out before it is made smaller. Faces are not
looked for here, as that takes seconds on a small machine, for each picture anew: the reticle is 132 pixels wide at
most, what the walker has before their eyes anyway, and a face five metres away is eleven pixels of it.
"""

from probe.camera.shutter import RETICLE
from probe.contract.sighting import Box
from probe.redact.encode import jpeg
from probe.redact.faces import Pixels

PREVIEW_PX = 480
MAX_PREVIEW_BYTES = 64 << 10


def preview(pixels: Pixels, reticle: Box = RETICLE) -> bytes:
    """A picture as a small JPEG in which all but the reticle is the constant."""
    import cv2
    import numpy as np

    from probe.redact.redactor import FILL
    from probe.redact.view import box_pixels

    height, width = pixels.shape[:2]
    scale = min(1.0, PREVIEW_PX / max(height, width))
    small = np.full((max(1, round(height * scale)), max(1, round(width * scale)), 3), FILL, np.uint8)
    left, top, right, bottom = box_pixels(reticle, width, height)
    to_left, to_top, to_right, to_bottom = box_pixels(reticle, small.shape[1], small.shape[0])
    small[to_top:to_bottom, to_left:to_right] = cv2.resize(
        pixels[top:bottom, left:right], (to_right - to_left, to_bottom - to_top), interpolation=cv2.INTER_AREA
    )
    return jpeg(small, PREVIEW_PX, most_bytes=MAX_PREVIEW_BYTES)
