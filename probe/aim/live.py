"""Where the lens points while the shutter is pressed: the live compass, levelled, and how far it can be believed.

The sensor is read from the press until the shot is taken, and at no other time. Iron near by shows in the field's
length and steepness, which the calibration knows: the doubt grows with it, and beyond a bound no heading is told.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from math import atan2, cos, degrees, hypot, radians, sin, sqrt

from probe.aim.attitude import AttitudeReading
from probe.aim.calibration import Calibration
from probe.aim.compass import Compass, Reading
from probe.aim.sensor import HeadingSensor
from probe.contract.geodesy import turn_deg, wrap_bearing
from probe.errors import BadInput

MOST_READINGS = 64
FEWEST = 3
NEAR_S = 1.0  # before and after the shot
FRESH_S = 0.6  # for the arrow on the page
SHAKEN_SHARE = 0.08  # by so much may what the accelerometer feels differ from gravity
SHAKEN_DEG = 6.0
# A disturbance of a share of the whole field turns the heading by up to twice as much of a radian, since along the
# ground the field is a half or less; of its three directions two are seen.
DISTURBED_SHARE, LOST_SHARE = 0.08, 0.25


class HeadingTrouble(StrEnum):
    """Why a heading is doubtful or is none: a word that the walker's page has a sentence for."""

    NO_SENSOR = "heading-no-sensor"
    UNCALIBRATED = "heading-uncalibrated"
    DISTURBED = "heading-disturbed"
    SHAKEN = "heading-shaken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How the lens was held; `attitude` is None where that is not known, and `trouble` says why or what makes it
    doubtful."""

    attitude: AttitudeReading | None = None
    trouble: HeadingTrouble | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    reading: Reading
    at_s: float


class LiveHeading:
    """A sensor and its calibration, by the walk's clock. All of it is safe from any thread."""

    def __init__(self, sensor: HeadingSensor, known: Calibration, clock: Callable[[], float]) -> None:
        self._sensor, self._clock = sensor, clock
        self.compass: Compass | None = None if known.compass is None else known.compass.compass
        self._read: deque[_Read] = deque(maxlen=MOST_READINGS)
        self._lock = threading.Lock()
        self._users = 0
        self._trouble: HeadingTrouble | None = None

    @property
    def trouble(self) -> HeadingTrouble | None:
        """What was wrong when it was last read; before, whether it is calibrated."""
        return self._trouble if self.compass is not None else HeadingTrouble.UNCALIBRATED

    @contextmanager
    def pressed(self) -> Iterator[None]:
        """The sensor is read as long as anybody is within this."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._read.clear()
                self._sensor.start(self._take)
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0:
                    self._sensor.stop()

    def held(self, at_s: float) -> Held:
        """How the lens was held at a time at which it was read."""
        near = [one.reading for one in list(self._read) if abs(one.at_s - at_s) <= NEAR_S]
        found = held_at(near, self.compass)
        self._trouble = found.trouble
        return found

    def heading_deg(self) -> float | None:
        """Where it points now, from magnetic north; None where it is not being read, or cannot be told."""
        now_s = self._clock()
        fresh = [one.reading for one in list(self._read) if now_s - one.at_s <= FRESH_S]
        attitude = held_at(fresh, self.compass, fewest=1).attitude
        return None if attitude is None else attitude.heading_deg

    def _take(self, reading: Reading, at_s: float) -> None:
        self._read.append(_Read(reading, at_s))


def held_at(readings: list[Reading], compass: Compass | None, fewest: int = FEWEST) -> Held:
    """How a lens was held during some readings: their mean, and what it is known to. Pure."""
    if compass is None:
        return Held(trouble=HeadingTrouble.UNCALIBRATED)
    if len(readings) < fewest:
        return Held(trouble=HeadingTrouble.NO_SENSOR)
    steady = _steady(readings)
    found = []
    for reading in steady:
        try:
            found.append((compass.attitude(reading), compass.strangeness(reading)))
        except BadInput:
            continue  # no gravity, or no field along the ground
    if len(found) < fewest:
        return Held(trouble=HeadingTrouble.SHAKEN if len(steady) < fewest else HeadingTrouble.DISTURBED)
    attitudes = [attitude for attitude, _ in found]
    heading, spread, _ = _mean_bearing([attitude.heading_deg or 0.0 for attitude in attitudes])
    if spread > SHAKEN_DEG:
        return Held(trouble=HeadingTrouble.SHAKEN)
    off = sum(off for _, off in found) / len(found)
    first = attitudes[len(attitudes) // 2]
    # What wanders between readings averages out; what the calibration leaves does not.
    sd = hypot(first.heading_sd_deg or 0.0, spread / sqrt(len(attitudes)))
    trouble = None
    if off > DISTURBED_SHARE:
        trouble = HeadingTrouble.DISTURBED
        sd = hypot(sd, degrees(2 * off))
    known = off <= LOST_SHARE
    return Held(
        attitude=AttitudeReading(
            heading_deg=heading if known else None,
            heading_sd_deg=sd if known else None,
            pitch_deg=sum(attitude.pitch_deg for attitude in attitudes) / len(attitudes),
            roll_deg=_mean_bearing([attitude.roll_deg for attitude in attitudes])[2],
            pitch_sd_deg=first.pitch_sd_deg,
            roll_sd_deg=first.roll_sd_deg,
            heading_pitch=first.heading_pitch if known else 0.0,
            heading_roll=first.heading_roll if known else 0.0,
        ),
        trouble=trouble,
    )


def _steady(readings: list[Reading]) -> list[Reading]:
    """Those at which nothing but gravity was felt: within a share of the middle one."""
    sizes = sorted(hypot(*reading.up) for reading in readings)
    middle = sizes[len(sizes) // 2]
    return [one for one in readings if middle > 0 and abs(hypot(*one.up) - middle) <= SHAKEN_SHARE * middle]


def _mean_bearing(bearings: list[float]) -> tuple[float, float, float]:
    """The mean in [0, 360), the spread around it as a standard deviation, and the mean in (-180, 180]."""
    east = sum(sin(radians(each)) for each in bearings) / len(bearings)
    north = sum(cos(radians(each)) for each in bearings) / len(bearings)
    mean = degrees(atan2(east, north))
    spread = sqrt(sum(turn_deg(each, mean) ** 2 for each in bearings) / len(bearings))
    return wrap_bearing(mean), spread, mean
