"""Looks pictures through as they come, one at a time, in a process of its own; goes on where it was after a restart.

Then counts the points that pictures of nearby sightings share. Where it cannot run, that is written down for the
operator, and pictures stay as they came.
"""

import logging
import threading

from hub.errors import BadInput, HubError, StoreError
from hub.log.pictures import Alike, By, SecondPass, StoredPicture
from hub.photo.gallery import Gallery, sighting_of
from hub.photo.helper import CannotLook, Helper, NotDone
from hub.photo.second import Held
from hub.store.store import Store
from probe.contract.sighting import Photo

MOST_TRIES = 3  # for one picture, restarts counted
NEAR_M = 60.0  # between the places of two photos of one wall
MOST_NEAR = 12
LOOK_S = 5.0  # how soon pictures that another process has brought are noticed
REST_S = 60.0  # after a failure that is the store's
STOP_S = 10.0

_log = logging.getLogger(__name__)


class Background:
    """The thread that looks pictures through; a part of a running hub."""

    def __init__(self, store: Store, helper: Helper | None = None) -> None:
        self._pictures = store.pictures
        self._gallery = Gallery(store, lambda _: ())
        self._helper = helper or Helper()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="second pass", daemon=True)

    def start(self) -> None:
        """Begin where it was left."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and its process, also where it was never started."""
        self._stopping.set()
        self._helper.end()
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        self._helper.end()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def step(self) -> bool:
        """Look one picture through, or compare one with its neighbours; whether there was anything to do. Raises
        CannotLook, StoreError."""
        waiting = self._pictures.waiting()
        if waiting is not None:
            self._look_through(*waiting)
            return True
        pair = self._pictures.to_compare(NEAR_M, MOST_NEAR)
        if pair is None:
            return False
        self._compare(*pair)
        return True

    def _look_through(self, sha256: str, tries: int) -> None:
        picture, jpeg = self._pictures.get(sha256), self._pictures.jpeg(sha256)
        if picture is None or jpeg is None:
            return  # deleted meanwhile
        if tries >= MOST_TRIES:
            self._pictures.end_second_pass(sha256, SecondPass.FAILED)
            return
        self._pictures.begin_second_pass(sha256)
        try:
            seen = self._helper.look(jpeg, held_of(picture))
            self._pictures.note_why(seen.plates)
            if seen.cover:
                self._gallery.add_redaction(sha256, seen.cover, By.SECOND_PASS)
        except NotDone as problem:
            if self._stopping.is_set():
                return
            _log.warning("the second pass could not look through picture %s: %s", sha256[:12], problem)
            if tries + 1 >= MOST_TRIES or not problem.again:
                self._pictures.end_second_pass(sha256, SecondPass.FAILED)
            return
        except BadInput as problem:
            if isinstance(problem, StoreError):
                raise
            _log.warning("the second pass could not cover in picture %s: %s", sha256[:12], problem)
            return
        self._pictures.end_second_pass(sha256, SecondPass.DONE, seen.faces + seen.writing, seen.doubtful)

    def _compare(self, sha256: str, others: list[str]) -> None:
        mine = self._pictures.jpeg(sha256)
        for other in others if mine is not None else ():
            theirs = self._pictures.jpeg(other)
            if theirs is None or mine is None or self._stopping.is_set():
                continue
            try:
                inliers = self._helper.same_place(mine, theirs)
            except NotDone:
                inliers = 0  # evidence for, never against: none
            self._pictures.note_alike(Alike(one=sha256, other=other, inliers=inliers))
        if not self._stopping.is_set():
            self._pictures.compared(sha256)

    def _run(self) -> None:
        while not self._stopping.is_set():
            rest_s = LOOK_S
            try:
                if self.step():
                    rest_s = 0.0
                else:
                    self._helper.end()  # its memory is the rest of the hub's until the next picture comes
            except CannotLook as problem:
                self._cannot(str(problem))
                self._stopping.wait()  # what is missing is installed with the hub stopped
            except HubError as problem:
                _log.error("the second pass rests: %s", problem)
                rest_s = REST_S
            self._stopping.wait(rest_s)

    def _cannot(self, why: str) -> None:
        if self._stopping.is_set():
            return
        _log.warning("pictures get no second pass: %s", why)
        try:
            self._pictures.note_why(why)
        except StoreError as problem:
            _log.error("%s", problem)


def held_of(picture: StoredPicture) -> Held:
    """How a picture was taken, as far as its sighting says."""
    sighting = sighting_of(picture)
    photo: Photo | None = None if sighting is None else sighting.photo
    if photo is None:
        return Held()
    held = Held(
        reticle=photo.reticle,
        pitch_deg=photo.pitch_deg,
        roll_deg=photo.roll_deg,
        sd_deg=photo.attitude_sd_deg,
        field_of_view_deg=photo.field_of_view_deg,
    )
    if picture.part != "reticle":
        return held
    return Held(part_of=photo.reticle, pitch_deg=held.pitch_deg, roll_deg=held.roll_deg, sd_deg=held.sd_deg,
                field_of_view_deg=held.field_of_view_deg)  # fmt: skip
