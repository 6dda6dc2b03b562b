"""Derives the cameras from the log once more, and says whether they are the same."""

from dataclasses import dataclass

from hub.derive.deriver import Deriver
from hub.store.store import Store
from probe.detect.registry import Recogniser

_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """How many cameras there were and are, of how many sightings, and whether they are identical.

    `other_streets` says that the street map is another one than they were placed by, and `moving` that sightings came
    while it was looked at: the two need not be the same then.
    """

    sightings: int
    before: int
    cameras: int
    identical: bool
    moving: bool = False
    other_streets: bool = False


def rebuild(store: Store, recogniser: Recogniser) -> Rebuilt:
    """Derive anew and save. Raises StoreError. Beside a hub that runs, sightings may come meanwhile: it tries again."""
    for _ in range(_TRIES):
        state = _state(store)
        before, sightings, streets = store.cameras(), store.count(), store.streets_of_cameras()
        deriver = Deriver(store, recogniser)
        deriver.refresh()
        after = dict(deriver.saved_form())
        moving = _state(store) != state
        if before == after or not moving:
            break
    store.save_cameras(list(after.items()), streets=deriver.streets)
    return Rebuilt(
        sightings=sightings,
        before=len(before),
        cameras=len(after),
        identical=before == after,
        moving=moving,
        other_streets=bool(before) and streets != deriver.streets,
    )


def _state(store: Store) -> tuple[int, int, int]:
    return store.version(), store.generation(), store.decisions.version()
