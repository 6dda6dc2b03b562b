"""The shared map for everybody, and the operator's switch for it.

Whoever asks while it is closed learns that it is not open, and nothing else. Nothing here is live: what the public sees
is the last batch. No script is needed for the list, no cookie but that of the language is set, and a browser asks each
time whether what it has still holds: what was taken out must not be shown from a cache.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from hub.basemap.shown import StreetMap
from hub.errors import BadInput, HubError
from hub.log.people import Role
from hub.publish.public import PublicCamera
from hub.publish.publisher import Coming, Publisher, Shown
from hub.web.bodies import Bodies, Body
from hub.web.forms import Refused, read_fields
from hub.web.gate import Gated, visitor
from hub.web.pages import Html
from hub.web.pages.streets import portion_of
from hub.web.words import words_for

Row = TypeVar("Row")

PAGE_ROWS = 100
GEOJSON = "application/geo+json"
_ID = re.compile(r"[0-9a-f]{16}")
_NO_CACHE = {"cache-control": "no-cache"}
_NO_STORE = {"cache-control": "no-store", "content-encoding": "identity"}

Audit = Callable[[str, str, str], None]  # (who, what, about what)
Jpeg = Callable[[str], bytes | None]  # a picture for the public by its hash


class SharedPages:
    """A part of the page. `jpeg` gives a picture as the public gets it, `audit` writes down who did what; `streets` is
    the street map that is drawn below the cameras."""

    def __init__(
        self,
        publisher: Publisher,
        jpeg: Jpeg,
        audit: Audit = lambda _who, _what, _about: None,
        streets: StreetMap | None = None,
    ) -> None:
        self._publisher, self._jpeg, self._audit, self._streets = publisher, jpeg, audit, streets
        self._bodies = Bodies()

    def routes(self, html: Html) -> Sequence[Gated]:
        """Where it answers."""
        self._html = html
        return [
            Gated("/shared", self.map, Role.STRANGER),
            Gated("/shared/cameras.geojson", self.geojson, Role.STRANGER),
            Gated("/shared/basemap.pmtiles", self.tiles, Role.STRANGER),
            Gated("/shared/cameras/{public_id}", self.camera, Role.STRANGER),
            Gated("/public/pictures/{public_id}.jpg", self.picture, Role.STRANGER),
            Gated("/sharing", self.switch, Role.OPERATOR),
            Gated("/sharing", self.change, Role.OPERATOR, methods=("POST",)),
        ]

    async def map(self, request: Request) -> Response:
        """The map and the list."""
        shown = self._publisher.shown()
        if shown is None:
            return self._not_open(request)
        page = page_of(shown.cameras, request.query_params.get("page", "1"))
        basemap = None if self._streets is None else self._streets.shown()
        values = {"shown": page, "made": _day(shown), "basemap": basemap, "fictional": is_fictional(shown.cameras)}
        return self._kept(request, self._html(request, "shared.html", **values))

    async def camera(self, request: Request) -> Response:
        """One camera; an id that was merged into another leads to that one."""
        shown = self._publisher.shown()
        if shown is None:
            return self._not_open(request)
        public_id = request.path_params["public_id"]
        found = next((one for one in shown.cameras if one.id == public_id), None)
        if found is not None:
            values = {"camera": found, "made": _day(shown), "fictional": found.composed}
            return self._kept(request, self._html(request, "shared_camera.html", **values))
        leads_to = None
        if _ID.fullmatch(public_id):
            leads_to = await run_in_threadpool(self._publisher.leads_to, public_id)
        if leads_to is None or leads_to == public_id:
            return self._html(request, "shared_closed.html", 404, why="shared_no_camera", way="/shared")
        return RedirectResponse(f"/shared/cameras/{leads_to}", 307, headers=_NO_CACHE)

    async def geojson(self, request: Request) -> Response:
        """All cameras of the shared map."""
        shown = self._publisher.shown()
        if shown is None:
            return JSONResponse({"error": "the shared map is not open"}, 404, headers=_NO_CACHE)
        body = self._bodies.get("geojson", shown.tag, lambda: Body(public_geojson(shown.cameras), GEOJSON))
        return body.response(request)

    async def tiles(self, request: Request) -> Response:
        """A portion of the street map, while the shared map is open: where the hub is says it as well."""
        if self._publisher.shown() is None or self._streets is None:
            return PlainTextResponse("there is no street map", 404, _NO_CACHE)
        return await run_in_threadpool(portion_of, self._streets.tiles, request)

    async def picture(self, request: Request) -> Response:
        """A picture that was released, as long as it is."""
        public_id = request.path_params["public_id"]
        data = None
        if _ID.fullmatch(public_id):
            data = await run_in_threadpool(self._picture, public_id)
        if data is None:
            return PlainTextResponse("no such picture", 404, _NO_STORE)
        return Response(data, media_type="image/jpeg", headers=_NO_STORE)

    async def switch(self, request: Request) -> Response:
        """The operator's page: whether the map is open, and what would be seen."""
        return await self._switch(request)

    async def change(self, request: Request) -> Response:
        """Open, close, or let happen what is held."""
        try:
            said = dict(await read_fields(request))
        except Refused as refused:
            return self._html(request, "refused.html", refused.status_code, sentence=words_for(request)(refused.why),
                              back="")  # fmt: skip
        by, action = visitor(request).name or "operator", said.get("action")
        try:
            if action == "open":
                await run_in_threadpool(self._publisher.open, said.get("tag", ""))
            elif action == "close":
                await run_in_threadpool(self._publisher.close)
            elif action == "accept":
                await run_in_threadpool(self._publisher.accept)
            else:
                return await self._switch(request, 400, "sharing_unknown")
        except BadInput:
            return await self._switch(request, 409, "sharing_changed")
        await run_in_threadpool(self._audit, by, "shared_map", action)
        return RedirectResponse("/sharing", 303)

    async def _switch(self, request: Request, status_code: int = 200, problem: str | None = None) -> Response:
        preview = await run_in_threadpool(self._publisher.preview)
        sharing = await run_in_threadpool(self._publisher.sharing)
        page = page_of(preview.cameras, request.query_params.get("page", "1"))
        coming = coming_page(preview.coming, request.query_params.get("coming", "1"))
        due = None if sharing.due_s is None else _date(sharing.due_s)
        values = {"preview": preview, "shown": page, "coming": coming, "sharing": sharing, "due": due}
        return self._html(request, "sharing.html", status_code, problem=problem, **values)

    def _picture(self, public_id: str) -> bytes | None:
        try:
            sha256 = self._publisher.picture(public_id)
            return None if sha256 is None else self._jpeg(sha256)
        except HubError:
            return None

    def _not_open(self, request: Request) -> Response:
        return self._html(request, "shared_closed.html", 404, why="shared_closed", way=None)

    def _kept(self, request: Request, page: Response) -> Response:
        """A page that a browser may keep and asks about each time. Where a language was chosen, it is kept in a
        cookie, and the answer is for this reader alone."""
        if "set-cookie" in page.headers:
            page.headers["cache-control"] = "no-store"
            return page
        body = Body(bytes(page.body), "text/html; charset=utf-8", {"vary": "accept-language, cookie"})
        return body.response(request)


class SharedPage(Struct, Generic[Row], frozen=True, kw_only=True):
    """A page of a list: its rows, its number from 1 of so many, and how many rows there are."""

    rows: Sequence[Row]
    number: int
    pages: int
    total: int


class Awaited(Struct, frozen=True, kw_only=True):
    """A camera as it comes to be seen, by a day at the latest; `new` where nothing is seen of it yet."""

    camera: PublicCamera
    new: bool
    day: str


def page_of(cameras: Sequence[PublicCamera], number: str) -> SharedPage[PublicCamera]:
    """A page of the cameras by kind and id; the first or the last where there is no such one."""
    return _page(sorted(cameras, key=lambda one: (one.kind, one.id)), number)


def coming_page(coming: Sequence[Coming], number: str) -> SharedPage[Awaited]:
    """A page of what comes, by day, kind and id."""
    found = [Awaited(camera=one.camera, new=one.new, day=_date(one.by_s)) for one in coming]
    return _page(sorted(found, key=lambda one: (one.day, one.camera.kind, one.camera.id)), number)


def _page(found: Sequence[Row], number: str) -> SharedPage[Row]:
    pages = max(1, -(-len(found) // PAGE_ROWS))
    asked = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 1
    at = min(max(asked, 1), pages)
    return SharedPage(rows=found[(at - 1) * PAGE_ROWS : at * PAGE_ROWS], number=at, pages=pages, total=len(found))


def is_fictional(cameras: Sequence[PublicCamera]) -> bool:
    """Whether what the public sees is a fictional town: such a hub shows nothing else."""
    return any(one.composed for one in cameras)


def public_geojson(cameras: Sequence[PublicCamera]) -> bytes:
    """The cameras as GeoJSON, by their ids."""
    features = [
        {
            "type": "Feature",
            "id": one.id,
            "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
            "properties": {
                name: value
                for name, value in msgspec.to_builtins(one).items()
                if name not in ("id", "lat", "lon") and value not in (None, ())
            },
        }
        for one in sorted(cameras, key=lambda one: one.id)
    ]
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def _day(shown: Shown) -> str:
    return _date(shown.made_s)


def _date(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).date().isoformat()
