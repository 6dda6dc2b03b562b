"""The hub as one thing: a log, the cameras derived from it, and whoever wants to hear of changes.

Deriving runs in a thread of its own, at most every half second, however fast sightings come in.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec

from hub.errors import StoreError
from hub.log.events import StoredSighting
from hub.merge.cameras import derive
from hub.merge.observe import Observation, observe, says_private
from hub.publish.describe import describe
from hub.publish.view import CameraDetail, Status, feature
from hub.store.store import Store
from probe.contract.base import ContractError
from probe.contract.envelope import decode_sighting
from probe.contract.geodesy import cell_bounds
from probe.contract.sighting import Sighting, Survey
from probe.detect.registry import Recogniser, examined_again

DEBOUNCE_S = 0.5
DERIVE_SHARE = 4  # a derivation of a second is followed by so many seconds of rest
LULL_S, LONGEST_WAIT_S = 0.5, 60.0
BURST_SIGHTINGS = 200  # sightings within LULL_S
LOOK_S = 1.0  # how soon sightings written by another process (ingest, import) are noticed
BASE_LAYER = "base.geojson"
_EMPTY = b'{"type":"FeatureCollection","features":[]}'

_log = logging.getLogger(__name__)

Listener = Callable[[bytes], None]


class Hub:
    """What a page, a command and the ingest share. Safe to use from several threads."""

    def __init__(self, store: Store, *, data: Path | None = None, recogniser: Recogniser | None = None) -> None:
        self.store = store
        self._data = data
        self._lock = threading.Lock()
        self._observations: list[Observation] = []
        self._surveys: list[Survey] = []
        self._read_to = 0
        self._generation: int | None = None
        self._composed = False
        self._cameras: dict[str, CameraDetail] = {}
        self._unplaced = 0
        self._unrecognised = 0
        self._recogniser = recogniser or Recogniser()
        self._revision = 0
        self._listeners: list[Listener] = []
        self._wake, self._halt = threading.Event(), threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Derive what is there, then keep deriving as sightings come in."""
        self.refresh()
        self._thread = threading.Thread(target=self._run, name="derive", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._halt.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def poke(self) -> None:
        """Say that there may be new sightings."""
        self._wake.set()

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
        with self._lock:
            return list(self._cameras.values())

    def camera(self, camera_id: str) -> CameraDetail | None:
        with self._lock:
            return self._cameras.get(camera_id)

    def status(self) -> Status:
        with self._lock:
            return Status(
                cameras=len(self._cameras),
                sightings=len(self._observations) + len(self._surveys),
                unplaced=self._unplaced,
                unrecognised=self._unrecognised,
                floods=sum(len(survey.floods) for survey in self._surveys),
                quarantined=self.store.quarantine_count(),
                revision=self._revision,
                composed=self._composed,
            )

    def base_layer(self) -> bytes:
        """The street map that the hub has, as GeoJSON; empty where it has none."""
        path = None if self._data is None else self._data / BASE_LAYER
        return path.read_bytes() if path is not None and path.is_file() else _EMPTY

    def coverage(self) -> bytes:
        """The cells that were walked and listened to, as GeoJSON: by month, and how often."""
        cells: dict[str, list[date]] = {}
        with self._lock:
            for survey in self._surveys:
                for listened in survey.cells:
                    cells.setdefault(listened.cell, []).append(survey.day or date.min)
        features = [_coverage_feature(name, days) for name, days in sorted(cells.items())]
        return msgspec.json.encode({"type": "FeatureCollection", "features": features})

    def refresh(self) -> bool:
        """Read what is new in the log and derive the cameras again; returns whether anything changed."""
        if not self._read():
            return False
        found, unplaced = derive(self._observations)
        fresh = {detail.camera.id: detail for detail in map(describe, found)}
        fresh = dict(sorted(fresh.items()))
        with self._lock:
            changed = [detail for key, detail in fresh.items() if self._cameras.get(key) != detail]
            gone = [key for key in self._cameras if key not in fresh]
            self._cameras, self._unplaced = fresh, unplaced
            self._revision += 1
            listeners = list(self._listeners)
        self.store.save_cameras([(key, msgspec.json.encode(detail)) for key, detail in fresh.items()])
        if listeners:
            self._tell(listeners, changed, gone)
        return True

    def _tell(self, listeners: Sequence[Listener], changed: Sequence[CameraDetail], gone: Sequence[str]) -> None:
        features = [feature(detail.camera) for detail in changed]
        news: dict[str, Any] = {"status": self.status(), "features": features, "gone": list(gone)}
        message = msgspec.json.encode(news)
        for listener in listeners:
            listener(message)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(LOOK_S)
            self._wake.clear()
            self._wait_for_lull()
            began_s = monotonic()
            try:
                changed = self.refresh()
            except StoreError as problem:
                _log.error("the cameras cannot be derived: %s", problem)
                changed = True
            if changed and not self._stopping:
                self._halt.wait(max(DEBOUNCE_S, DERIVE_SHARE * (monotonic() - began_s)))

    def _wait_for_lull(self) -> None:
        """While many sightings come in at once, leave the machine to them: the map can wait until it is quiet."""
        until_s, seen = monotonic() + LONGEST_WAIT_S, self._read_to
        while monotonic() < until_s and not self._stopping:
            now = self.store.version()
            if now - seen < BURST_SIGHTINGS:
                return
            seen = now
            self._halt.wait(LULL_S)

    def _read(self) -> bool:
        new = self._new_generation()
        while rows := self.store.read(self._read_to):
            new = True
            for row in rows:
                self._take(row)
            self._read_to = rows[-1].seq
        return new

    def _new_generation(self) -> bool:
        """Start again from the first sighting where some were erased, held or released since."""
        generation = self.store.generation()
        if generation == self._generation:
            return False
        with self._lock:
            self._observations, self._surveys = [], []
            self._read_to, self._composed, self._unrecognised = 0, False, 0
        known, self._generation = self._generation is not None, generation
        return known

    def _take(self, row: StoredSighting) -> None:
        try:
            sighting = decode_sighting(row.body)
        except ContractError:
            return  # written by a later version of the contract and brought back to an earlier hub
        with self._lock:
            self._composed = self._composed or sighting.made.composed
            if sighting.survey is not None:
                self._surveys.append(sighting.survey)
            else:
                self._observe(row, sighting)

    def _observe(self, row: StoredSighting, sighting: Sighting) -> None:
        found = examined_again(sighting, self._recogniser)
        if isinstance(found, str):
            self._unrecognised += 1  # a rule that has learnt since does not know it any more
            return
        if found is not None:
            made = msgspec.structs.replace(sighting.made, rule=found.rule, rule_version=found.version)
            sighting = msgspec.structs.replace(sighting, made=made, claims=found.claims, evidence=found.evidence)
        observation = observe(row.seq, sighting, row.sender)
        # A private dwelling's camera stays out of everything that is shown; only a person may decide otherwise.
        if observation is not None and not says_private(sighting):
            self._observations.append(observation)


def _coverage_feature(name: str, days: list[date]) -> dict[str, Any]:
    west, south, east, north = cell_bounds(name)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    month = max(days).isoformat()[:7] if max(days) > date.min else None
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"walks": len(days), "month": month},
    }
