"""The operator's page of complaints: a person finds themselves on a picture. Writing one down hides the pictures at
once, before anybody decides; then the operator decides."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.log.people import Role
from hub.log.pictures import Complaint
from hub.web.complaints import Complaints, cameras_in
from hub.web.gate import Gated
from hub.web.pages.operator.ground import Fields, Section, day_in, one_of
from hub.web.work import Outcome, Refused, Task, Tick
from probe.contract.readable import readable

MAX_TEXT = 1000
SHOWN_CLOSED = 50


class ComplaintsPage(Section):
    """`/hub/complaints`."""

    path, template = "/hub/complaints", "hub_complaints.html"
    role = Role.REVIEWER

    def routes(self) -> list[Gated]:
        if self.ground.complaints is None:
            return []
        return [
            *super().routes(),
            Gated("/hub/complaints/open", self.open, Role.REVIEWER, methods=("POST",)),
            Gated("/hub/complaints/add", self.add, Role.REVIEWER, methods=("POST",)),
            Gated("/hub/complaints/close", self.close, Role.REVIEWER, methods=("POST",)),
        ]

    def values(self) -> dict[str, Any]:
        listed = [] if self.ground.complaints is None else self.ground.complaints.listed(closed=True)
        return {
            "open_now": [one for one in listed if one.closed is None],
            "closed": [one for one in listed if one.closed is not None][: -SHOWN_CLOSED - 1 : -1],
            "most": MAX_TEXT,
            "today": self.ground.folder.keys.day,
            "readable": readable,
        }

    async def open(self, request: Request) -> Response:
        """Write a complaint down."""
        return await self.act(request, "complaint", self._open)  # and not what it is about: it may name somebody

    async def add(self, request: Request) -> Response:
        """Hide the pictures of a camera for one that named none, or others."""
        return await self.act(request, "complaint-added", self._add, about="number")

    async def close(self, request: Request) -> Response:
        """Decide about one."""
        return await self.act(
            request, "complaint-closed", self._close, about=lambda f: f"{f.get('number', '')}: {f.get('then', '')}"
        )

    def _open(self, fields: Fields) -> Task:
        complaints = self._complaints()
        about, contact = text_of(fields, "about"), fields.get("contact", "").strip()
        camera = self._camera(fields) if fields.get("camera", "").strip() else None
        day = fields.get("day", "")
        taken = day_in(fields, "day") if day else None
        if not about:
            raise Refused("hub_complaint_empty")
        if len(contact) > MAX_TEXT:
            raise Refused("hub_text_long", n=MAX_TEXT)

        def task(_: Tick) -> Outcome:
            made = complaints.open(about, camera=camera, day=taken, contact=contact or None)
            return Outcome(key="hub_complaint_open", values={"number": made.number, "n": len(made.pictures)})

        return task

    def _add(self, fields: Fields) -> Task:
        complaints, number, camera = self._complaints(), self._found(fields).number, self._camera(fields)

        def task(_: Tick) -> Outcome:
            count = complaints.add(number, camera)
            key = "hub_complaint_added" if count else "hub_complaint_added_none"
            return Outcome(key=key, values={"number": number, "n": count})

        return task

    def _close(self, fields: Fields) -> Task:
        complaints, delete = self._complaints(), one_of(fields, "then", ("delete", "show")) == "delete"
        decision = text_of(fields, "decision")
        if not decision:
            raise Refused("hub_decision_empty")
        found = self._found(fields)

        def task(_: Tick) -> Outcome:
            count, backups = complaints.close(found.number, decision, delete=delete)
            key = "hub_complaint_deleted" if delete else "hub_complaint_shown" if count else "hub_complaint_closed"
            return Outcome(key=key, values={"number": found.number, "n": count}, more=tuple(backups))

        return task

    def _found(self, fields: Fields) -> Complaint:
        """The open complaint that a form is about. Raises Refused."""
        number = fields.get("number", "")
        found = next((one for one in self._complaints().listed() if str(one.number) == number), None)
        if found is None:
            raise Refused("hub_no_complaint")
        return found

    def _camera(self, fields: Fields) -> str:
        """The id of the camera that a form names by it, or by its page's address. Raises Refused."""
        named = cameras_in(fields.get("camera", ""))
        if len(named) != 1 or not self._complaints().has(named[0]):
            raise Refused("hub_no_camera")
        return named[0]

    def _complaints(self) -> Complaints:
        if self.ground.complaints is None:
            raise Refused("hub_no_complaint")
        return self.ground.complaints


def text_of(fields: Fields, name: str) -> str:
    """A text of some lines. Raises Refused where it is too long."""
    text = fields.get(name, "").replace("\r\n", "\n").strip()
    if len(text) > MAX_TEXT:
        raise Refused("hub_text_long", n=MAX_TEXT)
    return text
