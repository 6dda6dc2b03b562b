"""Drawn faces for the detector's test of itself: nobody's, and the same on every machine."""

from typing import Any

import numpy as np

from probe.redact.faces import TILE, Pixels

Spot = tuple[int, int, int]  # the middle of a face and its width, in pixels
Colour = tuple[int, int, int]

FACES: tuple[Spot, ...] = ((120, 120, 70), (330, 150, 110), (540, 110, 48), (200, 350, 90), (480, 360, 64))

_GROUND: Colour = (150, 158, 166)
_SKIN, _LIGHT, _SHADE, _NECK = (214, 168, 142), (222, 176, 150), (200, 154, 128), (189, 143, 117)
_HAIR, _DARK, _WHITE, _MOUTH, _SHIRT = (58, 42, 34), (40, 30, 30), (236, 232, 228), (150, 70, 66), (70, 86, 120)


def drawn_faces(spots: tuple[Spot, ...]) -> Pixels:
    """A picture of one tile's size with faces at some spots."""
    import cv2

    pixels = np.full((TILE[1], TILE[0], 3), _GROUND, np.uint8)
    pixels -= np.linspace(0, 40, TILE[1]).astype(np.uint8)[:, np.newaxis, np.newaxis]
    for x, y, width in spots:
        _draw(cv2, pixels, x, y, width / 2)
    return np.asarray(cv2.GaussianBlur(pixels, (3, 3), 0))


def _draw(cv2: Any, pixels: Pixels, x: int, y: int, half: float) -> None:
    """A face of ovals, each by its middle, half axes and colour; in halves of the face's width."""

    def oval(dx: float, dy: float, wide: float, tall: float, colour: Colour, angle: float = 0.0) -> None:
        middle = round(x + dx * half), round(y + dy * half)
        axes = max(1, round(wide * half)), max(1, round(tall * half))
        cv2.ellipse(pixels, middle, axes, angle, 0, 360, colour, -1, cv2.LINE_AA)

    oval(0, 2.6, 1.9, 1.2, _SHIRT)
    oval(0, 1.3, 0.45, 0.6, _NECK)
    oval(0, -0.25, 1.08, 1.3, _HAIR)
    oval(0, 0.05, 0.92, 1.2, _SKIN)
    oval(0.25, 0.1, 0.55, 0.9, _LIGHT)
    oval(0, -1.05, 0.85, 0.35, _HAIR)
    for side in (-1, 1):
        oval(0.38 * side, -0.38, 0.24, 0.05, _HAIR, 6 * side)
        oval(0.38 * side, -0.15, 0.19, 0.1, _WHITE)
        oval(0.38 * side, -0.15, 0.09, 0.1, _DARK)
        oval(0.97 * side, -0.05, 0.1, 0.25, _SHADE)
        oval(0.08 * side, 0.42, 0.05, 0.03, _MOUTH)
    oval(0.0, 0.2, 0.1, 0.3, _SHADE)
    oval(0, 0.68, 0.32, 0.1, _MOUTH)
    oval(0, 0.64, 0.28, 0.02, _DARK)
