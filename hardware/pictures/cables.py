"""What bends: cables, wires and the ribbon, as tubes and strips along a line of points; the strap."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import trimesh

Points = Sequence[tuple[float, float, float]]


def _smooth(points: Points, steps: int) -> Any:
    """A round line through points: their Catmull-Rom spline."""
    at = np.array([points[0], *points, points[-1]], dtype=float)
    line = []
    for a, b, c, d in zip(at, at[1:], at[2:], at[3:], strict=False):
        line += [
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
            for t in np.linspace(0, 1, steps, endpoint=False)
        ]
    line.append(at[-1])
    return np.array(line)


def _swept(line: Any, ring: Any) -> trimesh.Trimesh:
    """A closed section (n x 2) carried along a line without twisting."""
    ahead = np.gradient(line, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    side = np.cross(ahead[0], [0, 0, 1.0])
    if np.linalg.norm(side) < 0.2:
        side = np.cross(ahead[0], [1.0, 0, 0])
    points, n = [], len(ring)
    for place, along in zip(line, ahead, strict=True):
        side = side - np.dot(side, along) * along
        side /= np.linalg.norm(side)
        up = np.cross(side, along)
        points += [place + a * side + b * up for a, b in ring]
    faces = []
    for i in range(len(line) - 1):
        for j in range(n):
            a, b = i * n + j, i * n + (j + 1) % n
            faces += [[a, b, a + n], [b, b + n, a + n]]
    last = (len(line) - 1) * n
    faces += [[0, j + 1, j] for j in range(1, n - 1)] + [[last, last + j, last + j + 1] for j in range(1, n - 1)]
    mesh = trimesh.Trimesh(points, faces, process=False)
    mesh.fix_normals()
    return mesh


def tube(points: Points, diameter: float, steps: int = 10) -> trimesh.Trimesh:
    """A round cable."""
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    return _swept(_smooth(points, steps), np.column_stack([np.cos(turn), np.sin(turn)]) * diameter / 2)


def strip(
    points: Points, across: tuple[float, float, float], width: float, thick: float = 0.5, narrow: float | None = None
) -> trimesh.Trimesh:
    """A ribbon along points, its first 12 mm as wide as `narrow` says; `across` is the direction of its width,
    the same all along."""
    line = _smooth(points, 8)
    run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    widths = np.interp(run, [12.0, 16.0], [width if narrow is None else narrow, width])
    wide = np.outer(widths / 2, across)
    ahead = np.gradient(line, axis=0)
    up = np.cross(ahead, across)
    up = up / np.linalg.norm(up, axis=1, keepdims=True) * thick / 2
    corners = np.stack([line - wide - up, line + wide - up, line + wide + up, line - wide + up], axis=1).reshape(-1, 3)
    faces = []
    for i in range(len(line) - 1):
        for j in range(4):
            a, b = i * 4 + j, i * 4 + (j + 1) % 4
            faces += [[a, b, a + 4], [b, b + 4, a + 4]]
    last = (len(line) - 1) * 4
    faces += [[0, 2, 1], [0, 3, 2], [last, last + 1, last + 2], [last, last + 2, last + 3]]
    mesh = trimesh.Trimesh(corners, faces, process=False)
    mesh.fix_normals()
    return mesh
