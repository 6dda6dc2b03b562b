"""The cameras that a log speaks of, in memory: reads what is new, and derives again what is around it.

What people decided is read as well. A decision alone does not make the log read again. Where the street map is another
one, or none any more, all cameras are placed again.
"""

import logging
import threading
from collections.abc import Sequence

import msgspec

from hub.derive.bounds import (
    CELLS,
    CELLS_EACH,
    OBSERVED_OCTETS,
    OBSERVED_OCTETS_EACH,
    Shares,
)
from hub.derive.described import Descriptions
from hub.derive.listened import Listenings, can_have_come
from hub.derive.progress import Progress, Told, steps
from hub.derive.showing import CameraChange, Showing
from hub.derive.standings import Standings
from hub.derive.streets import HubStreets
from hub.log.decisions import Decided
from hub.log.events import StoredSighting
from hub.merge.observe import observe
from hub.merge.windows.neighbourhoods import Changes, Neighbourhoods, Tell
from hub.publish.coverage import Coverage
from hub.publish.view import CameraDetail, Status
from hub.review.review import Review
from hub.store.store import Store
from probe.contract.base import ContractError
from probe.contract.envelope import decode_sighting
from probe.contract.sighting import Sighting
from probe.detect.registry import Recogniser, examined_again

_log = logging.getLogger(__name__)


class Deriver:
    """Reads a store and never writes to it. Safe to use from several threads; one at a time calls `refresh`."""

    def __init__(self, store: Store, recogniser: Recogniser | None = None) -> None:
        self._store = store
        self._recogniser = recogniser or Recogniser()
        self._lock = threading.Lock()
        self._streets, self._other_streets = HubStreets(store), False
        self._begin()
        self._generation: int | None = None
        self._showing = Showing()
        self._cameras_left_out = 0
        self._derived_from = 0  # sightings that the cameras rest on; more may have been read meanwhile
        self._unplaced, self._parted, self._cut = 0, 0, 0
        self._revision = 0
        self._decisions: list[Decided] = []
        self._review = Review()
        self._new = False  # read and not derived yet; stays so where reading on fails

    def _begin(self) -> None:
        """Nothing is read yet."""
        self._neighbourhoods = Neighbourhoods()
        self._descriptions, self._standings = Descriptions(), Standings()
        self._anew = True
        self._observed = 0
        self._shares = Shares(OBSERVED_OCTETS, OBSERVED_OCTETS_EACH)
        self._left_out = 0
        self._surveys = 0
        self._coverage = Coverage()
        self._cell_shares = Shares(CELLS, CELLS_EACH)
        self._listenings = Listenings()
        self._composed = False
        self._unrecognised = 0
        self.read_to = 0

    def refresh(self, told: Told | None = None) -> CameraChange | None:
        """Read what is new in the log and derive the cameras again; None where nothing is new. Raises StoreError.

        `told` hears how far it is, and breaks it off where it raises: then this deriver must not be used any more."""
        read, resolved, described = steps(None if told is None else Progress(told))
        self._look_at_streets()
        self._read_new(read)
        if not (self._new or self._other_streets):
            return None
        near, review = self._neighbourhoods, self._review
        near.decide(review.constraints)
        changes = near.refresh(tell=resolved)
        otherwise = self._standings.update(review, changes, near.cameras, near.camera_with)
        if self._other_streets:
            changes = Changes(changed=dict(near.cameras), gone=changes.gone)
        streets = self._streets
        said = self._descriptions.update(
            changes, near.cameras, otherwise, self._standings, self._listenings, streets, described
        )
        with self._lock:
            before = None
            if self._anew:
                before, self._showing, self._anew = self._showing.shown, Showing(), False
            change = self._showing.take(said, changes, before)
            self._unplaced, self._cameras_left_out = near.unplaced, self._descriptions.left_out
            self._parted, self._cut = near.parted, near.cut
            self._derived_from = self._observed + self._surveys
            self._revision += 1
        self._new = self._other_streets = False
        return change

    @property
    def streets(self) -> str | None:
        """What names the streets by which the cameras are placed; None where none are known."""
        return self._streets.mark

    @property
    def derived_as_of(self) -> tuple[int | None, int] | None:
        """The generation of the log and the last decision with which the cameras are derived; None while there is
        more to derive them with."""
        return None if self._new else (self._generation, self._decisions[-1].number if self._decisions else 0)

    @property
    def review(self) -> Review:
        """The decisions that were read."""
        return self._review

    def everything(self) -> Sequence[CameraDetail]:
        """The cameras, and those that are for people who review alone: rejected, or of private dwellings."""
        with self._lock:
            return self._showing.everything()

    def found(self, camera_id: str) -> CameraDetail | None:
        """The camera with an id, also one that is for people who review alone; of an id that a camera had before it was
        merged into another, that one."""
        with self._lock:
            return self._showing.found(camera_id)

    def sightings_of(self, camera_id: str) -> tuple[str, ...]:
        """All sightings of the camera with an id, in the log's order; none where there is none."""
        with self._lock:
            return self._showing.sightings_of(camera_id)

    def ids_holding(self, sightings: Sequence[str]) -> dict[str, str]:
        """Of some sightings those that a camera holds, in the log's order, each with that camera's id."""
        with self._lock:
            return self._showing.ids_holding(sightings)

    def cameras(self) -> Sequence[CameraDetail]:
        """The cameras, in a steady order."""
        with self._lock:
            return self._showing.listed()

    def camera(self, camera_id: str) -> CameraDetail | None:
        """The camera with an id."""
        with self._lock:
            return self._showing.shown.get(camera_id)

    def status(self) -> Status:
        """The hub at a glance."""
        with self._lock:
            return Status(
                cameras=len(self._showing.shown),
                sightings=self._derived_from,
                unplaced=self._unplaced,
                unrecognised=self._unrecognised,
                floods=self._coverage.floods,
                left_out=self._left_out,
                cameras_left_out=self._cameras_left_out,
                cells_left_out=self._coverage.left_out + self._listenings.left_out,
                cameras_parted=self._parted,
                windows_cut=self._cut,
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

    def _read_new(self, tell: Tell | None = None) -> None:
        of = self._store.count() if tell is not None else 0
        done = 0
        self._forget_outdated()
        self._read_decisions()
        while rows := self._store.read(self.read_to):
            self._new = True
            for row in rows:
                if tell is not None:
                    tell(done, of)
                done += 1
                self._read_row(row)
            self.read_to = rows[-1].seq

    def _look_at_streets(self) -> None:
        if self._streets.renewed():
            self._other_streets = True
            by = "by its streets" if self._streets.mark else "without streets, as none can be read"
            _log.warning("the street map is another one now, or gone: all cameras are placed again, %s", by)

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
            self._new = True
            self._decisions += fresh
            last = fresh[-1].number
            self._review = Review(self._decisions)

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
        if sighting.time is not None and not can_have_come(sighting.time.utc.date(), row.came):
            sighting = msgspec.structs.replace(sighting, time=None)  # else it were the last for ever
        observation = observe(row.seq, sighting, row.sender, row.contributor_tags)
        if observation is None:
            self._listenings.add_report(row, sighting)
            return
        if self._shares.take(observation.contributor, observation.octets):
            self._neighbourhoods.add((observation,))
            self._observed += 1
        else:
            self._left_out += 1
