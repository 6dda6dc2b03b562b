"""Draws docs/architecture.svg from the rooms: two houses side by side, each room above all that it imports.

`make picture` writes it again; a test holds it to the rooms.
"""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from tests.house.rooms import HUB, PROBE, Room

PICTURE = Path(__file__).parents[2] / "docs" / "architecture.svg"

WIDTH, ROW, TOP = 980, 34, 84
BOX, LEFT, RIGHT = 350, 30, 600
# The way of a sighting: from room to room, on the probe, then over the gap, then in the hub.
PROBE_WAY = ("radio", "detect", "sweep", "walk", "seal", "outbox", "uplink")
HUB_WAY = ("broker", "ingest", "store", "merge", "derive", "web")
_PURE = {"contract", "detect", "merge", "review"}


def picture() -> str:
    """The drawing, as SVG."""
    rows = max(len(PROBE), len(HUB))
    height = TOP + rows * ROW + 70
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="13">',
        "<title>The rooms of the probe and the hub, and the way of a sighting</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fffdf7"/>',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#c2410c"/></marker></defs>',
    ]
    for title, x, rooms in (("probe/", LEFT, PROBE), ("hub/", RIGHT, HUB)):
        parts.append(f'<text x="{x}" y="52" font-size="20" font-weight="bold">{title}</text>')
        parts.append(f'<text x="{x + BOX}" y="52" fill="#666" text-anchor="end">each imports only what is below</text>')
        parts += [_box(room, x, _y(rooms, room.name, rows)) for room in rooms]
    parts += _way(PROBE, PROBE_WAY, LEFT + BOX, rows, 1, 1)
    parts += _way(HUB, HUB_WAY, RIGHT, rows, -1, len(PROBE_WAY) + 1)
    parts += _between(rows)
    note = "Numbers: the way of a sighting. Green: no I/O, no clock; of the probe, the hub imports these alone."
    parts.append(f'<text x="{LEFT}" y="{height - 24}" fill="#444">{note}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _y(rooms: Sequence[Room], name: str, rows: int) -> int:
    """The top of a room's box: the first of the list stands on the ground."""
    floor = next(place for place, room in enumerate(rooms) if room.name == name)
    return TOP + (rows - 1 - floor) * ROW


def _box(room: Room, x: int, y: int) -> str:
    fill = "#dcfce7" if room.name in _PURE else "#f1f5f9"
    return (
        f'<rect x="{x}" y="{y}" width="{BOX}" height="{ROW - 6}" rx="4" fill="{fill}" stroke="#94a3b8"/>'
        f'<text x="{x + 10}" y="{y + 19}" font-weight="bold">{escape(room.name)}</text>'
        f'<text x="{x + 92}" y="{y + 19}" fill="#334155">{escape(room.purpose)}</text>'
    )


def _way(rooms: Sequence[Room], way: Sequence[str], x: int, rows: int, side: int, first: int) -> list[str]:
    """Numbered dots beside the rooms that a sighting passes, in its order."""
    cx, parts = x + side * 34, []
    for number, name in enumerate(way, start=first):
        cy = _y(rooms, name, rows) + (ROW - 6) // 2
        parts.append(f'<line x1="{x}" y1="{cy}" x2="{cx}" y2="{cy}" stroke="#c2410c"/>')
        parts.append(f'<circle cx="{cx}" cy="{cy}" r="11" fill="#fff" stroke="#c2410c"/>')
        parts.append(f'<text x="{cx}" y="{cy + 4}" font-size="12" text-anchor="middle">{number}</text>')
    return parts


def _between(rows: int) -> list[str]:
    """From the probe's last room to the hub's first: MQTT, or a stick."""
    start = _y(PROBE, PROBE_WAY[-1], rows) + (ROW - 6) // 2
    end = _y(HUB, HUB_WAY[0], rows) + (ROW - 6) // 2
    a, b = LEFT + BOX + 46, RIGHT - 48
    middle = (a + b) // 2
    return [
        f'<path d="M{a} {start} C{middle} {start} {middle} {end} {b} {end}" fill="none" stroke="#c2410c" '
        'stroke-width="2.5" marker-end="url(#tip)"/>',
        f'<text x="{middle}" y="{min(start, end) - 22}" text-anchor="middle" fill="#c2410c">MQTT, or a stick</text>',
    ]


if __name__ == "__main__":
    PICTURE.write_text(picture())
