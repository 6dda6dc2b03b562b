"""The second pass: looks for people and plates again, with a lower bar than a probe's, in what a probe has sent.

It only adds. Outside the reticle whatever may be a face goes. Inside it stands the camera, of which there is no other
picture: there a face goes that a probe would have taken out too, and what is more doubtful is shown to the operator.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from hub.photo.brush import FILL, opened
from hub.photo.lettering import Lettering, NoLettering, Span
from probe.contract.sighting import Box
from probe.redact.faces import Face, Mask, Pixels
from probe.redact.redactor import BODY_SCORE, BODY_TALL, BODY_WIDE, DEVICE_THRESHOLD, GROW, HUB_THRESHOLD, Redactor
from probe.redact.view import Attitude, below_line, box_pixels

_NEAR_FILL, _ALL = 4, 0.97  # grey levels that JPEG adds to the constant; a share of a box that is "all of it"
_SAME = 0.5  # of the smaller of two faces: then they are one
MOST = 200  # places of each kind in one picture: with more, the detector is at fault, or the picture made to be so
WHOLE = Box(left=0.0, top=0.0, width=1.0, height=1.0)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """How a picture was taken: where its reticle is, and how the lens was held. `part_of` is the box of the scene that
    a reticle's own picture shows; None of a scene."""

    reticle: Box | None = None
    part_of: Box | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    sd_deg: float | None = None
    field_of_view_deg: float | None = None

    @property
    def attitude(self) -> Attitude | None:
        """How the lens was held, where all of it is known."""
        if None in (pitch := self.pitch_deg, roll := self.roll_deg, sd := self.sd_deg, view := self.field_of_view_deg):
            return None
        assert pitch is not None and roll is not None and sd is not None and view is not None  # noqa: PT018, S101
        return Attitude(pitch_deg=pitch, roll_deg=roll, sd_deg=sd, field_of_view_deg=view)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a second pass says: what to cover, what is doubtful, and how many faces and pieces of writing are to go.
    `plates` says why plates were not looked for, empty where they were."""

    cover: tuple[Box, ...] = ()
    doubtful: tuple[Box, ...] = ()
    faces: int = 0
    writing: int = 0
    plates: str = ""


@dataclass(frozen=True, slots=True)
class _Frame:
    """A picture's size, and which of its pixels are inside the reticle or below the line."""

    width: int
    height: int
    reticle: tuple[int, int, int, int]
    low: Mask


class SecondLook:
    """Looks pictures through. Raises NoRedactor where the face detector cannot be trusted."""

    def __init__(self) -> None:
        self._redactor = Redactor(threshold=HUB_THRESHOLD)
        self._lettering, self.plates = _lettering()

    def look(self, jpeg: bytes, held: Held) -> Seen:
        """What of a picture has to go. Raises BadInput where it cannot be decoded, and whatever OpenCV raises."""
        pixels = np.asarray(opened(jpeg).convert("RGB"))
        frame = _frame(pixels, held)
        cover: list[Box] = []
        doubtful: list[Box] = []
        faces = 0
        for face in _distinct(self._redactor.find(pixels)):
            inside = _inside(frame, (face.left + face.right) / 2, (face.top + face.bottom) / 2)
            boxes = [box for span in _spans(face) if (box := _box(frame, pixels, span)) is not None]
            if not boxes:
                continue  # it is covered already
            if face.score >= DEVICE_THRESHOLD or not inside:
                cover += boxes
                faces += 1
            else:
                doubtful.append(boxes[0])
        plates = [] if self._lettering is None else self._lettering.find(pixels)
        written = [box for span in plates if _is_low(frame, span) and (box := _box(frame, pixels, span)) is not None]
        return Seen(
            cover=tuple(cover + written[:MOST]),
            doubtful=tuple(doubtful),
            faces=faces,
            writing=len(written[:MOST]),
            plates=self.plates,
        )


def _distinct(faces: Sequence[Face]) -> list[Face]:
    """The faces, the surest first; of several that a detector sees in one place, one that is as large as all."""
    found: list[Face] = []
    for face in sorted(faces, key=lambda one: -one.score):
        for at, other in enumerate(found):
            if _overlap(face, other) > _SAME:
                found[at] = Face(
                    min(face.left, other.left),
                    min(face.top, other.top),
                    max(face.right, other.right),
                    max(face.bottom, other.bottom),
                    other.score,
                )
                break
        else:
            if len(found) < MOST:
                found.append(face)
    return found


def _overlap(one: Face, other: Face) -> float:
    """The share of the smaller that both have."""
    wide = min(one.right, other.right) - max(one.left, other.left)
    tall = min(one.bottom, other.bottom) - max(one.top, other.top)
    areas = ((face.right - face.left) * (face.bottom - face.top) for face in (one, other))
    return max(0.0, wide) * max(0.0, tall) / max(1e-9, min(areas))


def _lettering() -> tuple[Lettering | None, str]:
    try:
        return Lettering(), ""
    except NoLettering as problem:
        return None, str(problem)


def _frame(pixels: Pixels, held: Held) -> _Frame:
    height, width = pixels.shape[:2]
    part = held.part_of
    if part is None:
        reticle = held.reticle or WHOLE
        return _Frame(width, height, box_pixels(reticle, width, height), below_line(width, height, held.attitude))
    scene = max(1, round(width / part.width)), max(1, round(height / part.height))
    if held.attitude is None or max(scene) > 10_000:
        low: Mask = np.ones((height, width), np.bool_)
    else:
        left, top, right, bottom = box_pixels(part, *scene)
        low = np.ones((height, width), np.bool_)
        cut = below_line(*scene, held.attitude)[top:bottom, left:right][:height, :width]
        low[: cut.shape[0], : cut.shape[1]] = cut
    return _Frame(width, height, (0, 0, width, height), low)


def _inside(frame: _Frame, x: float, y: float) -> bool:
    left, top, right, bottom = frame.reticle
    return left <= x < right and top <= y < bottom


def _is_low(frame: _Frame, span: Span) -> bool:
    """Whether the middle of a piece of writing lies below the line, where plates are."""
    x, y = round((span[0] + span[2]) / 2), round((span[1] + span[3]) / 2)
    return bool(frame.low[min(max(y, 0), frame.height - 1), min(max(x, 0), frame.width - 1)])


def _spans(face: Face) -> Sequence[Span]:
    """A face with its hair and ears, and the body below one that is surely a face; as the redactor has it."""
    x, y = (face.left + face.right) / 2, (face.top + face.bottom) / 2
    wide, tall = face.right - face.left, face.bottom - face.top
    head = x - wide * GROW / 2, y - tall * GROW / 2, x + wide * GROW / 2, y + tall * GROW / 2
    body = x - wide * BODY_WIDE / 2, y, x + wide * BODY_WIDE / 2, face.top + tall * BODY_TALL
    return (head, body) if face.score >= BODY_SCORE else (head,)


def _box(frame: _Frame, pixels: Pixels, span: Span) -> Box | None:
    """The part of a span that lies in the picture; None where there is none, or all of it is the constant already."""
    left, top = max(0, int(span[0])), max(0, int(span[1]))
    right, bottom = min(frame.width, int(span[2]) + 1), min(frame.height, int(span[3]) + 1)
    if right <= left or bottom <= top:
        return None
    part = pixels[top:bottom, left:right].astype(np.int16)
    if (np.abs(part - FILL).max(axis=2) <= _NEAR_FILL).mean() >= _ALL:
        return None
    return Box(
        left=left / frame.width,
        top=top / frame.height,
        width=min(1.0, (right - left) / frame.width),
        height=min(1.0, (bottom - top) / frame.height),
    )
