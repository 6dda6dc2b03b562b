"""Where a camera is by its items: what the walks' receivers were off is taken from them first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.merge.locate import fuse, located
from hub.merge.observe import Estimate, Observation
from hub.merge.place import Located
from hub.merge.which.item import Item, Put
from probe.contract.geodesy import distance_m, moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a camera is, and how far from there each of its items is, in metres, where it has several."""

    located: Located
    off_m: tuple[float, ...]


def place_of(items: Sequence[tuple[Item, Put]], members: Sequence[Observation]) -> Placed:
    """Where the camera with these items is."""
    estimate = fuse((_corrected(item, put) for item, put in items), len({member.walk for member in members}))
    found = located(estimate)
    off = [distance_m(item.lat, item.lon, found.estimate.lat, found.estimate.lon) for item, _ in items]
    return Placed(located=found, off_m=tuple(round(one, 1) for one in off) if len(items) > 1 else ())


def _corrected(item: Item, put: Put) -> Estimate:
    lat, lon = moved(item.lat, item.lon, -put.off_east, -put.off_north)
    return Estimate(
        lat=lat, lon=lon, east=item.east + put.off_var, north=item.north + put.off_var, between=item.between
    )
