"""How a lens sees the town: metres east, north and up to pixels, by the same geometry as the redactor's."""

from dataclasses import dataclass
from math import cos, radians, sin, tan

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Point3 = tuple[float, float, float]  # metres east, north, up


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Where a lens is and how it is held: degrees from true north, above the horizon, and clockwise around its axis."""

    eye: Point3
    heading_deg: float
    pitch_deg: float
    roll_deg: float
    field_of_view_deg: float
    width: int = 1152
    height: int = 864

    @property
    def focal_px(self) -> float:
        return self.width / 2 / tan(radians(self.field_of_view_deg) / 2)

    @property
    def axes(self) -> Floats:
        """3 x 3: what turns metres from the eye into the picture's right, down and forward."""
        heading, pitch, roll = (radians(each) for each in (self.heading_deg, self.pitch_deg, self.roll_deg))
        right = np.array([cos(heading), -sin(heading), 0.0])
        ahead = np.array([sin(heading), cos(heading), 0.0])
        up = np.array([0.0, 0.0, 1.0])
        down = ahead * sin(pitch) - up * cos(pitch)
        forward = ahead * cos(pitch) + up * sin(pitch)
        return np.array([right * cos(roll) + down * sin(roll), down * cos(roll) - right * sin(roll), forward])

    @property
    def matrix(self) -> Floats:
        """3 x 3: what turns metres from the eye into x and y times the depth, and the depth."""
        inner = [[self.focal_px, 0, (self.width - 1) / 2], [0, self.focal_px, (self.height - 1) / 2], [0, 0, 1]]
        return np.asarray(np.array(inner) @ self.axes)

    def pixels(self, points: "Floats | list[Point3]") -> tuple[Floats, Floats]:
        """The pixels (n x 2) and depths in metres (n) of points (n x 3); what is not in front has no true pixel."""
        seen = (np.asarray(points, np.float64) - np.asarray(self.eye)) @ self.matrix.T
        depth = seen[:, 2]
        return seen[:, :2] / np.where(np.abs(depth) < 1e-9, 1e-9, depth)[:, np.newaxis], depth

    def enlarged(self, by: int) -> "View":
        """The same view with more pixels."""
        return View(
            eye=self.eye, heading_deg=self.heading_deg, pitch_deg=self.pitch_deg, roll_deg=self.roll_deg,
            field_of_view_deg=self.field_of_view_deg, width=self.width * by, height=self.height * by,
        )  # fmt: skip
