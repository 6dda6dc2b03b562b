"""Keeps the shared map: looks what may be seen, makes the batch of a day, takes out at once what must not be seen."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random, SystemRandom

import msgspec

from hub.errors import BadInput, StillReading, StoreError
from hub.log.pictures import Standing
from hub.log.public import PublicRow, Sharing
from hub.publish.batches import (
    by_keeper,
    closed,
    emptied,
    fallen,
    first_batch_s,
    grown,
    latest_batch_s,
    new_id,
    next_batch_s,
    postponed,
    reconciled,
    ripe,
)
from hub.publish.public import PublicCamera, kept_back
from hub.publish.view import CameraDetail
from hub.store.store import Store

LOOK_S = 30.0  # how soon what must not be seen any more has left
REST_S, LOOK_SHARE = 1.0, 6  # a look of a second is followed by so many seconds of rest: 50,000 cameras take two
STOP_S = 10.0
_CHANGED = "what the map would show has changed meanwhile; look at the preview again, then open it"
_LEAST_LEAP_S = 3600.0
_LEAP_S = 2 * 86_400.0  # a batch that is due later than this was planned by a clock that leapt

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the public sees, by public id; `made_s` is when the last batch was made (Unix time)."""

    cameras: tuple[PublicCamera, ...]
    made_s: float
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A camera as the public comes to see it, new or other than it is seen by now; by the day of `by_s` (Unix time) at
    the latest, where the map is open and nothing is held."""

    camera: PublicCamera
    new: bool
    by_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What the public would see were the map opened now, what would follow in the next days, and a tag by which an
    operator says that it was this that they saw. So many were `kept_back` because they are fictional and others not."""

    cameras: tuple[PublicCamera, ...]
    coming: tuple[Coming, ...]
    kept_back: int
    tag: str

    @property
    def waiting(self) -> int:
        """How many follow."""
        return len(self.coming)


class Publisher:
    """The shared map of a hub. Safe to use from several threads.

    `cameras` gives all cameras, the rejected and private ones as well, or raises StillReading. `is_current` says
    whether they are as people decided by now: until they are, nothing comes, is opened or accepted, and of what was
    seen stays what `may_be_public` allows, which is asked with the sightings of cameras. `revision` gives another value
    than before where they may be others, `released` the hashes of the pictures that may be shown to everybody. `now` is
    a clock in Unix time, and `running` seconds that nobody sets, or always 0.
    """

    def __init__(
        self,
        store: Store,
        cameras: Callable[[], Sequence[CameraDetail]],
        revision: Callable[[], object] = object,
        *,
        released: Callable[[], frozenset[str]] = frozenset,
        is_current: Callable[[], bool] = lambda: True,
        may_be_public: Callable[[Sequence[frozenset[str]]], Sequence[bool]] = lambda cameras: [True] * len(cameras),
        now: Callable[[], float] = time.time,
        running: Callable[[], float] = lambda: 0.0,
        random: Random | None = None,
    ) -> None:
        self._store, self._cameras, self._revision = store, cameras, revision
        self._is_current, self._may_be_public = is_current, may_be_public
        self._released, self._now, self._random = released, now, random or SystemRandom()
        self._lock = threading.RLock()
        self._shown: Shown | None = None
        self._looked_at: object = None
        self._running = running
        self._clocks_s: tuple[float, float] | None = None  # what both clocks said at the last look
        self._wanted, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="shared map", daemon=True)

    def start(self) -> None:
        """Look now, then keep looking. Raises StoreError."""
        self.look()
        self._thread.start()

    def stop(self) -> None:
        """End the thread, also where it was never started."""
        self._stopping.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def request_look(self, _news: object = None) -> None:
        """Say that something may have to leave the map; returns at once."""
        self._wanted.set()

    def look(self) -> None:
        """Take out what must not be seen any more, note what is to come, and make the batch where it is due. Raises
        StoreError."""
        with self._lock:
            sharing, generation = self._store.public.sharing(), self._store.generation()
            try:
                if self._can_look():
                    self._look(sharing, generation)
                    return
            except _Outdated:
                self._wanted.set()  # to look again
            except StoreError:  # nothing can be written down, as the disk is full; it can be read as before
                self._show_allowed(sharing)
                raise
            self._show_allowed(sharing)

    def _look(self, sharing: Sharing, generation: int) -> None:
        """Look, by a log of this generation. Raises StoreError, _Outdated."""
        now_s, pictures = self._now(), self._pictures()
        if leap_s := self._leapt_s(now_s):
            self._save(postponed(self._store.public.rows(), leap_s), sharing, generation)
        version = (self._revision(), self._store.decisions.version(), generation, pictures, sharing)
        is_due = sharing.due_s is None or now_s >= sharing.due_s or sharing.due_s > now_s + _LEAP_S
        if version == self._looked_at and not is_due:
            return
        rows, sharing = self._reconcile(sharing, pictures, now_s, generation)
        if is_due:
            rows, sharing = self._batch(rows, sharing, now_s, generation)
        self._keep(rows, sharing)
        self._looked_at = (*version[:-1], sharing)

    def _leapt_s(self, now_s: float) -> float:
        """By how much the clock has leapt ahead since the last look; 0 where it went on as time does."""
        running_s = self._running()
        (was_s, ran_s), self._clocks_s = self._clocks_s or (now_s, running_s), (now_s, running_s)
        leap_s = (now_s - was_s) - (running_s - ran_s)
        return leap_s if running_s and leap_s > _LEAST_LEAP_S else 0.0

    def _can_look(self) -> bool:
        """Whether there are cameras to look at that are as people decided by now. Where a hub that has just started has
        not derived them, to go by none would take all out of the map."""
        try:
            self._cameras()
        except StillReading:
            return False
        return self._is_current()

    def _show_allowed(self, sharing: Sharing) -> None:
        """Show the map as it was, without what must not be seen any more."""
        version = sharing, self._store.generation(), self._store.decisions.version()
        if self._looked_at != version:
            rows = self._store.public.rows()
            sightings = by_keeper(rows, without=self._store.public.taken_back())
            allowed = dict(zip(sightings, self._may_be_public(list(sightings.values())), strict=True))
            self._keep([row for row in rows if sightings[row.id] and allowed[row.id]], sharing)
            self._looked_at = version

    def _save(self, rows: Sequence[PublicRow], sharing: Sharing, generation: int) -> list[PublicRow]:
        """Write rows down, and return all. Raises _Outdated where somebody erased something since they were read: it
        would come back with them."""
        if not self._store.public.save(rows, sharing, generation=generation):
            raise _Outdated
        return self._store.public.rows()

    def shown(self) -> Shown | None:
        """What the public sees; None while the map is closed."""
        return self._shown

    def sharing(self) -> Sharing:
        """How the shared map stands. Raises StoreError."""
        return self._store.public.sharing()

    def leads_to(self, public_id: str) -> str | None:
        """The public id of the camera that is seen under an id, which may be another; None where there is none."""
        row = self._row(public_id)
        return None if row is None or row.body is None else row.id

    def sightings_of(self, public_id: str) -> tuple[str, ...] | None:
        """The ids of the sightings of the camera that an id stands for, also where nobody sees it any more; None where
        there is none. They are for the hub alone. Raises StoreError."""
        row = self._row(public_id)
        return tuple(sorted(row.sightings)) if row is not None and row.sightings else None

    def preview(self) -> Preview:
        """What is seen, or where the map is closed what opening it would show, and what follows. Raises StoreError."""
        with self._lock:
            self._looked_at = None
            self.look()
            rows, sharing, now_s = self._store.public.rows(), self._store.public.sharing(), self._now()
            fresh = [] if sharing.open else ripe(rows, now_s)
            ids = {row.id for row in fresh}
            cameras = _cameras([*fresh, *(row for row in rows if row.body is not None and row.id not in ids)])
            due_s = sharing.due_s if sharing.open and sharing.due_s is not None else first_batch_s(now_s)
            coming = _coming([row for row in rows if row.id not in ids], due_s)
            return Preview(cameras=cameras, coming=coming, kept_back=kept_back(self._cameras()), tag=_tag(cameras))

    def open(self, tag: str) -> None:
        """Open the map with what a preview showed. Raises BadInput where it would show something else by now."""
        with self._lock:
            if self._store.public.sharing().open:
                return
            if self.preview().tag != tag or not self._is_current():
                raise BadInput(_CHANGED)
            sharing, generation = self._store.public.sharing(), self._store.generation()
            sharing = msgspec.structs.replace(sharing, open=True, due_s=None, held=None, accepted=None)
            try:
                rows, sharing = self._batch(self._store.public.rows(), sharing, self._now(), generation)
            except _Outdated:
                raise BadInput(_CHANGED) from None
            self._keep(rows, sharing)

    def close(self) -> None:
        """Close the map: from now on strangers see nothing. Raises StoreError."""
        with self._lock:
            sharing = msgspec.structs.replace(self._store.public.sharing(), open=False, held=None, accepted=None)
            self._store.public.save([], sharing)
            self._keep([], sharing)
            with suppress(_Outdated):  # then what was seen stays written down, and the next look takes out what must go
                generation = self._store.generation()
                self._save(closed(self._store.public.rows()), sharing, generation)

    def accept(self) -> None:
        """Let what is held happen. Raises StoreError."""
        with self._lock:
            self._cameras()  # raises StillReading where nothing could happen now
            sharing = self._store.public.sharing()
            if sharing.held is not None:
                sharing = msgspec.structs.replace(sharing, held=None, accepted=sharing.held, due_s=None)
                self._store.public.save([], sharing)
                self.look()

    def picture(self, public_id: str) -> str | None:
        """The hash of a picture that the public sees, asked of the log at this moment. Raises StoreError."""
        shown = self._shown
        if shown is None or not any(public_id in one.pictures for one in shown.cameras):
            return None
        sha256 = self._store.public.pictures().get(public_id)
        return sha256 if sha256 is not None and self._may_be_seen(sha256) is not None else None

    def _row(self, public_id: str) -> PublicRow | None:
        """The row to which an id leads."""
        by_id = {row.id: row for row in self._store.public.rows()}
        row, ways = by_id.get(public_id), 0
        while row is not None and row.merged_into is not None and ways < len(by_id):
            row, ways = by_id.get(row.merged_into), ways + 1
        return row

    def _reconcile(
        self, sharing: Sharing, pictures: Mapping[str, str], now_s: float, generation: int
    ) -> tuple[list[PublicRow], Sharing]:
        rows = self._store.public.rows()
        found = reconciled(rows, self._cameras(), self._pictures_of(pictures), now_s, self._random)
        changed = list(found.changed)
        seen = sum(row.body is not None for row in rows)
        lost = [row for row in found.vanished if row.body is not None]
        back = self._store.public.taken_back() if lost else frozenset()
        decided = [row for row in lost if row.sightings <= back]  # by whoever took their walk or import back
        held = fallen(seen - len(decided), len(lost) - len(decided))
        if held is not None and held != sharing.accepted:
            if held != sharing.held:
                _log.warning("%d of %d cameras of the shared map vanished; they stay until an operator says so",
                             len(lost), seen)  # fmt: skip
            sharing = msgspec.structs.replace(sharing, held=held)
            lost = decided
        elif sharing.held is not None and sharing.held.after < sharing.held.before:
            sharing = msgspec.structs.replace(sharing, held=None)
        gone = {row.id for row in lost} | {row.id for row in found.vanished if row.body is None}
        changed += [emptied(row) for row in found.vanished if row.id in gone]
        return self._save(changed, sharing, generation), sharing

    def _batch(
        self, rows: Sequence[PublicRow], sharing: Sharing, now_s: float, generation: int
    ) -> tuple[list[PublicRow], Sharing]:
        """Make the batch, unless the map is closed or the batch has to be held."""
        due_s = next_batch_s(now_s, self._random)
        fresh = ripe(rows, now_s) if sharing.open else []
        seen = sum(row.body is not None for row in rows)
        by_id = {row.id: row for row in rows}
        held = grown(seen, seen + sum(by_id[row.id].body is None for row in fresh))
        if held is not None and held != sharing.accepted:
            _log.warning("the shared map would grow from %d to %d cameras; the batch is held", seen, held.after)
            sharing = msgspec.structs.replace(sharing, held=held, due_s=due_s)
            fresh = []
        else:
            made = bool(fresh) or (sharing.open and sharing.made_s is None)
            sharing = msgspec.structs.replace(
                sharing,
                due_s=due_s,
                batch=sharing.batch + made,
                made_s=now_s if made else sharing.made_s,
                accepted=None,
                held=sharing.held if sharing.held is not None and sharing.held.after < sharing.held.before else None,
            )
        return self._save(fresh, sharing, generation), sharing

    def _keep(self, rows: Sequence[PublicRow], sharing: Sharing) -> None:
        """Show what is written down."""
        if not sharing.open:
            self._shown = None
            return
        cameras = _cameras(rows)
        self._shown = Shown(cameras=cameras, made_s=sharing.made_s or 0.0, tag=_tag(cameras))

    def _pictures(self) -> dict[str, str]:
        """The pictures that everybody may see: the sightings that name them, by their hashes."""
        found = {sha256: self._may_be_seen(sha256) for sha256 in sorted(self._released())}
        return {sha256: sighting for sha256, sighting in found.items() if sighting is not None}

    def _pictures_of(self, pictures: Mapping[str, str]) -> Callable[[CameraDetail], Sequence[str]]:
        """Which public pictures a camera has."""
        known = {sha256: name for name, sha256 in self._store.public.pictures().items()}
        fresh = {new_id(self._random): sha256 for sha256 in pictures if sha256 not in known}
        if fresh:
            self._store.public.name_pictures(fresh)
            known |= {sha256: name for name, sha256 in fresh.items()}
        by_sighting: dict[str, list[str]] = {}
        for sha256, sighting in pictures.items():
            by_sighting.setdefault(sighting, []).append(known[sha256])
        return lambda detail: [name for one in detail.sighting_ids for name in by_sighting.get(one, ())]

    def _may_be_seen(self, sha256: str) -> str | None:
        """The sighting that names a picture which somebody looked at and released; None where nobody did."""
        picture = self._store.pictures.get(sha256)
        seen = picture is not None and picture.standing is Standing.LOOKED and sha256 in self._released()
        return picture.sighting if picture is not None and seen else None

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wanted.wait(LOOK_S)
            self._wanted.clear()
            if self._stopping.is_set():
                return
            began_s = time.monotonic()
            try:
                self.look()
            except StoreError as problem:
                _log.error("the shared map cannot be kept: %s", problem)
            self._stopping.wait(max(REST_S, LOOK_SHARE * (time.monotonic() - began_s)))


class _Outdated(Exception):
    """Something was erased since the rows were read that were to be written."""


def _cameras(rows: Sequence[PublicRow]) -> tuple[PublicCamera, ...]:
    bodies = sorted((row.id, row.body) for row in rows if row.body is not None)
    return tuple(msgspec.json.decode(body, type=PublicCamera) for _, body in bodies)


def _coming(rows: Sequence[PublicRow], due_s: float) -> tuple[Coming, ...]:
    found = [
        Coming(
            camera=msgspec.json.decode(row.coming, type=PublicCamera),
            new=row.body is None,
            by_s=latest_batch_s(row.ripe_s, due_s),
        )
        for row in rows
        if row.coming is not None and row.ripe_s is not None
    ]
    return tuple(sorted(found, key=lambda one: one.camera.id))


def _tag(cameras: Sequence[PublicCamera]) -> str:
    return hashlib.sha256(msgspec.json.encode(cameras)).hexdigest()[:32]
