"""The pictures of a camera on its page: shown, looked at or private again, covered, deleted.

A picture that nobody has looked at, or about which a complaint is open, is for reviewers alone; and only they change
any. No browser keeps a copy: a deletion is to be one. A reader who takes a picture
slowly holds one portion of it and not the whole, as each portion is read anew: nobody keeps others from theirs.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from typing import TypeVar
from urllib.parse import quote

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse

from hub.errors import BadInput, HubError
from hub.log.people import Role
from hub.web.bodies import PORTION
from hub.web.forms import Refused, Tokens, read_form
from hub.web.gate import Gated, visitor
from hub.web.pictures import CameraPictures, PictureSource, PictureState, PictureView, neighbours, photos
from hub.web.words import words_for
from probe.contract.sighting import Box

MAX_BOXES = 100
MAX_PHOTOS = 60  # on one page: whoever sends thousands of one camera fills no page with them
# `identity`: what packs answers leaves a JPEG alone.
PICTURE_HEADERS = {"cache-control": "private, no-store", "content-encoding": "identity"}
_ID = re.compile(r"[0-9a-f]{64}")
_Answer = TypeVar("_Answer")


class PicturePages:
    """The handlers; `html` renders a template for a request; `is_shown` says whether the map shows a camera: of others,
    as of private dwellings, nobody else sees a picture."""

    def __init__(
        self,
        source: PictureSource,
        html: Callable[..., Response],
        *,
        is_shown: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._source, self._html, self._is_shown = source, html, is_shown
        self._tokens = Tokens()
        self._turn = asyncio.Semaphore(1)

    def routes(self) -> list[Gated]:
        """Where the page answers for pictures."""
        return [
            Gated("/pictures/{picture_id}.jpg", self.jpeg, Role.READER),
            Gated("/pictures/{picture_id}/{action}", self.change, Role.REVIEWER, methods=["POST"]),
        ]

    async def gallery(self, request: Request, camera_id: str) -> CameraPictures:
        """The pictures of a camera that this reader may see."""
        reviewer = visitor(request).role >= Role.REVIEWER
        try:
            pictures = await self._ask(lambda: self._source.of_camera(camera_id))
            pairs = await self._ask(lambda: self._source.alike(camera_id)) if len(pictures) > 1 else ()
        except HubError as problem:  # the camera is shown all the same
            return CameraPictures(camera=camera_id, photos=(), private=0, token=None, alike={}, problem=str(problem))
        shown = [one for one in pictures if reviewer or one.state is PictureState.LOOKED]
        taken = photos(shown)
        first = taken[:MAX_PHOTOS]
        return CameraPictures(
            camera=camera_id,
            photos=first,
            private=len(pictures) - len(shown),
            token=self._tokens.new() if reviewer else None,
            alike=neighbours(pairs, {one.id for photo in first for one in photo.pictures}),
            more=len(taken) - len(first),
        )

    async def jpeg(self, request: Request) -> Response:
        """One picture, for the page itself and for who opens it from there."""
        if any(site not in ("same-origin", "none") for site in request.headers.getlist("sec-fetch-site")):
            return PlainTextResponse("pictures are for the hub's own page", 403, PICTURE_HEADERS)
        picture_id = request.path_params["picture_id"]
        data = None
        if _ID.fullmatch(picture_id) and await self._may_see(request, picture_id):
            data = await self._read(picture_id)
        if data is None:
            return PlainTextResponse("no such picture", 404, PICTURE_HEADERS)
        portions = self._portions(picture_id, len(data), hash(data))
        return StreamingResponse(portions, media_type="image/jpeg", headers=PICTURE_HEADERS)

    async def change(self, request: Request) -> Response:
        """Look at, take back, cover or delete one picture: by a form of the page."""
        camera_id = ""
        try:
            fields = await read_form(request, self._tokens)
            camera_id = next((value for name, value in fields if name == "camera"), "")
            changed = await self._change(request.path_params["picture_id"], request.path_params["action"], fields)
        except Refused as refused:
            return self._refuse(request, words_for(request)(refused.why), refused.status_code, camera_id)
        except HubError as problem:
            sentence = words_for(request)("pictures_problem", problem=problem)
            return self._refuse(request, sentence, 400 if isinstance(problem, BadInput) else 500, camera_id)
        if _wants_json(request):
            state = {} if changed is None else {"version": changed.version, "state": changed.state}
            return JSONResponse(state, headers=PICTURE_HEADERS)
        return RedirectResponse(f"/cameras/{quote(camera_id, safe='')}#pictures", 303)

    async def _change(self, picture_id: str, action: str, fields: list[tuple[str, str]]) -> PictureView | None:
        """What is left of the picture; None where it is gone. Raises Refused, BadInput."""
        if not _ID.fullmatch(picture_id):
            raise Refused("pictures_unknown", 404)
        if action == "look":
            return await self._ask(lambda: self._source.look(picture_id))
        if action == "private":
            return await self._ask(lambda: self._source.take_back(picture_id))
        if action == "cover":
            boxes = [box_of(value) for name, value in fields if name == "box"]
            if not 0 < len(boxes) <= MAX_BOXES:
                raise Refused("form_broken", 400)
            return await self._ask(lambda: self._source.cover(picture_id, boxes))
        if action == "delete":
            await self._ask(lambda: self._source.delete(picture_id))
            return None
        raise Refused("pictures_unknown", 404)

    def _refuse(self, request: Request, sentence: str, status_code: int, camera_id: str) -> Response:
        if _wants_json(request):
            return JSONResponse({"problem": sentence}, status_code, headers=PICTURE_HEADERS)
        return self._html(request, "refused.html", status_code, sentence=sentence, back=quote(camera_id, safe=""))

    async def _may_see(self, request: Request, picture_id: str) -> bool:
        if visitor(request).role >= Role.REVIEWER:
            return True
        camera_id = request.query_params.get("camera", "")
        if not self._is_shown(camera_id):
            return False
        try:
            pictures = await self._ask(lambda: self._source.of_camera(camera_id))
        except HubError:
            return False
        return any(one.id == picture_id and one.state is PictureState.LOOKED for one in pictures)

    async def _read(self, picture_id: str) -> bytes | None:
        try:
            return await self._ask(lambda: self._source.jpeg(picture_id))
        except HubError:
            return None

    async def _portions(self, picture_id: str, length: int, known: int) -> AsyncIterator[bytes]:
        """A picture's octets; they end early where it was changed or deleted in between."""
        for start in range(0, length, PORTION):
            data = await self._read(picture_id)
            if data is None or hash(data) != known:
                return
            part = data[start : start + PORTION]
            del data  # while the portion is on its way
            yield part

    async def _ask(self, what: Callable[[], _Answer]) -> _Answer:
        """What the source answers, in a thread; one call at a time, in the order in which they came."""
        async with self._turn:
            return await run_in_threadpool(what)


def box_of(text: str) -> Box:
    """The box in `left,top,width,height`, in shares of the picture. Raises Refused."""
    try:
        names = ("left", "top", "width", "height")
        shares = dict(zip(names, map(float, text.split(",")), strict=True))
        box = msgspec.convert(shares, Box)
    except (ValueError, msgspec.ValidationError):
        raise Refused("form_broken", 400) from None
    if not (box.left + box.width <= 1 + 1e-9 and box.top + box.height <= 1 + 1e-9):  # NaN is not
        raise Refused("form_broken", 400)
    return box


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
