"""Facades of the town: each the same from wherever it is seen, and drawn as finely as is asked for."""

from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.town.scene.light import noise

Colour = tuple[int, int, int]
GROUND_M, FLOOR_M, ROOF_M = 3.6, 3.2, 2.4
SILL_M, WINDOW_TALL_M, WINDOW_WIDE_M = 0.85, 1.75, 1.15
_WALLS: tuple[tuple[Colour, bool], ...] = (
    ((226, 208, 176), False), ((168, 92, 70), True), ((204, 198, 186), False), ((218, 178, 136), False),
    ((196, 120, 92), True), ((222, 196, 186), False), ((176, 186, 176), False), ((184, 160, 132), True),
)  # fmt: skip
_SHUTTERS: tuple[Colour, ...] = ((62, 92, 84), (74, 92, 128), (126, 58, 50), (94, 84, 74), (206, 206, 198))
_SHOPS = ("BOULANGERIE", "LIBRAIRIE", "TABAC PRESSE", "FLEURS", "CAFE DU CHAMP", "PHARMACIE", "EPICERIE", "COIFFURE",
          "VELOS", "CINEMA PLAN", "OPTIQUE", "PAPETERIE")  # fmt: skip
_AWNINGS: tuple[Colour, ...] = ((150, 44, 44), (38, 84, 72), (44, 62, 110), (170, 122, 44), (70, 62, 66))


@dataclass(frozen=True, slots=True)
class Window:
    """A window: metres from the facade's left edge and from the ground, to its lower left, and whether it is lit."""

    left: float
    low: float
    lot: float  # 0 to 1: below the share of windows that are lit, it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Facade:
    """A facade's measures in metres and its looks."""

    seed: int
    wide: float
    floors: int
    wall: Colour
    brick: bool
    shutter: Colour | None
    balconies: bool
    windows: tuple[Window, ...] = field(repr=False)
    shops: tuple[tuple[float, float, str, Colour], ...] = field(repr=False)

    @property
    def eaves_m(self) -> float:
        return GROUND_M + self.floors * FLOOR_M

    @property
    def tall_m(self) -> float:
        return self.eaves_m + ROOF_M


def facade(seed: int, wide: float) -> Facade:
    """The facade of a number; so wide, in metres."""
    draw = Random(seed)
    wall, brick = draw.choice(_WALLS)
    floors = draw.choice((2, 3, 3, 4)) if wide > 10 else 1
    bays = max(1, int(wide // 2.75))
    pitch = wide / bays
    windows = tuple(
        Window(pitch * (bay + 0.5) - WINDOW_WIDE_M / 2, GROUND_M + floor * FLOOR_M + SILL_M, draw.random())
        for floor in range(floors)
        for bay in range(bays)
    )
    shops, at = [], 0.8
    while at + 4 < wide:
        size = min(draw.uniform(4.2, 7.0), wide - 0.8 - at)
        shops.append((at, size, draw.choice(_SHOPS), draw.choice(_AWNINGS)))
        at += size + draw.uniform(0.9, 2.6)
    return Facade(
        seed=seed, wide=wide, floors=floors, wall=wall, brick=brick,
        shutter=draw.choice(_SHUTTERS) if draw.random() < 0.7 else None, balconies=draw.random() < 0.4,
        windows=windows, shops=tuple(shops),
    )  # fmt: skip


@lru_cache(maxsize=24)
def painted(
    of: Facade, left: float, right: float, per_m: float, lit: float
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A facade from `left` to `right` (metres), with so many pixels for a metre: RGBA, and what shines by itself."""
    brush = _Brush(of, left, right, per_m)
    _wall(brush)
    for window in of.windows:
        if left - 2 < window.left < right + 1:
            _window(brush, window, is_lit=window.lot < lit)
    for shop in of.shops:
        if left - 8 < shop[0] < right + 1:
            _shop(brush, shop, is_lit=lit > 0)
    _edges(brush)
    return np.dstack([brush.rgb, np.full(brush.rgb.shape[:2], 255, np.uint8)]), brush.glow


class _Brush:
    """Paints in metres from the left edge and from the ground."""

    def __init__(self, of: Facade, left: float, right: float, per_m: float) -> None:
        self.of, self.left, self.right, self.per_m = of, left, right, per_m
        self.rgb = np.zeros((round(of.tall_m * per_m), round((right - left) * per_m), 3), np.uint8)
        self.glow = np.zeros(self.rgb.shape[:2], np.uint8)

    def spot(self, u: float, v: float) -> tuple[int, int]:
        return round((u - self.left) * self.per_m), round((self.of.tall_m - v) * self.per_m)

    def box(self, u: float, v: float, wide: float, tall: float, colour: Colour) -> None:
        (x0, y1), (x1, y0) = self.spot(u, v), self.spot(u + wide, v + tall)
        cv2.rectangle(self.rgb, (x0, y0), (max(x0, x1 - 1), max(y0, y1 - 1)), colour, -1)

    def shine(self, u: float, v: float, wide: float, tall: float, strength: int) -> None:
        (x0, y1), (x1, y0) = self.spot(u, v), self.spot(u + wide, v + tall)
        cv2.rectangle(self.glow, (x0, y0), (max(x0, x1 - 1), max(y0, y1 - 1)), strength, -1)

    def line(self, u0: float, v0: float, u1: float, v1: float, wide: float, colour: Colour) -> None:
        thick = max(1, round(wide * self.per_m))
        cv2.line(self.rgb, self.spot(u0, v0), self.spot(u1, v1), colour, thick, cv2.LINE_AA)


def _tinted(colour: Colour, by: float) -> Colour:
    red, green, blue = (max(0, min(255, round(part * by))) for part in colour)
    return red, green, blue


@lru_cache(maxsize=24)
def _stains(seed: int, tall: int, wide: int) -> NDArray[np.float32]:
    return noise(seed, tall, wide, (6, 17, 50, 170, 600))


def _wall(brush: _Brush) -> None:
    of, per_m = brush.of, brush.per_m
    tall, wide = brush.rgb.shape[:2]
    stains = _stains(of.seed, round(of.tall_m * 40), round(of.wide * 40))
    u = np.asarray((np.arange(wide) / per_m + brush.left) * 40, np.float32)
    v = np.asarray(np.arange(tall)[:, np.newaxis] / per_m * 40, np.float32)
    map_u, map_v = np.broadcast_to(u, (tall, wide)).copy(), np.broadcast_to(v, (tall, wide)).copy()
    shade = 0.86 + 0.24 * cv2.remap(stains, map_u, map_v, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    if of.brick:
        shade *= _bricks(map_u / np.float32(40), np.float32(of.tall_m) - map_v / np.float32(40), of.seed)
    brush.rgb[:] = np.clip(np.array(of.wall, np.float32) * shade[..., np.newaxis], 0, 255)
    if not of.brick:  # joints of the render, and a plinth of stone
        for floor in range(of.floors):
            for part in range(4):
                at = GROUND_M + (floor + part / 4) * FLOOR_M
                brush.line(0, at, of.wide, at, 0.012, _tinted(of.wall, 0.86))
    brush.box(0, 0, of.wide, 0.7, _tinted(of.wall, 0.62))


def _bricks(u: NDArray[np.float32], v: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Rows of bricks of 24 x 8 cm: each a little lighter or darker, with bright joints."""
    row = np.floor(v / 0.08)
    along = u / 0.24 + 0.5 * (row % 2)
    column = np.floor(along)
    lot = np.sin(row * 12.9898 + column * 78.233 + seed % 97) * 43758.547
    tint = 0.86 + 0.26 * (lot - np.floor(lot))
    joint = ((v / 0.08 - row) < 0.14) | ((along - column) < 0.055)
    return np.asarray(np.where(joint, 1.22, tint), np.float32)


def _window(brush: _Brush, window: Window, *, is_lit: bool) -> None:
    of, u, v = brush.of, window.left, window.low
    wide, tall = WINDOW_WIDE_M, WINDOW_TALL_M
    stone = (222, 216, 204) if of.brick else _tinted(of.wall, 1.1)
    brush.box(u - 0.14, v - 0.1, wide + 0.28, tall + 0.26, stone)
    brush.box(u - 0.14, v + tall + 0.13, wide + 0.28, 0.03, _tinted(stone, 0.7))
    brush.box(u, v, wide, tall, (58, 66, 76))
    glass = (96, 112, 126) if window.lot > 0.5 else (80, 96, 110)
    for part in range(3):  # a sky that gets brighter downwards
        brush.box(u + 0.05, v + tall * part / 3 + 0.04, wide - 0.1, tall / 3, _tinted(glass, 1.15 - 0.16 * part))
    if window.lot > 0.35:  # curtains
        for side in (u + 0.05, u + wide - 0.3):
            brush.box(side, v + 0.04, 0.25, tall - 0.08, (206, 202, 192))
            for fold in (0.06, 0.14, 0.2):
                brush.line(side + fold, v + 0.05, side + fold, v + tall - 0.05, 0.012, (180, 176, 168))
    if is_lit:
        brush.shine(u + 0.05, v + 0.04, wide - 0.1, tall - 0.08, 205)
    brush.box(u, v + tall - 0.12, wide, 0.12, (44, 50, 58))
    frame = (236, 234, 228)
    for at in (u + 0.02, u + wide / 2, u + wide - 0.02):
        brush.line(at, v, at, v + tall, 0.06, frame)
    for at in (v + 0.02, v + tall * 0.68, v + tall - 0.02):
        brush.line(u, at, u + wide, at, 0.05, frame)
    brush.box(u - 0.2, v - 0.12, wide + 0.4, 0.1, _tinted(stone, 0.95))
    brush.box(u - 0.18, v - 0.17, wide + 0.36, 0.05, _tinted(of.wall, 0.66))
    _outside(brush, u, v)


def _outside(brush: _Brush, u: float, v: float) -> None:
    """Shutters and a balcony's railing, where the house has them."""
    of, wide, tall = brush.of, WINDOW_WIDE_M, WINDOW_TALL_M
    if of.shutter is not None:
        for side in (u - 0.66, u + wide + 0.14):
            brush.box(side, v, 0.52, tall, of.shutter)
            for slat in np.arange(0.08, tall - 0.05, 0.09):
                brush.line(side + 0.05, v + slat, side + 0.47, v + slat, 0.018, _tinted(of.shutter, 0.7))
    if of.balconies:
        for bar in np.arange(-0.3, wide + 0.31, 0.11):
            brush.line(u + bar, v - 0.1, u + bar, v + 0.72, 0.018, (40, 42, 46))
        for at in (v + 0.72, v - 0.08):
            brush.line(u - 0.32, at, u + wide + 0.32, at, 0.045, (34, 36, 40))


def _shop(brush: _Brush, shop: tuple[float, float, str, Colour], *, is_lit: bool) -> None:
    u, wide, name, colour = shop
    brush.box(u, 0, wide, 3.3, _tinted(colour, 0.8))
    brush.box(u + 0.15, 0.5, wide - 0.3, 2.1, (70, 84, 92))
    for part in np.arange(0.15, wide - 0.9, 1.35):
        brush.box(u + part + 0.06, 0.56, 1.2, 1.98, (104, 120, 126))
        brush.box(u + part + 0.06, 0.56, 1.2, 0.8, (92, 84, 74))
    brush.box(u, 2.75, wide, 0.58, colour)
    brush.box(u, 3.33, wide, 0.07, _tinted(colour, 1.25))
    if is_lit:
        brush.shine(u + 0.2, 0.6, wide - 0.4, 1.9, 150)
    scale = 0.3 * brush.per_m / 21
    thick = max(1, round(0.05 * brush.per_m))
    (width, _), _ = cv2.getTextSize(name, cv2.FONT_HERSHEY_DUPLEX, scale, thick)
    x, y = brush.spot(u + wide / 2, 2.9)
    cv2.putText(
        brush.rgb, name, (x - width // 2, y), cv2.FONT_HERSHEY_DUPLEX, scale, (244, 236, 214), thick, cv2.LINE_AA
    )


def _edges(brush: _Brush) -> None:
    """String courses, cornice, roof, and drainpipes."""
    of = brush.of
    stone = (214, 206, 192) if of.brick else _tinted(of.wall, 1.08)
    for floor in range(of.floors):
        at = GROUND_M + floor * FLOOR_M
        brush.box(0, at - 0.12, of.wide, 0.16, stone)
        brush.box(0, at - 0.17, of.wide, 0.05, _tinted(of.wall, 0.68))
    slate = (84, 92, 104)
    brush.box(0, of.eaves_m, of.wide, ROOF_M, slate)
    for row in np.arange(0.2, ROOF_M, 0.22):
        brush.line(0, of.eaves_m + row, of.wide, of.eaves_m + row, 0.02, _tinted(slate, 0.8))
        for at in np.arange(0.15 * (round(row / 0.22) % 2), of.wide, 0.3):
            brush.line(at, of.eaves_m + row, at, of.eaves_m + row - 0.2, 0.015, _tinted(slate, 0.84))
    brush.box(0, of.eaves_m - 0.1, of.wide, 0.34, stone)
    brush.box(0, of.eaves_m - 0.18, of.wide, 0.08, _tinted(of.wall, 0.6))
    for tooth in np.arange(0.1, of.wide, 0.42):
        brush.box(tooth, of.eaves_m - 0.06, 0.2, 0.14, _tinted(stone, 0.8))
    for at in (0.25, of.wide - 0.25):
        brush.line(at, 0, at, of.eaves_m, 0.11, (104, 108, 112))
        brush.line(at - 0.02, 0, at - 0.02, of.eaves_m, 0.03, (150, 154, 158))
