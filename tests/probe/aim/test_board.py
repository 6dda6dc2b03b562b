"""A lens is found by photos of a drawn board, or by two far points; photos that cannot say it are refused."""

from dataclasses import replace
from math import acos, degrees
from typing import Any

import numpy as np
import pytest

from probe.aim.board import find_board, fit_board, fit_two_points, known_to_deg, view_deg
from probe.aim.lens import LensModel, lens_of_view
from probe.errors import BadInput
from tests.probe.aim.board import CORNERS, LENS, photo, views


@pytest.fixture(scope="module")
def pictures() -> list[Any]:
    return views()


def test_the_lens_is_found_with_its_distortion(pictures: list[Any]) -> None:
    fit = fit_board(pictures, CORNERS)
    assert fit.photos == fit.given == len(pictures)
    assert fit.rms_px is not None
    assert fit.rms_px < 0.5
    assert fit.lens.fx == pytest.approx(LENS.fx, rel=3 * fit.lens.focal_sd_share)
    assert fit.lens.focal_sd_share < 0.02
    # Every direction in the picture is what it is, to a quarter of a degree, as by the usual lens it is not.
    usual = lens_of_view(66, LENS.width, LENS.height)
    spots = ((20, 20), (940, 30), (480, 500), (100, 400), (700, 260))
    assert max(apart(fit.lens, spot) for spot in spots) < 0.25
    assert max(apart(usual, spot) for spot in spots) > 0.6
    assert known_to_deg(fit.lens) < known_to_deg(usual)


def apart(lens: LensModel, spot: tuple[float, float]) -> float:
    """How far off the direction of a pixel is, in degrees."""
    cosine = float(np.array(LENS.ray(*spot)) @ lens.ray(*spot))
    return degrees(acos(min(1.0, cosine)))


def test_a_corner_is_found_to_a_fraction_of_a_pixel_at_any_size(pictures: list[Any]) -> None:
    seen = find_board(pictures[0], CORNERS)
    assert seen is not None
    assert seen.shape == (54, 2)
    assert find_board(np.full((540, 960), 128, np.uint8), CORNERS) is None


def test_photos_without_the_board_do_no_harm_and_are_counted(pictures: list[Any]) -> None:
    fit = fit_board([*pictures, np.full((540, 960), 90, np.uint8)], CORNERS)
    assert (fit.photos, fit.given) == (len(pictures), len(pictures) + 1)


@pytest.mark.parametrize(
    ("taken", "says"),
    [
        (lambda pictures: pictures[:3], "3 of 3 photos"),
        (lambda _: [np.random.default_rng(1).integers(0, 255, (540, 960), np.uint8)] * 6, "0 of 6"),
        (lambda pictures: [*pictures, pictures[0][:, :900]], "several sizes"),
        (lambda _: [photo((0.0, 0.0, 0.0), (0.0, 0.0, 14.0 + 0.2 * n)) for n in range(5)], "tilt|lens that there can"),
        (lambda _: [photo((0.3, 0.1, 0.0), (0.0, 0.0, 40.0))] * 5, "middle of all|in 0 of"),
        (lambda pictures: [*pictures[:3], *[other_lens(each) for each in pictures[3:]]], "fit together"),
    ],
)
def test_photos_that_say_nothing_of_a_lens_are_refused_in_a_sentence(
    pictures: list[Any], taken: Any, says: str
) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        fit_board(taken(pictures), CORNERS)
    assert "\n" not in str(refused.value)


def other_lens(picture: Any) -> Any:
    """The same photo, pulled wide: of a board that is not flat, or another lens."""
    rows, columns = np.indices(picture.shape)
    bent = np.clip(columns + 25 * np.sin(columns / 90.0) + 12 * np.sin(rows / 50.0), 0, picture.shape[1] - 1)
    return np.ascontiguousarray(picture[rows, bent.astype(int)])


def test_two_far_points_give_the_field_of_view() -> None:
    true = replace(lens_of_view(58, 1600, 900), cx=799.5)
    one, other = (150.0, 420.0), (1450.0, 500.0)
    apart = degrees(acos(sum(a * b for a, b in zip(true.ray(*one), true.ray(*other), strict=True))))
    fit = fit_two_points((1600, 900), one, other, apart, 0.2)
    assert view_deg(fit.lens) == pytest.approx(58, abs=0.05)
    assert fit.rms_px is None
    assert fit.lens.focal_sd_share < lens_of_view(58, 1600, 900).focal_sd_share
    rough = fit_two_points((1600, 900), one, other, apart, 1.0)
    assert rough.lens.focal_sd_share > fit.lens.focal_sd_share


@pytest.mark.parametrize(
    ("one", "other", "apart", "sd"),
    [
        ((10, 10), (20, 20), 30, 0.2),
        ((10, 10), (1700, 20), 30, 0.2),
        ((10, 10), (1500, 20), 170, 0.2),
        ((10, 10), (1500, 20), 30, 5),
        ((10, 10), (1500, 20), float("nan"), 0.2),
        ((10, 10), (1500, 20), -30, 0.2),
    ],
)
def test_points_that_say_nothing_are_refused(
    one: tuple[float, float], other: tuple[float, float], apart: float, sd: float
) -> None:
    with pytest.raises(BadInput):
        fit_two_points((1600, 900), one, other, apart, sd)
