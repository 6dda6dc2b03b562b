"""A page's source that a test drives like the world would."""

from collections.abc import Callable, Sequence

import msgspec

from hub.merge.cameras import derive
from hub.merge.observe import Observation, observe
from hub.publish.describe import describe_all
from hub.publish.view import CameraDetail, Status, feature
from probe.contract.sighting import Sighting

EMPTY = b'{"type":"FeatureCollection","features":[]}'


class ScriptedMap:
    """A `MapSource` that knows what it was told; `tell` adds sightings and lets listeners know."""

    def __init__(self, *sightings: Sighting) -> None:
        self.base = EMPTY
        self._observations: list[Observation] = []
        self._revision = 0
        self._cameras: dict[str, CameraDetail] = {}
        self._listeners: list[Callable[[bytes], None]] = []
        self.tell(*sightings)

    def tell(self, *sightings: Sighting) -> None:
        for sighting in sightings:
            found = observe(len(self._observations) + 1, sighting, None)
            if found is not None:
                self._observations.append(found)
        self._revision += 1
        details = describe_all(derive(self._observations)[0])
        gone = set(self._cameras) - {detail.camera.id for detail in details}
        self._cameras = {detail.camera.id: detail for detail in details}
        features = [feature(detail.camera) for detail in details]
        news = {"status": self.status(), "features": features, "gone": sorted(gone)}
        for listener in self._listeners:
            listener(msgspec.json.encode(news))

    def cameras(self) -> Sequence[CameraDetail]:
        return list(self._cameras.values())

    def camera(self, camera_id: str) -> CameraDetail | None:
        return self._cameras.get(camera_id)

    def status(self) -> Status:
        return Status(
            cameras=len(self._cameras), sightings=len(self._observations), unplaced=0, quarantined=0,
            revision=self._revision, composed=False,
        )  # fmt: skip

    def base_layer(self) -> bytes:
        return self.base

    def base_version(self) -> object:
        return self.base

    def coverage(self) -> bytes:
        return EMPTY

    def subscribe(self, listener: Callable[[bytes], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
