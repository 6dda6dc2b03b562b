"""Forms that change something: they must come from the hub's own page, small and whole.

The operator's browser shows pages from elsewhere as well, and it reaches the hub as this machine does. So three things
are asked of a form: that the browser says it comes from this page, that it carries a token which only a reader of this
page has, and that it is what a form of ours is.
"""

import hashlib
import hmac
import secrets
from urllib.parse import parse_qsl

from starlette.requests import Request

FORM_TYPE = "application/x-www-form-urlencoded"
MAX_FORM_BYTES = 32 << 10
MAX_FIELDS = 128


class Refused(Exception):
    """A form that is not taken: the name of the sentence that says why, and the HTTP status."""

    def __init__(self, why: str, status_code: int) -> None:
        super().__init__(why)
        self.why, self.status_code = why, status_code


class Tokens:
    """Tokens of this run of the hub. Each is another, so that no packed page gives one away by its length."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def new(self) -> str:
        """A token for the forms of one page."""
        nonce = secrets.token_hex(16)
        return f"{nonce}.{self._tag(nonce)}"

    def right(self, token: str) -> bool:
        """Whether a token is one of ours."""
        nonce, _, tag = token.partition(".")
        return hmac.compare_digest(tag.encode(), self._tag(nonce).encode())

    def _tag(self, nonce: str) -> str:
        return hmac.new(self._key, nonce.encode(), hashlib.sha256).hexdigest()


def is_own(request: Request) -> bool:
    """Whether the browser says that a form comes from this very page.

    A form that is sent without JavaScript has the origin "null", as the page sends no referrer: then `Sec-Fetch-Site`
    alone speaks for it. Every browser sends that to a machine's own names, and no page can set it.
    """
    sites, origins = request.headers.getlist("sec-fetch-site"), request.headers.getlist("origin")
    host = request.headers.get("host", "")
    own = {f"http://{host}", f"https://{host}"}  # a proxy may speak TLS for us
    if any(site != "same-origin" for site in sites) or not own | {"null"} >= set(origins):
        return False
    return bool(sites) or not own.isdisjoint(origins)


async def read_fields(request: Request) -> list[tuple[str, str]]:
    """The fields of a form of this page, in order. Raises Refused."""
    if not is_own(request):
        raise Refused("form_foreign", 403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        raise Refused("form_broken", 415)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_FORM_BYTES:
            raise Refused("form_large", 413)
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            max_num_fields=MAX_FIELDS,
            errors="strict",
        )
    except ValueError:
        raise Refused("form_broken", 400) from None


async def read_form(request: Request, tokens: Tokens) -> list[tuple[str, str]]:
    """The fields of a form that bears a token of this run of the hub. Raises Refused."""
    fields = await read_fields(request)
    if not any(name == "token" and tokens.right(value) for name, value in fields):
        raise Refused("form_stale", 403)
    return fields
