"""Drawn cameras and what resembles them: domes, bullets, lamps; on a wall, a ceiling, a pole, by day and dusk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from probe.redact.faces import TILE, FaceDetector, Pixels

SIZES_PX = (12, 16, 24, 36, 54, 80, 120, 200)
_FINE = 3  # small things are drawn that much larger, then made small

Colours = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture of one tile with a thing in its middle: what it is, how wide, where and when."""

    kind: str
    size_px: int
    place: str
    light: str
    pixels: Pixels


def drawn_cameras(
    kinds: tuple[str, ...] = (), sizes: tuple[int, ...] = SIZES_PX, lights: tuple[str, ...] = ("day", "dusk")
) -> Iterator[Drawn]:
    """Each kind in each size, place and light."""
    for kind in kinds or tuple(KINDS):
        for size in sizes:
            for place in ("wall", "ceiling", "pole"):
                for light in lights:
                    yield Drawn(kind, size, place, light, _drawn(kind, size, place, light))


def hit_score(detector: FaceDetector, drawn: Drawn) -> float:
    """The highest score of what the detector takes for a face on the thing; 0 where it takes nothing for one."""
    x, y, half = TILE[0] / 2, TILE[1] / 2, drawn.size_px / 2
    return max(
        (
            face.score
            for face in detector.faces(drawn.pixels)
            if face.left < x + half and face.right > x - half and face.top < y + half and face.bottom > y - half
        ),
        default=0.0,
    )


def _drawn(kind: str, size: int, place: str, light: str) -> Pixels:
    random = np.random.default_rng([len(kind), size, len(place), len(light)])
    width, height = TILE
    canvas = _ground(place, width, height, random)
    fine = _FINE if size < 60 else 1
    thing = np.zeros((2 * size * fine, 2 * size * fine, 4))
    KINDS[kind](thing, size * fine / 2, random)
    small: Any = cv2.resize(thing, (2 * size, 2 * size), interpolation=cv2.INTER_AREA)
    left, top = width // 2 - size, height // 2 - size
    part, alpha = canvas[top : top + 2 * size, left : left + 2 * size], small[..., 3:]
    if place == "pole":
        canvas[height // 2 + size // 2 :, width // 2 - size // 6 - 2 : width // 2 + size // 6 + 2] *= 0.55
    part[:] = part * (1 - alpha) + small[..., :3]
    if light == "dusk":
        canvas = canvas**1.5 * np.array([0.45, 0.42, 0.55])
    canvas = canvas + random.normal(0, 0.012 if light == "day" else 0.03, canvas.shape)
    soft = cv2.GaussianBlur(np.clip(canvas, 0, 1) * 255, (0, 0), 0.7)
    return np.asarray(soft, np.uint8)


def _ground(place: str, width: int, height: int, random: np.random.Generator) -> Colours:
    y, x = np.mgrid[0:height, 0:width]
    if place == "ceiling":
        canvas = 0.8 - 0.15 * y[..., np.newaxis] / height * np.ones(3)
        canvas[y % 90 < 2] *= 0.85
        canvas[(x + y // 2) % 120 < 2] *= 0.85
    elif place == "pole":
        canvas = np.array([0.55, 0.7, 0.9]) + 0.3 * y[..., np.newaxis] / height * np.array([1, 0.8, 0.4])
    else:
        canvas = np.ones((height, width, 3)) * np.array([0.62, 0.45, 0.38])
        joints = (y % 24 < 3) | ((x + y // 24 % 2 * 30) % 60 < 3)
        canvas[joints] = (0.7, 0.68, 0.64)
    coarse: Any = cv2.resize(random.normal(0, 0.04, (height // 8, width // 8)), (width, height))
    return np.asarray(np.clip(canvas + coarse[..., np.newaxis], 0, 1))


def _ball(
    thing: Colours, x: float, y: float, radius: float, colour: tuple[float, float, float], *, gloss: float,
    see_through: float = 0.0, lower: bool = False, squash: float = 1.0,
) -> None:  # fmt: skip
    """A shaded ball: light from the upper left, sky and street mirrored in it; `lower` draws its lower half alone."""
    low, high = max(0, int(min(x, y) - radius) - 1), int(max(x, y) + radius) + 2
    thing = thing[low:high, low:high]
    x, y = x - low, y - low
    rows, columns = np.mgrid[0 : thing.shape[0], 0 : thing.shape[1]]
    nx, ny = (columns + 0.5 - x) / radius, (rows + 0.5 - y) / (radius * squash)
    inside = nx * nx + ny * ny < 1
    if lower:
        inside &= ny > 0
    nz = np.sqrt(np.clip(1 - nx * nx - ny * ny, 0, 1))
    lit = np.clip(-0.45 * nx - 0.6 * ny + 0.66 * nz, 0, 1)
    mirrored = np.where(2 * nz * ny < -0.1, 0.85, 0.25) + 0.1 * np.sin(9 * nx)  # sky above, street below
    edge = gloss * (0.06 + 0.94 * (1 - nz) ** 3)
    spot = gloss * np.clip(lit, 0, 1) ** 60
    shade = np.array(colour) * (0.3 + 0.7 * lit[..., np.newaxis])
    shade = shade * (1 - edge[..., np.newaxis]) + (edge * mirrored + spot)[..., np.newaxis]
    alpha = (1 - see_through * nz * (1 - edge))[..., np.newaxis]
    _over(thing, inside, np.clip(shade, 0, 1), alpha)


def _over(thing: Colours, where: NDArray[np.bool_], colour: Any, alpha: Any = 1.0) -> None:
    alpha = np.broadcast_to(alpha, (*where.shape, 1))[where]
    thing[where, :3] = thing[where, :3] * (1 - alpha) + np.broadcast_to(colour, (*where.shape, 3))[where] * alpha
    thing[where, 3:] = thing[where, 3:] * (1 - alpha) + alpha


def _box(thing: Colours, left: float, top: float, right: float, bottom: float, grey: float) -> None:
    rows, columns = np.mgrid[0 : thing.shape[0], 0 : thing.shape[1]]
    where = (columns >= left) & (columns < right) & (rows >= top) & (rows < bottom)
    shade = grey * (1.05 - 0.35 * (rows - top) / max(1.0, bottom - top))
    _over(thing, where, np.clip(shade, 0, 1)[..., np.newaxis] * np.ones(3))


def _dark_dome(thing: Colours, half: float, random: np.random.Generator) -> None:
    m = thing.shape[0] / 2
    _box(thing, m - half, m - 0.35 * half, m + half, m + 0.05 * half, 0.85)
    _ball(thing, m, m, 0.85 * half, (0.05, 0.05, 0.06), gloss=0.9, lower=True)


def _dark_dome_from_below(thing: Colours, half: float, random: np.random.Generator) -> None:
    m = thing.shape[0] / 2
    _ball(thing, m, m, half, (0.85, 0.85, 0.83), gloss=0.2)
    _ball(thing, m, m, 0.72 * half, (0.05, 0.05, 0.06), gloss=0.9)


def _smoked_dome(thing: Colours, half: float, random: np.random.Generator) -> None:
    """Behind the smoked glass an eye: a ball with a lens, turned some way."""
    m = thing.shape[0] / 2
    _ball(thing, m, m, half, (0.88, 0.88, 0.86), gloss=0.2)
    _ball(thing, m, m, 0.72 * half, (0.1, 0.1, 0.1), gloss=0.0)
    dx, dy = random.uniform(-0.2, 0.2, 2) * half
    _ball(thing, m + dx, m + dy, 0.42 * half, (0.75, 0.75, 0.75), gloss=0.1)
    _ball(thing, m + 1.5 * dx, m + 1.5 * dy, 0.2 * half, (0.03, 0.03, 0.05), gloss=1.0)
    _ball(thing, m, m, 0.72 * half, (0.2, 0.2, 0.2), gloss=0.8, see_through=0.7)


def _white_turret(thing: Colours, half: float, random: np.random.Generator) -> None:
    """An open eyeball: a white ball in a white socket, with a lens and a ring of lamps."""
    m = thing.shape[0] / 2
    _ball(thing, m, m - 0.2 * half, half, (0.9, 0.9, 0.9), gloss=0.15, squash=0.8)
    _ball(thing, m, m, 0.7 * half, (0.93, 0.93, 0.93), gloss=0.2)
    dx, dy = random.uniform(-0.15, 0.15) * half, 0.12 * half
    _ball(thing, m + dx, m + dy, 0.38 * half, (0.08, 0.08, 0.09), gloss=0.6)
    for angle in np.linspace(0, 2 * np.pi, 8, endpoint=False):
        x, y = m + dx + 0.28 * half * np.cos(angle), m + dy + 0.28 * half * np.sin(angle)
        _ball(thing, x, y, 0.05 * half, (0.6, 0.3, 0.35), gloss=0.3)
    _ball(thing, m + dx, m + dy, 0.15 * half, (0.02, 0.02, 0.06), gloss=1.0)


def _hanging_ptz(thing: Colours, half: float, random: np.random.Generator) -> None:
    m = thing.shape[0] / 2
    _box(thing, m - 0.15 * half, m - 1.5 * half, m + 0.15 * half, m - 0.8 * half, 0.7)
    _ball(thing, m, m - 0.2 * half, 0.85 * half, (0.9, 0.9, 0.88), gloss=0.2)
    _ball(thing, m, m + 0.1 * half, 0.72 * half, (0.06, 0.06, 0.07), gloss=0.9, lower=True)


def _bullet(thing: Colours, half: float, random: np.random.Generator) -> None:
    """Seen half from the front: a barrel, a hood over it, a dark front with a lens."""
    m = thing.shape[0] / 2
    _box(thing, m - 1.2 * half, m - 0.45 * half, m + 0.5 * half, m + 0.35 * half, 0.85)
    _box(thing, m - 1.3 * half, m - 0.55 * half, m + 0.75 * half, m - 0.42 * half, 0.95)
    _ball(thing, m + 0.5 * half, m - 0.05 * half, 0.42 * half, (0.1, 0.1, 0.11), gloss=0.4)
    _ball(thing, m + 0.53 * half, m - 0.05 * half, 0.2 * half, (0.02, 0.02, 0.05), gloss=1.0)
    _box(thing, m - 0.9 * half, m + 0.35 * half, m - 0.7 * half, m + 0.9 * half, 0.6)


def _bullet_from_the_front(thing: Colours, half: float, random: np.random.Generator) -> None:
    m = thing.shape[0] / 2
    _ball(thing, m, m, half, (0.9, 0.9, 0.9), gloss=0.1)
    _ball(thing, m, m, 0.85 * half, (0.12, 0.12, 0.13), gloss=0.2)
    for angle in np.linspace(0, 2 * np.pi, 12, endpoint=False):
        _ball(
            thing,
            m + 0.6 * half * np.cos(angle),
            m + 0.6 * half * np.sin(angle),
            0.1 * half,
            (0.5, 0.3, 0.3),
            gloss=0.4,
        )
    _ball(thing, m, m, 0.33 * half, (0.02, 0.02, 0.06), gloss=1.0)


def _lamp(thing: Colours, half: float, random: np.random.Generator) -> None:
    m = thing.shape[0] / 2
    _ball(thing, m, m, half, (1.0, 0.97, 0.85), gloss=0.1)
    _ball(thing, m, m + 0.1 * half, 0.7 * half, (1.5, 1.45, 1.3), gloss=0.0)


def _lantern(thing: Colours, half: float, random: np.random.Generator) -> None:
    """A globe of milk glass under a dark cap."""
    m = thing.shape[0] / 2
    _ball(thing, m, m, 0.9 * half, (0.95, 0.93, 0.88), gloss=0.5)
    _box(thing, m - 0.6 * half, m - 1.1 * half, m + 0.6 * half, m - 0.7 * half, 0.2)


KINDS: dict[str, Callable[[Colours, float, np.random.Generator], None]] = {
    "dark dome": _dark_dome,
    "dark dome from below": _dark_dome_from_below,
    "smoked dome": _smoked_dome,
    "white turret": _white_turret,
    "hanging dome": _hanging_ptz,
    "bullet": _bullet,
    "bullet from the front": _bullet_from_the_front,
    "round lamp": _lamp,
    "lantern": _lantern,
}
DOMES = ("dark dome", "dark dome from below", "smoked dome", "white turret", "hanging dome")
