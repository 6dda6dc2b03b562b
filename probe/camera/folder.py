"""Looks out of a folder of geotagged photos: where the walker stood, which way the lens pointed, what was said of it.

Only metadata is read. No picture leaves this module: without a redactor that takes people out, no photo is kept, and
each look becomes a pin. What the walker said of the camera stands in ImageDescription as OpenStreetMap tags, for
example `man_made=surveillance; camera:type=dome; camera:mount=pole; camera:direction=120`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from probe.contract.sighting import Place
from probe.errors import BadInput

SUFFIXES = {".jpg", ".jpeg", ".tif", ".tiff", ".png", ".webp"}
MAX_DESCRIPTION = 2000
MAX_PHOTO_BYTES = 64 * 1024 * 1024

# EXIF tag numbers (CIPA DC-008): names are the standard's.
_IMAGE_DESCRIPTION, _DATE_TIME_ORIGINAL, _OFFSET_TIME_ORIGINAL = 0x010E, 0x9003, 0x9011
_IFD_EXIF, _IFD_GPS = 0x8769, 0x8825
_GPS_LAT_REF, _GPS_LAT, _GPS_LON_REF, _GPS_LON, _GPS_TIME = 1, 2, 3, 4, 7
_GPS_DIRECTION_REF, _GPS_DIRECTION, _GPS_DISTANCE_REF, _GPS_DISTANCE, _GPS_DATE, _GPS_ERROR = 16, 17, 25, 26, 29, 31
_METRES = {"K": 1000.0, "M": 1609.344, "N": 1852.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoObservation:
    """One look at an installation. Bearings in degrees from true north; None is "not measured"."""

    observer: Place
    taken_at: datetime | None
    bearing_deg: float | None
    distance_m: float | None
    tags: tuple[tuple[str, str], ...]

    @property
    def at_s(self) -> float:
        """Unix time for sorting; a look without a time comes last."""
        return float("inf") if self.taken_at is None else self.taken_at.timestamp()


@dataclass(slots=True)
class PhotoCounts:
    """What became of the files; `bad` holds a sentence for each that could not be used."""

    files: int = 0
    photos: int = 0
    bad: list[str] | None = None

    def note_bad(self, sentence: str) -> None:
        self.bad = [*(self.bad or []), sentence]


def read_folder(folder: Path, counts: PhotoCounts) -> Iterator[PhotoObservation]:
    """The looks in a folder's photos, by file name. Raises BadInput where there is no such folder."""
    if not folder.is_dir():
        raise BadInput(f"{folder}: not a folder; give a folder of geotagged photos with --photos")
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        counts.files += 1
        try:
            photo = read_photo(path)
        except BadInput as problem:
            counts.note_bad(str(problem))
            continue
        counts.photos += 1
        yield photo


def read_photo(path: Path) -> PhotoObservation:
    """The look that a photo's EXIF describes. Raises BadInput: no picture, no EXIF, or no position in it."""
    exif = _exif(path)
    gps = dict(exif.get_ifd(_IFD_GPS))
    lat = _degrees(gps.get(_GPS_LAT), gps.get(_GPS_LAT_REF), "S", 90)
    lon = _degrees(gps.get(_GPS_LON), gps.get(_GPS_LON_REF), "W", 180)
    if lat is None or lon is None:
        raise BadInput(f"{path}: no position in its EXIF; switch geotagging on in the camera and take it again")
    accuracy_m = _positive(gps.get(_GPS_ERROR))
    return PhotoObservation(
        observer=Place(lat=round(lat, 7), lon=round(lon, 7), accuracy_m=_capped(accuracy_m)),
        taken_at=_taken_at(exif, gps),
        bearing_deg=_bearing(gps),
        distance_m=_distance_m(gps),
        tags=_tags(exif.get(_IMAGE_DESCRIPTION)),
    )


def _exif(path: Path) -> Any:
    from PIL import Image

    too_large = False
    try:
        too_large = path.stat().st_size > MAX_PHOTO_BYTES
        with Image.open(path) as picture:
            exif = picture.getexif()
            exif.get_ifd(_IFD_GPS)
            exif.get_ifd(_IFD_EXIF)
    except Exception as problem:
        raise BadInput(
            f"{path}: not a photo that can be read ({type(problem).__name__}); export it as JPEG"
        ) from problem
    if too_large:
        raise BadInput(f"{path}: larger than {MAX_PHOTO_BYTES >> 20} MB; that is not a photo from a walk")
    if not exif:
        raise BadInput(f"{path}: no EXIF in it, so no position; send the original file, not a copy from a messenger")
    return exif


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if -1e9 < number < 1e9 else None  # NaN fails both comparisons


def _positive(value: Any) -> float | None:
    number = _number(value)
    return number if number is not None and number > 0 else None


def _capped(metres: float | None) -> float | None:
    return None if metres is None else min(round(metres, 1), 100_000.0)


def _degrees(parts: Any, ref: Any, negative: str, limit: float) -> float | None:
    if not isinstance(parts, tuple | list) or len(parts) != 3 or not isinstance(ref, str):
        return None
    numbers = [_number(part) for part in parts]
    if any(number is None for number in numbers):
        return None
    degrees = sum((number or 0.0) / 60**power for power, number in enumerate(numbers))
    signed = -degrees if ref.strip("\0 ").upper() == negative else degrees
    return signed if abs(signed) <= limit else None


def _bearing(gps: dict[int, Any]) -> float | None:
    """The lens's bearing from true north; a magnetic one is left out, because its declination is not known here."""
    bearing = _number(gps.get(_GPS_DIRECTION))
    ref = str(gps.get(_GPS_DIRECTION_REF) or "T").strip("\0 ").upper()
    if bearing is None or ref == "M" or not 0 <= bearing <= 360:
        return None
    return round(bearing % 360.0, 1) % 360.0


def _distance_m(gps: dict[int, Any]) -> float | None:
    distance = _positive(gps.get(_GPS_DISTANCE))
    factor = _METRES.get(str(gps.get(_GPS_DISTANCE_REF) or "K").strip("\0 ").upper())
    if distance is None or factor is None or distance * factor > 2000:
        return None
    return round(distance * factor, 1)


def _taken_at(exif: Any, gps: dict[int, Any]) -> datetime | None:
    """UTC by the receiver's own date and time, else by the camera's clock where it states its offset."""
    day, time = gps.get(_GPS_DATE), gps.get(_GPS_TIME)
    try:
        if isinstance(day, str) and isinstance(time, tuple | list) and len(time) == 3:
            seconds = sum(float(part) * 60**power for part, power in zip(time, (2, 1, 0), strict=True))
            midnight = datetime.strptime(day.strip("\0 "), "%Y:%m:%d").replace(tzinfo=UTC)
            return midnight + timedelta(seconds=seconds)
        inner = exif.get_ifd(_IFD_EXIF)
        text = f"{inner.get(_DATE_TIME_ORIGINAL, '')}{inner.get(_OFFSET_TIME_ORIGINAL, '')}"
        return datetime.strptime(text, "%Y:%m:%d %H:%M:%S%z").astimezone(UTC)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None


def _tags(description: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(description, str):
        return ()
    pairs = (part.partition("=") for part in description[:MAX_DESCRIPTION].split(";"))
    return tuple((key.strip(), value.strip()) for key, mark, value in pairs if mark and key.strip())[:40]
