"""Where each part lies in the closed case."""

from typing import Any

from hardware.enclosure import boards
from hardware.enclosure.boards import Model, turned
from hardware.enclosure.cameras import CAMERAS
from hardware.enclosure.case import bar_holes, corners, pi_holes
from hardware.enclosure.lid import camera_back
from hardware.enclosure.parameters import Parameters, measures
from hardware.enclosure.shapes import block


def _pi(p: Parameters) -> Model:
    return boards.pi().at(turned(p.pi.x + p.pi.width, p.pi.y, p.pi.z, (0, 0, 90)))


def radio_place(p: Parameters) -> Any:
    """Where the radio board lies: face down, USB above."""
    s = p.radio
    return turned(s.x + s.width, s.y, s.z + 1.6, (0, 180, 0))


def _radio(p: Parameters) -> Model:
    return boards.radio(p.board).at(radio_place(p))


def _receiver(p: Parameters) -> Model:
    model = boards.receiver(p.gnss)
    width = max(measures(p.gnss)[0], 25.0 if p.gnss == "gnss-atgm336h" else 0.0)
    deep = 25.0 if p.gnss == "gnss-atgm336h" else measures(p.gnss)[1]
    s = p.sky
    # antenna (its z) to the sky (y), pins (its -y) to the front
    return model.at(turned(s.x + (s.width - width) / 2, s.y + 0.2, s.z + deep, (-90, 0, 0)))


def _window(p: Parameters) -> Model:
    rim = p.depth + p.plate - p.pane_ledge - p.pane_thick
    side = p.pane
    return Model(
        "window", [("#9fd3e8", block(p.lens_x - side / 2, p.lens_y - side / 2, rim, (side, side, p.pane_thick)))]
    )


def screws(p: Parameters) -> dict[str, Model]:
    """All screws by a name of their own: "pi 1" … "lid 4"."""
    short, long = boards.screw("screw-m25x6"), boards.screw("screw-m25x10")
    found = {f"pi screw {i}": short.at(turned(x, y, p.pi.z + 1.4)) for i, (x, y) in enumerate(pi_holes(p), 1)}
    back = camera_back(p) - CAMERAS[p.camera].behind - p.bar
    found |= {f"bar screw {i}": short.at(turned(x, y, back, (180, 0, 0))) for i, (x, y) in enumerate(bar_holes(p), 1)}
    found |= {f"lid screw {i}": long.at(turned(x, y, p.depth + p.plate)) for i, (x, y) in enumerate(corners(p), 1)}
    return found


def nuts(p: Parameters) -> dict[str, Model]:
    """All nuts, each against the roof of its slot."""
    tall = measures("nut-m25")[2]
    found = {f"pi nut {i}": (x, y, p.pi_post - p.over_nut - tall) for i, (x, y) in enumerate(pi_holes(p), 1)}
    found |= {f"lid nut {i}": (x, y, p.depth - p.over_nut - tall) for i, (x, y) in enumerate(corners(p), 1)}
    tip = camera_back(p) - CAMERAS[p.camera].behind
    found |= {f"bar nut {i}": (x, y, tip + p.over_nut) for i, (x, y) in enumerate(bar_holes(p), 1)}
    return {name: boards.nut().at(turned(*at)) for name, at in found.items()}


def placed(p: Parameters) -> dict[str, Model]:
    """The parts of a kit by id, without screws, nuts and cables."""
    found: dict[str, Any] = {
        "pi-zero-2w": _pi(p),
        p.board: _radio(p),
        p.gnss: _receiver(p),
        p.compass: boards.compass(p.compass).at(turned(p.north.x, p.north.y, p.north.z)),
        "button": boards.button().at(turned(-p.wall, p.button_y, p.button_z, (0, -90, 0))),
        "led": boards.led().at(turned(-p.wall, p.led_y, p.led_z, (0, -90, 0))),
        # the buzzer lies on the bottom wall, its legs to the front, its sound goes to the back and out by the drains
        "buzzer": boards.buzzer().at(turned(34.0, 0.0, 5.0)),
        "window": _window(p),
        p.camera: boards.camera(p.camera).at(turned(p.lens_x, p.lens_y, camera_back(p))),
    }
    if p.motor:
        found["motor"] = boards.motor().at(turned(p.shake.x, p.shake.y, p.shake.z))
    return found
