"""All parts of a kit laid out in the order of its bill, with the bill's numbers."""

import numpy as np
import trimesh

from hardware.enclosure import boards
from hardware.pictures.cables import strip, tube
from hardware.pictures.pieces import COLOURS, Pieces, bodies_of, moved, turned_lid
from hardware.pictures.render import Body, Label, Mark, Vector, View
from hardware.pictures.steps import lines

WIDE, APART = 470.0, 15.0
Group = list[Body]


def _row(one: Group, count: int, apart: float) -> Group:
    return [body for i in range(count) for body in moved(one, (i * apart, 0.0, 0.0))]


def _flat(model: boards.Model) -> Group:
    return bodies_of(model.at(boards.turned(0, 0, 0, (90, 0, 0))))


def _cable(part: str) -> Group:
    """A coil with its two plugs: micro at the Pi's end of both; a C at the board, an A at the bank."""
    other, thick = ("c", 3.6) if part == "cable-otg" else ("a", 4.2)
    ends = bodies_of(boards.plug(part, 18.0))
    ends += bodies_of(boards.plug(part, 18.0, other).at(boards.turned(-40.0, 0, 0)))
    turns = np.linspace(0, 3 * np.pi, 24)
    coil = [(18 * np.cos(t) - 18, -36 - 14 * np.sin(t), t * 0.5 - 2) for t in turns]
    return [*ends, Body(tube([(0, -18, 0), (0, -28, 0), *coil, (-40, -26, 0), (-40, -18, 0)], thick, 4), "#33363b")]


def _pi() -> Group:
    """Without its card, which has a number of its own."""
    bodies = bodies_of(boards.pi())
    return [body for body in bodies if not (body.colour == boards.BLACK and body.mesh.bounds[0][0] < -1)]


def _soft(part: str) -> Group:
    """What is no board: ribbon, wires, strap, tape, ties, bank."""
    if part == "ribbon-zero":
        line = [(0.0, 0.0, 0.0), (75.0, 0.0, 0.0), (150.0, 0.0, 0.0)]
        return [Body(strip(line, (0, 1, 0), 16.0, narrow=11.5), "#e9e6da")]
    if part == "jumpers":
        wires = [tube([(i * 2.6, 0, 0), (i * 2.6, 25, 1), (i * 2.6 + 5, 48, 0)], 1.5) for i in range(10)]
        return [Body(one, colour) for one, colour in zip(wires, COLOURS.values(), strict=True)]
    if part == "strap":
        turns = [(r * np.cos(t), r * np.sin(t), 0) for t in np.linspace(0, 8 * np.pi, 70) for r in (14.0 + t * 0.6,)]
        return [Body(strip(turns, (0, 0, 1), 36.0, 1.4), "#3f4a5a")]
    if part == "foam-tape":
        return [Body(trimesh.creation.annulus(10.0, 16.0, 12.0), boards.TAPE)]
    if part == "grommet":
        return [Body(trimesh.creation.annulus(2.2, 6.0, 5.0), "#26282b")]
    if part == "tie":
        long, head = trimesh.creation.box((100.0, 2.5, 1.1)), trimesh.creation.box((5.0, 5.0, 3.0))
        return [Body(long, "#26282b"), Body(head.apply_translation((-50.0, 0, 0)), "#26282b")]
    size = (92.0, 62.0, 15.0) if part == "power-bank-5" else (138.0, 68.0, 15.0)
    return [Body(trimesh.creation.box(size), "#5c6b7a")]


def _groups(kit: Pieces, part: str, count: int) -> list[Group]:
    """A line of the bill as groups of bodies that lie together."""
    p = kit.p
    whole = {p.camera: boards.camera, p.board: boards.radio, p.gnss: boards.receiver, p.compass: boards.compass}
    if part == "petg":
        return [kit.of(["case"]), turned_lid(kit, kit.of(["lid"])), kit.of(["bar"])]
    if part in whole:
        return [bodies_of(whole[part](part))]
    if part == "pi-zero-2w":
        return [_pi()]
    if part.startswith("card-"):
        return [[Body(trimesh.creation.box((11.0, 15.0, 1.0)), "#2b2d31")]]
    if part in {"button", "led", "buzzer"}:
        return [_flat({"button": boards.button, "led": boards.led, "buzzer": boards.buzzer}[part]())]
    if part == "motor":
        return [bodies_of(boards.motor())]
    if part.startswith("cable-"):
        return [_cable(part)]
    if part.startswith("screw-"):
        return [_row(_flat(boards.screw(part)), count, 8.0)]
    if part == "nut-m25":
        half = _row(bodies_of(boards.nut()), count // 2, 8.0)
        return [half + moved(half, (0.0, 8.0, 0.0))]
    if part == "window":
        return [kit.of(["window"])]
    if part == "tie":
        return [[body for i in range(count) for body in moved(_soft(part), (0, -i * 10.0, 0))]]
    return [_soft(part)]


def _box(group: Group) -> tuple[Vector, Vector]:
    low = np.array([body.mesh.bounds[0] for body in group]).min(axis=0)
    high = np.array([body.mesh.bounds[1] for body in group]).max(axis=0)
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])


def laid(kit: Pieces) -> tuple[list[Body], list[Mark], View]:
    """All of it in rows in the order of the bill; each group with the number of its line at its upper left corner."""
    x = y = tallest = 0.0
    bodies: list[Body] = []
    marks: list[Mark] = []
    for number, (part, count) in enumerate(lines(kit.p.kit), 1):
        for group in _groups(kit, part, count):
            low, high = _box(group)
            wide, tall = high[0] - low[0] + 14.0, high[1] - low[1]
            if x + wide > WIDE:
                x, y, tallest = 0.0, y - tallest - APART, 0.0
            bodies += moved(group, (x + 14.0 - low[0], y - tall - low[1], -low[2]))
            marks.append(Label(str(number), (x + 6.0, y - 4.0, 0.0), size=20))
            x, tallest = x + wide + APART, max(tallest, tall)
    return bodies, marks, View((0.0, -0.2, 1.0))
