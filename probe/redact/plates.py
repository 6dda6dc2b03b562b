"""Bands of writing that may be number plates: bright on dark or dark on bright, with many upright strokes. Pure.

Costs a Pi almost nothing and takes out too much (13 % of pictures that are full of cars): so it is used only where
nothing better is to be kept, below the line.
"""

from typing import Any

import numpy as np

from probe.redact.faces import Mask, Pixels

_WIDTHS = 9, 17, 33  # of strokes and gaps that are closed to one band, in pixels: near plates and far ones
_LEAST, _MOST = 40, 200_000  # pixels of a band
_SLENDER = 1.6, 9.0  # width by height
_FILLED = 0.45  # a band's share of its box
_GROW = 0.25


def writing(pixels: Pixels) -> Mask:
    """Where there may be a plate."""
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    mask: Mask = np.zeros(grey.shape, np.bool_)
    for width in _WIDTHS:
        kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (width, max(3, width // 3)))
        for form in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT):
            strokes = cv2.morphologyEx(grey, form, kernel)
            edges = cv2.convertScaleAbs(cv2.Sobel(strokes, cv2.CV_16S, 1, 0, ksize=3))
            closed = cv2.morphologyEx(cv2.GaussianBlur(edges, (5, 5), 0), cv2.MORPH_CLOSE, kernel)
            _, bands = cv2.threshold(closed, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
            _mark(cv2, bands, mask)
    return mask


def _mark(cv2: Any, bands: Any, mask: Mask) -> None:
    count, _, stats, _ = cv2.connectedComponentsWithStats(bands, connectivity=8)
    for number in range(1, count):
        left, top, width, height, area = (int(value) for value in stats[number])
        if not (_LEAST <= area <= _MOST and height >= 5):
            continue
        if not _SLENDER[0] <= width / height <= _SLENDER[1] or area < _FILLED * width * height:
            continue
        more_x, more_y = round(_GROW * width) + 2, round(_GROW * height) + 2
        mask[max(0, top - more_y) : top + height + more_y, max(0, left - more_x) : left + width + more_x] = True
