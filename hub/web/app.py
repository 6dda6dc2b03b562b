"""The hub's page for its operator: map, list, and the details of a camera, live.

Nothing is loaded from elsewhere, unless the operator names a tile server. Answers only to its own names, so that a page
elsewhere cannot read it through a name of its own (DNS rebinding).
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.basemap.shown import StreetMap
from hub.enroll.pairing import Pairing
from hub.errors import BadInput, ServeError, StillReading
from hub.log.people import Role
from hub.publish.view import feature
from hub.web.bodies import Bodies, Body, PackedFiles, Portions
from hub.web.doubt import doubt_told, places_drawn, places_told
from hub.web.enroll import EnrollPage
from hub.web.gate import Gated, Gatekeeper, GateKeeping, require_gated, visitor
from hub.web.known import group_evidence, summarise_claims
from hub.web.pages import DecidesBesideCamera, Pages, ShowsPictures
from hub.web.pages.sign_in import sign_in_values
from hub.web.picture_pages import PicturePages
from hub.web.pictures import PictureSource
from hub.web.rows import DEFAULT_ORDER, Listing
from hub.web.sentence import sentence
from hub.web.source import MapSource, require_derived
from hub.web.stream import Streams
from hub.web.street import street_at
from hub.web.way import LOCAL_NAMES
from hub.web.words import Words, words_for

STATIC = Path(__file__).parent / "static"
GEOJSON = "application/geo+json"
_YEAR_S = 31_536_000
_NOT_KEPT = {"cache-control": "no-store"}
READ_AGAIN_S = 5  # how soon a page comes again that needs cameras which are not derived yet


def make_app(
    source: MapSource,
    *,
    gate: Gatekeeper,
    pairing: Pairing | None = None,
    pictures: PictureSource | None = None,
    tiles_url: str | None = None,
    names: Sequence[str] = (),
    parts: Sequence[Pages] = (),
    streets: StreetMap | None = None,
    hsts: bool = False,
) -> Starlette:
    """The page as an ASGI app. Raises ServeError where its front-end packages were never fetched.

    `gate` says who asks; every route is for some role and those above it. `pairing` adds the page for enrolments,
    `pictures` those of cameras. `tiles_url` is a raster tile template such as
    `https://tiles.example/{z}/{x}/{y}.png`; `names` are further host names under which the page may be asked for;
    `parts` are further parts of the page; `streets` is the street map that is drawn, and names the streets of cameras.
    `hsts` has browsers ask by HTTPS alone for a year.
    """
    if not (STATIC / "vendor" / "maplibre-gl.mjs").is_file():
        raise ServeError("the page's front-end packages are missing; fetch them with `python -m hub.web.vendor`")
    page = _Page(source, tiles_url, streets, gate)
    routes: list[BaseRoute] = [
        Gated("/", page.map, Role.READER),
        Gated("/cameras", page.list, Role.READER),
        Gated("/cameras/{camera_id}", page.detail, Role.READER),
        Gated("/api/cameras.geojson", page.geojson, Role.READER),
        Gated("/api/cameras/{camera_id}", page.camera_json, Role.READER),
        Gated("/api/base.geojson", page.base_layer, Role.READER),
        Gated("/api/coverage.geojson", page.coverage, Role.READER),
        Gated("/api/status", page.status, Role.READER),
        Gated("/api/events", page.events, Role.READER),
        Mount("/static", PackedFiles(directory=STATIC), name="static"),
    ]
    if pairing is not None:
        routes.insert(0, Gated("/enroll", EnrollPage(pairing, page.html).show, Role.OPERATOR))
    if pictures is not None:
        page.pictures = PicturePages(
            pictures, page.html, is_shown=lambda camera_id: source.camera(camera_id) is not None
        )
        routes = [*page.pictures.routes(), *routes]
        for part in parts:
            if isinstance(part, ShowsPictures):
                part.use_pictures(page.pictures.gallery)
    page.deciding = next((part for part in parts if isinstance(part, DecidesBesideCamera)), None)
    routes = [*(route for part in parts for route in part.routes(page.html)), *routes]
    require_gated(routes)
    middleware = [
        Middleware(Portions),
        Middleware(TrustedHostMiddleware, allowed_hosts=[*LOCAL_NAMES, *names], www_redirect=False),
        Middleware(_SafeHeaders, policy=_policy(tiles_url), hsts=hsts),
        Middleware(GZipMiddleware, minimum_size=1000),
        Middleware(GateKeeping, gate=gate, foreign=page.foreign),
    ]
    app = Starlette(routes=routes, middleware=middleware, exception_handlers=page.handlers)
    app.state.end_streams = page.streams.end  # for whoever runs it, before it stops
    app.state.gate, app.state.turned_away = gate, page.turned_away
    return app


def _policy(tiles_url: str | None) -> str:
    tiles = ""
    if tiles_url is not None:
        parts = urlsplit(tiles_url)
        if parts.scheme not in ("http", "https") or not parts.netloc or "{z}" not in tiles_url:
            raise BadInput("--tiles must look like https://HOST/{z}/{x}/{y}.png")
        tiles = f" {parts.scheme}://{parts.netloc}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self' blob:; font-src 'self';"
        f" img-src 'self' data: blob:{tiles}; connect-src 'self'{tiles}; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'"
    )


def _wants_data(request: Request) -> bool:
    """Whether a script or a program asks, and no browser for a page."""
    asked = request.headers.get("accept", "")
    return request.url.path.startswith("/api/") or "application/json" in asked or "hx-request" in request.headers


class _SafeHeaders:
    """Adds the headers that keep a browser to what the page is meant to do."""

    def __init__(self, app: ASGIApp, policy: str, *, hsts: bool) -> None:
        self._app = app
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        if hsts:
            self._headers.append((b"strict-transport-security", b"max-age=%d" % _YEAR_S))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class _Page:
    """The handlers."""

    def __init__(self, source: MapSource, tiles_url: str | None, streets: StreetMap | None, gate: Gatekeeper) -> None:
        self._source, self._gate = source, gate
        self._tiles_url = tiles_url
        self._streets = streets
        self.pictures: PicturePages | None = None
        self.deciding: DecidesBesideCamera | None = None
        self.streams = Streams(source)
        self._bodies = Bodies()
        self._listing = Listing(source)
        self._templates = Environment(
            loader=PackageLoader("hub.web"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # a hub that is updated while it runs goes on with the pages that fit its code
        )
        self._script_words: dict[str, Markup] = {}
        self.handlers: dict[Any, Any] = {404: self.not_found, StillReading: self.still_reading}

    async def map(self, request: Request) -> Response:
        shown = None if self._streets is None else self._streets.shown()
        return self.html(request, "map.html", tiles_url=self._tiles_url or "", basemap=shown)

    async def list(self, request: Request) -> Response:
        order = request.query_params.get("sort", DEFAULT_ORDER)
        shown = self._listing.page(order, request.query_params.get("page", "1"))
        return self.html(request, "list.html", shown=shown, sort=order)

    async def detail(self, request: Request) -> Response:
        detail = self._source.camera(request.path_params["camera_id"])
        whole = "hx-request" not in request.headers
        if detail is None:
            require_derived(self._source)  # it may be one that was not saved
            if whole and self.deciding is not None and visitor(request).role >= Role.REVIEWER:
                return await self.deciding.about(request)  # it may be one that no map shows
            return await self.not_found(request, Exception())
        say = words_for(request)
        shown: dict[str, Any] = {
            "claims": summarise_claims(detail.claims),
            "evidence": group_evidence(detail.evidence),
            "sentence": sentence,
            "doubts": [doubt_told(one, detail.camera, self._source.camera, say) for one in detail.doubts],
            "places": places_told(detail, say),
            "drawn": places_drawn(detail),
            "gallery": None if self.pictures is None else await self.pictures.gallery(request, detail.camera.id),
            "bar": None if self.deciding is None else await self.deciding.beside(request, detail),
        }
        return self.html(request, "detail.html", detail=detail, whole=whole, **shown)

    async def not_found(self, request: Request, _problem: Exception) -> Response:
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": "not found"}, status_code=404)
        return self.html(request, "not_found.html", 404)

    async def still_reading(self, request: Request, problem: Exception) -> Response:
        """For what needs cameras that a hub which has just started has not derived yet: nothing was done."""
        percent = problem.percent if isinstance(problem, StillReading) else 0
        say, asks = words_for(request), request.method == "GET"
        sentence = say("reading_log", percent=percent) + " " + say("reading_wait" if asks else "reading_not_done")
        again = {"retry-after": str(READ_AGAIN_S), **_NOT_KEPT}
        if _wants_data(request):
            return JSONResponse({"error": sentence, "problem": sentence}, 503, headers=again)
        values = {"sentence": sentence, "again_s": READ_AGAIN_S if asks else None}
        page = self.html(request, "still_reading.html", 503, **values)
        page.headers.update(again)
        return page

    async def turned_away(self, request: Request) -> Response:
        """For whom the gate does not let in: a stranger may sign in, where that is of use."""
        who, way = visitor(request), self._gate.way(request)
        why = f"way_{way.problem}" if way.problem else "role_low" if who.role > Role.STRANGER else "signed_out"
        return self._turn_away(request, why, 401 if why == "signed_out" else 403)

    async def foreign(self, request: Request) -> Response:
        """For what would change something, and was not sent by this page."""
        return self._turn_away(request, "form_foreign", 403)

    def _turn_away(self, request: Request, why: str, status_code: int) -> Response:
        sentence = words_for(request)(why)
        if _wants_data(request):
            return JSONResponse({"error": sentence}, status_code, headers=_NOT_KEPT)
        if status_code == 401:
            wanted = request.url.path if request.method == "GET" else "/"
            query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
            values = sign_in_values(request, self._gate.way(request), wanted=wanted + query)
            return self.html(request, "sign_in.html", 401, **values)
        return self.html(request, "refused.html", status_code, sentence=sentence, back="")

    async def geojson(self, request: Request) -> Response:
        def collect() -> bytes:
            features = [feature(detail.camera) for detail in self._source.cameras()]
            return msgspec.json.encode({"type": "FeatureCollection", "features": features})

        return self._shared(request, self._source.status().revision, collect)

    async def camera_json(self, request: Request) -> Response:
        detail = self._source.camera(request.path_params["camera_id"])
        if detail is None:
            require_derived(self._source)
            return JSONResponse({"error": "not found"}, status_code=404)
        return Response(msgspec.json.encode(detail), media_type="application/json")

    async def base_layer(self, request: Request) -> Response:
        return self._shared(request, self._source.base_version(), self._source.base_layer)

    async def coverage(self, request: Request) -> Response:
        return self._shared(request, self._source.status().revision, self._source.coverage)

    async def status(self, _request: Request) -> Response:
        return Response(msgspec.json.encode(self._source.status()), media_type="application/json")

    async def events(self, _request: Request) -> Response:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no", "content-encoding": "identity"}
        return StreamingResponse(self.streams.changes(), media_type="text/event-stream", headers=headers)

    def html(self, request: Request, name: str, status_code: int = 200, **values: Any) -> Response:
        """A page in the reader's language."""
        asked = request.query_params.get("lang")
        say = words_for(request)
        # The query alone: a path such as //elsewhere/ would lead to another host.
        other = request.url.include_query_params(lang=say("language_code"))
        values.setdefault("status", self._source.status())
        values.setdefault("basemap", None if self._streets is None else self._streets.shown())
        values["visitor"], values["Role"] = visitor(request), Role
        values["street_at"] = partial(street_at, self._streets, say)
        values["shared_map"] = self._gate.open_to_strangers
        values["has_pictures"] = self.pictures is not None
        values["script_words"] = self._words_for_scripts(say)
        body = self._templates.get_template(name).render(
            say=say, path=request.url.path, other_language=f"?{other.query}", **values
        )
        headers = {"vary": "accept-language, cookie", **_NOT_KEPT}  # nothing for whoever presses "back" after us
        response = HTMLResponse(body, status_code=status_code, headers=headers)
        if asked == say.code:
            response.set_cookie("lang", say.code, max_age=_YEAR_S, samesite="strict", httponly=True)
        return response

    def _words_for_scripts(self, say: Words) -> Markup:
        """What a page hands its scripts of a language, as JSON: the same on all pages, and made once."""
        if say.code not in self._script_words:
            self._script_words[say.code] = Markup(self._templates.get_template("words.json").render(say=say))  # noqa: S704
        return self._script_words[say.code]

    def _shared(self, request: Request, version: object, make: Callable[[], bytes]) -> Response:
        """GeoJSON that is the same for all who ask, as it was made last where its version is still that."""
        body = self._bodies.get(request.url.path, version, lambda: Body(make(), GEOJSON))
        return body.response(request)
