"""Takes people and number plates out of a picture, in memory, before anything of it is written anywhere.

What may be kept is decided by geometry first (`view`), then the detectors look at what is left; all that is taken out
becomes one constant, because a blur or a mosaic gives people away. Where the detector is missing or does not find
the faces that it has to find, there is no redactor, and so no picture.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from probe.contract.sighting import Box, PhotoNotKept
from probe.redact.faces import Face, FaceDetector, Mask, Pixels
from probe.redact.model import NoModel, read_model
from probe.redact.plates import writing
from probe.redact.selftest import FACES, Spot, drawn_faces
from probe.redact.view import Attitude, below_line, box_pixels

FILL = 112  # a grey that depends on nothing in the picture
GROW = 1.4  # of a face, so that hair and ears go with it
BODY_SCORE = 0.3  # from here on it is a person, whose clothes tell as much
BODY_WIDE, BODY_TALL = 3.2, 7.5  # of a face's width and height
DEVICE_THRESHOLD, HUB_THRESHOLD = 0.1, 0.05

Progress = Callable[[int, int], None]


class NoRedactor(Exception):
    """People cannot be taken out here, so no picture may be kept; the message says why, in words for the walker, and
    `why` what a pin says of it."""

    def __init__(self, message: str, why: PhotoNotKept = PhotoNotKept.NO_REDACTOR) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """A picture without what was taken out, and what that was. `mask` is true where the constant stands."""

    pixels: Pixels
    mask: Mask
    faces: int


class Redactor:
    """Takes people out of pictures. Raises NoRedactor where it cannot be trusted to: then nothing may be kept."""

    def __init__(self, *, threshold: float = DEVICE_THRESHOLD, model: bytes | None = None) -> None:
        try:
            self._detector = FaceDetector(read_model() if model is None else model, threshold=threshold)
            self._test_itself()
        except NoRedactor:
            raise
        except NoModel as problem:
            raise NoRedactor(str(problem)) from problem
        except ImportError as problem:
            raise NoRedactor(f"{problem.name} is not installed: pip install 'contrechamp[camera]'") from problem
        except MemoryError as problem:
            raise NoRedactor("there is not enough memory for the face detector", PhotoNotKept.MEMORY) from problem
        except Exception as problem:  # OpenCV raises errors of its own for a broken network
            raise NoRedactor(f"the face detector does not start ({type(problem).__name__})") from problem

    def redact(
        self, pixels: Pixels, *, reticle: Box, attitude: Attitude | None = None, progress: Progress | None = None
    ) -> Redacted:
        """The picture with people and plates taken out, in place: the pixels that were given are gone afterwards.

        Raises NoRedactor; then, too, all of it has become the constant.
        """
        try:
            gone, faces = self._to_take_out(pixels, reticle, attitude, progress)
            np.copyto(pixels, FILL, where=gone[..., np.newaxis])  # an index would take 16 octets a pixel
        except Exception as problem:  # also of memory, or an answer that is no number: then nothing may be kept
            pixels[:] = FILL
            why = PhotoNotKept.MEMORY if isinstance(problem, MemoryError) else PhotoNotKept.NO_REDACTOR
            raise NoRedactor(f"the face detector failed on this picture ({type(problem).__name__})", why) from problem
        return Redacted(pixels=pixels, mask=gone, faces=faces)

    def find(self, pixels: Pixels) -> list[Face]:
        """The faces in a picture, from which nothing is taken out. Raises whatever the detector raises."""
        return self._detector.faces(pixels)

    def _to_take_out(
        self, pixels: Pixels, reticle: Box, attitude: Attitude | None, progress: Progress | None
    ) -> tuple[Mask, int]:
        """What has to go, and how many faces were found."""
        height, width = pixels.shape[:2]
        left, top, right, bottom = box_pixels(reticle, width, height)
        low = below_line(width, height, attitude)
        gone = low.copy()
        gone[top:bottom, left:right] = False
        found = self._detector.faces(pixels, ~gone, progress=progress)
        low_part = low[top:bottom, left:right]
        if low_part.any():
            gone[top:bottom, left:right] |= writing(pixels[top:bottom, left:right]) & low_part
        for face in found:
            _cover(gone, face)
        return gone, len(found)

    def _test_itself(self) -> None:
        """Look for drawn faces that must be found, with a picture that holds none in between. Raises NoRedactor.

        Three times: a broken network module has answered rightly the first time, and with noise afterwards.
        """
        for expected in (FACES, (), FACES):
            found = self._detector.faces(drawn_faces(expected))
            missed = [spot for spot in expected if not any(_is_at(face, spot) for face in found)]
            stray = [face for face in found if not any(_is_at(face, spot) for spot in expected)]
            if missed or stray:
                raise NoRedactor(
                    f"the face detector missed {len(missed)} of {len(expected)} faces of its own test, and saw "
                    f"{len(stray)} that are not there",
                    PhotoNotKept.SELF_TEST,
                )


def _is_at(face: Face, spot: Spot) -> bool:
    """Whether a found face is the drawn one: its middle in the other, its width within a factor of two."""
    x, y, width = spot
    near = abs((face.left + face.right) / 2 - x) < width / 2 and abs((face.top + face.bottom) / 2 - y) < width / 2
    return near and 0.5 < (face.right - face.left) / width < 2


def _cover(gone: Mask, face: Face) -> None:
    """Mark a face, and the body below one that is surely a face."""
    x, y = (face.left + face.right) / 2, (face.top + face.bottom) / 2
    wide, tall = face.right - face.left, face.bottom - face.top
    _mark(gone, x - wide * GROW / 2, y - tall * GROW / 2, x + wide * GROW / 2, y + tall * GROW / 2)
    if face.score >= BODY_SCORE:
        _mark(gone, x - wide * BODY_WIDE / 2, y, x + wide * BODY_WIDE / 2, face.top + tall * BODY_TALL)


def _mark(gone: Mask, left: float, top: float, right: float, bottom: float) -> None:
    gone[max(0, floor(top)) : max(0, ceil(bottom)), max(0, floor(left)) : max(0, ceil(right))] = True
