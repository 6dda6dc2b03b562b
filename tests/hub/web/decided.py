"""A page's source whose cameras a test makes as it likes."""

from collections.abc import Callable, Sequence

import msgspec

from hub.publish.view import CameraDetail, Status, feature

EMPTY = b'{"type":"FeatureCollection","features":[]}'


class DecidedMap:
    """A `MapSource` with some cameras; `show` puts others in their place and lets listeners know."""

    def __init__(self, *details: CameraDetail) -> None:
        self._listeners: list[Callable[[bytes], None]] = []
        self._cameras: dict[str, CameraDetail] = {}
        self._revision = 0
        self.show(*details)

    def show(self, *details: CameraDetail) -> None:
        fresh = {detail.camera.id: detail for detail in details}
        gone = sorted(self._cameras.keys() - fresh.keys())
        self._cameras, self._revision = fresh, self._revision + 1
        news = {"status": self.status(), "features": [feature(one.camera) for one in details], "gone": gone}
        for listener in list(self._listeners):
            listener(msgspec.json.encode(news))

    def cameras(self) -> Sequence[CameraDetail]:
        return list(self._cameras.values())

    def camera(self, camera_id: str) -> CameraDetail | None:
        return self._cameras.get(camera_id)

    def status(self) -> Status:
        number = len(self._cameras)
        return Status(
            cameras=number, sightings=number, unplaced=0, quarantined=0, revision=self._revision, composed=False
        )

    def base_layer(self) -> bytes:
        return EMPTY

    def base_version(self) -> object:
        return 0

    def coverage(self) -> bytes:
        return EMPTY

    def subscribe(self, listener: Callable[[bytes], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
