"""What the page needs of a hub, and nothing more."""

from collections.abc import Callable, Sequence
from typing import Protocol

from hub.errors import StillReading
from hub.publish.view import CameraDetail, Status


class MapSource(Protocol):
    """Where the page's cameras come from. Called from the server's thread; must not block for long.

    While its status says that the hub is `reading` its log again, the cameras are those that were saved last.
    """

    def cameras(self) -> Sequence[CameraDetail]: ...

    def camera(self, camera_id: str) -> CameraDetail | None: ...

    def status(self) -> Status: ...

    def base_layer(self) -> bytes:
        """GeoJSON of streets, buildings, water, where the hub has them."""
        ...

    def base_version(self) -> object:
        """Another value than before where the base layer is another."""
        ...

    def coverage(self) -> bytes:
        """GeoJSON of the cells that were walked and listened to. Raises StillReading."""
        ...

    def subscribe(self, listener: Callable[[bytes], None]) -> Callable[[], None]:
        """Call `listener` (from any thread) with each change as JSON; returns how to end that."""
        ...


def require_derived(source: MapSource) -> None:
    """Raises StillReading where a hub has not derived its cameras yet: for what must not go by saved ones."""
    percent = source.status().reading
    if percent is not None:
        raise StillReading(percent)
