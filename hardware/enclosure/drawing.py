"""Line drawings with measures, as SVG: each printed piece from above and from the side, and a template for drilling
a bought box."""

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from hardware.enclosure.parameters import Parameters

STYLE = (
    "text{font:3.2px sans-serif;fill:#222} .edge{stroke:#222;stroke-width:.35;fill:none;stroke-linecap:round}"
    " .dim{stroke:#b34700;stroke-width:.2;fill:none} .cut{stroke:#222;stroke-width:.3;fill:none}"
)


def _lines(shape: Any, eye: tuple[float, float, float], up: tuple[float, float, float]) -> Any:
    """Visible edges as polylines in the drawing's plane, y upwards."""
    from build123d import GeomType

    seen, _ = shape.project_to_viewport(eye, up, (0, 0, 0))
    found = []
    for edge in seen:
        steps = 2 if edge.geom_type == GeomType.LINE else 16
        points = [edge.position_at(i / (steps - 1)) for i in range(steps)]
        found.append([(point.X, point.Y) for point in points])
    return found


def _measure(a: tuple[float, float], b: tuple[float, float], said: str, upright: bool) -> str:
    """A measure between two points, with its ends marked."""
    (x1, y1), (x2, y2) = a, b
    line = f'<path class="dim" d="M{x1:.2f} {y1:.2f}L{x2:.2f} {y2:.2f}"/>'
    for x, y in (a, b):
        tick = (x - 1.2, y, x + 1.2, y) if upright else (x, y - 1.2, x, y + 1.2)
        line += '<path class="dim" d="M{:.2f} {:.2f}L{:.2f} {:.2f}"/>'.format(*tick)
    mx, my = (x1 + x2) / 2, (y1 + y2) / 2
    turn = f' transform="rotate(-90 {mx - 1:.2f} {my:.2f})"' if upright else ""
    at = (mx - 1, my) if upright else (mx, my - 1)
    return line + f'<text x="{at[0]:.2f}" y="{at[1]:.2f}" text-anchor="middle"{turn}>{escape(said)}</text>'


def _view(lines: Any, left: float, top: float) -> tuple[str, float, float]:
    """A view with its whole width and height, placed; its right and lower end on the sheet."""
    xs = [x for line in lines for x, _ in line]
    ys = [y for line in lines for _, y in line]
    wide, tall = max(xs) - min(xs), max(ys) - min(ys)

    def place(x: float, y: float) -> str:
        return f"{left + x - min(xs):.2f} {top + max(ys) - y:.2f}"

    paths = "".join('<path class="edge" d="M{}"/>'.format("L".join(place(*point) for point in line)) for line in lines)
    paths += _measure((left, top + tall + 7), (left + wide, top + tall + 7), f"{wide:.1f}", upright=False)
    paths += _measure((left - 5, top), (left - 5, top + tall), f"{tall:.1f}", upright=True)
    return paths, left + wide, top + tall


def sheet(title: str, shape: Any) -> str:
    """A piece from above (as it lies on the bed) and from its lower side, in mm, one to one."""
    above, right, low = _view(_lines(shape, (0, 0, 1000), (0, 1, 0)), 14, 16)
    side, right_side, lower = _view(_lines(shape, (0, -1000, 0), (0, 0, 1)), 14, low + 22)
    wide, tall = max(right, right_side) + 10, lower + 16
    note = "mm, 1:1, model, not printed yet"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.1f}mm" height="{tall:.1f}mm" '
        f'viewBox="0 0 {wide:.1f} {tall:.1f}"><title>{escape(title)}</title><style>{STYLE}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/><text x="4" y="7">{escape(title)} ({note})</text>'
        f"{above}{side}</svg>\n"
    )


def template(p: Parameters, size: tuple[float, float, float] = (100.0, 68.0, 50.0)) -> str:
    """A drilling template for a bought box, to be printed at 100 % and taped on: front (lens), right hand of the wearer
    (button, LED), and bottom (cable, drains). The box's inside is smaller than our case: the boards lie as they fit."""
    wide, tall, deep = size
    parts = [(4.0, 14.0, wide, tall, "front", [(wide / 2, tall / 2, p.opening, "lens")])]
    holes = [(deep / 2, tall - 22.0, p.button_hole, "button"), (deep / 2, 18.0, p.led_hole, "LED")]
    parts.append((wide + 14.0, 14.0, deep, tall, "side", holes))
    below = [(12.0, deep / 2, p.drain, "drain"), (wide - 12.0, deep / 2, p.drain, "drain")]
    parts.append((4.0, tall + 28.0, wide, deep, "bottom", [*below, (wide * 0.62, deep / 2, 9.5, "cable")]))
    drawn = ""
    for left, top, across, down, name, drills in parts:
        drawn += f'<rect class="cut" x="{left}" y="{top}" width="{across}" height="{down}"/>'
        drawn += f'<text x="{left}" y="{top - 1.5}">{name} {across:g} x {down:g}</text>'
        for x, y, across_hole, what in drills:
            cx, cy, r = left + x, top + y, across_hole / 2
            drawn += f'<circle class="cut" cx="{cx:.2f}" cy="{cy:.2f}" r="{r:.2f}"/>'
            out = r + 2
            drawn += f'<path class="dim" d="M{cx - out:.2f} {cy:.2f}h{2 * out:.2f}"/>'
            drawn += f'<path class="dim" d="M{cx:.2f} {cy - out:.2f}v{2 * out:.2f}"/>'
            drawn += f'<text x="{cx + r + 1.5:.2f}" y="{cy + r + 2.5:.2f}">{what} ⌀ {across_hole:g}</text>'
    width, height = wide + deep + 24, tall + deep + 48
    bar = f'<path class="edge" d="M4 {height - 8}h50"/><text x="56" y="{height - 7}">50 mm</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}">'
        f"<title>Drilling template</title><style>{STYLE}</style>"
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="4" y="6">Box {wide:g} x {tall:g} x {deep:g} mm, 1:1</text>'
        f"{drawn}{bar}</svg>\n"
    )


def write(path: Path, text: str) -> Path:
    """The text in a file."""
    path.write_text(text, encoding="utf-8")
    return path
