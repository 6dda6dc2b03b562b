"""How a lens was held, as a device's sensors tell it: heading, pitch and roll with what each is known to. Pure."""

from dataclasses import dataclass
from math import cos, isfinite, radians, sin

from probe.aim.lens import Vector
from probe.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class AttitudeReading:
    """Degrees: heading of the lens's axis clockwise from *magnetic* north, pitch above the horizon, roll clockwise
    around the axis; each with its standard deviation.

    `heading_deg` is None where there is no compass. A compass whose iron is levelled by the accelerometer errs with
    pitch and roll: the correlations say how far, -1 to 1. They and all sds must belong to a covariance that there can
    be.
    """

    pitch_deg: float
    roll_deg: float
    pitch_sd_deg: float
    roll_sd_deg: float
    heading_deg: float | None = None
    heading_sd_deg: float | None = None
    heading_pitch: float = 0.0
    heading_roll: float = 0.0
    pitch_roll: float = 0.0

    def __post_init__(self) -> None:
        """Raises BadInput for what no lens can be held like."""
        known = (self.heading_deg, self.heading_sd_deg, self.pitch_sd_deg, self.roll_sd_deg)
        possible = (
            all(value is None or isfinite(value) for value in known) and min(self.pitch_sd_deg, self.roll_sd_deg) >= 0
        )
        if not (possible and -90 <= self.pitch_deg <= 90 and -180 <= self.roll_deg <= 180):
            raise BadInput("the sensors tell of no way in which a lens can be held; are they connected, and still?")


def axes_of(pitch_deg: float, roll_deg: float) -> tuple[Vector, Vector, Vector]:
    """The lens's axes right, down and forward, each in (right, ahead, up) of whoever looks along its heading."""
    pitch, roll = radians(pitch_deg), radians(roll_deg)
    cp, sp, cr, sr = cos(pitch), sin(pitch), cos(roll), sin(roll)
    # Level, the axis would see right (1, 0, 0) and down (0, sp, -cp); the roll turns both clockwise.
    right = (cr, sr * sp, -sr * cp)
    down = (-sr, cr * sp, -cr * cp)
    return right, down, (0.0, cp, sp)
