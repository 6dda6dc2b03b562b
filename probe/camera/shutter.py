"""The shutter: a few pictures at once, of which the sharpest is kept, in RAM alone and within a time.

    Shutter ── "camera"   a thread of its own opens the camera, reads it, closes it

Drivers hang. Whoever asks waits for that thread so long and no longer; while it hangs, there is no camera, and nothing
else stands still. What it brings when it comes back is written over.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from probe.camera.adapter import PHOTO_SIZE, Camera, NoCamera, any_picture, giving, gone
from probe.camera.choose import CameraChoice
from probe.camera.pose import Said
from probe.contract.sighting import Box

if TYPE_CHECKING:
    from probe.redact.faces import Pixels

BURST = 5
PATIENCE_S = 20.0  # for a whole burst, and the start of the camera before it
_READ_SHARE = 0.2  # of that, for one picture
_BURST_SHARE = 0.4  # of that, after which no further picture is waited for
IDLE_S = 60.0  # an open camera takes power and memory
# After the start exposure and white balance need some pictures.
_SETTLE_S, _SETTLE_READS = 1.0, 12
_CLOSE_S = 5.0
# Where the walker frames the camera: 640 pixels of 2304, so that it travels pixel by pixel.
RETICLE = Box(left=0.3625, top=0.255, width=0.275, height=0.49)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture as the camera gave it, still with everybody on it: it is for the redactor, and then written over.

    `at_s` is when it was taken, by the clock of the shutter; `sharpness` compares only within a burst of `frames`
    pictures; `said` is a script's word, None of a real camera.
    """

    pixels: "Pixels"
    camera: str
    at_s: float
    sharpness: float
    frames: int
    reticle: Box = RETICLE
    fake: bool = False
    said: Said | None = None

    def wipe(self) -> None:
        """Write over the picture."""
        wipe(self.pixels)


@dataclass
class _Open:
    """The camera while it is open. `first` is the picture that it was found by, until somebody takes it."""

    name: str
    camera: Camera
    first: Any | None

    def read(self) -> Any:
        """A picture of now. Raises NoCamera."""
        picture, self.first = self.first, None
        if picture is None:
            picture = any_picture(self.camera)
        if picture is None:
            raise gone(self.name)
        return picture

    def fresh(self) -> Any:
        """As `read`, with exposure and white balance found, and nothing that the driver had ready. Raises NoCamera."""
        new, until_s = self.first is not None, time.monotonic() + _SETTLE_S
        picture = self.read()
        if self.camera.fake:
            return picture
        for _ in range(_SETTLE_READS if new else self.camera.stale):
            if new and time.monotonic() > until_s:
                break
            wipe(picture)
            del picture  # the next one is made while this name would hold it
            picture = self.read()
        return picture


@dataclass
class _Job:
    """Something to do with the open camera, and its answer. Where nobody waits any more, the answer is wiped."""

    do: Callable[[_Open], Any]
    answer: "SimpleQueue[tuple[Any, BaseException | None]]" = field(default_factory=SimpleQueue)
    abandoned: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class Shutter:
    """One camera, opened when it is first needed and closed when it was not for a while. Safe from any thread.

    `patience_s` is how long it may take for a burst, its start included.
    """

    def __init__(
        self,
        choice: CameraChoice,
        *,
        clock: Callable[[], float] = time.time,
        patience_s: float = PATIENCE_S,
        idle_s: float = IDLE_S,
        size: tuple[int, int] = PHOTO_SIZE,
    ) -> None:
        self.choice, self.patience_s = choice, patience_s
        self._clock, self._idle_s, self._size = clock, idle_s, size
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._asking = threading.Lock()
        self._hangs: _Job | None = None
        self._thread: threading.Thread | None = None

    @property
    def hangs(self) -> bool:
        """Whether a picture that was asked for long ago is still waited for."""
        hangs = self._hangs
        return hangs is not None and hangs.answer.empty()

    def take(self, burst: int = BURST, reticle: Box = RETICLE) -> Shot:
        """The sharpest of a burst, judged by what is in the reticle. Raises NoCamera, MemoryError."""
        shot: Shot = self._ask(lambda opened: self._burst(opened, burst, reticle))
        return shot

    def look(self, use: "Callable[[Pixels], bytes]") -> bytes:
        """What is made of one picture, which is written over afterwards. Raises NoCamera, MemoryError."""
        made: bytes = self._ask(lambda opened: _once(opened, use))
        return made

    def close(self) -> None:
        """Let the camera go; waits a little for that, and not for one that hangs."""
        with self._asking:
            thread = self._thread
            self._jobs.put(None)
            if thread is not None and not self.hangs:
                thread.join(timeout=_CLOSE_S)

    def _ask(self, do: Callable[[_Open], Any]) -> Any:
        with self._asking:
            answer, problem = self._answered(do)
        if problem is None:
            return answer
        if isinstance(problem, NoCamera | MemoryError):
            raise problem
        # What a driver or its library raises is its own affair, and ends no walk.
        raise NoCamera(
            f"{self.choice.name} fails ({type(problem).__name__}): unplug it and plug it in again"
        ) from problem

    def _answered(self, do: Callable[[_Open], Any]) -> tuple[Any, BaseException | None]:
        if self.hangs:
            raise NoCamera(f"{self.choice.name} still hangs since the photo before: unplug it and plug it in again")
        self._hangs = None
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
            self._thread.start()
        job = _Job(do)
        self._jobs.put(job)
        try:
            return job.answer.get(timeout=self.patience_s)
        except Empty:
            with job.lock:  # it may be answered in this very moment
                job.abandoned = job.answer.empty()
        if not job.abandoned:
            return job.answer.get()
        self._hangs = job
        raise NoCamera(
            f"{self.choice.name} gave no picture within {self.patience_s:.3g} s: unplug it and plug it in again"
        )

    def _run(self) -> None:
        """The thread that has the camera."""
        opened: _Open | None = None
        try:
            while True:
                try:
                    job = self._jobs.get(timeout=None if opened is None else self._idle_s)
                except Empty:
                    _close(opened)
                    opened = None
                    continue
                if job is None:
                    return
                opened = self._done(job, opened)
        finally:
            _close(opened)

    def _done(self, job: _Job, opened: _Open | None) -> _Open | None:
        """Do a job; returns the camera where it is still good."""
        answer, problem = None, None
        try:
            if opened is None:
                opened = _Open(*giving(self.choice.candidates(self._size, self.patience_s * _READ_SHARE)))
            answer = job.do(opened)
        except BaseException as wrong:  # noqa: BLE001 (the border of a thread: whoever asked hears of it)
            problem = wrong
            _close(opened)
            opened = None
        with job.lock:
            if job.abandoned and isinstance(answer, Shot):
                answer.wipe()
            job.answer.put((None if job.abandoned else answer, problem))
        return opened

    def _burst(self, opened: _Open, burst: int, reticle: Box) -> Shot:
        camera, until_s = opened.camera, time.monotonic() + self.patience_s * _BURST_SHARE
        best, best_at_s = opened.fresh(), self._clock()
        sharpest, frames = sharpness(best, reticle), 1
        while frames < burst and not camera.fake and time.monotonic() < until_s:
            newest = camera.read()
            if newest is None:
                break
            at_s, sharp = self._clock(), sharpness(newest, reticle)
            frames += 1
            if sharp > sharpest:
                best, newest, best_at_s, sharpest = newest, best, at_s, sharp
            wipe(newest)
            del newest  # the next one is made while this name would hold it
        said = getattr(camera, "said", None)
        camera.taken()
        return Shot(
            pixels=best,
            camera=opened.name,
            at_s=best_at_s,
            sharpness=sharpest,
            frames=frames,
            reticle=reticle,
            fake=camera.fake,
            said=said,
        )


def _once(opened: _Open, use: "Callable[[Pixels], bytes]") -> bytes:
    picture = opened.read()
    try:
        return use(picture)
    finally:
        wipe(picture)


def _close(opened: _Open | None) -> None:
    if opened is not None:
        with suppress(Exception):  # whatever a driver has against it, it is as good as gone
            opened.camera.close()


def wipe(pixels: "Pixels") -> None:
    """Write over a picture."""
    pixels[...] = 0


def sharpness(pixels: "Pixels", reticle: Box) -> float:
    """How sharp a picture is in its reticle, against others of the same burst alone: the mean square of the slopes of
    brightness (Tenengrad), after a blur that takes the noise out, which at night is sharper than any edge."""
    import cv2

    from probe.redact.view import box_pixels

    left, top, right, bottom = box_pixels(reticle, pixels.shape[1], pixels.shape[0])
    grey = cv2.GaussianBlur(cv2.cvtColor(pixels[top:bottom, left:right], cv2.COLOR_RGB2GRAY), (0, 0), 1.0)
    across, down = (cv2.Sobel(grey, cv2.CV_32F, *way, ksize=3) for way in ((1, 0), (0, 1)))
    return float(cv2.mean(across * across + down * down)[0])
