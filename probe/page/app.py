"""The walker's page as an ASGI app: an empty shell for everybody, the walk for whoever has shown the secret.

What a browser is given may not be stored; nothing is set in it, no cookie either. Its policy lets the page load from
here alone, run no script but these files, and make no markup of text.
"""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from probe.device.signals import RHYTHMS, drawn
from probe.errors import BadInput, ProbeError
from probe.page import words as page_words
from probe.page.gate import Gate
from probe.page.guard import Guard
from probe.page.posted import Code, Follow, Nothing, Posted, Retag, Switch, Undo, Worded, posted
from probe.page.stranger import QUESTIONS, lead_to
from probe.page.watching import Watching
from probe.session.view import Note
from probe.session.walker import Walker

_T = TypeVar("_T")
_Handler = Callable[[Request], Awaitable[Response]]
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}

_log = logging.getLogger(__name__)


def make_app(
    walker: Walker,
    gate: Gate,
    *,
    seen: Callable[[Request], None] = lambda _request: None,
    names: frozenset[str] = frozenset(),
    watching: Watching | None = None,
) -> Starlette:
    """The app. `seen` is told each request of somebody who has shown the secret; `names` are names and addresses that
    the page answers to, beside the address that a connection came to."""
    page = _Page(walker, gate, seen, watching or Watching(walker))
    files = {
        one.name: one for one in resources.files("probe.page").joinpath("static").iterdir() if _suffix(one) in KINDS
    }
    routes = [
        Route("/", partial(page.shell, files.pop("shell.html"))),
        Route("/words/{language:str}", page.words),
        Route("/sign-in", page.sign_in, methods=["POST"]),
        *(Route(f"/{name}", partial(_file, file)) for name, file in files.items()),
        *(Route(path, page.for_walkers(answer)) for path, answer in page.shown().items()),
        *(Route(f"/do/{name}", page.for_walkers(do), methods=["POST"]) for name, do in page.done().items()),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Guard, names=names)], exception_handlers={404: _elsewhere})
    app.state.end = page.watching.end
    return app


class _Page:
    """The handlers."""

    def __init__(self, walker: Walker, gate: Gate, seen: Callable[[Request], None], watching: Watching) -> None:
        self._walker, self._gate, self._seen = walker, gate, seen
        self.watching = watching
        self._quick: CapacityLimiter | None = None  # made in the loop they are for
        self._slow: CapacityLimiter | None = None

    def shown(self) -> dict[str, _Handler]:
        """What is shown, by path."""
        return {
            "/view": self._view,
            "/track": self._track,
            "/streets": self._streets,
            "/preview": self._preview,
            "/picture/{number:int}": self._picture,
            "/signs": self._signs,
        }

    def done(self) -> dict[str, _Handler]:
        """What a walker does, by name."""
        walker = self._walker

        def does(kind: type[_P], act: Callable[[_P], object]) -> _Handler:
            async def handle(request: Request) -> Response:
                asked = await posted(request, kind)
                number = await self._call(partial(act, asked))
                return JSONResponse({"number": number} if isinstance(number, int) else {})

            return handle

        return {
            "photo": does(Worded, lambda asked: walker.photo(asked.words)),
            "pin": does(Worded, lambda asked: walker.pin(asked.words)),
            "choose": does(Worded, lambda asked: walker.choose(asked.words)),
            "retag": does(Retag, lambda asked: walker.retag(asked.number, asked.words)),
            "undo": does(Undo, lambda asked: walker.undo(asked.number)),
            "follow": does(Follow, lambda asked: walker.follow(asked.key)),
            "pause": does(Switch, lambda asked: walker.pause(asked.on)),
            "calibrate": does(Switch, lambda asked: walker.calibrate(asked.on)),
            "selftest": does(Nothing, lambda _asked: walker.selftest()),
            "end": does(Nothing, lambda _asked: walker.end()),
            "forget": does(Nothing, lambda _asked: walker.forget()),
        }

    def for_walkers(self, handle: _Handler) -> _Handler:
        """A handler for whoever has shown the secret: others get 401 and nothing else. A walker's refusal becomes 409
        with its sentence, or with its note where it bears one."""

        async def guarded(request: Request) -> Response:
            if not self._gate.knows(request.headers.get("authorization")):
                return JSONResponse({"problem": "signed-out"}, 401)
            self._seen(request)
            try:
                return await handle(request)
            except ProbeError as problem:
                return _refused(problem)

        return guarded

    async def shell(self, file: Traversable, request: Request) -> Response:
        """The page without the walk, in the language of whoever asks."""
        language = page_words.chosen(request.query_params.get("lang"), request.headers.get("accept-language"))
        text = file.read_text(encoding="utf-8").replace('<html lang="en">', f'<html lang="{language}">')
        return HTMLResponse(text, headers={"vary": "accept-language"})

    async def words(self, request: Request) -> Response:
        language = request.path_params["language"]
        if language not in page_words.LANGUAGES:
            return await _elsewhere(request, Exception())
        return JSONResponse(page_words.words(language))

    async def sign_in(self, request: Request) -> Response:
        try:
            asked = await posted(request, Code)
        except BadInput as problem:
            return _refused(problem, 400)
        token = self._gate.exchange(asked.code)
        if token is not None:
            self._seen(request)
            return JSONResponse({"token": token})
        pause_s = round(self._gate.pause_s + 0.5)
        if pause_s:
            return JSONResponse({"problem": "guesses", "seconds": pause_s}, 429, {"retry-after": str(pause_s)})
        return JSONResponse({"problem": "wrong"}, 403)

    async def _view(self, request: Request) -> Response:
        found = await self.watching.after(_number(request, "after", -1))
        return Response(status_code=204) if found is None else Response(found, media_type="application/json")

    async def _track(self, request: Request) -> Response:
        after, points = await self._call(partial(self._walker.track, max(0, _number(request, "after", 0))))
        return Response(msgspec.json.encode({"after": after, "points": points}), media_type="application/json")

    async def _streets(self, request: Request) -> Response:
        west, south, east, north = (_degrees(request, side) for side in ("west", "south", "east", "north"))
        if not (west < east <= west + 1 and south < north <= south + 1):
            raise BadInput("a map's box is a degree wide and high at most")
        ways = await self._call(partial(self._walker.streets, west, south, east, north), slow=True)
        return Response(ways, media_type="application/json")

    async def _preview(self, _request: Request) -> Response:
        return Response(await self._call(self._walker.preview, slow=True), media_type="image/jpeg")

    async def _picture(self, request: Request) -> Response:
        found = await self._call(partial(self._walker.picture, request.path_params["number"]))
        return Response(found, media_type="image/jpeg")

    async def _signs(self, _request: Request) -> Response:
        """How each sign is felt; what it says is among the words, under `sign-` and its name."""
        return JSONResponse([{"sign": sign, "felt": drawn(sign)} for sign in RHYTHMS])

    async def _call(self, act: Callable[[], _T], *, slow: bool = False) -> _T:
        """Have a thread do it: one at a time, and apart from that one that may take its time."""
        if self._quick is None or self._slow is None:
            self._quick, self._slow = CapacityLimiter(1), CapacityLimiter(1)
        return await run_sync(act, limiter=self._slow if slow else self._quick)


_P = TypeVar("_P", bound=Posted)


def _refused(problem: ProbeError, status_code: int = 409) -> Response:
    note = getattr(problem, "note", None)
    told = {"note": note} if isinstance(note, Note) else {"detail": str(problem)}
    return Response(msgspec.json.encode(told), status_code, media_type="application/json")


async def _file(file: Traversable, _request: Request) -> Response:
    return Response(file.read_bytes(), media_type=KINDS[_suffix(file)])


async def _elsewhere(request: Request, _problem: Exception) -> Response:
    """For what is not here: a phone's own questions and whoever mistyped are led to the page."""
    if request.method in ("GET", "HEAD") and (
        request.url.path in QUESTIONS or "text/html" in request.headers.get("accept", "")
    ):
        return lead_to("/")
    return JSONResponse({"problem": "not-here"}, 404)


def _suffix(file: Traversable) -> str:
    return f".{file.name.rpartition('.')[2]}"


def _number(request: Request, name: str, default: int) -> int:
    try:
        found = int(request.query_params.get(name, default))
    except ValueError as problem:
        raise BadInput(f"{name} has to be a number") from problem
    if abs(found) > 2**53:
        raise BadInput(f"{name} is too large")
    return found


def _degrees(request: Request, name: str) -> float:
    try:
        found = float(request.query_params.get(name, "nan"))
    except ValueError as problem:
        raise BadInput(f"{name} has to be degrees") from problem
    if not -180 <= found <= 180:
        raise BadInput(f"{name} has to be degrees")
    return found
