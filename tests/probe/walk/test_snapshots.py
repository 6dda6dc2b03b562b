"""From the shutter to the sighting: the picture without people, or a pin that says why there is none."""

import hashlib
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

pytest.importorskip("cv2", reason="OpenCV is not installed: pip install 'contrechamp[camera]'")
from probe.camera.adapter import NoCamera
from probe.camera.claims import WORDS, claims_of, tags_of_words
from probe.camera.keeping import NotKept, PhotoKeeper
from probe.camera.pose import Pose
from probe.camera.pretend import scripted_camera
from probe.camera.shutter import RETICLE, Shot, Shutter
from probe.contract.sighting import (
    Adapter,
    ClockSource,
    GoneClaim,
    Kind,
    KindClaim,
    Moment,
    MountClaim,
    PhotoNotKept,
    Place,
    PresentClaim,
)
from probe.errors import BadInput
from probe.position.declination import declination
from probe.redact.model import NoModel, read_model
from probe.redact.redactor import FILL, NoRedactor, Redactor
from probe.redact.selftest import FACES, drawn_faces
from probe.redact.view import box_pixels
from probe.walk.snapshots import Photographer, Snapshot
from tests.probe.camera.cameras import Driver, choice

Pixels = NDArray[np.uint8]
HERE = Place(lat=47.2184, lon=-1.5536, accuracy_m=4.0)
NOW = Moment(utc=datetime(2026, 11, 29, 12, tzinfo=UTC), source=ClockSource.GNSS, sd_s=0.3)
WIDTH, HEIGHT = 640, 480
PERSON = (230, 130)  # in the reticle


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor()


def street() -> Pixels:
    pixels = np.random.default_rng(1).integers(90, 110, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    left, top = PERSON
    pixels[top : top + 210, left : left + 180] = drawn_faces(FACES[:1])[30:240, 30:210]
    return pixels


def photographer(
    driver: Driver,
    start: Callable[[], Redactor],
    *,
    place: Place | None = HERE,
    when: Moment | None = NOW,
    aim: Callable[[Shot], Pose] | None = None,
) -> Photographer:
    return Photographer(
        Shutter(choice(driver), clock=lambda: 100.0, patience_s=120.0),
        PhotoKeeper(start),
        walk="1" * 32,
        clock=lambda: 100.0,
        place=lambda at_s: place if at_s == 100.0 else None,
        when=lambda at_s: when if at_s == 100.0 else None,
        aim=aim,
    )


def taken(one: Photographer, *words: str, pose: Pose | None = None) -> Snapshot:
    try:
        return one.take(words, pose)
    finally:
        one.shutter.close()


def camera(picture: Pixels | None = None, **more: bool) -> Driver:
    """A camera that has settled, and gives one picture."""
    return Driver(*[street() if picture is None else picture.copy() for _ in range(13)], **more)


def test_a_photo_is_kept_without_people_and_with_what_is_known(redactor: Redactor) -> None:
    driver = camera()
    pose = Pose(pitch_deg=10.0, roll_deg=1.0, attitude_sd_deg=1.0, field_of_view_deg=66.0, magnetic_deg=120.0,
                bearing_sd_deg=5.0)  # fmt: skip
    snapshot = taken(photographer(driver, lambda: redactor), "dome", "street lamp", pose=pose)
    sighting, photo = snapshot.sighting, snapshot.sighting.photo
    assert (sighting.kind, sighting.observer, sighting.time) == (Kind.PHOTO, HERE, NOW)
    assert (sighting.made.adapter, sighting.made.composed) == (Adapter.REAL, False)
    assert [type(claim) for claim in sighting.claims] == [PresentClaim, KindClaim, MountClaim]
    assert photo is not None
    turned = declination(HERE.lat, HERE.lon, NOW.utc)
    assert turned is not None
    assert photo.bearing_deg == round(120.0 + turned.deg, 1)
    assert photo.bearing_sd_deg == pytest.approx(np.hypot(5.0, turned.sd_deg), abs=0.01)
    assert photo.magnetic_bearing_deg is None
    assert sighting.subject is not None
    assert sighting.subject.bearing_deg == photo.bearing_deg
    assert (photo.pitch_deg, photo.roll_deg, photo.attitude_sd_deg, photo.field_of_view_deg) == (10.0, 1.0, 1.0, 66.0)
    assert photo.reticle == RETICLE
    scene, reticle = (picture.jpeg for picture in snapshot.pictures) if len(snapshot.pictures) == 2 else (
        snapshot.pictures[0].jpeg, None)  # fmt: skip
    assert photo.content_sha256 == hashlib.sha256(scene).hexdigest()
    assert photo.reticle_sha256 == (None if reticle is None else hashlib.sha256(reticle).hexdigest())
    shown = np.asarray(Image.open(BytesIO(scene)), np.int16)
    left, top = PERSON
    assert abs(shown[top + 60 : top + 120, left + 70 : left + 110] - FILL).max() < 12, "the face is gone"
    assert not any(picture.any() for picture in driver.gave), "and nothing of it is left in memory"


def test_of_the_probes_own_camera_the_reticle_travels_pixel_by_pixel(redactor: Redactor) -> None:
    driver = camera(np.random.default_rng(1).integers(0, 255, (1296, 2304, 3), dtype=np.uint8))
    snapshot = taken(photographer(driver, lambda: redactor))
    left, top, right, bottom = box_pixels(RETICLE, 2304, 1296)
    assert Image.open(BytesIO(snapshot.pictures[1].jpeg)).size == (right - left, bottom - top)
    assert max(right - left, bottom - top) <= 640
    assert snapshot.shot is not None
    assert (snapshot.shot.width, snapshot.shot.height) == (2304, 1296)


def test_what_nobody_measured_is_absent(redactor: Redactor) -> None:
    one = photographer(camera(), lambda: redactor, place=None, when=None)
    sighting = taken(one, pose=Pose(magnetic_deg=0.0)).sighting
    assert (sighting.observer, sighting.time, sighting.subject) == (None, None, None)
    assert sighting.photo is not None
    assert sighting.photo.magnetic_bearing_deg == 0.0, "without a day and a place it stays magnetic"
    assert (sighting.photo.bearing_deg, sighting.photo.pitch_deg, sighting.photo.field_of_view_deg) == (None,) * 3
    assert taken(photographer(camera(), lambda: redactor)).sighting.subject is None


def test_what_the_device_knows_fills_in_what_the_walker_does_not_say(redactor: Redactor) -> None:
    seen: list[float] = []

    def aim(shot: Shot) -> Pose:
        seen.append(shot.pixels.mean())
        return Pose(pitch_deg=5.0, roll_deg=0.0, field_of_view_deg=66.0, bearing_deg=10.0, bearing_sd_deg=1.0)

    photo = taken(photographer(camera(), lambda: redactor, aim=aim), pose=Pose(bearing_deg=20.0)).sighting.photo
    assert photo is not None
    assert (photo.bearing_deg, photo.bearing_sd_deg) == (20.0, 12.0), "what was said, and not half of each"
    assert (photo.pitch_deg, photo.field_of_view_deg) == (5.0, 66.0)
    assert seen[0] > 50, "it has the picture, before anything is taken out"


def refusing(problem: Exception) -> Callable[[], Redactor]:
    def start() -> Redactor:
        raise problem

    return start


def without_model() -> Redactor:
    try:
        return Redactor(model=read_model(Path("/nowhere/centerface.onnx")))
    except NoModel as problem:
        raise NoRedactor(str(problem)) from problem


def swapped() -> Redactor:
    """Another network, as good as any: it starts, and finds no face."""
    data = bytearray(read_model())
    start = len(data) // 4
    data[start : start + 400_000] = bytes(400_000)
    return Redactor(model=bytes(data))


@pytest.mark.parametrize(
    ("start", "why"),
    [
        (without_model, {PhotoNotKept.NO_REDACTOR}),
        (lambda: Redactor(model=read_model()[:100_000]), {PhotoNotKept.NO_REDACTOR}),
        (swapped, {PhotoNotKept.NO_REDACTOR, PhotoNotKept.SELF_TEST}),
        (refusing(NoRedactor("there is not enough memory", PhotoNotKept.MEMORY)), {PhotoNotKept.MEMORY}),
    ],
    ids=["removed", "cut", "swapped", "memory"],
)
def test_without_a_redactor_no_picture_is_taken_at_all(start: Callable[[], Redactor], why: set[PhotoNotKept]) -> None:
    driver = camera()
    snapshot = taken(photographer(driver, start), "dome")
    assert snapshot.sighting.kind is Kind.PIN
    assert snapshot.sighting.pin is not None
    assert snapshot.sighting.pin.photo_not_kept in why
    assert [type(claim) for claim in snapshot.sighting.claims] == [PresentClaim, KindClaim]
    assert snapshot.told is not None
    assert "only a pin" in snapshot.told
    assert (snapshot.pictures, snapshot.shot, driver.opened) == ((), None, 0)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([None] * 9, PhotoNotKept.CAMERA),
        ([NoCamera("its driver hangs")], PhotoNotKept.CAMERA),
        ([RuntimeError("odd")], PhotoNotKept.CAMERA),
        ([MemoryError()], PhotoNotKept.MEMORY),
    ],
)
def test_without_a_picture_there_is_a_pin(given: list[object], why: PhotoNotKept, redactor: Redactor) -> None:
    snapshot = taken(photographer(Driver(*given), lambda: redactor), "pole")
    assert snapshot.sighting.pin is not None
    assert snapshot.sighting.pin.photo_not_kept is why
    assert snapshot.sighting.observer == HERE
    assert snapshot.told is not None


@pytest.mark.parametrize("problem", [MemoryError(), ArithmeticError("no number")])
def test_where_the_detector_fails_on_this_picture_nothing_of_it_is_left(
    problem: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Redactor()

    def fail(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.setattr(failing._detector, "faces", fail)
    driver = camera()
    snapshot = taken(photographer(driver, lambda: failing))
    why = PhotoNotKept.MEMORY if isinstance(problem, MemoryError) else PhotoNotKept.NO_REDACTOR
    assert snapshot.sighting.pin is not None
    assert snapshot.sighting.pin.photo_not_kept is why
    assert snapshot.shot is not None
    assert not any(picture.any() for picture in driver.gave)


def test_pixels_are_gone_whatever_comes_of_them(redactor: Redactor) -> None:
    for keeper, refused in ((PhotoKeeper(lambda: redactor), False), (PhotoKeeper(without_model), True)):
        pixels = street()
        with pytest.raises(NotKept) if refused else nullcontext():
            keeper.keep_pixels(pixels, name="it", reticle=RETICLE, pose=Pose(), new_id=lambda _: "1" * 32)
        assert not pixels.any()


def test_a_fake_says_so_and_its_script_is_heard(redactor: Redactor, tmp_path: Path) -> None:
    Image.fromarray(street()).save(tmp_path / "one.jpg", quality=92)
    (tmp_path / "walk.toml").write_text('[[picture]]\nfile = "one.jpg"\nlat = 1.0\nlon = 2.0\ntags = ["dome"]\n')
    still = scripted_camera(tmp_path / "walk.toml")
    driver = Driver(fake=True)
    one = photographer(driver, lambda: redactor)
    one.shutter.choice = choice(driver, lambda: still)
    sighting = taken(one, "pole").sighting
    assert (sighting.kind, sighting.made.adapter, sighting.made.composed) == (Kind.PHOTO, Adapter.SCRIPTED, True)
    assert sighting.observer == Place(lat=1.0, lon=2.0)
    assert [type(claim) for claim in sighting.claims] == [PresentClaim, KindClaim, MountClaim]
    pin = taken(photographer(Driver(fake=True), lambda: redactor)).sighting
    assert (pin.kind, pin.made.adapter, pin.made.composed) == (Kind.PIN, Adapter.SCRIPTED, True)


def test_the_words_that_a_walker_taps_say_what_they_mean() -> None:
    kinds = {type(claims_of(dict(tags_of_words([word])))[-1]) for word in WORDS}
    assert kinds == {KindClaim, MountClaim, GoneClaim}
    (present,) = claims_of(dict(tags_of_words([])))
    assert isinstance(present, PresentClaim), "whoever takes a photo says that there is one"
    assert len(claims_of(dict(tags_of_words(["dome", "fixed"])))) == 1, "of two kinds none"
    assert len(claims_of(dict(tags_of_words(["alpr", "Street-Lamp", "camera:direction=120"])))) == 4
    for word in ("", "pigeon", "guard"):
        with pytest.raises(BadInput, match="says nothing of a camera; say fixed, dome"):
            tags_of_words([word])
