"""Cameras that people add by hand, written to the log and decided about; and the way to take back what was brought."""

import secrets
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from hub.errors import BadInput, HubError, StillReading
from hub.ingest.undo import find
from hub.log.decisions import Decided, NewDecision
from hub.log.events import Batch, NewSighting, Origin
from hub.publish.public import all_composed
from hub.publish.view import CameraDetail
from hub.store.store import Store
from hub.upload.by_hand import HandMade, decisions_of, duplicates, sighting_of
from probe import __version__
from probe.contract.envelope import digest, encode

SOFTWARE = f"contrechamp-hub {__version__}"
IMPORT_NAME = "by hand"
MOST_REMEMBERED = 1000


class Decides(Protocol):
    """What of the desk is needed here; see `hub.derive.desk`."""

    def cameras(self) -> Sequence[CameraDetail]: ...

    def camera(self, camera_id: str) -> CameraDetail | None: ...

    def decide(self, by: str, decisions: Sequence[NewDecision]) -> list[Decided]: ...

    def undo_one(self, by: str, number: int) -> list[Decided]: ...


class MayBeThere(Exception):
    """The camera may be there already: `cameras`, the nearest first."""

    def __init__(self, cameras: Sequence[CameraDetail]) -> None:
        super().__init__("it may be there already")
        self.cameras = cameras


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A camera that was added: its sighting, what takes it back, and the camera it is part of, None where it is not
    derived yet. `problem` is why what was decided with it does not hold."""

    sighting: str
    undo: str
    camera: str | None
    problem: str | None = None


@dataclass(slots=True)
class _Mine:
    by: str
    decided: list[int] = field(default_factory=list)


class Adding:
    """Adds cameras and takes back. `refresh` derives the cameras anew before it returns. Safe from several threads."""

    def __init__(self, store: Store, desk: Decides, refresh: Callable[[], object]) -> None:
        self._store, self._desk, self._refresh = store, desk, refresh
        self._mine: dict[str, _Mine] = {}  # by what takes it back
        self._turn = threading.Lock()  # two who add the same at once: the second is warned

    def add(self, made: HandMade, by: str, *, sure: bool = False) -> Added:
        """Add a camera. Raises MayBeThere unless `sure`, LookupError where `near` or `seen` is no camera, StoreError;
        StillReading, before anything is written, where the hub has not derived its cameras yet.

        Another one at the pole of `near`, and one that was seen, need no warning: that is what was asked for.
        """
        with self._turn:
            near, seen = self._named(made.near), self._named(made.seen)
            known = {one.camera.id for one in (near, seen) if one is not None}
            there = [one for one in duplicates(made, self._desk.cameras()) if one.camera.id not in known]
            if there and not sure:
                raise MayBeThere(there)
            return self._write(made, by, near, seen)

    def added(self, name: str, by: str) -> bool:
        """Whether somebody has added this since the hub began to run, and not taken it back."""
        mine = self._mine.get(name)
        return mine is not None and mine.by == by

    def take_back(self, name: str, by: str) -> int:
        """Take back an import or a walk, with what was decided as it was added; returns how many sightings there were.

        Raises BadInput where it was taken back already, StoreError; StillReading, before anything is taken back.
        """
        with self._turn:
            self._desk.cameras()
            _, undoing = find(self._store, name)
            erased = self._store.undo(undoing)
            mine = self._mine.pop(name, None)
            if mine is not None and mine.decided:
                with suppress(BadInput):  # it was undone at the desk already
                    self._desk.undo_one(by, mine.decided[0])  # and with it all that was decided by the same key
            self._refresh()
        return erased

    def camera_of(self, sighting: str) -> str | None:
        """The camera that a sighting is part of; None where it is part of none, or not derived yet."""
        try:
            there = self._desk.cameras()
        except StillReading:
            return None
        return next((one.camera.id for one in there if sighting in one.sighting_ids), None)

    def _write(self, made: HandMade, by: str, near: CameraDetail | None, seen: CameraDetail | None) -> Added:
        id, walk = secrets.token_hex(16), secrets.token_hex(16)
        there = self._desk.cameras()
        composed = bool(there) and all_composed(there)  # what is added to a fictional town is part of the fiction
        at = datetime.now(UTC)
        body = encode(sighting_of(made, id=id, walk=walk, at=at, software=SOFTWARE, composed=composed))
        new = NewSighting(id=id, hash=digest(body), body=body, origin=Origin.OPERATOR)
        number = self._store.begin_import(IMPORT_NAME)
        self._store.append(Batch(sightings={id: new}, import_number=number))
        self._store.end_import(number, digest(body))
        name = f"import-{number}"
        mine = self._mine[name] = _Mine(by)
        while len(self._mine) > MOST_REMEMBERED:
            del self._mine[next(iter(self._mine))]
        self._refresh()
        problem = None
        decisions = decisions_of(made, id, near, seen)
        if decisions:
            try:
                mine.decided = [one.number for one in self._desk.decide(by, decisions)]
            except HubError as trouble:
                problem = str(trouble)
        return Added(sighting=id, undo=name, camera=self.camera_of(id), problem=problem)

    def _named(self, camera_id: str | None) -> CameraDetail | None:
        if camera_id is None:
            return None
        found = self._desk.camera(camera_id)
        if found is None:
            raise LookupError(camera_id)
        return found
