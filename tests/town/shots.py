"""How the walker holds the phone for each photo: what is true, and what the phone says of it."""

from dataclasses import dataclass
from math import atan2, degrees, hypot
from random import Random

import numpy as np

from tests.town.cameras import TownCamera
from tests.town.scene.compose import Scene, composed_scene
from tests.town.scene.street import holding_side, lens_of, town_sides
from tests.town.scene.view import View
from tests.town.walks import Photo

EYE_M = 1.6
WIDTH, HEIGHT = 1152, 864
LIGHTS = {"walk-1": "day", "walk-2": "rain", "walk-3": "dusk"}
_NEAR_M, _FAR_M, _BESIDE_M = 5.5, 12.5, 25.0
_DIAGONAL_MM = hypot(36.0, 24.0)
_FRAMING_DEG, _PITCH_SD_DEG, _ROLL_SD_DEG = 1.2, 0.8, 0.6
# One face is to be seen at a window inside of the reticle on purpose: there, too, it has to go.
_WINDOWS = (None, None, 2, None, -2, None, 1, None, None, -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """The true view of a photo, and what the phone says: bearing of the lens, its pitch and roll in degrees, and its
    focal length as on 35 mm film."""

    view: View
    bearing_deg: float
    pitch_deg: float
    roll_deg: float
    focal_35mm: int
    light: str
    seed: int


def view_deg(focal_35mm: int) -> float:
    """The horizontal field of view of a picture of this size: 35 mm film is compared by its diagonal."""
    return 2 * degrees(atan2(WIDTH / hypot(WIDTH, HEIGHT) * _DIAGONAL_MM / 2, focal_35mm))


def shot_of(photo: Photo, walk: str) -> Shot:
    """The camera stands near the picture's middle, as a hand gets it; the phone's sensors are a little wrong."""
    draw = Random(f"{walk} {photo.camera.name}")
    at, _, _ = lens_of(photo.camera, holding_side(photo.camera, town_sides((photo.camera,))))
    gap = at - np.array([*photo.true, EYE_M])
    level = float(np.hypot(gap[0], gap[1]))
    far = hypot(level, float(gap[2]))
    focal = 26 if far < _NEAR_M else 77 if far > _FAR_M else draw.choice((35, 52, 52))
    beside_deg, above_deg = (draw.gauss(0, _FRAMING_DEG) for _ in range(2))
    # Towards the sky rather than the street: the camera stands a little below the middle.
    pitch_deg = degrees(atan2(float(gap[2]), level)) + view_deg(focal) * 0.05 + above_deg
    view = View(
        eye=(*photo.true, EYE_M), heading_deg=(degrees(atan2(gap[0], gap[1])) + beside_deg) % 360,
        pitch_deg=pitch_deg, roll_deg=draw.gauss(0, 1.5), field_of_view_deg=view_deg(focal), width=WIDTH, height=HEIGHT,
    )  # fmt: skip
    return Shot(
        view=view,
        bearing_deg=round((view.heading_deg + photo.compass_deg) % 360, 1),
        pitch_deg=round(pitch_deg + draw.gauss(0, _PITCH_SD_DEG), 1),
        roll_deg=round(view.roll_deg + draw.gauss(0, _ROLL_SD_DEG), 1),
        focal_35mm=focal,
        light=LIGHTS[walk],
        seed=draw.randrange(1_000_000),
    )


def scene_of(photo: Photo, shot: Shot, cameras: list[TownCamera]) -> Scene:
    """The picture of a photo, with all of the town's cameras that hang near by."""
    x, y = photo.camera.at
    beside = tuple(each for each in cameras if hypot(each.at[0] - x, each.at[1] - y) < _BESIDE_M)
    at_window = _WINDOWS[shot.seed % len(_WINDOWS)]
    return composed_scene(
        photo.camera, shot.view, light=shot.light, cameras=beside, seed=shot.seed, passers=2 + shot.seed % 2,
        cars=1 + shot.seed % 3 // 2, at_window=at_window,
    )  # fmt: skip
