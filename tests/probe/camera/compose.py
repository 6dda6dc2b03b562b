"""Photos and EXIF as phones write them, and as they do not."""

from pathlib import Path
from struct import pack
from typing import Any

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

CAMERA = "man_made=surveillance; camera:type=dome"
GPS: dict[int, Any] = {1: "S", 2: (47.0, 30.0, 0.0), 3: "W", 4: (17.0, 0.0, 36.0), 16: "T", 17: IFDRational(2715, 10)}
RECEIVER_TIME: dict[int, Any] = {7: (9.0, 30.0, 1.0), 29: "2026:05:09"}
CLOCK: dict[int, Any] = {0x9003: "2026:05:09 11:30:01"}
ZONED: dict[int, Any] = {**CLOCK, 0x9011: "+02:00"}


def exif(
    gps: dict[int, Any] | None = None,
    description: str | None = CAMERA,
    inner: dict[int, Any] | None = None,
    **main: Any,
) -> Image.Exif:
    made = Image.Exif()
    if description is not None:
        made[0x010E] = description
    for name, value in main.items():
        made[{"model": 0x0110, "comment": 0x9C9C, "orientation": 0x0112}[name]] = value
    if gps is not None:
        made.get_ifd(0x8825).update(gps)
    if inner is not None:
        made.get_ifd(0x8769).update(inner)
    return made


def photo(path: Path, gps: dict[int, Any] | None = GPS, kind: str = "JPEG", mode: str = "RGB", **said: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (8, 8)).save(path, kind, exif=exif(gps, **said).tobytes())
    return path


def directory(entries: list[tuple[int, int, int, bytes]], at: int, order: str = "<") -> bytes:
    """One directory of a TIFF structure that stands at an offset; values of more than four octets stand behind it."""
    behind = at + 2 + 12 * len(entries) + 4
    rows, values = b"", b""
    for tag, kind, count, value in entries:
        inline = value.ljust(4, b"\0") if len(value) <= 4 else pack(order + "I", behind + len(values))
        rows += pack(order + "HHI", tag, kind, count) + inline
        values += value if len(value) > 4 else b""
    return pack(order + "H", len(entries)) + rows + bytes(4) + values


def rationals(*parts: tuple[int, int], order: str = "<") -> bytes:
    return b"".join(pack(order + "II", *part) for part in parts)


def jpeg(exif_octets: bytes) -> bytes:
    """A JPEG file that says 1 x 1 pixels, around any EXIF."""
    return (
        b"\xff\xd8\xff\xe1" + pack(">H", len(exif_octets) + 8) + b"Exif\0\0" + exif_octets
        + b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00" + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\xff\xd9"
    )  # fmt: skip
