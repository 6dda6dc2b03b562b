"""People and parked cars, drawn: what has to be gone from a picture that anyone else sees."""

from functools import lru_cache

import cv2
import numpy as np

from probe.redact.selftest import drawn_faces
from tests.town.scene.canvas import Texture

Colour = tuple[int, int, int]
FACE_M = 0.17  # a face's width
PERSON_M = 0.85, 1.78  # width and height of a person's picture
BUST_M = 0.72  # of these, what is seen in a window
CAR_M = 1.86, 1.52
PLATE_M = 0.52, 0.115
_FACE_PX = 110
_PER_M = _FACE_PX / FACE_M
_SHIRTS: tuple[Colour, ...] = ((70, 86, 120), (150, 62, 58), (64, 112, 88), (196, 160, 84), (112, 78, 128))
_TROUSERS: tuple[Colour, ...] = ((52, 58, 76), (76, 66, 58), (44, 46, 50))
_CARS: tuple[Colour, ...] = ((158, 42, 40), (60, 84, 120), (196, 198, 200), (70, 74, 78), (88, 116, 92))


@lru_cache(maxsize=16)
def person(number: int) -> Texture:
    """A person from the front, on nothing. The face is one of those that the detector tests itself with."""
    wide, tall = (round(side * _PER_M) for side in PERSON_M)
    picture = np.zeros((tall, wide, 4), np.uint8)
    shirt, trousers = _SHIRTS[number % len(_SHIRTS)], _TROUSERS[number % len(_TROUSERS)]
    middle, shoulder = wide // 2, round(0.36 * _PER_M)
    for side in (-1, 1):
        hip, foot = (middle + side * 55, tall // 2), (middle + side * (70 + 12 * (number % 2)), tall - 40)
        cv2.line(picture, hip, foot, (*trousers, 255), 98, cv2.LINE_AA)
        cv2.ellipse(picture, (foot[0] + side * 14, tall - 26), (62, 26), 0, 0, 360, (34, 32, 32, 255), -1)
        arm = (middle + side * 172, shoulder + 40), (middle + side * 196, tall // 2 + 40)
        cv2.line(picture, *arm, (*(part * 9 // 10 for part in shirt), 255), 66, cv2.LINE_AA)
        cv2.circle(picture, (arm[1][0], arm[1][1] + 40), 34, (214, 168, 142, 255), -1, cv2.LINE_AA)
    body = np.array(
        [(-150, shoulder), (150, shoulder), (196, shoulder + 60), (150, shoulder + 120), (132, tall // 2 + 60),
         (-132, tall // 2 + 60), (-150, shoulder + 120), (-196, shoulder + 60)]
    )  # fmt: skip
    cv2.fillPoly(picture, [body + np.array((middle, 0))], (*shirt, 255), cv2.LINE_AA)
    _put_head(picture, middle, shirt)
    picture[..., 3] = np.where(picture[..., 3] > 127, 255, 0)
    return picture


def _put_head(picture: Texture, middle: int, shirt: Colour) -> None:
    """Head and shoulders out of the detector's own test picture: all that differs from the same without a face."""
    x, y = 320, 150
    drawn, empty = drawn_faces(((x, y, _FACE_PX),)), drawn_faces(())
    differs = (np.abs(drawn.astype(np.int16) - empty).sum(2) > 24).astype(np.uint8)
    differs = np.asarray(cv2.morphologyEx(differs, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)))
    top, bottom, half = y - 92, y + 190, 130
    head, shown = drawn[top:bottom, x - half : x + half].copy(), differs[top:bottom, x - half : x + half] > 0
    clothes = head[..., 2].astype(np.int16) > head[..., 0].astype(np.int16) + 20
    head[clothes] = shirt
    part = picture[6 : 6 + bottom - top, middle - half : middle + half]
    part[shown, :3], part[shown, 3] = head[shown], 255


def bust(number: int) -> Texture:
    """The upper part of a person, as in a window."""
    whole = person(number)
    return whole[: round(BUST_M * _PER_M)]


def face_box(wide_px: float) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the face in a person's picture of this width, in its pixels."""
    scale = wide_px / (PERSON_M[0] * _PER_M)
    middle, top = PERSON_M[0] * _PER_M / 2, 6 + 92
    half = _FACE_PX / 2
    box = middle - half, top - 1.35 * half, middle + half, top + 1.25 * half
    left, upper, right, lower = (side * scale for side in box)
    return left, upper, right, lower


@lru_cache(maxsize=8)
def car(number: int) -> Texture:
    """A parked car from the front, with a number plate of no country's pattern."""
    per_m = 320
    wide, tall = (round(side * per_m) for side in CAR_M)
    picture = np.zeros((tall, wide, 4), np.uint8)
    paint, middle = _CARS[number % len(_CARS)], wide // 2
    dark = tuple(part * 7 // 10 for part in paint)

    def shape(points: list[tuple[float, float]], colour: tuple[int, ...]) -> None:
        corners = np.array([(middle + x * per_m, tall - y * per_m) for x, y in points], np.int32)
        cv2.fillPoly(picture, [corners], (*colour, 255), cv2.LINE_AA)

    for side in (-1, 1):
        shape([(side * 0.6, 0), (side * 0.84, 0), (side * 0.84, 0.5), (side * 0.6, 0.5)], (28, 28, 30))
        shape([(side * 0.8, 1.0), (side * 0.92, 1.04), (side * 0.92, 0.92), (side * 0.8, 0.92)], dark)
    shape([(-0.58, 1.5), (0.58, 1.5), (0.78, 0.95), (-0.78, 0.95)], paint)
    shape([(-0.53, 1.44), (0.53, 1.44), (0.7, 1.0), (-0.7, 1.0)], (74, 88, 100))
    shape([(-0.5, 1.42), (-0.1, 1.42), (-0.32, 1.02), (-0.66, 1.02)], (112, 130, 142))
    shape([(-0.86, 0.86), (-0.76, 1.0), (0.76, 1.0), (0.86, 0.86), (0.88, 0.24), (-0.88, 0.24)], paint)
    shape([(-0.5, 0.7), (0.5, 0.7), (0.44, 0.5), (-0.44, 0.5)], (36, 38, 42))
    shape([(-0.86, 0.36), (0.86, 0.36), (0.82, 0.2), (-0.82, 0.2)], dark)
    for side in (-1, 1):
        shape([(side * 0.56, 0.82), (side * 0.83, 0.84), (side * 0.84, 0.68), (side * 0.6, 0.66)], (236, 238, 232))
    _plate(picture, middle, tall - round(0.42 * per_m), per_m, f"IF-{307 + 86 * number}-HC")
    picture[..., 3] = np.where(picture[..., 3] > 127, 255, 0)
    return picture


def plate_box() -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the plate in a car's picture, as shares of its width and height."""
    left, top = 0.5 - PLATE_M[0] / 2 / CAR_M[0], 1 - (0.42 + PLATE_M[1] / 2) / CAR_M[1]
    return left, top, left + PLATE_M[0] / CAR_M[0], top + PLATE_M[1] / CAR_M[1]


def _plate(picture: Texture, x: int, y: int, per_m: int, text: str) -> None:
    half_x, half_y = round(PLATE_M[0] * per_m / 2), round(PLATE_M[1] * per_m / 2)
    cv2.rectangle(picture, (x - half_x, y - half_y), (x + half_x, y + half_y), (242, 242, 236, 255), -1)
    cv2.rectangle(picture, (x - half_x, y - half_y), (x - half_x + 14, y + half_y), (38, 72, 158, 255), -1)
    scale = 0.78
    (wide, tall), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 2)
    spot = x + 7 - wide // 2, y + tall // 2
    cv2.putText(picture, text, spot, cv2.FONT_HERSHEY_SIMPLEX, scale, (20, 20, 24, 255), 2, cv2.LINE_AA)
