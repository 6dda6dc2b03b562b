"""Where a photo's camera is, seen from the lens: by what the photo says of its lens, and the reticle. Pure.

A phone knows no reticle: the camera may be anywhere in the middle half, and that is in the bearing's doubt. So is how
the lens was held, where the photo does not say it.
"""

from math import hypot

from probe.aim.attitude import AttitudeReading
from probe.aim.bearing import TRUE_NORTH, Aim, middle_of, seen_by
from probe.aim.lens import lens_of_view, usual_lens
from probe.camera.folder import PhotoObservation
from probe.camera.lens import STATED_SD_DEG
from probe.contract.sighting import Box

MIDDLE = Box(left=0.25, top=0.25, width=0.5, height=0.5)
# How a lens is held that looks at a camera, as far as anybody can say who was not there.
USUAL_PITCH_DEG, USUAL_PITCH_SD_DEG, USUAL_ROLL_SD_DEG = 15.0, 10.0, 5.0
_USUAL_SIZE = (4000, 3000)


def aim_of(photo: PhotoObservation, size: tuple[int, int] | None = None) -> Aim | None:
    """Where what stands in the middle half is; None where the photo says no bearing. `size` is the upright picture's.

    The elevation is that of the lens's axis where the photo says how it was held; else it says nothing, and must not be
    used: `elevation_is_known`.
    """
    heading_deg = photo.magnetic_deg if photo.bearing_deg is None else photo.bearing_deg
    if heading_deg is None:
        return None
    width, height = size or _size_of(photo)
    view_deg = photo.lens.field_of_view_deg(width, height)
    lens = usual_lens(width, height) if view_deg is None else lens_of_view(view_deg, width, height)
    spread = middle_of(MIDDLE, width, height)
    return seen_by(
        spread.pixel,
        (width, height),
        _reading(photo, heading_deg),
        lens,
        None if photo.bearing_deg is None else TRUE_NORTH,
        pixel_sd=spread.sd,
    )


def elevation_is_known(photo: PhotoObservation) -> bool:
    """Whether the photo says how its lens was held."""
    return photo.lens.pitch_deg is not None and photo.lens.roll_deg is not None


def _reading(photo: PhotoObservation, heading_deg: float) -> AttitudeReading:
    pitch_deg, roll_deg = photo.lens.pitch_deg, photo.lens.roll_deg
    if pitch_deg is None or roll_deg is None:
        return AttitudeReading(
            heading_deg=heading_deg,
            heading_sd_deg=photo.bearing_sd_deg,
            pitch_deg=USUAL_PITCH_DEG,
            roll_deg=0.0,
            pitch_sd_deg=USUAL_PITCH_SD_DEG,
            roll_sd_deg=USUAL_ROLL_SD_DEG,
        )
    return AttitudeReading(
        heading_deg=heading_deg,
        heading_sd_deg=photo.bearing_sd_deg,
        pitch_deg=pitch_deg,
        roll_deg=roll_deg,
        pitch_sd_deg=STATED_SD_DEG,
        roll_sd_deg=STATED_SD_DEG,
    )


def _size_of(photo: PhotoObservation) -> tuple[int, int]:
    """Where the picture was not decoded: lying, as that is the wider."""
    if photo.lens.size is None or hypot(*photo.lens.size) > 1e6 or min(photo.lens.size) < 1:
        return _USUAL_SIZE
    return round(photo.lens.size[0]), round(photo.lens.size[1])
