"""Simple models of what lies in the case, each as coloured bodies in its own frame: lower left corner of the board, its
underside at z 0, parts upwards. Sizes are the parts' data; connectors are placed as their makers' drawings say."""

from dataclasses import dataclass, field
from typing import Any, Final

from build123d import Pos, Rot

from hardware.enclosure.cameras import CAMERAS
from hardware.enclosure.parameters import measures
from hardware.enclosure.shapes import block, hexagon, rod, rounded
from hardware.parts import load
from hardware.wiring.harness import load_wiring

GREEN: Final = "#2e7d4f"
BLUE: Final = "#2b5fa8"
BLACK: Final = "#33363b"
METAL: Final = "#c4c8cc"
GOLD: Final = "#d9a520"
WHITE: Final = "#f2efe6"
RED: Final = "#c0392b"
TAPE: Final = "#e8d9a8"


@dataclass
class Model:
    """A part: its id, bodies with their colours, and `keep`, the room that plugs and hands need, which nothing else may
    take. `soft` says of what may be pushed aside (cables): not checked against others."""

    part: str
    bodies: list[tuple[str, Any]] = field(default_factory=list)
    keep: dict[str, Any] = field(default_factory=dict)
    soft: bool = False

    def add(self, colour: str, shape: Any) -> None:
        """One more body."""
        self.bodies.append((colour, shape))

    def at(self, place: Any) -> "Model":
        """The same elsewhere; a build123d location."""
        return Model(
            self.part,
            [(colour, place * shape) for colour, shape in self.bodies],
            {name: place * shape for name, shape in self.keep.items()},
            self.soft,
        )


def pi() -> Model:
    """The Pi Zero 2 W with its card and without a header."""
    one = load()["pi-zero-2w"].size
    width, height, _ = measures("pi-zero-2w")
    pcb = rounded(0, 0, 0, (width, height, 1.4), 3.0)
    for x, y in one.holes:
        pcb -= rod(x, y, -1, one.hole_mm or 2.75, 4)
    model = Model("pi-zero-2w", [(GREEN, pcb)])
    model.add(METAL, block(18, 9, 1.4, (13, 13, 1.2)))
    model.add(BLACK, block(34, 11, 1.4, (9, 9, 1.0)))
    hdmi, usb, power = (one.ports[name][1] for name in ("hdmi", "usb", "power"))
    card, camera = one.ports["card"][1], one.ports["camera"][1]
    model.add(METAL, block(hdmi - 5.6, -0.6, 1.4, (11.2, 7.5, 3.2)))
    for port, at in (("usb", usb), ("power", power)):
        model.add(METAL, block(at - 4.0, -1.0, 1.4, (8.0, 5.6, 2.7)))
        # a plug's overmould, 11 x 7.5 mm, and the bend of its cable
        model.keep[port] = block(at - 5.5, -1.0 - 30.5, -1.0, (11.0, 30.4, 7.5))
    model.add(METAL, block(1.5, card - 6.0, 1.4, (11.0, 12.0, 1.4)))
    model.add(BLACK, block(-2.2, card - 5.5, 1.7, (3.7, 11.0, 0.8)))
    model.keep["card"] = block(-13.9, card - 5.5, 1.5, (11.6, 11.0, 1.2))
    model.add(WHITE, block(61.2, camera - 8.5, 1.4, (2.8, 17.0, 1.3)))
    model.add(BLACK, block(64.0, camera - 8.5, 1.5, (1.6, 17.0, 1.2)))  # its clip
    for i in range(20):
        for row in (25.2, 27.8):
            model.add(GOLD, block(8.0 + i * 2.54, row - 0.7, 1.4, (1.4, 1.4, 0.06)))
    return model


def camera(part: str) -> Model:
    """A camera; the frame's origin is the lens's middle on the board's back, lens upwards, ribbon below."""
    c = CAMERAS[part]
    width, height, _ = measures(part)
    pcb = rounded(-width / 2, -c.below, 0, (width, height, c.board), 1.5)
    for x in (-10.5, 10.5):
        for y in c.holes:
            pcb -= rod(x, y, -1, 2.2, 4)
    model = Model(part, [(GREEN, pcb)])
    wide = c.lens_wide
    model.add(BLACK, block(-wide / 2, -wide / 2, c.board, (wide, wide, c.lens * 0.62)))
    model.add(BLACK, rod(0, 0, c.board + c.lens * 0.6, wide * 0.75, c.lens * 0.4))
    model.add("#6a8caf", rod(0, 0, c.board + c.lens - 0.1, wide * 0.4, 0.1))
    model.add(WHITE, block(-8.5, -c.below + 0.3, -c.behind + 0.3, (17.0, 5.5, c.behind - 0.3)))
    model.keep["ribbon"] = block(-8.5, -c.below - 8.0, -c.behind, (17.0, 7.9, c.behind - 0.3))
    return model


def radio(part: str) -> Model:
    """The ESP32 board, USB sockets at the upper end (y high), pins downwards as they are soldered."""
    width, height, _ = measures(part)
    one = load()[part].size
    model = Model(part, [(BLACK if part == "esp32-s3" else "#25324a", rounded(0, 0, 0, (width, height, 1.6), 1.0))])
    model.add(METAL, block(width / 2 - 8.0, 6.5, 1.6, (16.0, 18.0, 3.1)))
    model.add("#4b4f55", block(width / 2 - 9.0, 0, 1.6, (18.0, 25.5, 0.8)))
    for name, (_, left) in one.ports.items():
        along = width - left  # the data have the sockets at the lower end
        model.add(METAL, block(along - 4.5, height - 6.6, 1.6, (9.0, 7.4, 3.2)))
        if name == "usb":
            model.keep["plug"] = block(along - 6.0, height + 0.9, 0.0, (12.0, 29.5, 6.4))
    for x in (5.0, width - 8.0):
        model.add(WHITE, block(x, height - 14.0, 1.6, (3.0, 4.0, 1.8)))
    pins = len(load_wiring().boards[part].rows[0])
    start = (height - (pins - 1) * 2.54) / 2
    for x in (1.27, width - 1.27):
        model.add("#1c1d20", block(x - 1.25, start - 1.27, -2.5, (2.5, pins * 2.54, 2.5)))
        for i in range(pins):
            model.add(GOLD, block(x - 0.32, start + i * 2.54 - 0.32, -8.5, (0.64, 0.64, 11.6)))
        model.keep[f"jumpers {'left' if x < 5 else 'right'}"] = block(
            x - 1.3, start - 1.3, -2.5 - 14.0 - 6.0, (2.6, pins * 2.54, 19.9)
        )
    return model


def first_pin(part: str, row: int) -> tuple[float, float, float]:
    """Where the pin nearest the aerial of a row stands in the frame of `radio`. Row 0 is on the left, as makers draw
    it, when the face is seen with the aerial on top; in that frame the aerial is below, so on the right."""
    width, height, _ = measures(part)
    pins = len(load_wiring().boards[part].rows[0])
    return (width - 1.27 if row == 0 else 1.27), (height - (pins - 1) * 2.54) / 2, 0.0


def receiver(part: str) -> Model:
    """The satellite receiver, antenna upwards, its pins towards y low, as deep as its antenna.

    The ATGM336H's antenna is taped onto its board and joined to it by a thin cable.
    """
    one = load()[part].size
    width, depth, height = measures(part)
    antenna = one.antenna_mm or (18.0, 18.0, 4.0)
    model = Model(part)
    thick = 3.0 if one.antenna_mm else 1.6
    wide = max(width, antenna[0])
    deep = max(depth, antenna[1])
    model.add(BLUE, block((wide - width) / 2, deep - depth, 0, (width, depth, thick)))
    if one.antenna_mm:
        model.add("#e8e2d0", block((wide - antenna[0]) / 2, 0, thick + 0.6, antenna))
        model.add(TAPE, block((wide - width) / 2, deep - depth, thick, (width, depth, 0.6)))
    else:
        model.add("#3a3d42", block(2, 2, 1.6, (width - 4, depth - 4, 2.0)))
        model.add("#e8e2d0", block((wide - 18.0) / 2, (deep - 18.0) / 2, 3.6, (18.0, 18.0, height - 3.6)))
    middle, top = wide / 2, thick + 0.6 + antenna[2] if one.antenna_mm else height
    model.add(METAL, rod(middle + 2.0, deep / 2 + 1.0, top, 2.4, 0.3))
    if one.antenna_mm:
        for i in range(5):
            model.add(GOLD, block(middle - 6.2 + i * 2.54, deep - depth - 6.0, 0.4, (0.64, 6.5, 0.64)))
        model.keep["jumpers"] = block(middle - 7.4, deep - depth - 14.5 - 2.0, -0.4, (13.0, 16.4, 2.6))
    else:  # a small socket, with its cable
        model.add(WHITE, block(middle - 3.5, -0.8, 1.6, (7.0, 4.0, 2.0)))
        model.keep["plug"] = block(middle - 3.5, -8.0, 1.0, (7.0, 7.1, 2.6))
    return model


def compass(part: str) -> Model:
    """The compass's board with four pins upwards, along its lower edge."""
    one = load()[part].size
    width, height, _ = measures(part)
    pcb = rounded(0, 0, 0, (width, height, 1.6), 2.0)
    for x, y in one.holes:
        pcb -= rod(x, y, -1, one.hole_mm or 2.5, 4)
    model = Model(part, [("#5b2a86" if part == "compass-lsm303agr" else "#23272e", pcb)])
    model.add(BLACK, block(width / 2 - 1.5, height / 2, 1.6, (3, 3, 1.0)))
    for x in (0.2, width - 6.2):
        model.add("#202225", block(x, height / 2 - 3.0, 1.6, (6.0, 6.0, 2.9)))
    model.add("#1c1d20", block(width / 2 - 5.1, 1.2, 1.6, (10.2, 2.5, 2.5)))
    for i in range(4):
        model.add(GOLD, block(width / 2 - 4.1 + i * 2.54, 2.1, 1.6, (0.64, 0.64, 8.5)))
    model.keep["jumpers"] = block(width / 2 - 5.2, 1.1, 4.2, (10.4, 2.7, 20.0))
    return model


def button() -> Model:
    """The button along z: its head above the panel (z 0), its thread and nut below."""
    head, _, long = measures("button")
    ring = rod(0, 0, 0, head, 0.9) - rod(0, 0, -1, 12.0, 3)
    model = Model("button", [(BLACK, ring), (METAL, rod(0, 0, 0.9, head, 2.0)), (RED, rod(0, 0, 2.9, 9.0, 2.5))])
    model.add(METAL, rod(0, 0, -14.0, 12.0, 14.0))
    model.add(GOLD, hexagon(0, 0, -2.0 - 2.5, 15.0, 2.5) - rod(0, 0, -6, 12.0, 6))
    model.add(BLACK, rod(0, 0, -long + 8.0, 10.0, long - 22.0))
    model.keep["wires"] = rod(0, 0, -long - 2.0, 9.0, 10.0)
    return model


def buzzer() -> Model:
    """The bare round buzzer, its axis along z and its two legs upwards; it lies with its flank on a piece of foam tape.
    The origin is the tape's lower left corner."""
    across, _, tall = measures("buzzer")
    middle = 10.0, 1.0 + across / 2
    model = Model("buzzer", [("#17181a", rod(*middle, 0, across, tall) - rod(*middle, -1, 2.0, 3.0))])
    model.add(TAPE, block(middle[0] - 5.0, 0, 0, (10.0, 1.6, tall)))
    for x in (-2.5, 2.5):
        model.add(METAL, block(middle[0] + x - 0.3, middle[1] - 0.3, tall, (0.6, 0.6, 6.5)))
    model.keep["jumpers"] = block(middle[0] - 3.8, middle[1] - 1.3, tall + 0.1, (7.6, 2.6, 17.0))
    return model


def motor() -> Model:
    """A disc motor on its board."""
    width, height, _ = measures("motor")
    model = Model("motor", [(BLUE, rounded(0, 0, 0, (width, height, 1.6), 1.5))])
    model.add(METAL, rod(width / 2, height / 2 + 2.0, 1.6, 10.0, 3.0))
    for i in range(3):
        model.add(GOLD, block(width / 2 - 2.9 + i * 2.54, 1.5, 1.6, (0.64, 0.64, 6.0)))
    model.keep["jumpers"] = block(width / 2 - 3.9, 0.6, 1.7 + 6.1, (7.8, 2.6, 13.0))
    return model


def led() -> Model:
    """The LED along z: its dome above the panel, collar and leads below."""
    collar, _, _ = measures("led")
    model = Model("led", [("#e74c3c", rod(0, 0, -2.2, 5.0, 5.0))])
    model.add("#e74c3c", rod(0, 0, -3.2, collar, 1.0))
    for x in (-1.27, 0.8):
        model.add(METAL, block(x, -0.25, -12.0, (0.5, 0.5, 8.8)))
    model.keep["wires"] = block(-3.0, -3.0, -26.0, (6.0, 6.0, 13.9))
    return model


def screw(part: str) -> Model:
    """A screw along -z, its head's underside at z 0."""
    long = 6.0 if part == "screw-m25x6" else 10.0
    head = rod(0, 0, 0, 4.6, 2.0) - block(-1.6, -0.3, 1.2, (3.2, 0.6, 1)) - block(-0.3, -1.6, 1.2, (0.6, 3.2, 1))
    return Model(part, [(METAL, head), (METAL, rod(0, 0, -long, 2.4, long))])


def nut() -> Model:
    """A nut, its underside at z 0."""
    flats, _, tall = measures("nut-m25")
    return Model("nut-m25", [(GOLD, hexagon(0, 0, 0, flats, tall) - rod(0, 0, -1, 2.5, 5))])


PLUGS: Final = {"micro": (6.8, 5.5, 1.8), "c": (8.3, 7.0, 2.5), "a": (12.0, 13.0, 4.5)}


def plug(part: str, long: float = 20.0, kind: str = "micro") -> Model:
    """A USB plug with the beginning of its cable, along -y, its tongue at y 0."""
    wide, tongue, thick = PLUGS[kind]
    model = Model(part, [(METAL, block(-wide / 2, -1.0, -thick / 2, (wide, tongue, thick)))], soft=True)
    if kind == "a":
        model.add(BLACK, rounded(-7.8, -1.0 - long, -4.2, (15.6, long, 8.4), 1.0))
        return model
    model.add(BLACK, rounded(-5.2, -1.0 - long, -3.5, (10.4, long, 7.0), 1.0))
    return model


def turned(x: float, y: float, z: float, about: tuple[float, float, float] = (0, 0, 0)) -> Any:
    """A place: moved, and turned about x, y, z in degrees."""
    return Pos(x, y, z) * Rot(*about)
