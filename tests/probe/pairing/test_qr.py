"""The pairing code is read off pictures as people take them, and anything else is refused in a sentence."""

from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from probe.contract.code import make_code, new_token
from probe.errors import BadInput
from probe.pairing.qr import FORMATS, first_code, read_code
from tests.probe.pairing.scene import drawn, photographed

CODE = make_code("5a" * 32, new_token(), "mqtts://hub-of-the-neighbourhood.example.org:8883").qr

HOW = {
    "as drawn": {},
    "tilted 50": {"tilt_deg": 50},
    "turned 37": {"turn_deg": 37},
    "upside down": {"turn_deg": 180},
    "blurred": {"blur_px": 2.2},
    "noisy": {"noise": 45},
    "faint": {"contrast": 0.25, "noise": 6},
    "half in the shade": {"shade": 0.8},
    "small": {"module_px": 3},
    "all at once": {"tilt_deg": 30, "turn_deg": 12, "blur_px": 1.3, "noise": 20, "contrast": 0.6, "shade": 0.4},
}


@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_a_photographed_code_is_read(how: dict[str, float], tmp_path: Path) -> None:
    photographed(CODE, **how).save(tmp_path / "photo.jpg", quality=70)  # type: ignore[arg-type]
    assert read_code(tmp_path / "photo.jpg") == CODE


def test_a_large_colour_photo_that_lies_on_its_side_is_read(tmp_path: Path) -> None:
    photo = photographed(CODE, tilt_deg=20, noise=10).resize((4032, 2268)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    photo.save(tmp_path / "photo.jpg", exif=exif)
    assert read_code(tmp_path / "photo.jpg") == CODE


def test_a_camera_is_watched_until_it_shows_the_code() -> None:
    frames = [
        np.zeros((720, 1280), np.uint8),
        np.asarray(photographed("something else")),
        np.asarray(photographed(CODE)),
    ]
    assert first_code(iter(frames), until=lambda: False) == CODE
    assert first_code(iter(frames * 2), until=lambda: True) is None


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda path: Image.new("L", (640, 480), 90).save(path), "no pairing code"),
        (lambda path: photographed("https://example.org").save(path), "no pairing code"),
        (lambda path: path.write_text("not a picture at all"), "not a picture"),
        (lambda path: path.write_bytes(b""), "not a picture"),
        (lambda path: Image.new("1", (20_000, 20_000)).save(path), "pixels"),
        (lambda path: Image.new("1", (70_000, 4)).save(path), "pixels"),
        (lambda _path: None, "no such file"),
    ],
)
def test_what_is_no_code_is_said(made: object, says: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    made(path)  # type: ignore[operator]
    with pytest.raises(BadInput, match=says):
        read_code(path)


def test_two_codes_in_one_picture_are_too_many(tmp_path: Path) -> None:
    other = make_code("5b" * 32, new_token(), None).qr
    both = Image.new("L", (900, 500), 200)
    both.paste(drawn(CODE), (10, 50))
    both.paste(drawn(other), (460, 50))
    both.save(tmp_path / "both.png")
    with pytest.raises(BadInput, match="several"):
        read_code(tmp_path / "both.png")


def test_a_photo_cut_anywhere_is_refused_or_read(tmp_path: Path) -> None:
    photographed(CODE).save(tmp_path / "photo.jpg")
    whole = (tmp_path / "photo.jpg").read_bytes()
    path = tmp_path / "cut.jpg"
    for end in range(0, len(whole), len(whole) // 60):
        path.write_bytes(whole[:end])
        try:
            assert read_code(path) == CODE
        except BadInput as problem:
            assert "cut.jpg" in str(problem)


@cache
def _small(form: str) -> bytes:
    out = BytesIO()
    Image.effect_noise((40, 30), 40).convert("RGB").save(out, form)
    return out.getvalue()


_DAMAGE = st.tuples(st.floats(0, 1), st.integers(0, 12), st.binary(max_size=8))


@given(form=st.sampled_from(FORMATS), damage=st.lists(_DAMAGE, max_size=8))
def test_a_picture_damaged_in_any_way_is_refused_in_a_sentence(
    form: str, damage: list[tuple[float, int, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = bytearray(_small(form))
    for where, removed, put in damage:
        at = int(where**3 * len(data))  # more often near the start, where the lengths and the tables stand
        data[at : at + removed] = put
    path = tmp_path_factory.getbasetemp() / "damaged.bin"
    path.write_bytes(data)
    with pytest.raises(BadInput, match="damaged"):
        read_code(path)


@pytest.mark.parametrize("form", FORMATS)
def test_a_code_in_any_of_the_formats_is_read(form: str, tmp_path: Path) -> None:
    drawn(CODE).convert("RGB").save(tmp_path / "code", form)
    assert read_code(tmp_path / "code") == CODE


def test_formats_that_would_start_another_program_are_not_read(tmp_path: Path) -> None:
    drawn(CODE).convert("RGB").save(tmp_path / "code.eps")
    with pytest.raises(BadInput, match="not a picture"):
        read_code(tmp_path / "code.eps")
