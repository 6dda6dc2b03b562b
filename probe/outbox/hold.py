"""What a probe keeps back of a walk, so that nobody learns from it where its walker lives.

Whole cells of a secret grid are hidden: those in which the walk starts and ends. What lies in the start's cell is never
written. Where the end is nobody knows before it has come, so each thing that is written bears the labels of the cells
that it speaks of, random words that are another on each walk, and nothing is handed over before the walk has ended.
Which cell a label stands for is known in memory alone.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from probe.contract.sighting import Kind, Sighting
from probe.outbox.grid import CELL_M, RIM_M, Cell, Grid, grid_beside
from probe.outbox.trimming import box_points, has_place, points, surveys_outside, without_hidden
from probe.position.fix import Fix

__all__ = ["Admitted", "Grid", "WalkHold", "grid_beside"]

Labels = frozenset[str]
NO_FIX_YET, START, START_AGAIN = "no-fix-yet", "start", "start-again"
# The start is where the first fix is that is as good as the rim bears; of a receiver that never gets there, the last of
# so many, with more cells around it: a minute of a walk, which says twice a second where it is.
GOOD_M, PATIENT_FIXES = RIM_M / 2, 120
# A sighting without a place may be of a while ago: so long after a hidden place none is taken.
DOUBT_S = 60.0
MAX_CELLS, MAX_LOSSES = 20_000, 256
_NOTHING: Labels = frozenset()
_ANYWHERE: Labels = frozenset(["anywhere"])  # of what no cell is named in that could turn out to be hidden
_BOX_STEP_M = 50.0


@dataclass(frozen=True, slots=True)
class Admitted:
    """A sighting that may be written, without what lies in hidden cells; it is kept back under its labels."""

    sighting: Sighting
    labels: Labels


class WalkHold:
    """What is hidden on one walk. Without a grid nothing is, and all is kept back until its end even so. Safe from any
    thread.

    `changed` is called when the walk has come to another cell, by whoever said where it is.
    """

    def __init__(self, grid: Grid | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.grid = grid
        self.changed: Callable[[], None] = lambda: None
        self._clock = clock
        self._lock = threading.Lock()
        self._start: frozenset[Cell] = frozenset()
        self._here: frozenset[Cell] = frozenset()
        self._near: frozenset[Cell] = frozenset()  # the cells in whose rim it is, and where it is
        self._fixes = 0
        self._hidden_at_s: float | None = None
        self._in_start = self._over = self._has_left = False
        self._labels: dict[Cell, set[str]] = {}
        self._beyond = {secrets.token_hex(8)}  # of all cells that there is no room for
        self._lost: str | None = None  # the label of the stretch without a fix that the walk is in
        self._losses: list[str] = []
        self._gone: set[str] = set()

    @property
    def hidden(self) -> str | None:
        """Why nothing of this place is kept: `no-fix-yet`, `start`, `start-again` where the walk has come back
        there; None where it is."""
        if self.grid is None:
            return None
        if not self._start:
            return NO_FIX_YET
        if not self._in_start:
            return None
        return START_AGAIN if self._has_left else START

    @property
    def here(self) -> Labels:
        """The labels of what has to go if the walk ends here and now."""
        with self._lock:
            return self._labels_here()

    def moved(self, lat: float, lon: float, accuracy_m: float | None = None) -> None:
        """Say where the walk is (degrees), and the 68 % radius of doubt in metres. Once the walk is over it goes
        nowhere."""
        if self.grid is None or self._over:
            return
        doubt_m = 0.0 if accuracy_m is None else min(CELL_M, max(0.0, 2 * accuracy_m - RIM_M))
        cells = self.grid.cells(lat, lon, doubt_m)
        with self._lock:
            before = self._labels_here()
            if not self._start:
                self._fixes += 1
                if accuracy_m is not None and accuracy_m > GOOD_M and self._fixes < PATIENT_FIXES:
                    return
                self._start = cells
            self._here, self._near = cells, self.grid.cells(lat, lon)
            self._in_start = not self._start.isdisjoint(self._near)
            self._has_left |= not self._in_start
            if self._in_start:
                self._hidden_at_s = self._clock()
            self._found()
            is_new = self._labels_here() != before
        if is_new:
            self.changed()

    def lost_fix(self) -> None:
        """Say that nobody knows any more where the walk is."""
        with self._lock:
            if self.grid is None or self._over or not self._start or self._in_start or self._lost is not None:
                return
            if len(self._losses) >= MAX_LOSSES:
                self._lost = self._losses[-1]
            else:
                self._lost = secrets.token_hex(8)
                self._losses.append(self._lost)
            for cell in self._here:
                self._of(cell).add(self._lost)
        self.changed()

    def end(self) -> Labels:
        """Let the walk end here: the labels of what has to go."""
        self._over = True
        return self.here

    def gone(self) -> Labels:
        """Labels of what turned out to belong to the start's cell since the last time."""
        with self._lock:
            gone, self._gone = self._gone, set()
        return frozenset(gone)

    def hides(self, lat: float, lon: float) -> bool:
        """Whether a place lies in the start's cell or its rim. Before there is a start, all places do."""
        return self.grid is not None and (not self._start or self._is_start(lat, lon))

    def passes_over(self, fix: Fix | None) -> bool:
        """Whether a sweep is to pass over what is heard here: where a fix says that this is hidden, or none has come
        since it was. What is made of the rest then says nothing of the way within hidden cells."""
        return self.hidden is not None if fix is None else self.hides(fix.lat, fix.lon)

    def admit(self, sighting: Sighting) -> Admitted | None:
        """The sighting as it may be written; None where all of it is hidden."""
        if self.grid is None:
            return Admitted(sighting, _ANYWHERE)
        if not self._start:
            return None
        if sighting.kind is Kind.SURVEY:
            return next(iter(self.surveys([sighting])), None)
        shown = without_hidden(sighting, self.hides)
        if shown is None:
            return None
        with self._lock:
            labels = _NOTHING.union(*(self._around(*point) for point in points(shown)))
            if not has_place(shown):
                if self._in_start or self._is_doubtful():
                    return None
                labels |= self._labels_here().union(self._losses[-1:])
            elif shown.kind is Kind.RADIO:
                # A pass belongs also to where it ends: whether it is still heard there would say where the way leads.
                labels |= self._labels_here().union(*(self._of(cell) for cell in self._near))
            return Admitted(shown, labels)

    def surveys(self, made: Iterable[Sighting]) -> list[Admitted]:
        """All surveys of a walk that has ended, without the cells that touch the start's or the end's."""
        if self.grid is None:
            return [Admitted(survey, _ANYWHERE) for survey in made]
        if not self._start:
            return []
        return [Admitted(survey, _ANYWHERE) for survey in surveys_outside(made, self._hides_box)]

    def _found(self) -> None:
        """What was made while nobody knew where belongs to where the walk was before and is after."""
        if self._lost is None:
            return
        if self._in_start:
            self._gone.add(self._lost)
        for cell in self._here:
            self._of(cell).add(self._lost)
        self._lost = None

    def _is_start(self, lat: float, lon: float) -> bool:
        return self.grid is not None and not self._start.isdisjoint(self.grid.cells(lat, lon))

    def _is_doubtful(self) -> bool:
        return self._hidden_at_s is not None and self._clock() - self._hidden_at_s < DOUBT_S

    def _hides_box(self, cell: str) -> bool:
        """Whether a cell of the contract touches one that is hidden now."""
        hidden = self._start | self._here
        grid = self.grid
        return grid is not None and any(
            not hidden.isdisjoint(grid.cells(lat, lon, RIM_M + _BOX_STEP_M))
            for lat, lon in box_points(cell, _BOX_STEP_M)
        )

    def _labels_here(self) -> Labels:
        return _NOTHING.union(*(self._of(cell) for cell in self._here - self._start))

    def _around(self, lat: float, lon: float) -> Labels:
        grid = self.grid
        return _NOTHING if grid is None else _NOTHING.union(*(self._of(cell) for cell in grid.cells(lat, lon)))

    def _of(self, cell: Cell) -> set[str]:
        """The labels of a cell. Beyond a bound cells share them, and more goes than would have to."""
        known = self._labels.get(cell)
        if known is None and len(self._labels) < MAX_CELLS:
            known = self._labels[cell] = {secrets.token_hex(8)}
        return self._beyond if known is None else known
