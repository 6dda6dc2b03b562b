"""Three lights over the town: a clear day, rain, and dusk; and the sky of each."""

from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.town.scene.view import View

Colour = tuple[float, float, float]  # 0 to 255
Picture = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """The sky's colours at the horizon and overhead, where the sun stands, how strong all is, and what windows do."""

    horizon: Colour
    zenith: Colour
    cloud: Colour
    clouds: float
    sun_bearing_deg: float
    sun_up_deg: float
    ambient: Colour
    direct: Colour
    lit_windows: float
    rain: bool = False

    @property
    def sun(self) -> NDArray[np.float64]:
        bearing, up = radians(self.sun_bearing_deg), radians(self.sun_up_deg)
        return np.array([sin(bearing) * cos(up), cos(bearing) * cos(up), sin(up)])

    def on(self, normal: "NDArray[np.float64]") -> NDArray[np.float32]:
        """What a surface that faces there gives back of its colour: one factor for each of red, green and blue."""
        share = max(0.0, float(normal @ self.sun))
        return np.asarray(np.array(self.ambient) + share * np.array(self.direct), np.float32)


DAY = Light(
    horizon=(214, 228, 238), zenith=(92, 146, 205), cloud=(250, 250, 250), clouds=0.55, sun_bearing_deg=150,
    sun_up_deg=45, ambient=(0.78, 0.8, 0.84), direct=(0.42, 0.38, 0.3), lit_windows=0.0,
)  # fmt: skip
RAIN = Light(
    horizon=(188, 194, 198), zenith=(138, 147, 156), cloud=(112, 120, 128), clouds=0.8, sun_bearing_deg=200,
    sun_up_deg=80, ambient=(0.62, 0.65, 0.69), direct=(0.08, 0.08, 0.08), lit_windows=0.12, rain=True,
)  # fmt: skip
DUSK = Light(
    horizon=(246, 178, 122), zenith=(66, 82, 132), cloud=(196, 128, 128), clouds=0.6, sun_bearing_deg=262,
    sun_up_deg=9, ambient=(0.46, 0.46, 0.56), direct=(0.55, 0.36, 0.2), lit_windows=0.4,
)  # fmt: skip
LIGHTS = {"day": DAY, "rain": RAIN, "dusk": DUSK}


def sky(view: View, light: Light) -> Picture:
    """What stands behind all else: colours by elevation, and clouds that stay where they are when the lens turns."""
    x = np.arange(view.width, dtype=np.float32) - (view.width - 1) / 2
    y = np.arange(view.height, dtype=np.float32)[:, np.newaxis] - (view.height - 1) / 2
    axes = view.axes.astype(np.float32)
    east, north, up = (axes[0, i] * x + axes[1, i] * y + axes[2, i] * np.float32(view.focal_px) for i in range(3))
    level = np.hypot(east, north)
    elevation = np.degrees(np.arctan2(up, level))
    share = np.clip(elevation / 65, 0, 1)[..., np.newaxis] ** 0.7
    colours = np.array(light.horizon, np.float32) * (1 - share) + np.array(light.zenith, np.float32) * share
    # Clouds lie on a plane far above: so they grow small towards the horizon.
    far = np.float32(90.0) / np.maximum(up / np.maximum(level, 1e-3), 0.08)
    grid = _clouds()
    bearing = np.arctan2(east, north)
    cloud = cv2.remap(
        grid, (256 + far * np.sin(bearing) * 0.35) % 511, (256 + far * np.cos(bearing) * 0.35) % 511, cv2.INTER_CUBIC
    )
    cover = np.clip((cloud - (1 - light.clouds)) * 2.4, 0, 1) * np.clip((elevation - 2) / 14, 0, 1) * 0.85
    return np.asarray(
        colours * (1 - cover[..., np.newaxis]) + np.array(light.cloud, np.float32) * cover[..., np.newaxis], np.float32
    )


@lru_cache(maxsize=1)
def _clouds() -> Picture:
    return noise(7, 512, 512, (4, 9, 20, 46, 100))


def noise(seed: int, height: int, width: int, cells: tuple[int, ...]) -> Picture:
    """Smooth noise of 0 to 1: the sum of grids with so many cells along the longer side, each half as strong."""
    draw = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    strength = 1.0
    for count in cells:
        rows, columns = (max(2, round(count * side / max(height, width))) for side in (height, width))
        grid = draw.random((rows, columns), np.float32)
        total += strength * np.asarray(cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
        strength *= 0.55
    low, high = np.float32(total.min()), np.float32(total.max())
    return np.asarray((total - low) / (high - low), np.float32)
