"""Fetches what the hub gives along, over a connection on which nothing waits any more: one thing at a time.

A thing that comes is kept at once, so what was cut off goes on where it was. Whatever goes wrong here ends the
fetching, and nothing else.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from probe.contract import topics
from probe.contract.base import CONTRACT_VERSION, ContractError
from probe.contract.envelope import pack
from probe.contract.home import Wanted
from probe.home.store import HomeStore
from probe.outbox.outbox import Outbox
from probe.uplink.connection import Change, Connection, Event, Message
from probe.uplink.uplink import take_home_packet

ANSWER_S = 8.0  # for one thing of 64 KiB; slower links go on with the next delivery
LONGEST_S = 90.0
TRIES = 2


class Fetched(NamedTuple):
    """How a fetching ended: whether something of the probe's own `waits` meanwhile, and whether it is connected."""

    waits: bool
    connected: bool


class Fetching:
    """One fetching. With `anew` the hub's newest offers are asked for first; `connected` says whether it is by now."""

    def __init__(
        self,
        connection: Connection,
        mailbox: str,
        outbox: Outbox,
        home: HomeStore,
        *,
        anew: bool = False,
        connected: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection, self._outbox, self._home, self._clock = connection, outbox, home, clock
        self._mailbox = mailbox
        self._anew, self._connected = anew, connected
        self._asked: tuple[bytes, ...] | None = None
        self._asked_s = clock()
        self._tries = 0

    def run(self) -> Fetched:
        """Ask for what is missing, until it is here, nothing comes any more, or something of the probe's own waits."""
        until_s = self._clock() + LONGEST_S
        while self._clock() < until_s:
            if self._outbox.any_waiting():
                return Fetched(waits=True, connected=self._connected)
            wanted = self._home.missing(1)
            if not (wanted or self._anew) or not self._keep_asking(wanted):
                break
            self._hear(self._connection.next(0.5))
        return Fetched(waits=False, connected=self._connected)

    def _keep_asking(self, wanted: tuple[bytes, ...]) -> bool:
        """Ask for what is wanted first, again after a while; whether it is worth waiting for."""
        late = self._clock() - self._asked_s > ANSWER_S
        if not self._connected:
            return not late
        question = () if self._anew else wanted
        if question == self._asked and not late:
            return True
        self._tries = self._tries + 1 if question == self._asked else 0
        if self._tries >= TRIES:
            return False
        self._asked, self._asked_s = question, self._clock()
        self._connection.publish(topics.up(self._mailbox), pack(Wanted(v=CONTRACT_VERSION, want=question)))
        return True

    def _hear(self, event: Event | None) -> None:
        if isinstance(event, Change):
            self._connected, self._asked_s = event is Change.UP, self._clock()
            self._asked = None  # what was asked may be lost
        elif isinstance(event, Message) and event.topic == topics.home(self._mailbox):
            with suppress(ContractError):  # not from our hub: what is missing is asked for again
                take_home_packet(self._outbox, event.payload, self._home)
                self._anew = False
