"""Two curves as one SVG, for the page: how often regions hold, and how far estimates are off."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from tests.accuracy.reports import Floats

Points = list[tuple[float, float]]
WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 260, 52, 44, 90
COLOURS = ("#0b5fa5", "#b3420b", "#3b7d23", "#7a3e9d", "#8a6d00", "#555555", "#c2185b", "#00796b")
CHI2_95 = 5.991464547107979  # of two degrees of freedom


def cumulative(errors: Floats, most: float) -> Points:
    """The share of errors up to each distance."""
    at = np.linspace(0, most, 121)
    shares = np.searchsorted(np.sort(errors), at, side="right") / len(errors)
    return list(zip(at.tolist(), shares.tolist(), strict=True))


def reliability(reached: Floats) -> Points:
    """How often regions of a nominal level hold, where the 95 % region is one of a normal distribution's: `reached` is
    by how much it would have to grow to reach the truth."""
    nominal = np.linspace(0, 0.99, 100)
    times = np.sqrt(-2 * np.log(1 - nominal) / CHI2_95)
    held = np.searchsorted(np.sort(reached), times, side="right") / len(reached)
    return list(zip(nominal.tolist(), held.tolist(), strict=True))


def picture(levels: Mapping[str, Points], errors: Mapping[str, Points], most_m: float) -> str:
    """Both panels. The first has the diagonal on which honest regions lie."""
    left = _panel(0, "Regions: how often they hold", "level that is said", "share that holds", levels, 1.0)
    diagonal = _path([(0, 0), (1, 1)], 0, 1.0, "#999999", "4 4")
    right = _panel(WIDTH + GAP, "Errors: both pavements, two days", "metres", "share of cameras", errors, most_m)
    rows = max(len(levels), len(errors))
    whole_width, whole_height = LEFT + 2 * WIDTH + GAP + 20, TOP + HEIGHT + 60 + 18 * rows
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole_width} {whole_height}" role="img" '
            'font-family="sans-serif" font-size="12" fill="#222222">',
            "<title>How often regions hold, and how far estimates are off</title>",
            f'<rect width="{whole_width}" height="{whole_height}" fill="#ffffff"/>',
            *left,
            diagonal,
            *right,
            "</svg>\n",
        )
    )


def _panel(shift: int, title: str, across: str, up: str, lines: Mapping[str, Points], most: float) -> Sequence[str]:
    x, bottom = LEFT + shift, TOP + HEIGHT
    upright = f'transform="translate({x - 36} {TOP + HEIGHT / 2:.0f}) rotate(-90)" text-anchor="middle"'
    parts = [
        f'<text x="{x}" y="{TOP - 18}" font-size="14" font-weight="bold">{escape(title)}</text>',
        f'<rect x="{x}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#888888"/>',
        f'<text x="{x + WIDTH / 2:.0f}" y="{bottom + 34}" text-anchor="middle">{escape(across)}</text>',
        f"<text {upright}>{escape(up)}</text>",
    ]
    for step in range(5):
        share = step / 4
        gx, gy = x + share * WIDTH, bottom - share * HEIGHT
        parts += [
            f'<path d="M{gx:.1f} {TOP}V{bottom}M{x} {gy:.1f}H{x + WIDTH}" stroke="#dddddd" fill="none"/>',
            f'<text x="{gx:.1f}" y="{bottom + 16}" text-anchor="middle">{share * most:g}</text>',
            f'<text x="{x - 6}" y="{gy + 4:.1f}" text-anchor="end">{share:g}</text>',
        ]
    for number, (name, points) in enumerate(lines.items()):
        colour, y = COLOURS[number % len(COLOURS)], bottom + 56 + 18 * number
        parts += [
            _path(points, shift, most, colour, ""),
            f'<path d="M{x} {y - 4}h22" stroke="{colour}" stroke-width="2"/>',
            f'<text x="{x + 30}" y="{y}">{escape(name)}</text>',
        ]
    return parts


def _path(points: Sequence[tuple[float, float]], shift: int, most: float, colour: str, dashes: str) -> str:
    drawn = "L".join(f"{LEFT + shift + min(1.0, x / most) * WIDTH:.1f} {TOP + HEIGHT * (1 - y):.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="M{drawn}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'
