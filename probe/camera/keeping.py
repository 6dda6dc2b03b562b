"""A photo's redacted pictures, one photo at a time, of a file or a camera: the people taken out, what is left as JPEG.

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
from probe.camera.pose import Pose
from probe.contract.base import CONTRACT_VERSION
from probe.contract.envelope import Picture
from probe.contract.sighting import Box, Photo, PhotoNotKept

if TYPE_CHECKING:  # what takes people out comes with an extra, and is loaded when it is asked for
    from probe.redact.faces import Pixels
    from probe.redact.redactor import Progress, Redactor

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
    """What is kept of a photo: the part of its sighting, and the pictures that this names."""

    photo: Photo
    pictures: tuple[Picture, ...]


class PhotoKeeper:
    """Makes the redacted pictures of photos. Its redactor is started when it is first asked for."""

    def __init__(self, start: "Callable[[], Redactor] | None" = None) -> None:
        self._start = start
        self._redactor: Redactor | None = None
        self._refusal: NotKept | None = None

    def usable(self) -> bool:
        """Whether there is a redactor here that can be trusted."""
        return self.refusal() is None

    def refusal(self) -> NotKept | None:
        """Why there is no redactor here that can be trusted; None where there is one."""
        if self._redactor is None and self._refusal is None:
            try:
                self._redactor = self._started()
            except NotKept as problem:
                self._refusal = problem
        return self._refusal

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
        """The pictures of a photo's file; `new_id` gives an id for the octets of each. Raises NotKept."""
        self._require()
        from probe.camera.decode import NoPixels, pixels_of

        name = observation.name
        try:
            pixels = pixels_of(Path(name))
        except NoReader as problem:
            raise NotKept(str(problem), PhotoNotKept.CAMERA) from problem
        except NoPixels as problem:
            raise NotKept(str(problem), problem.why, each=True, damaged=problem.damaged) from problem
        pose = _pose(observation, pixels.shape[1], pixels.shape[0])
        return self.keep_pixels(pixels, name=name, reticle=MIDDLE, pose=pose, new_id=new_id, progress=progress)

    def keep_pixels(
        self,
        pixels: "Pixels",
        *,
        name: str,
        reticle: Box,
        pose: Pose,
        new_id: Callable[[bytes], str],
        progress: "Progress | None" = None,
    ) -> Kept:
        """The pictures of pixels, which are written over, whatever comes of it. `name` is what a sentence calls them.

        Raises NotKept.
        """
        try:
            redactor = self._require()
            from probe.redact.encode import encode
            from probe.redact.redactor import NoRedactor

            height, width = pixels.shape[:2]
            try:
                redacted = redactor.redact(pixels, reticle=reticle, attitude=pose.attitude(), progress=progress)
                encoded = encode(redacted, reticle)
            except NoRedactor as problem:
                raise NotKept(f"{name}: {problem}, so its picture is not kept", problem.why, each=True) from problem
            except MemoryError as problem:
                sentence = f"{name}: there is not enough memory here for its picture; read it on another machine"
                raise NotKept(sentence, PhotoNotKept.MEMORY, each=True) from problem
        finally:
            pixels[...] = 0
        jpegs = [encoded.scene, *([encoded.reticle] if _shows_more(reticle, width, height) else [])]
        return Kept(
            photo=_part(pose, reticle, [hashlib.sha256(jpeg).hexdigest() for jpeg in jpegs]),
            pictures=tuple(Picture(v=CONTRACT_VERSION, id=new_id(jpeg), jpeg=jpeg) for jpeg in jpegs),
        )

    def _require(self) -> "Redactor":
        """The redactor. Raises NotKept."""
        refusal = self.refusal()
        if self._redactor is None:
            raise refusal or NotKept("there is no redactor", PhotoNotKept.NO_REDACTOR)
        return self._redactor


def _pose(observation: PhotoObservation, width: int, height: int) -> Pose:
    """What a photo's metadata says of the lens, for a picture of this size."""
    attitude = observation.lens.attitude(width, height)
    true_deg = observation.bearing_deg
    return Pose(
        pitch_deg=None if attitude is None else attitude.pitch_deg,
        roll_deg=None if attitude is None else attitude.roll_deg,
        field_of_view_deg=observation.lens.field_of_view_deg(width, height),
        bearing_deg=true_deg,
        bearing_sd_deg=None if true_deg is None else observation.bearing_sd_deg,
        magnetic_deg=observation.magnetic_deg if true_deg is None else None,
    )


def _shows_more(reticle: Box, width: int, height: int) -> bool:
    """Whether the crop of a reticle has more pixels than the scene has of it."""
    from probe.redact.encode import RETICLE_PX, SCENE_PX
    from probe.redact.view import box_pixels

    left, top, right, bottom = box_pixels(reticle, width, height)
    return min(1, RETICLE_PX / max(right - left, bottom - top)) > min(1, SCENE_PX / max(width, height))


def _part(pose: Pose, reticle: Box, hashes: list[str]) -> Photo:
    return Photo(
        content_sha256=hashes[0],
        reticle_sha256=hashes[1] if len(hashes) > 1 else None,
        bearing_deg=pose.bearing_deg,
        bearing_sd_deg=pose.bearing_sd_deg,
        magnetic_bearing_deg=pose.magnetic_deg if pose.bearing_deg is None else None,
        pitch_deg=pose.pitch_deg,
        roll_deg=pose.roll_deg,
        attitude_sd_deg=pose.attitude_sd_deg,
        field_of_view_deg=pose.field_of_view_deg,
        reticle=reticle,
    )
