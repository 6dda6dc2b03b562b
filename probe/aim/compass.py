"""A compass made honest: the iron around it taken out, its heading levelled by the accelerometer, and how good that is.

Iron that is magnetic itself shifts all readings (hard iron), iron that bends the field stretches them (soft iron): as
the device is turned every way, they lie on an ellipsoid instead of a ball. The fit finds it. What iron beside the road
does is not in it.
"""

from collections.abc import Iterator, Sequence
from math import asin, atan2, cos, degrees, hypot, radians, sin, sqrt
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from probe.aim.attitude import AttitudeReading
from probe.aim.lens import Vector
from probe.contract.geodesy import turn_deg, wrap_bearing
from probe.errors import BadInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_READINGS = 60
MOST_READINGS = 200_000
# The least of the three spreads of the readings' directions (a third each if they point every way alike).
LEAST_SPREAD = 0.04
MOST_RESIDUAL_DEG = 8.0
# No soft iron beside a sensor that is of any use stretches one way by more than this against another.
MOST_STRETCH = 3.0
STEADY_SD_DEG = 0.5  # of pitch and roll by an accelerometer that is held still
_FEWEST_AIMED = 5
_AIMED_SPREAD_DEG = 10.0
_NORMAL_MAD = 1.4826
_DROPS, _KEPT_SHARE = 4, 0.8
_SD_OF_KEPT = 1.2816  # so many standard deviations hold four fifths of a normal distribution


class Reading(Struct, frozen=True):
    """One reading: the field (any unit), and what the accelerometer feels at rest, which points up (any unit)."""

    field: Vector
    up: Vector


class Sensor(Protocol):
    """What gives readings: a recording, or a device that is being turned."""

    def readings(self) -> Iterator[Reading]: ...


class Compass(Struct, frozen=True, kw_only=True):
    """A calibrated compass: `matrix` (by rows) times (field - `offset`) lies on a ball of radius 1.

    `axes` says which of the sensor's axes point right, down and forward of the lens: 1, 2, 3, with a minus for the
    other way. `turned_deg` is what is added to each heading, by a known bearing. `residual_deg` is how far readings lie
    off the ball and `dip_deg` how much the field's angle to the ground wanders, both one standard deviation;
    `heading_sd_deg` is what a heading is known to, in a place without other iron; `steep_deg` how far the field pointed
    upwards there, None of an older calibration.
    """

    offset: Vector
    matrix: tuple[Vector, Vector, Vector]
    axes: tuple[int, int, int] = (1, 2, 3)
    turned_deg: float = 0.0
    residual_deg: float
    dip_deg: float
    heading_sd_deg: float
    readings: int
    spread: float
    steep_deg: float | None = None

    def strangeness(self, reading: Reading) -> float:
        """By what share of itself the field differs from that of the calibration's place, as far as that shows: in its
        length, and in how steep it is. Iron that turns it along the ground alone is not seen."""
        shifted = [value - zero for value, zero in zip(reading.field, self.offset, strict=True)]
        field = [sum(by * value for by, value in zip(row, shifted, strict=True)) for row in self.matrix]
        length, up = hypot(*field), hypot(*reading.up)
        longer = length - 1.0
        if self.steep_deg is None or not length or not up:
            return abs(longer)
        rising = sum(a * b for a, b in zip(field, reading.up, strict=True)) / (length * up)
        steeper = asin(max(-1.0, min(1.0, rising))) - radians(self.steep_deg)
        return hypot(longer, steeper)

    def attitude(self, reading: Reading) -> AttitudeReading:
        """How the lens is held at a reading. Raises BadInput where gravity or field is missing from it."""
        known = _angles(self, reading)
        pitch_sd = roll_sd = STEADY_SD_DEG
        # Levelling by a wrong up turns the heading by what is then seen of the field's steep part.
        by_pitch, by_roll = (
            _turn(_angles(self, _tilted(self, reading, *tilt))[0], known[0]) / STEADY_SD_DEG
            for tilt in ((STEADY_SD_DEG, 0.0), (0.0, STEADY_SD_DEG))
        )
        shared = hypot(by_pitch * pitch_sd, by_roll * roll_sd)
        sd = hypot(self.heading_sd_deg, shared)
        return AttitudeReading(
            heading_deg=wrap_bearing(known[0]),
            pitch_deg=known[1],
            roll_deg=known[2],
            heading_sd_deg=sd,
            pitch_sd_deg=pitch_sd,
            roll_sd_deg=roll_sd,
            heading_pitch=max(-1.0, min(1.0, by_pitch * pitch_sd / sd)),
            heading_roll=max(-1.0, min(1.0, by_roll * roll_sd / sd)),
        )


def fitted(readings: Sequence[Reading], axes: tuple[int, int, int] = (1, 2, 3)) -> Compass:
    """The compass by the readings of a device that was turned every way. Raises BadInput, and says what was missing."""
    import numpy as np

    if len(readings) < LEAST_READINGS:
        raise BadInput(
            f"{len(readings)} readings are too few for a compass ({LEAST_READINGS} at least); turn the device slowly "
            "every way for a minute"
        )
    field = np.array([reading.field for reading in readings], dtype=np.float64)
    up = np.array([reading.up for reading in readings], dtype=np.float64)
    # From between the ends, most of which no train has stretched: the fit wants to stand within the ellipsoid.
    about = np.percentile(field, (5, 95), axis=0).mean(axis=0)
    scale = float(np.median(np.linalg.norm(field - about, axis=1)))
    if not scale or not np.isfinite(scale):
        raise BadInput("the compass's readings are all the same; is the sensor connected?")
    offset, matrix = _ellipsoid((field - about) / scale)
    offset, matrix = offset * scale + about, matrix / scale
    ball = (field - offset) @ matrix.T
    lengths = np.linalg.norm(ball, axis=1)
    pointing = ball / lengths[:, np.newaxis]
    spread = float(np.linalg.eigvalsh(pointing.T @ pointing / len(pointing))[0])
    if spread < LEAST_SPREAD:
        raise BadInput(
            "the device was turned in one plane only, so one axis of its compass is not known; turn it over, end over "
            "end and on its side, too"
        )
    off = np.sort(np.abs(lengths - 1))[: int(_KEPT_SHARE * len(lengths))]
    residual_deg = float(np.degrees(off[-1])) / _SD_OF_KEPT
    if residual_deg > MOST_RESIDUAL_DEG:
        raise BadInput(
            f"the readings lie {residual_deg:.0f} degrees off any compass's; go away from cars, fences and motors, and "
            "turn the device more slowly"
        )
    steep_deg, dip_deg = _steepness(pointing, up)
    return Compass(
        offset=_vector(offset),
        matrix=(_vector(matrix[0]), _vector(matrix[1]), _vector(matrix[2])),
        axes=axes,
        residual_deg=round(residual_deg, 3),
        dip_deg=round(dip_deg, 3),
        # Along the ground the field is a half or less of the whole: what is off by one degree turns it by two.
        heading_sd_deg=round(max(1.0, 2 * residual_deg, dip_deg), 2),
        readings=len(readings),
        spread=round(spread, 3),
        steep_deg=round(steep_deg, 2),
    )


def turned_to(compass: Compass, aimed: Sequence[Reading], magnetic_bearing_deg: float, sd_deg: float) -> Compass:
    """The compass with its heading turned so that these readings, taken with the lens aimed at something, show the
    bearing that it has from magnetic north. Raises BadInput where they do not agree with one another."""
    from msgspec.structs import replace

    if len(aimed) < _FEWEST_AIMED:
        raise BadInput(
            f"{len(aimed)} readings are too few to aim by ({_FEWEST_AIMED} at least); hold still for seconds"
        )
    straight = replace(compass, turned_deg=0.0)
    off = [magnetic_bearing_deg - (straight.attitude(reading).heading_deg or 0.0) for reading in aimed]
    east, north = (sum(turn(radians(each)) for each in off) / len(off) for turn in (sin, cos))
    middle = degrees(atan2(east, north))
    spread = sqrt(sum(turn_deg(each, middle) ** 2 for each in off) / len(off))
    if spread > _AIMED_SPREAD_DEG or hypot(east, north) < 0.5:
        raise BadInput(
            f"the headings aimed at the landmark wander by {spread:.0f} degrees; hold the device still, away from iron"
        )
    heading_sd = hypot(max(1.0, compass.residual_deg), sd_deg, spread / sqrt(len(off)))
    return replace(compass, turned_deg=round(middle, 2), heading_sd_deg=round(heading_sd, 2))


def _ellipsoid(points: "Floats") -> "tuple[Floats, Floats]":
    """Middle and matrix of the ellipsoid through points, by least squares. Raises BadInput where there is none.

    Points far off (a train that passed) are dropped, a few times, and the rest is fitted again.
    """
    import numpy as np

    middle, matrix = _quadric(points)
    for _ in range(_DROPS):
        off = np.abs(np.linalg.norm((points - middle) @ matrix.T, axis=1) - 1)
        kept = off <= max(0.02, 3 * _NORMAL_MAD * float(np.median(off)))
        if kept.sum() < max(LEAST_READINGS, _KEPT_SHARE * len(points)):
            break
        middle, matrix = _quadric(points[kept])
    return middle, matrix


def _quadric(points: "Floats") -> "tuple[Floats, Floats]":
    import numpy as np

    x, y, z = points.T
    design = np.column_stack((x * x, y * y, z * z, 2 * x * y, 2 * x * z, 2 * y * z, 2 * x, 2 * y, 2 * z))
    sizes = np.linalg.svd(design / np.linalg.norm(design, axis=0).clip(1e-12), compute_uv=False)
    flat = BadInput(
        "the readings are of no compass that was turned every way; turn the device slowly, over and on its side, too, "
        "away from iron"
    )
    if not np.isfinite(sizes).all() or sizes[-1] < 1e-6 * sizes[0]:
        raise flat
    a, b, c, d, e, f, g, h, i = np.linalg.lstsq(design, np.ones(len(points)), rcond=None)[0]
    shape = np.array(((a, d, e), (d, b, f), (e, f, c)))
    try:
        middle = -np.linalg.solve(shape, np.array((g, h, i)))
    except np.linalg.LinAlgError as problem:
        raise flat from problem
    size = 1 + middle @ shape @ middle
    values, vectors = np.linalg.eigh(shape / size)
    if not np.isfinite(values).all() or values[0] <= 0 or values[-1] > MOST_STRETCH**2 * values[0]:
        raise flat
    return middle, vectors @ np.diag(np.sqrt(values)) @ vectors.T


def _steepness(pointing: "Floats", up: "Floats") -> tuple[float, float]:
    """How far the field points upwards, and how much that wanders: a robust standard deviation, since hands shake."""
    import numpy as np

    lengths = np.linalg.norm(up, axis=1)
    if not (lengths > 0).all():
        raise BadInput("the accelerometer shows no gravity in some readings; is it connected?")
    dip = np.degrees(np.arcsin(np.clip(np.sum(pointing * up, axis=1) / lengths, -1, 1)))
    return float(np.median(dip)), float(_NORMAL_MAD * np.median(np.abs(dip - np.median(dip))))


def _vector(row: Any) -> Vector:
    return float(row[0]), float(row[1]), float(row[2])


def _in_lens_axes(vector: Vector, axes: tuple[int, int, int]) -> Vector:
    right, down, forward = (vector[abs(axis) - 1] * (1 if axis > 0 else -1) for axis in axes)
    return right, down, forward


def _to_sensor_axes(vector: Vector, axes: tuple[int, int, int]) -> Vector:
    made = [0.0, 0.0, 0.0]
    for value, axis in zip(vector, axes, strict=True):
        made[abs(axis) - 1] = value if axis > 0 else -value
    return made[0], made[1], made[2]


def _angles(compass: Compass, reading: Reading) -> tuple[float, float, float]:
    """Heading, pitch and roll in degrees. Raises BadInput."""
    shifted = tuple(value - zero for value, zero in zip(reading.field, compass.offset, strict=True))
    straight = [sum(by * value for by, value in zip(row, shifted, strict=True)) for row in compass.matrix]
    field = _in_lens_axes((straight[0], straight[1], straight[2]), compass.axes)
    up = _unit(_in_lens_axes(reading.up, compass.axes))
    east = _unit(_cross(field, up))
    north = _cross(up, east)
    heading = degrees(atan2(east[2], north[2])) + compass.turned_deg
    return heading, degrees(asin(max(-1.0, min(1.0, up[2])))), degrees(atan2(-up[0], -up[1]))


def _tilted(compass: Compass, reading: Reading, pitch_by: float, roll_by: float) -> Reading:
    """The reading as it would be were the accelerometer off by some pitch and roll."""
    _, pitch, roll = _angles(compass, reading)
    p, r = radians(pitch + pitch_by), radians(roll + roll_by)
    up = (-cos(p) * sin(r), -cos(p) * cos(r), sin(p))
    return Reading(reading.field, _to_sensor_axes(up, compass.axes))


def _turn(a_deg: float, b_deg: float) -> float:
    return (a_deg - b_deg + 180.0) % 360.0 - 180.0


def _cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _unit(vector: Vector) -> Vector:
    length = hypot(*vector)
    if not 0 < length < float("inf"):
        raise BadInput("a reading without gravity, or without a field along the ground; is the sensor connected?")
    return vector[0] / length, vector[1] / length, vector[2] / length
