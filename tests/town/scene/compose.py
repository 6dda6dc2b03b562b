"""One street picture of one camera, and the truth of it: where the camera, the faces and the plates are in it."""

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import cv2
import numpy as np

from probe.redact.faces import Pixels
from tests.town.cameras import TownCamera
from tests.town.plan import Point, blocks, in_sight
from tests.town.scene.canvas import Canvas, Texture
from tests.town.scene.light import LIGHTS, Light, Picture
from tests.town.scene.passers import BUST_M, CAR_M, PERSON_M, bust, car, face_box, person, plate_box
from tests.town.scene.street import (
    Side,
    draw_camera,
    draw_ground,
    draw_lamps,
    draw_side,
    holding_side,
    lens_of,
    town_sides,
    window_near,
)
from tests.town.scene.view import Floats, Point3, View

Box = tuple[float, float, float, float]  # left, top, right, bottom, in pixels
_SEEN = 0.3  # of a box; less of a face or plate is none


class _Stood(NamedTuple):
    """What was put into a picture: its box in the canvas's pixels, and how far away it is, at most."""

    box: Box
    depth_m: float

    def part(self, part: Box) -> "_Stood":
        """A part of it, by its pixels from the upper left."""
        x, y = self.box[:2]
        return _Stood((part[0] + x, part[1] + y, part[2] + x, part[3] + y), self.depth_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A street picture and its truth.

    `pixels` is height x width x 3 in red, green, blue. `camera` is the pixel of the camera's middle, `camera_at` the
    same in metres east, north and up. `faces` and `plates` are what has to be gone: those that are to be seen, if only
    in part; the frame may cut them.
    """

    pixels: Pixels
    view: View
    camera: tuple[float, float]
    camera_at: tuple[float, float, float]
    faces: tuple[Box, ...]
    plates: tuple[Box, ...]


def composed_scene(
    camera: TownCamera,
    view: View,
    *,
    light: str = "day",
    cameras: tuple[TownCamera, ...] = (),
    seed: int = 0,
    passers: int = 3,
    cars: int = 2,
    at_window: int | None = None,
    caption: bool = True,
    finer: int = 2,
) -> Scene:
    """What a lens would see of a camera of the town. `light` is "day", "rain" or "dusk".

    `cameras` are those that hang near and are in the picture, too; `at_window` puts a person at the window that is so
    many windows right of the camera. `finer` times more pixels are drawn each way than are kept. The same arguments
    give the same picture; raises KeyError for an unknown light.
    """
    draw = Random(seed)
    canvas = Canvas(view.enlarged(finer), LIGHTS[light])
    hung = {each.name: each for each in (camera, *cameras)}.values()
    sides = town_sides(tuple(hung))
    held = holding_side(camera, sides)
    at, _, _ = lens_of(camera, held)
    draw_ground(canvas)
    for side in sides:
        draw_side(canvas, side, fine_at=side.spot(camera.at)[0] if side is held else None)
    draw_lamps(canvas, at)
    faces, plates = _Passers(canvas, at, draw).stand(passers, cars)
    if at_window is not None and held is not None and _is_seen_from_the_front(held, view):
        faces += _at_window(canvas, held, held.spot(camera.at)[0], at_window, draw.randrange(5))
    for each in hung:
        draw_camera(canvas, each, holding_side(each, sides))
    pixels = _developed(canvas, view, LIGHTS[light], draw)
    if caption:
        _caption(pixels)
    (x, y), _ = (each[0] for each in view.pixels(at[np.newaxis]))
    east, north, up = (float(part) for part in at)
    return Scene(
        pixels=pixels, view=view, camera=(float(x), float(y)), camera_at=(east, north, up),
        faces=_seen(canvas, faces, finer), plates=_seen(canvas, plates, finer),
    )  # fmt: skip


class _Passers:
    """Puts people and cars between the lens and the houses, but not in front of the camera that it is pointed at."""

    def __init__(self, canvas: Canvas, at: Floats, draw: Random) -> None:
        self.canvas, self.at, self.draw = canvas, at, draw
        self._houses = blocks()

    def stand(self, people: int, cars: int) -> tuple[list[_Stood], list[_Stood]]:
        faces, plates = [], []
        for number in range(cars):
            stood = self._put(car(self.draw.randrange(5)), CAR_M, 6.0 + 5 * number, 15)
            if stood is not None:
                shares = plate_box()
                wide, tall = stood.box[2] - stood.box[0], stood.box[3] - stood.box[1]
                plates.append(stood.part((shares[0] * wide, shares[1] * tall, shares[2] * wide, shares[3] * tall)))
        for number in range(people):
            stood = self._put(person(self.draw.randrange(15)), PERSON_M, 3.2 + 2.6 * number, 13)
            if stood is not None:
                faces.append(stood.part(face_box(stood.box[2] - stood.box[0])))
        return faces, plates

    def _put(self, texture: Texture, size: tuple[float, float], far: float, spread_deg: float) -> _Stood | None:
        """A picture on the ground that faces the lens; None where a house stands there, or it is not in view."""
        eye = self.canvas.view.eye
        for _ in range(6):
            turn = np.radians(self.canvas.view.heading_deg + self.draw.uniform(-spread_deg, spread_deg))
            gone = far * self.draw.uniform(0.85, 1.3)
            spot = eye[0] + gone * np.sin(turn), eye[1] + gone * np.cos(turn)
            if self._is_free(spot, eye[:2]):
                return upright(self.canvas, texture, (float(spot[0]), float(spot[1]), 0.0), size)
        return None

    def _is_free(self, spot: Point, eye: Point) -> bool:
        inside = any(
            house.west - 0.4 < spot[0] < house.east + 0.4 and house.south - 0.4 < spot[1] < house.north + 0.4
            for house in self._houses
        )
        return not inside and in_sight(eye, spot, self._houses)


def upright(canvas: Canvas, texture: Texture, foot: Point3, size: tuple[float, float]) -> _Stood:
    """A picture of so many metres that stands on a point and faces the lens."""
    eye = canvas.view.eye
    gap = np.array([foot[0] - eye[0], foot[1] - eye[1]])
    ahead = gap / max(1e-6, float(np.hypot(*gap)))
    right = np.array([ahead[1], -ahead[0], 0.0])
    corner = np.array(foot) - right * size[0] / 2 + (0, 0, size[1])
    factor = canvas.light.on(np.array([-ahead[0], -ahead[1], 0.0]))
    x, y, z = (float(part) for part in corner)
    across = float(right[0] * size[0]), float(right[1] * size[0]), 0.0
    canvas.rectangle(texture, (x, y, z), across, (0.0, 0.0, -size[1]), factor=factor)
    ends = [(x, y, z), (x + across[0], y + across[1], z), (x, y, z - size[1]), (x + across[0], y + across[1], foot[2])]
    pixels, depth = canvas.view.pixels(ends)
    (left, top), (far, bottom) = pixels.min(0), pixels.max(0)
    return _Stood((float(left), float(top), float(far), float(bottom)), float(depth.max()))


def _is_seen_from_the_front(side: Side, view: View) -> bool:
    """Whether the lens points at a side so squarely that somebody at a window is not cut by its edge."""
    ahead = view.axes[2, :2] / np.hypot(*view.axes[2, :2])
    return float(-ahead @ np.array(side.out)) > 0.7


def _at_window(canvas: Canvas, side: Side, along: float, turn: int, number: int) -> list[_Stood]:
    middle, low = window_near(side, along, turn)
    x = side.left[0] + side.along[0] * middle + side.out[0] * 0.06
    y = side.left[1] + side.along[1] * middle + side.out[1] * 0.06
    stood = upright(canvas, bust(number), (x, y, low + 0.05), (PERSON_M[0], BUST_M))
    return [stood.part(face_box(stood.box[2] - stood.box[0]))]


def _seen(canvas: Canvas, all_stood: list[_Stood], by: int) -> tuple[Box, ...]:
    """The boxes, in a picture that is `by` times smaller, of what nothing nearer hides but for a little."""
    found = []
    for stood in all_stood:
        left, top, right, bottom = (max(0, round(side)) for side in stood.box)
        near = canvas.near[top:bottom, left:right]
        if near.size and np.mean(near <= 1.05 / stood.depth_m) > _SEEN:
            one, two, three, four = (side / by for side in stood.box)
            found.append((one, two, three, four))
    return tuple(found)


def _developed(canvas: Canvas, view: View, light: Light, draw: Random) -> Pixels:
    """The picture in its own size: with the haze of the distance, with rain where it rains, and as octets."""
    far = np.clip(1 - canvas.near * 40, 0, 1)[..., np.newaxis] * (canvas.near > 0)[..., np.newaxis]
    haze = np.array(light.horizon, np.float32) * np.float32(0.9)
    rgb = canvas.rgb + (haze - canvas.rgb) * far * np.float32(0.45 if light.rain else 0.25)
    size = view.width, view.height
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.float32)
    if light.rain:
        _rain(small, draw)
    return np.ascontiguousarray(np.clip(small, 0, 255).astype(np.uint8))


def _rain(rgb: Picture, draw: Random) -> None:
    streaks = np.zeros(rgb.shape[:2], np.uint8)
    for _ in range(260):
        x, y, long = draw.randrange(rgb.shape[1]), draw.randrange(rgb.shape[0]), draw.randrange(9, 26)
        cv2.line(streaks, (x, y), (x - long // 6, y + long), draw.randrange(16, 42), 1, cv2.LINE_AA)
    rgb += streaks[..., np.newaxis] * np.float32(0.8)


def _caption(pixels: Pixels) -> None:
    """Says in the picture's upper left, which lies above the line, that it is none of a real place."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(pixels)
    pen = ImageDraw.Draw(image, "RGBA")
    font = ImageFont.load_default(max(14, pixels.shape[1] // 64))
    left, top, right, bottom = pen.textbbox((12, 10), "composed", font=font)
    pen.rectangle((left - 6, top - 5, right + 6, bottom + 5), fill=(0, 0, 0, 130))
    pen.text((12, 10), "composed", font=font, fill=(255, 255, 255, 235))
    pixels[:] = np.asarray(image)
