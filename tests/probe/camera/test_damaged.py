"""Files that are cut, filled up or garbled: a picture that is whole, or a sentence; never half of one."""

import re
import tempfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from probe.camera.container import NoReader
from probe.camera.decode import LONGEST_PX, NoPixels, pixels_of
from probe.camera.jpeg import Damaged, structure_of
from probe.redact.faces import Pixels
from tests.probe.camera.compose import GPS, exif
from tests.probe.camera.scenes import KINDS, octets, scene, written

NOISE = Image.fromarray(np.random.default_rng(2).integers(0, 256, (24, 176, 3), dtype=np.uint8))
RESTARTS = octets(NOISE, restart_marker_blocks=3)
WHOLE = {
    **{kind: octets(NOISE, kind, exif=exif(GPS).tobytes()) for kind in KINDS},
    "progressive JPEG": octets(NOISE, progressive=True),
    "JPEG with restarts": RESTARTS,
    "packed TIFF": octets(NOISE, "TIFF", compression="tiff_lzw"),
}


def decoded(data: bytes) -> Pixels | None:
    """The picture in a file, None where it is refused in one sentence."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(data)
        try:
            return pixels_of(Path(file.name))
        except (NoPixels, NoReader) as problem:
            assert "\n" not in str(problem)
            return None


@pytest.mark.parametrize("kind", WHOLE)
def test_cut_anywhere_it_is_refused_or_whole(kind: str) -> None:
    data = WHOLE[kind]
    whole = decoded(data)
    assert whole is not None
    assert whole.shape == (24, 176, 3)
    for end in range(0, len(data), max(1, len(data) // 500)):
        seen = decoded(data[:end])
        assert seen is None or (seen == whole).all(), f"cut at {end} of {len(data)}"


def test_heic_cut_anywhere_is_refused_or_whole() -> None:
    pytest.importorskip("pillow_heif", reason="no pillow-heif here: pip install 'contrechamp[heic]'")
    data = octets(NOISE, "HEIC")
    whole = decoded(data)
    assert whole is not None
    for end in range(0, len(data), max(1, len(data) // 200)):
        seen = decoded(data[:end])
        assert seen is None or (seen == whole).all(), f"cut at {end} of {len(data)}"


@pytest.mark.parametrize("kind", ["JPEG", "progressive JPEG", "JPEG with restarts"])
def test_a_jpeg_that_goes_on_with_zeros_is_refused(kind: str) -> None:
    """What a copy leaves that was cut short: Pillow shows half of it, and grey."""
    data = WHOLE[kind]
    for end in range(data.index(b"\xff\xda"), len(data), 97):
        assert decoded(data[:end] + bytes(len(data) - end)) is None, end


def test_one_that_was_cut_and_closed_again_is_refused_where_it_has_restarts() -> None:
    for end in range(RESTARTS.index(b"\xff\xda") + 30, len(RESTARTS) - 400, 97):
        assert decoded(RESTARTS[:end] + b"\xff\xd9") is None, end


def test_no_library_speaks_in_between(capfd: pytest.CaptureFixture[str]) -> None:
    data = WHOLE["packed TIFF"]
    for end in range(len(data) - 3000, len(data), 100):
        decoded(data[:end])
        decoded(data[: end // 2] + b"\xff" * 99 + data[end // 2 + 99 :])
    assert capfd.readouterr().err == ""


def test_what_stands_behind_a_picture_does_not_matter() -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        assert decoded(WHOLE[kind] + b"a film, or another picture" * 90) is not None


def test_a_png_whose_check_sums_are_wrong_is_refused() -> None:
    data = bytearray(octets(NOISE, "PNG", compress_level=0))
    data[data.index(b"IDAT") + 400] ^= 1
    assert decoded(bytes(data)) is None


def test_more_scans_than_any_camera_writes_are_refused() -> None:
    """Each of them costs a pass over the whole picture, in a file of a few octets more."""
    data = octets(NOISE, progressive=True)
    last = data.rindex(b"\xff\xda")
    with pytest.raises(Damaged, match="more scans"):
        structure_of(BytesIO(data[:last] + data[last:-2] * 70 + b"\xff\xd9"))
    with pytest.raises(Damaged, match="more parts"):
        structure_of(BytesIO(b"\xff\xd8" + b"\xff\xfe\0\2" * 20_000))


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_the_structure_of_a_jpeg(subsampling: int, mode: str) -> None:
    image = NOISE.convert(mode)
    data = octets(image, subsampling=subsampling, restart_marker_blocks=1)
    found = structure_of(BytesIO(data))
    assert found.units == 1 + len(re.findall(rb"\xff[\xd0-\xd7]", data[data.index(b"\xff\xda") :]))
    assert (found.width, found.height, found.scans, found.held) == (176, 24, 1, False)
    wide, tall = {0: (8, 8), 1: (16, 8), 2: (16, 16)}[subsampling if mode != "L" else 0]
    assert found.units == (176 // wide) * -(-24 // tall)
    assert structure_of(BytesIO(octets(image, progressive=True))).held


@given(
    kind=st.sampled_from(sorted(WHOLE)),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_garbled_anywhere_it_is_a_picture_or_a_sentence(kind: str, changes: list[tuple[float, int]]) -> None:
    data = bytearray(WHOLE[kind])
    for at, octet in changes:
        data[int(at * len(data))] = octet
    seen = decoded(bytes(data))
    assert seen is None or (seen.ndim == 3 and max(seen.shape) <= LONGEST_PX and seen.dtype == np.uint8)


@given(kind=st.sampled_from(sorted(WHOLE)), keep=st.integers(12, 700), data=st.binary(max_size=400))
def test_anything_behind_the_start_of_a_kind(kind: str, keep: int, data: bytes) -> None:
    seen = decoded(WHOLE[kind][:keep] + data)
    assert seen is None or max(seen.shape) <= LONGEST_PX


def test_one_bad_file_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "IMG_1.jpg", octets(scene())[:-900])
    with pytest.raises(NoPixels, match=r"IMG_1\.jpg: its picture is cut short; copy it again"):
        pixels_of(path)
