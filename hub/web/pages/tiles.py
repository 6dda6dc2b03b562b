"""The map's cameras as vector tiles and by what is in view, for a hub that has too many to send them all."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from math import isfinite

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.log.people import Role
from hub.publish.tiles import LAYER, MAX_ZOOM, Point, TileIndex, Value
from hub.publish.view import CameraView, feature
from hub.web.bodies import Bodies, Body
from hub.web.filters import filed, keeping
from hub.web.gate import Gated
from hub.web.pages import Html
from hub.web.source import MapSource

MVT = "application/vnd.mapbox-vector-tile"
GEOJSON = "application/geo+json"
MAX_IN_VIEW = 500  # cameras that are sent one by one
_MARKED = ("id", "standing", "title_kind", "operator_type", "gone", "last_seen", "radius95_m")


class TilePages:
    """A part of the page. The tiles are cut anew where the map has changed; `today` says what is long ago."""

    def __init__(self, source: MapSource, today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> None:
        self._source, self._today = source, today
        self._cut: tuple[int, TileIndex] | None = None
        self._bodies = Bodies()

    def routes(self, html: Html) -> Sequence[Gated]:  # noqa: ARG002 (no page)
        """Where it answers."""
        return [
            Gated("/tiles/cameras.json", self.tilejson, Role.READER),
            Gated("/tiles/cameras.geojson", self.in_view, Role.READER),
            Gated("/tiles/cameras/{zoom:int}/{x:int}/{y:int}.mvt", self.tile, Role.READER),
        ]

    async def tilejson(self, _request: Request) -> Response:
        """What there are of tiles (TileJSON 3), and where the cameras are."""
        cameras = [detail.camera for detail in self._source.cameras()]
        bounds = [
            min((one.lon for one in cameras), default=-180.0),
            min((one.lat for one in cameras), default=-85.0),
            max((one.lon for one in cameras), default=180.0),
            max((one.lat for one in cameras), default=85.0),
        ]
        said = {
            "tilejson": "3.0.0",
            "tiles": ["/tiles/cameras/{z}/{x}/{y}.mvt"],
            "minzoom": 0,
            "maxzoom": MAX_ZOOM,
            "bounds": bounds,
            "vector_layers": [{"id": LAYER, "fields": dict.fromkeys((*_MARKED, "filed", "point_count"), "")}],
        }
        return JSONResponse(said, headers={"cache-control": "no-cache"})

    async def tile(self, request: Request) -> Response:
        """One tile of those cameras that the address asks for."""
        zoom, x, y = (request.path_params[name] for name in ("zoom", "x", "y"))
        if not (zoom <= MAX_ZOOM and x < 1 << zoom and y < 1 << zoom):
            return JSONResponse({"error": "there is no such tile"}, 404)
        asked = {name: request.query_params[name][:200] for name in sorted(request.query_params) if name in _ASKED}
        key, today = (zoom, x, y, tuple(asked.items())), self._today()

        def make() -> Body:
            index, revision = self._index()
            return self._bodies.get(
                key, (revision, today), lambda: Body(index.tile(zoom, x, y, keeping(asked, today)), MVT)
            )

        return (await run_in_threadpool(make)).response(request)

    async def in_view(self, request: Request) -> Response:
        """The cameras within `bbox` (west, south, east, north in degrees) as the map's GeoJSON, and `total`, how many
        there are: no more than MAX_IN_VIEW are listed, those nearest to the middle."""
        try:
            west, south, east, north = map(float, request.query_params.get("bbox", "").split(","))
        except ValueError:
            return JSONResponse({"error": "bbox must be four numbers: west,south,east,north"}, 400)
        if not all(map(isfinite, (west, south, east, north))):
            return JSONResponse({"error": "bbox must be four numbers: west,south,east,north"}, 400)
        asked = {name: request.query_params[name][:200] for name in request.query_params if name in _ASKED}

        def collect() -> bytes:
            index, _ = self._index()
            found = index.inside(west, south, east, north, keeping(asked, self._today()))
            middle = (west + east) / 2, (south + north) / 2
            found.sort(key=lambda one: (one.lon - middle[0]) ** 2 + (one.lat - middle[1]) ** 2)
            details = (self._source.camera(str(one.properties["id"])) for one in found[:MAX_IN_VIEW])
            features = [feature(detail.camera) for detail in details if detail is not None]
            return msgspec.json.encode({"type": "FeatureCollection", "total": len(found), "features": features})

        return Response(await run_in_threadpool(collect), media_type=GEOJSON, headers={"cache-control": "no-store"})

    def _index(self) -> tuple[TileIndex, int]:
        revision = self._source.status().revision
        cut = self._cut
        if cut is None or cut[0] != revision:
            cut = self._cut = revision, TileIndex(_mark(detail.camera) for detail in self._source.cameras())
        return cut[1], cut[0]


_ASKED = ("kind", "standing", "age", "doubt")


def _mark(camera: CameraView) -> Point:
    """What a camera's mark needs to know. What is not known is absent."""
    said: dict[str, Value | None] = {name: getattr(camera, name) for name in _MARKED}
    known: dict[str, Value] = {name: value for name, value in said.items() if value is not None}
    return Point(camera.lon, camera.lat, {**known, "filed": filed(camera)})
