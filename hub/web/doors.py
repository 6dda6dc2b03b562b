"""Who may be connected to the page at once, and for how long without a whole request.

Page and delivery share a process and its file descriptors, so the page has a share of its own, which no number of
connections exceeds. Nobody is turned away for being late: who comes displaces the connection that has waited longest of
the address that holds most, so that the operator gets in while others hold all they can.
"""

import asyncio
import ipaddress
import logging
import resource
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from time import monotonic
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

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
    nothing while something waits for it.
    """

    header_s: float = 10.0
    body_s: float = 30.0
    stall_s: float = 30.0


class Doors:
    """The connections of one server. `proxies` are addresses that many readers share, so only `most` bounds them."""

    def __init__(
        self,
        most: int = MOST,
        per_address: int = MOST_PER_ADDRESS,
        *,
        proxies: Collection[str] = (),
        patience: Patience | None = None,
    ) -> None:
        self.patience = patience or Patience()
        self._most, self._per_address, self._proxies = most, per_address, frozenset(proxies)
        self._inside: dict[str, dict[GuardedProtocol, None]] = defaultdict(dict)  # by address, the oldest first
        self._count = 0
        self._told_s = float("-inf")

    def __len__(self) -> int:
        return self._count

    def protocol(self, *args: Any, **kwargs: Any) -> "GuardedProtocol":
        """A protocol for a new connection, as uvicorn asks for it."""
        return GuardedProtocol(self, *args, **kwargs)

    def enter(self, one: "GuardedProtocol") -> None:
        """Let a connection in, and another out where there are too many."""
        own = self._inside[one.address]
        own[one] = None
        self._count += 1
        if len(own) > self._per_address and one.address not in self._proxies:
            self._displace(one.address, one)
        elif self._count > self._most:
            self._tell()
            self._displace(max(self._inside, key=lambda address: len(self._inside[address])), one)

    def leave(self, one: "GuardedProtocol") -> None:
        """A connection has ended."""
        own = self._inside.get(one.address)
        if own is not None and one in own:
            del own[one]
            self._count -= 1
            if not own:
                del self._inside[one.address]

    def _displace(self, address: str, newcomer: "GuardedProtocol") -> None:
        others = [one for one in self._inside[address] if one is not newcomer]
        waiting = (one for one in others if not one.answering)
        victim = next(waiting, others[0] if others else newcomer)
        self.leave(victim)
        victim.transport.abort()

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


class GuardedProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, with an end to headers, bodies and readers that never come to theirs."""

    def __init__(self, doors: Doors, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = ""
        self._doors = doors
        self._deadlines: dict[str, asyncio.TimerHandle] = {}

    @property
    def answering(self) -> bool:
        """Whether a request has come whole and its answer is not yet given."""
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request, whatever its type says
        return cycle is not None and not cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.address = _network(self.client[0]) if self.client else ""
        self._expect("header", self._doors.patience.header_s)
        self._doors.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        for deadline in self._deadlines.values():
            deadline.cancel()
        self._deadlines.clear()
        self._doors.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
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
            self._deadlines[what] = self.loop.call_later(seconds, self.transport.abort)

    def _come(self, what: str) -> None:
        deadline = self._deadlines.pop(what, None)
        if deadline is not None:
            deadline.cancel()


def _network(host: str) -> str:
    """What one household or attacker has at the least: an IPv4 address, a /64 of IPv6."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host
