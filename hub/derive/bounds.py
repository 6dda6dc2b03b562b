"""How much the map may hold of one contributor and in all, so that it fits into a small machine whatever is sent.

What is beyond stays in the log, is counted, and is told. First come, first held: in the log's order, which a restart
does not change. The hub forgets who sent what after 30 days; all that of which nobody knows that any more shares half.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable

from hub.merge.camera import Camera

# Octets of memory that observations take; 32 MiB are some 6,000 passes of a transmitter, or 20,000 pins.
OBSERVED_OCTETS, OBSERVED_OCTETS_EACH = 512 << 20, 32 << 20
# Cameras that rest on one contributor alone, and cameras in all: a camera takes about 10 KB.
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


class Room:
    """The cameras that there is room for: of one contributor alone, and in all.

    Those that are `first` come first, then those on which most observations rest. Which ones there is room for follows
    from what is there, however it came; a change costs no more where the map is large.
    """

    def __init__(self, in_all: int = CAMERAS, each: int = CAMERAS_EACH) -> None:
        self._in_all, self._each = in_all, each
        self._entries: dict[str, tuple[str | None, _Rank]] = {}
        self._of_owner: dict[str | None, list[_Rank]] = {}
        self._allowed: list[_Rank] = []  # what its owner has room for
        self._shown: set[str] = set()
        self._before: dict[str, bool] = {}  # of each that came or went, whether it was shown before

    def __contains__(self, camera_id: str) -> bool:
        return camera_id in self._shown

    @property
    def left_out(self) -> int:
        """How many there is no room for."""
        return len(self._entries) - len(self._shown)

    @property
    def shown(self) -> list[str]:
        """The ids of those there is room for, the first first."""
        return [camera_id for _, _, camera_id in self._allowed[: self._in_all]]

    def put(self, camera: Camera, *, first: bool = False) -> None:
        """Add a camera, or say that it is another now."""
        key = camera.id
        owners = {member.contributor for member in camera.members}
        # What several contributors bear out is nobody's share: it counts in all alone.
        owner = next(iter(owners)) if len(owners) == 1 else _SEVERAL
        entry = owner, (not first, -len(camera.members), key)
        if self._entries.get(key) == entry:
            return
        self.take_out(key)
        self._entries[key] = entry
        own, most = self._of_owner.setdefault(owner, []), self._most(owner)
        place = bisect_left(own, entry[1])
        own.insert(place, entry[1])
        if place < most:
            if len(own) > most:
                self._disallow(own[most])
            self._allow(entry[1])

    def take_out(self, camera_id: str) -> None:
        """Forget a camera, where it is there."""
        owner, rank = self._entries.pop(camera_id, (None, None))
        if rank is None:
            return
        own, most = self._of_owner[owner], self._most(owner)
        place = bisect_left(own, rank)
        del own[place]
        if place < most:
            self._disallow(rank)
            if len(own) >= most:
                self._allow(own[most - 1])
        if not own:
            del self._of_owner[owner]

    def changed(self) -> set[str]:
        """Those that came in or went out since this was asked last."""
        before, self._before = self._before, {}
        return {key for key, was in before.items() if was != (key in self._shown)}

    def _most(self, owner: str | None) -> int:
        return self._in_all // 2 if owner is None else self._in_all if owner == _SEVERAL else self._each

    def _allow(self, rank: "_Rank") -> None:
        place = bisect_left(self._allowed, rank)
        self._allowed.insert(place, rank)
        if place < self._in_all:
            self._show(rank, True)
            if len(self._allowed) > self._in_all:
                self._show(self._allowed[self._in_all], False)

    def _disallow(self, rank: "_Rank") -> None:
        place = bisect_left(self._allowed, rank)
        del self._allowed[place]
        if place < self._in_all:
            self._show(rank, False)
            if len(self._allowed) >= self._in_all:
                self._show(self._allowed[self._in_all - 1], True)

    def _show(self, rank: "_Rank", show: bool) -> None:
        self._before.setdefault(rank[2], rank[2] in self._shown)
        (self._shown.add if show else self._shown.discard)(rank[2])


_Rank = tuple[bool, int, str]
_SEVERAL = "several"  # no probe's id


def bounded(cameras: Iterable[Camera], first: Collection[str] = ()) -> tuple[list[Camera], int]:
    """The cameras that the map shows, those whose ids are `first` before all others, and how many it leaves out."""
    by_id = {camera.id: camera for camera in cameras}
    room = Room()
    for key, camera in by_id.items():
        room.put(camera, first=key in first)
    return [by_id[key] for key in room.shown], room.left_out
