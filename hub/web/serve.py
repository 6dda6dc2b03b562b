"""Runs the page by uvicorn, in a thread, so that commands can start and stop it."""

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
import threading

import uvicorn
from anyio.to_thread import current_default_thread_limiter
from starlette.applications import Starlette

from hub.broker.reach import bracketed
from hub.errors import ServeError
from hub.web.doors import Doors, raise_descriptors

STOP_S = 10.0
BACKLOG = 64  # asyncio accepts so many at once before it looks at any: descriptors, too
THREADS = 4  # for looking up files; 40, the default, take 40 MB


class WebServer:
    """The page at host:port from `start` to `stop`, by HTTPS where `tls` is there (`doors`
    have to know it as well); port 0 takes a free one."""

    def __init__(
        self, app: Starlette, host: str, port: int, *, doors: Doors | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.host, self._scheme = host, "http" if tls is None else "https"
        raise_descriptors()
        self._doors = Doors(tls=tls) if doors is None else doors  # with nobody inside they are false
        self._socket = _listen(host, port)
        self.port = int(self._socket.getsockname()[1])
        self._app = app
        config = uvicorn.Config(
            app,
            http=self._doors.protocol,  # type: ignore[arg-type]  # it calls what it takes for a class
            ws="none",
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,  # uvicorn would believe whoever connects from 127.0.0.1; see `hub.web.way`
            timeout_graceful_shutdown=1,
            backlog=BACKLOG,
            lifespan="off",
        )
        for name in ("uvicorn.error", "asyncio"):
            logging.getLogger(name).addFilter(_is_ours_to_tell)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    @property
    def url(self) -> str:
        return self.url_at(self.host)

    def url_at(self, host: str) -> str:
        """The page's address by one of the hosts that lead here."""
        return f"{self._scheme}://{bracketed(host)}:{self.port}/"

    def start(self) -> None:
        """Begin to answer. The socket listens already, so that no request is refused."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port, also where the server never started."""
        self._app.state.end_streams()
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        self._socket.close()

    @property
    def alive(self) -> bool:
        """Whether the server's thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._serve())

    async def _serve(self) -> None:
        current_default_thread_limiter().total_tokens = THREADS
        await self._server.serve(sockets=[self._socket])


_THEIRS = (
    "socket.send() raised exception",
    "timeout graceful shutdown exceeded",
    "Invalid HTTP request",
    "Unsupported upgrade",
    "No supported WebSocket",
)


def _is_ours_to_tell(record: logging.LogRecord) -> bool:
    """Whether a record is about the page itself. What strangers send would fill a log, and a reader that is cut off
    where a hub stops is no fault."""
    kind = record.exc_info[0] if record.exc_info else None
    cut_off = kind is not None and issubclass(kind, asyncio.CancelledError)
    return not cut_off and not any(words in record.getMessage() for words in _THEIRS)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family is socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # as the broker does: :: is IPv6 alone
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as problem:
        listener.close()
        unknown = isinstance(problem, socket.gaierror) or problem.errno == errno.EADDRNOTAVAIL
        other = "an address of this machine with --host" if unknown else "another port with --port (0 takes a free one)"
        raise ServeError(
            f"the page cannot listen on {bracketed(host)}:{port} ({problem.strerror}); give {other}"
        ) from problem
    return listener
