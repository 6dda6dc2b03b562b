"""What was taken out leaves no trace: what stood under the mask decides at most where the mask is, and nothing else.

The detector sees a whole tile, also what geometry takes out already. So the promise is in two parts: with the same mask
the same octets, in everything that is written; and with another mask nothing differs but where one of the two is.
"""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from struct import pack
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from probe.contract.envelope import encode as as_json
from probe.contract.sighting import Box, Place
from probe.redact.encode import RETICLE_PX, SCENE_PX, encode, jpeg
from probe.redact.faces import Mask, Pixels
from probe.redact.geotag import PictureTags, geotagged
from probe.redact.redactor import FILL, GROW, Redacted, Redactor, take_out
from probe.redact.selftest import FACES, drawn_faces
from probe.redact.view import Attitude
from tests.probe.camera.compose import CAMERA, GPS, RECEIVER_TIME, exif
from tests.probe.walk.test_pictures import replayed, street

pytest.importorskip("cv2", reason="OpenCV is not installed: pip install 'contrechamp[camera]'")
WIDTH, HEIGHT = 640, 480
CENTRE = Box(left=0.35, top=0.3, width=0.3, height=0.4)
LEVEL = Attitude(pitch_deg=0.0, roll_deg=0.0, sd_deg=1.0, field_of_view_deg=66.0)
TAGS = PictureTags(place=Place(lat=47.1, lon=-17.7), day=date(2026, 5, 9), bearing_deg=12.0, pitch_deg=3.0)

WRITTEN: dict[str, Callable[[Redacted], bytes]] = {
    "scene": lambda redacted: encode(redacted, CENTRE).scene,
    "reticle": lambda redacted: encode(redacted, CENTRE).reticle,
    "scene made small": lambda redacted: jpeg(redacted.pixels, 120),
    "scene within a bound": lambda redacted: jpeg(redacted.pixels, SCENE_PX, most_bytes=8_000),
    "reticle made small": lambda redacted: jpeg(redacted.pixels[80:260, 90:300], RETICLE_PX // 8),
    "geotagged": lambda redacted: geotagged(encode(redacted, CENTRE).scene, TAGS),
}


@st.composite
def masks(draw: st.DrawFn, height: int = 300, width: int = 400) -> Mask:
    """Some rectangles, also of one pixel, and at times all or nothing."""
    mask = np.zeros((height, width), np.bool_)
    for _ in range(draw(st.integers(0, 5))):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        mask[top : top + draw(st.integers(1, height)), left : left + draw(st.integers(1, width))] = True
    return mask


@pytest.mark.parametrize("name", WRITTEN)
@settings(max_examples=15)
@given(mask=masks(), seed=st.integers(0, 1 << 30), other=st.sampled_from(["noise", "black", "moved"]))
def test_what_was_taken_out_leaves_no_trace_in_any_octet(name: str, mask: Mask, seed: int, other: str) -> None:
    """Two photos that differ only where something was taken out give the same octets."""
    random = np.random.default_rng(seed)
    one = random.integers(0, 256, (*mask.shape, 3), dtype=np.uint8)
    two = one.copy()
    under = {"noise": random.integers(0, 256, one.shape, dtype=np.uint8), "black": np.zeros_like(one),
             "moved": np.roll(one, 7, axis=1)}[other]  # fmt: skip
    two[mask] = under[mask]
    results = []
    for pixels in (one, two):
        take_out(pixels, mask)
        results.append(WRITTEN[name](Redacted(pixels=pixels, mask=mask, faces=0)))
    assert results[0] == results[1]


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor()


def scene(seed: int, left: int, top: int) -> Pixels:
    """A street with grain, and a person whose upper left corner is given."""
    pixels = np.random.default_rng(seed).integers(90, 130, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    pixels[top : top + 210, left : left + 180] = drawn_faces(FACES[:1])[30:240, 30:210]
    return pixels


@settings(max_examples=6)
@given(
    seed=st.integers(0, 1000), left=st.integers(0, WIDTH - 180), top=st.integers(0, HEIGHT - 210),
    under=st.sampled_from(["noise", "flat", "the same upside down", "another person"]),
)  # fmt: skip
def test_through_the_detector_nothing_differs_but_where_a_mask_is(
    redactor: Redactor, seed: int, left: int, top: int, under: str
) -> None:
    one = scene(seed, left, top)
    first = redactor.redact(one.copy(), reticle=CENTRE, attitude=LEVEL)
    instead = {
        "noise": np.random.default_rng(seed + 1).integers(0, 256, one.shape, dtype=np.uint8),
        "flat": np.full_like(one, 40), "the same upside down": one[::-1], "another person": scene(seed, 300, 250),
    }[under]  # fmt: skip
    two = one.copy()
    two[first.mask] = instead[first.mask]
    second = redactor.redact(two, reticle=CENTRE, attitude=LEVEL)
    same = first.mask == second.mask
    assert (first.pixels[same] == second.pixels[same]).all()
    assert (first.pixels[first.mask] == FILL).all()
    assert (second.pixels[second.mask] == FILL).all()
    if same.all():
        assert encode(first, CENTRE) == encode(second, CENTRE)


def test_who_stands_outside_takes_the_body_out_of_the_reticle(redactor: Redactor) -> None:
    """Why the detector may look at what geometry takes out: a head that is gone already has a body that is not."""
    pixels = scene(1, 230, 0)  # a face in rows 55 to 125, above the reticle, which begins in row 144
    redacted = redactor.redact(pixels, reticle=CENTRE)
    body = redacted.mask[150:330, 290:350]
    assert body.all()
    assert redacted.faces_in_reticle == 1
    assert redacted.faces == 1
    empty = redactor.redact(scene(1, 0, 270), reticle=Box(left=0.6, top=0.1, width=0.3, height=0.3))
    assert (empty.faces, empty.faces_in_reticle) == (1, 0)


def test_a_face_is_counted_once_and_covered_by_all_that_found_it(redactor: Redactor) -> None:
    redacted = redactor.redact(scene(3, 230, 160), reticle=CENTRE)
    assert (redacted.faces, redacted.faces_in_reticle) == (1, 1)
    width = FACES[0][2]
    x, y = 230 + FACES[0][0] - 30, 160 + FACES[0][1] - 30
    half = int(width * GROW / 2 * 0.7)
    assert redacted.mask[y - half : y + half, x - half : x + half].all()


SECRET = b"of-a-stranger-4711"


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + pack(">H", len(body) + 2) + body


def little() -> bytes:
    """A second picture in a file: a thumbnail, a depth map, the other eye."""
    out = BytesIO()
    Image.new("RGB", (32, 24), (250, 20, 20)).save(out, "JPEG", comment=SECRET)
    return out.getvalue()


def with_everything(path: Path) -> bytes:
    """A phone's photo with all that phones put beside the picture; returns the same without."""
    said: Any = exif({**GPS, **RECEIVER_TIME, 0x1B: SECRET}, CAMERA, {0x927C: SECRET, 0x9286: b"ASCII\0\0\0" + SECRET,
                     0xA431: SECRET.decode(), 0xA430: SECRET.decode(), 0xA420: SECRET.decode()})  # fmt: skip
    said[0x013B], said[0x8298], said[0x013C] = (SECRET.decode(),) * 3  # artist, copyright, host computer
    plain = street(path).read_bytes()
    bare, out = BytesIO(), BytesIO()
    image = Image.open(BytesIO(plain))
    image.info.clear()
    image.save(bare, "JPEG", quality=92, exif=exif({**GPS, **RECEIVER_TIME}).tobytes())
    image.save(out, "JPEG", quality=92, exif=said.tobytes(), comment=SECRET)
    octets = out.getvalue()
    at = octets.index(b"Exif\0\0")
    after = at - 2 + int.from_bytes(octets[at - 2 : at], "big")
    resource = b"8BIM\x04\x0c\0\0" + pack(">I", len(little())) + little()  # 1036: Photoshop's thumbnail
    beside = (
        segment(0xE1, b"Exif\0\0" + SECRET)
        + segment(
            0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"
        )
        + segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + pack(">II", 99, 0) + SECRET)
        + segment(0xE2, b"MPF\0" + SECRET)
        + segment(0xED, b"Photoshop 3.0\0" + resource)
        + segment(0xEA, b"AROT\0" + SECRET)
    )
    path.write_bytes(octets[:after] + beside + octets[after:] + little() + b"trailer" + SECRET)
    return bare.getvalue()


def test_of_what_strangers_files_carry_beside_the_picture_nothing_comes_out(tmp_path: Path, redactor: Redactor) -> None:
    from probe.camera.keeping import PhotoKeeper

    photo = tmp_path / "photos" / "a.jpg"
    with_everything(photo)
    assert photo.read_bytes().count(SECRET) >= 14
    ((sighting, pictures),), outcome = replayed(photo.parent, PhotoKeeper(lambda: redactor))
    assert len(pictures) == 1, outcome.notes + outcome.troubles
    for octets in (as_json(sighting), *(picture.jpeg for picture in pictures)):
        assert SECRET not in octets
        assert b"4711" not in octets
    for picture in pictures:
        assert picture.jpeg.count(b"\xff\xd8\xff") == 1, "one picture, and no second one in it"
        assert not [name for name in (b"Exif", b"http:", b"MPF", b"8BIM", b"Photoshop") if name in picture.jpeg]
        assert picture.jpeg.endswith(b"\xff\xd9")


def test_what_stands_beside_the_picture_changes_no_octet_of_what_is_kept(tmp_path: Path, redactor: Redactor) -> None:
    from probe.camera.keeping import PhotoKeeper

    bare = with_everything(tmp_path / "one" / "a.jpg")
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "a.jpg").write_bytes(bare)
    assert SECRET not in bare
    kept = [replayed(tmp_path / name, PhotoKeeper(lambda: redactor))[0][0][1][0].jpeg for name in ("one", "two")]
    assert kept[0] == kept[1]
