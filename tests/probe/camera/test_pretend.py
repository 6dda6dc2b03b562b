"""Cameras that pretend: chosen by name, and their scripts read with care."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("cv2", reason="OpenCV is not installed: pip install 'contrechamp[camera]'")
from probe.camera.adapter import NoCamera
from probe.camera.choose import camera_at
from probe.camera.pose import Pose
from probe.camera.pretend import MAX_SCRIPT_BYTES, folder_camera, scripted_camera
from probe.contract.sighting import Place
from probe.errors import BadInput
from tests.probe.camera.scenes import octets, scene, written

SCRIPT = """\
[[picture]]
file = "one.jpg"
lat = 47.1
lon = -1.5
accuracy_m = 4.0
bearing_deg = 120.0
bearing_sd_deg = 3.0
pitch_deg = 12.0
roll_deg = -1.0
attitude_sd_deg = 1.0
field_of_view_deg = 66.0
tags = ["dome", "pole"]

[[picture]]
file = "two.jpg"
"""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    written(folder / "one.jpg", octets(scene()))
    written(folder / "two.jpg", octets(scene(400, 300)))
    return folder


@pytest.mark.parametrize(
    "spec", ["", "AUTO", "auto:", "picamera2:1", "v4l2:", "v4l2:0", "v4l2:/dev/null", "v4l2:/dev/video", "folder:",
             "scripted:", "folder", "rtsp://somebody"],
)  # fmt: skip
def test_what_is_no_camera_is_told_what_is_one(spec: str) -> None:
    with pytest.raises(BadInput, match="is no camera; give one of: auto, picamera2"):
        camera_at(spec)


def test_real_cameras_are_no_fakes_and_are_not_looked_for_before_they_are_needed() -> None:
    assert not any(camera_at(spec).fake for spec in ("auto", "picamera2", "v4l2", "v4l2:/dev/video7"))
    (candidate,) = camera_at("v4l2:/dev/video9999").candidates(None, 1.0)
    assert candidate.name == "/dev/video9999"


def test_a_folder_shows_its_jpegs_one_after_the_other_and_again(pictures: Path, tmp_path: Path) -> None:
    for name in ("one.jpg", "two.jpg"):
        (tmp_path / name).write_bytes((pictures / name).read_bytes())
    (tmp_path / "notes.txt").write_text("no picture")
    written(tmp_path / "three.JPEG", b"\xff\xd8\xff no picture either")
    camera = folder_camera(tmp_path)
    assert camera.read().shape == camera.read().shape == (240, 320, 3), "until a photo is taken"
    camera.taken()
    with pytest.raises(NoCamera, match=r"three\.JPEG"):
        camera.read()
    assert camera.read().shape == (300, 400, 3), "the others go on"
    camera.taken()
    assert camera.read().shape == (240, 320, 3)
    assert camera.said is None
    (tmp_path / "empty").mkdir()
    for folder, says in ((tmp_path / "empty", "no JPEG in it"), (tmp_path / "gone", "No such file")):
        with pytest.raises(BadInput, match=says):
            camera_at(f"folder:{folder}")


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_a_script_says_where_and_how(suffix: str, pictures: Path) -> None:
    script = pictures / f"walk{suffix}"
    first = {"file": "one.jpg", "lat": 47.1, "lon": -1.5, "accuracy_m": 4.0, "bearing_deg": 120.0,
             "bearing_sd_deg": 3.0, "pitch_deg": 12.0, "roll_deg": -1.0, "attitude_sd_deg": 1.0,
             "field_of_view_deg": 66.0, "tags": ["dome", "pole"]}  # fmt: skip
    script.write_text(SCRIPT if suffix == ".toml" else json.dumps({"picture": [first, {"file": "two.jpg"}]}))
    camera = scripted_camera(script)
    said = camera.said
    assert said is not None
    assert said.place == Place(lat=47.1, lon=-1.5, accuracy_m=4.0)
    assert said.pose == Pose(
        pitch_deg=12.0,
        roll_deg=-1.0,
        attitude_sd_deg=1.0,
        field_of_view_deg=66.0,
        bearing_deg=120.0,
        bearing_sd_deg=3.0,
    )
    assert said.words == ("dome", "pole")
    camera.taken()
    assert camera.said is not None
    assert camera.said.place is None, "not said is not known"
    assert camera.said.pose == Pose()
    assert camera_at(f"scripted:{script}").fake


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "picture"),
        ("picture = []", "length >= 1"),
        ('[[picture]]\nfile = "gone.jpg"', "is not there"),
        ('[[picture]]\nfile = "o\\u0000ne.jpg"', "is not there"),
        ('[[picture]]\nfile = "one.jpg"\nlat = 47.0', "half a place"),
        ('[[picture]]\nfile = "one.jpg"\nlat = 97.0\nlon = 0.0', "<= 90"),
        ('[[picture]]\nfile = "one.jpg"\npitch = 1.0', "unknown field"),
        ('[[picture]]\nfile = "one.jpg"\nbearing_deg = nan', "not a script|float"),
        ('[[picture]]\nfile = "one.jpg"\ntags = ["pigeon"]', "says nothing of a camera"),
        ("\udcff", "not a script"),
    ],
)
def test_a_script_that_is_none_is_one_sentence(text: str, says: str, pictures: Path) -> None:
    script = pictures / "bad.toml"
    script.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadInput, match=says) as refused:
        scripted_camera(script)
    assert str(script) in str(refused.value)


def test_no_file_is_read_without_end(tmp_path: Path) -> None:
    script = tmp_path / "long.toml"
    script.write_bytes(b"#" * (MAX_SCRIPT_BYTES + 1))
    with pytest.raises(BadInput, match="larger than"):
        scripted_camera(script)
    with pytest.raises(BadInput, match="No such file"):
        scripted_camera(tmp_path / "gone.toml")


def test_a_script_that_is_cut_anywhere_is_a_script_or_refused(pictures: Path) -> None:
    script = pictures / "cut.toml"
    for length in range(len(SCRIPT)):
        script.write_text(SCRIPT[:length])
        _read(script)


@settings(max_examples=60)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: f"[[picture]]\n{text}".encode())))
def test_no_octets_are_more_than_a_script_or_refused(pictures: Path, data: bytes) -> None:
    for suffix in (".toml", ".json"):
        script = pictures / f"fuzzed{suffix}"
        script.write_bytes(data)
        _read(script)


def _read(script: Path) -> None:
    try:
        camera = scripted_camera(script)
    except BadInput as problem:
        assert str(script) in str(problem)
    else:
        assert camera.said is not None
