"""Plans that explain: where to stand, what to frame, what a direction means, why two pavements."""

from math import cos, radians, sin

from hardware.drawings.cameras import bowl, plate, tube
from hardware.drawings.pen import (
    BLACK,
    GLASS,
    GREEN,
    INK,
    METAL,
    PAVEMENT,
    RED,
    ROAD,
    SHADE,
    SHINE,
    SKY,
    TELL,
    TELL_PALE,
    WALL,
    Pen,
    Point,
)  # fmt: skip


def _person(pen: Pen, x: float, y: float, size: float = 1.0, *, kit: bool = True) -> None:
    """A person who stands at (x, y), 66 units high; a walker holds a kit before the eyes."""
    with pen.at(x, y, 0, size):
        pen.line((-7, 0), (-3, -26), (5, 0), width=5.5 * size)
        pen.box(-11, -50, 18, 27, INK, radius=7, ink="none")
        pen.disc(-2, -58, 8.5, INK, "none")
        if kit:
            pen.line((2, -44), (14, -50), (15, -57), width=4.5 * size)
            pen.box(11, -65, 11, 10, TELL, radius=2, ink="none")


def _from_above(pen: Pen, x: float, y: float, turn_deg: float) -> None:
    """A walker from above, who looks along `turn_deg` (0 is up)."""
    with pen.at(x, y, turn_deg):
        pen.oval(0, 0, 15, 8, INK, "none")
        pen.disc(0, -1, 6, SHADE, INK, 1.5)
        pen.box(-4, -15, 8, 6, TELL, radius=1.5, ink="none")


def _sight(pen: Pen, start: Point, toward_deg: float, length: float, spread_deg: float = 5.0) -> None:
    """The wedge in which the thing lies that was seen in a direction."""
    tips = [
        (start[0] + length * sin(radians(angle)), start[1] - length * cos(radians(angle)))
        for angle in (toward_deg - spread_deg, toward_deg + spread_deg)
    ]
    pen.shape(TELL_PALE, start, *tips, ink="none", fade=0.6)
    for tip in tips:
        pen.line(start, tip, ink=TELL, width=1.5, dash="5 5")


def _street(pen: Pen, left: float, right: float) -> None:
    """A street from above: a house on each side, two pavements, the carriageway."""
    wide = right - left
    for y, high, fill in ((10, 22, WALL), (32, 32, PAVEMENT), (64, 104, ROAD), (168, 32, PAVEMENT), (200, 30, WALL)):
        pen.box(left, y, wide, high, fill, ink="none")
    for y in (32, 64, 168, 200):
        pen.line((left, y), (right, y), ink=SHADE, width=1.5)
    pen.line((left + 8, 116), (right - 8, 116), ink=SHINE, width=3, dash="14 12")


def two_pavements(pen: Pen) -> None:
    """Left from one pavement, right from both: where the pole can be."""
    for left, both in ((10, False), (188, True)):
        _street(pen, left, left + 162)
        pole = (left + 106, 52.0)
        stands = [(left + 34.0, 184.0)] + ([(left + 38.0, 48.0)] if both else [])
        for x, y in stands:
            way = 28.6 if y > 100 else 93.4
            _sight(pen, (x, y), way, 168 if y > 100 else 108)
        if both:
            pen.oval(*pole, 13, 9, "none", TELL, 3)
        else:
            with pen.at(pole[0] - 12, pole[1] + 22, 28.6):
                pen.oval(0, 0, 14, 62, "none", TELL, 3)
        pen.disc(*pole, 5.5, INK)
        for number, (x, y) in enumerate(stands, 1):
            _from_above(pen, x, y, 28.6 if y > 100 else 93.4)
            pen.mark(number, x + 28 if y > 100 else x - 12, y + 6 if y > 100 else y - 22)
    pen.box(174, 9, 12, 222, "#f6f3ec", ink="none")
    pen.mark(3, 50, 58, (88, 78))
    pen.mark(4, 328, 26, (304, 46))


def near_far(pen: Pen) -> None:
    """Two frames: the camera with its street, and the camera alone."""
    pen.box(14, 26, 158, 172, SKY, radius=6)
    pen.box(20, 60, 64, 118, WALL, width=1.5)
    for x in (30, 56):
        for y in (74, 108):
            pen.box(x, y, 16, 22, GLASS, width=1.5)
    pen.box(38, 146, 28, 32, SHADE, width=1.5)
    pen.shape("#c08f73", (14, 60), (52, 38), (90, 60), width=1.5)
    pen.line((15, 178), (171, 178), width=2)
    pen.box(122, 66, 7, 112, SHADE, width=1.5)
    with pen.at(112, 74, -8, 0.3):
        tube(pen, lights=False)
    pen.box(92, 58, 42, 36, "none", radius=4, ink=TELL, width=2.5)
    pen.box(188, 26, 158, 172, SKY, radius=6)
    pen.box(318, 27, 20, 170, SHADE, width=2)
    pen.line((318, 118), (296, 118), width=10)
    with pen.at(256, 104, -8, 1.05):
        tube(pen)
    pen.mark(1, 93, 214)
    pen.mark(2, 267, 214)
    pen.line((134, 62), (186, 28), ink=TELL, width=1.5, dash="5 5")
    pen.line((134, 92), (186, 194), ink=TELL, width=1.5, dash="5 5")


def height(pen: Pen) -> None:
    """Two shots from one place: down to the foot, up to the camera."""
    pen.line((12, 204), (348, 204), width=2.5)
    pen.box(300, 40, 10, 164, SHADE)
    pen.line((300, 62), (286, 62), width=6)
    with pen.at(268, 56, -8, 0.5):
        tube(pen, lights=False)
    _person(pen, 62, 204, 1.25)
    eye = (94.0, 130.0)
    pen.line(eye, (262, 130), ink=SHADE, width=2, dash="3 6")
    pen.line(eye, (300, 202), ink=TELL, width=2.5, dash="8 5")
    pen.line(eye, (248, 64), ink=TELL, width=2.5, dash="8 5")
    pen.path("none", [("M", [(168, 130)]), ("Q", [(170, 142), (165, 154)])], TELL, 2.5)
    pen.path("none", [("M", [(168, 130)]), ("Q", [(168, 112), (161, 101)])], TELL, 2.5)
    pen.mark(1, 196, 186)
    pen.mark(2, 176, 76)
    pen.line((330, 60), (330, 202), width=2)
    for y, way in ((60, 1), (202, -1)):
        pen.line((325, y + 8 * way), (330, y), (335, y + 8 * way), width=2)
    pen.says(330, 50, "?", 17)
    pen.line((66, 220), (304, 220), width=2)
    for x, way in ((66, 1), (304, -1)):
        pen.line((x + 8 * way, 215), (x, 220), (x + 8 * way, 225), width=2)


_FOUR = (50.0, 132.0, 216.0, 300.0)


def direction(pen: Pen) -> None:
    """From above: a tube looks one way, a dome hides where, a head swings, several eyes look several ways."""
    for middle, kind in zip(_FOUR, ("one", "hidden", "swing", "several"), strict=True):
        ways = {"one": (0,), "hidden": (), "swing": (), "several": (-55, 0, 55)}[kind]
        x, y = middle, 128.0
        for way in ways:
            _sight(pen, (x, y), way, 78 if kind == "one" else 56, 20 if kind == "one" else 13)
        if kind == "hidden":
            pen.disc(x, y, 38, TELL_PALE, TELL, 1.5)
        if kind == "swing":
            fan = [("M", [(x, y)]), ("L", [(x - 36, y - 46)]), ("Q", [(x, y - 84), (x + 36, y - 46)]), ("Z", ())]
            pen.path(TELL_PALE, fan, TELL, 1.5, "5 5", 0.6)
            pen.path("none", [("M", [(x - 24, y - 76)]), ("Q", [(x, y - 92), (x + 24, y - 76)])], TELL, 3)
            for side in (-1, 1):
                pen.shape(TELL, (x + side * 34, y - 70), (x + side * 23, y - 84), (x + side * 20, y - 70), ink="none")
        if kind in ("one", "swing"):
            pen.box(x - 9, y - 16, 18, 32, METAL, radius=4)
            pen.box(x - 6, y - 20, 12, 6, BLACK, width=1.5)
        else:
            pen.disc(x, y, 17, METAL)
            pen.disc(x, y, 11, GLASS if kind == "hidden" else SHINE, INK, 1.5)
        if kind == "hidden":
            pen.says(x, y + 6, "?", 17, SHINE)
        for way in ways if kind == "several" else ():
            pen.disc(x + 12 * sin(radians(way)), y - 12 * cos(radians(way)), 4, BLACK, INK, 1)
        pen.line((x - 36, 182), (x + 36, 182), ink=SHADE, width=5)
    for number, x in enumerate(_FOUR, 1):
        pen.mark(number, x, 206)
    pen.line((336, 54), (336, 26), width=2.5)
    pen.shape(INK, (330, 32), (342, 32), (336, 18), ink="none")
    pen.says(318, 38, "N", 17)


def frame(pen: Pen) -> None:
    """What stays out of the frame: a lit window, a person, a plate; the camera and its wall stay in."""
    for left, good in ((14, False), (188, True)):
        pen.box(left, 20, 158, 150, WALL, radius=6)
        with pen.at(left, 0):
            if good:
                pen.box(60, 22, 14, 146, SHADE, ink="none")
                pen.box(46, 52, 62, 14, METAL, radius=3)
                bowl(pen, 77, 66, 31)
            else:
                pen.box(12, 34, 40, 48, "#f3c969")
                pen.disc(32, 56, 8, INK, "none")
                pen.box(20, 65, 24, 16, INK, radius=7, ink="none")
                pen.box(112, 42, 8, 126, SHADE, width=1.5)
                pen.box(98, 44, 26, 6, METAL, radius=2, width=1.5)
                bowl(pen, 111, 50, 11)
                _person(pen, 44, 168, kit=False)
                plate(pen, 85, 155, 38, 14)
                for number, (x, y) in enumerate(((66, 36), (20, 124), (106, 136)), 1):
                    pen.mark(number, x, y)
    pen.line((80, 186), (106, 212), ink=RED, width=6)
    pen.line((106, 186), (80, 212), ink=RED, width=6)
    pen.line((250, 200), (262, 212), (286, 184), ink=GREEN, width=6)
