"""Gives probes what they ask for on their way home, one thing after the other, beside all that is more important.

A thread of its own, with one thing on its way to the broker at a time: receipts never wait for more than that. Who asks
again before the answer has asked once; who asks for too much within an hour gets no more for so long.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from hub.enroll.home import WayBack
from probe.contract.home import Wanted
from probe.contract.streets import MAX_STREETS_BYTES

MOST_ASKING = 500  # mailboxes that wait at once
HOUR_S, OCTETS_PER_HOUR = 3600.0, 2 * MAX_STREETS_BYTES
PATIENCE_S, LOOK_S, STOP_S = 5.0, 1.0, 10.0

_log = logging.getLogger(__name__)

Send = Callable[[str, bytes], Any]


class Giving:
    """Answers what probes ask for. A mailbox that is of no `enrolled` probe is given nothing; `send` hands a packet for
    a mailbox to the broker, and returns what paho does."""

    def __init__(
        self,
        way_back: WayBack,
        enrolled: Callable[[str], bool],
        send: Send,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._way_back, self._enrolled, self._send, self._clock = way_back, enrolled, send, clock
        self._asking: OrderedDict[str, Wanted] = OrderedDict()
        self._given: dict[str, int] = {}  # octets in this hour, by mailbox
        self._hour_s = clock()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="giving", daemon=True)

    def start(self) -> None:
        """Answer in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def ask(self, mailbox: str, wanted: Wanted) -> None:
        """Note what a probe asks for; returns at once. Its newest question is the one that counts."""
        with self._changed:
            if mailbox in self._asking or len(self._asking) < MOST_ASKING:
                self._asking[mailbox] = wanted
                self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._asking and not self._stopping:
                    self._changed.wait(LOOK_S)
                if self._stopping:
                    return
                mailbox, wanted = self._asking.popitem(last=False)
            try:
                self.answer(mailbox, wanted)
            except Exception:  # noqa: BLE001 (the border of a thread: a fault here must not take the map from all)
                _log.exception("what a probe asked for could not be given")

    def answer(self, mailbox: str, wanted: Wanted) -> None:
        """Give what is wanted, one thing at a time."""
        if self._clock() - self._hour_s > HOUR_S:
            self._hour_s = self._clock()
            self._given.clear()
        if not self._enrolled(mailbox):
            return
        if not wanted.want:
            self._give(mailbox, self._way_back.packet())
        for known in wanted.want:
            packet = self._way_back.thing(known)
            if packet is not None:
                self._give(mailbox, packet)

    def _give(self, mailbox: str, packet: bytes) -> None:
        given = self._given.get(mailbox, 0)
        if given + len(packet) > OCTETS_PER_HOUR or self._stopping:
            return
        self._given[mailbox] = given + len(packet)
        sent = self._send(mailbox, packet)
        with suppress(RuntimeError, ValueError):  # no connection: the probe asks again
            sent.wait_for_publish(PATIENCE_S)
