"""A drawn chessboard, photographed by a lens that is known: ray by ray, so that the distortion is in it."""

from dataclasses import replace
from functools import cache
from typing import Any

import cv2
import numpy as np

from probe.aim.lens import LensModel, lens_of_view

CORNERS = (9, 6)
LENS = replace(lens_of_view(66, 960, 540), fx=752.0, fy=752.0, cx=488.0, cy=262.0, k1=-0.11, k2=0.04)
_CELL = 40


def board_texture() -> Any:
    columns, rows = CORNERS[0] + 1, CORNERS[1] + 1
    squares = np.kron(np.indices((rows, columns)).sum(axis=0) % 2, np.ones((_CELL, _CELL)))
    return np.pad((squares * 215 + 20).astype(np.uint8), _CELL, constant_values=235)


@cache
def _rays(lens: LensModel) -> Any:
    v, u = np.mgrid[0 : lens.height, 0 : lens.width].astype(np.float64)
    seen_x, seen_y = (u.ravel() - lens.cx) / lens.fx, (v.ravel() - lens.cy) / lens.fy
    x, y = seen_x, seen_y
    for _ in range(15):  # undo the distortion
        r2 = x * x + y * y
        by = 1 + lens.k1 * r2 + lens.k2 * r2 * r2
        x, y = seen_x / by, seen_y / by
    return np.column_stack((x, y, np.ones(len(x))))


def photo(turn: tuple[float, float, float], at: tuple[float, float, float], lens: LensModel = LENS) -> Any:
    """The board turned by a rotation vector, its middle at a place before the lens (in squares); grey."""
    texture = board_texture()
    rays = _rays(lens)
    rotation = cv2.Rodrigues(np.array(turn))[0]
    place = np.array(at)
    far = (rotation[:, 2] @ place) / (rays @ rotation[:, 2])
    on_board = (rays * far[:, np.newaxis] - place) @ rotation[:, :2]
    left = (on_board[:, 0] * _CELL + texture.shape[1] / 2 - 0.5).reshape(lens.height, lens.width).astype(np.float32)
    top = (on_board[:, 1] * _CELL + texture.shape[0] / 2 - 0.5).reshape(lens.height, lens.width).astype(np.float32)
    return cv2.GaussianBlur(cv2.remap(texture, left, top, cv2.INTER_LINEAR, borderValue=150), (0, 0), 0.7)


VIEWS = [
    ((0.45, 0.1, 0.0), (-2.0, 1.0, 13.0)),
    ((-0.4, 0.3, 0.1), (2.5, 0.5, 13.0)),
    ((0.1, -0.5, 0.2), (-3.0, -1.0, 14.0)),
    ((0.0, 0.5, -0.1), (3.0, -1.2, 14.0)),
    ((0.35, -0.35, 0.0), (0.5, 0.8, 11.5)),
    ((-0.45, -0.1, 0.3), (0.0, -0.5, 13.0)),
    ((0.05, 0.02, 0.0), (1.2, 0.3, 10.0)),
]


def views() -> list[Any]:
    return [photo(turn, at) for turn, at in VIEWS]
