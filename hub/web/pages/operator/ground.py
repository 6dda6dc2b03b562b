"""What the operator's pages stand on: the hub they speak of, forms that are read with care, and how a page answers one.

Every action is a work (`hub.web.work`): what is done at once is told on the page it came from, what takes longer shows
a bar first. Nothing asks in a pop-up: what cannot be undone has a button that unfolds a sentence and the real button.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Protocol
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.data import HubFolder
from hub.enroll.pairing import Pairing
from hub.errors import HubError
from hub.log.people import Role
from hub.web.audit import Audit, LoggedAudit
from hub.web.complaints import Complaints
from hub.web.forms import FORM_TYPE, MAX_FIELDS, MAX_FORM_BYTES
from hub.web.gate import Gated, visitor
from hub.web.pages import Html
from hub.web.source import MapSource
from hub.web.words import Words, words_for
from hub.web.work import Busy, Job, Outcome, Refused, State, Task, Tick, Work
from probe.contract.readable import is_readable

NO_STORE = {"cache-control": "no-store"}
MAX_PATH = 1000
MAX_ABOUT = 200
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Fields = Mapping[str, str]


class Cameras(Protocol):
    """Where an export takes its cameras from: the desk's, or the map's."""

    def cameras(self) -> Any:
        """The cameras, as `CameraDetail`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A hub that runs. `parts` says which of its parts are well, by name; `every` are all its cameras, also those that
    the map leaves out; `has_streets` whether it has a street map."""

    folder: HubFolder
    pairing: Pairing
    source: MapSource
    work: Work
    every: Cameras
    parts: Callable[[], Mapping[str, bool]] = dict
    has_streets: Callable[[], bool] = lambda: False
    audit: Audit = field(default_factory=LoggedAudit)
    complaints: Complaints | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What came of an action, for its page: whether it went well, in a sentence, and more of them."""

    good: bool
    sentence: str
    more: tuple[str, ...] = ()
    download: str | None = None


class Section:
    """One of the operator's pages: `path` and `template` are its own, and so is what it says in `values`."""

    path = ""
    template = ""
    role: ClassVar[Role] = Role.OPERATOR

    def __init__(self, ground: Ground, html: Html) -> None:
        self.ground, self._html = ground, html

    def routes(self) -> list[Gated]:
        """Where it answers."""
        return [Gated(self.path, self.show, self.role)]

    def values(self) -> dict[str, Any]:
        """What its template needs, collected in a thread. Raises HubError."""
        return {}

    async def show(self, request: Request) -> Response:
        """The page, with what came of the action that it was asked after."""
        job = self.ground.work.get(request.query_params.get("done", ""))
        told = None if job is None or job.state is State.RUNNING else notice(words_for(request), job)
        return await self.page(request, told)

    async def page(self, request: Request, told: Notice | None = None, status_code: int = 200, **more: Any) -> Response:
        """The page with a notice; `more` are values beside its own."""
        try:
            values = await run_in_threadpool(self.values)
        except HubError as problem:
            say = words_for(request)
            failed = Notice(good=False, sentence=say("hub_problem", problem=problem))
            return self._answer(request, "hub_failed.html", 500, failed, {})
        return self._answer(request, self.template, status_code, told, values | more)

    async def act(
        self,
        request: Request,
        kind: str,
        task_of: Callable[[Fields], Task],
        *,
        about: str | Callable[[Fields], str] = "",
    ) -> Response:
        """Do what a form asks for: `task_of` makes a task of its fields, and raises Refused or BadInput where they are
        not what they should be. It is written down as `kind` of `about`, a field's name or what it makes of them."""
        try:
            fields = await read_fields(request)
            task = await run_in_threadpool(task_of, fields)
        except (Refused, HubError) as problem:
            told = Notice(good=False, sentence=sentence_of(words_for(request), problem))
            return await self.page(request, told, 500 if isinstance(problem, OSError) else 400)
        try:
            job = self.start(request, kind, task, fields.get(about, "") if isinstance(about, str) else about(fields))
        except Busy as busy:
            return RedirectResponse(f"/hub/work/{busy.job.id}", 303)
        if await job.soon():
            return RedirectResponse(f"{self.path}?done={job.id}", 303)
        return RedirectResponse(f"/hub/work/{job.id}", 303)

    def start(self, request: Request, kind: str, task: Task, about: str) -> Job:
        """Begin a task, which is written down once it is done. Raises Busy."""
        who = visitor(request).name or "operator"

        def noted(tick: Tick) -> Outcome:
            outcome = task(tick)
            self.ground.audit.note(who, kind, about[:MAX_ABOUT])
            return outcome

        return self.ground.work.start(kind, noted, by=who, then=self.path)

    def _answer(
        self, request: Request, template: str, status_code: int, told: Notice | None, values: dict[str, Any]
    ) -> Response:
        response = self._html(
            request, template, status_code, notice=told, section=self.path, has_page=pages_of(request), **values
        )
        response.headers.update(NO_STORE)  # names and codes are for nobody who opens the browser later
        return response


def pages_of(request: Request) -> Callable[[str], bool]:
    """Whether this hub's page has a path: its parts are not all in every hub."""
    paths = {getattr(route, "path", None) for route in request.app.routes}
    return paths.__contains__


def notice(say: Words, job: Job) -> Notice:
    """What came of a work that is over, in a reader's language."""
    if job.state is State.STOPPED:
        return Notice(good=False, sentence=say("hub_broken_off"))
    if job.outcome is None:
        return Notice(good=False, sentence=sentence_of(say, job.problem))
    download = f"/hub/work/{job.id}/file" if job.outcome.file is not None else None
    sentence = say(job.outcome.key, **_readable(say, job.outcome.values))
    return Notice(good=True, sentence=sentence, more=job.outcome.more, download=download)


def sentence_of(say: Words, problem: str | Exception | None) -> str:
    """Why something was not done, in a reader's language where that is known."""
    if problem is None:
        return say("hub_fault")
    if isinstance(problem, Refused):
        return say(problem.key, **_readable(say, problem.values))
    return say("hub_problem", problem=str(problem))


def _readable(say: Words, values: Mapping[str, object]) -> dict[str, object]:
    return {name: say.day(value.isoformat()) if isinstance(value, date) else value for name, value in values.items()}


async def read_fields(request: Request) -> Fields:
    """The fields of a form, each once; read once, however often they are asked for. Raises Refused."""
    known: Fields | None = getattr(request.state, "fields", None)
    if known is not None:
        return known
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        raise Refused("form_broken")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_FORM_BYTES:
            raise Refused("form_large")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), strict_parsing=bool(body), keep_blank_values=True, max_num_fields=MAX_FIELDS,
            errors="strict",
        )  # fmt: skip
    except ValueError:
        raise Refused("form_broken") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Refused("form_broken")
    request.state.fields = fields
    return fields


def day_in(fields: Fields, name: str) -> date:
    """A day as a browser sends it. Raises Refused."""
    text = fields.get(name, "")
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("hub_no_day") from None


def folder_in(fields: Fields, name: str) -> str:
    """The whole path of a folder on the hub's machine: a relative one is somewhere nobody means. Raises Refused."""
    text = fields.get(name, "").strip()
    if not text.startswith("/") or len(text) > MAX_PATH or not is_readable(text):
        raise Refused("hub_path_form")
    return text


def one_of(fields: Fields, name: str, choices: tuple[str, ...]) -> str:
    """One of the words that a field may have. Raises Refused."""
    value = fields.get(name, "")
    if value not in choices:
        raise Refused("form_broken")
    return value
