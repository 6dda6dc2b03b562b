"""Nothing of what was under the brush is left: two pictures that differ only there become the same octets."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hub.errors import BadInput
from hub.photo.brush import FILL, MAX_BOXES, covered
from probe.contract.sighting import Box
from probe.redact.view import box_pixels
from tests.hub.photo.world import jpeg_of, noise

ALL = Box(left=0.0, top=0.0, width=1.0, height=1.0)
SIZE = 96, 64
shares = st.floats(0, 1, allow_nan=False)


@settings(max_examples=25, deadline=None)
@given(shares, shares, st.floats(0.01, 1), st.floats(0.01, 1), st.sampled_from([0, 1, 2]), st.integers(0, 2**32 - 1))
def test_pictures_that_differ_only_under_the_brush_become_the_same(
    left: float, top: float, wide: float, tall: float, subsampling: int, seed: int
) -> None:
    box = Box(left=left, top=top, width=wide, height=tall)
    one = noise(1, *SIZE)
    other = one.copy()
    x, y, right, bottom = box_pixels(box, *SIZE)
    part = other[y:bottom, x:right]
    part[:] = np.random.default_rng(seed).integers(0, 256, part.shape, dtype=np.uint8)
    made = [covered(jpeg_of(pixels, subsampling=subsampling), [box]) for pixels in (one, other)]
    assert made[0] == made[1]
    now = np.asarray(Image.open(BytesIO(made[0]))).astype(int)
    inner = now[
        y + 3 : max(0, bottom - 3), x + 3 : max(0, right - 3)
    ]  # colours outside are smeared over the edge again
    assert (abs(inner - FILL) <= 2).all()


def test_what_lies_far_from_the_brush_stays_as_it_was() -> None:
    soft = Image.fromarray(noise(1, 40, 30) // 4 + 90).resize((640, 480), Image.Resampling.BICUBIC)
    jpeg = jpeg_of(np.asarray(soft))
    box = Box(left=0.0, top=0.0, width=0.2, height=0.2)
    before, now = (np.asarray(Image.open(BytesIO(one))).astype(int) for one in (jpeg, covered(jpeg, [box])))
    assert abs(before[:, 200:] - now[:, 200:]).mean() < 0.5
    assert abs(before[:, 200:] - now[:, 200:]).max() <= 8


def test_no_metadata_goes_along() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    jpeg = jpeg_of(noise(1), exif=exif, comment=b"a secret word", icc_profile=b"a secret profile")
    assert b"secret" in jpeg
    assert b"secret" not in covered(jpeg, [Box(left=0.0, top=0.0, width=0.1, height=0.1)])


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_pictures_of_other_colours_are_covered_too(mode: str) -> None:
    out = BytesIO()
    Image.fromarray(noise(1)).convert(mode).save(out, "JPEG")
    now = Image.open(BytesIO(covered(out.getvalue(), [ALL]))).convert("RGB")
    assert (abs(np.asarray(now).astype(int) - FILL) <= 2).all()


def test_what_cannot_be_covered_is_said_in_a_sentence() -> None:
    jpeg = jpeg_of(noise(1))
    with pytest.raises(BadInput, match="rectangles to cover, not 0"):
        covered(jpeg, [])
    with pytest.raises(BadInput, match="rectangles"):
        covered(jpeg, [ALL] * (MAX_BOXES + 1))
    bomb = bytearray(jpeg)
    at = jpeg.index(b"\xff\xc0") + 5
    bomb[at : at + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(BadInput, match="65535 x 65535"):
        covered(bytes(bomb), [ALL])
    for cut in (0, 1, 2, *range(3, len(jpeg) - 2, 61)):
        with pytest.raises(BadInput, match="delete it"):
            covered(jpeg[:cut], [ALL])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=8))
def test_a_damaged_picture_is_covered_or_refused(at: int, octets: bytes) -> None:
    jpeg = bytearray(jpeg_of(noise(1, 64, 48)))
    at %= len(jpeg)
    jpeg[at : at + len(octets)] = octets
    try:
        Image.open(BytesIO(covered(bytes(jpeg), [ALL]))).load()
    except BadInput as problem:
        assert "delete it" in str(problem)
