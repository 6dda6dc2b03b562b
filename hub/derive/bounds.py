"""How much the map may hold of one contributor and in all, so that it fits into a small machine whatever is sent.

What is beyond stays in the log, is counted, and is told. First come, first held: in the log's order, which a restart
does not change. The hub forgets who sent what after 30 days; all that of which nobody knows that any more shares half.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from hub.merge.camera import Camera

# Octets of memory that observations take; 32 MiB are some 6,000 passes of a transmitter, or 20,000 pins.
OBSERVED_OCTETS, OBSERVED_OCTETS_EACH = 512 << 20, 32 << 20
# Cameras that rest on one contributor alone, and cameras in all: a camera takes about 7 KB.
CAMERAS, CAMERAS_EACH = 50_000, 5_000
# Cells of 200 m that were walked and listened to.
CELLS, CELLS_EACH = 100_000, 20_000


class Shares:
    """Who holds how much of something that is bounded. Without a contributor, half of all is the bound."""

    def __init__(self, in_all: int, each: int) -> None:
        self._in_all, self._each = in_all, each
        self._total = 0
        self._held: Counter[str | None] = Counter()

    def take(self, contributor: str | None, amount: int) -> bool:
        """Whether there is room for so much more of a contributor; then it is taken."""
        most = self._in_all // 2 if contributor is None else self._each
        if self._held[contributor] + amount > most or self._total + amount > self._in_all:
            return False
        self._held[contributor] += amount
        self._total += amount
        return True


def bounded(cameras: Iterable[Camera], first: Collection[str] = ()) -> tuple[list[Camera], int]:
    """The cameras that the map shows, and how many it leaves out: of one contributor alone, and in all.

    Those whose ids are `first` come first, then those on which most observations rest.
    """
    shares = Shares(CAMERAS, CAMERAS_EACH)
    shown: list[Camera] = []
    left_out = 0
    for camera in sorted(cameras, key=lambda camera: (camera.id not in first, -len(camera.members), camera.id)):
        owners = {member.contributor for member in camera.members}
        # What several contributors bear out is nobody's share: it counts in all alone.
        owner = next(iter(owners)) if len(owners) == 1 else "several"
        if shares.take(owner, 1):
            shown.append(camera)
        else:
            left_out += 1
    return shown, left_out
