"""How a lens maps directions to pixels: focal lengths, middle and distortion, each with what it is known to. Pure.

A picture's x goes right and its y down; the middle of the first pixel is 0, 0. Rays are in the lens's own axes: right,
down, forward. The distortion is OpenCV's: `1 + k1 r^2 + k2 r^4`, r being the tangent of the angle off the axis.
"""

from dataclasses import dataclass, replace
from math import hypot, isfinite, radians, sqrt, tan

from probe.errors import BadInput

Vector = tuple[float, float, float]

# What is known of a lens that nobody has calibrated: shares of its focal length and of the picture's width, and of k1.
FIELD_SD_SHARE, CENTRE_SD_SHARE, DISTORTION_SD = 0.04, 0.01, 0.05
# A phone's photo that does not say: most see so wide, in degrees along their longer side.
USUAL_FIELD_DEG, USUAL_FIELD_SD_SHARE = 66.0, 0.2
NARROWEST_DEG, WIDEST_DEG = 1.0, 170.0
# A lens that focuses changes its focal length a little: no calibration is better than that.
FOCUS_SD_SHARE = 0.003
_ASPECT_SLACK = 0.01
_STEPS, _CLOSE = 50, 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class LensModel:
    """A lens with its picture of `width` x `height` pixels; all else is in pixels of that picture, too.

    The standard deviations are those of both focal lengths together (a share), of the middle along each axis (pixels)
    and of `k1`.
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    k1: float = 0.0
    k2: float = 0.0
    focal_sd_share: float
    centre_sd_px: float
    k1_sd: float = 0.0

    def scaled(self, width: int, height: int) -> "LensModel":
        """The same lens for the same picture at another size. Raises BadInput for a picture of another shape, which
        shows something else."""
        if min(width, height) < 1 or abs(width / height / (self.width / self.height) - 1) > _slack(width, height):
            raise BadInput(
                f"a picture of {width} x {height} pixels is of another shape than the {self.width} x {self.height} "
                "that the lens was calibrated with; calibrate it with pictures of this shape"
            )
        by_x, by_y = width / self.width, height / self.height
        return replace(
            self,
            width=width,
            height=height,
            fx=self.fx * by_x,
            fy=self.fy * by_y,
            cx=(self.cx + 0.5) * by_x - 0.5,
            cy=(self.cy + 0.5) * by_y - 0.5,
            centre_sd_px=self.centre_sd_px * by_x,
        )

    def ray(self, u: float, v: float) -> Vector:
        """The direction, of length 1, that a pixel shows. Raises BadInput where the lens shows none there."""
        x, y = (u - self.cx) / self.fx, (v - self.cy) / self.fy
        seen = hypot(x, y)
        r = self._undistorted(seen)
        if r is None:
            raise BadInput(f"the lens model shows nothing at the pixel {u:.0f}, {v:.0f}; calibrate the lens again")
        by = r / seen if seen > 0 else 1.0
        length = sqrt(1 + r * r)
        return x * by / length, y * by / length, 1 / length

    def pixel(self, ray: Vector) -> tuple[float, float] | None:
        """Where a direction is shown, also outside of the picture; None for what lies behind, or too far aside."""
        right, down, forward = ray
        if forward <= 0:
            return None
        x, y = right / forward, down / forward
        r2 = x * x + y * y
        if self._slope(r2) <= 0 or not self._grows_up_to(sqrt(r2)):
            return None
        by = 1 + self.k1 * r2 + self.k2 * r2 * r2
        return self.cx + self.fx * x * by, self.cy + self.fy * y * by

    def is_sound(self) -> bool:
        """Whether every pixel of the picture shows a direction of its own: a bad fit folds the corners over."""
        corners = [(u, v) for u in (-0.5, self.width - 0.5) for v in (-0.5, self.height - 0.5)]
        return all(
            self._undistorted(hypot((u - self.cx) / self.fx, (v - self.cy) / self.fy)) is not None for u, v in corners
        )

    def _undistorted(self, seen: float) -> float | None:
        """The tangent that is shown at a distance from the middle, by bisection; None where there is none."""
        if not isfinite(seen):
            return None
        low, high = 0.0, max(1.0, 2 * seen)
        if self.k1 == 0.0 and self.k2 == 0.0:
            return seen
        while not self._grows_up_to(high):
            high *= 0.9
            if high < 1e-6:
                return None
        if self._shown(high) < seen:
            return None
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._shown(middle) < seen else (low, middle)
            if high - low < _CLOSE:
                break
        return (low + high) / 2

    def _shown(self, r: float) -> float:
        return r * (1 + self.k1 * r * r + self.k2 * r**4)

    def _slope(self, r2: float) -> float:
        return 1 + 3 * self.k1 * r2 + 5 * self.k2 * r2 * r2

    def _grows_up_to(self, r: float) -> bool:
        """Whether what lies farther aside is shown farther aside, up to a tangent: the slope is a parabola in r^2."""
        r2 = r * r
        if self.k2:
            top = -3 * self.k1 / (10 * self.k2)
            if 0 < top < r2 and self._slope(top) <= 0:
                return False
        return self._slope(r2) > 0


def lens_of_view(
    field_of_view_deg: float, width: int, height: int, *, field_sd_share: float = FIELD_SD_SHARE
) -> LensModel:
    """The lens that nobody has calibrated, by its horizontal field of view in degrees. Raises BadInput."""
    if not NARROWEST_DEG <= field_of_view_deg <= WIDEST_DEG or min(width, height) < 1:
        raise BadInput(
            f"a field of view of {field_of_view_deg:g} degrees is no lens's; it must be from {NARROWEST_DEG:g} to "
            f"{WIDEST_DEG:g}"
        )
    focal = width / 2 / tan(radians(field_of_view_deg) / 2)
    return LensModel(
        width=width,
        height=height,
        fx=focal,
        fy=focal,
        cx=(width - 1) / 2,
        cy=(height - 1) / 2,
        focal_sd_share=field_sd_share,
        centre_sd_px=CENTRE_SD_SHARE * width,
        k1_sd=DISTORTION_SD,
    )


def stated_lens(field_of_view_deg: float | None, width: int, height: int) -> LensModel:
    """The lens by the field of view that somebody states; a usual one where that is not stated, or is no lens's."""
    if field_of_view_deg is None or not NARROWEST_DEG <= field_of_view_deg <= WIDEST_DEG:
        return usual_lens(width, height)
    return lens_of_view(field_of_view_deg, width, height)


def usual_lens(width: int, height: int) -> LensModel:
    """The lens of a photo that does not say how wide it sees: a phone's, with a wide doubt."""
    focal = max(width, height) / 2 / tan(radians(USUAL_FIELD_DEG) / 2)
    guessed = lens_of_view(USUAL_FIELD_DEG, width, height, field_sd_share=USUAL_FIELD_SD_SHARE)
    return replace(guessed, fx=focal, fy=focal)


def _slack(width: int, height: int) -> float:
    """How far two shapes may differ: pictures are made small in whole pixels."""
    return max(_ASPECT_SLACK, 1.0 / max(1, min(width, height)))
