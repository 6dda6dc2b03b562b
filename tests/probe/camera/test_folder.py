"""Photos with EXIF as phones write it, without it, and with nonsense in it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from probe.camera.folder import PhotoCounts, PhotoObservation, read_folder, read_photo
from probe.camera.pins import pin_of
from probe.contract.sighting import Adapter, CameraKind, DirectionClaim, KindClaim, Making, PhotoNotKept, Place
from probe.errors import BadInput

GPS: dict[int, Any] = {1: "S", 2: (47.0, 30.0, 0.0), 3: "W", 4: (17.0, 0.0, 36.0), 16: "T", 17: IFDRational(2715, 10)}


def photo(path: Path, gps: dict[int, Any] | None, description: str | None = None) -> Path:
    picture = Image.new("RGB", (8, 8))
    exif = picture.getexif()
    if description is not None:
        exif[0x010E] = description
    if gps is not None:
        exif.get_ifd(0x8825).update(gps)
    picture.save(path, "JPEG", exif=exif)
    return path


def test_a_geotagged_photo_is_a_look(tmp_path: Path) -> None:
    more = {**GPS, 7: (9, 30, 1), 29: "2026:05:09", 25: "K", 26: IFDRational(9, 1000), 31: IFDRational(42, 10)}
    look = read_photo(photo(tmp_path / "a.jpg", more, "camera:type=dome; camera:mount=pole"))
    assert (look.observer.lat, look.observer.lon) == (-47.5, -17.01)
    assert look.observer.accuracy_m == 4.2
    assert look.bearing_deg == 271.5
    assert look.distance_m == 9.0
    assert look.taken_at == datetime(2026, 5, 9, 9, 30, 1, tzinfo=UTC)
    assert dict(look.tags) == {"camera:type": "dome", "camera:mount": "pole"}


def test_a_magnetic_bearing_is_left_out(tmp_path: Path) -> None:
    assert read_photo(photo(tmp_path / "a.jpg", {**GPS, 16: "M"})).bearing_deg is None


@pytest.mark.parametrize(
    ("gps", "words"),
    [(None, "no EXIF"), ({1: "N"}, "no position"), ({**GPS, 2: (99.0, 0.0, 0.0)}, "no position")],
)
def test_a_photo_without_a_place_is_told(gps: dict[int, Any] | None, words: str, tmp_path: Path) -> None:
    path = photo(tmp_path / "a.jpg", gps)
    with pytest.raises(BadInput, match=words):
        read_photo(path)


def test_one_bad_photo_does_not_spoil_the_others(tmp_path: Path) -> None:
    photo(tmp_path / "b.jpg", GPS)
    (tmp_path / "a.jpg").write_bytes(b"not a picture")
    (tmp_path / "notes.txt").write_text("ignored")
    counts = PhotoCounts()
    assert len(list(read_folder(tmp_path, counts))) == 1
    assert counts.files == 2
    assert counts.bad is not None
    assert "a.jpg" in counts.bad[0]


def test_cut_at_any_place_it_is_a_look_or_a_sentence(tmp_path: Path) -> None:
    whole = photo(tmp_path / "a.jpg", GPS, "camera:type=dome").read_bytes()
    for end in range(0, len(whole), 7):
        path = tmp_path / "cut.jpg"
        path.write_bytes(whole[:end])
        try:
            read_photo(path)
        except BadInput as problem:
            assert "\n" not in str(problem)


@given(st.binary(max_size=300))
def test_any_exif_bytes(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jpg"
        picture = Image.new("RGB", (4, 4))
        picture.save(path, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0" + data)
        try:
            read_photo(path)
        except BadInput as problem:
            assert "\n" not in str(problem)


def a_look(**tags: str) -> PhotoObservation:
    return PhotoObservation(
        observer=Place(lat=47, lon=-17), taken_at=None, bearing_deg=90.0, distance_m=10.0,
        tags=tuple((key.replace("_", ":"), value) for key, value in tags.items()),
    )  # fmt: skip


def test_a_look_becomes_a_pin_and_no_picture() -> None:
    made = Making(adapter=Adapter.REPLAY, software="test")
    pin = pin_of(a_look(camera_type="dome", camera_direction="SSW"), walk="a" * 32, made=made, new_id=lambda: "b" * 32)
    assert pin.pin is not None
    assert pin.pin.photo_not_kept is PhotoNotKept.NO_REDACTOR
    assert pin.photo is None
    assert pin.subject is not None
    assert pin.subject.place is not None
    assert pin.subject.place.lon > -17
    kind = next(claim for claim in pin.claims if isinstance(claim, KindClaim))
    direction = next(claim for claim in pin.claims if isinstance(claim, DirectionClaim))
    assert (kind.value, direction.value) == (CameraKind.DOME, 202.5)


@pytest.mark.parametrize("text", ["180, 270", "90;160;270", "190-100", "south", "-5", "nan", "361", ""])
def test_what_is_not_one_direction_is_no_claim(text: str) -> None:
    made = Making(adapter=Adapter.REPLAY, software="test")
    pin = pin_of(a_look(camera_direction=text), walk="a" * 32, made=made, new_id=lambda: "b" * 32)
    assert not any(isinstance(claim, DirectionClaim) for claim in pin.claims)
