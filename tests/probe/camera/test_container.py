"""Kinds of files by their content, and the metadata in each: never by a picture's pixels."""

import sys
import zlib
from io import BytesIO
from pathlib import Path
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, features

from probe.camera.container import Metadata, NoReader, kind_of, read_metadata
from probe.camera.folder import read_photo
from probe.camera.tags import tags_of
from probe.errors import BadInput
from tests.probe.camera.compose import GPS, exif, jpeg, photo

SAID = (("man_made", "surveillance"), ("camera:type", "dome"))


def read(octets: bytes) -> Metadata:
    kind = kind_of(octets[:64])
    assert kind is not None
    return read_metadata(BytesIO(octets), kind)


def png(*chunks: tuple[bytes, bytes], size: tuple[int, int] = (1, 1)) -> bytes:
    head = (b"IHDR", pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data)) for name, data in (head, *chunks)
    )


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return b"RIFF" + pack("<I", len(body) + 4) + b"WEBP" + body


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\xff\xd8\xff\xe1", "JPEG"), (b"II*\0....", "TIFF"), (b"MM\0*", "TIFF"), (b"IIRO", "TIFF"),
        (b"RIFF....WEBP", "WebP"), (b"RIFF....AVI ", None), (b"GIF89a", "GIF"), (b"", None), (b"hello", None),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"), (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "AVIF"), (b"\0\0\0\x14ftypqt  \0\0\0\0qt  heic", None),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", None), (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "Canon raw (CR3)"),
        (b"\xff\x0a", "JPEG XL"),
    ],
)  # fmt: skip
def test_kinds(start: bytes, kind: str | None) -> None:
    assert kind_of(start) == kind


def test_every_kind_says_the_same(tmp_path: Path) -> None:
    kinds = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WebP", "TIFF": "TIFF", "MPO": "JPEG"}
    if features.check("avif"):
        kinds["AVIF"] = "AVIF"
    for pillows, ours in kinds.items():
        octets = photo(tmp_path / "x", kind=pillows).read_bytes()
        assert kind_of(octets[:64]) == ours
        assert tags_of(read(octets).captions) == SAID, pillows
        assert read_photo(tmp_path / "x").bearing_deg == 271.5


def test_heic_as_iphones_write_it(tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif", reason="no pillow-heif here: pip install 'contrechamp[heic]'")
    path = tmp_path / "IMG_0001.HEIC"
    heif.from_pillow(Image.new("RGB", (64, 64))).save(path, exif=exif(GPS).tobytes())
    look = read_photo(path)
    assert look.tags == SAID
    assert look.bearing_deg == 271.5
    whole = path.read_bytes()
    for end in range(0, len(whole), 5):
        path.write_bytes(whole[:end])
        with pytest.raises((BadInput, NoReader)):
            read_photo(path)


@pytest.mark.parametrize(
    ("module", "start", "words"),
    [("pillow_heif", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", r"HEIC needs pillow-heif: .*contrechamp\[heic\]"),
     ("PIL.AvifImagePlugin", b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "AVIF needs Pillow"),
     ("PIL.JpegImagePlugin", b"\xff\xd8\xff\xe1", r"JPEG needs PIL.*contrechamp\[probe\]")],
)  # fmt: skip
def test_a_library_that_is_missing_is_named(
    module: str, start: bytes, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(start)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(NoReader, match=words):
        read_photo(tmp_path / "a")


@pytest.mark.parametrize("mode", ["CMYK", "L", "1"])
def test_modes_do_not_matter(mode: str, tmp_path: Path) -> None:
    assert read_photo(photo(tmp_path / "x", kind="TIFF", mode=mode)).tags == SAID
    assert read_photo(photo(tmp_path / "y", kind="PNG", mode="I;16")).tags == SAID


def test_png_also_behind_its_pixels_and_as_text() -> None:
    octets = exif(GPS).tobytes()[6:]
    assert tags_of(read(png((b"IDAT", b"not pixels"), (b"eXIf", octets), (b"IEND", b""))).captions) == SAID
    profile = b"\nexif\n%8d\n" % len(octets) + octets.hex().encode()
    raw = b"Raw profile type exif\0\0" + zlib.compress(profile)
    assert tags_of(read(png((b"zTXt", raw))).captions) == SAID
    assert tags_of(read(png((b"tEXt", b"Description\0camera:type=dome"))).captions) == SAID[1:]
    bomb = b"Raw profile type exif\0\0" + zlib.compress(bytes(50_000_000))
    assert not read(png((b"zTXt", bomb), (b"zTXt", b"x\0\0not packed"))).exif


@pytest.mark.parametrize("pixels", [(12_000, 9_000), (65_000, 65_000)])
def test_pixels_are_no_limit_where_none_is_decoded(pixels: tuple[int, int]) -> None:
    octets = exif(GPS).tobytes()
    assert tags_of(read(png((b"eXIf", octets[6:]), size=pixels)).captions) == SAID
    large = jpeg(octets[6:]).replace(b"\x08\x00\x01\x00\x01", b"\x08" + pack(">HH", *pixels))
    assert tags_of(read(large).captions) == SAID
    canvas = b"\x10\0\0\0" + b"\xff\xff\xff" * 2  # 16 million squared
    assert tags_of(read(webp((b"VP8X", canvas), (b"ALPH", b"odd"), (b"EXIF", octets))).captions) == SAID


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_cut_at_every_octet_it_is_a_look_or_a_sentence(kind: str, tmp_path: Path) -> None:
    path = photo(tmp_path / "a.jpg", kind=kind)
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        try:
            read_photo(path)
        except BadInput as problem:
            assert "\n" not in str(problem)


def test_cut_in_its_scan_a_photo_has_its_metadata(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.jpg")
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"\xff\xda") + 20])
    assert read_photo(path).bearing_deg == 271.5


STARTS = [b"\xff\xd8\xff\xe1", png(), b"RIFF\xff\xff\0\0WEBP", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]


@given(st.sampled_from(STARTS), st.binary(max_size=300))
def test_any_octets_behind_a_start(start: bytes, data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jpg"
        path.write_bytes(start + data)
        try:
            read_photo(path)
        except BadInput as problem:
            assert "\n" not in str(problem)


@given(st.binary(max_size=300))
def test_any_exif_in_a_jpeg(data: bytes) -> None:
    read(jpeg(b"II*\0\x08\0\0\0" + data))
