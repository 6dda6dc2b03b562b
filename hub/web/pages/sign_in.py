"""Signing in: by a password, by a passkey, by a link that works once; and signing out.

A link's token stands behind the `#` of its address, which no browser sends: it reaches no log and no referrer. The page
puts it into a form, and only sending that uses it up.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hub.errors import BadInput, HubError
from hub.log.people import Person, Role
from hub.people.accounts import Refusal
from hub.people.attempts import Attempts
from hub.people.passkeys import Passkeys, Site, why_none
from hub.people.passwords import MIN_LETTERS, propose
from hub.people.turns import Busy, Turns
from hub.web.forms import Refused, read_fields
from hub.web.gate import Gate, Gated, drop_session, set_session, visitor
from hub.web.pages import Html
from hub.web.way import Way
from hub.web.words import words_for

Fields = dict[str, str]
Sleep = Callable[[float], Awaitable[None]]


class Held(Exception):
    """Not now: the address has failed too often, for so many seconds yet; or others are before it."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = max(1, round(wait_s))


class Door:
    """What stands before every attempt to sign in: how it came, what has failed before, and whose turn it is. One for
    all pages that look at passwords."""

    def __init__(self, gate: Gate, attempts: Attempts | None = None, sleep: Sleep = asyncio.sleep) -> None:
        self.gate, self.accounts = gate, gate.accounts
        self._attempts, self._sleep = attempts or Attempts(), sleep
        self._turns = Turns()

    async def fields(self, request: Request) -> tuple[Way, Fields]:
        """How a form came, and its fields. Raises Refused."""
        way = self.gate.way(request)
        if way.problem is not None:
            raise Refused(f"way_{way.problem}", 403)
        return way, dict(await read_fields(request))

    async def attempt(self, way: Way, name: str, what: Callable[[], Any], *, slow: bool = False) -> Any:
        """What an attempt gives; one that fails counts. `slow` ones take a core for a while. Raises Held, Refusal."""
        wait_s = self._attempts.wait_s(way.address)
        if wait_s > 0:
            raise Held(wait_s)
        slow_s = self._attempts.slow_s(name) if name else 0.0
        if slow_s > 0:
            await self._sleep(slow_s)
        try:
            return await (self._turns.take(way.address, what) if slow else run_in_threadpool(what))
        except Busy:
            raise Held(1) from None
        except Refusal:
            self._attempts.failed(name, way.address)
            raise


def _to_account(_person: Person) -> str:
    """Where a password is chosen."""
    return "/account#password"


class SignInPages:
    """A part of the page. `after_link` is where a link leads that signs a person in, `first_page` where the first admin
    begins."""

    def __init__(
        self,
        door: Door,
        passkeys: Passkeys,
        *,
        after_link: Callable[[Person], str] = _to_account,
        first_page: str = "/",
    ) -> None:
        self._door, self._accounts, self._passkeys = door, door.accounts, passkeys
        self._after_link, self._first_page = after_link, first_page

    def routes(self, html: Html) -> Sequence[Gated]:
        """Where it answers, all of it for strangers."""
        self._html = html
        return [
            Gated("/sign-in", self.show, Role.STRANGER),
            Gated("/sign-in", self.sign_in, Role.STRANGER, methods=["POST"]),
            Gated("/sign-in/passkey/options", self.passkey_options, Role.STRANGER, methods=["POST"]),
            Gated("/sign-in/passkey", self.passkey, Role.STRANGER, methods=["POST"]),
            Gated("/sign-out", self.sign_out, Role.STRANGER, methods=["POST"]),
            Gated("/welcome", self.show_welcome, Role.STRANGER),
            Gated("/welcome", self.welcome, Role.STRANGER, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """The form."""
        way = self._door.gate.way(request)
        if way.problem is not None:
            return self._refuse(request, f"way_{way.problem}", 403)
        wanted = own_path(request.query_params.get("next", "/"))
        return self._html(request, "sign_in.html", **sign_in_values(request, way, wanted=wanted))

    async def sign_in(self, request: Request) -> Response:
        """By name and password."""
        try:
            way, fields = await self._door.fields(request)
        except Refused as refused:
            return self._refuse(request, refused.why, refused.status_code)
        name, password, wanted = fields.get("name", ""), fields.get("password", ""), own_path(fields.get("next", "/"))
        values = sign_in_values(request, way, wanted=wanted) | {"typed": name[:100]}
        try:
            person = await self._door.attempt(way, name, lambda: self._accounts.sign_in(name, password), slow=True)
        except Held as held:
            sentence = words_for(request)("sign_in_wait", n=held.wait_s)
            response = self._html(request, "sign_in.html", 429, **values | {"problem": sentence})
            response.headers["retry-after"] = str(held.wait_s)
            return response
        except Refusal as refusal:
            return self._html(request, "sign_in.html", 401, **values | {"problem": words_for(request)(refusal.why)})
        except HubError as problem:
            return self._refuse(request, str(problem), 500)
        return await self._let_in(request, way, person, "password", wanted)

    async def passkey_options(self, request: Request) -> Response:
        """What the browser needs to ask a device for its passkey."""
        try:
            way, _ = await self._door.fields(request)
            options = self._passkeys.ask(site_of(request, way))
        except (Refused, Refusal) as refused:
            return problem_json(request, refused.why, 403)
        return Response(options, media_type="application/json", headers={"cache-control": "no-store"})

    async def passkey(self, request: Request) -> Response:
        """By the answer of a device."""
        try:
            way, fields = await self._door.fields(request)
            site, answer = site_of(request, way), fields.get("answer", "")
            person = await self._door.attempt(way, "", lambda: self._passkeys.sign_in(site, answer))
        except Held as held:
            return problem_json(request, "sign_in_wait", 429, n=held.wait_s)
        except (Refused, Refusal) as refused:
            return problem_json(request, refused.why, 403)
        wanted = own_path(fields.get("next", "/"))
        inside = await self._let_in(request, way, person, "passkey", wanted)
        response = JSONResponse({"next": wanted})
        response.raw_headers += [one for one in inside.raw_headers if one[0] == b"set-cookie"]
        return response

    async def sign_out(self, request: Request) -> Response:
        """Here, or everywhere."""
        try:
            way, fields = await self._door.fields(request)
        except Refused as refused:
            return self._refuse(request, refused.why, refused.status_code)
        who = request.state.signed_in
        if who is not None:
            await run_in_threadpool(self._accounts.sign_out, who, everywhere=fields.get("everywhere") == "yes")
        response = RedirectResponse("/sign-in", 303)
        drop_session(request, response, secure=way.secure)
        return response

    async def show_welcome(self, request: Request) -> Response:
        """The form for a link's token."""
        way = self._door.gate.way(request)
        if way.problem is not None:
            return self._refuse(request, f"way_{way.problem}", 403)
        return self._html(request, "welcome.html", step="code", problem="", code="", already=visitor(request).name)

    async def welcome(self, request: Request) -> Response:
        """By a link that works once: the first admin chooses a name and a password, others are let in."""
        try:
            way, fields = await self._door.fields(request)
        except Refused as refused:
            return self._refuse(request, refused.why, refused.status_code)
        code = fields.get("code", "").strip().rpartition("#")[2]  # also where the whole link was pasted
        try:
            if await run_in_threadpool(self._accounts.invited, code) == 0:
                return await self._first(request, way, code, fields)
            person = await self._door.attempt(way, "", lambda: self._accounts.come_in(code))
        except Held as held:
            sentence = words_for(request)("sign_in_wait", n=held.wait_s)
            return self._html(request, "welcome.html", 429, step="code", problem=sentence, code="", already=None)
        except Refusal as refusal:
            sentence = words_for(request)(refusal.why)
            return self._html(request, "welcome.html", 403, step="code", problem=sentence, code="", already=None)
        return await self._let_in(request, way, person, "link", self._after_link(person))

    async def _first(self, request: Request, way: Way, code: str, fields: Fields) -> Response:
        """The first admin: the form, or what came of it."""
        why_no_passkey = why_none(request.url.hostname or "", secure=way.secure)
        name, problem, status_code = fields.get("name"), "", 200
        if name is not None:
            by_passkey = fields.get("by") == "passkey" and why_no_passkey is None
            password = None if by_passkey else fields.get("password", "")
            try:
                person = await self._door.attempt(
                    way, "", lambda: self._accounts.make_first(code, name, password), slow=True
                )
                return await self._let_in(
                    request, way, person, "link", "/account#passkeys" if by_passkey else self._first_page
                )
            except Refusal as refusal:
                problem, status_code = words_for(request)(refusal.why, n=MIN_LETTERS), 400
            except BadInput as wrong:
                problem, status_code = str(wrong), 400
        values: dict[str, Any] = {"step": "first", "problem": problem, "code": code, "typed": (name or "")[:100]}
        values |= {"proposal": propose(), "least": MIN_LETTERS, "no_passkey": why_no_passkey}
        return self._html(request, "welcome.html", status_code, **values)

    async def _let_in(self, request: Request, way: Way, person: Person, how: str, wanted: str) -> Response:
        """A new session, never the one that the browser came with."""
        before = request.state.signed_in
        if before is not None:
            await run_in_threadpool(self._accounts.store.end_session, before.session.token_hash)
        token = await run_in_threadpool(self._accounts.begin, person, how)
        response = RedirectResponse(wanted, 303)
        set_session(request, response, token, secure=way.secure)
        return response

    def _refuse(self, request: Request, why: str, status_code: int) -> Response:
        return self._html(request, "refused.html", status_code, sentence=words_for(request)(why), back="")


def sign_in_values(request: Request, way: Way, *, wanted: str) -> dict[str, Any]:
    """What the form for signing in shows; `wanted` is where it leads."""
    why = why_none(request.url.hostname or "", secure=way.secure)
    return {"wanted": own_path(wanted), "no_passkey": why, "problem": "", "typed": ""}


def own_path(path: str) -> str:
    """A path of this page, as asked; the map where it would lead anywhere else."""
    parts = urlsplit(path) if path.isascii() and path.isprintable() else None
    own = parts is not None and not parts.scheme and not parts.netloc and path.startswith("/")
    return path if own and not path.startswith(("//", "/\\")) and "\\" not in path else "/"


def site_of(request: Request, way: Way) -> Site:
    """For which host a passkey is. Raises Refusal where there can be none."""
    why = why_none(request.url.hostname or "", secure=way.secure)
    if why is not None:
        raise Refusal(why)
    return Site(request.url.hostname or "", f"{'https' if way.secure else 'http'}://{request.headers.get('host', '')}")


def problem_json(request: Request, why: str, status_code: int, **values: object) -> Response:
    """A sentence for a script."""
    body = msgspec.json.encode({"problem": words_for(request)(why, **values)})
    return Response(body, status_code, media_type="application/json", headers={"cache-control": "no-store"})
