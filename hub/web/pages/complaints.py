"""People who find themselves on a picture: they ask for it to be taken away, and whoever reviews decides.

Nobody has to sign in or to say who they are. A picture that the page has shown them is hidden at once, before anybody
has looked, and so are those of a camera whose page's address they give: a picture too few is the smaller harm. What
strangers may leave here is bounded, in all and by day, and so is what one complaint hides.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hub.errors import BadInput, HubError
from hub.log.people import Role
from hub.log.pictures import Complaint
from hub.web.complaints import cameras_in
from hub.web.forms import Refused, read_fields
from hub.web.gate import Gated
from hub.web.pages import Html
from hub.web.words import words_for

MAX_OPEN = 200  # of strangers' complaints that wait; then they are told to write to the contact
MAX_A_DAY = 50
MAX_HIDDEN = 200  # pictures that one complaint of a stranger hides; whoever decides can add the others
_PICTURE = re.compile(r"[0-9a-f]{64}")


class ComplaintDesk(Protocol):
    """What the page needs of complaints. Raises BadInput, StoreError."""

    def open(self, about: str, pictures: Sequence[str], contact: str | None) -> Complaint:
        """Write a complaint down, and hide its pictures."""
        ...

    def listed(self, *, closed: bool = False) -> list[Complaint]:
        """Those that are open, or all."""
        ...

    def is_shown(self, picture: str) -> bool:
        """Whether others than those who review are shown a picture."""
        ...

    def shown_of(self, camera: str) -> Sequence[str]:
        """The pictures of a camera that they are shown; its id is the hub's or the shared map's. None of an id that
        leads to no camera."""
        ...


class ComplaintPages:
    """The handlers. `contact` says how the hub's operators are reached, `today` what day it is."""

    def __init__(self, desk: ComplaintDesk, contact: str | None, today: Callable[[], date]) -> None:
        self._desk, self._contact, self._today = desk, contact, today

    def routes(self, html: Html) -> list[Gated]:
        self._html = html
        return [
            Gated("/complaint", self.ask, Role.STRANGER),
            Gated("/complaint", self.complain, Role.STRANGER, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """How a person who is on a picture has it taken away."""
        return self._form(request)

    async def complain(self, request: Request) -> Response:
        """Write a stranger's complaint down."""
        try:
            fields = dict(await read_fields(request))
            about, contact = fields.get("about", "").strip(), fields.get("contact", "").strip() or None
            picture = fields.get("picture", "")
            if not about:
                raise Refused("complaint_empty", 400)
            opened = await run_in_threadpool(self._open, about, picture, contact)
        except Refused as refused:
            return self._form(request, words_for(request)(refused.why), refused.status_code)
        except BadInput as problem:
            return self._form(request, str(problem), 400)
        except HubError as problem:
            return self._form(request, words_for(request)("complaint_problem", problem=problem), 500)
        return self._html(request, "complaint.html", contact=self._contact, noted=opened, problem=None, picture="")

    def _open(self, about: str, picture: str, contact: str | None) -> Complaint:
        waiting = self._desk.listed()
        if len(waiting) >= MAX_OPEN or sum(one.opened == self._today() for one in waiting) >= MAX_A_DAY:
            raise Refused("complaint_full", 429)
        shown = [picture] if _PICTURE.fullmatch(picture) and self._desk.is_shown(picture) else []
        for camera in cameras_in(about):
            shown += self._desk.shown_of(camera)
        return self._desk.open(about, list(dict.fromkeys(shown))[:MAX_HIDDEN], contact)

    def _form(self, request: Request, problem: str | None = None, status_code: int = 200) -> Response:
        picture = request.query_params.get("picture", "")
        values = {"contact": self._contact, "noted": None, "problem": problem}
        return self._html(
            request, "complaint.html", status_code, picture=picture if _PICTURE.fullmatch(picture) else "", **values
        )
