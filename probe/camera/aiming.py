"""Where what a photo shows is, seen from the lens: by how the lens was held, and the reticle it stands in. Pure.

In a reticle that is not said to be aimed the thing may be anywhere, and that is in the bearing's doubt: for a phone,
which knows none, in the middle half. So is how the lens was held, where nobody measured it.
"""

from dataclasses import dataclass, field, replace
from math import hypot, radians, tan

from probe.aim.attitude import AttitudeReading
from probe.aim.bearing import TRUE_NORTH, Aim, middle_of, seen_by
from probe.aim.board import view_deg
from probe.aim.calibration import Calibration, lens_of
from probe.aim.height import LENS_M, Height, Measured, height_of
from probe.aim.lens import LensModel, stated_lens
from probe.camera.folder import PhotoObservation
from probe.camera.geotag import BEARING_SD_DEG
from probe.camera.lens import STATED_SD_DEG
from probe.camera.pose import Pose
from probe.contract.sighting import Box

MIDDLE = Box(left=0.25, top=0.25, width=0.5, height=0.5)
# How well a walker holds the cross on a thing for the time of a press.
CROSS_SD_DEG = 1.0
# How a lens is held that looks at a camera, as far as anybody can say who was not there.
USUAL_PITCH_DEG, USUAL_PITCH_SD_DEG, USUAL_ROLL_SD_DEG = 15.0, 10.0, 5.0
_USUAL_SIZE = (4000, 3000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How a picture of `size` (width, height, upright) was framed: the thing stands in the reticle, and where `crossed`
    in the very middle of it. `lens` is None where it goes by the pose's field of view."""

    size: tuple[int, int]
    pose: Pose
    reticle: Box = field(default=MIDDLE)
    crossed: bool = False
    lens: LensModel | None = None

    @property
    def elevation_is_known(self) -> bool:
        """Whether anybody knows how the lens was held; else an aim's elevation says nothing, and must not be used."""
        return self.pose.pitch_deg is not None and self.pose.roll_deg is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Foot:
    """The first of two shots: the cross was on the foot of the camera's pole or wall, and the lens pointed so far up
    (below 0: down)."""

    pitch_deg: float
    pitch_sd_deg: float = STATED_SD_DEG
    lens_height: Measured = LENS_M


def framing_of(photo: PhotoObservation, size: tuple[int, int] | None = None) -> Framing:
    """The framing of a photo from a file; `size` is the decoded picture's, where it was decoded."""
    size = size or _size_of(photo)
    return Framing(size=size, pose=pose_of(photo, *size))


def pose_of(photo: PhotoObservation, width: int, height: int) -> Pose:
    """What a photo's metadata says of the lens, for a picture of this size."""
    attitude = photo.lens.attitude(width, height)
    true_deg = photo.bearing_deg
    magnetic_deg = photo.magnetic_deg if true_deg is None else None
    return Pose(
        pitch_deg=None if attitude is None else attitude.pitch_deg,
        roll_deg=None if attitude is None else attitude.roll_deg,
        field_of_view_deg=photo.lens.field_of_view_deg(width, height),
        bearing_deg=true_deg,
        bearing_sd_deg=None if true_deg is None and magnetic_deg is None else photo.bearing_sd_deg,
        magnetic_deg=magnetic_deg,
    )


def lensed(pose: Pose, known: Calibration, size: tuple[int, int]) -> tuple[Pose, LensModel]:
    """The lens of this device, and the pose with how wide that sees, where nobody has said it."""
    lens = lens_of(known, *size, pose.field_of_view_deg)
    calibrated = known.lens is not None and lens.focal_sd_share == known.lens.lens.focal_sd_share
    if pose.field_of_view_deg is None and calibrated:
        pose = replace(pose, field_of_view_deg=round(view_deg(lens), 2))
    return pose, lens


def aim_of(framing: Framing) -> Aim | None:
    """Where what stands in the reticle is; None where no bearing is known."""
    reading = _reading(framing.pose)
    return None if reading.heading_deg is None else _aimed(framing, reading)


def height_above(framing: Framing, foot: Foot) -> Height:
    """How high the thing in the reticle hangs, by two shots. Raises BadInput where that cannot be told."""
    down = Aim(elevation_deg=foot.pitch_deg, elevation_sd_deg=hypot(foot.pitch_sd_deg, CROSS_SD_DEG))
    up = _aimed(framing, replace(_reading(framing.pose), heading_deg=None))
    return height_of(up, down, lens_height=foot.lens_height)


def _aimed(framing: Framing, reading: AttitudeReading) -> Aim:
    width, height = framing.size
    lens = framing.lens or stated_lens(framing.pose.field_of_view_deg, width, height)
    spread = middle_of(framing.reticle, width, height)
    pixel_sd = (lens.fx * tan(radians(CROSS_SD_DEG)), lens.fy * tan(radians(CROSS_SD_DEG)))
    north = None if framing.pose.bearing_deg is None else TRUE_NORTH
    return seen_by(
        spread.pixel, framing.size, reading, lens, north, pixel_sd=pixel_sd if framing.crossed else spread.sd
    )


def _reading(pose: Pose) -> AttitudeReading:
    heading_deg = pose.magnetic_deg if pose.bearing_deg is None else pose.bearing_deg
    heading_sd_deg = BEARING_SD_DEG if pose.bearing_sd_deg is None else pose.bearing_sd_deg
    if pose.pitch_deg is None or pose.roll_deg is None:
        return AttitudeReading(
            heading_deg=heading_deg,
            heading_sd_deg=heading_sd_deg,
            pitch_deg=USUAL_PITCH_DEG,
            roll_deg=0.0,
            pitch_sd_deg=USUAL_PITCH_SD_DEG,
            roll_sd_deg=USUAL_ROLL_SD_DEG,
        )
    sd_deg = STATED_SD_DEG if pose.attitude_sd_deg is None else pose.attitude_sd_deg
    return AttitudeReading(
        heading_deg=heading_deg,
        heading_sd_deg=heading_sd_deg,
        pitch_deg=pose.pitch_deg,
        roll_deg=pose.roll_deg,
        pitch_sd_deg=sd_deg,
        roll_sd_deg=sd_deg,
    )


def _size_of(photo: PhotoObservation) -> tuple[int, int]:
    """Where the picture was not decoded: lying, as that is the wider."""
    if photo.lens.size is None or hypot(*photo.lens.size) > 1e6 or min(photo.lens.size) < 1:
        return _USUAL_SIZE
    return round(photo.lens.size[0]), round(photo.lens.size[1])
