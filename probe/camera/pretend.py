"""Cameras that pretend: they show pictures of a folder, or those that a script names with place and pose.

For those who try the probe without a camera, and for demonstrations. They are chosen by name, and what is made of them
is marked as composed: no lens of this probe saw it there and then.
"""

from pathlib import Path
from typing import Annotated, Any

import msgspec

from probe.camera.adapter import NoCamera
from probe.camera.claims import tags_of_words
from probe.camera.container import NoReader
from probe.camera.pose import Pose, Said
from probe.contract.base import Bearing, Degrees, Latitude, Longitude, MagneticBearing, Metres
from probe.contract.sighting import Place
from probe.errors import BadInput

_SUFFIXES = {".jpg", ".jpeg", ".jpe"}
MAX_SCRIPT_BYTES, MAX_PICTURES = 1 << 20, 2000


class StillCamera:
    """Shows pictures of files, one after the other, and then from the first on again; `said` is the script's word."""

    fake = True
    stale = 0

    def __init__(self, pictures: list[tuple[Path, Said | None]]) -> None:
        self._pictures = pictures
        self._at = 0

    @property
    def said(self) -> Said | None:
        return self._pictures[self._at][1]

    def read(self) -> Any:
        """The picture that it shows. Raises NoCamera where its file holds none; the next one is shown then."""
        from probe.camera.decode import NoPixels, pixels_of

        path = self._pictures[self._at][0]
        try:
            return pixels_of(path)
        except NoPixels as problem:
            self.taken()
            raise NoCamera(str(problem)) from problem
        except NoReader as problem:
            self.taken()
            raise NoCamera(f"{path}: {problem}") from problem

    def taken(self) -> None:
        """Show the next one."""
        self._at = (self._at + 1) % len(self._pictures)

    def close(self) -> None:
        """It goes on where it was."""


def folder_camera(folder: Path) -> StillCamera:
    """Shows the JPEGs of a folder, by their names. Raises BadInput where there are none."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES and path.is_file())
    except OSError as problem:
        raise BadInput(f"{folder}: cannot be read ({problem.strerror}); give a folder of JPEGs") from problem
    if not files:
        raise BadInput(f"{folder}: no JPEG in it; give a folder of JPEGs, each as the camera would see it")
    return StillCamera([(path, None) for path in files[:MAX_PICTURES]])


class _Picture(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One picture of a script."""

    file: str
    lat: Latitude | None = None
    lon: Longitude | None = None
    accuracy_m: Metres | None = None
    bearing_deg: Bearing | None = None
    magnetic_bearing_deg: MagneticBearing | None = None
    bearing_sd_deg: Degrees | None = None
    pitch_deg: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    roll_deg: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    attitude_sd_deg: Degrees | None = None
    field_of_view_deg: Annotated[float, msgspec.Meta(gt=0, lt=180)] | None = None
    tags: tuple[str, ...] = ()


class _Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    picture: Annotated[tuple[_Picture, ...], msgspec.Meta(min_length=1, max_length=MAX_PICTURES)]


def scripted_camera(script: Path) -> StillCamera:
    """Shows what a script names, in TOML (or JSON, by its suffix): see hardware/README.md. Raises BadInput."""
    try:
        with script.open("rb") as file:
            data = file.read(MAX_SCRIPT_BYTES + 1)
    except OSError as problem:
        raise BadInput(f"{script}: cannot be read ({problem.strerror}); give a script of pictures") from problem
    if len(data) > MAX_SCRIPT_BYTES:
        raise BadInput(f"{script}: larger than {MAX_SCRIPT_BYTES >> 20} MB; that is no script of pictures")
    decode = msgspec.json.decode if script.suffix.lower() == ".json" else msgspec.toml.decode
    try:
        read: _Script = decode(data, type=_Script)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as problem:
        raise BadInput(f"{script}: not a script of pictures ({problem}); each begins with [[picture]]") from problem
    return StillCamera([(_file(script, each), _said(script, each)) for each in read.picture])


def _file(script: Path, picture: _Picture) -> Path:
    path = script.parent / picture.file
    if "\0" in picture.file or not path.is_file():
        raise BadInput(f"{script}: {picture.file!r} is not there; name pictures as seen from the script's folder")
    return path


def _said(script: Path, picture: _Picture) -> Said:
    if (picture.lat is None) != (picture.lon is None):
        raise BadInput(f"{script}: {picture.file!r} has half a place; give lat and lon, or none of them")
    place = None
    if picture.lat is not None and picture.lon is not None:
        place = Place(lat=picture.lat, lon=picture.lon, accuracy_m=picture.accuracy_m)
    pose = Pose(
        pitch_deg=picture.pitch_deg,
        roll_deg=picture.roll_deg,
        attitude_sd_deg=picture.attitude_sd_deg,
        field_of_view_deg=picture.field_of_view_deg,
        bearing_deg=picture.bearing_deg,
        magnetic_deg=picture.magnetic_bearing_deg,
        bearing_sd_deg=picture.bearing_sd_deg,
    )
    try:
        tags_of_words(picture.tags)
    except BadInput as problem:
        raise BadInput(f"{script}: of {picture.file!r}: {problem}") from problem
    return Said(place=place, pose=pose, words=picture.tags)
