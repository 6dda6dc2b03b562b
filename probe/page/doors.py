"""Who may be connected to the walker's page at once, and for how long without a whole request.

One phone, perhaps two, hold a few connections each. Whoever comes when all are taken displaces another: first one that
has never shown the page's secret and does nothing, last one that works for the walker.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the page waits for others, in seconds: for the next request's headers, for a body, and for a reader who
    takes nothing while something waits for it."""

    header_s: float = 15.0
    body_s: float = 10.0
    stall_s: float = 15.0


class Doors:
    """The connections of one page."""

    def __init__(self, most: int = MOST, patience: Patience | None = None) -> None:
        self.patience = patience or Patience()
        self._most = most
        self._inside: dict[Guarded, None] = {}  # the oldest first

    def __len__(self) -> int:
        return len(self._inside)

    def protocol(self, *args: Any, **kwargs: Any) -> "Guarded":
        """A protocol for a new connection, as uvicorn asks for it."""
        return Guarded(self, *args, **kwargs)

    def known(self, client: object) -> None:
        """The connection from this address and port has shown that it is the walker's."""
        for one in self._inside:
            if one.client == client:
                one.known = True

    def enter(self, newcomer: "Guarded") -> None:
        self._inside[newcomer] = None
        if len(self._inside) > self._most:
            victim = min(self._others(newcomer), key=lambda one: (one.known, one.answering), default=newcomer)
            self.leave(victim)
            victim.transport.abort()

    def leave(self, one: "Guarded") -> None:
        self._inside.pop(one, None)

    def _others(self, newcomer: "Guarded") -> Iterator["Guarded"]:
        return (one for one in self._inside if one is not newcomer)


class Guarded(H11Protocol):
    """uvicorn's HTTP/1.1, with an end to headers, bodies and readers that never come to theirs."""

    def __init__(self, doors: Doors, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = False
        self._doors = doors
        self._deadlines: dict[str, asyncio.TimerHandle] = {}
        self._lost = False

    @property
    def answering(self) -> bool:
        """Whether a request has come whole and its answer is not yet given."""
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request, whatever its type says
        return cycle is not None and not cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
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
            self._deadlines[what] = self.loop.call_later(seconds, self.transport.abort)

    def _come(self, what: str) -> None:
        deadline = self._deadlines.pop(what, None)
        if deadline is not None:
            deadline.cancel()
