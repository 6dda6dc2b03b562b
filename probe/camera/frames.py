"""Frames of the probe's camera, for reading a code: from picamera2 on a Raspberry Pi, else from V4L2 by OpenCV.

Nothing of them is kept: each is looked at in RAM and forgotten.
"""

from collections.abc import Iterator
from typing import Any

from probe.errors import BadInput

SIZE = (1280, 720)


def frames() -> Iterator[Any]:
    """Pictures as arrays (height, width[, 3]), until the reader has enough. Raises BadInput without a camera."""
    try:
        import picamera2
    except ImportError:
        yield from _by_v4l2()
        return
    try:
        camera = picamera2.Picamera2()
    except (RuntimeError, IndexError) as problem:
        raise BadInput(
            f"the camera cannot be used ({problem}): is its cable in, and is no other program using it?"
        ) from problem
    camera.configure(camera.create_preview_configuration(main={"size": SIZE, "format": "RGB888"}))
    camera.start()
    try:
        while True:
            yield camera.capture_array()
    finally:
        camera.close()


def _by_v4l2() -> Iterator[Any]:
    try:
        import cv2
    except ImportError as problem:
        raise BadInput(
            "no camera can be used here (neither picamera2 nor OpenCV is installed); give a picture of the code instead"
        ) from problem
    camera = cv2.VideoCapture(0)
    try:
        while True:
            there, frame = camera.read()
            if not there:  # some nodes open and never give a picture
                raise BadInput("the camera gives no picture; is it plugged in?")
            yield frame
    finally:
        camera.release()
