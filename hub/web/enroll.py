"""The page that shows the codes of open enrolments, to be scanned off the operator's screen, and then the words.

Only the operator may look (see `hub.web.operator`): whoever sees a code can enrol a probe.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import segno
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from hub.enroll.pairing import Pairing
from hub.log.probes import Enrolment
from hub.web.operator import Operator
from probe.contract.readable import readable

QR_ERROR = "m"  # a quarter of the code may be unreadable; at 200 octets still 57 modules wide


class Invitation(Struct, frozen=True):
    """An enrolment as the page shows it. `image` is the QR code as a data URI."""

    name: str
    image: str | None
    typed: str | None
    ends: str
    words: str | None


class EnrollPage:
    """The handler for `/enroll`; `html` renders a template for a request."""

    def __init__(self, pairing: Pairing, html: Callable[..., Response], operator: Operator) -> None:
        self._pairing = pairing
        self._html = html
        self._operator = operator

    async def show(self, request: Request) -> Response:
        why = self._operator.why_not(request)
        if why is not None:
            return self._html(request, "enroll.html", 403, invitations=[], why=f"enroll_{why}")
        invitations = [self._invitation(one) for one in self._pairing.open_now(time.time())]
        return self._html(request, "enroll.html", invitations=invitations, why=None)

    def _invitation(self, enrolment: Enrolment) -> Invitation:
        code = self._pairing.code_of(enrolment)
        ends = datetime.fromtimestamp(enrolment.ends_s, UTC).astimezone().strftime("%H:%M")
        image = None if code is None else segno.make(code.qr, error=QR_ERROR, micro=False).svg_data_uri(scale=6)
        return Invitation(readable(enrolment.name), image, None if code is None else code.typed, ends, enrolment.words)
