"""What an estimator is given, what it answers, and what only the judge knows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one walker said of one camera, once: all that an estimator is given. None is "not known".

    Degrees of WGS 84; `accuracy_m` is the 68 % radius of the place; `direction` is where the camera looks, clockwise
    from north. No two reports of one `walk` are of one camera; `day` counts from 0.
    """

    id: str
    walk: str
    day: int
    lat: float
    lon: float
    accuracy_m: float | None = None
    kind: str | None = None
    mount: str | None = None
    direction: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an estimator makes of reports, in their order: the number of the camera that each is of, its best guess
    where it is unsure; and how sure it is of that, the more the surer, on a scale of its own."""

    camera: Ints
    sure: Floats


Merger = Callable[[Sequence[Report]], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Reports and what is true of them. `camera`, `east_off`, `north_off` (what the receiver's bias moved it by, in
    metres) have one entry for each report. `cameras` are those that were reported, as a walker without any error would
    report them."""

    reports: tuple[Report, ...]
    camera: Ints
    east_off: Floats
    north_off: Floats
    cameras: tuple[Report, ...]


def on_globe(lat: Floats, lon: Floats) -> Floats:
    """Points in metres from the middle of the earth (n x 3): straight distances of neighbours, everywhere."""
    rlat, rlon = np.radians(lat), np.radians(lon)
    return np.asarray(
        EARTH_RADIUS_M * np.column_stack([np.cos(rlat) * np.cos(rlon), np.cos(rlat) * np.sin(rlon), np.sin(rlat)])
    )


def shifted(lat: Floats, lon: Floats, east_m: Floats, north_m: Floats) -> tuple[Floats, Floats]:
    """Points so many metres away, near by."""
    scale = np.radians(1.0) * EARTH_RADIUS_M
    return lat + north_m / scale, lon + east_m / (scale * np.cos(np.radians(lat)))


def places(reports: Sequence[Report]) -> Floats:
    """Where reports put their cameras, on the globe."""
    return on_globe(np.array([one.lat for one in reports]), np.array([one.lon for one in reports]))
