"""A photo's own words on its lens, and the middle half, give the camera's bearing and elevation with their doubt."""

from dataclasses import replace

import pytest

from probe.camera.aiming import aim_of, framing_of
from probe.camera.claims import claims_of
from probe.camera.folder import PhotoObservation
from probe.camera.lens import Lens
from probe.camera.pins import pin_of
from probe.contract.sighting import Adapter, HeightClaim, Making, Place, Sighting

PHOTO = PhotoObservation(
    observer=Place(lat=47.0, lon=-17.0), taken_at=None, bearing_deg=90.0, distance_m=None, tags=(), bearing_sd_deg=5.0
)
HELD = replace(PHOTO, lens=Lens(pitch_deg=20.0, roll_deg=5.0, focal_35mm=26.0, size=(4000.0, 3000.0)))


def pin(photo: PhotoObservation) -> Sighting:
    return pin_of(photo, walk="1e" * 16, made=Making(adapter=Adapter.REPLAY, software="test"), id="2e" * 16)


def test_the_camera_may_be_anywhere_in_the_middle_half() -> None:
    subject = pin(PHOTO).subject
    assert subject is not None
    assert subject.bearing_deg == 90.0
    # The middle half of a usual lens is some 36 degrees wide: as an even spread, 10 each way.
    assert subject.bearing_sd_deg == pytest.approx((5.0**2 + 11**2) ** 0.5, abs=1.0)
    assert (subject.elevation_deg, subject.elevation_sd_deg) == (None, None)


def test_what_a_photo_says_of_its_lens_is_used() -> None:
    subject = pin(HELD).subject
    assert subject is not None
    assert (subject.bearing_deg, subject.elevation_deg) == (90.0, 20.0)
    assert 5 < (subject.elevation_sd_deg or 0) < 12
    tele = pin(replace(HELD, lens=replace(HELD.lens, focal_35mm=100.0))).subject
    assert tele is not None
    assert (tele.bearing_sd_deg or 0) < (subject.bearing_sd_deg or 0) - 3
    # Upright it sees less far aside, and farther up and down.
    lying, upright = (aim_of(framing_of(HELD, size)) for size in ((4000, 3000), (3000, 4000)))
    assert lying is not None
    assert upright is not None
    assert (upright.bearing_sd_deg or 0) < (lying.bearing_sd_deg or 0)
    assert upright.elevation_sd_deg > lying.elevation_sd_deg


@pytest.mark.parametrize("focal_35mm", [0.5, 1.0])
def test_a_focal_length_that_is_no_lens_is_as_good_as_not_said(focal_35mm: float) -> None:
    """It once ended the reading of a whole folder."""
    assert (
        pin(replace(HELD, lens=replace(HELD.lens, focal_35mm=focal_35mm))).subject
        == pin(replace(HELD, lens=replace(HELD.lens, focal_35mm=None))).subject
    )


def test_without_a_bearing_there_is_none_and_a_magnetic_one_says_so() -> None:
    assert pin(replace(PHOTO, bearing_deg=None)).subject is None
    subject = pin(replace(PHOTO, bearing_deg=None, magnetic_deg=359.999, distance_m=9.0)).subject
    assert subject is not None
    assert (subject.bearing_deg, subject.magnetic_bearing_deg, subject.place) == (None, 0.0, None)
    assert not framing_of(replace(HELD, lens=replace(HELD.lens, roll_deg=None))).elevation_is_known


@pytest.mark.parametrize(
    ("said", "metres"),
    [("3.5", 3.5), ("4 m", 4), ("4m", 4), ("0", None), ("high", None), ("3;4", None), ("9999", None), ("-2", None),
     ("12 ft", None), ("\u0664", None)],
)  # fmt: skip
def test_a_height_that_was_said_is_claimed(said: str, metres: float | None) -> None:
    claims = claims_of({"man_made": "surveillance", "height": said})
    heights = [claim.value for claim in claims if isinstance(claim, HeightClaim)]
    assert heights == ([] if metres is None else [metres])
    assert not claims_of({"height": said})
