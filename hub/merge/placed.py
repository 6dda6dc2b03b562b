"""Where a camera is by its items: what the walks' receivers were off there is taken from them first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.merge.locate import fuse, located
from hub.merge.observe import Estimate, Observation
from hub.merge.place import Located
from hub.merge.where.evidence import Bias, evidence_of
from hub.merge.which.item import RADIO, Item, Put
from probe.contract.geodesy import distance_m


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a camera is, and how far from there each of its items is, in metres, where it has several."""

    located: Located
    off_m: tuple[float, ...]


def place_of(items: Sequence[tuple[Item, Put]], members: Sequence[Observation]) -> Placed:
    """Where the camera with these items is."""
    from hub.merge.where.locate import locate

    bias = {
        item.layer: Bias(east=put.off_east, north=put.off_north, variance=put.off_var)
        for item, put in items
        if item.layer != RADIO
    }
    # What came in a log with its own estimate, and was not heard by a probe of ours, has no evidence but that
    found = locate(evidence_of(members, bias=bias)) or located(fuse((_place(item) for item, _ in items), 1))
    middle = found.estimate
    off = [distance_m(item.lat, item.lon, middle.lat, middle.lon) for item, _ in items]
    return Placed(located=found, off_m=tuple(round(one, 1) for one in off) if len(items) > 1 else ())


def _place(item: Item) -> Estimate:
    return Estimate(lat=item.lat, lon=item.lon, east=item.east, north=item.north, between=item.between)
