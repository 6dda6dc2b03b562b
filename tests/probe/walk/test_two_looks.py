"""Two looks from one spot, at the foot and at the camera, make a height; a calibrated lens says how wide it sees."""

from math import atan, degrees

import pytest

pytest.importorskip("cv2", reason="OpenCV is not installed: pip install 'contrechamp[camera]'")
from probe.aim.calibration import Calibration, LensPart
from probe.aim.height import Measured
from probe.aim.lens import lens_of_view
from probe.camera.aiming import Foot
from probe.camera.keeping import PhotoKeeper
from probe.camera.pose import Pose
from probe.camera.shutter import Shutter
from probe.contract.sighting import HeightClaim, Kind, PhotoNotKept, Sighting
from probe.redact.redactor import NoRedactor, Redactor
from probe.walk.snapshots import Photographer, Snapshot
from tests.probe.camera.cameras import choice
from tests.probe.walk.test_snapshots import HERE, NOW, camera
from tests.processes import probe
from tests.test_photo import HERE as AT

AWAY_M, HIGH_M, LENS_M = 8.0, 4.5, 1.6
UP_DEG, DOWN_DEG = degrees(atan((HIGH_M - LENS_M) / AWAY_M)), -degrees(atan(LENS_M / AWAY_M))
POSE = Pose(pitch_deg=UP_DEG, roll_deg=0.0, attitude_sd_deg=0.5, field_of_view_deg=66.0, bearing_deg=120.0)
FOOT = Foot(pitch_deg=DOWN_DEG, pitch_sd_deg=0.5, lens_height=Measured(m=LENS_M, sd_m=0.05))


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor()


def taken(
    redactor: Redactor | None, pose: Pose, foot: Foot | None = None, known: Calibration | None = None
) -> Snapshot:
    def start() -> Redactor:
        if redactor is None:
            raise NoRedactor("there is none")
        return redactor

    one = Photographer(
        Shutter(choice(camera()), clock=lambda: 100.0, patience_s=120.0), PhotoKeeper(start), walk="1" * 32,
        clock=lambda: 100.0, place=lambda _: HERE, when=lambda _: NOW, known=known,
    )  # fmt: skip
    try:
        return one.take(("dome",), pose, foot=foot)
    finally:
        one.shutter.close()


def heights(sighting: Sighting) -> list[HeightClaim]:
    return [claim for claim in sighting.claims if isinstance(claim, HeightClaim)]


def test_the_foot_and_the_camera_say_how_high_it_hangs_and_how_far_away(redactor: Redactor) -> None:
    snapshot = taken(redactor, POSE, FOOT)
    (claim,), subject = heights(snapshot.sighting), snapshot.sighting.subject
    assert abs(claim.value - HIGH_M) < 0.15
    assert 0.1 < (claim.sd_m or 0) < 0.8
    assert subject is not None
    assert abs((subject.distance_m or 0) - AWAY_M) < 0.5
    assert subject.place is not None
    one_look = taken(redactor, POSE)
    assert not heights(one_look.sighting)
    assert one_look.sighting.subject is not None
    # Under the cross it is where it is; else it may be anywhere in the reticle.
    assert (subject.elevation_sd_deg or 90) < (one_look.sighting.subject.elevation_sd_deg or 0) / 2


@pytest.mark.parametrize(
    ("pose", "foot", "says"),
    [
        (Pose(bearing_deg=120.0), FOOT, "nobody said how the lens was held"),
        (POSE, Foot(pitch_deg=0.0), "not below the horizon"),
        (POSE, Foot(pitch_deg=-0.5), "too far away"),
    ],
)
def test_where_there_is_no_height_the_photo_is_kept_and_the_walker_told_why(
    redactor: Redactor, pose: Pose, foot: Foot, says: str
) -> None:
    snapshot = taken(redactor, pose, foot)
    assert snapshot.sighting.kind is Kind.PHOTO
    assert not heights(snapshot.sighting)
    assert any(note.startswith("no height: ") and says in note for note in snapshot.notes), snapshot.notes


def test_a_calibrated_lens_says_how_wide_it_sees_where_nobody_else_does(redactor: Redactor) -> None:
    lens = lens_of_view(70.0, 640, 480, field_sd_share=0.001)
    known = Calibration(lens=LensPart(v=1, day=NOW.utc.date(), how="board", lens=lens))

    def wide_deg(pose: Pose, known: Calibration | None = None) -> float | None:
        photo = taken(redactor, pose, known=known).sighting.photo
        assert photo is not None
        return photo.field_of_view_deg

    unsaid = Pose(pitch_deg=10.0, roll_deg=0.0)
    assert [wide_deg(unsaid, known), wide_deg(POSE, known), wide_deg(unsaid)] == [70.0, 66.0, None]


def test_by_the_command() -> None:
    words = (*AT, "--print", "--camera", "v4l2", "--bearing", "120")
    told = probe("photo", *words, "--foot-pitch", "-11")
    assert (told.returncode, "give --pitch and --roll of the second" in told.stderr) == (2, True)
    told = probe("photo", *words, "--lens-height", "1.6")
    assert (told.returncode, "give --foot-pitch, too" in told.stderr) == (2, True)


def test_without_a_picture_the_pin_says_where_the_walker_looked() -> None:
    sighting = taken(None, POSE).sighting
    assert sighting.pin is not None
    assert sighting.pin.photo_not_kept is PhotoNotKept.NO_REDACTOR
    assert sighting.subject is not None
    assert sighting.subject.bearing_deg == 120.0
