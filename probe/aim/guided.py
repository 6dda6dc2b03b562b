"""The compass calibrated in a walker's hands: readings gathered as the device is turned, and what is still missing.

The sphere of directions in which the field can be seen from the device has 12 sides; a calibration wants most of them.
"""

import threading
from datetime import date
from enum import StrEnum
from math import hypot

from probe.aim.calibration import VERSION, CompassPart
from probe.aim.compass import LEAST_READINGS, Compass, Reading, fitted
from probe.aim.lens import Vector
from probe.aim.sensor import HeadingSensor
from probe.errors import BadInput

SIDES = 12
ENOUGH_SIDES, ENOUGH_READINGS = 9, 300
MOST_KEPT = 6000  # ten minutes
FEWEST_TO_SEE, _LOOKED_AT = 20, 1200
_GOLDEN = (1 + 5**0.5) / 2
# The corners of an icosahedron: the middles of twelve like sides of a sphere.
_CORNERS = tuple(
    turned
    for one in (-1.0, 1.0)
    for two in (-_GOLDEN, _GOLDEN)
    for turned in ((0.0, one, two), (one, two, 0.0), (two, 0.0, one))
)


class Quality(StrEnum):
    """How good a calibrated compass is: by what it says of its own heading."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


GOOD_SD_DEG, FAIR_SD_DEG = 4.0, 10.0


def quality_of(compass: Compass) -> Quality:
    """By the standard deviation of its headings: a good one finds a house, a fair one a crossing."""
    sd = compass.heading_sd_deg
    return Quality.GOOD if sd <= GOOD_SD_DEG else Quality.FAIR if sd <= FAIR_SD_DEG else Quality.POOR


class GuidedCalibration:
    """Gathers readings from `start` to `finish`. `share` and `seen` may be looked at from any thread."""

    def __init__(self, sensor: HeadingSensor, axes: tuple[int, int, int] = (1, 2, 3)) -> None:
        self._sensor, self._axes = sensor, axes
        self._readings: list[Reading] = []
        self._lock = threading.Lock()
        self._low: list[float] = [float("inf")] * 3
        self._high: list[float] = [float("-inf")] * 3
        self._counted = -1
        self._seen = 0

    def start(self) -> None:
        self._sensor.start(self._take)

    @property
    def readings(self) -> int:
        return len(self._readings)

    @property
    def trouble(self) -> str | None:
        """Why nothing comes, in a sentence; None where readings do, or may yet."""
        return None if self._readings else self._sensor.trouble

    @property
    def seen(self) -> int:
        """How many of the 12 sides were seen, as far as the middle of the readings is known by now."""
        with self._lock:
            count = len(self._readings)
            if count != self._counted and count >= FEWEST_TO_SEE:
                self._counted = count
                middle = [(low + high) / 2 for low, high in zip(self._low, self._high, strict=True)]
                self._seen = len({_side(reading.field, middle) for reading in self._readings[-_LOOKED_AT:]} - {None})
            return self._seen

    @property
    def share(self) -> float:
        """How much is done, 0 to 1: sides and readings, whichever lags."""
        return min(1.0, self.seen / ENOUGH_SIDES, len(self._readings) / ENOUGH_READINGS)

    def finish(self, day: date, *, beside: CompassPart | None = None, anyway: bool = False) -> CompassPart:
        """The compass by what was gathered. Raises BadInput, with what was missing; also where the one that is known,
        `beside`, is better, unless it is wanted `anyway`."""
        self.cancel()
        with self._lock:
            readings = list(self._readings)
        if len(readings) < LEAST_READINGS and self._sensor.trouble is not None:
            raise BadInput(f"{self._sensor.trouble}; so there is nothing to calibrate by")
        compass = fitted(readings, self._axes)
        known = None if beside is None else beside.compass
        if known is not None and not anyway and compass.heading_sd_deg > 1.5 * known.heading_sd_deg:
            raise BadInput(
                f"this one is known to {compass.heading_sd_deg:.0f} degrees only, the one before to "
                f"{known.heading_sd_deg:.0f}: that one stays; turn the device again, away from iron"
            )
        return CompassPart(v=VERSION, day=day, compass=compass)

    def cancel(self) -> None:
        """Read no more; what was gathered stays until the next start."""
        self._sensor.stop()

    def _take(self, reading: Reading, _at_s: float) -> None:
        with self._lock:
            if len(self._readings) >= MOST_KEPT:
                return
            self._readings.append(reading)
            for axis, value in enumerate(reading.field):
                self._low[axis] = min(self._low[axis], value)
                self._high[axis] = max(self._high[axis], value)


def _side(field: Vector, middle: list[float]) -> int | None:
    """The side of the sphere that a reading lies in; None for one in its middle."""
    away = [value - zero for value, zero in zip(field, middle, strict=True)]
    if not hypot(*away):
        return None
    return max(range(SIDES), key=lambda side: sum(a * b for a, b in zip(away, _CORNERS[side], strict=True)))
