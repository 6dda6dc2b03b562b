"""Where a camera is, as it is told: mean, modes, and regions that hold it with a probability. Pure."""

from dataclasses import dataclass
from math import pi, sqrt

from hub.merge.observe import Estimate

Ring = tuple[tuple[float, float], ...]  # closed, of (lon, lat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region that holds the camera with a probability: closed rings beside each other, and its area."""

    rings: tuple[Ring, ...]
    area_m2: float

    @property
    def radius_m(self) -> float:
        """The radius of a circle as large as it is."""
        return sqrt(self.area_m2 / pi)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """A place where a camera probably is, and how probable it is that it is about there."""

    lat: float
    lon: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Where a camera is. `estimate` is the mean with its covariance; of `modes`, the likeliest first, there are two
    where it may be on either side of the street, for example. The mean lies in `region95`. `along_streets`: streets
    that are known near by have told where it is likelier."""

    estimate: Estimate
    modes: tuple[Mode, ...]
    region50: Region
    region95: Region
    along_streets: bool = False
