"""Whether two pictures show the same wall: points that agree, by ORB and a plane through them. Pure.

Evidence for the same installation, never against: a bare wall, or the other side of the street, agrees in nothing. What
agrees is the wall, not the camera: two cameras on one wall agree too.
"""

from typing import Any

import numpy as np

from hub.photo.brush import opened
from probe.redact.faces import Pixels

_LONGEST = 800
_POINTS = 2000
_RATIO = 0.8  # of the best match's distance to the second best's
_REPROJECTION_PX = 3.0
_LEAST = 4  # points that a plane takes
_FILL_REACH = 15  # pixels around what was taken out, whose edge is no part of a wall
_FILL, _NEAR = 112, 4


def same_place(one: bytes, other: bytes) -> int:
    """How many points of two JPEGs agree; 20 and more only where they show the same wall. Raises BadInput."""
    import cv2

    cv2.setRNGSeed(1)  # the same pair gives the same number
    orb: Any = getattr(cv2, "ORB_create")(nfeatures=_POINTS)  # noqa: B009 (OpenCV's stubs lack it)
    (points, described), (others, other_described) = (_points(cv2, orb, jpeg) for jpeg in (one, other))
    if described is None or other_described is None or min(len(points), len(others)) < _LEAST:
        return 0
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(described, other_described, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < _RATIO * pair[1].distance]
    # Of points that all agree with one and the same, one counts: a flat patch agrees with everything.
    good = list({match.trainIdx: match for match in sorted(good, key=lambda match: -match.distance)}.values())
    if len(good) < _LEAST:
        return 0
    here = np.asarray([points[match.queryIdx].pt for match in good], np.float32)
    there = np.asarray([others[match.trainIdx].pt for match in good], np.float32)
    _, agree = cv2.findHomography(here, there, cv2.RANSAC, _REPROJECTION_PX)
    counted: Any = agree  # None where no plane was found, whatever the stubs say
    return 0 if counted is None else int(counted.sum())


def _points(cv2: Any, orb: Any, jpeg: bytes) -> tuple[Any, Any]:
    """Points and their descriptions, none of them at the edges of what was taken out."""
    pixels: Pixels = np.asarray(opened(jpeg).convert("RGB"))
    scale = _LONGEST / max(pixels.shape[:2])
    if scale < 1:
        size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    filled = (np.abs(pixels.astype(np.int16) - _FILL).max(axis=2) <= _NEAR).astype(np.uint8)
    filled = cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    kept = 1 - cv2.dilate(filled, np.ones((2 * _FILL_REACH + 1,) * 2, np.uint8))
    found: tuple[Any, Any] = orb.detectAndCompute(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), kept * np.uint8(255))
    return found
