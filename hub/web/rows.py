"""The list's rows: each camera with what distinguishes it from the others, above all where it stands among them."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from hub.publish.view import CameraDetail, CameraView
from hub.web.source import MapSource
from probe.contract.geodesy import bearing_deg, distance_m, moved, offset_m

PAGE_ROWS = 200  # more take longer than a reader waits, and than delivery should have to


class Away(Struct, frozen=True):
    """A distance, and a bearing clockwise from north."""

    distance_m: float
    bearing_deg: float


class Row(Struct, frozen=True):
    """A camera of the list. `neighbour` is None where it is the only one."""

    camera: CameraView
    from_centre: Away
    neighbour: Away | None


class ListPage(Struct, frozen=True):
    """A page of the list: its rows, its number from 1 of so many, and how many rows all have."""

    rows: list[Row]
    number: int
    pages: int
    total: int


class Listing:
    """The list in its orders, each made once for each revision of the map."""

    def __init__(self, source: MapSource) -> None:
        self._source = source
        self._revision: int | None = None
        self._sorted: dict[str, list[Row]] = {}

    def page(self, order: str, number: str) -> ListPage:
        """A page of the list; the first or the last where there is no such one."""
        revision = self._source.status().revision
        if revision != self._revision:
            self._revision, self._sorted = revision, {}
        order = order if order in _ORDERS else DEFAULT_ORDER
        if order not in self._sorted:
            self._sorted[order] = rows(self._source.cameras(), order)
        found = self._sorted[order]
        pages = max(1, -(-len(found) // PAGE_ROWS))
        asked = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 1
        shown = min(max(asked, 1), pages)
        return ListPage(found[(shown - 1) * PAGE_ROWS : shown * PAGE_ROWS], shown, pages, len(found))


def rows(details: Sequence[CameraDetail], order: str) -> list[Row]:
    """The cameras in the order asked for: kind, accuracy, last, where (from the middle outwards, also the default)."""
    if not details:
        return []
    cameras = [detail.camera for detail in details]
    centre = _centre(cameras)
    neighbours = _neighbours(cameras)
    found = [
        Row(camera, _away(centre, (camera.lat, camera.lon)), neighbour)
        for camera, neighbour in zip(cameras, neighbours, strict=True)
    ]
    return sorted(found, key=_ORDERS.get(order, _ORDERS[DEFAULT_ORDER]))


def _newest_first(row: Row) -> tuple[int, str]:
    """The newest first; a camera of which no day is known comes last."""
    last = row.camera.last_seen
    return -date.fromisoformat(last).toordinal() if last else 0, row.camera.id


DEFAULT_ORDER = "where"
_ORDERS: dict[str, Callable[[Row], Any]] = {
    "kind": lambda row: (row.camera.title_kind, row.camera.id),
    "where": lambda row: (row.from_centre.distance_m, row.camera.id),
    "accuracy": lambda row: (row.camera.radius95_m, row.camera.id),
    "last": _newest_first,
}


def _centre(cameras: Sequence[CameraView]) -> tuple[float, float]:
    """The middle of all places, reckoned from the first so that the date line does no harm."""
    first = cameras[0]
    offsets = [offset_m(first.lat, first.lon, camera.lat, camera.lon) for camera in cameras]
    east_m = sum(east for east, _ in offsets) / len(offsets)
    north_m = sum(north for _, north in offsets) / len(offsets)
    return moved(first.lat, first.lon, east_m, north_m)


def _away(start: tuple[float, float], end: tuple[float, float]) -> Away:
    return Away(distance_m(*start, *end), bearing_deg(*start, *end))


def _neighbours(cameras: Sequence[CameraView]) -> list[Away | None]:
    """Distance and bearing from each camera to the one nearest to it."""
    if len(cameras) == 1:
        return [None]
    import numpy as np
    from scipy.spatial import cKDTree

    # On the globe in metres: straight lines through it sort as ways over it do, also over the date line.
    lat = np.radians([camera.lat for camera in cameras])
    lon = np.radians([camera.lon for camera in cameras])
    globe = np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
    _, nearest = cKDTree(globe).query(globe, k=2)
    # Two cameras at one place: either may come first, so take what is not the camera itself.
    others = [int(two[1]) if int(two[0]) == own else int(two[0]) for own, two in enumerate(nearest)]
    places = [(camera.lat, camera.lon) for camera in cameras]
    return [_away(places[own], places[other]) for own, other in enumerate(others)]
