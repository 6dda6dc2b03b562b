"""The operator's page of imports and walks: what came, how much of it, and taking one back."""

import hashlib
import secrets
from pathlib import Path
from threading import Lock
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hub.errors import HubError
from hub.ingest.lines import import_lines
from hub.ingest.undo import Arrival, arrivals, find
from hub.log.events import Import
from hub.log.people import Role
from hub.store.store import Store
from hub.web.gate import Gated
from hub.web.pages import Html
from hub.web.pages.operator.ground import NO_STORE, Fields, Ground, Section, sentence_of
from hub.web.words import words_for
from hub.web.work import Busy, Outcome, Refused, Task, Tick
from probe.contract.readable import readable
from probe.files.private import make_file

SHOWN = 200  # more, nobody reads: the command line lists them all
MANY = 20_000  # sightings: to read them takes longer than a reader waits
MAX_AGAIN_BYTES = 256 << 20
KEEP_FREE_BYTES = 64 << 20
MAX_TOLD = 50
AGAIN = "again-*.jsonl"  # a file that is being brought back lies in the hub's folder under such a name


class Arrivals(Section):
    """`/hub/arrivals`."""

    path, template = "/hub/arrivals", "hub_arrivals.html"

    def __init__(self, ground: Ground, html: Html) -> None:
        super().__init__(ground, html)
        self._list = _List(ground.folder.store)

    def routes(self) -> list[Gated]:
        return [
            *super().routes(),
            Gated("/hub/arrivals/undo", self.undo, Role.OPERATOR, methods=("POST",)),
            Gated("/hub/arrivals/again/{number}", self.again, Role.OPERATOR, methods=("POST",)),
        ]

    async def show(self, request: Request) -> Response:
        if await run_in_threadpool(self._list.takes_long, "again" in request.query_params):
            try:
                job = self.ground.work.start("arrivals", self._read, by="", then=self.path)
            except Busy as busy:
                job = busy.job
            if not await job.soon():
                return RedirectResponse(f"/hub/work/{job.id}", 303)
        return await super().show(request)

    def values(self) -> dict[str, Any]:
        listed, since = self._list.now()
        return {
            "arrivals": listed[:SHOWN],
            "more": max(0, len(listed) - SHOWN),
            "since": since,
            "readable": readable,
            "number_of": lambda arrival: arrival.name.rpartition("-")[2],
        }

    async def undo(self, request: Request) -> Response:
        """Take back one import or one walk."""
        return await self.act(request, "undo", self._undo, about="name")

    async def again(self, request: Request) -> Response:
        """Bring back an import that was taken back, by the very file that it was: its octets are the request's body."""
        say = words_for(request)
        path = self.ground.folder.path / AGAIN.replace("*", secrets.token_hex(8))
        try:
            one = await run_in_threadpool(self._taken_back, request.path_params["number"])
            sha256 = await self._receive(request, path)
            if one.sha256 is not None and sha256 != one.sha256:
                raise Refused("hub_other_file", file=readable(one.file))
            job = self.start(request, "import", lambda _: self._import(path, one), f"import-{one.number}")
        except Busy as busy:
            path.unlink(missing_ok=True)
            return JSONResponse({"page": f"/hub/work/{busy.job.id}"}, headers=NO_STORE)
        except (Refused, HubError, OSError) as problem:
            path.unlink(missing_ok=True)
            code = 400 if isinstance(problem, Refused) else 500
            return JSONResponse({"problem": sentence_of(say, problem)}, code, headers=NO_STORE)
        except BaseException:
            path.unlink(missing_ok=True)  # a reader who went away in the middle
            raise
        await job.soon()
        return JSONResponse({"page": f"/hub/work/{job.id}"}, headers=NO_STORE)

    def _read(self, _: Tick) -> Outcome:
        return Outcome(key="hub_read_through", values={"n": self._list.read()})

    def _undo(self, fields: Fields) -> Task:
        name, store = fields.get("name", ""), self.ground.folder.store
        if not any(one.name == name and one.undone is None for one in self._list.now()[0]):
            raise Refused("hub_no_arrival")

        def task(_: Tick) -> Outcome:
            arrival, undoing = find(store, name)
            erased = store.undo(undoing)
            self._list.read()
            return Outcome(key="hub_undone", values={"name": arrival.name, "n": erased})

        return task

    def _taken_back(self, number: str) -> Import:
        """The import with a number that was taken back. Raises Refused."""
        for one in self.ground.folder.store.imports():
            if str(one.number) == number and one.undone is not None:
                return one
        raise Refused("hub_no_arrival")

    async def _receive(self, request: Request, path: Path) -> bytes:
        """Write a request's body to a file; returns its SHA-256. Raises Refused, StoreError."""
        digest, size = hashlib.sha256(), 0
        await run_in_threadpool(make_file, path)
        free = await run_in_threadpool(self.ground.folder.store.free_bytes)
        with path.open("wb") as file:
            async for part in request.stream():
                size += len(part)
                if size > MAX_AGAIN_BYTES:
                    raise Refused("hub_file_large", size=MAX_AGAIN_BYTES >> 20)
                if free is not None and size + KEEP_FREE_BYTES > free:
                    raise Refused("hub_disk_full")
                digest.update(part)
                await run_in_threadpool(file.write, part)
        return digest.digest()

    def _import(self, path: Path, one: Import) -> Outcome:
        try:
            report = import_lines(path, self.ground.folder.store, again=True, name=one.file)
        finally:
            path.unlink(missing_ok=True)
        self._list.read()
        told = [sentence.replace(str(path), readable(one.file)) for sentence in (*report.troubles, *report.notes)]
        return Outcome(
            key="hub_brought_back",
            values={"n": report.stored, "name": f"import-{report.import_number}" if report.import_number else "–"},
            more=tuple(map(readable, told[:MAX_TOLD])),
        )


class _List:
    """All imports and walks, as they were when the log was read last. Reading it takes a second for each ten thousand
    sightings, on a small machine."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, Lock()
        self._listed: list[Arrival] | None = None
        self._state: tuple[int, int, int] | None = None

    def takes_long(self, again: bool) -> bool:
        """Whether it has to be read, which takes longer than a reader waits."""
        if self._state == self._now() or self._store.count() <= MANY:
            return False
        return again or self._listed is None

    def now(self) -> tuple[list[Arrival], int]:
        """The list, and how many sightings came since it was made."""
        if self._state != self._now() and (self._listed is None or self._store.count() <= MANY):
            self.read()
        listed, state = self._listed or [], self._state or (0, 0, 0)
        return listed, max(0, self._store.version() - state[0])

    def read(self) -> int:
        """Read the log; returns how many there are."""
        with self._lock:
            state = self._now()
            self._listed = arrivals(self._store)
            self._state = state
            return len(self._listed)

    def _now(self) -> tuple[int, int, int]:
        return self._store.version(), self._store.generation(), len(self._store.imports())
