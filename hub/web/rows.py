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
    """The list in its orders; each order and each of its pages is made once for each revision of the map."""

    def __init__(self, source: MapSource) -> None:
        self._source = source
        self._revision: int | None = None
        self._sorted: dict[str, list[_Placed]] = {}
        self._pages: dict[tuple[str, int], list[Row]] = {}

    def page(self, order: str, number: str) -> ListPage:
        """A page of the list; the first or the last where there is no such one."""
        revision = self._source.status().revision
        if revision != self._revision:
            self._revision, self._sorted, self._pages = revision, {}, {}
        order = order if order in _ORDERS else DEFAULT_ORDER
        if order not in self._sorted:
            self._sorted[order] = _in_order(self._source.cameras(), order)
        found = self._sorted[order]
        pages = max(1, -(-len(found) // PAGE_ROWS))
        asked = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 1
        shown = min(max(asked, 1), pages)
        if (order, shown) not in self._pages:
            self._pages[order, shown] = _rows(found, range(len(found))[(shown - 1) * PAGE_ROWS : shown * PAGE_ROWS])
        return ListPage(self._pages[order, shown], shown, pages, len(found))


def rows(details: Sequence[CameraDetail], order: str) -> list[Row]:
    """The cameras in the order asked for: kind, accuracy, last, where (from the middle outwards, also the default)."""
    placed = _in_order(details, order)
    return _rows(placed, range(len(placed)))


class _Placed(Struct, frozen=True):
    """A camera and where it stands from the middle of all."""

    camera: CameraView
    from_centre: Away


def _in_order(details: Sequence[CameraDetail], order: str) -> list[_Placed]:
    if not details:
        return []
    cameras = [detail.camera for detail in details]
    centre = _centre(cameras)
    placed = [_Placed(camera, _away(centre, (camera.lat, camera.lon))) for camera in cameras]
    return sorted(placed, key=_ORDERS.get(order, _ORDERS[DEFAULT_ORDER]))


def _rows(placed: Sequence[_Placed], shown: range) -> list[Row]:
    """The rows of some, whose neighbours may be any."""
    neighbours = _neighbours([one.camera for one in placed], shown)
    return [
        Row(placed[own].camera, placed[own].from_centre, neighbour)
        for own, neighbour in zip(shown, neighbours, strict=True)
    ]


def _newest_first(row: _Placed) -> tuple[int, str]:
    """The newest first; a camera of which no day is known comes last."""
    last = row.camera.last_seen
    return -date.fromisoformat(last).toordinal() if last else 0, row.camera.id


DEFAULT_ORDER = "where"
_ORDERS: dict[str, Callable[[_Placed], Any]] = {
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


def _neighbours(cameras: Sequence[CameraView], shown: range) -> list[Away | None]:
    """Distance and bearing from each camera shown to the one nearest to it, among all of them."""
    if len(cameras) < 2:
        return [None] * len(shown)
    import numpy as np

    # On the globe: straight lines through it sort as ways over it do, also over the date line. Each that is shown is
    # compared with all: for one page that is as quick as a tree, and SciPy, which has one, takes 40 MB from a hub.
    lat = np.radians([camera.lat for camera in cameras])
    lon = np.radians([camera.lon for camera in cameras])
    globe = np.stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))  # 3 × all, in its radii
    places = [(camera.lat, camera.lon) for camera in cameras]
    found: list[Away | None] = []
    for own in shown:
        square = ((globe - globe[:, own, None]) ** 2).sum(axis=0)
        square[own] = np.inf
        found.append(_away(places[own], places[int(square.argmin())]))
    return found
