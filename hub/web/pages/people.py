"""One's own account; and for admins the people of the hub, and what they did."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hub.errors import BadInput
from hub.log.people import Role
from hub.people.accounts import LINK_S, Refusal, SignedIn
from hub.people.passkeys import Passkeys, why_none
from hub.people.passwords import MIN_LETTERS
from hub.web.forms import Refused
from hub.web.gate import Gated
from hub.web.pages import Html
from hub.web.pages.sign_in import Door, Held, problem_json, site_of
from hub.web.words import Words, words_for
from probe.contract.readable import readable

AUDIT_ROWS = 100


class Row(Struct, frozen=True):
    """A line of the audit as the page shows it."""

    number: int
    at: str
    who: str
    what: str
    about: str


class PeoplePages:
    """A part of the page."""

    def __init__(self, door: Door, passkeys: Passkeys) -> None:
        self._door, self._accounts, self._passkeys = door, door.accounts, passkeys

    def routes(self, html: Html) -> Sequence[Gated]:
        """Where it answers."""
        self._html = html
        return [
            Gated("/account", self.account, Role.READER),
            Gated("/account/password", self.password, Role.READER, methods=["POST"]),
            Gated("/account/passkeys/options", self.passkey_options, Role.READER, methods=["POST"]),
            Gated("/account/passkeys", self.add_passkey, Role.READER, methods=["POST"]),
            Gated("/account/passkeys/remove", self.remove_passkey, Role.READER, methods=["POST"]),
            Gated("/people", self.people, Role.ADMIN),
            Gated("/people", self.add, Role.ADMIN, methods=["POST"]),
            Gated("/people/{number:int}/{action}", self.change, Role.ADMIN, methods=["POST"]),
            Gated("/audit", self.audit, Role.ADMIN),
        ]

    async def account(self, request: Request) -> Response:
        """Password, passkeys and sessions of whoever asks."""
        return await self._account(request)

    async def password(self, request: Request) -> Response:
        """Another password; everywhere else one is signed out."""
        who = _signed_in(request)
        try:
            way, fields = await self._door.fields(request)
            old, new = fields.get("old", ""), fields.get("new", "")
            if who is None:
                raise Refusal("signed_out")
            await self._door.attempt(
                way, who.person.name, lambda: self._accounts.change_password(who, old, new), slow=True
            )
        except Held as held:
            return await self._account(request, words_for(request)("sign_in_wait", n=held.wait_s), 429)
        except Refused as refused:
            return await self._account(request, words_for(request)(refused.why), refused.status_code)
        except Refusal as refusal:
            return await self._account(request, words_for(request)(refusal.why, n=MIN_LETTERS), 400)
        return RedirectResponse("/account?done=password", 303)

    async def passkey_options(self, request: Request) -> Response:
        """What the browser needs to make a passkey."""
        try:
            way, _ = await self._door.fields(request)
            who = self._fresh(request)
            site = site_of(request, way)
            options = await run_in_threadpool(self._passkeys.offer, who.person, site)
        except (Refused, Refusal) as refused:
            return problem_json(request, refused.why, 403)
        return Response(options, media_type="application/json", headers={"cache-control": "no-store"})

    async def add_passkey(self, request: Request) -> Response:
        """Keep what the browser has made."""
        try:
            way, fields = await self._door.fields(request)
            who, site = self._fresh(request), site_of(request, way)
            answer, label = fields.get("answer", ""), fields.get("label", "")
            await run_in_threadpool(self._passkeys.keep, who.person, site, answer, label)
        except (Refused, Refusal) as refused:
            return problem_json(request, refused.why, 403)
        except BadInput as problem:
            return JSONResponse({"problem": str(problem)}, 400)
        return JSONResponse({"next": "/account?done=passkey"})

    async def remove_passkey(self, request: Request) -> Response:
        """Forget one."""
        who = _signed_in(request)
        try:
            _, fields = await self._door.fields(request)
            key_id = bytes.fromhex(fields.get("id", ""))
        except (Refused, ValueError) as wrong:
            why, code = (wrong.why, wrong.status_code) if isinstance(wrong, Refused) else ("form_broken", 400)
            return await self._account(request, words_for(request)(why), code)
        if who is not None and await run_in_threadpool(self._accounts.store.remove_passkey, who.person.number, key_id):
            await run_in_threadpool(self._accounts.store.note, who.person.name, "passkey_removed")
        return RedirectResponse("/account#passkeys", 303)

    async def people(self, request: Request) -> Response:
        """Everybody, and the form that adds somebody."""
        return await self._people(request)

    async def add(self, request: Request) -> Response:
        """A new person; the page then shows the link by which they come in."""

        def made(fields: dict[str, str]) -> tuple[str, str]:
            person, token = self._accounts.add(_name_of(request), fields.get("name", ""), _role(fields.get("role")))
            return person.name, token

        return await self._changed(request, made)

    async def change(self, request: Request) -> Response:
        """Another role, a fresh link, or an account closed."""
        number, action, by = request.path_params["number"], request.path_params["action"], _name_of(request)

        def made(fields: dict[str, str]) -> tuple[str, str] | None:
            if number >= 2**31 or action not in ("role", "link", "close"):
                raise Refusal("person_unknown")
            if action == "role":
                self._accounts.set_role(by, number, _role(fields.get("role")))
            elif action == "close":
                self._accounts.close(by, number)
            else:
                person, token = self._accounts.link(by, number)
                return person.name, token
            return None

        return await self._changed(request, made)

    async def audit(self, request: Request) -> Response:
        """What was done, the newest first."""
        before = request.query_params.get("before", "")
        start = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
        found = await run_in_threadpool(self._accounts.store.audit, start, AUDIT_ROWS)
        say = words_for(request)
        rows = [
            Row(one.number, moment(say, one.at), readable(one.who), done_in_words(say, one.what), readable(one.about))
            for one in found
        ]
        return self._html(request, "audit.html", rows=rows, more=len(rows) == AUDIT_ROWS)

    async def _account(self, request: Request, problem: str = "", status_code: int = 200) -> Response:
        who, say = _signed_in(request), words_for(request)
        if who is None:  # where the gate knows a role and no person, as in tests of pages
            return self._html(request, "refused.html", 404, sentence=say("person_unknown"), back="")
        sessions = await run_in_threadpool(self._accounts.store.sessions, who.person.number)
        shown = [
            {
                "began": moment(say, datetime.fromtimestamp(one.began_s).astimezone()),
                "used": moment(say, datetime.fromtimestamp(one.used_s).astimezone()),
                "this": one.token_hash == who.session.token_hash,
            }
            for one in sessions
        ]
        done = request.query_params.get("done")
        values: dict[str, Any] = {
            "person": who.person,
            "sessions": shown,
            "passkeys": await run_in_threadpool(self._accounts.store.passkeys, who.person.number),
            "no_passkey": why_none(request.url.hostname or "", secure=self._door.gate.way(request).secure),
            "done": say(f"done_{done}") if done in ("password", "passkey") else "",
            "problem": problem,
            "least": MIN_LETTERS,
        }
        return self._html(request, "account.html", status_code, **values)

    async def _changed(self, request: Request, what: Callable[[dict[str, str]], tuple[str, str] | None]) -> Response:
        say = words_for(request)
        try:
            _, fields = await self._door.fields(request)
            made = await run_in_threadpool(what, fields)
        except Refused as refused:
            return await self._people(request, problem=say(refused.why), status_code=refused.status_code)
        except Refusal as refusal:
            return await self._people(request, problem=say(refusal.why), status_code=400)
        except BadInput as problem:
            return await self._people(request, problem=str(problem), status_code=400)
        if made is None:
            return RedirectResponse("/people", 303)
        return await self._people(request, made=made)  # the link is shown once, and stands in no address

    async def _people(
        self, request: Request, *, problem: str = "", status_code: int = 200, made: tuple[str, str] | None = None
    ) -> Response:
        people = await run_in_threadpool(self._accounts.store.people)
        scheme = "https" if self._door.gate.way(request).secure else "http"
        name, token = made or ("", "")
        values = {
            "people": sorted(people, key=lambda one: (one.closed is not None, -one.role, one.name.casefold())),
            "roles": [Role.READER, Role.REVIEWER, Role.OPERATOR, Role.ADMIN],
            "problem": problem,
            "link": f"{scheme}://{request.headers.get('host', '')}/welcome#{token}" if token else "",
            "invited": name,
            "minutes": round(LINK_S / 60),
        }
        return self._html(request, "people.html", status_code, **values)

    def _fresh(self, request: Request) -> SignedIn:
        who = _signed_in(request)
        if who is None or not self._accounts.is_fresh(who.session):
            raise Refusal("not_fresh")
        return who


def moment(say: Words, at: datetime) -> str:
    """A time in words, by this machine's time zone."""
    local = at.astimezone()
    return f"{say.day(local.date().isoformat())}, {local:%H:%M}"


def done_in_words(say: Words, what: str) -> str:
    """What somebody did, in words where there are some."""
    key = f"audit_{what}"
    told = say(key)
    return readable(what.replace("_", " ")) if told == key else told


def _role(text: str | None) -> Role:
    try:
        role = Role[(text or "").upper()]
    except KeyError:
        raise Refusal("role_unknown") from None
    if role is Role.STRANGER:
        raise Refusal("role_unknown")
    return role


def _signed_in(request: Request) -> SignedIn | None:
    who: SignedIn | None = getattr(request.state, "signed_in", None)
    return who


def _name_of(request: Request) -> str:
    who = _signed_in(request)
    return "" if who is None else who.person.name
