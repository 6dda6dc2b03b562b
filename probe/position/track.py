"""A walk's fixes in order of time, answering for the moments between them."""

from bisect import bisect_left
from collections.abc import Iterable

from probe.contract.geodesy import moved, offset_m
from probe.position.fix import Fix

# Beyond this the walker may have turned a corner: better no place than a wrong one.
MAX_GAP_S = 10.0


class Track:
    """A `PositionSource` over recorded fixes. Fixes out of order are sorted, doubles dropped."""

    def __init__(self, fixes: Iterable[Fix]) -> None:
        by_time = {fix.at_s: fix for fix in fixes}
        self.fixes = tuple(by_time[at_s] for at_s in sorted(by_time))
        self._times = tuple(fix.at_s for fix in self.fixes)

    def at(self, at_s: float) -> Fix | None:
        """The fix at a Unix time, on the straight line between its neighbours; None in gaps over 10 s."""
        place = bisect_left(self._times, at_s)
        before = self.fixes[place - 1] if place else None
        after = self.fixes[place] if place < len(self.fixes) else None
        if before is None or after is None:
            return self._at_the_end(before or after, at_s)
        gap_s = after.at_s - before.at_s
        if gap_s > MAX_GAP_S:
            near = before if at_s - before.at_s < after.at_s - at_s else after
            return near if abs(near.at_s - at_s) <= 1.0 else None
        return _between(before, after, (at_s - before.at_s) / gap_s, at_s)

    @staticmethod
    def _at_the_end(end: Fix | None, at_s: float) -> Fix | None:
        return end if end is not None and abs(end.at_s - at_s) <= 1.0 else None


def _between(before: Fix, after: Fix, share: float, at_s: float) -> Fix:
    east_m, north_m = offset_m(before.lat, before.lon, after.lat, after.lon)
    lat, lon = moved(before.lat, before.lon, east_m * share, north_m * share)
    known = [fix.accuracy_m for fix in (before, after) if fix.accuracy_m is not None]
    return Fix(at_s=at_s, lat=lat, lon=lon, accuracy_m=max(known) if known else None)
