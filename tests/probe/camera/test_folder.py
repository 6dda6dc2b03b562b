"""Folders of photos: what is read of them, what is passed over, and what is told."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.camera.folder import MAX_DEPTH, PhotoCounts, PhotoObservation, read_folder, read_photo
from probe.camera.geotag import LeftOut
from probe.camera.pins import pin_of
from probe.contract.sighting import Adapter, CameraKind, DirectionClaim, KindClaim, Making, PhotoNotKept, Place
from probe.errors import BadInput
from tests.probe.camera.compose import GPS, RECEIVER_TIME, ZONED, jpeg, photo


def looks(folder: Path) -> tuple[list[PhotoObservation], PhotoCounts]:
    counts = PhotoCounts()
    return list(read_folder(folder, counts)), counts


def test_a_geotagged_photo_is_a_look(tmp_path: Path) -> None:
    more = {**GPS, **RECEIVER_TIME, 25: "K", 26: 0.009, 31: 4.2}
    look = read_photo(photo(tmp_path / "a.jpg", more, description="camera:type=dome; camera:mount=pole"))
    assert look.observer == Place(lat=-47.5, lon=-17.01, accuracy_m=4.2)
    assert look.bearing_deg == 271.5
    assert look.distance_m == 9.0
    assert look.taken_at is not None
    assert look.taken_at.isoformat() == "2026-05-09T09:30:01+00:00"
    assert dict(look.tags) == {"camera:type": "dome", "camera:mount": "pole"}


def test_what_is_left_out_is_named(tmp_path: Path) -> None:
    look = read_photo(photo(tmp_path / "a.jpg", {**GPS, **RECEIVER_TIME, 16: "M", 29: "2096:01:01"}, inner=ZONED))
    assert look.bearing_deg is None
    assert look.left_out == (LeftOut.MAGNETIC, LeftOut.RECEIVER_TIME)
    assert look.observer is not None
    assert look.taken_at is not None


def test_a_photo_without_a_place_says_why(tmp_path: Path) -> None:
    assert "no position in its EXIF" in (read_photo(photo(tmp_path / "a.jpg", None)).no_place or "")
    assert "out of range" in (read_photo(photo(tmp_path / "b.jpg", {**GPS, 2: (99.0, 0.0, 0.0)})).no_place or "")
    with pytest.raises(BadInput, match="no EXIF"):
        read_photo(photo(tmp_path / "c.jpg", None, description=None))


def test_one_bad_photo_does_not_spoil_the_others(tmp_path: Path) -> None:
    photo(tmp_path / "b.jpg")
    (tmp_path / "a.jpg").write_bytes(b"not a picture")
    (tmp_path / "empty.JPG").touch()
    (tmp_path / "notes.txt").write_text("ignored")
    (tmp_path / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0isommp42")
    (tmp_path / "odd.jpg").write_bytes(jpeg(b"II*\0\x08\0\0\0\xff\xff" + os.urandom(200)))
    (tmp_path / "sound.jpg").mkdir()
    seen, counts = looks(tmp_path)
    assert len(seen) == counts.photos == 1
    assert (counts.files, counts.others) == (4, 2)
    assert [name for name in ("a.jpg", "empty.JPG", "odd.jpg") if any(name in told for told in counts.bad)] == [
        "a.jpg",
        "empty.JPG",
        "odd.jpg",
    ]


@pytest.mark.parametrize("name", ["a.HEIC", "a.jpe", "a.jfif", "a.mpo", "a.avif", "a.insp", "a.dng", "a", "a.jpg.1"])
def test_content_decides_not_the_suffix(name: str, tmp_path: Path) -> None:
    photo(tmp_path / name)
    assert len(looks(tmp_path)[0]) == 1


def test_kinds_that_are_not_read_are_counted_with_what_to_do(tmp_path: Path) -> None:
    photo(tmp_path / "a.gif", kind="GIF")
    (tmp_path / "b.cr3").write_bytes(b"\0\0\0\x18ftypcrx \0\0\0\1crx isom")
    (tmp_path / "c.jxl").write_bytes(b"\xff\x0a12345")
    counts = looks(tmp_path)[1]
    assert counts.files == 3
    assert sorted(counts.passed_over.values()) == [1, 1, 1]
    assert all("export it as JPEG" in why for why in counts.passed_over)


def test_folders_as_cameras_fill_them(tmp_path: Path) -> None:
    for name in ("DCIM/100MEDIA/a.jpg", "DCIM/101MEDIA/b.jpg", "c.jpg"):
        photo(tmp_path / name)
    for name in (".thumbnails/a.jpg", "DCIM/.trashed-1-a.jpg", "@eaDir/a.jpg", "DCIM/100MEDIA/._a.jpg"):
        photo(tmp_path / name)
    seen, counts = looks(tmp_path)
    assert [Path(look.name).name for look in seen] == ["c.jpg", "a.jpg", "b.jpg"]
    assert (counts.folders, counts.hidden, counts.bad) == (4, 4, [])


def test_links_are_not_followed_in_circles(tmp_path: Path) -> None:
    photo(tmp_path / "real" / "a.jpg")
    (tmp_path / "real" / "up").symlink_to(tmp_path)
    (tmp_path / "real" / "self").symlink_to(tmp_path / "real" / "self")
    (tmp_path / "real" / "b.jpg").symlink_to(tmp_path / "real" / "a.jpg")
    (tmp_path / "real" / "gone.jpg").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.jpg")
    seen, counts = looks(tmp_path)
    assert len(seen) == 2
    assert counts.links == 1
    assert len(looks_through_a_link(tmp_path)) == 2


def looks_through_a_link(folder: Path) -> list[PhotoObservation]:
    (folder / "link").symlink_to(folder / "real")
    return looks(folder / "link")[0]


def test_folders_too_deep_are_told(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*(["x"] * (MAX_DEPTH + 1)))
    photo(deep / "a.jpg")
    seen, counts = looks(tmp_path)
    assert seen == []
    assert "not read" in counts.bad[0]
    photo(deep.parent / "b.jpg")
    assert len(looks(tmp_path)[0]) == 1


def test_no_more_is_read_than_is_asked_for(tmp_path: Path) -> None:
    """A photo's metadata stands at its start; what a file of 200 megapixels has behind it is not touched."""
    path = photo(tmp_path / "a.jpg")
    with path.open("r+b") as file:
        file.truncate(200_000_000)
    assert read_photo(path).bearing_deg == 271.5
    with path.open("r+b") as file:
        file.truncate(300_000_000)
    with pytest.raises(BadInput, match="larger than 256 MB"):
        read_photo(path)


@given(st.binary(max_size=300))
def test_any_exif_bytes(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jpg"
        path.write_bytes(jpeg(b"II*\0\x08\0\0\0" + data))
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
    pin = pin_of(a_look(camera_type="dome", camera_direction="SSW"), walk="a" * 32, made=made, id="b" * 32)
    assert pin.pin is not None
    assert pin.pin.photo_not_kept is PhotoNotKept.NO_REDACTOR
    assert pin.photo is None
    assert pin.subject is not None
    assert pin.subject.place is not None
    assert pin.subject.place.lon > -17
    kind = next(claim for claim in pin.claims if isinstance(claim, KindClaim))
    direction = next(claim for claim in pin.claims if isinstance(claim, DirectionClaim))
    assert (kind.value, direction.value) == (CameraKind.DOME, 202.5)


def test_a_photo_alone_claims_nothing() -> None:
    made = Making(adapter=Adapter.REPLAY, software="test")
    assert pin_of(a_look(highway="street_lamp"), walk="a" * 32, made=made, id="b" * 32).claims == ()
