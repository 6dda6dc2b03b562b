"""Curves as SVG, for the page: readable on white and on black, and small."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from math import log

import numpy as np

from tests.accuracy.reports import Floats

Points = list[tuple[float, float]]
WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 260, 52, 44, 90
# Each has a contrast of at least 3 on white and on the dark ground
COLOURS = ("#1f77d0", "#d1571b", "#3f8f3f", "#a05ac8", "#9a7b00", "#7a7a7a", "#d6337f", "#008c8c", "#4a5fd0")
CHI2_95 = 5.991464547107979  # of two degrees of freedom
GUIDE = 'stroke="#8a8a8a" stroke-width="2" stroke-dasharray="2 4"'
LEAST_STEP_PX = 0.2  # a bend that is less than this is not drawn
STYLE = (
    "<style>@media(prefers-color-scheme:dark){.ground{fill:#14171c}.ink{fill:#e8e8e8}.grid{stroke:#363a41}"
    ".frame{stroke:#8a8f98}}</style>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """What is drawn along a side of a panel: from `low` to `high`, with a line at each of `ticks`."""

    title: str
    low: float
    high: float
    ticks: tuple[float, ...]
    logarithmic: bool = False
    unit: str = ""

    def share(self, value: float) -> float:
        """Where a value lies between the ends, from 0 to 1; beyond them it is at the end."""
        low, high, at = self.low, self.high, min(max(value, self.low), self.high)
        return log(at / low) / log(high / low) if self.logarithmic else (at - low) / (high - low)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line: the number of its colour, and whether it is dashed, or bold."""

    points: Points
    colour: int
    dashed: bool = False
    bold: bool = False

    @property
    def look(self) -> str:
        """Its colour and width, as attributes."""
        dashes = ' stroke-dasharray="6 3"' if self.dashed else ""
        return f'stroke="{COLOURS[self.colour % len(COLOURS)]}" stroke-width="{3 if self.bold else 1.7}"{dashes}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Lines over two axes, and dotted grey lines to compare them with."""

    title: str
    across: Axis
    up: Axis
    lines: Mapping[str, Curve]
    guides: Sequence[Points] = field(default_factory=tuple)


def cumulative(errors: Floats, most: float) -> Points:
    """The share of errors up to each distance."""
    at = np.linspace(0, most, 121)
    shares = np.searchsorted(np.sort(errors), at, side="right") / len(errors)
    return list(zip(at.tolist(), shares.tolist(), strict=True))


def reliability(levels: Floats) -> Points:
    """How often regions of each level hold the truth, of the least level whose region did in each trial."""
    nominal = np.linspace(0, 0.99, 100)
    held = np.searchsorted(np.sort(levels), nominal, side="right") / len(levels)
    return list(zip(nominal.tolist(), held.tolist(), strict=True))


def normal_levels(reached: Floats) -> Floats:
    """The levels of points by a normal distribution of two dimensions, of by how much its 95 % region would have to
    grow to reach them."""
    return np.asarray(1 - np.exp(-CHI2_95 / 2 * reached**2))


def picture(title: str, panels: Sequence[Panel]) -> str:
    """Panels beside each other, each with its legend below."""
    rows = max(len(panel.lines) for panel in panels)
    width = LEFT + len(panels) * WIDTH + (len(panels) - 1) * GAP + 20
    drawn = [part for number, panel in enumerate(panels) for part in _panel(number * (WIDTH + GAP), panel)]
    return document(title, width, TOP + HEIGHT + 60 + 18 * rows, drawn)


def document(title: str, width: int, height: int, parts: Iterable[str]) -> str:
    """A whole picture of these parts, on white, or on black for whoever reads on that."""
    opened = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'font-family="sans-serif" font-size="12">'
    )
    ground = f'<rect class="ground" width="{width}" height="{height}" fill="#ffffff"/>'
    return "\n".join((opened, f"<title>{escape(title)}</title>", STYLE, ground, *parts, "</svg>\n"))


def words(x: float, y: float, text: str, *, anchor: str = "start", more: str = "") -> str:
    """Text at a place, in the ink's colour."""
    return f'<text class="ink" x="{x:g}" y="{y:g}" fill="#222222" text-anchor="{anchor}"{more}>{escape(text)}</text>'


def heading(x: float, text: str) -> str:
    """The title of a panel."""
    return words(x, TOP - 18, text, more=' font-size="14" font-weight="bold"')


def _panel(shift: int, panel: Panel) -> list[str]:
    x, bottom = LEFT + shift, TOP + HEIGHT
    middle = TOP + HEIGHT // 2
    parts = [heading(x, panel.title)]
    for tick in panel.across.ticks:
        gx = round(x + panel.across.share(tick) * WIDTH, 1)
        parts += [_grid(f"M{gx:g} {TOP}V{bottom}"), words(gx, bottom + 16, _said(panel.across, tick), anchor="middle")]
    for tick in panel.up.ticks:
        gy = round(bottom - panel.up.share(tick) * HEIGHT, 1)
        parts += [_grid(f"M{x} {gy:g}H{x + WIDTH}"), words(x - 6, gy + 4, _said(panel.up, tick), anchor="end")]
    parts += [
        f'<rect class="frame" x="{x}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#888888"/>',
        words(x + WIDTH // 2, bottom + 34, panel.across.title, anchor="middle"),
        words(x - 38, middle, panel.up.title, anchor="middle", more=f' transform="rotate(-90 {x - 38} {middle})"'),
        *(_path(_placed(points, x, panel), GUIDE) for points in panel.guides),
    ]
    for number, (name, curve) in enumerate(panel.lines.items()):
        y = bottom + 56 + 18 * number
        parts += [
            _path(_placed(curve.points, x, panel), curve.look),
            f'<path d="M{x} {y - 4}h24" {curve.look}/>',
            words(x + 32, y, name),
        ]
    return parts


def _said(axis: Axis, tick: float) -> str:
    return f"{tick * 100:g} %" if axis.unit == "%" else f"{tick:g}"


def _grid(way: str) -> str:
    return f'<path class="grid" d="{way}" stroke="#dddddd" fill="none"/>'


def _placed(points: Points, x: int, panel: Panel) -> Points:
    return [
        (x + panel.across.share(a) * WIDTH, TOP + HEIGHT * (1 - panel.up.share(b)))
        for a, b in points
        if panel.across.low <= a <= panel.across.high
    ]


def _path(points: Points, look: str) -> str:
    way = "L".join(f"{x:.1f} {y:.1f}" for x, y in without_straight(points))
    return f'<path d="M{way}" fill="none" {look}/>'


def without_straight(points: Points) -> Points:
    """The points at which a line bends (Douglas and Peucker): the others need not be written."""
    if len(points) < 3:
        return points
    line = np.array(points)
    along = line[-1] - line[0]
    from_first, length = line - line[0], float(np.hypot(*along))
    off = np.hypot(from_first[:, 0], from_first[:, 1])
    if length > 0:
        off = np.abs(along[0] * from_first[:, 1] - along[1] * from_first[:, 0]) / length
    place = int(np.argmax(off))
    if off[place] < LEAST_STEP_PX:
        return [points[0], points[-1]]
    return [*without_straight(points[: place + 1])[:-1], *without_straight(points[place:])]
