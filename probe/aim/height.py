"""How high a camera hangs and how far away it is: two shots, of the foot of its pole or wall and of itself. Pure.

The lens's own height above that ground, and the angle down to the foot, give the distance; that and the angle up give
the height. A small angle down says little of a distance, and errs more to the far side: so distances are gone through
one by one, each weighed by how well it agrees with the angle and with a receiver's distance, instead of one being
reckoned with as if its error were normal.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import atan, cos, exp, hypot, radians, sin, sqrt, tan

from probe.aim.bearing import TWO_SIDED_95, Aim
from probe.errors import BadInput

# A walker who holds the lens before the eyes, standing on the ground that the foot stands on.
LENS_HEIGHT_M, LENS_HEIGHT_SD_M = 1.55, 0.1
FARTHEST_M, NEAREST_M = 80.0, 0.4
STEEPEST_DEG = 80.0
# Beyond this share of itself a distance, and with it a height, is as good as none.
HOPELESS_SHARE = 0.5
_STEPS = 120
_AROUND = 5.0  # standard deviations around what is said that are gone through
# Points and weights for an average over a normal distribution (Gauss and Hermite, five points).
_HERMITE = ((-2.856970, 0.011257), (-1.355626, 0.222076), (0.0, 0.533333), (1.355626, 0.222076), (2.856970, 0.011257))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Metres, and a standard deviation of which the 1.96-fold holds the truth 95 of 100 times."""

    m: float
    sd_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Height:
    """How high the camera hangs above the foot's ground, and how far away it is on the level."""

    height: Measured
    distance: Measured


LENS_M = Measured(m=LENS_HEIGHT_M, sd_m=LENS_HEIGHT_SD_M)


def height_of(
    camera: Aim,
    foot: Aim | None = None,
    *,
    distance: Measured | None = None,
    lens_height: Measured | None = None,
    shared: float = 0.0,
) -> Height:
    """The height by the angles to a camera and to the foot below it; by the camera alone where a distance is known.

    `distance` is what a receiver or a map says, and counts beside the angles. `shared` is the correlation of both
    elevations' errors: what one sensor errs alike in both shots. Raises BadInput where no height comes out of it.
    """
    above = LENS_M if lens_height is None else lens_height
    if camera.elevation_deg > STEEPEST_DEG:
        raise BadInput("the camera is almost straight above, where its height cannot be told; step back and try again")
    _require_use(foot, distance, above)
    found = _weighed(camera, foot, distance, above, shared)
    if not found:
        raise BadInput(
            "the angle to the foot and the distance contradict each other; aim at the very foot of the pole or wall, "
            "on the ground that you stand on"
        )
    by_distance = [(d, weight) for d, _, _, weight in found]
    result = Height(distance=_middle(by_distance), height=_middle(_blurred(found)))
    if result.distance.sd_m > HOPELESS_SHARE * result.distance.m:
        raise BadInput(
            f"the foot is too far away for its distance to be told ({result.distance.m:.0f} m, give or take "
            f"{TWO_SIDED_95 * result.distance.sd_m:.0f}); go nearer, and aim at the foot again"
        )
    return result


def _require_use(foot: Aim | None, distance: Measured | None, above: Measured) -> None:
    """Raises BadInput where neither a foot nor a distance can lead to a height."""
    if foot is None and distance is None:
        raise BadInput("a height needs a shot of the foot as well, or a distance; aim at the foot of the pole or wall")
    if foot is not None and foot.elevation_deg >= 0:
        raise BadInput(
            "the foot is not below the horizon, so it tells no distance; aim at the foot of the pole or wall, and "
            "stand on the same ground"
        )
    if not 0 < above.m <= 10 or above.sd_m < 0:
        raise BadInput(f"the lens cannot have been {above.m:g} m above the ground; give its height in metres")
    if distance is not None and not (distance.m > 0 and distance.sd_m > 0):
        raise BadInput("a distance needs metres and how far it may be off; leave it out where it is not known")


def _weighed(
    camera: Aim, foot: Aim | None, distance: Measured | None, above: Measured, shared: float
) -> list[tuple[float, float, float, float]]:
    """Distance, height, the height's own standard deviation at that distance, and weight."""
    found = []
    up_sd = radians(camera.elevation_sd_deg)
    # Even steps of the angle down: then nothing is taken for granted of it.
    first, last = _angles_down(foot, distance, above)
    for z, share in _HERMITE if above.sd_m else ((0.0, 1.0),):
        h = above.m + z * above.sd_m
        if h <= 0:
            continue
        for step in range(_STEPS):
            angle = first + (last - first) * (step + 0.5) / _STEPS
            d = above.m / tan(angle)
            weight, up, sd = share, radians(camera.elevation_deg), up_sd
            if distance is not None:
                weight *= exp(-(((d - distance.m) / distance.sd_m) ** 2) / 2)
            if foot is not None:
                down_sd = radians(max(0.01, foot.elevation_sd_deg))
                off = (radians(foot.elevation_deg) + atan(h / d)) / down_sd
                weight *= exp(-off * off / 2)
                up -= shared * off * up_sd
                sd = up_sd * sqrt(max(0.0, 1 - shared * shared))
            elif distance is not None:
                weight *= d * d + above.m * above.m  # undo the steps: the distance alone decides
            if weight > 1e-12:
                found.append((d, h + d * tan(up), d * sd * (1 + tan(up) ** 2), weight))
    return found


def _angles_down(foot: Aim | None, distance: Measured | None, above: Measured) -> tuple[float, float]:
    """Between which angles down to the foot the right one is looked for, in radians."""
    first, last = atan(above.m / FARTHEST_M), atan(above.m / NEAREST_M)
    if foot is not None:
        said = -radians(foot.elevation_deg)
        by_height = above.sd_m / above.m * cos(said) * sin(said)  # what the lens's own height turns it by
        around = _AROUND * hypot(radians(foot.elevation_sd_deg), by_height)
        low, high = said - around, said + around
    else:
        assert distance is not None  # noqa: S101 (one of both is there)
        low, high = (atan(above.m / max(NEAREST_M, distance.m + side * _AROUND * distance.sd_m)) for side in (1, -1))
    low = min(max(first, low), last - 0.01)
    return low, max(min(last, high), low + 0.01)


def _blurred(found: Sequence[tuple[float, float, float, float]]) -> list[tuple[float, float]]:
    return [(height + z * sd, weight * share) for _, height, sd, weight in found for z, share in _HERMITE]


def _middle(weighed: Sequence[tuple[float, float]]) -> Measured:
    """The median, and a standard deviation that holds the wider of the two sides."""
    ordered = sorted(weighed)
    sums, total = [], 0.0
    for _, weight in ordered:
        total += weight
        sums.append(total)
    low, middle, high = (
        ordered[min(len(ordered) - 1, bisect_left(sums, share * total))][0] for share in (0.025, 0.5, 0.975)
    )
    return Measured(m=middle, sd_m=max(high - middle, middle - low) / TWO_SIDED_95)
