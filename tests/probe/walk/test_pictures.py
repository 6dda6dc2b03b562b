"""A folder of ordinary phone photos: the people go, the camera in the middle stays, and each photo counts once."""

import csv
import hashlib
import json
import shutil
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from probe.camera.keeping import PhotoKeeper
from probe.cli.once import OncePerRecording, PicturesOnce
from probe.contract.envelope import Picture, decode_sighting
from probe.contract.sighting import Kind, Photo, PhotoNotKept, Sighting
from probe.outbox.outbox import Outbox
from probe.position.declination import declination
from probe.walk.making import digest_of, id_of
from probe.walk.outcome import Outcome
from probe.walk.recorded import RecordedWalk, Recording, lasting
from tests.paired import Walker
from tests.probe.camera.compose import GPS, RECEIVER_TIME, ZONED, exif
from tests.processes import probe

pytest.importorskip("cv2", reason="OpenCV is not installed: pip install 'contrechamp[camera]'")
from probe.redact.redactor import FILL, NoRedactor, Redactor
from probe.redact.selftest import FACES, drawn_faces

ROOT = Path(__file__).parents[3]
GPANO = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description '
    b'xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" %s/></r:RDF></x:xmpmeta>'
)
LEVEL = GPANO % b'GPano:PosePitchDegrees="10" GPano:PoseRollDegrees="0"'
IN_THE_MIDDLE, AT_THE_EDGE = (180, 130), (10, 260)


def street(path: Path, *, xmp: bytes = b"", shade: int = 90, **said: Any) -> Path:
    """A street of 640 x 480 with a person in its middle and another at its edge."""
    pixels = np.random.default_rng(1).integers(shade, shade + 20, (480, 640, 3), dtype=np.uint8)
    for left, top in (IN_THE_MIDDLE, AT_THE_EDGE):
        pixels[top : top + 210, left : left + 180] = drawn_faces(FACES[:1])[30:240, 30:210]
    path.parent.mkdir(parents=True, exist_ok=True)
    gps = said.pop("gps", {**GPS, **RECEIVER_TIME})
    Image.fromarray(pixels).save(path, "JPEG", quality=92, exif=exif(gps, **said).tobytes(), xmp=xmp)
    return path


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor()


@pytest.fixture
def keeper(redactor: Redactor) -> PhotoKeeper:
    return PhotoKeeper(lambda: redactor)


def no_keeper(why: PhotoNotKept = PhotoNotKept.SELF_TEST) -> PhotoKeeper:
    def refuse() -> Redactor:
        raise NoRedactor("the face detector missed 1 of 5 faces of its own test", why)

    return PhotoKeeper(refuse)


def replayed(folder: Path, keeper: PhotoKeeper) -> tuple[list[tuple[Sighting, tuple[Picture, ...]]], Outcome]:
    outcome = Outcome()
    walk = RecordedWalk(Recording(photos=folder), outcome, keeper=keeper)
    return [(sighting, walk.pictures_of(sighting)) for sighting in lasting(walk)], outcome


def seen(picture: Picture) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    return np.asarray(Image.open(BytesIO(picture.jpeg)))


def is_filled(pixels: "np.ndarray[Any, np.dtype[np.uint8]]") -> bool:
    return bool((abs(pixels.astype(int) - FILL) <= 3).all())


def part(sighting: Sighting) -> Photo:
    assert sighting.photo is not None
    return sighting.photo


def test_of_a_phones_photo_the_middle_is_kept_without_people(tmp_path: Path, keeper: PhotoKeeper) -> None:
    street(tmp_path / "a.jpg")
    ((sighting, pictures),), outcome = replayed(tmp_path, keeper)
    assert sighting.kind is Kind.PHOTO
    (scene,) = pictures  # it shows as much of the middle as a crop would
    assert part(sighting).content_sha256 == hashlib.sha256(scene.jpeg).hexdigest()
    assert (part(sighting).reticle_sha256, part(sighting).bearing_deg, part(sighting).pitch_deg) == (None, 271.5, None)
    pixels = seen(scene)
    assert pixels.shape == (480, 640, 3)
    for outside in (pixels[:112], pixels[368:], pixels[:, :152], pixels[:, 488:]):
        assert is_filled(outside)
    left, top = IN_THE_MIDDLE
    assert is_filled(pixels[top + 50 : top + 130, left + 60 : left + 120])
    assert not is_filled(pixels[130:180, 400:470]), "what stands beside the person stays"
    assert (outcome.pictures, outcome.picture_bytes, outcome.troubles) == (1, len(scene.jpeg), [])
    assert b"Exif" not in scene.jpeg


@pytest.mark.realdata
def test_labelled_faces_in_the_middle_are_gone(testdata: Path, tmp_path: Path, keeper: PhotoKeeper) -> None:
    """Photos of people, as if a phone had taken them: 60 % of each label and more is the constant."""
    with (testdata / "photo" / "faces" / "labels.csv").open() as file:
        labels = list(csv.DictReader(file))
    for name in {label["file"] for label in labels}:
        image = Image.open(testdata / "photo" / "faces" / name)
        image.save(tmp_path / name, quality=95, exif=exif({**GPS, **RECEIVER_TIME}).tobytes())
    found, _ = replayed(tmp_path, keeper)
    assert len(found) == 9
    by_scene = {hashlib.sha256(one.jpeg).hexdigest(): seen(one) for _, pictures in found for one in pictures}
    for name in {label["file"] for label in labels}:
        digest = digest_of(tmp_path / name)
        assert digest is not None
        (sighting,) = (sighting for sighting, _ in found if sighting.id == id_of(b"photo", digest))
        pixels = by_scene[part(sighting).content_sha256]
        for label in labels:
            left, top, width, height = (int(label[side]) for side in ("left", "top", "width", "height"))
            face = pixels[top : top + height, left : left + width].astype(int)
            assert label["file"] != name or (abs(face - FILL).max(axis=2) <= 6).mean() > 0.6, label


def test_what_says_how_it_was_held_keeps_what_is_above_the_line(tmp_path: Path, keeper: PhotoKeeper) -> None:
    street(tmp_path / "a.jpg", xmp=LEVEL, inner={**ZONED, 0xA405: 26})
    ((sighting, pictures),), _ = replayed(tmp_path, keeper)
    pixels = seen(pictures[0])
    assert not is_filled(pixels[:60]), "sky"
    assert is_filled(pixels[390:]), "people"
    photo = part(sighting)
    assert (photo.pitch_deg, photo.roll_deg, photo.attitude_sd_deg) == (10.0, 0.0, None)
    assert photo.field_of_view_deg == pytest.approx(67.3, abs=0.05)  # 43.27 mm over the diagonal of 4:3, at 26 mm


@pytest.mark.parametrize(
    ("xmp", "inner"),
    [
        (b"", {0xA405: 26}), (LEVEL, {}), (LEVEL, {0xA405: 0}), (LEVEL, {0xA405: 26, 0xA404: 4.0}),
        (LEVEL, {0xA405: 26, 0xA002: 4000, 0xA003: 1000}), (LEVEL[:-20], {0xA405: 26}),
        (GPANO % b'GPano:PosePitchDegrees="10"', {0xA405: 26}),
        (GPANO % b'GPano:PosePitchDegrees="nan" GPano:PoseRollDegrees="0"', {0xA405: 26}),
        (GPANO % b'GPano:PosePitchDegrees="100" GPano:PoseRollDegrees="0"', {0xA405: 26}),
        (LEVEL.replace(b" GPano:PosePitch", b' GPano:ProjectionType="equirectangular" GPano:PosePitch'), {0xA405: 26}),
    ],
)  # fmt: skip
def test_where_anything_speaks_against_it_the_middle_alone_is_kept(
    xmp: bytes, inner: dict[int, Any], tmp_path: Path, keeper: PhotoKeeper
) -> None:
    street(tmp_path / "a.jpg", xmp=xmp, inner=inner)
    ((sighting, pictures),), _ = replayed(tmp_path, keeper)
    assert is_filled(seen(pictures[0])[:112])
    assert part(sighting).pitch_deg is None


@pytest.mark.parametrize(("day", "turned"), [("2026:05:09", True), ("2031:05:09", False)])
def test_a_magnetic_bearing_is_turned_as_long_as_the_declination_is_known(
    day: str, turned: bool, tmp_path: Path, keeper: PhotoKeeper
) -> None:
    street(tmp_path / "a.jpg", gps={**GPS, **RECEIVER_TIME, 16: "M", 29: day})
    ((sighting, _),), outcome = replayed(tmp_path, keeper)
    photo = part(sighting)
    if turned:
        known = declination(-47.5, -17.01, datetime(2026, 5, 9, tzinfo=UTC))
        assert known is not None
        assert photo.bearing_deg == pytest.approx(271.5 + known.deg, abs=0.06)
        assert sighting.subject is not None
        assert (photo.bearing_sd_deg or 0) > 12
        assert photo.magnetic_bearing_deg is None
        assert not [note for note in outcome.notes if "magnetic north" in note]
    else:
        assert (photo.bearing_deg, photo.bearing_sd_deg) == (None, 12.0), "the doubt is that of the magnetic one"
        assert sighting.subject is not None
        assert (sighting.subject.bearing_deg, sighting.subject.magnetic_bearing_deg) == (None, 271.5)
        assert photo.magnetic_bearing_deg == 271.5
        assert "a bearing from magnetic north" in outcome.notes[0]


def test_the_same_photo_gives_the_same_octets_and_ids(tmp_path: Path, keeper: PhotoKeeper) -> None:
    street(tmp_path / "one" / "a.jpg")
    first, _ = replayed(tmp_path / "one", keeper)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    street(tmp_path / "two" / "b.jpg", shade=120)
    second, _ = replayed(tmp_path / "two", PhotoKeeper())
    ((sighting, pictures),) = first
    same = next((one, those) for one, those in second if one.id == sighting.id)
    assert same[0].photo == sighting.photo
    assert same[1] == pictures


def test_one_bad_picture_leaves_a_pin_and_the_others_go_on(tmp_path: Path, keeper: PhotoKeeper) -> None:
    good = street(tmp_path / "b.jpg")
    (tmp_path / "a.jpg").write_bytes(good.read_bytes()[:-5000])
    shutil.copy(good, tmp_path / "small.jpg")
    Image.new("RGB", (40, 30)).save(tmp_path / "small.jpg", exif=exif({**GPS, **RECEIVER_TIME}).tobytes())
    found, outcome = replayed(tmp_path, keeper)
    assert sorted(sighting.kind for sighting, _ in found) == [Kind.PHOTO, Kind.PIN, Kind.PIN]
    assert {sighting.pin.photo_not_kept for sighting, _ in found if sighting.pin} == {PhotoNotKept.CAMERA}
    assert outcome.troubles == [f"{tmp_path}/a.jpg: its picture is cut short; copy it again from the camera"]
    assert [note for note in outcome.notes if "40 x 30 pixels only" in note]


@pytest.mark.parametrize("why", [PhotoNotKept.SELF_TEST, PhotoNotKept.NO_REDACTOR, PhotoNotKept.MEMORY])
def test_without_a_redactor_there_are_pins_and_it_is_told_once(why: PhotoNotKept, tmp_path: Path) -> None:
    for shade in (80, 90, 100):
        street(tmp_path / f"{shade}.jpg", shade=shade)
    found, outcome = replayed(tmp_path, no_keeper(why))
    assert [(sighting.kind, pictures) for sighting, pictures in found] == [(Kind.PIN, ())] * 3
    assert {sighting.pin.photo_not_kept for sighting, _ in found if sighting.pin} == {why}
    assert outcome.troubles == []
    (note,) = outcome.notes
    assert note.startswith("no picture is kept of 3 photos, only what is said of a camera: the face detector missed")


class Replayer(Walker):
    """A walker who replays folders into the outbox."""

    def puts(self, folder: Path, keeper: PhotoKeeper) -> RecordedWalk:
        """As `replay --outbox` does."""
        with Outbox(self.outbox) as box:
            walk = RecordedWalk(Recording(photos=folder), Outcome(), keeper=keeper, is_there=box.has_recording)
            once = OncePerRecording(box, walk.parts(), whole=[walk.content])
            if once.nothing_new:
                return walk
            once.add(PicturesOnce(once, walk).others(once.new(lasting(walk), walk.part_of)))
            walk.outcome.known = once.left_out + walk.left_out
        return walk

    def queued(self) -> tuple[int, int]:
        with Outbox(self.outbox) as box:
            return len(box.waiting(limit=999)), len(box.waiting(limit=999, pictures=True))


@pytest.fixture
def walker(tmp_path: Path) -> Replayer:
    return Replayer(tmp_path)


def test_a_photo_goes_in_once_with_its_picture(tmp_path: Path, walker: Replayer, keeper: PhotoKeeper) -> None:
    street(tmp_path / "photos" / "a.jpg")
    shutil.copy(tmp_path / "photos" / "a.jpg", tmp_path / "photos" / "the same.jpg")
    first = walker.puts(tmp_path / "photos", keeper)
    assert (walker.queued(), first.outcome.pictures, first.outcome.known) == ((1, 1), 1, 1)
    walker.puts(tmp_path / "photos", keeper)
    assert walker.queued() == (1, 1)
    street(tmp_path / "photos" / "b.jpg", shade=120)
    more = walker.puts(tmp_path / "photos", keeper)
    assert (walker.queued(), more.outcome.pictures, more.outcome.known) == ((2, 2), 1, 2)
    there, pictures = walker.delivers()
    assert ([sighting.kind for sighting in there], pictures) == ([Kind.PHOTO, Kind.PHOTO], 2)


def test_what_was_put_in_as_a_pin_gets_its_picture_and_the_pin_is_taken_back(
    tmp_path: Path, walker: Replayer, keeper: PhotoKeeper
) -> None:
    street(tmp_path / "photos" / "a.jpg")
    walker.puts(tmp_path / "photos", no_keeper())
    assert [sighting.kind for sighting in walker.delivers()[0]] == [Kind.PIN]
    walker.puts(tmp_path / "photos", no_keeper())
    assert walker.queued() == (1, 0), "nothing new"
    walker.puts(tmp_path / "photos", keeper)
    assert walker.queued() == (3, 1), "the pin, the photo, and what takes the pin back"
    there, pictures = walker.delivers()
    assert ([sighting.kind for sighting in there], pictures) == ([Kind.PHOTO], 1)
    for other in (keeper, no_keeper()):
        walker.puts(tmp_path / "photos", other)
        assert walker.queued() == (3, 1), "with its picture there, it is no pin any more"


def test_a_picture_that_could_not_be_made_is_tried_again(tmp_path: Path, walker: Replayer, keeper: PhotoKeeper) -> None:
    whole = street(tmp_path / "photos" / "a.jpg")
    whole.write_bytes(whole.read_bytes()[:-5000])
    for _ in range(2):
        walk = walker.puts(tmp_path / "photos", keeper)
        assert (walker.queued(), len(walk.outcome.troubles)) == ((1, 0), 1)


def test_killed_in_the_middle_it_goes_on_where_it_was(tmp_path: Path, walker: Replayer, keeper: PhotoKeeper) -> None:
    """What is in there is whole: no picture without its sighting, none the other way round."""
    for shade in (60, 90, 120):
        street(tmp_path / "photos" / f"{shade}.jpg", shade=shade)
    first = RecordedWalk(Recording(photos=tmp_path / "photos"), Outcome(), keeper=keeper)
    with Outbox(walker.outbox) as box:
        once = OncePerRecording(box, first.parts(), whole=[first.content])
        made = lasting(first)
        list(PicturesOnce(once, first).others(once.new([next(made)], first.part_of)))
    assert walker.queued() == (1, 1)
    second = walker.puts(tmp_path / "photos", keeper)
    assert (walker.queued(), second.outcome.pictures, second.outcome.known) == ((3, 3), 2, 1)
    assert walker.delivers()[1] == 3


def test_only_the_last_pictures_are_held(tmp_path: Path, keeper: PhotoKeeper) -> None:
    for shade in (60, 90):
        street(tmp_path / f"{shade}.jpg", shade=shade)
    walk = RecordedWalk(Recording(photos=tmp_path), Outcome(), keeper=keeper)
    first, second = lasting(walk)
    assert (walk.pictures_of(first), len(walk.pictures_of(second))) == ((), 1)


def test_progress_is_told_to_the_end(tmp_path: Path, keeper: PhotoKeeper) -> None:
    for shade in (60, 90):
        street(tmp_path / f"{shade}.jpg", shade=shade)
    told: list[tuple[int, int, float]] = []
    walk = RecordedWalk(
        Recording(photos=tmp_path), Outcome(), keeper=keeper, photo_progress=lambda *done: told.append(done)
    )
    list(lasting(walk))
    assert told == sorted(told)
    assert {(done, of) for done, of, _ in told} == {(0, 2), (1, 2)}
    assert (told[0][2], told[-1][2]) == (0.0, 1.0)


def test_what_was_covered_in_the_middle_is_told_once_for_all(tmp_path: Path, keeper: PhotoKeeper) -> None:
    """It may have been the camera: the walker can take another picture, and nobody thinks that it was kept."""
    for shade in (60, 70, 80, 90, 100, 110):
        street(tmp_path / f"{shade}.jpg", shade=shade)
    grain = np.random.default_rng(1).integers(90, 110, (480, 640, 3), dtype=np.uint8)
    Image.fromarray(grain).save(tmp_path / "nobody.jpg", quality=92, exif=exif({**GPS, **RECEIVER_TIME}).tobytes())
    _, outcome = replayed(tmp_path, keeper)
    assert (outcome.pictures, outcome.covered_middles) == (7, 6)
    (note,) = outcome.notes
    assert note.startswith("in the middle of 6 pictures something like a face was covered (")
    assert note.endswith(", ...): if that was the camera, step aside and take another")
    assert note.count(".jpg") == 5
    assert "nobody" not in note


def test_the_command_prints_sightings_and_never_a_picture(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    street(photos / "a.jpg")
    done = probe("replay", "--photos", photos)
    assert done.returncode == 0, done.stderr
    (sighting,) = map(decode_sighting, done.stdout.splitlines())
    scene = part(sighting).content_sha256
    assert f"picture {scene}, " in done.stderr
    assert f"bytes, of {photos}/a.jpg" in done.stderr
    assert "1 pictures without people" in done.stderr
    assert not any(path.suffix in (".jpg", ".tmp", "") and path.is_file() for path in tmp_path.iterdir())


def test_the_command_keeps_pictures_sealed(tmp_path: Path, walker: Replayer) -> None:
    street(tmp_path / "photos" / "a.jpg")
    words = ("replay", "--photos", tmp_path / "photos", "--outbox", walker.outbox, "--json")
    done = probe(*words)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["sightings"], told["pictures"]) == (1, 1)
    assert walker.queued() == (1, 1)
    assert b"JFIF" not in walker.outbox.read_bytes()
    again = json.loads(probe(*words).stdout)
    assert "nothing was added" in again["notes"][0]
    assert walker.delivers()[1] == 1


def test_a_middle_of_which_nothing_is_left_is_told(tmp_path: Path, keeper: PhotoKeeper) -> None:
    near = drawn_faces(((240, 150, 110), (330, 170, 110), (400, 150, 110)))
    Image.fromarray(near).save(tmp_path / "a.jpg", quality=92, exif=exif({**GPS, **RECEIVER_TIME}).tobytes())
    assert (
        replayed(tmp_path, keeper)[1]
        .notes[0]
        .startswith(f"{tmp_path / 'a.jpg'}: hardly anything is left of its middle")
    )
