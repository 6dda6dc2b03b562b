"""Where the sea is, from the coastlines of an extract: cell by cell, so that a cut coast spoils one cell alone.

A coastline has the land on its left. Within a cell, whoever follows it with the sea on the right, and at the cell's
edge goes on clockwise to where the next piece begins, walks around the sea. A cell in which a coastline ends says
nothing: no sea is drawn there. From a cell's corner that lies in the sea, the sea goes on into cells without coast and
without streets, but only a little way: an extract ends somewhere, and beyond its end nobody knows.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]  # east and north in cells of the grid; corners are whole numbers
Cell = tuple[int, int]
Ring = list[Point]

MOST_CELLS, FINEST_ZOOM, COARSEST_ZOOM = 60_000, 14, 8
FLOOD_CELLS = 4
GAP_CELLS = 6
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1))


@dataclass(frozen=True, slots=True)
class Grid:
    """Web-Mercator cells at a zoom level, counted from the south-west."""

    zoom: int

    @classmethod
    def over(cls, box: tuple[float, float, float, float]) -> "Grid":
        """The finest grid with not too many cells over west, south, east, north in degrees."""
        for zoom in range(FINEST_ZOOM, COARSEST_ZOOM, -1):
            grid = cls(zoom)
            (west, south), (east, north) = grid.point(box[0], box[1]), grid.point(box[2], box[3])
            if (east - west + 1) * (north - south + 1) <= MOST_CELLS:
                return grid
        return cls(COARSEST_ZOOM)

    def point(self, lon: float, lat: float) -> Point:
        """A place on the grid."""
        size = 1 << self.zoom
        sine = math.sin(math.radians(max(-85.0, min(85.0, lat))))
        return (lon / 360 + 0.5) * size, (0.5 + math.atanh(sine) / (2 * math.pi)) * size

    def degrees(self, point: Point) -> tuple[float, float]:
        """A point of the grid as longitude and latitude."""
        size = 1 << self.zoom
        lat = math.degrees(math.asin(math.tanh((point[1] / size - 0.5) * 2 * math.pi)))
        return (point[0] / size - 0.5) * 360, lat


@dataclass(slots=True)
class Ground:
    """What is drawn: runs of cells (west, east, south) that are land before the sea is laid on them, the sea's rings,
    and islands upon it."""

    land: list[tuple[int, int, int]] = field(default_factory=list)
    sea: list[Ring] = field(default_factory=list)
    islands: list[Ring] = field(default_factory=list)


def ground(coasts: Iterable[Sequence[Point]], inhabited: set[Cell]) -> Ground:
    """Land and sea of the cells with coasts, with streets (`inhabited`), and of the sea around."""
    found = Ground()
    corners: dict[Cell, bool] = {}  # of cells with coast: whether a corner is in the sea
    coastal: set[Cell] = set()
    for cell, pieces in _by_cell(_joined(coasts)).items():
        coastal.add(cell)
        sea, islands, wet = _divide(cell, pieces)
        found.sea += sea
        found.islands += islands
        for corner in _corners(cell):
            if wet is not None:
                corners[corner] = corner in wet
    flooded = _flood(corners, coastal | inhabited)
    found.sea += [[*_corners(cell), cell] for cell in sorted(flooded)]
    dry = coastal | inhabited
    wet_corners = {corner for corner, wet in corners.items() if wet}
    found.land = _runs(dry | {gap for gap in _gaps(dry) - flooded if wet_corners.isdisjoint(_corners(gap))})
    return found


def _joined(coasts: Iterable[Sequence[Point]]) -> list[list[Point]]:
    """Coastlines put together where one ends in the very point in which another begins."""
    starts: dict[Point, list[list[Point]]] = defaultdict(list)
    lines = [list(coast) for coast in coasts if len(coast) > 1]
    for line in lines:
        starts[line[0]].append(line)
    ends = {line[-1] for line in lines}
    whole: list[list[Point]] = []
    used: set[int] = set()
    # First those that nothing leads to; what is left then are rings.
    for line in sorted(lines, key=lambda one: one[0] in ends):
        if id(line) in used:
            continue
        used.add(id(line))
        joined = list(line)
        while joined[0] != joined[-1]:
            more = next((other for other in starts[joined[-1]] if id(other) not in used), None)
            if more is None:
                break
            used.add(id(more))
            joined += more[1:]
        whole.append(joined)
    return whole


def _by_cell(lines: Iterable[list[Point]]) -> dict[Cell, list[Ring]]:
    """The lines cut at the grid: the pieces of each cell, in their directions."""
    cells: dict[Cell, list[Ring]] = defaultdict(list)
    for line in lines:
        pieces: list[tuple[Cell, Ring]] = []
        for start, end in _cut(line):
            cell = math.floor((start[0] + end[0]) / 2), math.floor((start[1] + end[1]) / 2)
            if pieces and pieces[-1][0] == cell and pieces[-1][1][-1] == start:
                pieces[-1][1].append(end)
            else:
                pieces.append((cell, [start, end]))
        if not pieces:  # a line that stays where it is
            continue
        first, last = pieces[0], pieces[-1]
        if len(pieces) > 1 and first[0] == last[0] and first[1][0] == last[1][-1]:
            pieces[0] = first[0], [*last[1], *first[1][1:]]
            del pieces[-1]
        for cell, piece in pieces:
            cells[cell].append(piece)
    return cells


def _cut(line: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """The steps of a line, each within one cell."""
    for start, end in itertools.pairwise(line):
        if start == end:
            continue
        parts = {0.0, 1.0}
        for axis in (0, 1):
            low, high = sorted((start[axis], end[axis]))
            for edge in range(math.ceil(low), math.floor(high) + 1):
                if low < high:
                    parts.add((edge - start[axis]) / (end[axis] - start[axis]))
        at = [_between(start, end, part) for part in sorted(parts)]
        yield from ((one, other) for one, other in itertools.pairwise(at) if one != other)


def _between(start: Point, end: Point, part: float) -> Point:
    if part in (0.0, 1.0):
        return end if part else start
    x, y = (start[axis] + (end[axis] - start[axis]) * part for axis in (0, 1))
    # What lies on an edge lies on it exactly.
    return (round(x) if abs(x - round(x)) < 1e-9 else x), (round(y) if abs(y - round(y)) < 1e-9 else y)


def _divide(cell: Cell, pieces: list[Ring]) -> tuple[list[Ring], list[Ring], set[Cell] | None]:
    """The sea's rings and the islands of a cell, and its corners in the sea; None where nobody knows."""
    rings = [piece for piece in pieces if piece[0] == piece[-1]]
    through = [piece for piece in pieces if piece[0] != piece[-1]]
    if any(_around(cell, piece[0]) is None or _around(cell, piece[-1]) is None for piece in through):
        return [], [], None
    islands = [ring for ring in rings if _area(ring) > 0]
    ponds = [ring for ring in rings if _area(ring) < 0]
    if through:
        sea, wet = _walk(cell, through)
        return sea + ponds, islands, wet
    if islands:
        return [[*_corners(cell), cell]], islands, set(_corners(cell))
    return ponds, [], set()


def _walk(cell: Cell, through: list[Ring]) -> tuple[list[Ring], set[Cell]]:
    """Around the sea: along a piece, then clockwise along the cell's edge to where the next piece begins."""
    starts = sorted((_around(cell, piece[0]) or 0.0, n) for n, piece in enumerate(through))
    rings, wet, left = [], set(), set(range(len(through)))
    while left:
        ring: Ring = []
        first = n = min(left)
        while n in left:
            left.discard(n)
            ring += through[n]
            end = _around(cell, through[n][-1]) or 0.0
            ahead = [(at, other) for at, other in starts if at >= end]
            at, n = ahead[0] if ahead else (starts[0][0] + 4, starts[0][1])
            for corner in range(math.ceil(end), math.floor(at) + 1):
                point = _corners(cell)[corner % 4]
                wet.add(point)
                ring.append(point)
        if n == first:
            rings.append([*ring, ring[0]])
    return rings, wet


def _around(cell: Cell, point: Point) -> float | None:
    """How far around the cell's edge a point lies, clockwise from the south-west corner, 4 being once; None within."""
    x, y = point[0] - cell[0], point[1] - cell[1]
    if x == 0:
        return y
    if y == 1:
        return 1 + x
    if x == 1:
        return 3 - y
    return 4 - x if y == 0 else None


def _corners(cell: Cell) -> tuple[Cell, Cell, Cell, Cell]:
    """Clockwise from the south-west."""
    x, y = cell
    return (x, y), (x, y + 1), (x + 1, y + 1), (x + 1, y)


def _area(ring: Ring) -> float:
    """Twice the area of a ring; positive where it runs counter-clockwise, with the land inside. Reckoned from its first
    point, as the numbers are large and the areas small."""
    x0, y0 = ring[0]
    return sum((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0) for (x1, y1), (x2, y2) in itertools.pairwise(ring))


def _flood(corners: dict[Cell, bool], dry: set[Cell]) -> set[Cell]:
    """The cells around that are sea: those whose known corners are all in it, and their neighbours a little way."""
    touched = {(x - dx, y - dy) for x, y in corners for dx in (0, 1) for dy in (0, 1)} - dry
    flooded: set[Cell] = set()
    for cell in touched:
        known = [corners[corner] for corner in _corners(cell) if corner in corners]
        if len(known) >= 2 and all(known):
            flooded.add(cell)
    edge = set(flooded)
    no_sea = touched - flooded | dry
    for _ in range(FLOOD_CELLS):
        edge = {(x + dx, y + dy) for x, y in edge for dx, dy in _SIDES} - flooded - no_sea
        flooded |= edge
    return flooded


def _gaps(cells: set[Cell]) -> set[Cell]:
    """The empty cells between two others of a row or a column that are not far apart: woods and hills are land, too."""
    gaps: set[Cell] = set()
    for x, y in cells:
        for dx, dy in ((1, 0), (0, 1)):
            between = [(x + dx * n, y + dy * n) for n in range(1, GAP_CELLS + 2)]
            end = next((n for n, cell in enumerate(between) if cell in cells), 0)
            gaps.update(between[:end])
    return gaps


def _runs(cells: set[Cell]) -> list[tuple[int, int, int]]:
    """Cells that lie in a row as one: from west to east, and the row."""
    runs: list[tuple[int, int, int]] = []
    for x, y in sorted(cells, key=lambda cell: (cell[1], cell[0])):
        if runs and runs[-1][2] == y and runs[-1][1] == x:
            runs[-1] = runs[-1][0], x + 1, y
        else:
            runs.append((x, x + 1, y))
    return runs
