"""The formats in which cameras are exported: the one place that lists them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from hub.publish import geojson, table, waypoints
from hub.publish.exported import Ids
from hub.publish.view import CameraDetail


class Writer(Protocol):
    """What writes cameras in one format. `ids` are public ids, by those of cameras."""

    def __call__(self, cameras: Iterable[CameraDetail], *, everything: bool, ids: Ids | None = None) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format: its media type, how its files end, and what writes it."""

    media_type: str
    ending: str
    write: Writer


FORMATS: dict[str, Format] = {
    "geojson": Format(media_type="application/geo+json", ending="geojson", write=geojson.export),
    "csv": Format(media_type="text/csv; charset=utf-8", ending="csv", write=table.export),
    "gpx": Format(media_type="application/gpx+xml", ending="gpx", write=waypoints.export_gpx),
    "kml": Format(media_type="application/vnd.google-earth.kml+xml", ending="kml", write=waypoints.export_kml),
}
