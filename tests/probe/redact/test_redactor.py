"""People go, the camera stays; and where that is not sure, nothing is kept."""

import hashlib
from itertools import pairwise
from math import atan, degrees, radians, tan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.contract.sighting import Box, PhotoNotKept
from probe.redact import redactor as module
from probe.redact.encode import MAX_JPEG_BYTES, jpeg
from probe.redact.faces import TILE, FaceDetector, Pixels, _starts
from probe.redact.model import MODEL, MODEL_SHA256, NoModel, read_model
from probe.redact.redactor import FILL, Redactor
from probe.redact.selftest import FACES, drawn_faces
from probe.redact.view import LINE_DEG, Attitude, below_line, box_pixels

pytest.importorskip("cv2", reason="OpenCV is not installed: pip install 'contrechamp[camera]'")
WIDTH, HEIGHT = 1280, 720
CENTRE = Box(left=0.35, top=0.3, width=0.3, height=0.4)
LEVEL = Attitude(pitch_deg=0.0, roll_deg=0.0, sd_deg=1.0, field_of_view_deg=66.0)


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor()


def street(*faces: tuple[int, int]) -> Pixels:
    """A scene with drawn people at some places, their upper left corners."""
    pixels = np.random.default_rng(1).integers(90, 130, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    person = drawn_faces(FACES[:1])[30:240, 30:210]
    for left, top in faces:
        pixels[top : top + 210, left : left + 180] = person
    return pixels


def test_people_become_a_constant_wherever_they_stand(redactor: Redactor) -> None:
    pixels = street((520, 250), (900, 40), (60, 480))
    redacted = redactor.redact(pixels.copy(), reticle=CENTRE, attitude=LEVEL)
    for left, top in ((520, 250), (900, 40), (60, 480)):
        face = redacted.pixels[top + 55 : top + 125, left + 65 : left + 115]
        assert (face == FILL).all(), (left, top)
    assert (redacted.pixels[redacted.mask] == FILL).all()
    assert (redacted.pixels[~redacted.mask] == pixels[~redacted.mask]).all()
    assert not redacted.mask[:60, :400].all(), "the sky stays"


def test_below_the_line_nothing_stays_outside_the_reticle(redactor: Redactor) -> None:
    mask = redactor.redact(street(), reticle=CENTRE, attitude=LEVEL).mask
    left, top, right, bottom = box_pixels(CENTRE, WIDTH, HEIGHT)
    outside = np.ones_like(mask)
    outside[top:bottom, left:right] = False
    assert (mask[HEIGHT // 2 :] | ~outside[HEIGHT // 2 :]).all()


def test_where_nobody_knows_how_the_lens_was_held_only_the_reticle_stays(redactor: Redactor) -> None:
    for attitude in (None, Attitude(pitch_deg=30, roll_deg=0, sd_deg=20, field_of_view_deg=66)):
        mask = redactor.redact(street(), reticle=CENTRE, attitude=attitude).mask
        left, top, right, bottom = box_pixels(CENTRE, WIDTH, HEIGHT)
        assert mask.sum() >= mask.size - (right - left) * (bottom - top)


@given(
    pitch=st.floats(-80, 80), roll=st.floats(-180, 180), view=st.floats(20, 120),
    x=st.floats(-0.49, 0.49), y=st.floats(-0.49, 0.49),
)  # fmt: skip
def test_the_line_is_where_the_attitude_says(pitch: float, roll: float, view: float, x: float, y: float) -> None:
    """Against rotations of the ray itself, in another order and by matrices."""
    width, height = 64, 48
    attitude = Attitude(pitch_deg=pitch, roll_deg=roll, sd_deg=1.0, field_of_view_deg=view)
    column, row = round((x + 0.5) * (width - 1)), round((y + 0.5) * (height - 1))
    focal = width / 2 / tan(radians(view) / 2)
    ray = np.array([column - (width - 1) / 2, row - (height - 1) / 2, focal])  # right, down, forward
    c, s = np.cos(radians(roll)), np.sin(radians(roll))
    unrolled = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ ray
    c, s = np.cos(radians(pitch)), np.sin(radians(pitch))
    level = np.array([[1, 0, 0], [0, c, -s], [0, s, c]]) @ unrolled
    elevation = degrees(atan(-level[1] / np.hypot(level[0], level[2])))
    if abs(elevation - LINE_DEG) > 0.01:
        assert below_line(width, height, attitude)[row, column] == (elevation < LINE_DEG)


def test_doubt_raises_the_line() -> None:
    doubtful = Attitude(pitch_deg=0, roll_deg=0, sd_deg=4.0, field_of_view_deg=66)
    assert (doubtful.line_deg or 0) > (LEVEL.line_deg or 0)
    assert below_line(64, 48, doubtful).sum() > below_line(64, 48, LEVEL).sum()


def test_the_same_picture_gives_the_same_answer_after_pictures_of_other_sizes(redactor: Redactor) -> None:
    pixels = street((520, 250))
    first = redactor.redact(pixels.copy(), reticle=CENTRE, attitude=LEVEL)
    for size in ((50, 60), (480, 640), (700, 300)):
        redactor.redact(np.zeros((*size, 3), np.uint8), reticle=CENTRE)
    again = redactor.redact(pixels, reticle=CENTRE, attitude=LEVEL)
    assert (first.mask == again.mask).all()


def test_a_face_larger_than_a_tile_is_found(redactor: Redactor) -> None:
    import cv2

    large = cv2.resize(drawn_faces(FACES[1:2])[40:280, 220:440], (1100, 1200))
    pixels = np.full((1296, 2304, 3), 120, np.uint8)
    pixels[50:1250, 600:1700] = large
    redacted = redactor.redact(pixels, reticle=Box(left=0, top=0, width=1, height=1))
    assert redacted.mask[500:800, 1000:1300].mean() > 0.95


@pytest.mark.parametrize(
    "model",
    [b"", b"no network", pytest.param(None, id="cut"), pytest.param(0, id="changed")],
)
def test_without_the_right_model_there_is_no_redactor(model: bytes | int | None) -> None:
    data = MODEL.read_bytes()
    if model is None:
        model = data[: len(data) // 2]
    elif isinstance(model, int):
        changed = bytearray(data)
        for at in range(len(changed) // 4, len(changed) // 2, 5):
            changed[at] ^= 0x55
        model = bytes(changed)
    with pytest.raises(module.NoRedactor) as refused:
        Redactor(model=model)
    assert refused.value.why in (PhotoNotKept.NO_REDACTOR, PhotoNotKept.SELF_TEST)


def test_a_missing_or_other_model_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("model")
    with pytest.raises(NoModel, match="missing"):
        read_model(folder / "none.onnx")
    (folder / "other.onnx").write_bytes(MODEL.read_bytes()[:-1] + b"\0")
    with pytest.raises(NoModel, match="not the face detector's model"):
        read_model(folder / "other.onnx")
    assert hashlib.sha256(read_model()).hexdigest() == MODEL_SHA256


def test_a_detector_that_sees_nobody_or_everybody_is_no_redactor() -> None:
    for threshold in (0.99, 0.001):
        with pytest.raises(module.NoRedactor, match=r"missed \d+ of \d+ faces") as refused:
            Redactor(threshold=threshold)
        assert refused.value.why is PhotoNotKept.SELF_TEST


def test_tiles_cover_every_pixel_and_overlap() -> None:
    for length in (1, 479, 480, 481, 640, 1000, 1296, 2304, 5000):
        for tile in TILE:
            starts = _starts(length, tile)
            assert starts[0] == 0
            assert starts[-1] + tile >= length
            assert all(0 < after - before <= tile - 90 for before, after in pairwise(starts))


def test_progress_is_told_to_its_end() -> None:
    told: list[tuple[int, int]] = []
    detector = FaceDetector(read_model(), threshold=0.1)
    detector.faces(np.zeros((1000, 1500, 3), np.uint8), progress=lambda done, of: told.append((done, of)))
    assert [done for done, _ in told] == list(range(1, told[-1][1] + 1))
    assert told[-1][0] == told[-1][1]


def test_a_picture_that_packs_badly_still_fits_its_unit() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (1300, 2300, 3), dtype=np.uint8)
    assert len(jpeg(noise, 2300)) <= MAX_JPEG_BYTES
    assert len(jpeg(noise, 2300, most_bytes=20_000)) <= 20_000


class BrokenNetwork:
    """A network whose answers are no numbers, in one of its parts: heat, sizes, offsets."""

    def __init__(self, network: Any, part: int) -> None:
        self._network, self._part = network, part

    def setInput(self, blob: Any) -> None:  # noqa: N802 (OpenCV's name)
        self._network.setInput(blob)

    def forward(self, outputs: list[str]) -> list[Any]:
        answer = [np.array(part) for part in self._network.forward(outputs)]
        answer[self._part][:] = np.nan
        return answer


@pytest.mark.parametrize("part", range(3))
def test_an_answer_that_is_no_number_is_no_nobody(part: int) -> None:
    broken = Redactor()
    detector = broken._detector
    detector._network = BrokenNetwork(detector._network, part)
    pixels = street((520, 250))
    with pytest.raises(module.NoRedactor):
        broken.redact(pixels, reticle=CENTRE, attitude=LEVEL)
    assert (pixels == FILL).all(), "nothing of it may be left to be kept"
