"""A page's pictures that a test draws: a street front with a camera on it, and nobody in it."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import cv2
import numpy as np
from numpy.typing import NDArray

from hub.errors import BadInput
from hub.web.pictures import PictureState, PictureView
from probe.contract.sighting import Box

GREY = (128, 128, 128)


def facade(width: int, height: int, seed: int = 1) -> NDArray[np.uint8]:
    """A street front of so many pixels, with windows, a door and a dome on an arm; BGR."""
    rng = np.random.default_rng(seed)
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = (150, 176, 196)
    picture[:] = np.clip(picture + rng.normal(0, 7, picture.shape), 0, 255).astype(np.uint8)
    for row in range(3):
        for column in range(6):
            left, top = int((column + 0.3) * width / 6), int((row + 0.25) * height / 4)
            right, bottom = left + width // 14, top + height // 7
            cv2.rectangle(picture, (left, top), (right, bottom), (92, 74, 58), -1)
            cv2.rectangle(picture, (left, top), (right, bottom), (225, 230, 232), max(2, width // 300))
    cv2.rectangle(picture, (0, height * 6 // 7), (width, height), (120, 118, 116), -1)
    cv2.rectangle(picture, (width * 4 // 9, height * 5 // 8), (width // 2, height * 6 // 7), (40, 60, 96), -1)
    at = (width // 2 + width // 30, height * 9 // 20)
    cv2.line(picture, at, (at[0] - width // 30, at[1] - height // 30), (235, 235, 235), max(2, width // 160))
    cv2.circle(picture, at, width // 50, (240, 240, 240), -1)
    cv2.ellipse(picture, at, (width // 64, width // 64), 0, 0, 180, (40, 34, 30), -1)
    return picture


def encoded(picture: NDArray[np.uint8]) -> bytes:
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
    assert done
    return data.tobytes()


def decoded(data: bytes) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture.astype(np.uint8)


class ScriptedPictures:
    """A `PictureSource` of pictures that it was given; what was asked of it stands in `asked`."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.boxes: list[Box] = []
        self.pairs: list[tuple[str, str, int]] = []
        self.fails: str | None = None
        self.data: dict[str, bytes] = {}
        self._views: dict[str, PictureView] = {}
        self._cameras: dict[str, str] = {}

    def put(
        self, camera_id: str, picture: NDArray[np.uint8], *, part: str = "scene", sighting: str = "s", day: int = 9,
        bearing_deg: float | None = 47.0, state: PictureState = PictureState.NEW,
    ) -> str:  # fmt: skip
        """A picture of a camera, taken on a day of May 2026; returns its id."""
        data = encoded(picture)
        name = hashlib.sha256(data).hexdigest()
        height, width = picture.shape[:2]
        self.data[name], self._cameras[name] = data, camera_id
        self._views[name] = PictureView(
            id=name, version=name, part=part, sighting=sighting, day=date(2026, 5, day), width=width, height=height,
            bytes=len(data), state=state, second_pass=None, composed=True, bearing_deg=bearing_deg, faces_covered=2,
        )  # fmt: skip
        return name

    def state(self, picture_id: str) -> PictureState:
        return self._views[picture_id].state

    def set_state(self, picture_id: str, state: PictureState) -> None:
        self._views[picture_id] = replace(self._views[picture_id], state=state)

    def of_camera(self, camera_id: str) -> Sequence[PictureView]:
        return [view for name, view in self._views.items() if self._cameras[name] == camera_id]

    def jpeg(self, picture_id: str) -> bytes | None:
        return self.data.get(picture_id)

    def look(self, picture_id: str) -> PictureView:
        self._note("look", picture_id)
        self.set_state(picture_id, PictureState.LOOKED)
        return self._views[picture_id]

    def take_back(self, picture_id: str) -> PictureView:
        self._note("private", picture_id)
        self.set_state(picture_id, PictureState.NEW)
        return self._views[picture_id]

    def cover(self, picture_id: str, boxes: Sequence[Box]) -> PictureView:
        self._note("cover", picture_id)
        self.boxes += boxes
        picture = decoded(self.data[picture_id])
        height, width = picture.shape[:2]
        for box in boxes:
            left, top = round(box.left * width), round(box.top * height)
            right, bottom = round((box.left + box.width) * width), round((box.top + box.height) * height)
            picture[top:bottom, left:right] = GREY
        data = self.data[picture_id] = encoded(picture)
        version = hashlib.sha256(data).hexdigest()
        self._views[picture_id] = replace(self._views[picture_id], version=version, second_pass=True)
        return self._views[picture_id]

    def delete(self, picture_id: str) -> None:
        self._note("delete", picture_id)
        del self.data[picture_id], self._views[picture_id]

    def alike(self, camera_id: str) -> Sequence[tuple[str, str, int]]:
        return [pair for pair in self.pairs if self._cameras[pair[0]] == camera_id]

    def _note(self, what: str, picture_id: str) -> None:
        if self.fails is not None:
            raise BadInput(self.fails)
        if picture_id not in self._views:
            raise BadInput("there is no such picture")
        self.asked.append((what, picture_id))
