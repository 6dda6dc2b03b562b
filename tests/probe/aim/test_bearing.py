"""Bearing and elevation of a pixel, and what they are known to, against many drawn errors."""

from dataclasses import replace
from datetime import UTC, datetime
from math import asin, atan2, cos, degrees, radians
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.aim.attitude import AttitudeReading
from probe.aim.bearing import TRUE_NORTH, Aim, aimed, middle_of, seen_by
from probe.aim.lens import lens_of_view
from probe.contract.geodesy import turn_deg
from probe.contract.sighting import Box, Place
from probe.errors import BadInput
from probe.position.declination import Declination, declination
from probe.redact.view import Attitude, below_line

LENS = lens_of_view(66, 800, 450)
PARIS, AT = Place(lat=48.85, lon=2.35), datetime(2026, 5, 9, tzinfo=UTC)


def held(pitch: float, roll: float = 0.0, heading: float | None = 40.0, sd: float = 1.0) -> AttitudeReading:
    heading_sd = None if heading is None else 2 * sd
    return AttitudeReading(
        heading_deg=heading, heading_sd_deg=heading_sd, pitch_deg=pitch, roll_deg=roll, pitch_sd_deg=sd, roll_sd_deg=sd
    )


def seen(reading: AttitudeReading, pixel: tuple[float, float] = (399.5, 224.5)) -> Aim:
    return seen_by(pixel, (800, 450), reading, LENS, TRUE_NORTH)


@given(pitch=st.floats(-80, 80), roll=st.floats(-180, 180), heading=st.floats(0, 359))
def test_the_middle_is_the_axis_whatever_the_roll(pitch: float, roll: float, heading: float) -> None:
    aim = seen(held(pitch, roll, heading))
    assert aim.bearing_deg is not None
    assert turn_deg(aim.bearing_deg, heading) < 1e-6
    assert aim.elevation_deg == pytest.approx(pitch, abs=1e-6)


def test_right_is_clockwise_down_is_lower_and_a_roll_turns_them() -> None:
    right = seen(held(0), (699.5, 224.5))
    assert right.bearing_deg == pytest.approx(40 + degrees(atan2(300, LENS.fx)))
    assert right.elevation_deg == pytest.approx(0, abs=1e-9)
    assert seen(held(0), (399.5, 424.5)).elevation_deg < -10
    # Held with its right side down, what is right in the picture hangs lower than it seems.
    assert seen(held(0, 20), (699.5, 224.5)).elevation_deg < -8
    rolled = seen(held(0, 90), (699.5, 224.5))
    assert (rolled.bearing_deg, rolled.elevation_deg) == pytest.approx((40, -degrees(atan2(300, LENS.fx))))


@pytest.mark.parametrize(("pitch", "roll"), [(14.0, -25.0), (-10.0, 8.0), (50.0, 140.0)])
def test_elevations_agree_with_the_redactors_line(pitch: float, roll: float) -> None:
    attitude = Attitude(pitch_deg=pitch, roll_deg=roll, sd_deg=1.0, field_of_view_deg=66)
    low = below_line(800, 450, attitude)
    for u in range(0, 800, 133):
        for v in range(0, 450, 64):
            elevation = seen(held(pitch, roll), (u, v)).elevation_deg
            if abs(elevation - 8.0) > 0.2:
                assert low[v, u] == (elevation < 8.0)


def _errors(reading: AttitudeReading, pixel: tuple[float, float], number: int) -> tuple[list[float], list[float], Aim]:
    """What many drawn errors do to bearing and elevation, as the truth turns about what is said."""
    random = Random(5)
    aim = seen_by(pixel, (800, 450), reading, LENS, Declination(2.0, 0.4), pixel_sd=(5, 5))
    covariance = np.diag([reading.heading_sd_deg or 0, reading.pitch_sd_deg, reading.roll_sd_deg])
    rho = np.array(((1, reading.heading_pitch, reading.heading_roll), (reading.heading_pitch, 1, 0),
                    (reading.heading_roll, 0, 1)))  # fmt: skip
    draws = np.random.default_rng(5).multivariate_normal(np.zeros(3), covariance @ rho @ covariance, number)
    bearings, elevations = [], []
    for heading, pitch, roll in draws:
        by = 1 + random.gauss(0, LENS.focal_sd_share)
        x = (pixel[0] + random.gauss(0, 5) - LENS.cx + random.gauss(0, LENS.centre_sd_px)) / (LENS.fx * by)
        y = (pixel[1] + random.gauss(0, 5) - LENS.cy + random.gauss(0, LENS.centre_sd_px)) / (LENS.fy * by)
        r2 = x * x + y * y
        bend = 1 - random.gauss(0, LENS.k1_sd) * r2
        p, r = radians(reading.pitch_deg + pitch), radians(reading.roll_deg + roll)
        right, down = bend * (x * cos(r) - y * np.sin(r)), bend * (x * np.sin(r) + y * cos(r))
        ahead, up = cos(p) + down * np.sin(p), np.sin(p) - down * cos(p)
        level = reading.heading_deg or 0.0
        bearings.append(degrees(atan2(right, ahead)) + level + heading + 2.0 + random.gauss(0, 0.4))
        elevations.append(degrees(asin(up / np.sqrt(right**2 + ahead**2 + up**2))))
    return bearings, elevations, aim


@pytest.mark.parametrize(
    ("pitch", "roll", "pixel", "rho"),
    [
        (10.0, 3.0, (399.5, 224.5), 0.0),
        (25.0, -20.0, (560.0, 130.0), 0.0),
        (25.0, 12.0, (250.0, 300.0), 0.7),
        (60.0, 10.0, (480.0, 200.0), -0.6),
        (72.0, 5.0, (450.0, 170.0), 0.0),
        (80.0, 0.0, (399.5, 200.0), 0.0),
        (86.0, 30.0, (420.0, 224.5), 0.0),
    ],
)
def test_what_is_stated_holds_95_of_100_drawn_errors_also_near_the_zenith(
    pitch: float, roll: float, pixel: tuple[float, float], rho: float
) -> None:
    reading = replace(held(pitch, roll), heading_pitch=rho, heading_roll=rho / 2)
    bearings, elevations, aim = _errors(reading, pixel, 4000)
    assert aim.bearing_deg is not None
    assert aim.bearing_sd_deg is not None
    for wide, least, most in ((1.96, 0.935, 0.97), (0.98, 0.0, 0.8)):
        inside = [turn_deg(each, aim.bearing_deg) <= wide * aim.bearing_sd_deg for each in bearings]
        assert least <= sum(inside) / len(inside) <= most
    if aim.elevation_deg < 75:
        assert aim.elevation_sd_deg == pytest.approx(float(np.std(elevations)), rel=0.06)
        off = [(each - aim.bearing_deg + 180) % 360 - 180 for each in bearings]
        if aim.elevation_deg < 60:
            assert aim.correlation == pytest.approx(float(np.corrcoef(off, elevations)[0, 1]), abs=0.06)


def test_the_doubt_grows_with_the_elevation_and_at_the_zenith_there_is_no_bearing() -> None:
    sds = [seen(held(pitch), (450.0, 224.5)).bearing_sd_deg for pitch in (0, 30, 60, 75, 82)]
    assert None not in sds
    assert sds == sorted(sds, key=lambda sd: sd or 0)
    # What lies along the horizon counts by 1 / cos(elevation): here, the middle of the lens alone (8 px).
    bare = replace(held(0), roll_sd_deg=0.0, heading_sd_deg=0.0, pitch_sd_deg=0.0)
    low = seen(bare).bearing_sd_deg
    high = seen(replace(bare, pitch_deg=60.0)).bearing_sd_deg
    assert low is not None
    assert high == pytest.approx(2 * low, rel=0.01)
    top = seen(held(90))
    assert (top.bearing_deg, top.magnetic_bearing_deg, top.bearing_sd_deg) == (None, None, None)
    assert top.elevation_deg == pytest.approx(90)


def test_true_north_where_the_declination_is_known_else_magnetic_else_nothing_and_never_0() -> None:
    reading = held(10)
    found = declination(PARIS.lat, PARIS.lon, AT)
    assert found is not None
    aim = aimed((399.5, 224.5), (800, 450), reading, LENS, PARIS, AT)
    assert aim.bearing_deg == pytest.approx(40 + found.deg)
    assert aim.magnetic_bearing_deg is None
    for place, at in ((None, AT), (PARIS, None), (PARIS, datetime(2031, 1, 1, tzinfo=UTC))):
        aim = aimed((399.5, 224.5), (800, 450), reading, LENS, place, at)
        assert aim.bearing_deg is None
        assert aim.magnetic_bearing_deg == pytest.approx(40)
        assert aim.bearing_sd_deg is not None
    aim = aimed((399.5, 224.5), (800, 450), held(10, heading=None), LENS, PARIS, AT)
    assert (aim.bearing_deg, aim.magnetic_bearing_deg, aim.bearing_sd_deg) == (None, None, None)
    assert aim.elevation_deg == pytest.approx(10)


def test_anywhere_in_the_reticle_is_its_middle_with_its_width_in_the_doubt() -> None:
    spread = middle_of(Box(left=0.25, top=0.25, width=0.5, height=0.5), 800, 450)
    assert spread.pixel == (399.5, 224.5)
    wide = seen_by(spread.pixel, (800, 450), held(0), LENS, TRUE_NORTH, pixel_sd=spread.sd)
    narrow = seen(held(0))
    assert wide.bearing_sd_deg is not None
    assert narrow.bearing_sd_deg is not None
    assert wide.bearing_sd_deg > 10 > narrow.bearing_sd_deg
    ends = [seen(held(0), (u, 224.5)).bearing_deg or 0 for u in (210.0, 590.0)]  # 95 % of the reticle's width
    assert all(turn_deg(end, 40) < 1.96 * wide.bearing_sd_deg for end in ends)


def test_what_no_lens_can_be_held_like_is_refused() -> None:
    for wrong in ({"pitch": 91.0}, {"roll": 181.0}, {"pitch": float("nan")}, {"sd": -1.0}, {"sd": float("inf")}):
        with pytest.raises(BadInput):
            held(**{"pitch": 0.0, **wrong})
