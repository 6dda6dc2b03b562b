"""The case's measures, in millimetres, and which boards lie in it for each kit.

The frame: the case lies on its back, as it is printed. x goes right as seen from the front (the wearer's left), y
towards the sky, z from the back (the chest) to the front, where the lens looks. The origin is the inner corner left,
bottom, back.

The camera looks straight ahead, not up: so the lens's pitch is the compass board's, and the walker tilts by the strap.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from hardware.parts import load

KITS: Final = ("scout", "surveyor")


@cache
def measures(part: str) -> tuple[float, float, float]:
    """A part's width, depth and height as the parts' data say them, in mm. Raises LookupError where they say none."""
    size = load()[part].size.size_mm
    if size is None:
        raise LookupError(f"nothing says how large {part} is")
    return size


@dataclass(frozen=True)
class Seat:
    """Where a board lies: its lower left back corner, and its outline as it lies there (width, height), both in mm."""

    x: float
    y: float
    z: float
    width: float
    height: float


@dataclass(frozen=True)
class Parameters:
    """One case. All lengths in mm; what is not said of a wall is `wall`."""

    kit: str
    camera: str
    board: str
    gnss: str
    compass: str
    motor: bool
    # the room inside, and what is around it
    width: float = 96.0
    height: float = 104.0
    depth: float = 34.0
    wall: float = 1.6
    floor: float = 1.2
    plate: float = 1.2  # the lid's
    corner: float = 4.0  # radius of the upright edges
    gap: float = 0.3  # between printed pieces
    # screws: M2.5 with nuts that slide in from the side; a screwdriver is all it takes
    screw_hole: float = 2.8
    nut_width: float = 5.3  # across flats, 5.0 and room
    nut_height: float = 2.3  # 2.0 and room
    post: float = 8.6
    pi_post: float = 6.0  # height
    over_nut: float = 1.6  # printed over a nut
    pin_ends: float = 1.6  # how far soldered pins come through a board
    bar: float = 2.2  # the camera bar's thickness
    # the lid's window, a pane glued in from inside
    pane: float = 20.0
    pane_thick: float = 2.0
    pane_ledge: float = 1.2
    opening: float = 15.0
    roof: float = 6.0  # how far the top wall stands out over the lid
    tongue: float = 3.0
    lens_x: float = 43.0
    lens_y: float = 58.0
    lens_gap: float = 1.0  # between lens and pane
    bar_reach: float = 19.0  # from the lens to the bar's screws
    # through the walls
    button_hole: float = 12.3
    button_y: float = 32.0
    button_z: float = 21.0
    led_hole: float = 5.2
    led_y: float = 76.0
    led_z: float = 22.0
    notch_x: float = 60.0
    notch_width: float = 9.6  # and as tall: a slit grommet lies in it
    notch_from: float = 20.0
    drain: float = 4.0
    # the ears that the strap goes through
    webbing: float = 40.0
    slot_width: float = 5.0
    ear: float = 14.0
    ear_thick: float = 3.0
    power_button: bool = False  # a second hole under the button, for the Pi's own; needs a Pi with a header

    @property
    def pi(self) -> Seat:
        """Upright, sockets to the right, card below, ribbon above."""
        return Seat(2.5, 14.0, self.pi_post, 30.0, 65.0)

    @property
    def radio(self) -> Seat:
        """Face down, USB above, pins to the front. The rails take boards of 25 to 28.4 mm by 57 to 63 mm."""
        width, height, _ = measures(self.board)
        return Seat(67.0, 9.5 + (63.0 - height), 5.0, width, height)

    @property
    def sky(self) -> Seat:
        """The slot of the receiver under the top wall: 12 mm of antenna, tape and board, 26 mm wide, 26 mm deep."""
        return Seat(10.0, self.height - 13.0, 1.0, 26.0, 12.0)

    @property
    def north(self) -> Seat:
        """The compass board on foam tape."""
        width, height, _ = measures(self.compass)
        return Seat(40.0, self.height - 0.4 - height, 2.0, width, height)

    @property
    def shake(self) -> Seat:
        """The motor's board; on the back wall, where the wearer feels it."""
        width, height, _ = measures("motor")
        return Seat(34.5, 12.6, 2.0, width, height)

    @property
    def outer(self) -> tuple[float, float, float]:
        """The closed case without ears and roof: width, height, depth."""
        return self.width + 2 * self.wall, self.height + 2 * self.wall, self.depth + self.floor + self.plate


def parameters(kit: str) -> Parameters:
    """The case of a kit. Raises ValueError where there is no such kit."""
    if kit == "scout":
        return Parameters(
            kit=kit,
            camera="camera-ov5647",
            board="esp32-s3",
            gnss="gnss-atgm336h",
            compass="compass-lsm303agr",
            motor=False,
        )
    if kit == "surveyor":
        return Parameters(
            kit=kit,
            camera="camera-module-3",
            board="esp32-c5",
            gnss="gnss-m10",
            compass="compass-icm20948",
            motor=True,
        )
    raise ValueError(f"There is no kit {kit!r}; there are {', '.join(KITS)}.")
