"""A pen that writes small SVG: filled shapes with one outline, on a paper of its own.

The paper makes a drawing readable on a light page, on a dark one and in print. Turning and shifting are reckoned here:
each number of the file is a place on the sheet, and whoever checks that all is on it needs no renderer.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from math import cos, radians, sin
from typing import Literal

Point = tuple[float, float]

PAPER, INK = "#f6f3ec", "#1f2933"
METAL, SHADE, GLASS, SHINE, BLACK = "#dde2e6", "#a9b3bd", "#3e4c59", "#f8fafb", "#0f151b"
WALL, SKY, ROAD, PAVEMENT, LEAF, WOOD = "#e7dcc9", "#d6e4ee", "#b6bec6", "#ece7db", "#86a873", "#9c7b5b"
PANEL, LAMP, RED, GREEN = "#2f5d8a", "#f3c969", "#c4413a", "#4f9a5b"
TELL, TELL_PALE = "#b4420c", "#f4c9ae"  # what explains, and is no thing: marks, sights, regions of doubt
_NONE = "none"
_ROUND = 0.5523  # of a quarter of a circle, as a Bézier curve


class Pen:
    """Draws on a sheet of `width` by `height`; `svg` is the file. What is drawn later lies over the rest. Marks are
    drawn where the sheet is `marked`."""

    def __init__(self, width: int = 240, height: int = 240, *, marked: bool = True) -> None:
        self.width, self.height, self.marked = width, height, marked
        self._parts: list[str] = []
        self._turns: list[tuple[float, float, float, float, float, float]] = [(1, 0, 0, 1, 0, 0)]
        self.box(0.75, 0.75, width - 1.5, height - 1.5, PAPER, radius=12, ink=SHADE, width=1.5)

    @contextmanager
    def at(
        self, x: float, y: float, turn_deg: float = 0.0, scale: float = 1.0, *, flip: bool = False
    ) -> Iterator[None]:
        """Draw around (x, y) as the origin, turned clockwise; `flip` looks the other way."""
        a, b, c, d, e, f = self._turns[-1]
        turn = radians(turn_deg)
        side = -1.0 if flip else 1.0
        own = (side * scale * cos(turn), side * scale * sin(turn), -scale * sin(turn), scale * cos(turn))
        self._turns.append(
            (
                a * own[0] + c * own[1],
                b * own[0] + d * own[1],
                a * own[2] + c * own[3],
                b * own[2] + d * own[3],
                a * x + c * y + e,
                b * x + d * y + f,
            )
        )
        yield
        self._turns.pop()

    def _on_sheet(self, x: float, y: float) -> Point:
        a, b, c, d, e, f = self._turns[-1]
        return a * x + c * y + e, b * x + d * y + f

    def _scale(self) -> float:
        a, b, *_ = self._turns[-1]
        return float((a * a + b * b) ** 0.5)

    def path(
        self,
        fill: str,
        steps: Sequence[tuple[str, Sequence[Point]]],
        ink: str = INK,
        width: float = 2.5,
        dash: str | None = None,
        fade: float | None = None,
    ) -> None:
        """Steps are M, L, Q, C and Z of SVG, each with its points."""
        drawn = "".join(
            letter + " ".join(f"{_n(x)} {_n(y)}" for x, y in (self._on_sheet(*point) for point in points))
            for letter, points in steps
        )
        more = f' stroke-dasharray="{dash}"' if dash else ""
        more += f' fill-opacity="{_n(fade)}"' if fade is not None else ""
        stroke = "" if ink == _NONE else f' stroke="{ink}" stroke-width="{_n(width)}"'
        self._parts.append(f'<path d="{drawn}" fill="{fill}"{stroke}{more}/>')

    def shape(self, fill: str, *points: Point, ink: str = INK, width: float = 2.5, fade: float | None = None) -> None:
        """A closed polygon."""
        self.path(fill, [("M", points[:1]), ("L", points[1:]), ("Z", ())], ink, width, None, fade)

    def line(self, *points: Point, ink: str = INK, width: float = 2.5, dash: str | None = None) -> None:
        """An open line from point to point."""
        self.path(_NONE, [("M", points[:1]), ("L", points[1:])], ink, width, dash)

    def box(
        self,
        x: float,
        y: float,
        wide: float,
        high: float,
        fill: str,
        *,
        radius: float = 0.0,
        ink: str = INK,
        width: float = 2.5,
        dash: str | None = None,
    ) -> None:
        """A rectangle from its corner, with round corners."""
        r, right, low = min(radius, wide / 2, high / 2), x + wide, y + high
        steps: list[tuple[str, Sequence[Point]]] = [("M", [(x + r, y)])]
        corners = ((right, y, -1, 0, 0, 1), (right, low, 0, -1, -1, 0), (x, low, 1, 0, 0, -1), (x, y, 0, 1, 1, 0))
        for cx, cy, bx, by, ax, ay in corners:
            steps += [("L", [(cx + bx * r, cy + by * r)]), ("Q", [(cx, cy), (cx + ax * r, cy + ay * r)])]
        self.path(fill, [*steps, ("Z", ())], ink, width, dash)

    def disc(self, x: float, y: float, r: float, fill: str, ink: str = INK, width: float = 2.5) -> None:
        """A circle around its centre."""
        cx, cy = self._on_sheet(x, y)
        stroke = "" if ink == _NONE else f' stroke="{ink}" stroke-width="{_n(width)}"'
        self._parts.append(f'<circle cx="{_n(cx)}" cy="{_n(cy)}" r="{_n(r * self._scale())}" fill="{fill}"{stroke}/>')

    def oval(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        fill: str,
        ink: str = INK,
        width: float = 2.5,
        half: Literal["upper", "lower"] | None = None,
        dash: str | None = None,
        fade: float | None = None,
    ) -> None:
        """An ellipse, or its upper or lower half, which is closed by a straight line."""
        kx, ky = _ROUND * rx, _ROUND * ry
        lower: list[tuple[str, Sequence[Point]]] = [
            ("M", [(x + rx, y)]),
            ("C", [(x + rx, y + ky), (x + kx, y + ry), (x, y + ry)]),
            ("C", [(x - kx, y + ry), (x - rx, y + ky), (x - rx, y)]),
        ]
        upper: list[tuple[str, Sequence[Point]]] = [
            ("C", [(x - rx, y - ky), (x - kx, y - ry), (x, y - ry)]),
            ("C", [(x + kx, y - ry), (x + rx, y - ky), (x + rx, y)]),
        ]
        steps = lower if half == "lower" else [("M", [(x - rx, y)]), *upper] if half else [*lower, *upper]
        self.path(fill, [*steps, ("Z", ())], ink, width, dash, fade)

    def says(self, x: float, y: float, text: str, size: float = 15, fill: str = INK, *, bold: bool = True) -> None:
        """A short text, centred on x, its line at y."""
        cx, cy = self._on_sheet(x, y)
        weight = ' font-weight="700"' if bold else ""
        self._parts.append(
            f'<text x="{_n(cx)}" y="{_n(cy)}" font-size="{_n(size)}"{weight} text-anchor="middle" fill="{fill}">'
            f"{escape(text)}</text>"
        )

    def mark(self, number: int, x: float, y: float, to: Point | None = None) -> None:
        """A number in a disc, with a line to what it speaks of: the caption says the rest in the reader's language."""
        if not self.marked:
            return
        if to is not None:
            self.line((x, y), to, ink=TELL, width=2)
            self.disc(*to, 2.5, TELL, _NONE)
        size = self.width / 240  # a wide sheet is shown as narrow as a square one
        self.disc(x, y, 10 * size, TELL, PAPER, 2)
        self.says(x, y + 5 * size, str(number), 14.5 * size, "#ffffff")

    def svg(self, name: str, title: str, desc: str, language: str) -> str:
        """The file: small, without anything from elsewhere, and read out by its title and description."""
        words = f"drawing-{name}-title", f"drawing-{name}-desc"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'height="{self.height}" role="img" lang="{language}" aria-labelledby="{words[0]} {words[1]}" '
            'font-family="sans-serif" stroke-linejoin="round" stroke-linecap="round">\n'
            f'<title id="{words[0]}">{escape(title)}</title>\n<desc id="{words[1]}">{escape(desc)}</desc>\n'
            + "\n".join(self._parts)
            + "\n</svg>\n"
        )


def _n(value: float) -> str:
    """A number of the file: to a tenth, shortly."""
    return (
        f"{value:.1f}".removesuffix(".0").replace("-0", "0") if abs(value) < 0.05 else f"{value:.1f}".removesuffix(".0")
    )
