"""Cameras described, each again only where it has changed: after a decision, nearly all are as before."""

from collections.abc import Sequence

from hub.derive.bounds import bounded
from hub.merge.camera import Camera
from hub.merge.kin import kin_of
from hub.publish.describe import describe, with_kin
from hub.publish.private import claims_private
from hub.publish.view import CameraDetail
from hub.review.review import as_decided, is_hidden
from hub.review.standing import Standing

_Mark = tuple[object, ...]


class Descriptions:
    """What was said of each camera last. Holds while observations keep their numbers: begin anew where some went."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[_Mark, CameraDetail]] = {}

    def of_all(
        self, found: Sequence[Camera], standings: Sequence[Standing]
    ) -> tuple[dict[str, CameraDetail], dict[str, CameraDetail], int]:
        """The cameras that the map shows and those that it does not, by id, and how many it has no room for."""
        standing_of = {camera.id: standing for camera, standing in zip(found, standings, strict=True)}
        private = {camera.id for camera in found if claims_private(camera)}
        shown: list[Camera] = []
        hidden: list[Camera] = []
        for camera in found:
            of_no_map = is_hidden(standing_of[camera.id], claimed_private=camera.id in private)
            (hidden if of_no_map else shown).append(camera)
        decided = frozenset(key for key, standing in standing_of.items() if standing.decided)
        kept, left_out = bounded(shown, first=decided)
        every = [*kept, *bounded(hidden, first=decided)[0]]
        said = {camera.id: self._say(camera) for camera in every}
        kin = {camera.id: one for camera, one in zip(every, kin_of(every), strict=True)}
        self._last = said
        details = {
            key: as_decided(with_kin(detail, kin[key]), standing_of[key], claimed_private=key in private)
            for key, (_, detail) in sorted(said.items(), key=lambda item: item[0])
        }
        seen = {camera.id for camera in kept}
        return (
            {key: detail for key, detail in details.items() if key in seen},
            {key: detail for key, detail in details.items() if key not in seen},
            left_out,
        )

    def _say(self, camera: Camera) -> tuple[_Mark, CameraDetail]:
        mark: _Mark = (
            camera.estimate,
            tuple(member.seq for member in camera.members),
            tuple(member.seq for member in camera.alike),
            tuple(camera.nearest_match_m),
            camera.doubts,
            camera.far_apart,
        )
        last = self._last.get(camera.id)
        return last if last is not None and last[0] == mark else (mark, describe(camera))
