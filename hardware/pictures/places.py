"""Moves and turns as 4 x 4 matrices, mm and radians."""

from typing import Any

import numpy as np


def shift(x: float, y: float, z: float) -> Any:
    """A move."""
    matrix = np.eye(4)
    matrix[:3, 3] = x, y, z
    return matrix


def turn(angle: float, axis: int, point: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Any:
    """A turn about the axis 0, 1 or 2 through a point."""
    a, b = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(4)
    matrix[a, a] = matrix[b, b] = np.cos(angle)
    matrix[a, b], matrix[b, a] = -np.sin(angle), np.sin(angle)
    matrix[:3, 3] = np.array(point) - matrix[:3, :3] @ np.array(point)
    return matrix
