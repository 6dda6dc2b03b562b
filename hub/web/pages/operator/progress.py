"""The page of a work that takes a while, its state for the script that shows the bar, and the file that came of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from hub.log.people import Role
from hub.web.bodies import PORTION
from hub.web.gate import Gated, visitor
from hub.web.pages.operator.ground import NO_STORE, Notice, Section, notice
from hub.web.words import words_for
from hub.web.work import Job, State

ADMIN_KINDS = frozenset({"backup"})  # whoever has it and the passphrase is the hub


class Progress(Section):
    """The works: `/work/{id}` as JSON, `/hub/work/{id}` as a page that moves on when it is over."""

    path = "/hub"

    def routes(self) -> list[Gated]:
        return [
            Gated("/work/{job_id}", self.state, Role.OPERATOR),
            Gated("/hub/work/{job_id}", self.show, Role.OPERATOR),
            Gated("/hub/work/{job_id}/stop", self.break_off, Role.OPERATOR, methods=("POST",)),
            Gated("/hub/work/{job_id}/file", self.file, Role.OPERATOR),
        ]

    async def state(self, request: Request) -> Response:
        """How a work stands."""
        job = self._job(request)
        if job is None:
            return JSONResponse({"error": "not found"}, 404, headers=NO_STORE)
        say = words_for(request)
        told: dict[str, Any] = {"id": job.id, "state": job.state, "done": job.done, "of": job.of, "share": job.share}
        if job.state is not State.RUNNING:
            told |= {"sentence": notice(say, job).sentence, "then": f"{job.then}?done={job.id}"}
        return JSONResponse(told, headers=NO_STORE)

    async def show(self, request: Request) -> Response:
        job = self._job(request)
        if job is None:
            return self._gone(request)
        if job.state is not State.RUNNING:
            return RedirectResponse(f"{job.then}?done={job.id}", 303)
        return self._answer(request, "hub_work.html", 200, None, {"job": job})

    async def break_off(self, request: Request) -> Response:
        """Ask a work to end."""
        job = self._job(request)
        if job is None:
            return self._gone(request)
        self.ground.work.break_off(job)
        await job.soon()
        return RedirectResponse(f"/hub/work/{job.id}", 303)

    async def file(self, request: Request) -> Response:
        """The file that came of a work, once; it is removed when it has left whole."""
        job = self._job(request)
        path = None if job is None or job.outcome is None else job.outcome.file
        if job is None or path is None or not path.is_file():
            return self._gone(request)
        headers = {
            **NO_STORE,
            "content-disposition": f'attachment; filename="{path.name}"',
            "content-length": str(path.stat().st_size),
            "content-encoding": "identity",  # it is encrypted: packing costs time and gives nothing
        }
        return StreamingResponse(self._portions(job, path), media_type="application/octet-stream", headers=headers)

    async def _portions(self, job: Job, path: Path) -> AsyncIterator[bytes]:
        with path.open("rb") as file:
            while portion := await run_in_threadpool(file.read, PORTION):
                yield portion
        path.unlink(missing_ok=True)
        self.ground.work.drop(job)

    def _job(self, request: Request) -> Job | None:
        """The work that is asked for, where the visitor may know of it."""
        job = self.ground.work.get(request.path_params["job_id"])
        hidden = job is not None and job.kind in ADMIN_KINDS and visitor(request).role < Role.ADMIN
        return None if hidden else job

    def _gone(self, request: Request) -> Response:
        say = words_for(request)
        told = Notice(good=False, sentence=say("hub_work_gone"))
        return self._answer(request, "hub_failed.html", 404, told, {})
