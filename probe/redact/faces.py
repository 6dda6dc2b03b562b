"""Finds faces, by CenterFace through OpenCV's network module, in tiles of one size.

One size alone: OpenCV 4.14 answers wrongly, and without an error, when a network is given a second one. And a whole
frame at once takes 700 MB. Faces larger than a tile are found in the frame made small, in that same size.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # height x width x 3, red, green, blue
Mask = NDArray[np.bool_]  # height x width

TILE = 640, 480  # width, height
OVERLAP = 96
_STRIDE = 4  # the network's cells, in pixels
_OUTPUTS = ["537", "538", "539", "540"]  # a heat map, the logarithms of height and width, offsets, landmarks


@dataclass(frozen=True, slots=True)
class Face:
    """A face, in pixels from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    score: float


class FaceDetector:
    """Finds faces that score at least `threshold`. Raises whatever OpenCV raises for what is no network."""

    def __init__(self, model: bytes, *, threshold: float) -> None:
        import cv2

        self._cv2 = cv2
        self.threshold = threshold
        self._network: Any = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))

    def faces(
        self, pixels: Pixels, wanted: Mask | None = None, *, progress: Callable[[int, int], None] | None = None
    ) -> list[Face]:
        """The faces in a picture; where `wanted` is nowhere true in a tile, it is not looked at.

        `progress` is told how many of how many tiles are done.
        """
        height, width = pixels.shape[:2]
        tiles = [
            (left, top)
            for top in _starts(height, TILE[1])
            for left in _starts(width, TILE[0])
            if wanted is None or wanted[top : top + TILE[1], left : left + TILE[0]].any()
        ]
        found: list[Face] = []
        whole = width > TILE[0] or height > TILE[1]
        steps = len(tiles) + whole
        for done, (left, top) in enumerate(tiles, 1):
            part = pixels[top : top + TILE[1], left : left + TILE[0]]
            found += self._in_tile(part, left, top, 1.0)
            if progress is not None:
                progress(done, steps)
        if whole:
            scale = min(TILE[0] / width, TILE[1] / height)
            size = max(1, round(width * scale)), max(1, round(height * scale))
            small = np.asarray(self._cv2.resize(pixels, size, interpolation=self._cv2.INTER_AREA), np.uint8)
            found += self._in_tile(small, 0, 0, 1 / scale)
            if progress is not None:
                progress(steps, steps)
        return found

    def _in_tile(self, part: Pixels, left: int, top: int, scale: float) -> Iterator[Face]:
        if part.shape[:2] != (TILE[1], TILE[0]):
            filled = np.zeros((TILE[1], TILE[0], 3), np.uint8)
            filled[: part.shape[0], : part.shape[1]] = part
            part = filled
        blob = np.ascontiguousarray(part.transpose(2, 0, 1)[np.newaxis], dtype=np.float32)
        self._network.setInput(blob)
        heat, sizes, offsets, _ = self._network.forward(_OUTPUTS)
        if not np.isfinite(heat).all():  # what is no number is above no threshold: it would be taken for "nobody"
            raise ArithmeticError("the network answers with what is no number")
        rows, columns = np.nonzero(heat[0, 0] > self.threshold)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            tall, wide = (np.exp(min(float(sizes[0, axis, row, column]), 8.0)) * _STRIDE for axis in (0, 1))
            y = (row + float(offsets[0, 0, row, column]) + 0.5) * _STRIDE
            x = (column + float(offsets[0, 1, row, column]) + 0.5) * _STRIDE
            yield Face(
                left + scale * (x - wide / 2),
                top + scale * (y - tall / 2),
                left + scale * (x + wide / 2),
                top + scale * (y + tall / 2),
                float(heat[0, 0, row, column]),
            )


def _starts(length: int, tile: int) -> list[int]:
    """Where tiles begin so that they cover a length, each over a part of its neighbour."""
    if length <= tile:
        return [0]
    count = -(-(length - tile) // (tile - OVERLAP)) + 1
    return [round(number * (length - tile) / (count - 1)) for number in range(count)]
