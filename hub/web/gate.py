"""The gate: every request passes it, and every route names the least role that it is for.

The gate finds out who asks, by the session in a cookie; refuses what no page of this hub has sent; and lets nobody in
who came by a way that nobody answers for (see `hub.web.way`). A route lets in whoever has its role, and goes on asking
while it answers for long.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.errors import HubError
from hub.log.people import Role
from hub.people.accounts import LASTS_S, Accounts, SignedIn
from hub.web.forms import is_own
from hub.web.way import Way, Ways

_log = logging.getLogger(__name__)

LOOK_AGAIN_S = 5.0
_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who asks: a name to sign decisions with, None for a stranger, and the role."""

    name: str | None
    role: Role


STRANGER = Visitor(name=None, role=Role.STRANGER)


class Gatekeeper(Protocol):
    """Who knows who asks."""

    @property
    def open_to_strangers(self) -> bool:
        """Whether the operators have opened the shared map."""
        ...

    def way(self, request: Request) -> Way:
        """How a request came."""
        ...

    async def visitor(self, request: Request) -> Visitor:
        """Who asks. Also writes it down in the request's state, as `visitor` and `signed_in`."""
        ...


class Gate:
    """The gatekeeper of a hub. `open_to_strangers` says, at each request, whether the shared map is open."""

    def __init__(
        self, accounts: Accounts, ways: Ways, *, open_to_strangers: Callable[[], bool] = lambda: False
    ) -> None:
        self.accounts = accounts
        self._ways, self._open = ways, open_to_strangers

    @property
    def open_to_strangers(self) -> bool:
        return self._open()

    def way(self, request: Request) -> Way:
        return self._ways.of(request)

    async def signed_in(self, request: Request) -> SignedIn | None:
        way = self.way(request)
        token = request.cookies.get(cookie_name(request, secure=way.secure))
        if token is None or way.problem is not None:
            return None
        return await run_in_threadpool(self.accounts.who, token)

    async def visitor(self, request: Request) -> Visitor:
        who = await self.signed_in(request)
        request.state.signed_in = who
        request.state.visitor = STRANGER if who is None else Visitor(name=who.person.name, role=who.person.role)
        found: Visitor = request.state.visitor
        return found


class OpenGate:
    """A gatekeeper who takes everybody for somebody of one role, by whatever way they came: for tests of pages, chosen
    by them in so many words. No command makes one."""

    def __init__(self, role: Role, name: str | None = None) -> None:
        self.role, self.name = role, name
        self.open_to_strangers = False
        _log.info("the page is open: it takes everybody for %s", role.name)

    def way(self, request: Request) -> Way:
        return Way("", request.scope.get("scheme") == "https")

    async def visitor(self, request: Request) -> Visitor:
        request.state.signed_in = None
        request.state.visitor = Visitor(name=self.name, role=self.role)
        found: Visitor = request.state.visitor
        return found


class Gated(Route):
    """A route for a role and those above it."""

    def __init__(
        self, path: str, endpoint: Callable[..., Any], role: Role, *, methods: Sequence[str] = ("GET",)
    ) -> None:
        super().__init__(path, endpoint, methods=list(methods))
        self.role = role

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if visitor(request).role < self.role:
            response = await scope["app"].state.turned_away(request)
            await response(scope, receive, send)
            return
        watched = send if self.role is Role.STRANGER else self._watched(request, send)
        with suppress(_Over):
            await super().handle(scope, receive, watched)

    def _watched(self, request: Request, send: Send) -> Send:
        """Hands an answer on for as long as whoever asked may have it: a stream ends soon after its reader was signed
        out, or was given a lower role."""
        looked_s = monotonic()

        async def send_watched(message: Message) -> None:
            nonlocal looked_s
            if message.get("more_body") and monotonic() - looked_s > LOOK_AGAIN_S:
                looked_s = monotonic()
                keeper: Gatekeeper = request.app.state.gate
                if (await keeper.visitor(request)).role < self.role:
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
                    raise _Over
            await send(message)

        return send_watched


class _Over(Exception):
    """Whoever asked may not have the rest."""


class GateKeeping:
    """The middleware: finds out who asks, and refuses what changes something and does not come from this page."""

    def __init__(self, app: ASGIApp, gate: Gatekeeper, foreign: Callable[[Request], Awaitable[Response]]) -> None:
        self._app, self._gate, self._foreign = app, gate, foreign

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            if not scope["path"].startswith("/static/"):  # the same for everybody, and asked for by the dozen
                await self._gate.visitor(request)
        except HubError as problem:
            await PlainTextResponse(str(problem), 503)(scope, receive, send)
            return
        if scope["method"] not in _SAFE and not is_own(request):
            await (await self._foreign(request))(scope, receive, send)
            return
        await self._app(scope, receive, send)


def require_gated(routes: Sequence[BaseRoute]) -> None:
    """Raises TypeError where a route does not say for whom it is. What lies under /static is the page itself, and for
    everybody."""
    for route in routes:
        if not isinstance(route, Gated) and not (isinstance(route, Mount) and route.path == "/static"):
            raise TypeError(
                f"{getattr(route, 'path', route)}: a route of the page has to be Gated, with its least role"
            )


def visitor(request: Request) -> Visitor:
    """Who asks, as the gate has found out."""
    found: Visitor = getattr(request.state, "visitor", None) or STRANGER
    return found


def cookie_name(request: Request, *, secure: bool) -> str:
    """The session's cookie. Browsers do not tell ports apart, and two hubs may be open at once; `__Host-` keeps a
    neighbour under the same domain from setting it."""
    port = request.url.port
    return f"{'__Host-' if secure else ''}contrechamp{f'-{port}' if port else ''}"


def set_session(request: Request, response: Response, token: str, *, secure: bool) -> None:
    """Give a browser its session."""
    response.set_cookie(
        cookie_name(request, secure=secure),
        token,
        max_age=int(LASTS_S),
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def drop_session(request: Request, response: Response, *, secure: bool) -> None:
    """Take a browser's session away."""
    response.delete_cookie(
        cookie_name(request, secure=secure), path="/", secure=secure, httponly=True, samesite="strict"
    )
