"""The preview: small, the reticle alone, and nothing else in any octet of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("cv2", reason="OpenCV is not installed: pip install 'contrechamp[camera]'")
from io import BytesIO

from PIL import Image

from probe.camera.preview import MAX_PREVIEW_BYTES, PREVIEW_PX, preview
from probe.camera.shutter import RETICLE
from probe.redact.redactor import FILL
from probe.redact.view import box_pixels


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1 << 30), st.integers(40, 900), st.integers(40, 900))
def test_what_is_outside_the_reticle_changes_no_octet(seed: int, width: int, height: int) -> None:
    random = np.random.default_rng(seed)
    one, other = (random.integers(0, 256, (height, width, 3), dtype=np.uint8) for _ in range(2))
    left, top, right, bottom = box_pixels(RETICLE, width, height)
    other[top:bottom, left:right] = one[top:bottom, left:right]
    assert preview(one) == preview(other)


def test_the_reticle_is_there_and_all_else_is_the_constant() -> None:
    pixels = np.full((1296, 2304, 3), (200, 40, 40), np.uint8)
    data = preview(pixels)
    assert len(data) <= MAX_PREVIEW_BYTES
    shown = np.asarray(Image.open(BytesIO(data)).convert("RGB"), np.int16)
    assert shown.shape == (270, PREVIEW_PX, 3)
    assert (pixels == (200, 40, 40)).all(), "it only looks"
    left, top, right, bottom = box_pixels(RETICLE, PREVIEW_PX, 270)
    assert abs(shown[(top + bottom) // 2, (left + right) // 2] - (200, 40, 40)).max() < 12
    shown[top - 16 : bottom + 16, left - 16 : right + 16] = FILL  # a JPEG's blocks at the border hold some of both
    assert abs(shown - FILL).max() <= 1
