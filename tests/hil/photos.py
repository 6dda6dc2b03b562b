"""Photos on a bench: a scene with somebody in it, a camera that sees it, and the probe's command that takes it."""

import base64
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from PIL import Image

from probe.camera.shutter import RETICLE
from probe.redact.faces import Pixels
from probe.redact.redactor import FILL, Redacted
from probe.redact.view import box_pixels
from tests.hil.bench import Bench
from tests.hil.drivers.inside import VividScene
from tests.hil.leaks import Secret, Seen, seen
from tests.hil.protocols import Done
from tests.hil.recall import remember
from tests.hil.town import Hub

PATIENCE_S = 300  # an emulated processor is in no hurry
NEAR = 8  # as many pixels, and shades, JPEG may mix what lies beside each other
_FACE, _MARK = 72, (250, 40, 40)  # a face's width in pixels; the colour of a thing on the wall that stays


def scene(width: int, height: int) -> Pixels:
    """A wall with a red thing on it in the reticle, and a face beside it; outside, what nobody may ever see."""
    import cv2

    from probe.redact.selftest import _draw

    pixels = np.random.default_rng(14).integers(0, 256, (height, width, 3), np.uint8)
    left, top, right, bottom = box_pixels(RETICLE, width, height)
    pixels[top:bottom, left:right] = np.linspace(190, 150, bottom - top, dtype=np.uint8)[:, np.newaxis, np.newaxis]
    _draw(cv2, pixels, *face_at(width, height), _FACE / 2)
    x, y = thing_at(width, height)
    pixels[y - 12 : y + 12, x - 12 : x + 12] = _MARK
    return pixels


def face_at(width: int, height: int) -> tuple[int, int]:
    left, top, right, bottom = box_pixels(RETICLE, width, height)
    return (2 * left + right) // 3, (top + bottom) // 2


def thing_at(width: int, height: int) -> tuple[int, int]:
    left, top, right, bottom = box_pixels(RETICLE, width, height)
    return right - (right - left) // 8, top + (bottom - top) // 8


@dataclass(frozen=True, slots=True)
class Watched:
    """A camera that is up and sees the same all the time: by which words the probe takes it, what it sees, what of that
    is left, and where the probe finds what its network answers to it."""

    bench: Bench
    words: tuple[str, ...]
    pixels: Pixels
    redacted: Redacted
    memory: str

    @property
    def size(self) -> tuple[int, int]:
        return self.pixels.shape[1], self.pixels.shape[0]

    def photo(
        self, outbox: tuple[str, ...] | None = None, burst: int = 2, patience_s: int = PATIENCE_S
    ) -> tuple[str, ...]:
        """The probe's command."""
        where = ("--at", "47.0,-17.0", "--tag", "dome", "--burst", str(burst), "--patience", str(patience_s))
        return ("photo", *self.words, *where, "--json", *(outbox or self.bench.outbox))

    def program(self, *options: str) -> tuple[str, ...]:
        """The probe with the network's answers from memory; options of the stimulus."""
        return recalling(self.bench, self.memory, *options)

    def shots(self, *options: str, outbox: tuple[str, ...] | None = None, wait_s: float = 300.0) -> Done:
        """Take one, or several."""
        return self.bench.run(*self.program(*options), *self.photo(outbox), wait_s=wait_s)

    def secret(self) -> Secret:
        """All that was taken out, as the camera gives it."""
        height, width = self.pixels.shape[:2]
        left, top, right, _ = box_pixels(RETICLE, width, height)
        x, y = face_at(width, height)
        half = _FACE // 3
        parts = [self.pixels[:top], self.pixels[top:, :left], self.pixels[top:, right:]]
        parts.append(self.pixels[y - half : y + half, x - half : x + half])
        return Secret(parts)


def recalling(bench: Bench, memory: str, *options: str) -> tuple[str, ...]:
    """The probe's program, with its network's answers from a memory."""
    python = str(PurePosixPath(bench.program[0]).with_name("python"))
    return (python, "-u", f"{bench.stimuli}/shots.py", memory, *options)


@contextmanager
def seeing(bench: Bench, spec: str) -> Iterator[Watched]:
    """A camera that is up already; what it sees is looked at first."""
    told = bench.stimulus_run("eye", spec, "sees", wait_s=300).out.splitlines()
    width, height = (int(word) for word in told[-2].split())
    pixels = np.frombuffer(zlib.decompress(base64.b64decode(told[-1])), np.uint8).reshape(height, width, 3)
    name = f"recalled-{spec.partition(':')[0]}-{width}.npz"
    (redacted,) = remember(bench.part("machine").share / name, pixels)
    yield Watched(bench, ("--camera", spec), pixels, redacted, f"/mnt/bench/{name}")


@contextmanager
def by_v4l2(bench: Bench, size: tuple[int, int] = (VividScene.WIDTH, VividScene.HEIGHT)) -> Iterator[Watched]:
    """A V4L2 camera that sees the scene."""
    camera: VividScene = bench.part("vivid")
    with camera.up():
        camera.show(scene(*size)[..., ::-1].tobytes(), size)
        with seeing(bench, f"v4l2:{camera.node()}") as watched:
            assert watched.size == size
            yield watched


@contextmanager
def by_picamera2(bench: Bench) -> Iterator[Watched]:
    """A sensor behind libcamera, which sees a test pattern."""
    with bench.part("vimc").up(), seeing(bench, "picamera2") as watched:
        yield watched


def watch(bench: Bench, doing: Callable[[], Done]) -> tuple[Done, Seen]:
    """What leaves memory while something is done."""
    watching = bench.stimulus("watch")
    done = doing()
    found = seen(watching.wait(240).out.splitlines())
    found.said = {"its output": done.out.encode(), "its errors": done.err.encode()}
    return done, found


def answers(out: str) -> list[dict[str, Any]]:
    """What the command says of each photo."""
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


def delivered(bench: Bench, hub: Hub, told: dict[str, Any]) -> list[Pixels]:
    """Send, and find at the hub the pictures that the command named: the scene, and the reticle where it shows more."""
    assert told["made"] == "photo", told
    bench.probe("send", *bench.outbox, wait_s=180)
    there = hub.pictures()
    return [np.asarray(Image.open(BytesIO(there[each["sha256"]])).convert("RGB")) for each in told["pictures"]]


def people_are_out(picture: Pixels, watched: Watched) -> None:
    """Fail where anything stands in a scene but what was kept; the bounds are JPEG's."""
    import cv2

    height, width = picture.shape[:2]
    mask = cv2.resize(watched.redacted.mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_AREA)
    gone = cv2.erode(mask, np.ones((2 * NEAR + 1, 2 * NEAR + 1), np.uint8)).astype(bool)
    assert gone.mean() > 0.5, "too little was taken out of this picture for a test"
    off = np.abs(picture[gone].astype(int) - FILL).max()
    assert off <= NEAR, f"{off} shades of what was taken out"
    assert picture[~mask.astype(bool)].std() > 1, "nothing was kept"
