"""The printed pieces: case, lid, and the bar that holds the camera. Each as it lies in the closed case."""

from typing import Any

from build123d import Pos, Rectangle, loft

from hardware.enclosure.parameters import Parameters, Seat
from hardware.enclosure.shapes import block, drop, hexagon, rod, rounded


def corners(p: Parameters) -> list[tuple[float, float]]:
    """The axes of the lid's four screws."""
    near = p.post / 2
    return [(x, y) for x in (near, p.width - near) for y in (near, p.height - near)]


def pi_holes(p: Parameters) -> list[tuple[float, float]]:
    """The Pi's four holes, 3.5 mm from its edges (its maker's drawing)."""
    s = p.pi
    return [(x, y) for x in (s.x + 3.5, s.x + s.width - 3.5) for y in (s.y + 3.5, s.y + s.height - 3.5)]


def bar_holes(p: Parameters) -> list[tuple[float, float]]:
    """The two screws of the camera's bar."""
    return [(p.lens_x - p.bar_reach, p.lens_y), (p.lens_x + p.bar_reach, p.lens_y)]


def post(p: Parameters, at: tuple[float, float], low: float, high: float, way: tuple[int, int]) -> tuple[Any, Any]:
    """A square post from `low` to `high`, and what is cut of it: the screw's hole from above, and a nut's slot that
    opens towards `way`. `low` may be above `high`: then the post hangs, as the lid's do."""
    x, y = at
    half, up = p.post / 2, 1 if high > low else -1
    body = block(x - half, y - half, min(low, high), (p.post, p.post, abs(high - low)))
    nut = high - up * (p.over_nut + p.nut_height) if up > 0 else high + p.over_nut
    reach = half + 1
    slot = block(
        min(x, x + way[0] * reach) - (p.nut_width / 2 if way[1] else 0),
        min(y, y + way[1] * reach) - (p.nut_width / 2 if way[0] else 0),
        nut,
        (reach if way[0] else p.nut_width, reach if way[1] else p.nut_width, p.nut_height),
    )
    hole_end = low + up * 0.8
    hole = rod(x, y, min(high + up, hole_end), p.screw_hole, abs(high + up - hole_end))
    return body, slot + hexagon(x, y, nut, p.nut_width, p.nut_height) + hole


def _shell(p: Parameters) -> Any:
    """Four walls and a back; the top wall stands out in front, over the lid."""
    width, height, _ = p.outer
    body = rounded(-p.wall, -p.wall, -p.floor, (width, height, p.depth + p.floor), p.corner)
    body -= rounded(0, 0, 0, (p.width, p.height, p.depth + 1), p.corner - p.wall)
    # its ends keep clear of the round edges, where it would be a sliver
    return body + block(p.wall, p.height, 0, (p.width - 2 * p.wall, p.wall, p.depth + p.plate + p.roof))


def _ears(p: Parameters) -> Any:
    """At the back, left and right: a slot for the strap."""
    tall = p.webbing + 14
    middle = p.height / 2
    ears = None
    for edge, out in ((-p.wall, -1), (p.width + p.wall, 1)):
        inner = edge - out * 1.5
        x = min(inner, edge + out * p.ear)
        one = rounded(x, middle - tall / 2, -p.floor, (p.ear + 1.5, tall, p.ear_thick), 3.5)
        one += block(edge - (1.5 if out > 0 else 3.0), middle - tall / 2, -p.floor, (4.5, tall, p.ear_thick))
        slot_x = edge + out * (p.ear - 4.0 - p.slot_width / 2)
        one -= rounded(
            slot_x - p.slot_width / 2,
            middle - p.webbing / 2 - 1,
            -p.floor - 1,
            (p.slot_width, p.webbing + 2, p.ear_thick + 2),
            1.5,
        )
        ears = one if ears is None else ears + one
    return ears


def _cradle(p: Parameters, seat: Seat, tall: float, arm: float = 5.0, thick: float = 1.6) -> list[Any]:
    """Two corners that a board lies between: lower left and upper right."""
    g = p.gap
    x0, y0, x1, y1 = seat.x - g, seat.y - g, seat.x + seat.width + g, seat.y + seat.height + g
    inside = block(0, 0, 0, (p.width + 0.5, p.height + 0.5, tall))
    corners_of = [
        block(x0 - thick, y0 - thick, 0, (arm + thick, thick, tall)) + block(x0 - thick, y0, 0, (thick, arm, tall)),
        block(x1 - arm, y1, 0, (arm + thick, thick, tall)) + block(x1, y1 - arm, 0, (thick, arm, tall)),
    ]
    return [one & inside for one in corners_of]


def _radio_rails(p: Parameters) -> list[Any]:
    """Two rails that the ends of the board's pins lie on, and stops: left, below, and above beside the USB plug. On the
    right the case's wall is the stop. Between the rails is room for what is on the board's face."""
    s, rail = p.radio, p.radio.z - p.pin_ends
    return [
        block(s.x - 0.4, s.y - 1.4, 0, (3.6, s.height - 6.6, rail)),
        block(s.x + 23.2, s.y - 1.4, 0, (p.width - s.x - 23.2, s.height - 6.6, rail)),
        *(block(s.x - 2.8, y, 0, (2.4, 8.0, s.z + 4.0)) for y in (s.y + 8.0, s.y + s.height - 18.0)),
        block(s.x + 6.0, s.y - 2.4, 0, (12.0, 2.0, s.z + 2.5)),
        block(s.x - 2.8, s.y + s.height + 0.4, 0, (3.6, 2.0, s.z + 2.5)),
    ]


def _tie_way(p: Parameters) -> list[Any]:
    """The way of the tie that holds the radio board: through both rails, beyond the pins' ends at the aerial, and up
    between the board and the right wall."""
    s = p.radio
    y, wide = s.y + 0.1, 3.4
    return [
        block(s.x - 1.0, y, 0, (p.width - s.x - 1.6 + 1.0, wide, 2.0)),
        block(s.x + s.width + 0.2, y, 0, (p.width - 1.6 - s.x - s.width - 0.2, wide, s.z)),
    ]


def grown(p: Parameters, at: tuple[float, float]) -> Any:
    """What a corner's post grows out of, at 45°: no support is needed, and the post need not reach the back."""
    low = p.depth - 13.0
    x, y = (0.0 if one < size / 2 else size for one, size in zip(at, (p.width, p.height), strict=True))
    square = Pos(*at, low) * Rectangle(p.post, p.post)
    tip = Pos(x + (0.2 if x == 0 else -0.2), y + (0.2 if y == 0 else -0.2), low - p.post) * Rectangle(0.4, 0.4)
    return loft([tip, square])


def _inside(p: Parameters) -> tuple[list[Any], list[Any]]:
    """What stands in the case, and what is cut of that."""
    solid, cut = [], []
    for at in corners(p):
        body, gone = post(p, at, p.depth - 13.0, p.depth, (1 if at[0] < p.width / 2 else -1, 0))
        solid += [body, grown(p, at)]
        cut.append(gone)
    for at in pi_holes(p):
        body, gone = post(p, at, 0, p.pi_post, (0, 1 if at[1] < p.pi.y + 30 else -1))
        solid.append(body)
        cut.append(gone)
    solid += _cradle(p, p.north, 5.0)
    if p.motor:
        solid += _cradle(p, p.shake, 4.0, arm=4.0)
    sky = p.sky
    shelf = sky.y - p.gap - 1.6
    solid.append(block(sky.x - 1.0, shelf, 0, (sky.width + 2.0, 1.6, 26.0)))
    for x in (sky.x - 0.4 - 1.6, sky.x + sky.width + 0.4):
        solid.append(block(x, shelf, 0, (1.6, p.height - shelf, 26.0)))
    solid += _radio_rails(p)
    cut += _tie_way(p)
    # the post that a cable tie holds the power cable to
    solid.append(block(p.notch_x + 2.6, 7.0, 0, (3.4, 9.0, 28.0)))
    cut.append(block(p.notch_x + 2.0, 9.75, 21.0, (5.0, 3.5, 3.0)))
    return solid, cut


def _through(p: Parameters) -> list[Any]:
    """What goes through the walls."""
    out = p.wall + 2
    holes = [
        drop(1, p.button_y, p.button_z, p.button_hole, out, "-x"),
        drop(1, p.led_y, p.led_z, p.led_hole, out, "-x"),
        block(p.notch_x - p.notch_width / 2, -out, p.notch_from, (p.notch_width, out + 0.5, p.depth)),
    ]
    # The drain is at the lowest point: the bottom wall, at the back, left and right.
    holes += [drop(x, 1, p.drain / 2, p.drain, out, "-y") for x in (14.0, 30.0, 57.0, 80.0)]
    if p.power_button:
        holes.append(drop(1, p.button_y - 19.0, p.button_z, p.button_hole, out, "-x"))
    return holes


def case(p: Parameters) -> Any:
    """The case, open in front."""
    solid, cut = _inside(p)
    body = _shell(p) + _ears(p)
    for one in solid:
        body += one
    for one in [*cut, *_through(p)]:
        body -= one
    return body
