"""Who may be connected to the page at once, and for how long without a whole request.

Page and delivery share a process and its file descriptors, so the page has a share of its own, which no number of
connections exceeds. Nobody is turned away for being late: who comes displaces the connection that has waited longest of
the address that holds most, so that the operator gets in while others hold all they can.
"""

import asyncio
import logging
import resource
import ssl
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from hub.web.handshake import Handshake, keep_buffers_small
from hub.web.way import network

MOST, MOST_PER_ADDRESS = 256, 64
TELL_S = 60.0
DESCRIPTORS = 4096

_log = logging.getLogger(__name__)


def raise_descriptors() -> int:
    """Raise the number of files and connections this process may have open, as far as it may; returns it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the page waits for others, in seconds.

    `header_s` counts from the first octet of a request, or from the connection; `stall_s` is how long a reader may take
    nothing while something waits for it. A body has `body_s` for each `body_octets` of it, and for what is left: a
    photo comes whole from a slow phone, while who sends an octet now and then is cut off as before.
    """

    header_s: float = 10.0
    body_s: float = 30.0
    body_octets: int = 256 << 10
    stall_s: float = 30.0


class Doors:
    """The connections of one server. `proxies` are addresses that many readers share, so only `most` bounds them.
    With `tls` they begin with a handshake, and count from there on."""

    def __init__(
        self,
        most: int = MOST,
        per_address: int = MOST_PER_ADDRESS,
        *,
        proxies: Collection[str] = (),
        patience: Patience | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.patience = patience or Patience()
        self._tls = tls
        if tls is not None:
            keep_buffers_small()
        self._most, self._per_address, self._proxies = most, per_address, frozenset(proxies)
        self._inside: dict[str, dict[Inside, None]] = defaultdict(dict)  # by address, the oldest first
        self._count = 0
        self._told_s = float("-inf")

    def __len__(self) -> int:
        return self._count

    def protocol(self, *args: Any, **kwargs: Any) -> "GuardedProtocol | Handshake":
        """A protocol for a new connection, as uvicorn asks for it."""
        if self._tls is None:
            return GuardedProtocol(self, *args, **kwargs)
        return Handshake(
            self._tls,
            lambda: GuardedProtocol(self, *args, **kwargs),
            self.patience.header_s,
            entered=self.enter,
            left=self.leave,
        )

    def enter(self, one: "Inside") -> None:
        """Let a connection in, and another out where there are too many."""
        own = self._inside[one.address]
        own[one] = None
        self._count += 1
        if len(own) > self._per_address and one.address not in self._proxies:
            self._displace(one.address, one)
        elif self._count > self._most:
            self._tell()
            self._displace(max(self._inside, key=lambda address: len(self._inside[address])), one)

    def leave(self, one: "Inside") -> None:
        """A connection has ended."""
        own = self._inside.get(one.address)
        if own is not None and one in own:
            del own[one]
            self._count -= 1
            if not own:
                del self._inside[one.address]

    def _displace(self, address: str, newcomer: "Inside") -> None:
        others = [one for one in self._inside[address] if one is not newcomer]
        waiting = (one for one in others if not one.answering)
        victim = next(waiting, others[0] if others else newcomer)
        self.leave(victim)
        victim.abort()

    def _tell(self) -> None:
        now_s = monotonic()
        if now_s - self._told_s > TELL_S:
            self._told_s = now_s
            _log.warning(
                "the page has %d connections from %d addresses, the most that it takes; those that hold most lose "
                "their oldest",
                self._count - 1,
                len(self._inside),
            )


class Inside(Protocol):
    """A connection that is counted: who holds it, and whether something is on its way to them."""

    @property
    def address(self) -> str: ...

    @property
    def answering(self) -> bool: ...

    def abort(self) -> None: ...


class GuardedProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, with an end to headers, bodies and readers that never come to theirs."""

    def __init__(self, doors: Doors, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = ""
        self._doors = doors
        self._deadlines: dict[str, asyncio.TimerHandle] = {}
        self._lost = False
        self._body_came = 0  # octets, since the deadline for the body was set

    @property
    def answering(self) -> bool:
        """Whether a request has come whole and its answer is not yet given."""
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request, whatever its type says
        return cycle is not None and not cycle.response_complete

    def abort(self) -> None:
        """End it at once, whatever is on its way."""
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.address = network(self.client[0]) if self.client else ""
        self._expect("header", self._doors.patience.header_s)
        self._doors.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        for deadline in self._deadlines.values():
            deadline.cancel()
        self._deadlines.clear()
        self._doors.leave(self)
        self._lost = True
        super().connection_lost(exc)
        # uvicorn lets its timer go only where no error ended the connection: until it rings, it holds all of it.
        self._unset_keepalive_if_required()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._body_came += len(data)
        if self._body_came >= self._doors.patience.body_octets:
            self._come("body")  # and is set anew where more is to come
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._lost:
            self._unset_keepalive_if_required()
        else:
            self._look()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect("reading", self._doors.patience.stall_s)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._come("reading")

    def _look(self) -> None:
        """Set the deadlines by what of a request has come."""
        theirs = self.conn.their_state
        if theirs is h11.SEND_BODY:
            self._expect("body", self._doors.patience.body_s)
        else:
            self._come("body")
        if theirs is h11.IDLE and not self.answering:
            self._expect("header", self._doors.patience.header_s)
        else:
            self._come("header")

    def _expect(self, what: str, seconds: float) -> None:
        if what not in self._deadlines and not self.transport.is_closing():
            if what == "body":
                self._body_came = 0
            self._deadlines[what] = self.loop.call_later(seconds, self.transport.abort)

    def _come(self, what: str) -> None:
        deadline = self._deadlines.pop(what, None)
        if deadline is not None:
            deadline.cancel()
