"""Takes people and number plates out of a picture, in memory, before anything of it is written anywhere.

What may be kept is decided by geometry first (`view`), then the detectors look at what is left; all that is taken out
becomes one constant, because a blur or a mosaic gives people away. Where the detector is missing or does not find
the faces that it has to find, there is no redactor, and so no picture.
"""

from collections.abc import Callable, Iterator
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
# Low, as that finds more faces that are dark, covered or turned, at no cost of time. The hub, whose operator looks at
# it, is stricter yet; an empty picture scores up to 0.016.
DEVICE_THRESHOLD, HUB_THRESHOLD = 0.05, 0.03
_CV_NO_MEMORY = -4  # cv2.Error.StsNoMem

Progress = Callable[[int, int], None]


class NoRedactor(Exception):
    """People cannot be taken out here, so no picture may be kept; the message says why, in words for the walker, and
    `why` what a pin says of it."""

    def __init__(self, message: str, why: PhotoNotKept = PhotoNotKept.NO_REDACTOR) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """A picture without what was taken out, and what that was. `mask` is true where the constant stands.

    `faces_in_reticle` are those of the faces that were covered in the reticle, also in part, or whose body was: what
    looks like one there may be the camera itself. Nobody is to think that it was kept.
    """

    pixels: Pixels
    mask: Mask
    faces: int
    faces_in_reticle: int = 0

    def shown(self, reticle: Box) -> float:
        """The share of a reticle that is not the constant, 0 to 1."""
        left, top, right, bottom = box_pixels(reticle, self.mask.shape[1], self.mask.shape[0])
        return 1 - float(self.mask[top:bottom, left:right].mean())


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
        except Exception as problem:  # OpenCV raises errors of its own for a broken network
            if _is_of_memory(problem):
                sentence = "there is not enough memory for the face detector"
                raise NoRedactor(sentence, PhotoNotKept.MEMORY) from problem
            raise NoRedactor(f"the face detector does not start ({type(problem).__name__})") from problem

    def redact(
        self, pixels: Pixels, *, reticle: Box, attitude: Attitude | None = None, progress: Progress | None = None
    ) -> Redacted:
        """The picture with people and plates taken out, in place: the pixels that were given are gone afterwards.

        Raises NoRedactor; then, too, all of it has become the constant.
        """
        try:
            gone, faces = self._to_take_out(pixels, reticle, attitude, progress)
            take_out(pixels, gone)
        except Exception as problem:  # also of memory, or an answer that is no number: then nothing may be kept
            pixels[:] = FILL
            if _is_of_memory(problem):
                sentence = "there was not enough memory to look for faces in this picture"
                raise NoRedactor(sentence, PhotoNotKept.MEMORY) from problem
            raise NoRedactor(f"the face detector failed on this picture ({type(problem).__name__})") from problem
        height, width = pixels.shape[:2]
        inside = sum(_reaches(face, box_pixels(reticle, width, height)) for face in faces)
        return Redacted(pixels=pixels, mask=gone, faces=len(faces), faces_in_reticle=inside)

    def find(self, pixels: Pixels) -> list[Face]:
        """The faces in a picture, from which nothing is taken out. Raises whatever the detector raises."""
        return self._detector.faces(pixels)

    def _to_take_out(
        self, pixels: Pixels, reticle: Box, attitude: Attitude | None, progress: Progress | None
    ) -> tuple[Mask, list[Face]]:
        """What has to go, and the faces that were found, each once.

        The detector sees the whole of a tile, also what geometry has taken out already: a face outside the reticle
        takes its body in there with it. So what is under the mask may decide where the mask is, and nothing else.
        """
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
        return gone, distinct(found)

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


def take_out(pixels: Pixels, gone: Mask) -> None:
    """Put the constant wherever the mask is true, in place: from here on the pixels depend on nothing under it."""
    np.copyto(pixels, FILL, where=gone[..., np.newaxis])  # an index would take 16 octets a pixel


def distinct(faces: list[Face]) -> list[Face]:
    """Each face once, by its best box: the network's neighbouring cells and tiles that overlap find one several times.

    For counting alone: what is covered is all that was found.
    """
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if not any(_is_same(face, other) for other in kept):
            kept.append(face)
    return kept


def _is_same(face: Face, other: Face) -> bool:
    """Whether the middle of one face lies in the other."""
    x, y = (face.left + face.right) / 2, (face.top + face.bottom) / 2
    return other.left < x < other.right and other.top < y < other.bottom


def _is_of_memory(problem: Exception) -> bool:
    """Whether memory was short: Python's error, or OpenCV's own by its number."""
    return isinstance(problem, MemoryError) or getattr(problem, "code", None) == _CV_NO_MEMORY


def _is_at(face: Face, spot: Spot) -> bool:
    """Whether a found face is the drawn one: its middle in the other, its width within a factor of two."""
    x, y, width = spot
    near = abs((face.left + face.right) / 2 - x) < width / 2 and abs((face.top + face.bottom) / 2 - y) < width / 2
    return near and 0.5 < (face.right - face.left) / width < 2


def _cover(gone: Mask, face: Face) -> None:
    for left, top, right, bottom in _boxes(face):
        gone[top:bottom, left:right] = True


def _reaches(face: Face, reticle: tuple[int, int, int, int]) -> bool:
    """Whether any of what goes with a face lies in the reticle."""
    return any(
        left < reticle[2] and right > reticle[0] and top < reticle[3] and bottom > reticle[1]
        for left, top, right, bottom in _boxes(face)
    )


def _boxes(face: Face) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, right, bottom in pixels of what goes: the face, and the body below one that is surely a face."""
    x, y = (face.left + face.right) / 2, (face.top + face.bottom) / 2
    wide, tall = face.right - face.left, face.bottom - face.top
    yield _box(x - wide * GROW / 2, y - tall * GROW / 2, x + wide * GROW / 2, y + tall * GROW / 2)
    if face.score >= BODY_SCORE:
        yield _box(x - wide * BODY_WIDE / 2, y, x + wide * BODY_WIDE / 2, face.top + tall * BODY_TALL)


def _box(left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int]:
    return max(0, floor(left)), max(0, floor(top)), max(0, ceil(right)), max(0, ceil(bottom))
