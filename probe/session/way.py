"""The way of a walk in memory: points for the map, metres, cells, and whether the walker stands.

The caller asks it for nothing while the place is hidden or the walk is paused: `rest` is called instead, and all that
is known of the present place is forgotten.
"""

from bisect import bisect_left

from probe.contract.geodesy import cell, distance_m
from probe.position.fix import Fix
from probe.session.view import Here

SPACING_M = 5.0
MOST_POINTS = 2_000  # 10 km; of a longer way every second point, and so on
MOST_CELLS = 20_000
WORST_M = 50.0  # a fix that is known less well adds nothing to the way
STILL_S = 5.0
_STILL_M = (2.0, 4.0)  # a walker is out of the latter in five seconds
_SHOWN_M = 2.0  # a place that has moved by less is shown where it was


class Way:
    """Where a walk has led. Points are numbered, and a number is never used again."""

    def __init__(self) -> None:
        self.metres = 0.0
        self._cells_before = 0
        self._cells: set[str] = set()
        self._numbers: list[int] = []
        self._points: list[tuple[float, float]] = []
        self._next = 0
        self._spacing_m = SPACING_M
        self._last: tuple[float, float] | None = None
        self._anchor: tuple[float, float, float] | None = None
        self._shown: tuple[float, float] | None = None
        self._cell: str | None = None
        self.still = False

    @property
    def cells(self) -> int:
        """How many cells were walked; one that was walked before and after a wipe counts twice."""
        return self._cells_before + len(self._cells)

    def go(self, fix: Fix, now_s: float, *, keep: bool = True) -> None:
        """The walker is here now. What is not to be kept only counts; a cell that is left and entered again, twice."""
        accuracy_m = SPACING_M if fix.accuracy_m is None else fix.accuracy_m
        self._stand(fix, accuracy_m, now_s)
        if accuracy_m > WORST_M:
            return
        self._count_cell(cell(fix.lat, fix.lon), keep=keep)
        here = round(fix.lat, 6), round(fix.lon, 6)
        if self._last is not None:
            step_m = distance_m(*self._last, *here)
            if step_m < max(self._spacing_m, accuracy_m if self.still else 0.0):
                return
            self.metres += step_m
        self._last = here
        if not keep:
            return
        self._numbers.append(self._next)
        self._points.append(here)
        self._next += 1
        if len(self._points) > MOST_POINTS:
            # The last point stays.
            self._numbers, self._points = self._numbers[::-2][::-1], self._points[::-2][::-1]
            self._spacing_m *= 2

    def _count_cell(self, name: str, *, keep: bool) -> None:
        if keep and len(self._cells) < MOST_CELLS:
            self._cells.add(name)
        elif not keep and name != self._cell:
            self._cells_before += 1
        self._cell = name

    def rest(self) -> None:
        """Nothing is known of where the walker is. What comes next is not tied to what was before."""
        self._last = self._anchor = self._shown = self._cell = None
        self.still = False

    def track(self, after: int) -> tuple[int, list[tuple[float, float]]]:
        """The points from number `after` on, and the number to ask for next."""
        return self._next, self._points[bisect_left(self._numbers, max(0, after)) :]

    def here(self, fix: Fix, age_s: float, heading_deg: float | None) -> Here:
        """The present place as it is shown: where it was shown before, unless it has moved."""
        if self._shown is None or distance_m(*self._shown, fix.lat, fix.lon) >= _SHOWN_M:
            self._shown = round(fix.lat, 6), round(fix.lon, 6)
        return Here(
            lat=self._shown[0],
            lon=self._shown[1],
            accuracy_m=None if fix.accuracy_m is None else float(round(fix.accuracy_m)),
            age_s=round(age_s, 1),
            still=self.still,
            heading_deg=None if heading_deg is None else float(round(heading_deg) % 360),
        )

    def wipe(self) -> None:
        """Forget every place; the numbers go on."""
        self._cells_before = self.cells
        self._cells = set()
        self._numbers, self._points = [], []
        self._spacing_m = SPACING_M
        self.rest()

    def forget(self) -> None:
        """Forget the walk: nothing was walked."""
        self.wipe()
        self.metres, self._cells_before = 0.0, 0

    def _stand(self, fix: Fix, accuracy_m: float, now_s: float) -> None:
        around_m = min(max(accuracy_m, _STILL_M[0]), _STILL_M[1])
        if self._anchor is None or distance_m(*self._anchor[:2], fix.lat, fix.lon) > around_m:
            self._anchor = fix.lat, fix.lon, now_s
        self.still = now_s - self._anchor[2] >= STILL_S
