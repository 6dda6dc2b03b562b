"""What is checked of a case: every measure says what it found, in mm; the limits are in tests and in printing.toml.

Checked on the model. No case was printed yet.
"""

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from build123d import Compound

from hardware.enclosure.boards import Model
from hardware.enclosure.cameras import CAMERAS
from hardware.enclosure.lid import camera_back
from hardware.enclosure.parameters import Parameters
from hardware.enclosure.shapes import block, volume

# Below a twentieth of a cubic millimetre is where faces touch
TOUCH = 0.05


def whole(model: Model) -> Any:
    """A part's bodies as one."""
    return Compound([solid for _, body in model.bodies for solid in body.solids()])


def _apart(one: Any, other: Any) -> bool:
    a, b = one.bounding_box(), other.bounding_box()
    return any(
        getattr(a.max, axis) < getattr(b.min, axis) + 1e-6 or getattr(b.max, axis) < getattr(a.min, axis) + 1e-6
        for axis in "XYZ"
    )


def common(one: Any, other: Any) -> float:
    """How many mm³ two shapes share."""
    if _apart(one, other):
        return 0.0
    found = 0.0
    for a in one.solids():
        for b in other.solids():
            if not _apart(a, b):
                found += volume(a.intersect(b))
    return found


def interferences(printed: dict[str, Any], parts: dict[str, Model]) -> Iterator[tuple[str, str, float]]:
    """Pairs of pieces that share room, and how much of it in mm³."""
    shapes = printed | {name: whole(model) for name, model in parts.items()}
    for (a, one), (b, other) in combinations(shapes.items(), 2):
        shared = common(one, other)
        if shared > TOUCH:
            yield a, b, shared


def blocked(printed: dict[str, Any], parts: dict[str, Model]) -> Iterator[tuple[str, str, float]]:
    """What stands where a plug, a hand or a card must go: whose room, what takes it, mm³."""
    shapes = printed | {name: whole(model) for name, model in parts.items()}
    rooms = {f"{name}: {which}": (name, room) for name, model in parts.items() for which, room in model.keep.items()}
    for label, (owner, room) in rooms.items():
        for name, shape in shapes.items():
            if name != owner and (shared := common(room, shape)) > TOUCH:
                yield label, name, shared
    for (a, (mine, one)), (b, (yours, other)) in combinations(rooms.items(), 2):
        if mine != yours and (shared := common(one, other)) > TOUCH:
            yield a, b, shared


def sight(p: Parameters) -> Any:
    """The whole field of view as a solid: from the lens's front out to 60 mm before the lid. The pupil is taken to lie
    1.5 mm inside, and 3 mm wide: an estimate with room."""
    from build123d import Plane, Pos, Rectangle, loft

    c = CAMERAS[p.camera]
    front = camera_back(p) + c.board + c.lens
    wide, tall = (math.tan(math.radians(angle / 2)) for angle in c.view_deg)

    def across(z: float) -> Any:
        away = z - front + 1.5
        face = Rectangle(3.0 + 2 * wide * away, 3.0 + 2 * tall * away)
        return Plane.XY * Pos(p.lens_x, p.lens_y, z) * face

    return loft([across(front + 0.01), across(p.depth + p.plate + 60)])


def hidden(p: Parameters, printed: dict[str, Any]) -> float:
    """How many mm³ of the field of view the case takes."""
    cone = sight(p)
    return sum(common(cone, shape) for shape in printed.values())


def above(p: Parameters, receiver: Model, parts: dict[str, Model]) -> list[str]:
    """What lies between the receiver and the sky, printed walls aside. Straight up, and 20 mm to each side and fore."""
    box = whole(receiver).bounding_box()
    room = block(box.min.X - 20, p.height, box.min.Z, (box.size.X + 40, 60.0, box.size.Z))
    return [name for name, model in parts.items() if model is not receiver and common(room, whole(model)) > TOUCH]


def distance(one: Model, other: Model) -> float:
    """The least distance between two parts, mm."""
    return float(whole(one).distance_to(whole(other)))


def bank(p: Parameters) -> Any:
    """Where a power bank might come nearest: hung right under the case, over its whole width and more."""
    width, _, depth = p.outer
    return block(-p.wall - 20, -p.wall - 140, -p.floor - 20, (width + 40, 140, depth + 40))
