"""Looks out of a folder of photos: where the walker stood, which way the lens pointed, what was said of it.

Only metadata is read here; a picture is decoded for the redactor alone (`decode`), and without one each look becomes a
pin. What the walker said of the camera stands in the description, comment or keywords as
OpenStreetMap tags, for example `man_made=surveillance; camera:type=dome; camera:mount=pole; camera:direction=120`.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from probe.camera.container import START_BYTES, Metadata, NoReader, is_readable, kind_of, largest_bytes, read_metadata
from probe.camera.exif import Main, text
from probe.camera.geotag import BEARING_SD_DEG, LeftOut, NoPosition, bearing_of, distance_of, magnetic_of, place_of
from probe.camera.lens import Lens
from probe.camera.tags import Tags, tags_of
from probe.camera.taken import CameraClock, taken_of
from probe.contract.sighting import ClockSource, Place
from probe.errors import BadInput

# What calls itself a photo and is none is told; all else that is none is passed over.
PHOTO_SUFFIXES = {
    ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".insp", ".png", ".webp", ".tif", ".tiff", ".heic", ".heif", ".hif",
    ".avif", ".dng", ".nef", ".cr2", ".cr3", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw", ".jxl", ".jp2",
}  # fmt: skip
MAX_DEPTH, MAX_FILES = 8, 20_000
# What galleries and network drives make beside the photos: the same ones once more, small.
_DERIVED = {"@eadir", "thumbnails", "#recycle", "lost.dir"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoObservation:
    """One look at an installation. Bearings in degrees from true north; None is "not measured".

    `magnetic_deg` is a bearing from magnetic north, which is not `bearing_deg` yet.

    Where `observer` is None, `no_place` says why in words that follow the file's name. `clock` says whose time
    `taken_at` is; `camera` and `receiver_at` are the clocks in a file that it may come from, `model` is whose; `placed`
    says how the place was come by where the photo did not say it.
    """

    observer: Place | None
    taken_at: datetime | None
    bearing_deg: float | None
    distance_m: float | None
    tags: Tags
    name: str = field(default="", compare=False)
    no_place: str | None = None
    model: str = ""
    camera: CameraClock | None = None
    receiver_at: datetime | None = None
    taken_sd_s: float | None = None
    clock: ClockSource = ClockSource.EXIF
    placed: str | None = None
    left_out: tuple[LeftOut, ...] = ()
    magnetic_deg: float | None = None
    bearing_sd_deg: float = BEARING_SD_DEG
    lens: Lens = field(default_factory=Lens)

    @property
    def at_s(self) -> float:
        """Unix time for sorting; a look without a time comes last."""
        return float("inf") if self.taken_at is None else self.taken_at.timestamp()


@dataclass(slots=True)
class PhotoCounts:
    """What became of the files; `bad` holds a sentence for each that could not be used.

    `passed_over` counts pictures of kinds that are not read here, with what to do about it; `others` are files that
    are no pictures; `hidden` files and folders, and `links` to folders, are not looked into.
    """

    files: int = 0
    photos: int = 0
    others: int = 0
    folders: int = 0
    hidden: int = 0
    links: int = 0
    bad: list[str] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)


def read_folder(folder: Path, counts: PhotoCounts) -> Iterator[PhotoObservation]:
    """The looks in the photos of a folder and of those below it. Raises BadInput where there is no such folder."""
    if not folder.is_dir():
        raise BadInput(f"{folder}: not a folder; give a folder of geotagged photos with --photos")
    for path in _files(folder, 0, counts):
        if counts.files + counts.others >= MAX_FILES:
            counts.bad.append(
                f"{folder}: more than {MAX_FILES:,} files; only the first were read, give a smaller folder"
            )
            return
        try:
            photo = read_photo(path)
        except _NoPhoto:
            counts.others += 1
            continue
        except NoReader as missing:
            counts.files += 1
            counts.passed_over[str(missing)] += 1
            continue
        except BadInput as problem:
            counts.files += 1
            counts.bad.append(str(problem))
            continue
        counts.files += 1
        counts.photos += 1
        yield photo


def _files(folder: Path, depth: int, counts: PhotoCounts) -> Iterator[Path]:
    """The files of a folder and then those of its folders: cameras fill DCIM/100MEDIA, DCIM/101MEDIA and so on."""
    counts.folders += 1
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as problem:
        counts.bad.append(f"{folder}: cannot be read ({problem.strerror}); its photos were left out")
        return
    below = []
    for entry in entries:
        if entry.name.startswith(".") or entry.name.lower() in _DERIVED:
            counts.hidden += 1
            continue
        with suppress(OSError):  # a link to itself
            if entry.is_dir(follow_symlinks=False):
                below.append(Path(entry.path))
            elif entry.is_dir():
                counts.links += 1
            elif entry.is_file():
                yield Path(entry.path)
    if below and depth == MAX_DEPTH:
        counts.bad.append(f"{folder}: folders below it were not read, {MAX_DEPTH} deep is enough; name one of them")
        return
    for path in below:
        yield from _files(path, depth + 1, counts)


class NoExif(BadInput):
    """A photo that says neither where nor when it was taken."""


class _NoPhoto(BadInput):
    """A file that is no picture and does not call itself one."""


def read_photo(path: Path) -> PhotoObservation:
    """The look that a photo's metadata describes. Raises BadInput (no photo, no EXIF) or NoReader."""
    metadata = _metadata(path)
    if not metadata.exif:
        raise NoExif(
            f"{path}: no EXIF in it that says where or when; send the original file, not a copy from a messenger"
        )
    gps = metadata.exif.gps
    left_out: list[LeftOut] = []
    observer, no_place = None, None
    try:
        observer, left_out = place_of(gps)
    except NoPosition as reason:
        no_place = str(reason)
    taken, bearing, distance = taken_of(metadata.exif.inner, gps), bearing_of(gps), distance_of(gps)
    left_out += [measured.left_out for measured in (bearing, distance) if measured.left_out is not None]
    return PhotoObservation(
        observer=observer,
        taken_at=taken.utc,
        bearing_deg=bearing.value,
        distance_m=distance.value,
        tags=tags_of(metadata.captions),
        name=str(path),
        no_place=no_place,
        model=" ".join(text(metadata.exif.main.get(tag)) for tag in (Main.MAKE, Main.MODEL)).strip(),
        camera=taken.camera,
        receiver_at=taken.receiver,
        left_out=(*left_out, *taken.left_out),
        magnetic_deg=magnetic_of(gps),
        lens=metadata.lens,
    )


def _metadata(path: Path) -> Metadata:
    try:
        with path.open("rb") as stream:
            kind = kind_of(stream.read(START_BYTES))
            if kind is None or not is_readable(kind):
                raise _refusal(path, kind)
            most = largest_bytes(kind)
            if stream.seek(0, os.SEEK_END) > most:
                raise BadInput(f"{path}: larger than {most >> 20} MB; that is not a photo from a walk")
            return read_metadata(stream, kind)
    except NoReader as missing:
        raise NoReader(f"{kind} {missing}") from missing
    except ImportError as missing:
        raise NoReader(f"{kind} needs {missing.name}: pip install 'contrechamp[probe]'") from missing
    except BadInput:
        raise
    except OSError as problem:
        raise BadInput(
            f"{path}: cannot be read ({problem.strerror or 'damaged'}); copy it again, or export it as JPEG"
        ) from problem
    # Pillow's readers raise almost anything for damaged files.
    except Exception as problem:
        raise BadInput(
            f"{path}: not a photo that can be read ({type(problem).__name__}); copy it again, or export it as JPEG"
        ) from problem


def _refusal(path: Path, kind: str | None) -> Exception:
    if kind is not None:
        return NoReader("is not read here: export it as JPEG")
    if path.suffix.lower() in PHOTO_SUFFIXES:
        return BadInput(f"{path}: not a photo that can be read, whatever its name says; copy it again from the camera")
    return _NoPhoto(f"{path}: not a photo")
