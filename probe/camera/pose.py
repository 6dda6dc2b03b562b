"""How the lens was held and where it pointed when a photo was taken, as far as anybody knows."""

from dataclasses import dataclass, replace
from math import hypot
from typing import TYPE_CHECKING

from probe.camera.lens import STATED_SD_DEG
from probe.contract.sighting import Place
from probe.position.declination import true_bearing

if TYPE_CHECKING:
    from datetime import datetime

    from probe.redact.view import Attitude


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Degrees; None is "not measured". Pitch above the horizon, roll clockwise, `attitude_sd_deg` of both; the
    horizontal field of view; bearings from true north, `magnetic_deg` from magnetic north, `bearing_sd_deg` of
    either."""

    pitch_deg: float | None = None
    roll_deg: float | None = None
    attitude_sd_deg: float | None = None
    field_of_view_deg: float | None = None
    bearing_deg: float | None = None
    bearing_sd_deg: float | None = None
    magnetic_deg: float | None = None

    def over(self, other: "Pose") -> "Pose":
        """This one, and of the other what is not known here; a bearing goes with its own standard deviation."""
        pose = {name: getattr(self, name) for name in ("pitch_deg", "roll_deg", "attitude_sd_deg", "field_of_view_deg")}
        if self.pitch_deg is None and self.roll_deg is None:
            pose |= {name: getattr(other, name) for name in ("pitch_deg", "roll_deg", "attitude_sd_deg")}
        if self.field_of_view_deg is None:
            pose["field_of_view_deg"] = other.field_of_view_deg
        pointing = other if self.bearing_deg is None and self.magnetic_deg is None else self
        return Pose(
            **pose,
            bearing_deg=pointing.bearing_deg,
            bearing_sd_deg=pointing.bearing_sd_deg,
            magnetic_deg=pointing.magnetic_deg,
        )

    def attitude(self) -> "Attitude | None":
        """What the redactor goes by; None where a part of it is not known."""
        if self.pitch_deg is None or self.roll_deg is None or self.field_of_view_deg is None:
            return None
        from probe.redact.view import Attitude

        sd_deg = STATED_SD_DEG if self.attitude_sd_deg is None else self.attitude_sd_deg
        return Attitude(
            pitch_deg=self.pitch_deg, roll_deg=self.roll_deg, sd_deg=sd_deg, field_of_view_deg=self.field_of_view_deg
        )

    def to_true_north(self, place: Place | None, at: "datetime | None") -> "Pose":
        """With a magnetic bearing turned to true north, where the declination of its place and day is known."""
        if self.bearing_deg is not None or self.magnetic_deg is None or place is None or at is None:
            return self
        turned = true_bearing(self.magnetic_deg, place.lat, place.lon, at)
        if turned is None:
            return self
        sd_deg = None if self.bearing_sd_deg is None else round(hypot(self.bearing_sd_deg, turned[1]), 2)
        return replace(self, bearing_deg=turned[0], bearing_sd_deg=sd_deg, magnetic_deg=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a script says of the picture that it shows: where it is taken, how the lens is held, and what is seen."""

    place: Place | None
    pose: Pose
    words: tuple[str, ...] = ()
