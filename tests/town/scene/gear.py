"""Surveillance cameras as meshes: dome, bullet, panning and plate reader, on walls, poles and street lamps."""

from itertools import pairwise
from math import cos, pi, radians, sin

import numpy as np

from tests.town.scene.canvas import Face
from tests.town.scene.view import Floats

Colour = tuple[float, float, float]
_WHITE, _GREY, _DARK, _GLASS, _STEEL = (
    (228, 230, 230), (150, 154, 158), (44, 46, 50), (24, 26, 32), (112, 118, 122),
)  # fmt: skip
_UP = np.array([0.0, 0.0, 1.0])


def direction(bearing_deg: float, up_deg: float = 0.0) -> Floats:
    """A unit vector that points so many degrees from north and above the horizon."""
    bearing, up = radians(bearing_deg), radians(up_deg)
    return np.array([sin(bearing) * cos(up), cos(bearing) * cos(up), sin(up)])


def camera_mesh(kind: str, at: Floats, out: Floats, faces: float) -> list[Face]:
    """A camera at a point, held from the side that `out` points away from, that looks to a bearing in degrees."""
    looks = direction(faces, -18.0)
    if kind == "dome":
        return _dome(at, out)
    if kind == "panning":
        return _panning(at, out, looks)
    if kind == "alpr":
        return _plate_reader(at, out, direction(faces, -6.0))
    return _bullet(at, out, looks)


def _dome(at: Floats, out: Floats) -> list[Face]:
    """A housing like a hat on an arm, and a smoked half ball below it."""
    top = at + 0.13 * _UP
    found = rod(at - out * 0.42 + 0.2 * _UP, at + 0.2 * _UP, 0.028, _WHITE) + plate(at - out * 0.41 + 0.2 * _UP, out)
    found += rod(top, top + 0.1 * _UP, 0.05, _WHITE)
    found += turned(at, _UP, ((0.175, 0.0), (0.185, 0.05), (0.15, 0.11), (0.06, 0.15), (0.0, 0.155)), _WHITE, 0.35)
    ball = tuple((0.155 * cos(step), -0.155 * sin(step)) for step in np.linspace(pi / 2, 0, 9))
    return found + turned(at, _UP, ball, (46, 52, 62), 0.9)


def _panning(at: Floats, out: Floats, looks: Floats) -> list[Face]:
    """A ball that turns below a goose neck, with its lens in a black window."""
    found = rod(at - out * 0.55 + 0.36 * _UP, at + 0.36 * _UP, 0.032, _WHITE) + plate(at - out * 0.54 + 0.36 * _UP, out)
    found += rod(at + 0.13 * _UP, at + 0.38 * _UP, 0.045, _WHITE)
    found += turned(at + 0.05 * _UP, _UP, ((0.165, 0.0), (0.165, 0.1), (0.09, 0.17), (0.0, 0.18)), _WHITE, 0.3)
    ball = tuple((0.155 * cos(step), 0.155 * sin(step)) for step in np.linspace(-pi / 2, pi / 2, 13))
    found += turned(at - 0.03 * _UP, _UP, ball, (206, 209, 210), 0.5)
    eye = at - 0.03 * _UP + looks * 0.135
    found += turned(eye, looks, ((0.088, 0.0), (0.088, 0.035), (0.0, 0.036)), _DARK, 0.2)
    return found + turned(eye + looks * 0.036, looks, ((0.055, 0.0), (0.0, 0.012)), (40, 50, 84), 1.0)


def _bullet(at: Floats, out: Floats, looks: Floats) -> list[Face]:
    """A cylinder under a shield on a bracket, with a black front."""
    back, front = at - looks * 0.19, at + looks * 0.19
    found = turned(back, looks, ((0.0, 0.0), (0.07, 0.01), (0.085, 0.06), (0.085, 0.37)), _WHITE, 0.4)
    found += turned(front, looks, ((0.085, -0.01), (0.08, 0.015), (0.0, 0.016)), _DARK, 0.3)
    found += turned(front + looks * 0.016, looks, ((0.036, 0.0), (0.0, 0.014)), (40, 52, 92), 1.0)
    side = np.cross(looks, _UP)
    side /= np.linalg.norm(side)
    over = np.cross(side, looks)
    for step in range(5):  # the lamps for the night
        turn = 2 * pi * step / 5
        lamp = front + looks * 0.017 + (side * cos(turn) + over * sin(turn)) * 0.058
        found += turned(lamp, looks, ((0.012, 0.0), (0.0, 0.003)), (120, 54, 54), 0.6)
    found += slab(at + looks * 0.05 + over * 0.1, looks * 0.25, side * 0.1, over * 0.012, _WHITE, 0.4)
    foot = at - over * 0.09 - looks * 0.06
    wall = at - out * 0.34 - 0.12 * _UP
    return found + rod(foot, wall, 0.024, _WHITE) + rod(foot, at, 0.03, _WHITE) + plate(wall, out)


def _plate_reader(at: Floats, out: Floats, looks: Floats) -> list[Face]:
    """A black box with a lens between lamps, and a solar panel above it."""
    side = np.cross(looks, _UP)
    side /= np.linalg.norm(side)
    over = np.cross(side, looks)
    found = slab(at, looks * 0.2, side * 0.15, over * 0.11, (58, 60, 64), 0.3)
    front = at + looks * 0.201
    for place, size, colour in ((-0.085, 0.045, (92, 40, 44)), (0.085, 0.045, (92, 40, 44)), (0.0, 0.034, _GLASS)):
        found += turned(front + side * place, looks, ((size, 0.0), (size * 0.8, 0.012), (0.0, 0.013)), colour, 0.9)
    found += slab(at + over * 0.125 + looks * 0.06, looks * 0.22, side * 0.165, over * 0.01, _GREY, 0.3)
    found += rod(at, at - out * 0.16, 0.03, _STEEL)
    panel, tilted = at - out * 0.16 + 0.75 * _UP, direction(180.0, 50.0)
    east = np.array([1.0, 0.0, 0.0])
    found += slab(panel, east * 0.36, np.cross(tilted, east) * 0.24, tilted * 0.015, (34, 44, 78), 0.7)
    return found + rod(panel, panel - 0.3 * _UP, 0.025, _STEEL)


def pole(foot: Floats, tall: float) -> list[Face]:
    """A mast of steel with a foot."""
    rods = rod(foot, foot + tall * _UP, 0.075, _STEEL) + rod(foot, foot + 0.5 * _UP, 0.12, _STEEL)
    return rods + turned(foot + tall * _UP, _UP, ((0.08, 0.0), (0.06, 0.06), (0.0, 0.08)), _STEEL, 0.2)


def street_lamp(foot: Floats, towards: Floats, *, lit: bool) -> list[Face]:
    """A mast with an arm over the road; its head shines at dusk."""
    top, head = foot + 6.2 * _UP, foot + 6.6 * _UP + towards * 1.5
    found = rod(foot, top, 0.07, (62, 70, 68)) + rod(foot, foot + 0.9 * _UP, 0.11, (62, 70, 68))
    found += rod(top, head, 0.04, (62, 70, 68))
    across = np.cross(towards, _UP)
    found += slab(head + towards * 0.2, towards * 0.34, across * 0.12, _UP * 0.05, (70, 76, 76), 0.2)
    below = head + towards * 0.2 - _UP * 0.055
    return found + (slab(below, towards * 0.26, across * 0.09, _UP * 0.008, (255, 226, 170), glow=1.0) if lit else [])


def plate(at: Floats, out: Floats) -> list[Face]:
    """What is screwed to a wall."""
    return turned(at - out * 0.02, out, ((0.085, 0.0), (0.085, 0.03), (0.0, 0.031)), _WHITE, 0.2)


def rod(start: Floats, end: Floats, radius: float, colour: Colour) -> list[Face]:
    """A round rod between two points, in short pieces, so that each is sorted well by its distance."""
    along = end - start
    length = float(np.linalg.norm(along))
    pieces = max(1, round(length / 0.5))
    outline = tuple((radius, length * piece / pieces) for piece in range(pieces + 1))
    return turned(start, along / length, outline, colour, 0.15)


def turned(
    at: Floats, axis: Floats, outline: tuple[tuple[float, float], ...], colour: Colour, shine: float
) -> list[Face]:
    """What a lathe makes: an outline of radius and height, turned around an axis; heights grow along it."""
    helper = np.array([1.0, 0.0, 0.0]) if abs(axis[0]) < 0.8 else np.array([0.0, 1.0, 0.0])
    first = np.cross(axis, helper)
    first /= np.linalg.norm(first)
    second = np.cross(axis, first)
    turns = np.linspace(0, 2 * pi, 25)
    rings = [
        [at + axis * height + (first * cos(turn) + second * sin(turn)) * max(radius, 1e-4) for turn in turns]
        for radius, height in outline
    ]
    found = []
    for low, high in pairwise(rings):
        for step in range(24):
            corners = np.array([low[step], low[step + 1], high[step + 1], high[step]])
            if np.linalg.norm(np.cross(corners[1] - corners[0], corners[2] - corners[0])) < 1e-12:
                corners = np.array([low[step], high[step + 1], high[step]])
            found.append(Face(corners=corners, colour=colour, shine=shine))
    return found


def slab(
    at: Floats, one: Floats, two: Floats, three: Floats, colour: Colour, shine: float = 0.0, glow: float = 0.0
) -> list[Face]:
    """A box by its middle and three half axes."""
    found = []
    for a, b, c in ((one, two, three), (two, three, one), (three, one, two)):
        turns_right = np.cross(a, b) @ c > 0
        for sign in (1, -1):
            d, e = (a, b) if (sign == 1) == turns_right else (b, a)
            corners = np.array([at + sign * c + d * i + e * j for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))])
            found.append(Face(corners=corners, colour=colour, shine=shine, glow=glow))
    return found
