"""What is never shown: cameras of private dwellings. Pure."""

from collections.abc import Iterable

from hub.merge.cameras import Camera
from hub.merge.observe import says_private


def claims_private(camera: Camera) -> bool:
    """Whether a sighting says that a camera belongs to a private dwelling.

    One claim is enough, whatever others say of the same camera: only a person may decide otherwise.
    """
    return any(says_private(one.sighting) for one in (*camera.members, *camera.alike))


def without_private_dwellings(cameras: Iterable[Camera]) -> list[Camera]:
    """The cameras of which nobody has said that they belong to a private dwelling."""
    return [camera for camera in cameras if not claims_private(camera)]
