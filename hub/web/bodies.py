"""Answers that many ask for: made and packed once, and given in portions.

Making the list of 5,000 cameras takes half a second, packing a map of them a tenth: whoever asks for it again and again
would take the machine from delivery.
"""

import gzip
import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PORTION = 64 << 10
PACK_FROM, PACK_LEVEL = 1000, 6
MAX_KEPT_BYTES = 64 << 20


class Body:
    """Octets of a media type, with the tag by which a browser knows them again."""

    def __init__(self, data: bytes, media_type: str, headers: dict[str, str] | None = None) -> None:
        self.data, self.media_type = data, media_type
        self.tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        self._headers = headers or {}

    @cached_property
    def packed(self) -> bytes:
        """The same by gzip."""
        return gzip.compress(self.data, PACK_LEVEL, mtime=0)

    def response(self, request: Request) -> Response:
        """The answer to one request: 304 where the browser has this very body already."""
        vary = ", ".join(filter(None, ("accept-encoding", self._headers.get("vary"))))
        headers = {"cache-control": "no-cache", **self._headers, "etag": self.tag, "vary": vary}
        if request.headers.get("if-none-match") == self.tag:
            return Response(status_code=304, headers=headers)
        if len(self.data) < PACK_FROM or "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(self.data, media_type=self.media_type, headers=headers)
        return Response(self.packed, media_type=self.media_type, headers=headers | {"content-encoding": "gzip"})


class Bodies:
    """The bodies that were made last, by what they are and the version of what they were made from."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, tuple[object, Body]] = OrderedDict()

    def get(self, key: object, version: object, make: Callable[[], Body]) -> Body:
        """The body of a key, made anew where its version is another."""
        found = self._kept.get(key)
        if found is not None and found[0] == version:
            self._kept.move_to_end(key)
            return found[1]
        body = make()
        self._kept[key] = version, body
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and sum(len(kept.data) for _, kept in self._kept.values()) > MAX_KEPT_BYTES:
            self._kept.popitem(last=False)
        return body


class PackedFiles(StaticFiles):
    """The page's own files, each read and packed once."""

    def __init__(self, *, directory: os.PathLike[str]) -> None:
        super().__init__(directory=directory)
        self._bodies = Bodies()

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        plain = super().file_response(full_path, stat_result, scope, status_code)
        if scope["method"] != "GET" or plain.status_code != 200:
            return plain
        version = (stat_result.st_mtime_ns, stat_result.st_size)
        media_type = plain.media_type or "application/octet-stream"

        def read() -> Body:
            with open(full_path, "rb") as file:
                return Body(file.read(), media_type)

        return self._bodies.get(str(full_path), version, read).response(Request(scope))


class Portions:
    """Hands large answers on in portions, each when the one before has left, so that a reader who takes nothing holds
    one portion and not the whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_portions(message: Message) -> None:
            body = message.get("body", b"")
            if message["type"] != "http.response.body" or len(body) <= PORTION:
                await send(message)
                return
            more = message.get("more_body", False)
            for start in range(0, len(body), PORTION):
                last = start + PORTION >= len(body)
                part = {"type": message["type"], "body": body[start : start + PORTION], "more_body": more or not last}
                await send(part)

        await self._app(scope, receive, send_in_portions)
