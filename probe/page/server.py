"""Serves the walker's page from a thread of the service. What it needs is loaded in that thread, once it starts."""

import asyncio
import contextlib
import logging
import socket
import sys
import threading
from collections.abc import Callable, Collection
from time import monotonic
from typing import TYPE_CHECKING

from probe.errors import missing_extra
from probe.page.gate import Gate
from probe.session.walker import Walker

if TYPE_CHECKING:
    import uvicorn
    from starlette.requests import Request

    from probe.page.doors import Doors, Patience

STOP_S = 10.0
BACKLOG = 16
MAX_HEADERS = 8192
_FREEBIND = 15  # Linux: an address may be listened at before the network has it


class WalkerPage:
    """The page of a walk at host:port from `start` to `stop`; port 0 takes a free one.

    Raises BadInput for a secret too short to be one. Starting never raises: what is wrong stands in `trouble`, a
    sentence, and is told by `tell` once; `start` may be tried again. The rest of a probe goes on without a page.
    """

    def __init__(
        self,
        walker: Walker,
        *,
        secret: str,
        host: str,
        port: int,
        tell: Callable[[str], None],
        names: Collection[str] = (),
        patience: "Patience | None" = None,
    ) -> None:
        self._walker, self._gate = walker, Gate(secret)
        self._host, self._port, self._tell = host, port, tell
        self._names, self._patience = frozenset(names), patience
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._server: uvicorn.Server | None = None
        self._end: Callable[[], None] = lambda: None
        self._doors: Doors | None = None
        self._stopping = False
        self.trouble: str | None = None
        self.last_seen_s: float | None = None  # by the monotonic clock: when a phone that had signed in asked last

    @property
    def url(self) -> str:
        """The page's address, without its code."""
        port = self._socket.getsockname()[1] if self._socket is not None and not self.trouble else self._port
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}{'' if port == 80 else f':{port}'}/"

    def start(self) -> None:
        """Listen, and have a thread load the rest and answer. Returns at once."""
        if self._thread is not None and self._thread.is_alive():
            return
        self.trouble, self._stopping = None, False
        try:
            self._socket = _listen(self._host, self._port)
        except OSError as problem:
            self._failed(f"the walker's page cannot listen on {self._host}:{self._port}: {problem.strerror or problem}")
            return
        self._thread = threading.Thread(target=self._run, args=(self._socket,), name="page", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port, also where it never started."""
        self._stopping = True
        self._end()
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None and self._thread.is_alive():
            self._thread.join(STOP_S)
        if self._socket is not None:
            self._socket.close()

    def _run(self, listening: socket.socket) -> None:
        try:
            with contextlib.suppress(asyncio.CancelledError):
                asyncio.run(self._serve(listening))
        except ModuleNotFoundError as problem:
            self._failed(str(missing_extra(problem) or problem))
        except Exception as problem:  # a thread's border: the rest of the probe goes on
            logging.getLogger(__name__).exception("the walker's page has ended")
            self._failed(f"the walker's page has ended: {problem}")
        else:
            if not self._stopping:
                self._failed("the walker's page has ended by itself")

    async def _serve(self, listening: socket.socket) -> None:
        import uvicorn

        from probe.page.app import make_app
        from probe.page.doors import Doors

        self._doors = doors = Doors(patience=self._patience)

        def seen(request: "Request") -> None:
            self.last_seen_s = monotonic()
            doors.known(tuple(request.scope.get("client") or ()))

        app = make_app(self._walker, self._gate, seen=seen, names=self._names)
        self._end = app.state.end
        for name in ("uvicorn.error", "asyncio"):
            logging.getLogger(name).addFilter(_is_ours_to_tell)
        config = uvicorn.Config(
            app,
            http=doors.protocol,  # type: ignore[arg-type]  # it calls what it takes for a class
            ws="none",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=1,
            h11_max_incomplete_event_size=MAX_HEADERS,
            backlog=BACKLOG,
            lifespan="off",
        )
        self._server = uvicorn.Server(config)
        if not self._stopping:
            await self._server.serve(sockets=[listening])

    def _failed(self, sentence: str) -> None:
        self.trouble = sentence
        self._tell(sentence)


_THEIRS = (
    "socket.send() raised exception",
    "timeout graceful shutdown exceeded",
    "Invalid HTTP request",
    "Unsupported upgrade",
    "No supported WebSocket",
)


def _is_ours_to_tell(record: logging.LogRecord) -> bool:
    """Whether a record is about the page itself: what strangers send would fill a log, and a phone that is cut off
    where a probe stops is no fault."""
    kind = record.exc_info[0] if record.exc_info else None
    cut_off = kind is not None and issubclass(kind, asyncio.CancelledError)
    return not cut_off and not any(words in record.getMessage() for words in _THEIRS)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sys.platform == "linux" and family is socket.AF_INET:
            listener.setsockopt(socket.IPPROTO_IP, _FREEBIND, 1)  # the access point may come later, or go and come back
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
