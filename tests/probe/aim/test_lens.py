"""Pixels to directions and back, at any size."""

from dataclasses import replace
from math import acos, degrees, hypot

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.aim.lens import LensModel, lens_of_view, usual_lens
from probe.errors import BadInput

LENS = replace(lens_of_view(66, 2304, 1296), cx=1160.0, cy=640.0, k1=-0.12, k2=0.03)
inside = st.floats(0, 1)


@given(u=inside, v=inside, k1=st.floats(-0.2, 0.3), k2=st.floats(-0.05, 0.1))
def test_a_pixels_direction_is_shown_at_that_pixel(u: float, v: float, k1: float, k2: float) -> None:
    lens = replace(LENS, k1=k1, k2=k2)
    pixel = u * 2303, v * 1295
    ray = lens.ray(*pixel)
    assert hypot(*ray) == pytest.approx(1)
    assert lens.pixel(ray) == pytest.approx(pixel, abs=1e-3)


def test_it_is_opencvs_model() -> None:
    points = np.array([[0.4, -0.2, 1.0], [-0.5, 0.3, 1.2], [0.01, 0.02, 5.0]])
    matrix = np.array(((LENS.fx, 0, LENS.cx), (0, LENS.fy, LENS.cy), (0, 0, 1.0)))
    theirs, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), matrix, np.array((LENS.k1, LENS.k2, 0.0, 0.0)))
    for point, pixel in zip(points, np.asarray(theirs).reshape(-1, 2), strict=True):
        assert LENS.pixel((point[0], point[1], point[2])) == pytest.approx(pixel, abs=1e-6)


@pytest.mark.parametrize("size", [(1600, 900), (640, 360), (1152, 648)])
@given(u=inside, v=inside)
def test_the_same_spot_of_a_scaled_picture_is_the_same_direction(size: tuple[int, int], u: float, v: float) -> None:
    small = LENS.scaled(*size)
    there = u * 2304 - 0.5, v * 1296 - 0.5
    here = u * size[0] - 0.5, v * size[1] - 0.5
    assert small.ray(*here) == pytest.approx(LENS.ray(*there), abs=1e-9)


def test_a_picture_of_another_shape_is_refused() -> None:
    with pytest.raises(BadInput, match="another shape"):
        LENS.scaled(1296, 2304)
    LENS.scaled(640, 360)


def test_the_field_of_view_is_from_side_to_side_and_what_nobody_measured_is_wide() -> None:
    lens = lens_of_view(66, 2304, 1296)
    left, right = lens.ray(-0.5, lens.cy), lens.ray(2303.5, lens.cy)
    assert degrees(acos(sum(a * b for a, b in zip(left, right, strict=True)))) == pytest.approx(66)
    assert usual_lens(3000, 4000).fx == pytest.approx(usual_lens(4000, 3000).fx)
    assert usual_lens(4000, 3000).focal_sd_share > lens.focal_sd_share > 0
    for wrong in (0, -3, 175, float("nan")):
        with pytest.raises(BadInput):
            lens_of_view(wrong, 100, 100)


def test_what_lies_behind_or_too_far_aside_has_no_pixel_and_folded_corners_are_seen() -> None:
    assert LENS.pixel((0, 0, -1)) is None
    folded = replace(LENS, k1=-0.9)
    assert (LENS.is_sound(), folded.is_sound()) == (True, False)
    assert folded.pixel((1.0, 0.0, 1.0)) is None
    with pytest.raises(BadInput, match="calibrate the lens again"):
        folded.ray(0, 0)


@given(
    ray=st.tuples(*[st.floats(-1, 1, allow_nan=False)] * 3),
    k1=st.floats(-1, 1),
    k2=st.floats(-1, 1),
)
def test_no_direction_breaks_it(ray: tuple[float, float, float], k1: float, k2: float) -> None:
    lens: LensModel = replace(LENS, k1=k1, k2=k2)
    shown = lens.pixel(ray)
    if shown is not None and 0 <= shown[0] < 2304 and 0 <= shown[1] < 1296 and lens.is_sound():
        length = hypot(*ray)
        assert lens.ray(*shown) == pytest.approx(tuple(part / length for part in ray), abs=1e-4)
