"""How well the cameras on the map agree with those that the fictional town has. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from hub.merge.place import Ring
from hub.publish.view import CameraView
from probe.contract.geodesy import distance_m

GATE_M = 30.0


class TownCamera(msgspec.Struct, frozen=True, kw_only=True):
    """A camera that the town really has."""

    name: str
    lat: float
    lon: float
    kind: str
    mount: str
    direction: float
    radio: bool


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """All cameras of the town."""

    composed: bool
    cameras: tuple[TownCamera, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Found, missed and invented cameras; the found ones' errors in metres, and how many lie in their region. `asked`
    are those invented of which the map says that it is unsure: they are questions at the desk."""

    found: int
    missed: int
    invented: int
    asked: int
    errors_m: tuple[float, ...]
    in_region: int


def score(cameras: Sequence[CameraView], truth: Truth) -> Score:
    """Each camera on the map is matched to at most one of the town's, within 30 m, the nearest over all."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    if not cameras:
        return Score(found=0, missed=len(truth.cameras), invented=0, asked=0, errors_m=(), in_region=0)
    distances = np.array([[distance_m(c.lat, c.lon, t.lat, t.lon) for t in truth.cameras] for c in cameras])
    costs = np.where(distances <= GATE_M, distances, 1e6)
    rows, columns = linear_sum_assignment(costs)
    pairs = [(row, column) for row, column in zip(rows, columns, strict=True) if costs[row, column] < 1e6]
    matched = {int(row) for row, _ in pairs}
    inside = sum(_is_in_region(truth.cameras[column], cameras[row].region95) for row, column in pairs)
    return Score(
        found=len(pairs),
        missed=len(truth.cameras) - len(pairs),
        invented=len(cameras) - len(pairs),
        asked=sum(camera.unsure for row, camera in enumerate(cameras) if row not in matched),
        errors_m=tuple(sorted(round(float(distances[row, column]), 1) for row, column in pairs)),
        in_region=inside,
    )


def _is_in_region(camera: TownCamera, rings: Sequence[Ring]) -> bool:
    return any(_is_inside(camera, ring) for ring in rings)


def _is_inside(camera: TownCamera, ring: Ring) -> bool:
    """Whether a camera stands within a ring of (lon, lat): an odd number of edges lies east of it."""
    odd = False
    for (x0, y0), (x1, y1) in pairwise(ring):
        if (y0 > camera.lat) != (y1 > camera.lat):
            odd ^= camera.lon < (x1 - x0) * (camera.lat - y0) / (y1 - y0) + x0
    return odd
