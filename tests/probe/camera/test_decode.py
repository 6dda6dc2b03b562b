"""Pictures of every kind, as cameras and editors write them, upright and in their colours; and what is refused."""

import subprocess
import sys
import zlib
from pathlib import Path
from struct import pack

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from probe.camera.container import NoReader
from probe.camera.decode import LEAST_PX, LONGEST_PX, NoPixels, free_bytes, pixels_of
from probe.contract.sighting import PhotoNotKept
from tests.probe.camera.compose import directory, exif
from tests.probe.camera.scenes import KINDS, corners, held, looks_right, octets, scene, written


def without_adobe(jpeg: bytes) -> bytes:
    at = jpeg.index(b"\xff\xee")
    return jpeg[:at] + jpeg[at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big") :]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright_however_it_was_held(kind: str, orientation: int, tmp_path: Path) -> None:
    said = exif(orientation=orientation).tobytes()
    pixels = pixels_of(written(tmp_path / "a", octets(held(scene(), orientation), kind, exif=said)))
    assert pixels.shape == (240, 320, 3)
    assert looks_right(pixels), corners(pixels)
    pixels[:] = 0  # it is the redactor's to write into


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_is_upright_once(orientation: int, tmp_path: Path) -> None:
    pytest.importorskip("pillow_heif", reason="no pillow-heif here: pip install 'contrechamp[heic]'")
    said = exif(orientation=orientation).tobytes()
    pixels = pixels_of(written(tmp_path / "a", octets(held(scene(), orientation), "HEIC", exif=said, quality=95)))
    assert looks_right(pixels), corners(pixels)


SHORT, TEXT, RATIONAL = 3, 2, 5


@pytest.mark.parametrize(
    "said",
    [(SHORT, 1, b"\0\0"), (SHORT, 1, b"\x09\0"), (SHORT, 1, b"\xff\xff"), (SHORT, 2, b"\x06\0\x06\0"),
     (TEXT, 2, b"6\0"), (99, 1, b"\x06\0"), (SHORT, 9, b"\xff" * 4),
     (RATIONAL, 1, b"\x06\0\0\0\0\0\0\0"), (RATIONAL, 1, b"\x06\0\0\0\x04\0\0\0")],
)  # fmt: skip
def test_an_orientation_that_is_none_changes_nothing(said: tuple[int, int, bytes], tmp_path: Path) -> None:
    lies = b"Exif\0\0II*\0\x08\0\0\0" + directory([(0x0112, *said)], 8)
    assert looks_right(pixels_of(written(tmp_path / "a", octets(scene(), exif=lies))))


def test_exif_that_lies_about_the_size_changes_nothing(tmp_path: Path) -> None:
    lies = exif(inner={0xA002: 9_000_000, 0xA003: 1}).tobytes()
    assert pixels_of(written(tmp_path / "a", octets(scene(), exif=lies))).shape == (240, 320, 3)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "P"), ("PNG", "L"), ("PNG", "LA"), ("PNG", "RGBA"), ("PNG", "1"),
     ("PNG", "I;16"), ("TIFF", "CMYK"), ("TIFF", "LAB"), ("TIFF", "YCbCr"), ("TIFF", "I;16"), ("TIFF", "I;16B"),
     ("TIFF", "P"), ("WEBP", "RGBA"), ("WEBP", "L")],
)  # fmt: skip
def test_every_way_to_hold_a_picture(kind: str, mode: str, tmp_path: Path) -> None:
    image, grey = scene(), mode in ("L", "LA", "1", "I;16", "I;16B")
    if mode.startswith("I;16"):
        deep = np.asarray(image.convert("L")).astype(np.uint16) * 257
        image = Image.frombytes(mode, image.size, deep.astype(">u2" if mode == "I;16B" else "<u2").tobytes())
    elif mode == "LAB":
        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        made = ImageCms.profileToProfile(image, srgb, lab, outputMode="LAB")
        assert made is not None
        image = made
    elif mode == "P":
        image = image.convert(mode, palette=Image.Palette.ADAPTIVE, colors=8)
    else:
        image = image.convert(mode)
    pixels = pixels_of(written(tmp_path / "a", octets(image, kind)))
    if not grey:
        assert looks_right(pixels), corners(pixels)
    elif mode != "1":
        expected = corners(np.asarray(scene().convert("L").convert("RGB")))
        assert all(abs(seen[0] - expected[name][0]) < 6 for name, seen in corners(pixels).items())
        assert (pixels[..., 0] == pixels[..., 2]).all()


def test_sixteen_bits_in_each_colour(tmp_path: Path) -> None:
    deep = np.asarray(scene()).astype(">u2") * 257
    rows = b"".join(b"\0" + row.tobytes() for row in deep)
    parts = ((b"IHDR", pack(">IIBBBBB", 320, 240, 16, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    data = b"".join(pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body)) for name, body in parts)
    assert looks_right(pixels_of(written(tmp_path / "a", b"\x89PNG\r\n\x1a\n" + data)))


def test_four_inks_as_adobe_writes_them_and_as_others_do(tmp_path: Path) -> None:
    """A negative would hide faces from the detector, and hand them to whoever turns it round."""
    inks = scene().convert("CMYK")
    assert looks_right(pixels_of(written(tmp_path / "a", octets(inks))))
    plain = without_adobe(octets(Image.merge("CMYK", [ImageOps.invert(band) for band in inks.split()])))
    assert looks_right(pixels_of(written(tmp_path / "b", plain)))


def swapped_profile() -> bytes:
    """A profile that calls red what others call blue."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_colour_profile_is_applied(kind: str, tmp_path: Path) -> None:
    seen = corners(pixels_of(written(tmp_path / "a", octets(scene(), kind, icc_profile=swapped_profile()))))
    red, blue = seen["top left"], seen["bottom left"]
    assert red[2] > red[0] + 80
    assert blue[0] > blue[2] + 80


def test_a_profile_that_is_broken_or_of_other_colours_is_as_good_as_none(tmp_path: Path) -> None:
    good = swapped_profile()
    for profile in (
        b"x" * 300,
        good[:200],
        good[:60],
        b"",
        good.replace(b"RGB ", b"GRAY", 1),
        good.replace(b"RGB ", b"CMYK", 1),
    ):
        assert looks_right(pixels_of(written(tmp_path / "a", octets(scene(), icc_profile=profile)))), profile[:40]


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_nothing_of_what_is_transparent_is_left(kind: str, tmp_path: Path) -> None:
    found = []
    for hidden in (0, 255):
        pixels = np.array(scene().convert("RGBA"))
        pixels[60:120, 100:200] = (hidden, hidden, hidden, 0)
        more = {"lossless": True, "exact": True} if kind == "WEBP" else {}
        found.append(pixels_of(written(tmp_path / "a", octets(Image.fromarray(pixels), kind, **more))))
    assert (found[0] == found[1]).all()
    assert (found[0][70:110, 110:190] == 255).all()
    assert looks_right(found[0])


def test_a_palettes_transparent_colour_goes_too(tmp_path: Path) -> None:
    image = scene().convert("P", palette=Image.Palette.ADAPTIVE, colors=8)
    seen = image.getpixel((10, 10))
    data = octets(image, "PNG", transparency=seen)
    assert corners(pixels_of(written(tmp_path / "a", data)))["top left"] == (255, 255, 255)


@pytest.mark.parametrize("kind", ["MPO", "TIFF", "WEBP", "PNG", "AVIF"])
def test_of_several_pictures_the_first(kind: str, tmp_path: Path) -> None:
    if kind == "AVIF" and kind not in KINDS:
        pytest.skip("this Pillow has no AVIF")
    others = [Image.new("RGB", scene().size, colour) for colour in ("black", "white")]
    data = octets(scene(), kind, save_all=True, append_images=others)
    assert looks_right(pixels_of(written(tmp_path / "a", data)), within=20)


@pytest.mark.parametrize(
    ("size", "fitting"),
    [((4032, 3024), (2016, 1512)), ((8160, 6120), (2040, 1530)), ((2304, 100), (2304, 100)),
     ((3000, 2000), (2304, 1536)), ((100, 3839), (60, 2304)), ((9000, 10), (2250, 3))],
)  # fmt: skip
def test_large_ones_are_made_small(size: tuple[int, int], fitting: tuple[int, int], tmp_path: Path) -> None:
    data = octets(Image.new("L", size, 90), quality=30)
    for orientation, shape in ((1, (fitting[1], fitting[0], 3)), (6, (fitting[0], fitting[1], 3))):
        said = octets(Image.new("L", (8, 8)), exif=exif(orientation=orientation).tobytes())
        start = said[: said.index(b"\xff\xdb")]
        pixels = pixels_of(written(tmp_path / "a", start + data[data.index(b"\xff\xdb") :]))
        assert pixels.shape == shape
        assert max(pixels.shape) <= LONGEST_PX


def test_fifty_megapixels_stay_small_in_memory(tmp_path: Path) -> None:
    """Peak memory of a whole process beside one that reads a small picture."""
    peaks = []
    for width, height in ((320, 240), (8160, 6120)):
        path = written(tmp_path / "a.jpg", octets(Image.new("RGB", (width, height), (90, 120, 30)), quality=30))
        code = (
            "from pathlib import Path; from probe.camera.decode import pixels_of\n"
            f"pixels_of(Path({str(path)!r})); print(Path('/proc/self/status').read_text())"
        )
        done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        peaks.append(int(done.stdout.partition("VmHWM:")[2].split()[0]) // 1024)
    assert peaks[1] - peaks[0] < 60, f"{peaks} MB; all of it would be 150"


HUGE = {
    "JPEG": octets(scene()).replace(b"\x08\x00\xf0\x01\x40", b"\x08" + pack(">HH", 65_000, 65_000)),
    "PNG": b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body))
        for name, body in (
            (b"IHDR", pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(bytes(9000))), (b"IEND", b""),
        )
    ),
    "WebP": b"RIFF" + pack("<I", 22) + b"WEBPVP8X" + pack("<I", 10) + b"\x10\0\0\0" + b"\xff\xff\xff" * 2,
    "TIFF": octets(scene(), "TIFF").replace(pack("<HHII", 256, 4, 1, 320), pack("<HHII", 256, 4, 1, 300_000)).replace(
        pack("<HHII", 257, 4, 1, 240), pack("<HHII", 257, 4, 1, 300_000)
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", HUGE)
def test_a_bomb_is_refused_before_it_goes_off(kind: str, tmp_path: Path) -> None:
    with pytest.raises(NoPixels, match="pixels") as refused:
        pixels_of(written(tmp_path / "a", HUGE[kind]))
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path))


def test_what_takes_more_memory_than_there_is_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "a", octets(Image.new("RGB", (3000, 2000)), "PNG"))
    with pytest.raises(NoPixels, match="more memory") as refused:
        pixels_of(path, free=lambda: 60 << 20)
    assert refused.value.why is PhotoNotKept.MEMORY
    assert not refused.value.damaged
    assert pixels_of(path, free=lambda: None).shape == (1536, 2304, 3)
    assert (free_bytes() or 1 << 30) > 1 << 20
    progressive = octets(Image.new("L", (12_000, 9_000)), progressive=True, quality=20)
    with pytest.raises(NoPixels, match="more memory"):
        pixels_of(written(tmp_path / "b", progressive), free=lambda: 230 << 20)


def test_a_thumbnail_is_no_photo(tmp_path: Path) -> None:
    with pytest.raises(NoPixels, match="8 x 8 pixels only") as refused:
        pixels_of(written(tmp_path / "a", octets(Image.new("RGB", (8, 8)))))
    assert not refused.value.damaged
    assert pixels_of(written(tmp_path / "a", octets(Image.new("RGB", (LEAST_PX, 1))))).shape == (1, LEAST_PX, 3)


def test_kinds_that_are_not_decoded_are_told_by_name(tmp_path: Path) -> None:
    dng = Image.Exif()
    dng[0xC612] = b"\1\4\0\0"
    nef = Image.Exif()
    nef[0x00FE] = 1
    for data, words in (
        (octets(scene(), "TIFF", exif=dng), "TIFF that is a raw picture is not decoded here"),
        (octets(scene(), "TIFF", exif=nef), "TIFF that is a raw picture is not decoded here"),
        (b"IIRO" + octets(scene(), "TIFF")[4:], "TIFF that is a raw picture"),
        (octets(scene(), "GIF"), "GIF is not read here: export it as JPEG"),
        (b"\xff\x0a1234", "JPEG XL is not read here"),
    ):
        with pytest.raises(NoReader, match=words):
            pixels_of(written(tmp_path / "a", data))
    for data in (b"", b"no picture", b"%PDF-1.7"):
        with pytest.raises(NoPixels, match="not a picture"):
            pixels_of(written(tmp_path / "a", data))
    with pytest.raises(NoPixels, match="No such file"):
        pixels_of(tmp_path / "nowhere")


def test_a_reader_that_is_missing_is_told_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(NoReader, match=r"HEIC needs pillow-heif: pip install 'contrechamp\[heic\]'"):
        pixels_of(written(tmp_path / "a", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"))


def test_colours_of_no_light_are_refused(tmp_path: Path) -> None:
    for mode, value in (("F", 0.5), ("I", 1 << 20), ("I", -1)):
        with pytest.raises(NoPixels, match="OddMode"):
            pixels_of(written(tmp_path / "a", octets(Image.new(mode, (200, 200), value), "TIFF")))
