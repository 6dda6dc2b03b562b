"""From a pixel to the bearing and elevation of what it shows, with what each is known to. Pure, by rotation: no angle
is taken for small.

The pixel's ray is turned by roll and pitch; heading and declination then turn it about the vertical. Errors of lens,
pixel, pitch and roll become errors on the sphere, along the horizon and across it; what lies along it counts for the
bearing by 1 / cos(elevation), and near the zenith a bearing says little or nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import asin, atan2, cos, degrees, erf, exp, hypot, pi, radians, sin, sqrt
from typing import NamedTuple

from probe.aim.attitude import AttitudeReading, axes_of
from probe.aim.lens import LensModel, Vector
from probe.contract.geodesy import wrap_bearing
from probe.contract.sighting import Box, Place
from probe.position.declination import Declination, declination

Pixel = tuple[float, float]

TRUE_NORTH = Declination(0.0, 0.0)
TWO_SIDED_95 = 1.959964
# Up to here a bearing's error is as good as normal; beyond it the sphere is reckoned with.
_SMALL_RAD = 0.1
# With so wide an interval a bearing says nothing.
_NOTHING_DEG = 150.0
_GRID = tuple((step - 10) * 0.35 for step in range(21))  # -3.5 to 3.5 standard deviations
_WEIGHTS = tuple(exp(-z * z / 2) for z in _GRID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """Where the pictured thing is, seen from the lens, in degrees; None is "not known", never 0.

    95 of 100 times it lies within 1.96 `_sd_deg` of each. Where the declination is not known, `magnetic_bearing_deg`
    stands instead of `bearing_deg`, and the sd is that one's. `correlation` is that of both errors.
    """

    elevation_deg: float
    elevation_sd_deg: float
    bearing_deg: float | None = None
    magnetic_bearing_deg: float | None = None
    bearing_sd_deg: float | None = None
    correlation: float = 0.0


class Spread(NamedTuple):
    """Where a pixel is thought to be, and how far off it may be along each axis (standard deviations, pixels)."""

    pixel: Pixel
    sd: Pixel


def middle_of(reticle: Box, width: int, height: int) -> Spread:
    """The pixel for whatever stands anywhere in the reticle of a picture, where nobody said where in it."""
    middle = (reticle.left + reticle.width / 2) * width - 0.5, (reticle.top + reticle.height / 2) * height - 0.5
    return Spread(middle, (reticle.width * width / sqrt(12), reticle.height * height / sqrt(12)))


def aimed(
    pixel: Pixel,
    size: tuple[int, int],
    reading: AttitudeReading,
    lens: LensModel,
    place: Place | None,
    at: datetime | None,
    *,
    pixel_sd: Pixel = (1.0, 1.0),
) -> Aim:
    """Where what a pixel shows is, seen from the lens.

    `pixel` and its sd are in a picture of `size` (width, height), which shows all that the lens sees; `place` and `at`
    are for the declination: without them, or where it is not known, there is only a bearing from magnetic north.
    Raises BadInput for a picture of another shape than the lens's.
    """
    found = None if place is None or at is None else declination(place.lat, place.lon, at)
    return seen_by(pixel, size, reading, lens, found, pixel_sd=pixel_sd)


def seen_by(
    pixel: Pixel,
    size: tuple[int, int],
    reading: AttitudeReading,
    lens: LensModel,
    found: Declination | None,
    *,
    pixel_sd: Pixel = (1.0, 1.0),
) -> Aim:
    """As `aimed`, by a declination that is known already: `TRUE_NORTH` where the heading is from true north."""
    across = _on_sphere(pixel, size, reading, lens, pixel_sd)
    if reading.heading_deg is None or reading.heading_sd_deg is None:
        return across.aim
    about_deg = hypot(reading.heading_sd_deg, 0.0 if found is None else found.sd_deg)
    sd_deg, correlation = across.bearing_sd(about_deg, reading)
    if sd_deg is None:
        return across.aim
    magnetic = reading.heading_deg + across.bearing_deg
    return replace(
        across.aim,
        bearing_deg=None if found is None else wrap_bearing(magnetic + found.deg),
        magnetic_bearing_deg=wrap_bearing(magnetic) if found is None else None,
        bearing_sd_deg=sd_deg,
        correlation=correlation,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Across:
    """A ray as seen by whoever looks along the lens's heading: bearing from there, and the spread on the sphere.

    `parts` are what each source of error does to the ray, one standard deviation of it, in radians (along the horizon,
    upwards); those of pitch and roll are the first two.
    """

    bearing_deg: float
    aim: Aim
    parts: tuple[tuple[float, float], ...]
    pitch_roll: float

    def bearing_sd(self, about_deg: float, reading: AttitudeReading) -> tuple[float | None, float]:
        """The bearing's standard deviation where the heading has `about_deg`, and its correlation with the elevation.

        None where the bearing says nothing.
        """
        level = cos(radians(self.aim.elevation_deg))
        along, up, between = self._covariance()
        heading = radians(about_deg)
        # What the compass errs together with pitch and roll.
        share = radians(reading.heading_sd_deg or 0.0)
        shared = ((self.parts[0], reading.heading_pitch), (self.parts[1], reading.heading_roll))
        with_along = sum(part[0] * rho for part, rho in shared) * share
        with_up = sum(part[1] * rho for part, rho in shared) * share
        relative = sqrt(along)
        if relative > _SMALL_RAD * level:
            sd_deg = _sd_near_zenith(self.aim.elevation_deg, along, up, between, heading)
            return sd_deg, 0.0
        variance = along / level**2 + heading**2 + 2 * with_along / level
        covariance = between / level + with_up
        sd = sqrt(max(0.0, variance))
        correlation = covariance / (sd * sqrt(up)) if sd > 0 and up > 0 else 0.0
        return degrees(sd), max(-1.0, min(1.0, correlation))

    def _covariance(self) -> tuple[float, float, float]:
        return _summed(self.parts, self.pitch_roll)


def _summed(parts: Sequence[tuple[float, float]], pitch_roll: float) -> tuple[float, float, float]:
    """Variances along and upwards, and their covariance."""
    (along_p, up_p), (along_r, up_r) = parts[0], parts[1]
    along = sum(part[0] ** 2 for part in parts) + 2 * pitch_roll * along_p * along_r
    up = sum(part[1] ** 2 for part in parts) + 2 * pitch_roll * up_p * up_r
    between = sum(part[0] * part[1] for part in parts) + pitch_roll * (along_p * up_r + along_r * up_p)
    return along, up, between


def _on_sphere(
    pixel: Pixel, size: tuple[int, int], reading: AttitudeReading, lens: LensModel, pixel_sd: Pixel
) -> _Across:
    fitted = lens.scaled(*size)
    (u, v), (pitch, roll) = pixel, (reading.pitch_deg, reading.roll_deg)
    ray = _seen(fitted, u, v, pitch, roll)
    east, up = _tangents(ray)

    def part(sd: float, vary: Callable[[float], Vector]) -> tuple[float, float]:
        """What one standard deviation does, by the difference of both sides."""
        if not sd:
            return 0.0, 0.0
        more, less = vary(sd / 2), vary(-sd / 2)
        change = (more[0] - less[0], more[1] - less[1], more[2] - less[2])
        return _dot(change, east), _dot(change, up)

    parts = (
        part(reading.pitch_sd_deg, lambda by: _seen(fitted, u, v, pitch + by, roll)),
        part(reading.roll_sd_deg, lambda by: _seen(fitted, u, v, pitch, roll + by)),
        part(pixel_sd[0], lambda by: _seen(fitted, u + by, v, pitch, roll)),
        part(pixel_sd[1], lambda by: _seen(fitted, u, v + by, pitch, roll)),
        part(
            fitted.focal_sd_share,
            lambda by: _seen(replace(fitted, fx=fitted.fx * exp(by), fy=fitted.fy * exp(by)), u, v, pitch, roll),
        ),
        part(fitted.centre_sd_px, lambda by: _seen(replace(fitted, cx=fitted.cx + by), u, v, pitch, roll)),
        part(fitted.centre_sd_px, lambda by: _seen(replace(fitted, cy=fitted.cy + by), u, v, pitch, roll)),
        part(fitted.k1_sd, lambda by: _seen(replace(fitted, k1=fitted.k1 + by), u, v, pitch, roll)),
    )
    up_variance = _summed(parts, reading.pitch_roll)[1]
    aim = Aim(
        elevation_deg=degrees(asin(max(-1.0, min(1.0, ray[2])))), elevation_sd_deg=degrees(sqrt(max(0.0, up_variance)))
    )
    return _Across(bearing_deg=degrees(atan2(ray[0], ray[1])), aim=aim, parts=parts, pitch_roll=reading.pitch_roll)


def _seen(lens: LensModel, u: float, v: float, pitch_deg: float, roll_deg: float) -> Vector:
    """The ray of a pixel in (right, ahead, up) of whoever looks along the heading."""
    x, y, z = lens.ray(u, v)
    right, down, forward = axes_of(pitch_deg, roll_deg)
    return (
        x * right[0] + y * down[0] + z * forward[0],
        x * right[1] + y * down[1] + z * forward[1],
        x * right[2] + y * down[2] + z * forward[2],
    )


def _tangents(ray: Vector) -> tuple[Vector, Vector]:
    """Along the horizon (clockwise) and upwards, at a point of the sphere; at the zenith any two will do."""
    level = hypot(ray[0], ray[1])
    sine, cosine = (ray[0] / level, ray[1] / level) if level > 0 else (0.0, 1.0)
    return (cosine, -sine, 0.0), (-ray[2] * sine, -ray[2] * cosine, level)


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _sd_near_zenith(elevation_deg: float, along: float, up: float, between: float, heading: float) -> float | None:
    """The standard deviation whose 1.96-fold holds the bearing 95 of 100 times, where 1 / cos no longer holds.

    The spread on the sphere is gone through point by point, and each point's bearing is blurred by the heading.
    """
    e = radians(elevation_deg)
    major = sqrt(along)
    slope = between / along
    rest = sqrt(max(0.0, up - between * slope))
    offsets = []
    for z, weight in zip(_GRID, _WEIGHTS, strict=True):
        a = z * major
        for y, other in zip(_GRID, _WEIGHTS, strict=True):
            b = slope * a + y * rest
            offsets.append((abs(atan2(a, cos(e) - b * sin(e))), weight * other))
    total = sum(weight for _, weight in offsets)
    blur = max(heading, 1e-3) * sqrt(2)

    def within(limit: float) -> float:
        """The share of bearings that lie within an angle, on the circle."""
        inside = 0.0
        for offset, weight in offsets:
            inside += weight * sum(
                erf((limit - offset + turn) / blur) - erf((-limit - offset + turn) / blur) for turn in (0, 2 * pi)
            )
        return inside / 2 / total

    low, high = 0.0, pi
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle) < 0.95 else (low, middle)
    return None if degrees(high) > _NOTHING_DEG else degrees(high) / TWO_SIDED_95
