"""The review desk: one question at a time, its answers, undo and redo; and the same for one camera on its page."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from secrets import token_hex
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hub.errors import BadInput, HubError, StillReading
from hub.log.decisions import Decided
from hub.log.people import Role
from hub.publish.view import CameraDetail
from hub.review.answers import ANSWERS, decisions
from hub.review.check import to_name
from hub.review.evening import Evening, progress
from hub.review.question import Question
from hub.review.queue import questions
from hub.web.desk import DeskSource, ToldDecision
from hub.web.forms import Refused
from hub.web.gate import Gated, visitor
from hub.web.pages import GalleryOf, Html
from hub.web.pages.review_screen import Screens
from hub.web.posted import Posted, read_posted
from hub.web.source import MapSource
from hub.web.stands import StandsOf
from hub.web.words import Words, words_for

MOST_PEOPLE = 1_000
STAYS = ("retag", "note", "site", "off-site", "apart", "split")  # after these there is more to say of the same camera
_OPERATOR = "operator"  # who sits at the hub itself, while it knows no names
_Answer = TypeVar("_Answer")


def hub_day() -> date:
    """The day by the hub's clock."""
    return datetime.now(UTC).date()


class ReviewPages:
    """The desk's part of the page. `add_path` is where a camera is added by hand, where there is such a page."""

    def __init__(
        self, desk: DeskSource, source: MapSource, *, add_path: str | None = None, today: Callable[[], date] = hub_day
    ) -> None:
        self._desk, self._source, self._today = desk, source, today
        self._evenings: OrderedDict[str, Evening] = OrderedDict()
        self._screens = Screens(desk, source, add_path)
        self._turn = asyncio.Semaphore(1)
        self._asked: tuple[tuple[int, frozenset[str]], list[Question]] | None = None  # as it was worked out last

    def use_pictures(self, gallery: GalleryOf) -> None:
        """Show the pictures of this gallery."""
        self._screens.gallery = gallery

    def use_stands(self, stands: StandsOf) -> None:
        """Say from where one more look at a camera would tell most, as this knows it."""
        self._screens.stands = stands

    def routes(self, html: Html) -> Sequence[Gated]:
        """Where the desk answers."""
        self._html = html
        return [
            Gated("/review", self.show, Role.REVIEWER),
            Gated("/review/decide", self.decide, Role.REVIEWER, methods=["POST"]),
            Gated("/review/undo", self.undo, Role.REVIEWER, methods=["POST"]),
            Gated("/review/redo", self.redo, Role.REVIEWER, methods=["POST"]),
            Gated("/cameras/{camera_id}/review", self.about, Role.REVIEWER),
        ]

    async def show(self, request: Request) -> Response:
        """The next question, or that there is none."""
        return await self._screen(request, said=_said_before(request))

    async def about(self, request: Request) -> Response:
        """The screen of one camera, also where nothing of it waits."""
        camera_id = request.path_params["camera_id"]
        try:
            detail = await self._ask(lambda: self._desk.camera(camera_id))
        except HubError as problem:
            return await self._screen(request, problem=problem)
        if detail is None:
            return self._html(request, "not_found.html", 404)
        return await self._screen(request, detail=detail, said=_said_before(request))

    async def beside(self, request: Request, detail: CameraDetail) -> dict[str, Any] | None:
        """What the page of a camera shows for who may decide."""
        if visitor(request).role < Role.REVIEWER:
            return None
        try:
            values = await self._ask(lambda: self._screens.bar(detail))
        except (HubError, StillReading):
            return None  # the camera is shown all the same
        return {**values, "said": _said_before(request)}

    async def decide(self, request: Request) -> Response:
        """Take an answer. What is wrong with it is told above the question, and nothing is written then."""
        by = _name(request)
        posted = Posted()
        try:
            posted = await read_posted(request)
            evening = self._evening(by)
            if posted.answer == "skip":
                evening.skip(posted.question)
                evening.one_by_one |= _taken_out(posted)
                return await self._go_on(request, posted, {"done": "skip", "n": 1})
            answer = posted.to_answer()
            done, theirs = await self._ask(lambda: self._write(by, posted))
        except Refused as refused:
            return await self._refuse(request, refused.status_code, posted, words_for(request)(refused.why))
        except HubError as problem:
            return await self._refuse(request, 400 if isinstance(problem, BadInput) else 500, posted, str(problem))
        stays = answer.answer in STAYS
        evening.first = posted.camera if stays else ()
        evening.remember([one.number for one in done], posted.camera, answers=not stays)
        evening.one_by_one |= _taken_out(posted)
        told = {"done": answer.answer, "n": max(1, len(posted.camera))}
        return await self._go_on(request, posted, told, done, theirs)

    async def undo(self, request: Request) -> Response:
        """Take back the last answer of this person, or one decision of the history."""
        return await self._back_and_forth(request, "undo", self._desk.undo)

    async def redo(self, request: Request) -> Response:
        """Take the last undo back."""
        return await self._back_and_forth(request, "redo", self._desk.redo)

    async def _back_and_forth(
        self, request: Request, name: str, what: Callable[[str], Sequence[Decided]]
    ) -> Response:  # fmt: skip
        by = _name(request)
        posted = Posted()
        try:
            posted = await read_posted(request)
            number = posted.number
            done = await self._ask(
                lambda: what(by) if number is None or name == "redo" else self._desk.undo_one(by, number)
            )
        except Refused as refused:
            return await self._refuse(request, refused.status_code, posted, words_for(request)(refused.why))
        except HubError as problem:
            return await self._refuse(request, 400 if isinstance(problem, BadInput) else 500, posted, str(problem))
        evening = self._evening(by)
        numbers = [one.what.decision or one.number for one in done]
        evening.first = evening.cameras_of(numbers)
        evening.count(numbers, undone=name == "undo")
        told = {"done": name if done else f"no-{name}", "n": len(evening.first) or min(1, len(done))}
        return await self._go_on(request, posted, told, done)

    def _write(self, by: str, posted: Posted) -> tuple[Sequence[Decided], list[ToldDecision]]:
        """Write an answer down; returns the decisions, and what others decided about the same cameras meanwhile."""
        answer = posted.to_answer()
        theirs = [
            told
            for camera_id in answer.cameras
            for told in self._desk.history(camera_id)
            if told.number > posted.seen and told.by != by and told.holds
        ]
        new = decisions(answer, self._whole, token_hex(8), self._today())
        return self._desk.decide(by, new), theirs

    def _whole(self, camera_id: str) -> CameraDetail | None:
        """A camera with all its sightings, where there are too many to list: a decision names them, unless it would
        be too many for that as well."""
        detail = self._desk.camera(camera_id)
        if detail is None:
            return None
        named = to_name(detail.sighting_ids, self._desk.sightings(detail.camera.id))
        return msgspec.structs.replace(detail, sighting_ids=named)

    async def _go_on(
        self, request: Request, posted: Posted, told: dict[str, Any], done: Sequence[Decided] = (),
        theirs: Sequence[ToldDecision] = (),
    ) -> Response:  # fmt: skip
        """After an answer: the next question for a script, else the page from which it came."""
        said = _sentence(words_for(request), told, theirs)
        if _wants_json(request):
            return JSONResponse({"said": said, "decided": [one.number for one in done]})
        if not _is_script(request):
            way = "/review" if posted.back is None else f"/cameras/{quote(posted.back, safe='')}"
            return RedirectResponse(f"{way}?{urlencode(told)}", 303)
        return await self._screen(request, said=said, undoable=bool(done) and told["done"] != "undo")

    async def _refuse(self, request: Request, status_code: int, posted: Posted, problem: str) -> Response:
        if _wants_json(request):
            return JSONResponse({"problem": problem}, status_code)
        detail = None
        if posted.back is not None:
            back = posted.back
            try:
                detail = await self._ask(lambda: self._desk.camera(back))
            except HubError:
                detail = None
        return await self._screen(request, status_code, detail=detail, problem=problem)

    async def _screen(
        self, request: Request, status_code: int = 200, *, detail: CameraDetail | None = None,
        said: str | None = None, problem: object = None, undoable: bool = False,
    ) -> Response:  # fmt: skip
        """The screen of a question: the next of this person's evening, or the one about a camera."""
        by = _name(request)
        evening = self._evening(by)
        queue: Sequence[Question] = ()
        values: dict[str, Any] = {"question": None}
        try:
            if detail is None:
                queue = await self._ask(lambda: self._queue(by, evening))
                evening.shown = queue[0].key if queue else None
            values = await self._screens.values(request, detail, queue, self._ask)
        except HubError as found:
            status_code, problem = max(status_code, 500), problem or found
        values |= {"said": said, "undoable": undoable, "problem": None if problem is None else str(problem)}
        values |= {"alone": detail is not None, "place": progress(evening, len(queue)), "script": _is_script(request)}
        template = "review_screen.html" if _is_script(request) else "review.html"
        return self._html(request, template, status_code, **values)

    def _queue(self, by: str, evening: Evening) -> list[Question]:
        elsewhere = {one.shown for name, one in self._evenings.items() if name != by and one.shown is not None}
        known = self._source.status().revision, frozenset(evening.one_by_one)
        if self._asked is None or self._asked[0] != known:
            self._asked = known, questions(self._desk.cameras(), evening.one_by_one)
        return evening.order(self._asked[1], elsewhere)

    def _evening(self, by: str) -> Evening:
        evening = self._evenings.setdefault(by, Evening())
        self._evenings.move_to_end(by)
        if len(self._evenings) > MOST_PEOPLE:
            self._evenings.popitem(last=False)
        return evening

    async def _ask(self, what: Callable[[], _Answer]) -> _Answer:
        """What the desk answers, in a thread; one call at a time, in the order in which they came."""
        async with self._turn:
            return await run_in_threadpool(what)


def _taken_out(posted: Posted) -> set[str]:
    """Of several that were shown, cameras or sightings, those that somebody took out: they are asked one by one."""
    return set(posted.listed) - {*posted.camera, *posted.sighting}


def _name(request: Request) -> str:
    return visitor(request).name or _OPERATOR


def _said_before(request: Request) -> str | None:
    """The sentence about the answer that led here, of a form that was sent without a script."""
    done, n = request.query_params.get("done", ""), request.query_params.get("n", "")
    if done not in (*ANSWERS, "skip", "undo", "redo", "no-undo", "no-redo") or not n.isdecimal() or len(n) > 6:
        return None
    return _sentence(words_for(request), {"done": done, "n": int(n)})


def _sentence(say: Words, told: dict[str, Any], theirs: Sequence[ToldDecision] = ()) -> str:
    sentence = say(f"review_done_{str(told['done']).replace('-', '_')}", n=told["n"])
    if theirs:
        sentence += " " + say("review_theirs", who=theirs[-1].by, what=say.reason(theirs[-1].reason))
    return sentence


def _is_script(request: Request) -> bool:
    return "hx-request" in request.headers


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
