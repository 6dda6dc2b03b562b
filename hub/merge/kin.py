"""What cameras have to do with each other: the same address, or what tells them apart. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.merge.camera import Camera
from hub.merge.constraints import fit
from hub.merge.grid import Grid
from hub.merge.observe import Estimate

MOST = 32  # of either, for one camera: a flood would make it each with each


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Ids of other cameras: those with the address of a transmitter of this one, and those near by that are another one
    for sure, as a walker saw both on one walk, or as people decided."""

    same_address: tuple[str, ...] = ()
    told_apart: tuple[str, ...] = ()


class Kinship:
    """Cameras and what they have to do with each other; when one comes, goes or changes, others may have other kin."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._with_address: dict[str, set[str]] = {}
        self._grid = Grid[str]()
        self._touched: set[str] = set()

    def put(self, camera: Camera) -> None:
        """Add a camera, or say that it is another now."""
        self.take_out(camera.id)
        self._known[camera.id] = one = _Known(
            camera=camera,
            place=camera.estimate,
            addresses=frozenset(
                one.transmitter for one in (*camera.members, *camera.alike) if one.transmitter is not None
            ),
            walks=_walks_that_saw(camera),
        )
        self._grid.put(camera.id, one.place)
        for address in one.addresses:
            self._with_address.setdefault(address, set()).add(camera.id)
        self._touch(one)

    def take_out(self, camera_id: str) -> None:
        """Forget a camera, where it is there."""
        one = self._known.pop(camera_id, None)
        if one is None:
            return
        self._touch(one)
        self._grid.take_out(camera_id)
        for address in one.addresses:
            self._with_address[address].discard(camera_id)
            if not self._with_address[address]:
                del self._with_address[address]

    def touched(self) -> set[str]:
        """The cameras that may have other kin than when this was asked last."""
        touched, self._touched = self._touched, set()
        return touched.intersection(self._known)

    def of(self, camera_id: str) -> Kin:
        """What a camera has to do with the others. Raises KeyError where it is not there."""
        one = self._known[camera_id]
        return Kin(
            same_address=_some(
                other for address in one.addresses for other in self._with_address[address] if other != camera_id
            ),
            told_apart=_some(
                other
                for other in self._grid.near(one.place)
                if other != camera_id
                and not (
                    one.walks.isdisjoint(self._known[other].walks)
                    and fit(_sides(one.camera), _sides(self._known[other].camera))
                )
            ),
        )

    def _touch(self, one: "_Known") -> None:
        self._touched.update(self._grid.around(one.place))
        for address in one.addresses:
            self._touched.update(self._with_address[address])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    camera: Camera
    place: Estimate
    addresses: frozenset[str]
    walks: frozenset[str]


def kin_of(cameras: Sequence[Camera]) -> list[Kin]:
    """For each camera what it has to do with the others."""
    kinship = Kinship()
    for camera in cameras:
        kinship.put(camera)
    return [kinship.of(camera.id) for camera in cameras]


def _some(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(ids))[:MOST])


def _sides(camera: Camera) -> dict[int, int]:
    return {} if camera.bound is None else camera.bound.sides


def _walks_that_saw(camera: Camera) -> frozenset[str]:
    return frozenset(one.walk for one in (*camera.members, *camera.alike) if one.transmitter is None)
