"""What the face detector's network answers here, written down for a machine whose processor is emulated."""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from probe.camera.folder import PhotoCounts, read_folder
from probe.camera.keeping import NotKept, PhotoKeeper
from probe.camera.shutter import RETICLE
from probe.redact.faces import Pixels
from probe.redact.redactor import Redacted, Redactor
from tests.hil.stimuli.shots import LOOKED_AT


class _Noting:
    def __init__(self, network: Any) -> None:
        self._network, self._key = network, ""
        self.answers: dict[str, Any] = {}

    def setInput(self, blob: Any) -> None:  # noqa: N802 (OpenCV's name)
        self._key = hashlib.sha256(blob.tobytes()).hexdigest()
        self._network.setInput(blob)

    def forward(self, names: list[str]) -> Any:
        answers = self._network.forward(names)
        noted = (*answers[:LOOKED_AT], np.zeros(1, np.float32))
        self.answers |= {f"{self._key}-{name}": answer for name, answer in zip(names, noted, strict=True)}
        return answers


def remember(path: Path, *pictures: Pixels) -> list[Redacted]:
    """Take people out of pictures, and write down all that the network answered, also in its test of itself."""
    redactor, noting = _noted()
    done = [redactor.redact(picture.copy(), reticle=RETICLE) for picture in pictures]
    np.savez(path, **noting.answers)
    return done


def remember_photos(path: Path, folder: Path) -> None:
    """The same for the photos of a recorded walk."""
    redactor, noting = _noted()
    keeper = PhotoKeeper(lambda: redactor)
    for photo in read_folder(folder, PhotoCounts()):
        with suppress(NotKept):
            keeper.keep(photo, lambda _: "0" * 32)
    np.savez(path, **noting.answers)


def _noted() -> tuple[Redactor, _Noting]:
    redactor = Redactor()
    detector = redactor._detector
    detector._network = noting = _Noting(detector._network)
    redactor._test_itself()
    return redactor, noting
