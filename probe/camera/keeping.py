"""A photo's redacted pictures, one photo at a time: its file decoded, the people taken out, and what is left as JPEG.

A phone knows no reticle: the middle half of the picture stands for it, and nothing outside of it is kept unless the
photo's own metadata says how the lens was held.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from probe.camera.container import NoReader
from probe.camera.folder import PhotoObservation
from probe.contract.base import CONTRACT_VERSION
from probe.contract.envelope import Picture
from probe.contract.sighting import Box, Photo, PhotoNotKept

if TYPE_CHECKING:  # what takes people out comes with an extra, and is loaded when it is asked for
    from probe.redact.redactor import Progress, Redactor
    from probe.redact.view import Attitude

MIDDLE = Box(left=0.25, top=0.25, width=0.5, height=0.5)


class NotKept(Exception):
    """Why a photo's picture is not kept: `why` for its pin, the message for the walker.

    `each` says that the message is about this photo alone, else it is about many; `damaged` that a file is.
    """

    def __init__(self, message: str, why: PhotoNotKept, *, each: bool = False, damaged: bool = False) -> None:
        super().__init__(message)
        self.why, self.each, self.damaged = why, each, damaged


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of a photo: the part of its sighting, and the pictures that this names.

    `shown` is the share of the reticle that is not the constant, 0 to 1.
    """

    photo: Photo
    pictures: tuple[Picture, ...]
    shown: float


class PhotoKeeper:
    """Makes the redacted pictures of photos. Its redactor is started when it is first asked for."""

    def __init__(self, start: "Callable[[], Redactor] | None" = None) -> None:
        self._start = start
        self._redactor: Redactor | None = None
        self._refusal: NotKept | None = None

    def usable(self) -> bool:
        """Whether there is a redactor here that can be trusted."""
        if self._redactor is None and self._refusal is None:
            try:
                self._redactor = self._started()
            except NotKept as problem:
                self._refusal = problem
        return self._redactor is not None

    def _started(self) -> "Redactor":
        """The redactor. Raises NotKept."""
        try:
            from probe.redact.redactor import NoRedactor, Redactor
        except ImportError as problem:
            raise NotKept(
                f"{problem.name} is not installed, which taking people out needs: pip install 'contrechamp[camera]'",
                PhotoNotKept.NO_REDACTOR,
            ) from problem
        try:
            return Redactor() if self._start is None else self._start()
        except NoRedactor as problem:
            raise NotKept(str(problem), problem.why) from problem

    def keep(
        self, observation: PhotoObservation, new_id: Callable[[bytes], str], progress: "Progress | None" = None
    ) -> Kept:
        """The pictures of a photo; `new_id` gives an id for the octets of each. Raises NotKept."""
        if not self.usable() or self._redactor is None:
            raise self._refusal or NotKept("there is no redactor", PhotoNotKept.NO_REDACTOR)
        from probe.camera.decode import NoPixels, pixels_of
        from probe.redact.encode import encode
        from probe.redact.redactor import NoRedactor
        from probe.redact.view import box_pixels

        name = observation.name
        try:
            pixels = pixels_of(Path(name))
            height, width = pixels.shape[:2]
            attitude = observation.lens.attitude(width, height)
            redacted = self._redactor.redact(pixels, reticle=MIDDLE, attitude=attitude, progress=progress)
            encoded = encode(redacted, MIDDLE)
        except NoReader as problem:
            raise NotKept(str(problem), PhotoNotKept.CAMERA) from problem
        except NoPixels as problem:
            raise NotKept(str(problem), problem.why, each=True, damaged=problem.damaged) from problem
        except NoRedactor as problem:
            raise NotKept(f"{name}: {problem}, so its picture is not kept", problem.why, each=True) from problem
        except MemoryError as problem:
            sentence = f"{name}: there is not enough memory here for its picture; read it on another machine"
            raise NotKept(sentence, PhotoNotKept.MEMORY, each=True) from problem
        left, top, right, bottom = box_pixels(MIDDLE, width, height)
        jpegs = [encoded.scene, *([encoded.reticle] if _shows_more(MIDDLE, width, height) else [])]
        return Kept(
            photo=_part(observation, attitude, width, height, [hashlib.sha256(jpeg).hexdigest() for jpeg in jpegs]),
            pictures=tuple(Picture(v=CONTRACT_VERSION, id=new_id(jpeg), jpeg=jpeg) for jpeg in jpegs),
            shown=1 - float(redacted.mask[top:bottom, left:right].mean()),
        )


def _shows_more(reticle: Box, width: int, height: int) -> bool:
    """Whether the crop of a reticle has more pixels than the scene has of it."""
    from probe.redact.encode import RETICLE_PX, SCENE_PX
    from probe.redact.view import box_pixels

    left, top, right, bottom = box_pixels(reticle, width, height)
    return min(1, RETICLE_PX / max(right - left, bottom - top)) > min(1, SCENE_PX / max(width, height))


def _part(
    observation: PhotoObservation, attitude: "Attitude | None", width: int, height: int, hashes: list[str]
) -> Photo:
    bearing_deg = observation.bearing_deg
    return Photo(
        content_sha256=hashes[0],
        reticle_sha256=hashes[1] if len(hashes) > 1 else None,
        bearing_deg=bearing_deg,
        bearing_sd_deg=None if bearing_deg is None else observation.bearing_sd_deg,
        magnetic_bearing_deg=observation.magnetic_deg if bearing_deg is None else None,
        pitch_deg=None if attitude is None else attitude.pitch_deg,
        roll_deg=None if attitude is None else attitude.roll_deg,
        field_of_view_deg=observation.lens.field_of_view_deg(width, height),
        reticle=MIDDLE,
    )
