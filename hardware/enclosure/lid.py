"""The lid, with window and camera seat, and the bar that holds the camera; as they lie on the closed case."""

from typing import Any

from hardware.enclosure.cameras import CAMERAS
from hardware.enclosure.case import bar_holes, corners, post
from hardware.enclosure.parameters import Parameters
from hardware.enclosure.shapes import block, rod, rounded


def _plate(p: Parameters) -> Any:
    """As wide as the case; above, it ends under the roof."""
    width, height, _ = p.outer
    plate = rounded(-p.wall, -p.wall, p.depth, (width, height, p.plate), p.corner)
    return plate - block(-p.wall - 1, p.height - p.gap, p.depth - 1, (width + 2, p.wall + 2, p.plate + 2))


def _tongue(p: Parameters) -> list[Any]:
    """Four strips that reach into the case, so that water would have to climb; they leave the corner posts free. And a
    finger that closes the cable's notch above the cable."""
    g, t, low = p.gap, 1.6, p.depth - p.tongue
    clear = p.post + 1.0
    flat, tall = p.width - 2 * clear, p.height - 2 * clear
    cable = p.notch_width
    return [
        block(clear, g, low, (flat, t, p.tongue)),
        block(clear, p.height - g - t, low, (flat, t, p.tongue)),
        block(g, clear, low, (t, tall, p.tongue)),
        block(p.width - g - t, clear, low, (t, tall, p.tongue)),
        block(
            p.notch_x - p.notch_width / 2 + 0.25,
            -p.wall,
            p.notch_from + cable,
            (p.notch_width - 0.5, p.wall + g + t, p.depth - p.notch_from - cable),
        ),
    ]


def camera_back(p: Parameters) -> float:
    """z of the camera board's back: its lens ends `lens_gap` behind the pane."""
    c = CAMERAS[p.camera]
    pane_back = p.depth + p.plate - p.pane_ledge - p.pane_thick
    return pane_back - p.lens_gap - c.lens - c.board


def _seat(p: Parameters) -> tuple[list[Any], list[Any]]:
    """The pane's frame; what the camera's board lies on and between; two posts for the bar."""
    c, x, y = CAMERAS[p.camera], p.lens_x, p.lens_y
    frame = p.pane + 0.4
    rim = p.depth + p.plate - p.pane_ledge - p.pane_thick
    side = frame + 2 * 1.6
    solid = [block(x - side / 2, y - side / 2, rim, (side, side, p.depth - rim + 0.5))]
    cut = [
        block(x - frame / 2, y - frame / 2, rim - 1, (frame, frame, p.pane_thick + 1)),
        rod(x, y, p.depth - 1, p.opening, p.plate + 2),
    ]
    front = camera_back(p) + c.board
    for side in (-1, 1):
        # a ledge under the board's edge, clear of the pane, and a lip beside it
        inner, outer = 10.6, c.size[0] / 2 + p.gap
        solid.append(block(x + min(side * inner, side * 14.4), y - 6.0, front, (3.8, 13.0, p.depth - front + 0.2)))
        solid.append(block(x + min(side * outer, side * 14.4), y - 6.0, front - 1.2, (14.4 - outer, 13.0, 1.4)))
        # a peg for each of the two upper holes
        at = (x + side * 10.5, y + c.holes[1])
        solid.append(rod(*at, front, 4.4, p.depth - front + 0.2))
        solid.append(rod(*at, front - c.board - 0.6, 1.8, c.board + 1.0))
    tip = camera_back(p) - c.behind
    for at in bar_holes(p):
        body, gone = post(p, at, p.depth, tip, (0, 1))
        solid.append(body)
        cut.append(gone)
    return solid, cut


def lid(p: Parameters) -> Any:
    """The lid, its outside in front."""
    body = _plate(p)
    solid, cut = _seat(p)
    for one in _tongue(p) + solid:
        body += one
    cut += [rod(x, y, p.depth - 1, p.screw_hole, p.plate + 2) for x, y in corners(p)]
    for one in cut:
        body -= one
    return body


def bar(p: Parameters) -> Any:
    """The bar across the camera's back, on its two posts; a pad each side of the connector presses on the board."""
    c = CAMERAS[p.camera]
    tip = camera_back(p) - c.behind
    long = 2 * p.bar_reach + p.post
    body = rounded(p.lens_x - long / 2, p.lens_y - 4.5, tip - p.bar, (long, 9.0, p.bar), 3.0)
    for dx in (-10.5, 10.5):
        body += block(p.lens_x + dx - 2.0, p.lens_y - 4.5, tip - 0.2, (4.0, 9.0, c.behind + 0.2 - 0.1))
    for x, y in bar_holes(p):
        body -= rod(x, y, tip - p.bar - 1, p.screw_hole, p.bar + 2)
    return body
