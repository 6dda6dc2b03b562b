"""How much each mailbox may send: a burst, a steady rate, and so much a day. What is beyond is dropped unanswered, so
that the probe keeps it and offers it again later."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from time import monotonic

from msgspec import Struct

BURST_BYTES = 64 << 20
BYTES_PER_S = 4 << 20
BYTES_PER_DAY = 4 << 30
UNENROLLED_SHARE = 64  # a mailbox that is nobody's may send so many times less
_REMEMBERED = 10_000


class _Allowance(Struct):
    left: float
    at_s: float
    day: date
    today: int = 0


class Limits:
    """Allowances by mailbox. `dropped` counts the messages that were over."""

    def __init__(self, *, clock_s: Callable[[], float] = monotonic, today: Callable[[], date] = date.today) -> None:
        self._clock_s, self._today = clock_s, today
        self._known: OrderedDict[str, _Allowance] = OrderedDict()
        self.dropped = 0

    def allow(self, mailbox: str, size: int, *, enrolled: bool) -> bool:
        """Whether a message of so many octets may be looked at now."""
        share = 1 if enrolled else UNENROLLED_SHARE
        now_s, day = self._clock_s(), self._today()
        known = self._known.get(mailbox)
        if known is None:
            known = self._known[mailbox] = _Allowance(left=BURST_BYTES / share, at_s=now_s, day=day)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(mailbox)
        if known.day != day:
            known.day, known.today = day, 0
        known.left = min(BURST_BYTES / share, known.left + max(0.0, now_s - known.at_s) * BYTES_PER_S / share)
        known.at_s = now_s
        if size > known.left or known.today + size > BYTES_PER_DAY / share:
            self.dropped += 1
            return False
        known.left -= size
        known.today += size
        return True
