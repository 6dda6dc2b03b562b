"""What is shown of the cameras at the moment, and which camera has which sighting: found without asking all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from hub.derive.described import Told
from hub.merge.camera import Camera, id_from
from hub.merge.windows.neighbourhoods import Changes
from hub.publish.view import CameraDetail, DoubtView, OtherView


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraChange:
    """What a derivation changed: cameras that are new or other than before, and the ids of those that are gone."""

    cameras: tuple[CameraDetail, ...]
    gone: tuple[str, ...]


class Showing:
    """The cameras that the map shows, and those that it does not. For one thread at a time."""

    def __init__(self) -> None:
        self.shown: dict[str, CameraDetail] = {}
        self._hidden: dict[str, CameraDetail] = {}
        self._cameras: dict[str, Camera] = {}
        self._holder: dict[str, tuple[int, str]] = {}  # of each sighting its place in the log, and its camera's id
        self._sighting_of: dict[str, str] | None = None  # by the id that follows from it; made when first asked for
        self._listed: list[CameraDetail] | None = None
        self._all_listed: list[CameraDetail] | None = None

    def take(self, told: Told, changes: Changes, before: Mapping[str, CameraDetail] | None = None) -> CameraChange:
        """Go on with what changed. Where this is new, it changed from what another one showed `before`."""
        if before is None:
            before = {key: self.shown[key] for key in told.again if key in self.shown}
        for key in told.again:
            self.shown.pop(key, None)
            self._hidden.pop(key, None)
        self.shown |= told.shown
        self._hidden |= told.hidden
        self._listed = self._all_listed = None
        self._hold(changes)
        changed = tuple(detail for key, detail in told.shown.items() if before.get(key) != detail)
        return CameraChange(cameras=changed, gone=tuple(sorted(key for key in before if key not in told.shown)))

    def listed(self) -> Sequence[CameraDetail]:
        """The cameras that the map shows, by id."""
        if self._listed is None:
            self._listed = [self.shown[key] for key in sorted(self.shown)]
        return list(self._listed)

    def everything(self) -> Sequence[CameraDetail]:
        """The same, and then those that it does not show."""
        if self._all_listed is None:
            hidden = (self._hidden[key] for key in sorted(self._hidden))
            self._all_listed = [self._as_of_now(detail) for detail in (*self.listed(), *hidden)]
        return list(self._all_listed)

    def found(self, camera_id: str) -> CameraDetail | None:
        """The camera with an id, or the one that has the sighting from which the id follows."""
        detail = self._with_id(camera_id) or self._with_id(self._id_now(camera_id))
        return None if detail is None else self._as_of_now(detail)

    def sightings_of(self, camera_id: str) -> tuple[str, ...]:
        """All sightings of the camera with an id, in the log's order; none where there is none."""
        camera = self._cameras.get(camera_id)
        return () if camera is None else tuple(one.sighting.id for one in camera.observations)

    def ids_holding(self, sightings: Sequence[str]) -> dict[str, str]:
        """Of some sightings those that a camera holds, in the log's order, each with that camera's id."""
        held = sorted((*self._holder[one], one) for one in set(sightings) if one in self._holder)
        return {sighting: camera_id for _, camera_id, sighting in held}

    def _with_id(self, camera_id: str) -> CameraDetail | None:
        return self.shown.get(camera_id) or self._hidden.get(camera_id)

    def _as_of_now(self, detail: CameraDetail) -> CameraDetail:
        """A camera whose doubts name others by the ids that these have now. A doubt names them as its own window saw
        them: there a camera had no given id, and maybe not its first sighting."""
        if not detail.doubts:
            return detail
        doubts = tuple(found for doubt in detail.doubts if (found := self._doubt_of_now(detail, doubt)) is not None)
        if doubts == detail.doubts:
            return detail
        camera = msgspec.structs.replace(detail.camera, unsure=bool(doubts))
        return msgspec.structs.replace(detail, camera=camera, doubts=doubts)

    def _doubt_of_now(self, detail: CameraDetail, doubt: DoubtView) -> DoubtView | None:
        """The doubt; None where it is of no other camera any more."""
        here, others = doubt.here, dict[str | None, int]()
        for other in doubt.others:
            camera_id = None if other.camera is None else self._id_now(other.camera)
            if camera_id == detail.camera.id:
                here += other.percent
            elif camera_id is None or self._with_id(camera_id) is not None:
                others[camera_id] = others.get(camera_id, 0) + other.percent
        if not others:
            return None
        named = tuple(OtherView(camera=key, percent=percent) for key, percent in others.items())
        return msgspec.structs.replace(doubt, here=here, others=named)

    def _id_now(self, camera_id: str) -> str:
        if self._sighting_of is None:
            self._sighting_of = {id_from(one): one for one in self._holder}
        sighting = self._sighting_of.get(camera_id)
        return self._holder[sighting][1] if sighting is not None and sighting in self._holder else camera_id

    def _hold(self, changes: Changes) -> None:
        for key in (*changes.gone, *changes.changed):
            camera = self._cameras.pop(key, None)
            for one in () if camera is None else (*camera.members, *camera.alike):
                if self._holder.get(one.sighting.id) == (one.seq, key):
                    del self._holder[one.sighting.id]
        for key, camera in changes.changed.items():
            self._cameras[key] = camera
            for one in (*camera.members, *camera.alike):
                if self._sighting_of is not None:
                    self._sighting_of[id_from(one.sighting.id)] = one.sighting.id
                self._holder[one.sighting.id] = one.seq, key
