"""Pictures for reading a code: of the camera that is plugged in, looked at in RAM and forgotten."""

from collections.abc import Iterator
from typing import Any

from probe.camera.adapter import PATIENCE_S, NoCamera, pictures
from probe.camera.choose import camera_at


def frames(patience_s: float = PATIENCE_S) -> Iterator[Any]:
    """Pictures as arrays (height, width, 3), until the reader has enough. Raises BadInput without a camera."""
    try:
        yield from pictures(camera_at("auto").candidates(None, patience_s))
    except NoCamera as problem:
        raise NoCamera(f"{problem}; or give a picture of the code instead") from problem
