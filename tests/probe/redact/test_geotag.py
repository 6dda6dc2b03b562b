"""What is written into a redacted picture is what was known, read back by three readers, and nothing else."""

from contextlib import suppress
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from probe.camera.folder import read_photo
from probe.contract.sighting import Place
from probe.redact.geotag import NoJpeg, PictureTags, geotagged, tags_of
from tests import panoramax
from tests.examples import look

TAKEN = datetime(2026, 5, 9, 9, 30, 1, 250_000, tzinfo=UTC)
FULL = PictureTags(
    place=Place(lat=47.1234567, lon=-17.7654321, accuracy_m=4.5), taken=TAKEN, bearing_deg=123.45, pitch_deg=12.5,
    roll_deg=-1.0, field_of_view_deg=66.0, focal_mm=4.74, make="Raspberry Pi", model="imx708",
)  # fmt: skip


def picture(width: int = 64, height: int = 48, **more: object) -> bytes:
    out = BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    Image.fromarray(noise).save(out, "JPEG", quality=80, **more)
    return out.getvalue()


SMALL = picture(16, 16)


def entries(jpeg: bytes) -> dict[int, object]:
    exif = Image.open(BytesIO(jpeg)).getexif()
    return {**exif, **exif.get_ifd(0x8769), **exif.get_ifd(0x8825)}


def test_panoramaxs_own_reader_takes_it_without_a_warning(tmp_path: Path) -> None:
    if not panoramax.is_here():
        pytest.skip("Panoramax's reader was not fetched: make setup, with a network")
    path = tmp_path / "a.jpg"
    path.write_bytes(geotagged(picture(), FULL))
    read = panoramax.read(path)
    assert read["tagreader_warnings"] == []
    assert (read["lat"], read["lon"]) == (pytest.approx(47.1234567, abs=1e-7), pytest.approx(-17.7654321, abs=1e-7))
    assert datetime.fromisoformat(read["ts"]) == TAKEN
    assert (read["heading"], read["pitch"], read["roll"], read["gps_accuracy"]) == (123, 12.5, -1.0, 4.5)
    assert read["field_of_view"] == pytest.approx(66, abs=1.5)


def test_our_own_reader_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(geotagged(picture(), FULL))
    photo = read_photo(path)
    assert photo.observer == FULL.place
    assert (photo.taken_at, photo.bearing_deg, photo.left_out) == (TAKEN, 123.5, ())
    attitude = photo.lens.attitude(64, 48)
    assert attitude is not None
    assert (attitude.pitch_deg, attitude.roll_deg) == (12.5, -1.0)
    assert attitude.field_of_view_deg == pytest.approx(66, abs=1.5)


def test_what_is_not_known_is_absent_and_never_0() -> None:
    assert set(entries(geotagged(picture(), PictureTags()))) == {0x8769, 0x9000, 0xA002, 0xA003}
    written = entries(geotagged(picture(), PictureTags(place=Place(lat=1.0, lon=2.0))))
    assert not set(written) & {5, 6, 7, 16, 17, 29, 31, 0x9003}
    assert b"GPano" not in geotagged(picture(), PictureTags(taken=TAKEN))
    tags = tags_of(look(bearing_deg=None))
    assert tags == PictureTags(place=tags.place, taken=tags.taken)


def test_a_magnetic_bearing_says_so() -> None:
    written = entries(geotagged(picture(), PictureTags(magnetic_bearing_deg=10.0)))
    assert (written[16], written[17]) == ("M", 10.0)
    written = entries(geotagged(picture(), PictureTags(magnetic_bearing_deg=10.0, bearing_deg=0.0)))
    assert (written[16], written[17]) == ("T", 0.0)


def test_of_a_day_no_time_is_made_up() -> None:
    tagged = geotagged(picture(), PictureTags(place=Place(lat=1.0, lon=2.0), day=date(2026, 5, 9)))
    written = entries(tagged)
    assert written[29] == "2026:05:09"
    assert not set(written) & {7, 0x9003, 0x0132}
    assert b'DateCreated="2026-05-09"' in tagged


def test_what_stood_in_it_before_is_gone_and_the_pixels_are_not_touched() -> None:
    thumbnail = picture(16, 16)
    exif = Image.Exif()
    exif[0x010F], exif[0xA431], exif[0x013C] = "maker", "serial-4711", "hostname-4711"
    exif.get_ifd(0x8769)[0x927C] = b"maker's note 4711"
    before = picture(exif=exif.tobytes() + thumbnail, comment=b"comment-4711", xmp=b"<x>xmp-4711</x>")
    assert before.count(b"4711") == 5
    assert thumbnail in before
    after = geotagged(before, FULL)
    assert b"4711" not in after
    assert thumbnail[:40] not in after
    assert (np.asarray(Image.open(BytesIO(after))) == np.asarray(Image.open(BytesIO(before)))).all()
    assert geotagged(after, FULL) == after
    cmyk = BytesIO()
    Image.new("CMYK", (8, 8), (10, 200, 30, 40)).save(cmyk, "JPEG")
    kept = Image.open(BytesIO(geotagged(cmyk.getvalue(), FULL)))
    assert "adobe" in kept.info, "its word on the colours is needed to see it"


@given(
    lat=st.floats(-90, 90), lon=st.floats(-180, 180), bearing=st.floats(0, 359.999), error=st.floats(0, 1e5),
    pitch=st.floats(-90, 90), view=st.floats(0.5, 179.5), taken=st.datetimes(timezones=st.just(UTC)),
)  # fmt: skip
def test_any_values_are_read_back(
    lat: float, lon: float, bearing: float, error: float, pitch: float, view: float, taken: datetime
) -> None:
    tags = PictureTags(
        place=Place(lat=lat, lon=lon, accuracy_m=error), taken=taken, bearing_deg=bearing,
        pitch_deg=pitch, roll_deg=0.0, field_of_view_deg=view,
    )  # fmt: skip
    written = entries(geotagged(SMALL, tags))
    for value, at in ((lat, 2), (lon, 4)):
        degrees, minutes, seconds = (float(part) for part in written[at])  # type: ignore[attr-defined]
        assert degrees + minutes / 60 + seconds / 3600 == pytest.approx(abs(value), abs=1e-7)
        assert minutes < 60
        assert seconds < 60
    off = float(written[17]) - bearing  # type: ignore[arg-type]
    assert (off + 180) % 360 - 180 == pytest.approx(0, abs=0.006)
    assert (31 in written) == (error > 0)


def test_what_is_no_jpeg_is_refused_wherever_it_is_cut() -> None:
    whole = picture()
    scan = whole.index(b"\xff\xda")
    for end in range(scan):
        with pytest.raises(NoJpeg):
            geotagged(whole[:end], FULL)
    for other in (b"", b"\x89PNG", b"\xff\xd8" + b"\xff\xe0\x00\x00" * 9):
        with pytest.raises(NoJpeg):
            geotagged(other, FULL)


@given(st.binary(max_size=200))
def test_any_octets_behind_a_start_are_refused_or_tagged(data: bytes) -> None:
    with suppress(NoJpeg):
        geotagged(b"\xff\xd8" + data, FULL)
