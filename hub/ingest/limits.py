"""How much each mailbox may send, and each probe have stored. What is beyond is left unanswered, so that the probe
keeps it and offers it again later.

On the wire: a burst, a steady rate, and so much a day. On the disk, as what came small may unpack to much: so much a
day, and never more in all than what is still free, so that one probe leaves room for the others whatever it sends.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from time import monotonic

from msgspec import Struct

from hub.log.events import StoredShare

BURST_BYTES = 64 << 20
BYTES_PER_S = 4 << 20
BYTES_PER_DAY = 4 << 30
STORED_BYTES_PER_DAY = 512 << 20
WITHDRAWAL_BYTES_PER_DAY = 32 << 20  # beyond that: what a probe takes back is not kept waiting by what it has sent
UNENROLLED_SHARE = 64  # a mailbox that is nobody's may send so many times less
_REMEMBERED = 10_000


class _Allowance(Struct):
    left: float
    at_s: float
    day: date
    today: int = 0


class Limits:
    """Allowances by mailbox. `dropped` counts the messages that were over.

    `stored_per_day` octets of a probe are stored a day.
    """

    def __init__(
        self,
        *,
        clock_s: Callable[[], float] = monotonic,
        today: Callable[[], date] = date.today,
        stored_per_day: int = STORED_BYTES_PER_DAY,
    ) -> None:
        self._clock_s, self._today = clock_s, today
        self.stored_per_day = stored_per_day
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


def beyond_stored(share: StoredShare, octets: int, *, free: int | None, per_day: int | None) -> str | None:
    """Why a probe with such a share may not store so many octets more now, in a few words; None where it may.

    `free` is what the disk can still take, None where nobody knows; `per_day` None where no day's limit holds.
    """
    if per_day is not None and share.today + octets > per_day:
        return f"it has stored {per_day >> 20} MiB today, as much as one probe may in a day; the rest comes tomorrow"
    if free is not None and share.in_all + octets > free:
        return (
            f"it fills {share.in_all >> 20} MiB of the log, as much as the disk still has room for; free some space, "
            "or take back what it sent with `contrechamp-hub undo`"
        )
    return None
