"""What people bring to the page: photos and files that are dropped on it, and cameras that they add by hand.

Each photo or file is one request whose body is its octets: no form, so that nothing spools a photo to a disk on the
way. The answer says under which id the page may ask how far it is, and what came of it.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from hub.errors import HubError
from hub.log.people import Role
from hub.publish.view import CameraDetail
from hub.upload import files, photos
from hub.upload.adding import Adding, MayBeThere
from hub.upload.by_hand import Wrong, hand_made
from hub.upload.jobs import Full, Job, Stage, Uploads
from hub.upload.photos import PhotoWanted
from hub.web.gate import Gated, visitor
from hub.web.pages import Html
from hub.web.words import Words, words_for
from probe.contract.readable import readable

MAX_JSON_BYTES = 16 << 10
NO_STORE = {"cache-control": "no-store"}
MAX_NAME = 120
_DROP = re.compile(r"[0-9a-f]{32}")
_UNDO = re.compile(r"(import-[0-9]{1,9}|walk-[0-9a-f]{8,32})")
_Answer = TypeVar("_Answer")


class _Refused(Exception):
    """A request that is not taken: the name of the sentence that says why, and the HTTP status."""

    def __init__(self, why: str, status_code: int, **params: str | int) -> None:
        super().__init__(why)
        self.why, self.status_code, self.params = why, status_code, params


class UploadPages:
    """The handlers. `tiles_url` is the map's raster template, empty where there is none."""

    def __init__(self, uploads: Uploads, adding: Adding, tiles_url: str | None = None) -> None:
        self._uploads, self._adding, self._tiles_url = uploads, adding, tiles_url or ""
        self._html: Html | None = None

    def routes(self, html: Html) -> Sequence[Gated]:
        """Where it answers. Photos and cameras are a reviewer's, files an operator's."""
        self._html = html
        return [
            Gated("/add", self.page, Role.REVIEWER),
            Gated("/add/camera", self._answering(self.camera), Role.REVIEWER, methods=["POST"]),
            Gated("/add/photos", self._answering(self.photo), Role.REVIEWER, methods=["POST"]),
            Gated("/add/files", self._answering(self.file), Role.OPERATOR, methods=["POST"]),
            Gated("/add/jobs/{job_id}", self._answering(self.job), Role.REVIEWER),
            Gated("/add/undo", self._answering(self.undo), Role.REVIEWER, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """The map with the panel for adding open."""
        assert self._html is not None  # noqa: S101
        return self._html(request, "add.html", tiles_url=self._tiles_url)

    async def camera(self, request: Request) -> Response:
        """Add a camera by hand. Where it may be there already, 409 names those, unless the fields say `sure`."""
        fields = await _json(request)
        say = words_for(request)
        try:
            made = hand_made(fields)
        except Wrong as field:
            raise _Refused("upload_wrong_field", 400, field=say(f"upload_field_{field}")) from None
        sure = fields.get("sure") is True
        try:
            added = await _ask(lambda: self._adding.add(made, _who(request), sure=sure))
        except MayBeThere as there:
            shown = [_camera(detail, say) for detail in there.cameras]
            return JSONResponse({"problem": say("upload_may_be_there"), "cameras": shown}, 409, NO_STORE)
        except LookupError:
            raise _Refused("upload_no_such_camera", 404) from None
        said = [say("upload_added"), *([say("upload_not_decided", why=added.problem)] if added.problem else [])]
        answer = {"sighting": added.sighting, "undo": added.undo, "camera": added.camera, "said": said}
        return JSONResponse(answer, headers=NO_STORE)

    async def photo(self, request: Request) -> Response:
        """A photo's octets; `drop` is the id of what was dropped together, `lat` and `lon` a marker."""
        query = request.query_params
        if _DROP.fullmatch(query.get("drop", "")) is None:
            raise _Refused("upload_broken", 400)
        size = _size(request, photos.MOST_BYTES)
        wanted = PhotoWanted(walk=query["drop"], marker=_marker(request), again=query.get("again") == "1")
        job = _room(lambda: self._uploads.photo(_name(request), size, _who(request), wanted))
        return await self._receive(request, job)

    async def file(self, request: Request) -> Response:
        """A file's octets."""
        size = _size(request, files.MOST_BYTES)
        again = request.query_params.get("again") == "1"
        job = _room(lambda: self._uploads.file(_name(request), size, _who(request), again=again))
        return await self._receive(request, job)

    async def job(self, request: Request) -> Response:
        """How far something is that this person brought, and what came of it in their language."""
        job = self._uploads.find(request.path_params["job_id"], _who(request))
        if job is None:
            raise _Refused("upload_lost", 404)
        say, outcome = words_for(request), job.outcome
        answer: dict[str, object] = {"stage": job.stage, "share": round(job.share, 3), "lines": job.lines}
        if job.stage is Stage.DONE and outcome is not None:
            answer |= {
                "said": [say(one.code, **one.params) for one in outcome.said],
                "taken": outcome.taken,
                "stored": outcome.stored,
                "pictures": outcome.pictures,
                "undo": outcome.undo,
                "needs_place": outcome.needs_place,
                "taken_back": outcome.taken_back,
                "camera": self._adding.camera_of(outcome.sightings[0]) if outcome.sightings else None,
            }
        return JSONResponse(answer, headers=NO_STORE)

    async def undo(self, request: Request) -> Response:
        """Take back what this person has brought since the hub began to run."""
        name, by = (await _json(request)).get("name"), _who(request)
        if not isinstance(name, str) or _UNDO.fullmatch(name) is None:
            raise _Refused("upload_broken", 400)
        if not (self._uploads.brought(name, by) or self._adding.added(name, by)):
            raise _Refused("upload_not_yours", 403)
        erased = await _ask(lambda: self._adding.take_back(name, by))
        self._uploads.forget(name)  # only now: what could not be taken back can be tried again
        say = words_for(request)
        return JSONResponse({"erased": erased, "said": [say("upload_undone_now", n=erased)]}, headers=NO_STORE)

    async def _receive(self, request: Request, job: Job) -> Response:
        """Take the octets in as they come."""
        try:
            async for part in request.stream():
                job.brought.write(part)
            if job.brought.octets != job.size:
                raise _Refused("upload_cut", 400)
        except ClientDisconnect:
            self._uploads.abandon(job)
            return Response(status_code=400)
        except BaseException:  # also where the server stops: nothing of it stays
            self._uploads.abandon(job)
            raise
        self._uploads.ready(job)
        return JSONResponse({"id": job.id}, 202, NO_STORE)

    def _answering(self, handler: Callable[[Request], object]) -> Callable[[Request], object]:
        """The handler, whose refusals and expected failures are one sentence each."""

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)  # type: ignore[misc,no-any-return]
            except _Refused as refused:
                sentence = words_for(request)(refused.why, **refused.params)
                return JSONResponse({"problem": sentence}, refused.status_code, NO_STORE)
            except HubError as problem:
                sentence = words_for(request)("upload_problem", why=problem)
                return JSONResponse({"problem": sentence}, 500, NO_STORE)

        return answer


def _who(request: Request) -> str:
    return visitor(request).name or "operator"


def _name(request: Request) -> str:
    """What its owner calls the file: for the page and the list of imports."""
    name = request.query_params.get("name", "").replace("\\", "/").rsplit("/", 1)[-1]
    return readable(name[:MAX_NAME].encode(errors="replace").decode()) or "?"


def _size(request: Request, most: int) -> int:
    """How many octets are to come. Raises _Refused."""
    text = request.headers.get("content-length", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise _Refused("upload_no_length", 411)
    if int(text) > most:
        raise _Refused("upload_too_large", 413, most=most >> 20)
    return int(text)


def _marker(request: Request) -> tuple[float, float] | None:
    query = request.query_params
    if "lat" not in query and "lon" not in query:
        return None
    try:
        made = hand_made({"lat": query.get("lat"), "lon": query.get("lon")})
    except Wrong:
        raise _Refused("upload_broken", 400) from None
    return made.lat, made.lon


def _room(begin: Callable[[], Job]) -> Job:
    try:
        return begin()
    except Full:
        raise _Refused("upload_full", 503) from None


async def _json(request: Request) -> dict[str, object]:
    """The fields of a JSON object. Raises _Refused."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_JSON_BYTES:
            raise _Refused("upload_broken", 413)
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        raise _Refused("upload_broken", 400) from None


def _camera(detail: CameraDetail, say: Words) -> dict[str, str]:
    return {"id": detail.camera.id, "name": say(f"kind_{detail.camera.title_kind}")}


async def _ask(what: Callable[[], _Answer]) -> _Answer:
    return await run_in_threadpool(what)
