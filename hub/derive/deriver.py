"""The cameras that a log speaks of, in memory: reads what is new, and derives them again.

What people decided is read as well. A decision alone does not make the log read again.
"""

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
)
from hub.derive.described import Descriptions
from hub.derive.listened import Listenings
from hub.log.decisions import Decided
from hub.log.events import StoredSighting
from hub.merge.camera import id_from
from hub.merge.cameras import Camera, derive
from hub.merge.observe import Observation, observe
from hub.publish.coverage import Coverage
from hub.publish.view import CameraDetail, Status
from hub.review.review import Review
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
    """Reads a store and never writes to it. Safe to use from several threads; one at a time calls `refresh`."""

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
        self._decisions: list[Decided] = []
        self._review = Review()
        self._hidden: dict[str, CameraDetail] = {}
        self._found: dict[str, Camera] = {}
        self._ids: dict[str, str] | None = None  # of each id that a camera may have had, the camera's now
        self._new = False  # read and not derived yet; stays so where reading on fails

    def _begin(self) -> None:
        """Nothing is read yet."""
        self._observations: list[Observation] = []
        self._descriptions = Descriptions()
        self._shares = Shares(OBSERVED_OCTETS, OBSERVED_OCTETS_EACH)
        self._left_out = 0
        self._surveys = 0
        self._coverage = Coverage()
        self._cell_shares = Shares(CELLS, CELLS_EACH)
        self._listenings = Listenings()
        self._composed = False
        self._unrecognised = 0
        self.read_to = 0

    def refresh(self) -> CameraChange | None:
        """Read what is new in the log and derive the cameras again; None where nothing is new. Raises StoreError."""
        self._read_new()
        if not self._new:
            return None
        review = self._review
        found, unplaced = derive(self._observations, review.constraints)
        absences = self._listenings.absences(found)
        shown, hidden, cameras_left_out = self._descriptions.of_all(found, review.standings(found), absences)
        with self._lock:
            changed = tuple(detail for key, detail in shown.items() if self._is_other(key, detail))
            gone = tuple(key for key in self._cameras if key not in shown)
            self._cameras, self._unplaced, self._cameras_left_out = shown, unplaced, cameras_left_out
            self._hidden, self._found, self._ids = hidden, {camera.id: camera for camera in found}, None
            self._derived_from = len(self._observations) + self._surveys
            self._revision += 1
        self._new = False
        return CameraChange(cameras=changed, gone=gone)

    def _is_other(self, key: str, detail: CameraDetail) -> bool:
        before = self._cameras.get(key)
        return before is not detail and before != detail  # nearly all are the very same, which takes no comparing

    @property
    def review(self) -> Review:
        """The decisions that were read."""
        return self._review

    def everything(self) -> Sequence[CameraDetail]:
        """The cameras, and those that are for people who review alone: rejected, or of private dwellings."""
        with self._lock:
            return [*self._cameras.values(), *self._hidden.values()]

    def found(self, camera_id: str) -> CameraDetail | None:
        """The camera with an id, also one that is for people who review alone; of an id that a camera had before it was
        merged into another, that one."""
        with self._lock:
            for key in (camera_id, self._id_now(camera_id)):
                detail = self._cameras.get(key) or self._hidden.get(key)
                if detail is not None:
                    return detail
            return None

    def sightings_of(self, camera_id: str) -> tuple[str, ...]:
        """All sightings of the camera with an id, in the log's order; none where there is none."""
        with self._lock:
            camera = self._found.get(camera_id)
            return () if camera is None else tuple(one.sighting.id for one in camera.observations)

    def ids_holding(self, sightings: Sequence[str]) -> dict[str, str]:
        """Of some sightings those that a camera holds, in the log's order, each with that camera's id."""
        wanted = set(sightings)
        with self._lock:
            held = sorted(
                (one.seq, one.sighting.id, camera_id)
                for camera_id, camera in self._found.items()
                for one in (*camera.members, *camera.alike)
                if one.sighting.id in wanted
            )
        return {sighting: camera for _, sighting, camera in held}

    def _id_now(self, camera_id: str) -> str:
        """An id follows from one sighting: the camera has it that holds that one now."""
        if self._ids is None:
            self._ids = {
                id_from(one.sighting.id): key
                for key, camera in self._found.items()
                for one in (*camera.members, *camera.alike)
            }
        return self._ids.get(camera_id, camera_id)

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
                cells_left_out=self._coverage.left_out + self._listenings.left_out,
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
        self._read_decisions()
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
        self._decisions, self._review = [], Review()  # sightings that were erased for good are in none of them now
        self._new = self._new or self._generation is not None
        self._generation = generation

    def _read_decisions(self) -> None:
        last = self._decisions[-1].number if self._decisions else 0
        if self._store.decisions.version() == last:
            return
        while fresh := self._store.decisions.read(last):
            self._decisions += fresh
            last = fresh[-1].number
            self._review, self._new = Review(self._decisions), True

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
                self._listenings.add(row, sighting)
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
        observation = observe(row.seq, sighting, row.sender, row.contributor_tags)
        if observation is None:
            self._listenings.add_report(row, sighting)
            return
        if self._shares.take(observation.contributor, observation.octets):
            self._observations.append(observation)
        else:
            self._left_out += 1
