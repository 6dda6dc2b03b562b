"""What cameras have to do with each other: the same address, or what tells them apart. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.merge.camera import Camera
from hub.merge.constraints import fit
from hub.merge.grid import Grid

MOST = 32  # of either, for one camera: a flood would make it each with each


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Ids of other cameras: those with the address of a transmitter of this one, and those near by that are another one
    for sure, as a walker saw both on one walk, or as people decided."""

    same_address: tuple[str, ...] = ()
    told_apart: tuple[str, ...] = ()


def kin_of(cameras: Sequence[Camera]) -> list[Kin]:
    """For each camera what it has to do with the others."""
    ids = [camera.id for camera in cameras]
    addresses = [
        {one.transmitter for one in (*camera.members, *camera.alike) if one.transmitter is not None}
        for camera in cameras
    ]
    walks = [_walks_that_saw(camera) for camera in cameras]
    by_address: dict[str, list[int]] = {}
    grid = Grid()
    for number, camera in enumerate(cameras):
        grid.put(number, camera.estimate)
        for address in addresses[number]:
            by_address.setdefault(address, []).append(number)
    return [
        Kin(
            same_address=_some(
                ids[other] for address in addresses[number] for other in by_address[address] if other != number
            ),
            told_apart=_some(
                ids[other]
                for other in grid.near(camera.estimate)
                if other != number
                and not (walks[number].isdisjoint(walks[other]) and fit(_sides(camera), _sides(cameras[other])))
            ),
        )
        for number, camera in enumerate(cameras)
    ]


def _some(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(ids))[:MOST])


def _sides(camera: Camera) -> dict[int, int]:
    return {} if camera.bound is None else camera.bound.sides


def _walks_that_saw(camera: Camera) -> frozenset[str]:
    return frozenset(one.walk for one in (*camera.members, *camera.alike) if one.transmitter is None)
