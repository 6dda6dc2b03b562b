"""The calibration of this device, in one small file beside its outbox: lens and compass, each with its day.

Each part is a line of its own: its name, the SHA-256 of what follows, and that as JSON. One that is damaged, or of a
later version, is told and left alone, and the other is used. The file is for this user alone, and is replaced whole or
not at all.
"""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from math import hypot
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from probe.aim.compass import Compass
from probe.aim.lens import LensModel, stated_lens
from probe.errors import BadInput
from probe.files.durable import write_durably
from probe.files.private import close_file, make_folder

VERSION = 1
MAX_BYTES = 64 * 1024
PARTS = ("lens", "compass")


class _Version(Struct, frozen=True):
    v: int


class LensPart(Struct, frozen=True, kw_only=True):
    """A calibrated lens as it is kept: how and when, and how good (root mean square in pixels, photos used)."""

    v: int
    day: date
    how: str
    lens: LensModel
    rms_px: float | None = None
    photos: int | None = None


class CompassPart(Struct, frozen=True, kw_only=True):
    """A calibrated compass as it is kept."""

    v: int
    day: date
    compass: Compass


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What is known of this device; None is "not calibrated". `problems` are sentences on parts that cannot be used."""

    lens: LensPart | None = None
    compass: CompassPart | None = None
    problems: tuple[str, ...] = field(default=())


_P = TypeVar("_P", LensPart, CompassPart)


def lens_of(known: Calibration, width: int, height: int, field_of_view_deg: float | None) -> LensModel:
    """The lens for pictures of a size: the calibrated one where they have its shape, else by the field of view that its
    maker states, else a usual one with its wide doubt."""
    if known.lens is not None:
        with suppress(BadInput):
            return known.lens.lens.scaled(width, height)
    return stated_lens(field_of_view_deg, width, height)


def path_beside(outbox: Path) -> Path:
    """Where the calibration of the device with an outbox is kept."""
    return outbox.with_name(outbox.stem + ".calibration")


def load(path: Path) -> Calibration:
    """What is kept. Where there is no file, nothing is calibrated. Raises BadInput where it cannot be read."""
    return decode(_octets(path), path.name)


def known_or_told(outbox: Path, tell: Callable[[str], None]) -> Calibration:
    """What is kept beside an outbox. What cannot be read is told and is not known: a photo is taken all the same."""
    try:
        known = load(path_beside(outbox))
    except BadInput as problem:
        known = Calibration(problems=(str(problem),))
    for sentence in known.problems:
        tell(sentence)
    return known


def decode(data: bytes, name: str = "calibration") -> Calibration:
    """What the octets of such a file say. Never raises: what is no calibration is a problem that is told."""
    lens: LensPart | None = None
    compass: CompassPart | None = None
    problems = []
    for line in _lines(data):
        what = _name_of(line)
        try:
            if what == "lens":
                lens = _part(line, LensPart, _lens_is_sound)
            elif what == "compass":
                compass = _part(line, CompassPart, _compass_is_sound)
            else:
                problems.append(f"{name}: holds something that is no part of a calibration; it is left alone")
        except ValueError as problem:
            problems.append(f"{name}: its {what} {problem}, so it is not used; calibrate the {what} again")
    return Calibration(lens=lens, compass=compass, problems=tuple(dict.fromkeys(problems)))


def save(path: Path, *, lens: LensPart | None = None, compass: CompassPart | None = None) -> None:
    """Keep a part, and all else as it is, also what this version does not know. Raises BadInput, OSError."""
    lines = _lines(_octets(path))
    for name, part in (("lens", lens), ("compass", compass)):
        if part is not None:
            body = msgspec.json.encode(part)
            lines = [line for line in lines if _name_of(line) != name]
            lines.append(b" ".join((name.encode(), _sum(body), body)))
    _write(path, lines)


def forget(path: Path, what: str | None = None) -> tuple[str, ...]:
    """Forget a part, or all; returns the names of what was forgotten. Raises BadInput, OSError."""
    lines = _lines(_octets(path))
    kept = [] if what is None else [line for line in lines if _name_of(line) != what]
    gone = [_name_of(line) for line in lines if line not in kept]
    if kept and gone:
        _write(path, kept)
    elif not kept:
        path.unlink(missing_ok=True)
    return tuple(dict.fromkeys(name if name in PARTS else "what was no part of it" for name in gone))


def _octets(path: Path) -> bytes:
    """Raises BadInput."""
    try:
        close_file(path)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return b""
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror}); move it away and calibrate again") from problem
    if len(data) > MAX_BYTES:
        raise BadInput(f"{path}: far larger than a calibration; move it away and calibrate again")
    return data


def _lines(data: bytes) -> list[bytes]:
    return [line for line in data.split(b"\n") if line.strip()]


def _name_of(line: bytes) -> str:
    return line.partition(b" ")[0].decode("ascii", "replace")


def _sum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def _part(line: bytes, kind: type[_P], is_sound: Callable[[_P], bool]) -> _P:
    """The part on a line. Raises ValueError, whose words follow the part's name."""
    _, said, body = (*line.split(b" ", 2), b"", b"")[:3]
    if said != _sum(body):
        raise ValueError("is damaged")
    try:
        if msgspec.json.decode(body, type=_Version).v > VERSION:
            raise ValueError("is of a later version of this program")
        found = msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as problem:
        raise ValueError("is damaged") from problem
    if not is_sound(found):
        raise ValueError("is none that there can be")
    return found


def _lens_is_sound(part: LensPart) -> bool:
    """Whether it can be a lens's: what has passed through a card's hands may say anything."""
    lens = part.lens
    return (
        min(lens.width, lens.height) >= 1
        and max(lens.width, lens.height) <= 100_000
        and all(0.05 * lens.width < focal < 200 * lens.width for focal in (lens.fx, lens.fy))
        and 0 <= lens.cx <= lens.width
        and 0 <= lens.cy <= lens.height
        and max(abs(lens.k1), abs(lens.k2)) < 10
        and 0 < lens.focal_sd_share <= 1
        and 0 < lens.centre_sd_px <= lens.width
        and 0 <= lens.k1_sd <= 10
        and lens.is_sound()
    )


def _compass_is_sound(part: CompassPart) -> bool:
    compass = part.compass
    sizes = [hypot(*row) for row in compass.matrix]
    return (
        sorted(map(abs, compass.axes)) == [1, 2, 3]
        and all(0 < size < 1e9 for size in sizes)
        and hypot(*compass.offset) < 1e9
        and 0 < compass.heading_sd_deg <= 180
        and -360 <= compass.turned_deg <= 360
    )


def _write(path: Path, lines: Iterable[bytes]) -> None:
    """The file, whole or not at all, for this user alone. Raises OSError."""
    make_folder(path.parent)
    write_durably(path, b"".join(line + b"\n" for line in lines), private=True)
