"""Photos during a walk: one at a time, in a thread of its own, so that nothing else waits for camera or redactor."""

import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue

from probe.camera.adapter import NoCamera
from probe.camera.aiming import Foot
from probe.camera.claims import tags_of_words
from probe.camera.pose import Pose
from probe.contract.sighting import PhotoNotKept
from probe.errors import BadInput, OutboxFull
from probe.walk.shutters import LAST_PHOTO_S, CameraHealth, CameraStatus
from probe.walk.snapshots import Photographer, Snapshot

_MOVE_S = 5.0


class Busy(BadInput):
    """The photo before is not done yet."""


@dataclass(frozen=True, slots=True)
class _Press:
    """The shutter was pressed; `came` is told what came of it."""

    words: tuple[str, ...]
    pose: Pose | None
    foot: Foot | None
    came: "Future[Snapshot]"


class PhotoTaker:
    """Takes photos for a walk.

    `keep` takes what comes of each and says whether there was room, None where nothing of this place is kept; `tell`
    hears sentences; both from the thread that runs it. `moved` is called when it moves, at least every few seconds
    while nothing is taken.
    """

    def __init__(
        self,
        photographer: Photographer,
        keep: Callable[[Snapshot], bool | None],
        tell: Callable[[str], None],
    ) -> None:
        self.moved: Callable[[], None] = lambda: None
        self._photographer, self._keep, self._tell = photographer, keep, tell
        self._presses: SimpleQueue[_Press | None] = SimpleQueue()
        self._busy = self._ended = False
        self._ready = False
        self._trouble: str | None = None
        self._photos = self._pins = 0
        self._began = False
        self._over = threading.Event()

    def start(self) -> None:
        """As `run`, in a thread of its own."""
        self._began = True
        threading.Thread(target=self.run, name="photos", daemon=True).start()

    def take(
        self, words: tuple[str, ...] = (), pose: Pose | None = None, foot: Foot | None = None
    ) -> "Future[Snapshot]":
        """Press the shutter; returns at once, and the future knows when it is kept. Safe from any thread.

        The future raises OutboxFull where there was no room for it. Raises Busy, and BadInput for a word that says
        nothing of a camera.
        """
        tags_of_words(words)
        if self._ended:
            raise BadInput("the walk is over: no photo is taken any more", "refused-over")
        if self._busy:
            raise Busy("the photo before is not done yet: wait for it, then press again", "refused-busy")
        self._busy = True
        press = _Press(words, pose, foot, Future())
        self._presses.put(press)
        return press.came

    def preview(self) -> bytes:
        """What the camera sees now, as `probe.camera.preview` shows it. Raises NoCamera."""
        if not self._ready:
            raise NoCamera(self._trouble or "the camera is not ready yet")
        from probe.camera.preview import preview

        return self._photographer.shutter.look(preview)

    def finish(self, patience_s: float = LAST_PHOTO_S) -> None:
        """Take no more photos; wait for the one that is being taken, and let the camera go."""
        self._ended = True
        self._presses.put(None)
        if self._began:
            self._over.wait(patience_s)
        self._photographer.shutter.close()

    def status(self) -> CameraStatus:
        """The camera as it is now."""
        return CameraStatus(
            name=self._photographer.shutter.choice.name,
            health=self._health(),
            photos=self._photos,
            pins=self._pins,
            trouble=self._trouble,
        )

    @property
    def taken(self) -> int:
        """How many sightings it made."""
        return self._photos + self._pins

    def _health(self) -> CameraHealth:
        if self._busy:
            return CameraHealth.BUSY
        if self._trouble is None:
            return CameraHealth.READY if self._ready else CameraHealth.STARTING
        return CameraHealth.LOST if self._ready else CameraHealth.REFUSED

    def run(self) -> None:
        """Start the redactor, and from then on take photos, until `finish`. After a fault it can be called again."""
        self._began = True
        refusal = self._photographer.keeper.refusal()
        if refusal is None:
            self._ready = True
            self._tell(f"{self._photographer.shutter.choice.name}: ready for photos")
        else:
            self._trouble = f"photos leave pins only: {refusal}"
            self._tell(self._trouble)
        while (press := self._next()) is not None:
            self._answer(press)
            self.moved()
        self._over.set()

    def _next(self) -> _Press | None:
        while True:
            self.moved()
            with suppress(Empty):
                return self._presses.get(timeout=_MOVE_S)

    def _answer(self, press: _Press) -> None:
        try:
            snapshot = self._snapshot(press)
            kept = self._keep(snapshot)
            if kept is False:
                raise OutboxFull("no room is left anywhere: this photo is lost; free some space")
        except BaseException as problem:  # noqa: BLE001 (the border of a thread: whoever pressed may ask for it)
            self._busy = False
            press.came.set_exception(problem)
            return
        if self._ready:
            self._trouble = snapshot.told
        if kept is None:
            self._busy = False
            self._tell("nothing of this place is kept: the photo is dropped, and goes nowhere")
            press.came.set_result(replace(snapshot, hidden=True))
            return
        if snapshot.pictures:
            self._photos += 1
        else:
            self._pins += 1
        self._busy = False
        self._tell(snapshot.told or "a photo is kept, without the people on it")
        for note in snapshot.notes:
            self._tell(note)
        press.came.set_result(snapshot)

    def _snapshot(self, press: _Press) -> Snapshot:
        """What comes of it: where this program has a fault, a pin, as the walker saw what they saw."""
        try:
            return self._photographer.take(press.words, press.pose, foot=press.foot)
        except Exception as problem:  # noqa: BLE001 (a walk goes on)
            # Where, and of what kind: what an error says may hold a piece of a picture.
            traceback.print_tb(problem.__traceback__)
            sentence = f"a fault of this program ({type(problem).__name__})"
            return self._photographer.pin(press.words, press.pose, PhotoNotKept.CAMERA, sentence)
