"""How cameras stand by what people decided, kept up to date: what changes costs the decisions about it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from hub.log.decisions import Decided
from hub.merge.camera import Camera
from hub.merge.windows.neighbourhoods import Changes
from hub.review.review import ABOUT_A_CAMERA, SITES, Review
from hub.review.sites import site_id, sites_of
from hub.review.standing import UNDECIDED, Standing, standing_of

Holder = Callable[[str], Camera | None]  # the camera that holds a sighting


class Standings:
    """The standing of each camera by its id; the same as `Review.standings` says of all at once."""

    def __init__(self) -> None:
        self._review = Review()
        self._holding: dict[int, Decided] = {}
        self._camera_of: dict[int, str] = {}  # of each decision about a camera
        self._about: dict[str, set[int]] = {}
        self._sites: dict[str, str] = {}
        self._standing: dict[str, Standing] = {}

    def of(self, camera_id: str) -> Standing:
        """How a camera stands."""
        return self._standing.get(camera_id, UNDECIDED)

    def update(self, review: Review, changes: Changes, cameras: Mapping[str, Camera], holder: Holder) -> set[str]:
        """Go on with what changed; returns the ids of cameras that stand otherwise than before."""
        if not review.holding and not self._holding:
            self._review = review
            return set()
        looked_at = set(changes.changed)
        numbers = {number for key in (*changes.gone, *changes.changed) for number in self._about.get(key, ())}
        sites_moved = any(key in self._sites for key in changes.gone)
        if review is not self._review:
            self._review, self._holding = review, {one.number: one for one in review.holding}
            looked_at.update(self._standing, self._camera_ids(review.by_sighting, holder))
            numbers.update(self._holding, self._camera_of)
            sites_moved = True
        else:
            for camera in changes.changed.values():
                for one in (*camera.members, *camera.alike):
                    numbers.update(review.by_sighting.get(one.sighting.id, ()))
        looked_at |= self._decide(numbers, holder)
        if sites_moved or any(self._holding[one].what.kind in SITES for one in numbers if one in self._holding):
            looked_at |= self._find_sites(holder)
        return {key for key in (*looked_at, *changes.gone) if self._stands_otherwise(key, cameras.get(key))}

    def _decide(self, numbers: Iterable[int], holder: Holder) -> set[str]:
        """Say of decisions anew which camera each is about; returns the cameras they are and were about."""
        concerned: set[str] = set()
        for number in numbers:
            before = self._camera_of.pop(number, None)
            if before is not None:
                concerned.add(before)
                self._about[before].discard(number)
                if not self._about[before]:
                    del self._about[before]
            decided = self._holding.get(number)
            if decided is None or decided.what.kind not in ABOUT_A_CAMERA:
                continue
            # What a later decision took out of a confirmed camera was not confirmed.
            camera = _most_of(self._review.binding.confirmed.get(number, decided.what.sightings), holder)
            if camera is not None:
                concerned.add(camera.id)
                self._camera_of[number] = camera.id
                self._about.setdefault(camera.id, set()).add(number)
        return concerned

    def _find_sites(self, holder: Holder) -> set[str]:
        cameras: dict[str, Camera] = {}
        numbers: dict[str, int] = {}

        def number_of(sightings: Iterable[str]) -> int | None:
            camera = _most_of(sightings, holder)
            if camera is None:
                return None
            cameras[camera.id] = camera
            return numbers.setdefault(camera.id, len(numbers))

        found = sites_of((one for one in self._review.holding if one.what.kind in SITES), number_of)
        ids = list(numbers)
        before, self._sites = self._sites, {}
        for site in found:
            name = site_id(cameras[ids[number]].observations[0].sighting.id for number in site)
            self._sites.update((ids[number], name) for number in site)
        return {key for key in {*before, *self._sites} if before.get(key) != self._sites.get(key)}

    def _stands_otherwise(self, key: str, camera: Camera | None) -> bool:
        before = self._standing.pop(key, UNDECIDED)
        if camera is None:
            return before != UNDECIDED
        about = [self._holding[number] for number in sorted(self._about.get(key, ()))]
        standing = standing_of(about, site=self._sites.get(key), bound=self._review.is_bound(camera))
        if standing != UNDECIDED:
            self._standing[key] = standing
        return standing != before

    def _camera_ids(self, sightings: Iterable[str], holder: Holder) -> set[str]:
        return {camera.id for one in sightings if (camera := holder(one)) is not None}


def _most_of(sightings: Iterable[str], holder: Holder) -> Camera | None:
    """The camera that holds most of some sightings; of two that hold as many, the one that holds the first."""
    found = [camera for one in sightings if (camera := holder(one)) is not None]
    if not found:
        return None
    most = Counter(camera.id for camera in found).most_common(1)[0][0]
    return next(camera for camera in found if camera.id == most)
