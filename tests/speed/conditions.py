"""What light, motion, rotation and coverings do to a picture of labelled faces; labels follow, as four corners each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from probe.redact.faces import Pixels

Corners = NDArray[np.float64]  # 4 x 2: x and y of a label's corners
Condition = Callable[["Scene", float, np.random.Generator], "Scene"]


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture and the corners of the faces in it."""

    pixels: Pixels
    faces: tuple[Corners, ...]

    def scaled(self, factor: float) -> "Scene":
        height, width = self.pixels.shape[:2]
        size = max(1, round(width * factor)), max(1, round(height * factor))
        how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        return Scene(_octets(cv2.resize(self.pixels, size, interpolation=how)), tuple(f * factor for f in self.faces))


def corners(left: float, top: float, width: float, height: float) -> Corners:
    return np.array([(left, top), (left + width, top), (left + width, top + height), (left, top + height)], np.float64)


def plain(scene: Scene, face_px: float, random: np.random.Generator) -> Scene:
    return scene


def exposed(share: float) -> Condition:
    """Little light: this share of it, with a small sensor's noise of photons and of reading; not brightened again."""

    def taken(scene: Scene, face_px: float, random: np.random.Generator) -> Scene:
        light = (scene.pixels / 255.0) ** 2.2 * share * 4000  # electrons
        read = random.poisson(light) + random.normal(0, 6, light.shape)
        return Scene(_octets(255 * (np.clip(read, 0, None) / 4000) ** (1 / 2.2)), scene.faces)

    return taken


def hazy(scene: Scene, face_px: float, random: np.random.Generator) -> Scene:
    return Scene(_octets(scene.pixels * 0.25 + 150), scene.faces)


def against_the_light(scene: Scene, face_px: float, random: np.random.Generator) -> Scene:
    """Faces in shadow before a bright ground."""
    return Scene(_octets(scene.pixels.astype(np.float64) ** 2 / 255 * 0.35 + 8), scene.faces)


def grey(scene: Scene, face_px: float, random: np.random.Generator) -> Scene:
    one = cv2.cvtColor(scene.pixels, cv2.COLOR_RGB2GRAY)
    return Scene(_octets(cv2.cvtColor(one, cv2.COLOR_GRAY2RGB)), scene.faces)


def noisy(sd: float) -> Condition:
    def taken(scene: Scene, face_px: float, random: np.random.Generator) -> Scene:
        return Scene(_octets(scene.pixels + random.normal(0, sd, scene.pixels.shape)), scene.faces)

    return taken


def out_of_focus(share: float) -> Condition:
    """A blur whose sigma is a share of the face's height."""

    def taken(scene: Scene, face_px: float, random: np.random.Generator) -> Scene:
        return Scene(_octets(cv2.GaussianBlur(scene.pixels, (0, 0), max(0.1, share * face_px))), scene.faces)

    return taken


def moved(share: float) -> Condition:
    """A motion across the picture while it was taken, by a share of the face's height."""

    def taken(scene: Scene, face_px: float, random: np.random.Generator) -> Scene:
        length = max(2, round(share * face_px))
        kernel = np.full((1, length), 1 / length, np.float32)
        return Scene(_octets(cv2.filter2D(scene.pixels, -1, kernel)), scene.faces)

    return taken


def packed(quality: int) -> Condition:
    def taken(scene: Scene, face_px: float, random: np.random.Generator) -> Scene:
        _, octets = cv2.imencode(".jpg", scene.pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        again: Any = cv2.imdecode(octets, cv2.IMREAD_COLOR)
        return Scene(_octets(again[..., ::-1]), scene.faces)

    return taken


def turned(degrees: float) -> Condition:
    def taken(scene: Scene, face_px: float, random: np.random.Generator) -> Scene:
        height, width = scene.pixels.shape[:2]
        c, s = cos(radians(degrees)), sin(radians(degrees))
        new = round(abs(width * c) + abs(height * s)), round(abs(height * c) + abs(width * s))
        turn = np.array([[c, -s], [s, c]])
        shift = np.array(new) / 2 - turn @ np.array([width / 2, height / 2])
        matrix: Any = np.hstack([turn, shift[:, np.newaxis]])
        pixels = cv2.warpAffine(scene.pixels, matrix, new, flags=cv2.INTER_LINEAR, borderValue=(128, 128, 128))
        return Scene(_octets(pixels), tuple(face @ turn.T + shift for face in scene.faces))

    return taken


def half_covered(scene: Scene, face_px: float, random: np.random.Generator) -> Scene:
    """A cloth over mouth and nose."""
    return _drawn(scene, 0.55, 1.0, (120, 160, 190))


def eyes_covered(scene: Scene, face_px: float, random: np.random.Generator) -> Scene:
    """Dark glasses."""
    return _drawn(scene, 0.2, 0.45, (25, 25, 28))


def _drawn(scene: Scene, start: float, stop: float, colour: tuple[int, int, int]) -> Scene:
    pixels = scene.pixels.copy()
    for face in scene.faces:
        (left, top), (right, bottom) = face.min(axis=0), face.max(axis=0)
        tall = bottom - top
        pixels[max(0, round(top + start * tall)) : round(top + stop * tall), max(0, round(left)) : round(right)] = (
            colour
        )
    return Scene(pixels, scene.faces)


CONDITIONS: dict[str, Condition] = {
    "plain": plain,
    "light 1/8": exposed(1 / 8),
    "light 1/32": exposed(1 / 32),
    "light 1/64": exposed(1 / 64),
    "hazy": hazy,
    "against the light": against_the_light,
    "grey": grey,
    "noise sd 15": noisy(15),
    "noise sd 30": noisy(30),
    "out of focus 0.06": out_of_focus(0.06),
    "out of focus 0.12": out_of_focus(0.12),
    "moved 0.25": moved(0.25),
    "moved 0.5": moved(0.5),
    "JPEG q20": packed(20),
    "turned 15": turned(15),
    "turned 30": turned(30),
    "turned 45": turned(45),
    "turned 90": turned(90),
    "turned 180": turned(180),
    "mouth covered": half_covered,
    "eyes covered": eyes_covered,
}


def on_streets(
    cutouts: list[tuple[Pixels, Corners]], streets: list[Pixels], face_px: float, random: np.random.Generator
) -> Iterator[Scene]:
    """Faces of one set on pictures of another, six to each, at one height; each face once."""
    for start in range(0, len(cutouts), 6):
        street = cv2.resize(streets[start // 6 % len(streets)], (640, 480), interpolation=cv2.INTER_CUBIC)
        pixels, faces = street.astype(np.float64), []
        for number, (cut, face) in enumerate(cutouts[start : start + 6]):
            factor = face_px / (face[2, 1] - face[0, 1])
            size = max(2, round(cut.shape[1] * factor)), max(2, round(cut.shape[0] * factor))
            if size[0] > 200 or size[1] > 230:
                continue
            how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
            small = cv2.resize(cut, size, interpolation=how)
            left = number % 3 * 213 + int(random.integers(0, 213 - size[0]))
            top = number // 3 * 240 + int(random.integers(0, 240 - size[1]))
            y, x = np.mgrid[0 : size[1], 0 : size[0]]
            far = np.hypot((x + 0.5) / size[0] * 2 - 1, (y + 0.5) / size[1] * 2 - 1)
            alpha = np.clip((1.05 - far) / 0.15, 0, 1)[..., np.newaxis]
            part = pixels[top : top + size[1], left : left + size[0]]
            part[:] = part * (1 - alpha) + small * alpha
            faces.append(face * factor + (left, top))
        if faces:
            yield Scene(_octets(pixels), tuple(faces))


def cut_out(scene: Scene, more: float = 0.35) -> Iterator[tuple[Pixels, Corners]]:
    """Each face with some of what is around it, and its corners therein."""
    height, width = scene.pixels.shape[:2]
    for face in scene.faces:
        (left, top), (right, bottom) = face.min(axis=0), face.max(axis=0)
        grow = more * (bottom - top)
        x, y = max(0, round(left - grow)), max(0, round(top - grow))
        cut = scene.pixels[y : min(height, round(bottom + grow)), x : min(width, round(right + grow))]
        yield cut, face - (x, y)


def _octets(values: Any) -> Pixels:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)
