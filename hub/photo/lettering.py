"""Finds writing, such as number plates, by RapidOCR's text detector through OpenCV, in one fixed size.

Only its model is used: RapidOCR itself would bring a second OpenCV that lands over ours. It is looked for where it was
installed (`pip install --no-deps rapidocr-onnxruntime==1.4.4`), and known by its hash.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from probe.redact.faces import Pixels

PACKAGE, MODEL = "rapidocr_onnxruntime", "models/ch_PP-OCRv4_det_infer.onnx"
MODEL_SHA256 = "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9"
SIDE = 960  # pixels; the picture is made to fit, and filled up
_SURE = 0.3  # of a pixel that it is writing
_LEAST = 10  # pixels of a piece of writing
_GROW = 0.8  # of its height: the network finds the middle of letters
_INSTALL = "pip install --no-deps rapidocr-onnxruntime==1.4.4"

Span = tuple[float, float, float, float]  # left, top, right, bottom, in pixels of the picture


class NoLettering(Exception):
    """Writing cannot be found here; the message says why."""


class Lettering:
    """Finds writing. Raises NoLettering where the model is missing or does not find what it has to."""

    def __init__(self, model: bytes | None = None) -> None:
        data = read_model() if model is None else model
        try:
            import cv2

            self._cv2 = cv2
            self._network: Any = cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8))
            self._test_itself()
        except NoLettering:
            raise
        except Exception as problem:  # OpenCV raises errors of its own for what it cannot load
            raise NoLettering(f"RapidOCR's text detector does not start here ({type(problem).__name__})") from problem

    def find(self, pixels: Pixels) -> list[Span]:
        """Where there is writing."""
        cv2 = self._cv2
        height, width = pixels.shape[:2]
        scale = SIDE / max(width, height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        filled = np.zeros((SIDE, SIDE, 3), np.float32)
        filled[: size[1], : size[0]] = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        blob = ((filled[:, :, ::-1] / 255 - 0.5) / 0.5).transpose(2, 0, 1)[np.newaxis]
        self._network.setInput(np.ascontiguousarray(blob, dtype=np.float32))
        sure = self._network.forward()[0, 0]
        if not np.isfinite(sure).all():
            raise ArithmeticError("the network answers with what is no number")
        count, _, stats, _ = cv2.connectedComponentsWithStats((sure > _SURE).astype(np.uint8))
        found = []
        for number in range(1, count):
            left, top, wide, tall, area = (int(value) for value in stats[number])
            if area >= _LEAST:
                more = _GROW * tall
                span = left - more, top - more, left + wide + more, top + tall + more
                found.append((span[0] / scale, span[1] / scale, span[2] / scale, span[3] / scale))
        return found

    def _test_itself(self) -> None:
        """Look for a drawn plate, and for none on an empty wall. Raises NoLettering."""
        wall = np.full((SIDE, SIDE, 3), 150, np.uint8)
        plate = wall.copy()
        plate[400:480, 300:660] = 235
        self._cv2.putText(plate, "AB-123-CD", (310, 460), self._cv2.FONT_HERSHEY_SIMPLEX, 2.0, (20, 20, 20), 5)
        for _ in range(2):
            if self.find(wall):
                raise NoLettering("RapidOCR's text detector sees writing where there is none")
            if not any(
                left < 340 and right > 620 and top < 420 < bottom for left, top, right, bottom in self.find(plate)
            ):
                raise NoLettering("RapidOCR's text detector missed the plate of its own test")


def read_model() -> bytes:
    """The model. Raises NoLettering where it is missing or another."""
    spec = find_spec(PACKAGE)  # finds it, and runs nothing of it
    places = [] if spec is None or spec.submodule_search_locations is None else spec.submodule_search_locations
    for place in places:
        path = Path(place) / MODEL
        if path.is_file():
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() != MODEL_SHA256:
                raise NoLettering(f"{path} is not the text detector's model that was tried; {_INSTALL}")
            return data
    raise NoLettering(f"RapidOCR's text detector is not installed: {_INSTALL}")
