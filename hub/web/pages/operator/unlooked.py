"""The pictures that nobody has looked at: nobody else sees them until somebody has. Here they are found again."""

from dataclasses import dataclass
from typing import Any

from hub.log.people import Role
from hub.web.pages.operator.ground import Section

MOST = 500  # pictures, those that wait longest
MOST_SHOWN = 4  # of one camera; the others are on its page


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlooked:
    """A camera with pictures that nobody has looked at, and where they are looked at: the map leaves some out."""

    camera: str
    pictures: tuple[str, ...]
    path: str


class UnlookedPage(Section):
    """`/hub/pictures`."""

    path, template = "/hub/pictures", "hub_pictures.html"
    role = Role.REVIEWER

    def values(self) -> dict[str, Any]:
        pictures = self.ground.folder.store.pictures
        found = self._found(pictures.new_ones(MOST))
        listed = {sha256 for one in found for sha256 in one.pictures}
        in_all = pictures.new()
        return {"waiting": found, "in_all": in_all, "more": max(0, in_all - len(listed)), "most_shown": MOST_SHOWN}

    def _found(self, named: list[tuple[str, str]]) -> list[Unlooked]:
        """The cameras of pictures and the sightings that name them, the one that waits longest first."""
        wanted = {sighting for _, sighting in named}
        camera_of = {
            sighting: detail.camera.id
            for detail in self.ground.every.cameras()
            for sighting in wanted.intersection(detail.sighting_ids)
        }
        of: dict[str, dict[str, None]] = {}
        for sha256, sighting in named:
            if sighting in camera_of:
                of.setdefault(camera_of[sighting], {})[sha256] = None
        return [Unlooked(camera=camera, pictures=tuple(some), path=self._path(camera)) for camera, some in of.items()]

    def _path(self, camera: str) -> str:
        on_map = self.ground.source.camera(camera) is not None
        return f"/cameras/{camera}#pictures" if on_map else f"/cameras/{camera}/review"
