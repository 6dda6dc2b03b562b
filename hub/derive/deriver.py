"""The cameras that a log speaks of, in memory: reads what is new, and derives them again."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from hub.derive.bounds import (
    CELLS,
    CELLS_EACH,
    OBSERVED_OCTETS,
    OBSERVED_OCTETS_EACH,
    Shares,
    bounded,
)
from hub.log.events import StoredSighting
from hub.merge.cameras import derive
from hub.merge.observe import Observation, observe
from hub.publish.coverage import Coverage
from hub.publish.describe import describe
from hub.publish.private import without_private_dwellings
from hub.publish.view import CameraDetail, Status
from hub.store.store import Store
from probe.contract.base import ContractError
from probe.contract.envelope import decode_sighting
from probe.contract.sighting import Sighting
from probe.detect.registry import Recogniser, examined_again


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraChange:
    """What a derivation changed: cameras that are new or other than before, and the ids of those that are gone."""

    cameras: tuple[CameraDetail, ...]
    gone: tuple[str, ...]


class Deriver:
    """Reads a store and never writes to it. Safe to use from several threads; one of them calls `refresh`."""

    def __init__(self, store: Store, recogniser: Recogniser | None = None) -> None:
        self._store = store
        self._recogniser = recogniser or Recogniser()
        self._lock = threading.Lock()
        self._begin()
        self._generation: int | None = None
        self._cameras: dict[str, CameraDetail] = {}
        self._cameras_left_out = 0
        self._derived_from = 0  # sightings that the cameras rest on; more may have been read meanwhile
        self._unplaced = 0
        self._revision = 0
        self._new = False  # read and not derived yet; stays so where reading on fails

    def _begin(self) -> None:
        """Nothing is read yet."""
        self._observations: list[Observation] = []
        self._shares = Shares(OBSERVED_OCTETS, OBSERVED_OCTETS_EACH)
        self._left_out = 0
        self._surveys = 0
        self._coverage = Coverage()
        self._cell_shares = Shares(CELLS, CELLS_EACH)
        self._composed = False
        self._unrecognised = 0
        self.read_to = 0

    def refresh(self) -> CameraChange | None:
        """Read what is new in the log and derive the cameras again; None where nothing is new. Raises StoreError."""
        self._read_new()
        if not self._new:
            return None
        found, unplaced = derive(self._observations)
        shown, cameras_left_out = bounded(without_private_dwellings(found))
        fresh = {detail.camera.id: detail for detail in map(describe, shown)}
        fresh = dict(sorted(fresh.items()))
        with self._lock:
            changed = tuple(detail for key, detail in fresh.items() if self._cameras.get(key) != detail)
            gone = tuple(key for key in self._cameras if key not in fresh)
            self._cameras, self._unplaced, self._cameras_left_out = fresh, unplaced, cameras_left_out
            self._derived_from = len(self._observations) + self._surveys
            self._revision += 1
        self._new = False
        return CameraChange(cameras=changed, gone=gone)

    def cameras(self) -> Sequence[CameraDetail]:
        """The cameras, in a steady order."""
        with self._lock:
            return list(self._cameras.values())

    def camera(self, camera_id: str) -> CameraDetail | None:
        """The camera with an id."""
        with self._lock:
            return self._cameras.get(camera_id)

    def status(self) -> Status:
        """The hub at a glance."""
        with self._lock:
            return Status(
                cameras=len(self._cameras),
                sightings=self._derived_from,
                unplaced=self._unplaced,
                unrecognised=self._unrecognised,
                floods=self._coverage.floods,
                left_out=self._left_out,
                cameras_left_out=self._cameras_left_out,
                cells_left_out=self._coverage.left_out,
                quarantined=self._store.quarantine_count(),
                revision=self._revision,
                composed=self._composed,
            )

    def coverage(self) -> bytes:
        """The cells that were walked and listened to, as GeoJSON."""
        with self._lock:
            return self._coverage.geojson()

    def saved_form(self) -> list[tuple[str, bytes]]:
        """The cameras as a store keeps them: id and JSON."""
        return [(detail.camera.id, msgspec.json.encode(detail)) for detail in self.cameras()]

    def _read_new(self) -> None:
        self._forget_outdated()
        while rows := self._store.read(self.read_to):
            self._new = True
            for row in rows:
                self._read_row(row)
            self.read_to = rows[-1].seq

    def _forget_outdated(self) -> None:
        """Begin with the first sighting again where some were erased, held or released since."""
        generation = self._store.generation()
        if generation == self._generation:
            return
        with self._lock:
            self._begin()
        self._new = self._new or self._generation is not None
        self._generation = generation

    def _read_row(self, row: StoredSighting) -> None:
        try:
            sighting = decode_sighting(row.body)
        except ContractError:
            return  # written by a later version of the contract and brought back to an earlier hub
        with self._lock:
            self._composed = self._composed or sighting.made.composed
            if sighting.survey is not None:
                self._surveys += 1
                self._coverage.add(sighting.survey, lambda: self._cell_shares.take(row.sender, 1))
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
        if observation is None:
            return
        if self._shares.take(observation.contributor, observation.octets):
            self._observations.append(observation)
        else:
            self._left_out += 1
