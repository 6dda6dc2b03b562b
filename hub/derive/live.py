"""The cameras kept up to date while a hub runs, and whoever wants to hear of changes.

Where the log is large, a start does not wait for them: the thread derives them, and what was saved is shown meanwhile.
Deriving runs in a thread of its own, at most every half second, however fast sightings come in.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec

from hub.derive.deriver import Deriver
from hub.derive.first import FirstDerivation, Stopped
from hub.derive.showing import CameraChange
from hub.errors import StillReading, StoreError
from hub.publish.view import CameraDetail, Status, feature
from hub.review.review import Review
from hub.store.store import Store
from probe.detect.registry import Recogniser

AT_ONCE = 500  # sightings that a start waits for, some two seconds: a number and no time, so that all hubs do the same
DEBOUNCE_S = 0.5
DERIVE_SHARE = 4  # a derivation of a second is followed by so many seconds of rest
LULL_S, LONGEST_WAIT_S = 0.5, 60.0
LULLS = 3  # in a row, after a burst: on a machine that has too much to do, batches are committed with pauses
BURST_SIGHTINGS = 20  # sightings within LULL_S; a walk that is under way brings fewer
BURST_PICTURES = 4  # pictures within LULL_S, which come after a walk's sightings; a photo has two
LOOK_S = 1.0  # how soon sightings written by another process (ingest, import) are noticed
STOP_S = 10.0
BASE_LAYER = "base.geojson"
MAX_NEWS = 128 << 10  # beyond, a page loads all again: each open page would hold its own copy on the way
_RELOAD = b'{"reload":true}'
_EMPTY = b'{"type":"FeatureCollection","features":[]}'

_log = logging.getLogger(__name__)

Listener = Callable[[bytes], None]


class LiveCameras:
    """What the page of a running hub shows, and the thread that keeps it so. Safe to use from several threads.

    The derived cameras are also saved in the store. `data` is the hub's folder, where its street map lies; more than
    `at_once` sightings are derived after the start. Until they are, `reading` says how far that is, the saved cameras
    are what is shown, and whatever needs derived ones raises StillReading.
    """

    def __init__(
        self,
        store: Store,
        *,
        data: Path | None = None,
        recogniser: Recogniser | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        self._store = store
        self._data = data
        self._deriver = Deriver(store, recogniser)
        self._at_once = at_once
        self._first: FirstDerivation | None = None  # while it is under way
        self.problem: StoreError | None = None
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._refreshing = threading.RLock()
        self._saved = True
        self._unsaved: dict[str, CameraDetail | None] = {}  # None: gone
        self._saved_as: str | None = None
        self._wanted, self._stopping = threading.Event(), threading.Event()
        self._pictures = 0  # that were taken in
        self._thread = threading.Thread(target=self._run, name="derive", daemon=True)

    def start(self) -> None:
        """Derive what is there, then keep deriving as sightings come in. Raises StoreError.

        Where there is much, it returns before that is derived. Where it cannot be, the thread ends, and `problem` is
        what was wrong."""
        if self._store.count() > self._at_once:
            self._first = FirstDerivation(self._store, self._stopping, self._tell_percent)
        else:
            self.refresh()
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

    @property
    def reading(self) -> int | None:
        """How much of the log is read again after a start, in percent; None where the cameras are derived."""
        first = self._first
        return None if first is None else first.percent

    def request_refresh(self) -> None:
        """Say that there may be new sightings; returns at once."""
        self._wanted.set()

    def note_taken(self, pictures: int) -> None:
        """Say that a batch was taken in, with so many pictures; returns at once. By one thread at a time."""
        self._pictures += pictures
        self.request_refresh()

    def refresh(self) -> bool:
        """Derive again now; returns whether anything was new. Raises StoreError where it cannot be read or saved,
        StillReading where the cameras are not derived yet."""
        self._require_derived()
        with self._refreshing:
            new = self.derive()
            if not self._saved:  # also what a full disk has refused before
                self._save()
            return new

    def _save(self) -> None:
        """Save what changed; all, where this hub saved nothing before, or somebody else did since."""
        changed = [(key, msgspec.json.encode(detail)) for key, detail in self._unsaved.items() if detail is not None]
        gone = [key for key, detail in self._unsaved.items() if detail is None]
        before = self._saved_as
        saved_as, streets = None, self._deriver.streets
        if before is not None:
            saved_as = self._store.update_cameras(changed, gone, saved_as=before, streets=streets)
        self._saved_as = saved_as or self._store.save_cameras(self._deriver.saved_form(), streets=streets)
        self._saved, self._unsaved = True, {}

    def derive(self) -> bool:
        """Derive again now, and leave the saving to the thread: nobody waits for it who decides something. Raises
        StoreError where the log cannot be read, StillReading where the cameras are not derived yet."""
        self._require_derived()
        with self._refreshing:
            change = self._deriver.refresh()
            if change is not None:
                self._saved = False
                self._unsaved |= {detail.camera.id: detail for detail in change.cameras}
                self._unsaved |= dict.fromkeys(change.gone)
                self._notify(change)
            return change is not None

    @property
    def deriver(self) -> Deriver:
        """What is derived, also what the map does not show: for the desk. Raises StillReading."""
        self._require_derived()
        return self._deriver

    @property
    def review(self) -> Review:
        """The decisions, those as well that were read before anything was derived. Raises StoreError."""
        first = self._first
        return self._deriver.review if first is None else first.review()

    def _require_derived(self) -> None:
        first = self._first
        if first is not None:
            raise StillReading(first.percent)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each change as JSON, from another thread; returns how to end that."""
        with self._lock:
            self._listeners.append(listener)

        def end() -> None:
            with self._lock:
                self._listeners.remove(listener)

        return end

    def cameras(self) -> Sequence[CameraDetail]:
        """The cameras, in a steady order."""
        first = self._first
        return self._deriver.cameras() if first is None else list(first.cameras)

    def camera(self, camera_id: str) -> CameraDetail | None:
        """The camera with an id."""
        first = self._first
        return self._deriver.camera(camera_id) if first is None else first.by_id.get(camera_id)

    def status(self) -> Status:
        """The hub at a glance."""
        first = self._first
        return self._deriver.status() if first is None else first.status()

    def coverage(self) -> bytes:
        """The cells that were walked and listened to, as GeoJSON. Raises StillReading."""
        return self.deriver.coverage()

    def base_layer(self) -> bytes:
        """The street map that the hub has, as GeoJSON; empty where it has none."""
        path = self._base_path()
        return _EMPTY if path is None else path.read_bytes()

    def base_version(self) -> tuple[int, int] | None:
        """Another value than before where the street map is another."""
        path = self._base_path()
        if path is None:
            return None
        state = path.stat()
        return state.st_mtime_ns, state.st_size

    def _base_path(self) -> Path | None:
        path = None if self._data is None else self._data / BASE_LAYER
        return path if path is not None and path.is_file() else None

    def _notify(self, change: CameraChange) -> None:
        if not self._listeners:
            return
        features = [feature(detail.camera) for detail in change.cameras]
        news: dict[str, Any] = {"status": self.status(), "features": features, "gone": change.gone}
        message = msgspec.json.encode(news)
        if len(message) > MAX_NEWS:  # a slow reader's queue holds a hundred
            message = _RELOAD
        self._send(message)

    def _tell_percent(self) -> None:
        self._send(msgspec.json.encode({"status": self.status(), "features": (), "gone": ()}))

    def _send(self, message: bytes) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener(message)

    def _derive_first(self, first: FirstDerivation) -> bool:
        """Derive the whole log, and show that from then on; returns whether it could."""
        try:
            with self._refreshing:
                self._deriver.refresh(first.told)
        except Stopped:
            return False
        except StoreError as problem:
            _log.error("the cameras cannot be derived: %s", problem)
            self.problem = problem
            return False
        self._saved = False
        self._first = None  # before anybody is told: whoever asks then gets what is derived
        self._send(_RELOAD)  # everything may be other than what was saved
        self._wanted.set()  # to save it
        return True

    def _run(self) -> None:
        first = self._first
        if first is not None and not self._derive_first(first):
            return
        while not self._stopping.is_set():
            self._wanted.wait(LOOK_S)
            self._wanted.clear()
            with suppress(StoreError):  # what is wrong is told where the log is read
                self._wait_for_lull()
            began_s = monotonic()
            if self._refresh_or_tell():
                self._stopping.wait(max(DEBOUNCE_S, DERIVE_SHARE * (monotonic() - began_s)))
        self._refresh_or_tell()  # what came last is in what is saved

    def _refresh_or_tell(self) -> bool:
        """Derive again; returns whether to rest then, as anything was new, or it failed, which is told."""
        try:
            return self.refresh()
        except StoreError as problem:
            _log.error("the cameras cannot be derived: %s", problem)
            return True

    def _wait_for_lull(self) -> None:
        """While many sightings come in at once, leave the machine to them: the map can wait until it is quiet."""
        until_s, seen, seen_pictures = monotonic() + LONGEST_WAIT_S, self._deriver.read_to, self._pictures
        quiet, enough = 0, 1
        while monotonic() < until_s and not self._stopping.is_set():
            now, pictures = self._store.version(), self._pictures
            if now - seen < BURST_SIGHTINGS and pictures - seen_pictures < BURST_PICTURES:
                quiet += 1
            else:
                quiet, enough = 0, LULLS
            if quiet >= enough:
                return
            seen, seen_pictures = now, pictures
            self._stopping.wait(LULL_S)
