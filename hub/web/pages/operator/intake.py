"""The operator's page of what waits: what is held of revoked probes, what was set aside, and sticks to be read."""

from collections import Counter
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hub.enroll.folder import answer_requests, lay_home
from hub.enroll.home import WayBack
from hub.ingest.folder import ingest_folder
from hub.ingest.held import FORGOTTEN, decide_held, held_by_name
from hub.ingest.receive import UnitIngest
from hub.log.events import SetAside
from hub.log.people import Role
from hub.web.gate import Gated
from hub.web.pages.operator.ground import NO_STORE, Fields, Section, folder_in, one_of
from hub.web.work import Outcome, Refused, Task, Tick
from probe.contract.readable import readable

SHOWN = 100  # rows of the quarantine
LOOKED_OCTETS = 4096  # of one, as text and in hex
PER_LINE = 16
MAX_TOLD = 50  # sentences about a stick


class Intake(Section):
    """`/hub/intake`."""

    path, template = "/hub/intake", "hub_intake.html"

    def routes(self) -> list[Gated]:
        return [
            *super().routes(),
            Gated("/hub/intake/held", self.decide, Role.OPERATOR, methods=("POST",)),
            Gated("/hub/intake/drop", self.drop, Role.OPERATOR, methods=("POST",)),
            Gated("/hub/intake/stick", self.stick, Role.OPERATOR, methods=("POST",)),
            Gated("/hub/intake/aside/{number}", self.aside, Role.OPERATOR),
            Gated("/hub/intake/aside/{number}/file", self.aside_file, Role.OPERATOR),
        ]

    def values(self) -> dict[str, Any]:
        store = self.ground.folder.store
        rows = store.quarantined(SHOWN)
        return {
            "held": held_by_name(store, self.ground.folder.registry),
            "forgotten": FORGOTTEN,
            "aside": rows,
            "aside_count": store.quarantine_count(),
            "kinds": Counter(row.kind for row in rows).most_common(),
            "newest": rows[0].number if rows else 0,
            "readable": readable,
        }

    async def decide(self, request: Request) -> Response:
        """Let what is held of a probe count, or erase it."""
        return await self.act(
            request, "held", self._decide, about=lambda f: f"{f.get('name', '')}: {f.get('decision', '')}"
        )

    async def drop(self, request: Request) -> Response:
        """Erase what was set aside."""
        return await self.act(request, "quarantine", self._drop, about="newest")

    async def stick(self, request: Request) -> Response:
        """Take in what lies on a stick in the hub's own machine."""
        return await self.act(request, "ingest", self._stick, about="stick")

    def _decide(self, fields: Fields) -> Task:
        folder, keep = self.ground.folder, one_of(fields, "decision", ("release", "drop")) == "release"
        name = fields.get("name", "")
        if not any(one.name == name for one in held_by_name(folder.store, folder.registry)):
            raise Refused("hub_not_held")

        def task(_: Tick) -> Outcome:
            count = decide_held(folder.store, folder.registry, name, keep=keep)
            return Outcome(key="hub_released" if keep else "hub_dropped", values={"n": count, "name": name})

        return task

    def _drop(self, fields: Fields) -> Task:
        newest = _number(fields.get("newest", ""))
        if newest is None:
            raise Refused("form_broken")
        store = self.ground.folder.store
        return lambda _: Outcome(key="hub_aside_dropped", values={"n": store.drop_quarantine(newest)})

    def _stick(self, fields: Fields) -> Task:
        path = Path(folder_in(fields, "stick"))
        if not path.is_dir():
            raise Refused("hub_no_folder", path=path)
        folder, pairing, cameras = self.ground.folder, self.ground.pairing, self.ground.every.cameras

        def task(_: Tick) -> Outcome:
            requests = answer_requests(path, pairing)
            units = UnitIngest(folder.store, folder.keys, folder.registry, recogniser=folder.recogniser)
            report = ingest_folder(path, units)
            if not (report.files or requests.seen or requests.troubles):
                raise Refused("hub_stick_empty", path=path)  # and nothing is written to what is no stick
            lay_home(path, folder.keys, WayBack(folder.keys, folder.path, cameras))
            came = [f"{one.name}: {one.words}" for one in requests.paired]
            told = [*came, *requests.troubles, *report.troubles, *requests.notes, *report.notes]
            counts = {"n": report.stored, "pictures": report.pictures, "held": report.held, "files": report.files}
            return Outcome(key="hub_stick_taken", values=counts, more=tuple(map(readable, told[:MAX_TOLD])))

        return task

    async def aside(self, request: Request) -> Response:
        """One thing that was set aside, as text and in hex."""
        found = await self._aside(request)
        if found is None:
            return self._answer(request, "not_found.html", 404, None, {})
        octets = found.data[:LOOKED_OCTETS]
        return self._answer(
            request,
            "hub_aside.html",
            200,
            None,
            {"one": found, "text": _as_text(octets), "lines": hex_lines(octets), "readable": readable},
        )

    async def aside_file(self, request: Request) -> Response:
        """The same as a file: octets for a program, that no browser opens."""
        found = await self._aside(request)
        if found is None:
            return self._answer(request, "not_found.html", 404, None, {})
        headers = {**NO_STORE, "content-disposition": f'attachment; filename="aside-{found.number}.bin"'}
        return Response(found.data, media_type="application/octet-stream", headers=headers)

    async def _aside(self, request: Request) -> SetAside | None:
        number = _number(request.path_params["number"])
        return None if number is None else await run_in_threadpool(self.ground.folder.store.set_aside, number)


def hex_lines(octets: bytes) -> list[tuple[str, str, str]]:
    """Octets as lines of 16: where each begins, its hex, and its ASCII with a dot for all else."""
    lines = []
    for start in range(0, len(octets), PER_LINE):
        part = octets[start : start + PER_LINE]
        text = "".join(chr(octet) if 32 <= octet < 127 else "." for octet in part)
        lines.append((f"{start:06x}", part.hex(" "), text))
    return lines


def _as_text(octets: bytes) -> str:
    """What reads as text in it, with a mark for all that does not show itself; lines stay."""
    return "\n".join(readable(line) for line in octets.decode("utf-8", "replace").split("\n"))


def _number(text: str) -> int | None:
    """A row's number; None where a text is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
