"""What a hub with a large log shows while it derives its cameras for the first time after a start.

It takes the cameras that were saved last: whoever opens the map sees it at once, and is told how far the hub is.
"""

import logging
import threading
from collections.abc import Callable
from time import monotonic

from hub.derive.saved import saved_cameras
from hub.log.decisions import Decided
from hub.publish.view import CameraDetail, Status
from hub.review.review import Review, is_hidden
from hub.review.standing import standing_of
from hub.store.store import Store

TOLD_S = 10.0  # so often at most the terminal hears of it

_log = logging.getLogger(__name__)


class Stopped(Exception):
    """The hub ends while it derives: the rest is not wanted any more."""


class FirstDerivation:
    """The saved cameras, and how far the derivation is that takes their place. Safe to use from several threads.

    `stopping` breaks it off; `on_percent` is called where the percentage is another. Raises StoreError.
    """

    def __init__(self, store: Store, stopping: threading.Event, on_percent: Callable[[], None]) -> None:
        self._store, self._stopping, self._on_percent = store, stopping, on_percent
        self.percent = 0
        self._logged_s = monotonic()
        self._lock = threading.Lock()
        self._decisions: list[Decided] = []
        self._review = Review()
        self._take_saved()

    def _take_saved(self) -> None:
        """Take what was saved, without what people decided since to be a private dwelling's, or no camera: a hub saves
        seconds later, and may have been cut off before."""
        self._generation, review = self._store.generation(), self.review()
        saved = (detail for detail in saved_cameras(self._store) if not _is_hidden(detail, review))
        self.cameras = sorted(saved, key=lambda detail: detail.camera.id)
        self.by_id = {detail.camera.id: detail for detail in self.cameras}

    def told(self, share: float) -> None:
        """Hear the share that is done, 0 to 1. Raises Stopped where the hub ends, StoreError."""
        if self._stopping.is_set():
            raise Stopped
        percent = min(99, int(share * 100))  # what is done is not told by this any more
        if percent == self.percent:
            return
        self.percent = percent
        before = self._review
        if self._store.generation() != self._generation or self.review() is not before:
            self._take_saved()  # somebody erased something meanwhile, and what was saved of it with it; or decided
        if monotonic() - self._logged_s >= TOLD_S:
            self._logged_s = monotonic()
            _log.warning(
                "the hub reads its log again: %d %%; it takes in and shows the map as saved meanwhile", percent
            )
        self._on_percent()

    def status(self) -> Status:
        """The hub at a glance: as many sightings as the saved cameras name."""
        return Status(
            cameras=len(self.cameras),
            sightings=sum(len(detail.sighting_ids) for detail in self.cameras),
            quarantined=self._store.quarantine_count(),
            revision=0,  # no derivation has this
            composed=any(detail.camera.composed for detail in self.cameras),
            reading=self.percent,
        )

    def review(self) -> Review:
        """All decisions, which need no cameras. Raises StoreError."""
        with self._lock:
            last = self._decisions[-1].number if self._decisions else 0
            if self._store.decisions.version() != last:
                while fresh := self._store.decisions.read(last):
                    self._decisions += fresh
                    last = fresh[-1].number
                self._review = Review(self._decisions)
            return self._review


def _is_hidden(detail: CameraDetail, review: Review) -> bool:
    """Whether decisions about sightings of a camera hide it, as far as that can be told before it is derived."""
    numbers = {number for one in detail.sighting_ids for number in review.by_sighting.get(one, ())}
    about = [review.ledger.decisions[number] for number in sorted(numbers) if review.ledger.holds(number)]
    return is_hidden(standing_of(about), claimed_private=False)
