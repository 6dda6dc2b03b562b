"""Writes into a redacted JPEG where and how it was taken, as EXIF and XMP: only what is known, and nothing else.

What was not measured is absent: a direction of 0 is north. No thumbnail (it would be of the picture before), no maker's
note, no serial number, no name of a machine or a person. The picture's own octets stay as they are.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from math import atan, hypot, isfinite, radians, tan
from struct import Struct
from typing import Any

from probe.contract.sighting import Place, Sighting

_DIAGONAL_MM = hypot(36.0, 24.0)
_GPANO = "http://ns.google.com/photos/1.0/panorama/"
_PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
_XMP_HEAD = b"http://ns.adobe.com/xap/1.0/\0"
_MAX_SEGMENT = 0xFFFF - 2
_SOI, _SOS = 0xD8, 0xDA
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_APPLICATIONS, _JFIF, _ADOBE, _COMMENT = range(0xE0, 0xF0), 0xE0, 0xEE, 0xFE
_MICRO, _CENTI = 1_000_000, 100


class NoJpeg(ValueError):
    """Octets that are no JPEG with a picture in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureTags:
    """What may be written into a picture; None is "not known", and is not written.

    `taken` is aware; `day` alone is for what is published. Bearing, pitch and roll are the lens's, in degrees; a
    magnetic bearing is written where there is no true one. The field of view is the horizontal one. Maker and model are
    the lens's kind, such as a kit's camera: a walker's own phone had better not be named.
    """

    place: Place | None = None
    taken: datetime | None = None
    day: date | None = None
    bearing_deg: float | None = None
    magnetic_bearing_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    field_of_view_deg: float | None = None
    focal_mm: float | None = None
    make: str | None = None
    model: str | None = None
    description: str | None = None


def tags_of(sighting: Sighting) -> PictureTags:
    """What a sighting says of where and how its picture was taken."""
    photo = sighting.photo
    return PictureTags(
        place=sighting.observer,
        taken=None if sighting.time is None else sighting.time.utc,
        bearing_deg=None if photo is None else photo.bearing_deg,
        magnetic_bearing_deg=None if photo is None else photo.magnetic_bearing_deg,
        pitch_deg=None if photo is None else photo.pitch_deg,
        roll_deg=None if photo is None else photo.roll_deg,
        field_of_view_deg=None if photo is None else photo.field_of_view_deg,
    )


def geotagged(jpeg: bytes, tags: PictureTags) -> bytes:
    """The same picture with these tags, and without any other metadata it had. Raises NoJpeg."""
    kept, rest, size = _split(jpeg)
    written = _segment(0xE1, b"Exif\0\0" + _exif(tags, size))
    packet = _xmp(tags)
    if packet:
        written += _segment(0xE1, _XMP_HEAD + packet)
    return b"\xff\xd8" + written + kept + rest


def size_of(jpeg: bytes) -> tuple[int, int]:
    """Width and height of a JPEG in pixels, by its own word. Raises NoJpeg."""
    return _split(jpeg)[2]


def _split(jpeg: bytes) -> tuple[bytes, bytes, tuple[int, int]]:
    """The segments that stay, all from the scan on, and width and height. Raises NoJpeg.

    JFIF goes, as EXIF stands in its place; of what applications write, only Adobe's word on the colours stays.
    """
    head = Struct(">BBH")
    if not jpeg.startswith(b"\xff\xd8"):
        raise NoJpeg("no JPEG")
    at, kept, size = 2, b"", (0, 0)
    while at + head.size <= len(jpeg):
        mark, marker, length = head.unpack_from(jpeg, at)
        if mark != 0xFF or length < 2:
            break
        if marker == _SOS and all(size):
            return kept, jpeg[at:], size
        segment = jpeg[at : at + 2 + length]
        if marker in _FRAMES and len(segment) >= 9:
            size = int.from_bytes(segment[7:9], "big"), int.from_bytes(segment[5:7], "big")
        if marker == _ADOBE or not (marker in _APPLICATIONS or marker == _COMMENT):
            kept += segment
        at += 2 + length
    raise NoJpeg("no JPEG with a picture in it")


def _segment(marker: int, body: bytes) -> bytes:
    if len(body) > _MAX_SEGMENT:
        raise NoJpeg("more to write into it than a JPEG takes")
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def _exif(tags: PictureTags, size: tuple[int, int]) -> bytes:
    from PIL import ExifTags, Image

    made = Image.Exif()
    base = ExifTags.Base
    inner = made.get_ifd(ExifTags.IFD.Exif)
    inner[base.ExifVersion] = b"0232"
    inner[base.ExifImageWidth], inner[base.ExifImageHeight] = size
    words = ((base.Make, tags.make), (base.Model, tags.model), (base.ImageDescription, tags.description))
    for tag, said in words:
        if said:
            made[tag] = said.encode("ascii", "replace").decode("ascii")
    if tags.taken is not None:
        taken = tags.taken.astimezone(UTC)
        made[base.DateTime] = inner[base.DateTimeOriginal] = f"{taken:%Y:%m:%d %H:%M:%S}"
        inner[base.OffsetTime] = inner[base.OffsetTimeOriginal] = "+00:00"
        if taken.microsecond:
            inner[base.SubsecTimeOriginal] = f"{taken.microsecond:06}".rstrip("0")
    focal = _focal_35mm(tags.field_of_view_deg, size)
    if focal is not None:
        inner[base.FocalLengthIn35mmFilm] = focal
    if tags.focal_mm is not None and tags.focal_mm > 0:
        inner[base.FocalLength] = _ratio(tags.focal_mm, _CENTI)
    gps = _gps(tags)
    if gps:
        made.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    return bytes(made.tobytes()).removeprefix(b"Exif\0\0")


def _gps(tags: PictureTags) -> dict[int, Any]:
    from PIL.ExifTags import GPS

    entries: dict[int, Any] = {}
    place = tags.place
    if place is not None:
        entries[GPS.GPSLatitudeRef], entries[GPS.GPSLatitude] = "S" if place.lat < 0 else "N", _parts(place.lat)
        entries[GPS.GPSLongitudeRef], entries[GPS.GPSLongitude] = "W" if place.lon < 0 else "E", _parts(place.lon)
        entries[GPS.GPSMapDatum] = "WGS-84"
        if place.accuracy_m:  # 0 is what phones write that do not know
            entries[GPS.GPSHPositioningError] = _ratio(place.accuracy_m, _CENTI)
    bearing, reference = tags.bearing_deg, "T"
    if bearing is None:
        bearing, reference = tags.magnetic_bearing_deg, "M"
    if bearing is not None and isfinite(bearing):
        entries[GPS.GPSImgDirectionRef] = reference
        entries[GPS.GPSImgDirection] = _ratio(round(bearing % 360.0, 2) % 360.0, _CENTI)
    if tags.taken is not None:
        taken = tags.taken.astimezone(UTC)
        seconds = _ratio(taken.second + taken.microsecond / _MICRO, _MICRO)
        entries[GPS.GPSDateStamp] = f"{taken:%Y:%m:%d}"
        entries[GPS.GPSTimeStamp] = (_ratio(taken.hour, 1), _ratio(taken.minute, 1), seconds)
    elif tags.day is not None:
        entries[GPS.GPSDateStamp] = f"{tags.day:%Y:%m:%d}"
    return {GPS.GPSVersionID: b"\x02\x03\x00\x00", **entries} if entries else {}


def _parts(degrees: float) -> tuple[Any, Any, Any]:
    """Degrees, minutes, and seconds to a ten-thousandth: 3 mm."""
    ticks = round(abs(degrees) * 3600 * 10_000)
    minutes, rest = divmod(ticks, 60 * 10_000)
    return _ratio(minutes // 60, 1), _ratio(minutes % 60, 1), _ratio(rest / 10_000, 10_000)


def _ratio(value: float, per: int) -> Any:
    from PIL.TiffImagePlugin import IFDRational

    exact = Fraction(round(value * per), per)
    return IFDRational(exact.numerator, exact.denominator)


def _focal_35mm(field_of_view_deg: float | None, size: tuple[int, int]) -> int | None:
    """The focal length on 35 mm film with the same view over the diagonal; whole millimetres, as EXIF has it."""
    if field_of_view_deg is None or not 0 < field_of_view_deg < 180:
        return None
    width, height = size
    half_diagonal = atan(tan(radians(field_of_view_deg) / 2) * hypot(width, height) / width)
    focal = round(_DIAGONAL_MM / 2 / tan(half_diagonal))
    return focal if 0 < focal <= 0xFFFF else None


def _xmp(tags: PictureTags) -> bytes:
    """Pitch and roll, for which EXIF has no place; and the day where no more than that may be said."""
    said = [
        (f"GPano:{name}", f"{angle:.2f}")
        for name, angle in (("PosePitchDegrees", tags.pitch_deg), ("PoseRollDegrees", tags.roll_deg))
        if angle is not None and isfinite(angle)
    ]
    if tags.taken is None and tags.day is not None:
        said.append(("photoshop:DateCreated", tags.day.isoformat()))
    if not said:
        return b""
    spaces = {"GPano": _GPANO, "photoshop": _PHOTOSHOP}
    used = {name.partition(":")[0] for name, _ in said}
    attributes = [f'xmlns:{short}="{long}"' for short, long in spaces.items() if short in used]
    attributes += [f'{name}="{value}"' for name, value in said]
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'{" ".join(attributes)}/></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()
