"""What of a picture may be kept at all, by how the lens was held: pure geometry.

The walker frames the camera in the reticle. Outside it, all that lies lower than some degrees above the horizon becomes
a constant: heads of people who stand on the same ground are below that line. Where nobody measured how the lens was
held, the reticle alone is kept.
"""

from dataclasses import dataclass
from math import cos, radians, sin, tan

import numpy as np

from probe.contract.sighting import Box
from probe.redact.faces import Mask

LINE_DEG = 8.0  # of people from 4 m away 99.8 % and more have their heads below it, with a pitch known to 1 degree
KNOWN_TO_DEG = 1.0
MOST_SD_DEG = 6.0
_ROWS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Attitude:
    """How the lens was held: degrees above the horizon, degrees clockwise around its axis, the standard deviation of
    both, and the horizontal field of view."""

    pitch_deg: float
    roll_deg: float
    sd_deg: float
    field_of_view_deg: float

    @property
    def line_deg(self) -> float | None:
        """The elevation below which things are taken out; None where the attitude is too doubtful for any."""
        if self.sd_deg > MOST_SD_DEG:
            return None
        return LINE_DEG + 2 * max(0.0, self.sd_deg - KNOWN_TO_DEG)


def box_pixels(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a box in a picture; at least one pixel."""
    left, top = min(int(box.left * width), width - 1), min(int(box.top * height), height - 1)
    right = min(width, max(left + 1, round((box.left + box.width) * width)))
    bottom = min(height, max(top + 1, round((box.top + box.height) * height)))
    return left, top, right, bottom


def below_line(width: int, height: int, attitude: Attitude | None) -> Mask:
    """What lies below the line; all of it where the attitude is not known well enough."""
    line_deg = None if attitude is None else attitude.line_deg
    if attitude is None or line_deg is None:
        return np.ones((height, width), np.bool_)
    focal = width / 2 / tan(radians(attitude.field_of_view_deg) / 2)
    pitch, roll, sine = radians(attitude.pitch_deg), radians(attitude.roll_deg), sin(radians(line_deg))
    x = (np.arange(width, dtype=np.float32) - (width - 1) / 2)[np.newaxis]
    mask = np.empty((height, width), np.bool_)
    for start in range(0, height, _ROWS):  # a whole frame of floats would take three times the frame
        stop = min(height, start + _ROWS)
        y = (np.arange(start, stop, dtype=np.float32) - (height - 1) / 2)[:, np.newaxis]
        down = y * cos(roll) + x * sin(roll)  # the picture's axis that points at the ground, the roll undone
        up = focal * sin(pitch) - down * cos(pitch)
        mask[start:stop] = up <= sine * np.sqrt(x * x + y * y + focal * focal)
    return mask


def kept(width: int, height: int, attitude: Attitude | None, reticle: Box) -> Mask:
    """What may be kept: the reticle, and what lies above the line."""
    mask = ~below_line(width, height, attitude)
    left, top, right, bottom = box_pixels(reticle, width, height)
    mask[top:bottom, left:right] = True
    return mask
