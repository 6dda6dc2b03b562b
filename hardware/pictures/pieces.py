"""All pieces of a kit as triangles, by the names that steps.toml uses, each where it lies in the closed case."""

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import trimesh

from hardware.enclosure import boards
from hardware.enclosure.case import case
from hardware.enclosure.layout import nuts, placed, screws
from hardware.enclosure.lid import bar, camera_back, lid
from hardware.enclosure.mesh import meshed
from hardware.enclosure.parameters import Parameters, measures
from hardware.pictures.cables import strip, tube
from hardware.pictures.places import shift, turn
from hardware.pictures.render import Body, Vector
from hardware.wiring.harness import load_wiring

PLUG = "#2b2d31"
CASE, LID, BAR = "#c9d6e2", "#b9cbdb", "#a9c0d4"
COLOURS = {
    "red": "#d62f2f",
    "black": "#26282b",
    "green": "#2f9e44",
    "blue": "#2b6fd0",
    "yellow": "#e6c200",
    "white": "#f4f4f4",
    "grey": "#9aa0a6",
    "orange": "#ee8322",
    "brown": "#7b4a24",
    "violet": "#8a4fc0",
}


@dataclass
class Pieces:
    """A kit's parameters, and each named piece as bodies."""

    p: Parameters
    named: dict[str, list[Body]] = field(default_factory=dict)

    def of(self, names: Any, *, new: bool = False, faint: bool = False) -> list[Body]:
        """The bodies of those pieces that this kit has."""
        return [replace(body, new=new, faint=faint) for name in names for body in self.named.get(name, [])]


def moved(bodies: list[Body], by: Vector) -> list[Body]:
    """The same bodies elsewhere."""
    return [replace(body, mesh=body.mesh.copy().apply_translation(by)) for body in bodies]


def turned(bodies: list[Body], matrix: Any) -> list[Body]:
    """The same bodies under a 4 x 4 matrix."""
    return [replace(body, mesh=body.mesh.copy().apply_transform(matrix)) for body in bodies]


def turned_lid(kit: Pieces, bodies: list[Body]) -> list[Body]:
    """Bodies of the lid, its inside up."""
    return turned(bodies, turn(np.pi, 1, (kit.p.width / 2, 0, kit.p.depth)))


def bodies_of(model: boards.Model) -> list[Body]:
    """A model's bodies; those of one colour that are small and many (pins, pads) as one mesh without edges."""
    small: dict[str, list[Any]] = {}
    found = []
    for colour, shape in model.bodies:
        mesh = meshed(shape)
        if max(mesh.extents[:2]) < 2.0 and len(model.bodies) > 12:
            small.setdefault(colour, []).append(mesh)
        else:
            found.append(Body(mesh, colour))
    return found + [Body(trimesh.util.concatenate(meshes), colour, edges=False) for colour, meshes in small.items()]


def pin_place(p: Parameters, pin: str) -> Vector:
    """Where a wire's plug ends, in front of a pin of the board: the first row is on the left as the board lies."""
    board = load_wiring().boards[p.board]
    row, index = board.place(pin)
    s, count = p.radio, len(board.rows[row])
    start = s.y + (s.height - (count - 1) * 2.54) / 2
    return s.x + (1.27 if row == 0 else s.width - 1.27), start + (index - 1) * 2.54, s.z + 1.6 + 2.5


def wire_ends(p: Parameters, part: str, nth: int) -> tuple[Vector, Vector]:
    """Where the nth wire of a part begins, and a point on its way."""
    if part == "compass":
        x = p.north.x + p.north.width / 2 - 3.8 + nth * 2.54
        return (x, p.north.y + 2.4, 6.5), (x, p.north.y + 2.4, 26.0)
    if part == "gnss":
        x = p.sky.x + (7.1 if p.gnss == "gnss-atgm336h" else 9.5) + nth * 2.54
        return (x, p.sky.y + 1.0, 22.0), (x + 2, p.sky.y - 3.0, 33.0)
    if part == "button":
        return (18.0, p.button_y - 2 + nth * 4, p.button_z), (28.0, p.button_y - 2 + nth * 4, p.button_z + 3)
    if part == "led":
        return (9.0, p.led_y - 1.1 + nth * 2.2, p.led_z), (24.0, p.led_y - 1.1 + nth * 2.2, p.led_z + 2)
    if part == "buzzer":
        x = 41.5 + nth * 5.0
        return (x, 7.0, 20.0), (x + 1.0, 9.0, 31.0)
    x = p.shake.x + p.shake.width / 2 - 2.6 + nth * 2.54
    return (x, p.shake.y + 1.8, 6.0), (x, p.shake.y + 3.0, 25.0)


def wires(p: Parameters) -> list[Body]:
    """The jumper wires in the colours of the wiring's data, each with its plugs."""
    found, seen = [], dict[str, int]()
    roles = {p.gnss: "gnss", p.compass: "compass"}
    for i, wire in enumerate(load_wiring().kits[p.kit]):
        role = roles.get(wire.part, wire.part)
        nth = seen.get(role, 0)
        seen[role] = nth + 1
        begin, via = wire_ends(p, role, nth)
        x, y, z = pin_place(p, wire.board)
        beyond = (x - 20.0, y + (via[1] - y) * 0.4, 27.0 + i % 4)
        points = [via, beyond, (x - 6, y, 30.0), (x, y, z + 16.0), (x, y, z + 13.0)]
        found.append(Body(tube([begin, *points], 1.5), COLOURS[wire.colour]))
        for place, along in (((x, y, z + 7.0), (2.4, 2.4, 14.0)), (begin, (2.4, 2.4, 2.4))):
            plug = trimesh.creation.box(along, shift(*place))
            found.append(Body(plug, PLUG))
    return found


def board_tie(p: Parameters) -> list[Body]:
    """The tie around the radio board and through both rails, its end cut off at the head."""
    s = p.radio
    y, left, right, low, top = s.y + 1.9, s.x - 1.4, s.x + s.width + 1.1, 1.0, s.z + 2.3
    loop = [(left, low), (right, low), (right, top), (left, top), (left, low)]
    points = []
    for (x0, z0), (x1, z1) in pairwise(loop):
        points += [(x0 + (x1 - x0) * t, y, z0 + (z1 - z0) * t) for t in (0.04, 0.35, 0.65, 0.96)]
    head = trimesh.creation.box((4.6, 4.4, 3.4), shift(left - 0.6, y, top - 1.0))
    return [Body(strip(points, (0, 1, 0), 2.5, 1.1), "#26282b"), Body(head, "#26282b")]


def antenna_cable(p: Parameters) -> list[Body]:
    """From the antenna's front edge to the small round plug at the receiver's edge; where they are apart."""
    if p.gnss != "gnss-atgm336h":
        return []
    x, y, z = p.sky.x + 13.0, p.sky.y, p.sky.z + 15.7
    line = [
        (x + 9, y + 8, z + 9),
        (x + 9.5, y + 7, z + 14),
        (x + 8, y + 3, z + 13),
        (x + 5.8, y + 1.7, z + 3),
        (x + 5.8, y + 1.7, z),
    ]
    plug = trimesh.creation.cylinder(1.2, 2.0, transform=shift(x + 5.8, y + 1.7, z + 0.6))
    return [Body(tube(line, 1.2), "#26282b"), Body(plug, boards.GOLD)]


def cables(p: Parameters) -> dict[str, list[Body]]:
    """Both USB cables, the tie, and the ribbon as it lies while the case is open and when it is closed."""
    right, s = p.pi.x + p.pi.width, p.radio
    usb, power = p.pi.y + 41.4, p.pi.y + 54.0
    z = p.pi.z + 2.7
    plug, round_end = boards.plug("cable-otg", 18.0), boards.plug("cable-otg", 18.0, "c")
    top = s.x + 7.0, s.y + s.height + 0.6, s.z - 1.6
    otg = bodies_of(plug.at(boards.turned(right + 1.0, usb, z, (0, 0, 90))))
    otg += bodies_of(round_end.at(boards.turned(*top, (0, 0, 180))))
    loop = [
        (right + 19, usb, z),
        (right + 27, usb, z + 4),
        (right + 31, usb + 16, 16),
        (right + 32, usb + 40, 17),
        (top[0], p.height - 3, 12),
        (top[0], top[1] + 17, top[2]),
    ]
    otg.append(Body(tube(loop, 3.6), "#2b2d31"))
    out = bodies_of(boards.plug("cable-power", 18.0).at(boards.turned(right + 1.0, power, z, (0, 0, 90))))
    way = [(right + 19, power, z), (right + 25, power - 4, z + 6), (60, power - 25, 18), (60.0, 25, 21)]
    way += [(p.notch_x, 10, 24.3), (p.notch_x, -10, 24.3), (p.notch_x + 2, -40, 22)]
    out.append(Body(tube(way, 4.2), "#44474d"))
    tie = trimesh.creation.torus(4.0, 1.0)
    tie.apply_transform(turn(np.pi / 2, 0))
    tie.apply_translation((p.notch_x + 1.5, 11.5, 24.0))
    ring = trimesh.creation.annulus(2.2, 6.0, 5.0)
    ring.apply_transform(turn(np.pi / 2, 0))
    ring.apply_translation((p.notch_x, -p.wall / 2, 24.6))
    x, y, low = p.pi.x + 15.0, p.pi.y + 66.0, p.pi.z + 2.2
    up = strip(
        [(x, y - 3, low), (x, y + 4, low), (x + 1, y + 6, 15), (x + 1, y + 2, 40), (x + 2, y - 4, 78)],
        (1, 0, 0),
        16.0,
        narrow=11.5,
    )
    back = camera_back(p) - 1.6
    fold = [
        (x, y - 3, low),
        (x, y + 4, low),
        (x + 8, y + 5, 14),
        (x + 20, y - 20, 18),
        (p.lens_x, p.lens_y - 22, back - 2),
    ]
    closed = strip([*fold, (p.lens_x, p.lens_y - 8, back)], (1, 0, 0), 16.0, narrow=11.5)
    white = "#e9e6da"
    return {
        "otg": otg,
        "power": out,
        "tie": [Body(tie, "#26282b")],
        "board tie": board_tie(p),
        "grommet": [Body(ring, "#26282b")],
        "ribbon up": [Body(up, white)],
        "ribbon": [Body(closed, white)],
    }


def worn(p: Parameters) -> dict[str, list[Body]]:
    """The strap through both ears and behind a bag's shoulder strap; the bank below on its cable."""
    y, z = p.height / 2, -p.floor
    left, right = -p.wall - p.ear + 6.5, p.width + p.wall + p.ear - 6.5
    wide = measures("strap")[0]
    behind = z - 18.0
    points = [(left + 26, y, z - 14), (left + 8, y, z - 8), (left, y, z + 1), (left - 4, y, z + 6), (left - 9, y, z)]
    points += [(left + 4, y, behind + 2), (left + 24, y, behind), (right - 24, y, behind), (right - 4, y, behind + 2)]
    points += [
        (right + 9, y, z),
        (right + 4, y, z + 6),
        (right, y, z + 1),
        (right - 8, y, z - 8),
        (right - 26, y, z - 14),
    ]
    strap = strip(points, (0, 1, 0), wide, 1.6)
    middle = (left + right) / 2
    shoulder = strip([(middle, y + way, z - 8) for way in (-130, -60, 60, 130)], (1, 0, 0), 60.0, 6.0)
    bank = trimesh.creation.box((68, 100, 15), shift(100, -95, 10))
    line = [(p.notch_x, 0, 24.3), (p.notch_x, -22, 24), (p.notch_x + 18, -38, 18), (98, -36, 12), (100, -48, 10)]
    return {
        "strap": [Body(strap, "#3f4a5a"), Body(shoulder, "#9a8f7d")],
        "bank": [Body(bank, "#5c6b7a"), Body(tube(line, 4.2), "#44474d")],
    }


def pieces(p: Parameters) -> Pieces:
    """Every piece of a kit."""
    found = Pieces(p)
    named = found.named
    for name, shape, colour in (("case", case(p), CASE), ("lid", lid(p), LID), ("bar", bar(p), BAR)):
        named[name] = [Body(meshed(shape), colour)]
    roles = {"pi-zero-2w": "pi", p.board: "board", p.gnss: "gnss", p.compass: "compass", p.camera: "camera"}
    for name, model in placed(p).items():
        named[roles.get(name, name)] = bodies_of(model)
    named["gnss"] += antenna_cable(p)
    named["window"] = [replace(body, opacity=0.6) for body in named["window"]]
    for kind, models in (("screw", screws(p)), ("nut", nuts(p))):
        for name, model in models.items():
            named.setdefault(f"{name.split()[0]} {kind}s", []).extend(bodies_of(model))
    return Pieces(p, named | cables(p) | worn(p) | {"wires": wires(p)})
