"""What each request and each answer of the walker's page passes: names, origins, sizes, and the headers that keep a
browser to what the page is meant to do."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from probe.page.stranger import STYLE_HASH, lead_to

MAX_TARGET = 1024
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self' {STYLE_HASH}; img-src 'self' blob:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types"
    " 'none'"
)
HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


class Guard:
    """The middleware. Answers to the address that a connection came to, to this machine's own names on this machine,
    and to `names`; any other name is led to the address, so that no page elsewhere can read this one through a name of
    its own (DNS rebinding)."""

    def __init__(self, app: ASGIApp, names: Collection[str] = ()) -> None:
        self._app, self._names = app, frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope)(scope, receive, _with_headers(send))
        elif scope["type"] == "lifespan":
            await self._app(scope, receive, send)

    def _answer(self, scope: Scope) -> ASGIApp:
        headers = Headers(scope=scope)
        address, port = scope.get("server") or ("", None)
        host = headers.get("host", "").lower()
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_TARGET:
            return PlainTextResponse("too long", 414)
        if not self._is_own(host, str(address)):
            return lead_to(f"http://{bracketed(str(address))}{_behind(port)}/")
        if not _asked_by(f"http://{host}", scope["method"], headers):
            return JSONResponse({"problem": "foreign"}, 403)
        return self._app

    def _is_own(self, host: str, address: str) -> bool:
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        own = {bracketed(address).lower(), *self._names}
        if address in ("127.0.0.1", "::1"):
            own.update(LOCAL_NAMES)
        return name in own


def _asked_by(own: str, method: str, headers: Headers) -> bool:
    """Whether our own page asks, or somebody follows a link to it. What does something names its origin."""
    reads = method in ("GET", "HEAD")
    origin = headers.get("origin")
    if origin is None:
        site = headers.get("sec-fetch-site", "none")
        return reads and (site in ("same-origin", "none") or headers.get("sec-fetch-mode") == "navigate")
    return origin.lower() == own


def bracketed(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def _behind(port: int | None) -> str:
    return "" if port in (None, 80) else f":{port}"


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *HEADERS]
        await send(message)

    return send_with_headers
