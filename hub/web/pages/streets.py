"""The street map on the page: its tiles in portions, the search for streets, and where an operator makes it."""

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hub.basemap.incoming import PORTION_BYTES, Incoming
from hub.basemap.make import estimate
from hub.basemap.shown import StreetMap
from hub.basemap.works import StreetWorks
from hub.errors import BadInput, HubError, StoreError
from hub.log.people import Role
from hub.web.gate import Gated
from hub.web.pages import Html
from hub.web.words import words_for

PMTILES = "application/vnd.pmtiles"
MOST_OCTETS = 4 << 20  # of one answer: a tile has at most 1.5 MB
MOST_QUERY, MOST_FOUND = 100, 8
_MAX_FORM = 4 << 10
_DAY_S = 86_400


class StreetPages:
    """The part of the page. `role` is the least that sees the street map; the shared map shows it to everybody."""

    def __init__(self, streets: StreetMap, works: StreetWorks, incoming: Incoming, *, role: Role = Role.READER) -> None:
        self._streets, self._works, self._incoming, self._role = streets, works, incoming, role
        self._html: Html | None = None

    def routes(self, html: Html) -> Sequence[Gated]:
        self._html = html
        post = ("POST",)
        return [
            Gated("/basemap.pmtiles", self.tiles, self._role),
            Gated("/api/streets", self.search, self._role),
            Gated("/streets", self.show, Role.OPERATOR),
            Gated("/streets/state", self.state, Role.OPERATOR),
            Gated("/streets/upload", self.begin, Role.OPERATOR, methods=post),
            Gated("/streets/upload/{number}", self.add, Role.OPERATOR, methods=post),
            Gated("/streets/make", self.make, Role.OPERATOR, methods=post),
            Gated("/streets/stop", self.stop, Role.OPERATOR, methods=post),
            Gated("/streets/remove", self.remove, Role.OPERATOR, methods=post),
        ]

    async def tiles(self, request: Request) -> Response:
        """A portion of the tiles, by a Range of octets; nobody needs the whole."""
        return await run_in_threadpool(portion_of, self._streets.tiles, request)

    async def search(self, request: Request) -> Response:
        """Streets by name: the places that the map then shows."""
        text = request.query_params.get("q", "")[:MOST_QUERY]
        near = _place(request.query_params.get("lat"), request.query_params.get("lon"))
        found = await run_in_threadpool(self._streets.search, text, MOST_FOUND, near=near)
        language = words_for(request).code
        told = [
            {"name": one.called(language), "place": one.place, "at": [one.lon, one.lat], "box": one.box}
            for one in found
        ]
        return JSONResponse(told, headers={"cache-control": "no-store", "vary": "accept-language, cookie"})

    async def show(self, request: Request) -> Response:
        return await run_in_threadpool(self._page, request)

    async def state(self, _request: Request) -> Response:
        body = msgspec.json.encode(self._works.progress())
        return Response(body, media_type="application/json", headers={"cache-control": "no-store"})

    async def begin(self, request: Request) -> Response:
        octets = request.query_params.get("octets", "")
        if not (octets.isascii() and octets.isdecimal() and len(octets) < 15):
            return _told(BadInput("octets: how large the file is, as a number"))
        name = request.query_params.get("name", "")[:200]
        try:
            number = await run_in_threadpool(self._incoming.begin, name, int(octets))
        except HubError as problem:
            return _told(problem)
        return JSONResponse({"upload": number, "portion": PORTION_BYTES})

    async def add(self, request: Request) -> Response:
        at = request.query_params.get("at", "")
        if not (at.isascii() and at.isdecimal() and len(at) < 15):
            return _told(BadInput("at: where the portion begins, as a number"))
        try:
            portion = await _body(request, PORTION_BYTES)
            there = await run_in_threadpool(self._incoming.add, request.path_params["number"], int(at), portion)
        except HubError as problem:
            return _told(problem)
        return JSONResponse({"at": there})

    async def make(self, request: Request) -> Response:
        """Begin to make the map of a file that waits, or of an upload that has come whole."""
        try:
            fields = await _fields(request)
            upload = fields.get("upload")
            extract = self._incoming.find(fields.get("file", "")) if upload is None else self._incoming.finish(upload)
            self._works.start(extract, once=upload is not None)
        except HubError as problem:
            return _told(problem) if _by_script(request) else await run_in_threadpool(self._page, request, problem)
        return JSONResponse({}) if _by_script(request) else RedirectResponse("/streets", status_code=303)

    async def stop(self, _request: Request) -> Response:
        await run_in_threadpool(self._works.stop)
        return RedirectResponse("/streets", status_code=303)

    async def remove(self, request: Request) -> Response:
        try:
            await run_in_threadpool(self._works.remove)
        except HubError as problem:
            return await run_in_threadpool(self._page, request, problem)
        return RedirectResponse("/streets", status_code=303)

    def _page(self, request: Request, problem: HubError | None = None) -> Response:
        assert self._html is not None  # noqa: S101
        waiting = [(one.name, one.octets, estimate(one.octets)) for one in self._incoming.waiting()]
        return self._html(
            request,
            "streets.html",
            200 if problem is None else _status(problem),
            shown=self._streets.shown(),
            progress=self._works.progress(),
            waiting=waiting,
            folder=str(self._incoming.folder),
            problem=str(problem or ""),
        )


def portion_of(path: Path, request: Request) -> Response:
    """Some octets of the file, by a Range that asks for them."""
    try:
        with path.open("rb") as file:
            return _answer(file, request)
    except OSError:
        return JSONResponse({"error": "not found"}, status_code=404)


def _answer(file: Any, request: Request) -> Response:
    octets = file.seek(0, 2)
    status = path_identity(file)
    headers = {
        "etag": status,
        "accept-ranges": "bytes",
        "cache-control": f"private, max-age={_DAY_S}",
        "content-encoding": "identity",  # a part of a packed file is no part of the file
    }
    wanted = read_range(request.headers.get("range", ""), octets)
    if wanted is None:
        return Response(status_code=416, headers=headers | {"content-range": f"bytes */{octets}"})
    if request.headers.get("if-none-match") == status:
        return Response(status_code=304, headers=headers)
    start, end = wanted
    file.seek(start)
    headers["content-range"] = f"bytes {start}-{end - 1}/{octets}"
    return Response(file.read(end - start), status_code=206, media_type=PMTILES, headers=headers)


def path_identity(file: Any) -> str:
    """The tag of an open file: another for each map."""
    there = os.fstat(file.fileno())
    return f'"{there.st_ino:x}-{there.st_mtime_ns:x}-{there.st_size:x}"'


def read_range(said: str, octets: int) -> tuple[int, int] | None:
    """The first octet and the one behind the last that a Range header asks for, of a file of so many; None where it
    asks for several ranges, for more than 4 MB, or for nothing that is there."""
    unit, _, span = said.partition("=")
    first, dash, last = span.strip().partition("-")
    if unit.strip().lower() != "bytes" or not dash or not all(part == "" or _is_number(part) for part in (first, last)):
        return None
    if first:
        start, end = int(first), min(octets, int(last) + 1 if last else octets)
    elif last:
        start, end = max(0, octets - int(last)), octets
    else:
        return None
    return (start, end) if 0 <= start < end and end - start <= MOST_OCTETS else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


def _place(lat: str | None, lon: str | None) -> tuple[float, float] | None:
    """Where the reader looks; None where that is nowhere on the globe."""
    try:
        found = float(lat or ""), float(lon or "")
    except ValueError:
        return None
    good = all(math.isfinite(value) for value in found) and abs(found[0]) <= 90 and abs(found[1]) <= 360
    return found if good else None


async def _body(request: Request, most: int) -> bytes:
    """A request's body. Raises BadInput where it is longer than it may be."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise BadInput(f"more than the {most} octets that one request may bring")
    return bytes(body)


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a small form. Raises BadInput."""
    try:
        return dict(parse_qsl((await _body(request, _MAX_FORM)).decode("ascii"), max_num_fields=8, errors="strict"))
    except ValueError as problem:
        raise problem if isinstance(problem, BadInput) else BadInput("no form of this page") from problem


def _by_script(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def _status(problem: HubError) -> int:
    return 507 if isinstance(problem, StoreError) else 400


def _told(problem: HubError) -> Response:
    return JSONResponse({"error": str(problem)}, status_code=_status(problem))
