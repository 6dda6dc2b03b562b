"""Cameras described, each again only where it or what is around it has changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hub.derive.bounds import Room
from hub.derive.listened import Listenings
from hub.derive.standings import Standings
from hub.merge.camera import Camera
from hub.merge.kin import Kinship
from hub.merge.where.streets import NO_STREETS, Streets
from hub.merge.windows.neighbourhoods import Changes, Tell
from hub.publish.describe import describe, with_absence, with_kin
from hub.publish.private import claims_private
from hub.publish.view import CameraDetail
from hub.review.review import as_decided, is_hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is to be told otherwise: cameras that the map shows and those that it does not, by id. What was told before
    of an id in `again` holds no more, unless it is among them."""

    shown: Mapping[str, CameraDetail]
    hidden: Mapping[str, CameraDetail]
    again: Collection[str]


class Descriptions:
    """What is said of cameras, and of which there is room to say something."""

    def __init__(self) -> None:
        self._said: dict[str, CameraDetail] = {}
        self._private: set[str] = set()
        self._shown, self._hidden = Room(), Room()
        self._kinship = Kinship()

    @property
    def left_out(self) -> int:
        """How many cameras the map has no room for."""
        return self._shown.left_out

    def update(
        self,
        changes: Changes,
        cameras: Mapping[str, Camera],
        otherwise: Collection[str],
        standings: Standings,
        listenings: Listenings,
        streets: Streets = NO_STREETS,
        tell: Tell | None = None,
    ) -> Told:
        """Go on with what changed, and with the cameras that stand otherwise than before, by their ids. `streets` are
        those that cameras are placed by. `tell` hears before each camera how many of all are described; where it
        raises, nothing of this may be asked any more."""
        for key in changes.gone:
            self._shown.take_out(key)
            self._hidden.take_out(key)
            self._private.discard(key)
        for key, camera in changes.changed.items():
            (self._private.add if claims_private(camera) else self._private.discard)(key)
            self._said.pop(key, None)
        again = {*changes.gone, *changes.changed, *otherwise}
        for key in again:
            if key in cameras:
                self._give_room(cameras[key], standings)
        again |= self._shown.changed() | self._hidden.changed()
        for done, key in enumerate(sorted(again, key=lambda key: _order(key, cameras))):
            if tell is not None:
                tell(done, len(again))
            if not self._is_told(key):
                self._kinship.take_out(key)
                listenings.take_out(key)
                self._said.pop(key, None)
            elif key not in self._said:
                self._kinship.put(cameras[key])
                listenings.put(cameras[key])
                cameras[key].know_streets(streets)
                self._said[key] = describe(cameras[key])
        again |= self._kinship.touched() | listenings.touched()
        shown, hidden = (
            {key: self._told(key, standings, listenings) for key in sorted(again) if key in room}
            for room in (self._shown, self._hidden)
        )
        return Told(shown=shown, hidden=hidden, again=again)

    def _is_told(self, key: str) -> bool:
        return key in self._shown or key in self._hidden

    def _give_room(self, camera: Camera, standings: Standings) -> None:
        standing = standings.of(camera.id)
        of_no_map = is_hidden(standing, claimed_private=camera.id in self._private)
        room, other = (self._hidden, self._shown) if of_no_map else (self._shown, self._hidden)
        other.take_out(camera.id)
        room.put(camera, first=standing.decided)

    def _told(self, key: str, standings: Standings, listenings: Listenings) -> CameraDetail:
        detail = with_kin(with_absence(self._said[key], listenings.of(key)), self._kinship.of(key))
        return as_decided(detail, standings.of(key), claimed_private=key in self._private)


def _order(key: str, cameras: Mapping[str, Camera]) -> tuple[float, float, str]:
    """Neighbours one after another: they share what is read of the streets around."""
    camera = cameras.get(key)
    return (0.0, 0.0, key) if camera is None else (round(camera.estimate.lat, 2), round(camera.estimate.lon, 2), key)
