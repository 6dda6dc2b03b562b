"""What a hub with a large log shows while it derives its cameras for the first time after a start.

It takes the cameras that were saved last: whoever opens the map sees it at once, and is told how far the hub is.
"""

import logging
import threading
from collections.abc import Callable
from time import monotonic

from hub.derive.saved import saved_cameras
from hub.log.decisions import Decided
from hub.publish.view import Status
from hub.review.known import says
from hub.review.review import Review, is_hidden
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
        self._taken = 0
        self._take_saved()

    def _take_saved(self) -> None:
        """Take what was saved, but for what people want nobody to see by now."""
        self._taken_as_of = self._as_of()
        saved = sorted(saved_cameras(self._store), key=lambda detail: detail.camera.id)
        standings = self.review().standings_of(detail.sighting_ids for detail in saved)
        self.cameras = [
            detail
            for detail, standing in zip(saved, standings, strict=True)
            if not is_hidden(standing, claimed_private=says(detail, "private-dwelling"))
        ]
        self.by_id = {detail.camera.id: detail for detail in self.cameras}
        self._taken += 1

    def _as_of(self) -> tuple[int, int]:
        return self._store.generation(), self._store.decisions.version()

    def told(self, share: float) -> None:
        """Hear the share that is done, 0 to 1. Raises Stopped where the hub ends, StoreError."""
        if self._stopping.is_set():
            raise Stopped
        percent = min(99, int(share * 100))  # what is done is not told by this any more
        if percent == self.percent:
            return
        self.percent = percent
        if self._as_of() != self._taken_as_of:
            self._take_saved()  # somebody erased something meanwhile, and what was saved of it with it, or decided
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
            revision=1 - self._taken,  # no derivation has any of these
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
