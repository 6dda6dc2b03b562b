"""What stands in the town's streets: ground, facades, lamps, trees, and what a camera hangs on."""

from dataclasses import dataclass
from functools import cache, lru_cache
from math import atan2, degrees, hypot

import numpy as np

from tests.town.cameras import TownCamera
from tests.town.plan import COLUMNS, PITCH_M, ROWS, STREET_HALF_M, Block, Point, blocks, in_sight
from tests.town.scene.canvas import Canvas, Texture
from tests.town.scene.facades import WINDOW_WIDE_M, Facade, facade, painted
from tests.town.scene.gear import camera_mesh, direction, pole, street_lamp
from tests.town.scene.light import noise
from tests.town.scene.view import Floats

FAR_M = 150.0
_COARSE, _FINE = 36.0, 190.0  # pixels for a metre of a facade, and of that part of it on which the camera hangs
_AROUND_M = 7.0
_OUT_M = 0.45  # from a wall or a pole to the camera
_KERB_M, _LAMP_EACH_M = 4.6, 22.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a building: where its left edge is as seen from the street, where it goes, and its looks."""

    left: Point
    along: Point  # a unit vector
    out: Point
    looks: Facade

    def spot(self, at: Point) -> tuple[float, float]:
        """Metres along the side, and in front of it."""
        x, y = at[0] - self.left[0], at[1] - self.left[1]
        return x * self.along[0] + y * self.along[1], x * self.out[0] + y * self.out[1]


@cache
def sides_of(block: Block, number: int) -> tuple[Side, ...]:
    """The four sides of a building; each has a number of its own, so that it always looks the same."""
    corners = block.ring[:4]
    found = []
    for each, ((x0, y0), (x1, y1)) in enumerate(zip(corners, [*corners[1:], corners[0]], strict=True)):
        long = hypot(x1 - x0, y1 - y0)
        along = (x1 - x0) / long, (y1 - y0) / long
        looks = facade(1000 + number * 4 + each, long)
        found.append(Side(left=(x0, y0), along=along, out=(along[1], -along[0]), looks=looks))
    return tuple(found)


def town_sides(cameras: tuple[TownCamera, ...]) -> list[Side]:
    """All sides of buildings; with a pavilion of the park for a camera on a wall that the plan does not have."""
    found = [side for number, block in enumerate(blocks()) for side in sides_of(block, number)]
    for camera in cameras:
        if camera.mount == "wall" and holding_side(camera, found) is None:
            found += sides_of(_pavilion(*camera.at), 500 + int(camera.at[0] * 7 + camera.at[1]))
    return found


def _pavilion(x: float, y: float) -> Block:
    """A small building inside of the block, with a side at the street's edge."""
    on_the_north_street = abs(abs((x + PITCH_M / 2) % PITCH_M - PITCH_M / 2) - STREET_HALF_M) < 0.1
    if on_the_north_street:
        west, south, wide, tall = (x if x % PITCH_M < PITCH_M / 2 else x - 5.0), y - 4.0, 5.0, 8.0
    else:
        west, south, wide, tall = x - 4.0, (y if y % PITCH_M < PITCH_M / 2 else y - 5.0), 8.0, 5.0
    return Block(west=west, south=south, east=west + wide, north=south + tall)


def holding_side(camera: TownCamera, sides: list[Side]) -> Side | None:
    """The side of a building on which a camera hangs; None where there is none."""
    for side in sides:
        along, front = side.spot(camera.at)
        if abs(front) < 0.3 and 0 <= along <= side.looks.wide:
            return side
    return None


def height_m(camera: TownCamera) -> float:
    """How high a camera hangs: between two floors on a wall, out of reach on a pole."""
    lot = sum(camera.name.encode()) % 10
    if camera.mount != "wall":
        return 4.6 + 0.05 * lot
    return 3.95 if lot < 8 else 7.05


def lens_of(camera: TownCamera, side: Side | None) -> tuple[Floats, Floats, float]:
    """Where the camera itself is (metres), which way it stands off its wall or pole, and the bearing it looks to."""
    out = direction(camera.direction) if side is None else np.array([*side.out, 0.0])
    at = np.array([*camera.at, height_m(camera)]) + out * (_OUT_M if side is not None else 0.34)
    return at, out, camera.direction


def draw_ground(canvas: Canvas) -> None:
    """Roads, kerbs and pavements, one tile for all: they lie below the line, and are seldom kept."""
    factor = canvas.light.on(np.array([0.0, 0.0, 1.0]))
    for column in range(-1, COLUMNS):
        for row in range(-1, ROWS):
            x, y = column * PITCH_M, (row + 1) * PITCH_M
            place = (x, y, 0.0), (PITCH_M, 0.0, 0.0), (0.0, -PITCH_M, 0.0)
            near = hypot(x + 45 - canvas.view.eye[0], y - 45 - canvas.view.eye[1]) < FAR_M
            if near and canvas.sees(*place):
                canvas.rectangle(_paving(), *place, factor=factor)


@lru_cache(maxsize=1)
def _paving() -> Texture:
    per_m, span = 14, round(PITCH_M)
    tile = np.full((span * per_m, span * per_m, 4), 255, np.uint8)
    place = (np.arange(span * per_m) + 0.5) / per_m
    off = np.minimum(place, PITCH_M - place)
    nearest = np.minimum(off[np.newaxis], off[:, np.newaxis])
    grain = 0.86 + 0.28 * noise(3, len(place), len(place), (40, 160, 900))
    for least, colour in ((0.0, (92, 94, 98)), (_KERB_M, (188, 184, 176)), (_KERB_M + 0.16, (158, 154, 148))):
        tile[nearest >= least, :3] = colour
    joint = (place % 1.0) < 0.05
    tile[(nearest > _KERB_M + 0.16) & (joint[np.newaxis] | joint[:, np.newaxis]), :3] = (128, 124, 120)
    tile[..., :3] = np.clip(tile[..., :3] * grain[..., np.newaxis], 0, 255)
    return tile


def draw_side(canvas: Canvas, side: Side, fine_at: float | None = None) -> None:
    """A side of a building, finely around a place on it, where it is to be seen at all."""
    along, front = side.spot(canvas.view.eye[:2])
    if front <= 0 or hypot(max(0.0, -along, along - side.looks.wide), front) > FAR_M:
        return
    x, y, (east, north), long = *side.left, side.along, side.looks.wide
    tall = side.looks.tall_m
    if not canvas.sees((x, y, tall), (east * long, north * long, 0.0), (0.0, 0.0, -tall)) or _is_hidden(canvas, side):
        return
    lit, out = canvas.light.lit_windows, np.array([*side.out, 0.0])
    parts = [(0.0, long, _COARSE if front < 40 else _COARSE / 2)]
    if fine_at is not None:
        parts.append(
            (max(0.0, fine_at - _AROUND_M), min(side.looks.wide, fine_at + _AROUND_M), _fine(canvas, side, fine_at))
        )
    for left, right, per_m in parts:
        texture, glow = painted(side.looks, left, right, per_m, lit)
        canvas.rectangle(
            texture, (x + east * left, y + north * left, tall), (east * (right - left), north * (right - left), 0.0),
            (0.0, 0.0, -tall), factor=canvas.light.on(out), glow=glow if lit else None,
        )  # fmt: skip


def _fine(canvas: Canvas, side: Side, along: float) -> float:
    """As many pixels for a metre of a side as the canvas shows of it there."""
    eye_along, front = side.spot(canvas.view.eye[:2])
    return min(_FINE, max(_COARSE, 20.0 * round(canvas.view.focal_px / hypot(eye_along - along, front) / 20)))


def _is_hidden(canvas: Canvas, side: Side) -> bool:
    """Whether buildings stand before all of a side."""
    eye, houses = canvas.view.eye[:2], blocks()
    shares = (side.looks.wide * share for share in (0.02, 0.25, 0.5, 0.75, 0.98))
    spots = ((side.left[0] + side.along[0] * far, side.left[1] + side.along[1] * far) for far in shares)
    return not any(in_sight(eye, spot, houses) for spot in spots)


def draw_camera(canvas: Canvas, camera: TownCamera, side: Side | None) -> None:
    """A surveillance camera, and its pole where it does not hang on a wall."""
    if side is None and camera.mount != "wall":
        canvas.mesh(pole(np.array([*camera.at, 0.0]), height_m(camera) + 0.6))
    canvas.mesh(camera_mesh(camera.kind, *lens_of(camera, side)))


def draw_lamps(canvas: Canvas, away_from: Floats) -> None:
    """Street lamps along the kerbs; none stands between the lens and what it is pointed at."""
    eye = np.array(canvas.view.eye[:2])
    aim = degrees(atan2(*(away_from[:2] - eye)))
    for x, y, towards in _lamps():
        gap = np.array([x, y]) - eye
        far = float(np.hypot(*gap))
        turn = (degrees(atan2(*gap)) - aim + 180) % 360 - 180
        if not 2.5 < far < 70 or (abs(turn) < 7 and far < 1.6 * float(np.hypot(*(away_from[:2] - eye)))):
            continue
        canvas.mesh(street_lamp(np.array([x, y, 0.0]), np.array([*towards, 0.0]), lit=canvas.light.lit_windows > 0.2))


def _lamps() -> list[tuple[float, float, Point]]:
    found: list[tuple[float, float, Point]] = []
    for step in np.arange(_LAMP_EACH_M / 2, PITCH_M * (COLUMNS - 1), _LAMP_EACH_M):
        for street in range(COLUMNS):
            if step < PITCH_M * (ROWS - 1):
                found.append((street * PITCH_M + 5.2, float(step) + 2.0, (-1.0, 0.0)))
            if street < ROWS:
                found.append((float(step) + 5.0, street * PITCH_M + 5.2, (0.0, -1.0)))
    return found


def window_near(side: Side, along: float, turn: int) -> tuple[float, float]:
    """The sill's middle of the window of the first floor that is `turn` windows away from a place, in metres."""
    low = min(window.low for window in side.looks.windows)
    row = sorted((window for window in side.looks.windows if window.low == low), key=lambda window: window.left)
    at = min(range(len(row)), key=lambda each: abs(row[each].left + WINDOW_WIDE_M / 2 - along))
    window = row[max(0, min(len(row) - 1, at + turn))]
    return window.left + WINDOW_WIDE_M / 2, window.low
