"""The page that shows the codes of open enrolments, to be scanned off the operator's screen, and then the words.

Only operators may look: whoever sees a code can enrol a probe.
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

    def __init__(self, pairing: Pairing, html: Callable[..., Response]) -> None:
        self._pairing = pairing
        self._html = html

    async def show(self, request: Request) -> Response:
        return self._html(request, "enroll.html", invitations=invitations(self._pairing))


def invitations(pairing: Pairing) -> list[Invitation]:
    """The enrolments that wait for a probe, or that one has just used, the newest first."""
    return [_invitation(pairing, one) for one in pairing.open_now(time.time())]


def _invitation(pairing: Pairing, enrolment: Enrolment) -> Invitation:
    code = pairing.code_of(enrolment)
    ends = datetime.fromtimestamp(enrolment.ends_s, UTC).astimezone().strftime("%H:%M")
    image = None if code is None else segno.make(code.qr, error=QR_ERROR, micro=False).svg_data_uri(scale=6)
    return Invitation(readable(enrolment.name), image, None if code is None else code.typed, ends, enrolment.words)
