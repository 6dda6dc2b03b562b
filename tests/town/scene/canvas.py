"""Draws textured rectangles and shaded meshes in perspective, the nearer in front of the farther."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.town.scene.light import Light, sky
from tests.town.scene.view import Floats, Point3, View

Texture = NDArray[np.uint8]  # height x width x 4: red, green, blue, opacity
_NEAREST_M = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A flat polygon of a mesh (n x 3 metres), its colour, and how much it shines, 0 to 1."""

    corners: Floats
    colour: tuple[float, float, float]
    shine: float = 0.0
    glow: float = 0.0


class Canvas:
    """A picture in the making. `rgb` is height x width x 3, `near` the inverse of the depth of what stands there."""

    def __init__(self, view: View, light: Light) -> None:
        self.view, self.light = view, light
        self.rgb = sky(view, light)
        self.near = np.zeros(self.rgb.shape[:2], np.float32)

    def rectangle(
        self,
        texture: Texture,
        corner: Point3,
        across: Point3,
        down: Point3,
        *,
        factor: "NDArray[np.float32] | None" = None,
        glow: "NDArray[np.uint8] | None" = None,
    ) -> None:
        """A texture on a rectangle that has its upper left at `corner` and goes so far across and down, in metres.

        `factor` is how the light falls on it; `glow` (height x width) says what gives light of its own.
        """
        sides = np.array([across, down], np.float64)
        bounds = self._bounds(np.array(corner) + np.array([(0, 0), (1, 0), (0, 1), (1, 1)]) @ sides)
        if bounds is None:
            return
        left, top, right, bottom, density = bounds
        per_m = texture.shape[1] / float(np.linalg.norm(sides[0]))
        while per_m > 1.7 * density and min(texture.shape[:2]) > 8:
            half = texture.shape[1] // 2, texture.shape[0] // 2
            texture = np.asarray(cv2.resize(texture, half, interpolation=cv2.INTER_AREA), np.uint8)
            glow = None if glow is None else np.asarray(cv2.resize(glow, half, interpolation=cv2.INTER_AREA), np.uint8)
            per_m /= 2
        tall, wide = texture.shape[:2]
        place = np.column_stack([sides[0] / wide, sides[1] / tall, np.array(corner) - np.array(self.view.eye)])
        back = np.linalg.inv(self.view.matrix @ place).astype(np.float32)
        x = np.arange(left, right, dtype=np.float32)
        y = np.arange(top, bottom, dtype=np.float32)[:, np.newaxis]
        u, v, near = (back[i, 0] * x + back[i, 1] * y + back[i, 2] for i in range(3))
        safe = np.where(near > 1e-6, near, np.float32(1))
        map_u, map_v = u / safe - np.float32(0.5), v / safe - np.float32(0.5)
        drawn = cv2.remap(texture, map_u, map_v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        part = self.near[top:bottom, left:right]
        inside = (map_u >= -0.5) & (map_u < wide - 0.5) & (map_v >= -0.5) & (map_v < tall - 0.5)
        shown = inside & (drawn[..., 3] > 127) & (near > 1e-6) & (near >= part * 0.9995)
        colours = drawn[..., :3].astype(np.float32) * (np.float32(1) if factor is None else factor)
        if glow is not None:
            light = cv2.remap(glow, map_u, map_v, cv2.INTER_LINEAR).astype(np.float32)[..., np.newaxis] / 255
            colours = colours * (1 - light) + np.array([255, 208, 138], np.float32) * light
        np.copyto(self.rgb[top:bottom, left:right], colours, where=shown[..., np.newaxis])
        np.copyto(part, near, where=shown)

    def sees(self, corner: Point3, across: Point3, down: Point3) -> bool:
        """Whether any of a rectangle may be in the picture."""
        sides = np.array([across, down], np.float64)
        return self._bounds(np.array(corner) + np.array([(0, 0), (1, 0), (0, 1), (1, 1)]) @ sides) is not None

    def _bounds(self, corners: Floats) -> "tuple[int, int, int, int, float] | None":
        """The part of the picture in which corners lie, and its pixels for a metre at their distance."""
        pixels, depth = self.view.pixels(corners)
        if (depth < _NEAREST_M).all():
            return None
        middle = float(np.sqrt(max(3.0, depth.min()) * max(3.0, depth.max())))
        density = self.view.focal_px / middle
        if (depth < _NEAREST_M).any():
            return 0, 0, self.view.width, self.view.height, density
        (left, top), (right, bottom) = np.floor(pixels.min(0)) - 1, np.ceil(pixels.max(0)) + 2
        box = max(0, int(left)), max(0, int(top)), min(self.view.width, int(right)), min(self.view.height, int(bottom))
        return None if box[0] >= box[2] or box[1] >= box[3] else (*box, density)

    def mesh(self, faces: list[Face]) -> None:
        """Polygons, the farthest first; each lies as a whole in front of or behind what is there already."""
        eye = np.array(self.view.eye)
        for face in sorted(faces, key=lambda face: -float(np.linalg.norm(face.corners.mean(0) - eye))):
            pixels, depth = self.view.pixels(face.corners)
            if depth.min() < _NEAREST_M:
                continue
            normal = np.cross(face.corners[1] - face.corners[0], face.corners[2] - face.corners[0])
            size = float(np.linalg.norm(normal))
            towards = eye - face.corners.mean(0)
            if size < 1e-12 or normal @ towards <= 0:
                continue
            self._fill(pixels, 1.001 / float(depth.min()), self._shaded(face, normal / size, towards))

    def _shaded(self, face: Face, normal: Floats, towards: Floats) -> NDArray[np.float32]:
        if face.glow:
            return np.asarray(face.colour, np.float32)
        # A little of the sky from above, so that round things look round under clouds as well.
        colours = np.array(face.colour, np.float32) * self.light.on(normal) * np.float32(0.86 + 0.22 * normal[2])
        half = towards / np.linalg.norm(towards) + self.light.sun
        mirrored = max(0.0, float(normal @ half / np.linalg.norm(half))) ** 40
        return np.asarray(colours + 255 * face.shine * mirrored, np.float32)

    def _fill(self, pixels: Floats, near: float, colour: NDArray[np.float32]) -> None:
        left, top = (max(0, int(each)) for each in np.floor(pixels.min(0)))
        right = min(self.view.width, int(np.ceil(pixels[:, 0].max())) + 1)
        bottom = min(self.view.height, int(np.ceil(pixels[:, 1].max())) + 1)
        if left >= right or top >= bottom:
            return
        inside = np.zeros((bottom - top, right - left), np.uint8)
        cv2.fillConvexPoly(inside, np.round((pixels - (left, top)) * 16).astype(np.int32), 1, shift=4)
        shown = (inside > 0) & (self.near[top:bottom, left:right] <= near)
        self.rgb[top:bottom, left:right][shown] = colour
        self.near[top:bottom, left:right][shown] = near
