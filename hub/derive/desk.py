"""Where people decide about cameras: writes decisions down, and gives back cameras that honour them."""

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Collection, Sequence

import msgspec

from hub.derive.live import LiveCameras
from hub.errors import BadInput
from hub.log.decisions import Decided, DecisionKind, NewDecision
from hub.publish.view import CameraDetail
from hub.review.check import check
from hub.review.history import Told, all_told, history_of
from hub.review.ledger import Ledger, undoing
from hub.review.review import Review
from hub.store.store import Store

MAX_NAME = 200


class Desk:
    """All cameras, and what is decided about them. Safe to use from several threads, and beside other processes.

    A decision names sightings: where its camera changed meanwhile, it is recorded nevertheless, and holds for the
    camera that has most of them. When a method that decides returns, the decision is durable and the cameras are
    derived anew. All raise StoreError; and StillReading, before anything is written, where a hub that has just started
    has not derived its cameras yet. Only what was released, and what people let the public know of, is known even then.
    """

    def __init__(self, live: LiveCameras, store: Store) -> None:
        self._live, self._store = live, store
        self._lock = threading.Lock()

    def cameras(self) -> Sequence[CameraDetail]:
        """All cameras: those that were rejected, or are of private dwellings, as well."""
        return self._live.deriver.everything()

    def whole_cameras(self) -> Sequence[CameraDetail]:
        """The same, each with all of its sightings, also where they are too many to be listed: for what erases and
        hides, which must pass over none."""
        return [self._whole(detail) for detail in self.cameras()]

    def _whole(self, detail: CameraDetail) -> CameraDetail:
        if len(detail.sighting_ids) >= detail.camera.sightings:
            return detail
        # What it lists is kept as well: meanwhile it may be another one
        all_of_it = dict.fromkeys((*detail.sighting_ids, *self.sightings(detail.camera.id)))
        return msgspec.structs.replace(detail, sighting_ids=tuple(all_of_it))

    def camera(self, camera_id: str) -> CameraDetail | None:
        """The camera with an id; an id that was merged away leads to the camera that it is part of now."""
        return self._live.deriver.found(camera_id)

    def sightings(self, camera_id: str) -> tuple[str, ...]:
        """All sightings of a camera, in the log's order: a decision about it names these."""
        detail = self.camera(camera_id)
        return () if detail is None else self._live.deriver.sightings_of(detail.camera.id)

    def decide(self, by: str, decisions: Sequence[NewDecision]) -> list[Decided]:
        """Write decisions down as one batch, which is undone as one. Raises BadInput where one cannot be taken; then
        none was."""
        if not decisions:
            return []
        check(decisions)
        batch = _new_batch()
        with self._lock:
            self._live.derive()  # by the cameras of now, a decision knows which one it was about
            return self._append(by, [self._as_of_now(what, batch) for what in decisions])

    def undo(self, by: str) -> list[Decided]:
        """Take back the last batch of somebody that holds; returns nothing where there is none."""
        return self._take(by, DecisionKind.UNDO, lambda ledger: ledger.to_undo(by))

    def redo(self, by: str) -> list[Decided]:
        """Let the batch hold again that somebody undid last and that was not followed by another decision of theirs;
        returns nothing where there is none."""
        return self._take(by, DecisionKind.REDO, lambda ledger: ledger.to_redo(by))

    def undo_one(self, by: str, number: int) -> list[Decided]:
        """Take back a decision of anybody, with those of its batch. Raises BadInput where there is none that holds."""
        undone = self._take(by, DecisionKind.UNDO, lambda ledger: ledger.together_with(number))
        if not undone:
            raise BadInput(f"no decision {number} holds; it may have been undone: look at the history again")
        return undone

    def redo_one(self, by: str, number: int) -> list[Decided]:
        """Let a decision of anybody that was undone hold again, with those of its batch. Raises BadInput where there is
        none."""
        redone = self._take(by, DecisionKind.REDO, lambda ledger: ledger.together_with(number, undone=True))
        if not redone:
            raise BadInput(f"no decision {number} was undone; look at the history again")
        return redone

    def history(self, camera_id: str) -> Sequence[Told]:
        """What was decided about a camera, the oldest first; undone decisions as well."""
        return history_of(self._live.deriver.review, self.sightings(camera_id))

    def all_decisions(self) -> Sequence[Told]:
        """Everything that was decided at this hub, the oldest first."""
        return all_told(self._live.deriver.review)

    def released(self) -> frozenset[str]:
        """The pictures, by their hashes, that may be shown to everybody."""
        return self._live.review.released

    def is_current(self) -> bool:
        """Whether the cameras are derived, and with all that was decided and erased by now."""
        now = self._store.generation(), self._store.decisions.version()
        return self._live.reading is None and self._live.deriver.derived_as_of == now

    def may_be_public(self, cameras: Sequence[Collection[str]]) -> list[bool]:
        """Whether people let the public know of cameras, of which no more is known than their sightings: by all that
        was decided by now, whether it is derived or not."""
        decided: list[Decided] = []
        while some := self._store.decisions.read(decided[-1].number if decided else 0):
            decided += some
        standings = Review(decided).standings_of(cameras)
        return [one.review == "confirmed" and one.private is not True for one in standings]

    def _take(self, by: str, kind: DecisionKind, which: Callable[[Ledger], list[int]]) -> list[Decided]:
        with self._lock:
            self._live.derive()  # another process may have decided
            numbers = which(self._live.deriver.review.ledger)
            return self._append(by, undoing(kind, numbers, _new_batch())) if numbers else []

    def _append(self, by: str, decisions: Sequence[NewDecision]) -> list[Decided]:
        if not by.strip() or len(by) > MAX_NAME:
            raise BadInput("a decision is signed with a name; sign in, and decide again")
        decided = self._store.decisions.append(by, decisions)
        if self._live.alive:
            self._live.derive()
            self._live.request_refresh()  # to save them
        else:
            self._live.refresh()
        return decided

    def _as_of_now(self, what: NewDecision, batch: str) -> NewDecision:
        """A decision with its sightings in the log's order, and the camera that has most of them."""
        camera_of = self._live.deriver.ids_holding(what.sightings)
        cameras = Counter(camera_of.values()).most_common(1)
        unknown = [one for one in dict.fromkeys(what.sightings) if one not in camera_of]
        return msgspec.structs.replace(
            what,
            camera=cameras[0][0] if cameras else what.camera,
            sightings=(*camera_of, *unknown),
            batch=batch,
        )


def _new_batch() -> str:
    return secrets.token_hex(8)
