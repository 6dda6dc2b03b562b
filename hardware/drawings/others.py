"""What is taken for a camera and is none, what is none of ours to map, and what only looks like one."""

from hardware.drawings.cameras import tube
from hardware.drawings.pen import (
    BLACK,
    GLASS,
    GREEN,
    INK,
    LAMP,
    LEAF,
    METAL,
    PANEL,
    PAPER,
    RED,
    ROAD,
    SHADE,
    SHINE,
    SKY,
    TELL,
    WALL,
    WOOD,
    Pen,
)  # fmt: skip


def traffic_sensor(pen: Pen) -> None:
    """A detector on top of a signal, and coils cut into the road."""
    pen.box(10, 196, 220, 34, ROAD, ink="none")
    pen.line((10, 196), (230, 196), width=2)
    pen.box(148, 60, 12, 140, SHADE, radius=2)
    pen.box(132, 72, 44, 98, BLACK, radius=8)
    for y, colour in ((90, RED), (121, LAMP), (152, GREEN)):
        pen.disc(154, y, 12, colour, INK, 1.5)
    pen.line((154, 72), (154, 46), width=6)
    with pen.at(140, 36, -10):
        pen.box(-26, -15, 50, 30, SHINE, radius=5)
        pen.box(-27, -11, 7, 22, SHADE, radius=2, width=1.5)
    for reach in (14, 26, 38):
        x = 108.0 - reach
        pen.path(
            "none", [("M", [(x, 30 - reach * 0.35)]), ("Q", [(x - 6 - reach / 4, 44), (x, 56 + reach * 0.2)])], TELL
        )
    pen.shape("none", (34, 206), (96, 206), (82, 222), (20, 222), ink=INK, width=2)
    pen.mark(1, 206, 30, (158, 32))
    pen.mark(2, 40, 170, (58, 206))


def antenna(pen: Pen) -> None:
    """Three panels around a mast, and a flat box with stubs."""
    pen.box(84, 14, 12, 216, SHADE, radius=2)
    for x in (36, 112):
        pen.line((x + 16, 48), (90, 48), width=4)
        pen.line((x + 16, 108), (90, 108), width=4)
    for x in (36, 74, 112):
        pen.box(x, 22, 32, 112, SHINE, radius=6)
        pen.line((x + 16, 134), (x + 16, 150), (90, 172), width=2)
    pen.box(166, 10, 14, 220, WALL)
    with pen.at(200, 176):
        pen.box(-22, -26, 40, 52, SHINE, radius=6)
        for x in (-14, -2, 10):
            pen.line((x, -26), (x, -58), width=7)
            pen.line((x, -26), (x, -58), ink=METAL, width=3.5)
        pen.disc(-2, 12, 2.5, GREEN, "none")
    pen.mark(1, 24, 168, (46, 122))
    pen.mark(2, 210, 86, (210, 120))


def bridge(pen: Pen) -> None:
    """A little dish on a pole, which sends pictures on; the camera hangs below."""
    pen.box(150, 14, 12, 216, SHADE, radius=2)
    pen.box(138, 56, 34, 16, METAL, radius=2)
    pen.path(SHINE, [("M", [(104, 18)]), ("Q", [(164, 64), (104, 112)]), ("Q", [(124, 64), (104, 18)]), ("Z", ())])
    pen.line((128, 64), (94, 64), width=3.5)
    pen.disc(92, 64, 5.5, METAL)
    for reach in (16, 30, 44):
        x, spread = 84 - reach * 0.8, reach * 0.6
        pen.path("none", [("M", [(x, 64 - spread)]), ("Q", [(x - 6 - reach * 0.3, 64), (x, 64 + spread)])], TELL)
    pen.line((156, 74), (170, 110), (158, 150), ink=INK, width=2.5)
    with pen.at(112, 168, -8, 0.62):
        tube(pen)
    pen.line((138, 162), (152, 160), width=6)
    pen.mark(1, 190, 34, (132, 46))
    pen.mark(2, 206, 124, (166, 124))
    pen.mark(3, 44, 204, (86, 176))


def gunshot_detector(pen: Pen) -> None:
    """A cluster of microphones high on a mast: no lens anywhere."""
    pen.box(114, 84, 12, 146, SHADE, radius=2)
    pen.box(84, 66, 72, 26, METAL, radius=5)
    for x, y in ((62, 40), (120, 30), (178, 40)):
        pen.line((120, 70), (x, y), width=5)
        pen.disc(x, y, 16, GLASS)
        for dx, dy in ((-6, -4), (3, -7), (7, 3), (-3, 6), (0, 0)):
            pen.disc(x + dx, y + dy, 1.8, SHINE, "none")
    for reach in (0, 14):
        for side in (-1, 1):
            x = 120 + side * (86 + reach)
            pen.path(
                "none", [("M", [(x, 22 - reach / 3)]), ("Q", [(x + side * 9, 41), (x, 60 + reach / 3)])], TELL, 2.5
            )
    pen.mark(1, 64, 104, (62, 56))
    pen.mark(2, 182, 108, (150, 82))


def street_lamp(pen: Pen) -> None:
    """A lamp's head: a pane that shines, and on its back a knob that looks at the sky."""
    pen.box(196, 66, 13, 164, SHADE, radius=2)
    pen.path("none", [("M", [(202, 72)]), ("Q", [(196, 52), (146, 56)])], INK, 12)
    pen.path("none", [("M", [(202, 72)]), ("Q", [(196, 52), (146, 56)])], SHADE, 7)
    pen.path(
        METAL, [("M", [(26, 76)]), ("Q", [(36, 46), (88, 42)]), ("L", [(150, 46), (158, 68), (150, 76)]), ("Z", ())]
    )
    pen.path(LAMP, [("M", [(38, 76)]), ("L", [(130, 76), (118, 86), (52, 86)]), ("Z", ())])
    pen.box(86, 22, 26, 20, GLASS, radius=6)
    pen.box(80, 38, 38, 7, SHADE, radius=2, width=2)
    pen.shape(LAMP, (46, 92), (124, 92), (160, 222), (14, 222), ink="none", fade=0.45)
    pen.mark(1, 150, 24, (108, 30))
    pen.mark(2, 84, 126, (84, 84))


def doorbell(pen: Pen) -> None:
    """A bell at a home's door, crossed out: it is left out."""
    pen.box(10, 10, 220, 220, WALL, ink="none", radius=10)
    pen.box(118, 26, 96, 204, WOOD, radius=2)
    for y in (44, 132):
        pen.box(134, y, 64, 72, "#86694d", radius=2, width=1.5)
    pen.disc(128, 128, 5, LAMP)
    pen.box(46, 72, 44, 96, GLASS, radius=14)
    pen.disc(68, 96, 12, BLACK, SHADE, 2)
    pen.disc(64, 92, 3, SHINE, "none")
    pen.disc(68, 140, 13, SKY, SHINE, 2)
    pen.line((26, 214), (214, 26), ink=PAPER, width=12)
    pen.line((26, 214), (214, 26), ink=RED, width=7)
    pen.mark(1, 30, 52, (56, 88))


def fake(pen: Pen) -> None:
    """A thing that plays a camera: no cable, a lamp that blinks, a shell that one sees through."""
    pen.box(206, 10, 24, 220, WALL)
    pen.box(190, 110, 16, 34, SHADE, radius=2)
    pen.line((190, 127), (160, 127), (152, 110), width=9)
    pen.line((190, 127), (160, 127), (152, 110), ink=METAL, width=5)
    with pen.at(112, 92, -8, 1.15):
        tube(pen, lights=False, lens=SHADE)
        pen.disc(-20, -3, 4.5, RED, INK, 1.5)
        for turn in range(0, 360, 60):
            with pen.at(-20, -3, turn):
                pen.line((8, 0), (12, 0), ink=RED, width=2)
        pen.box(2, -8, 30, 17, PANEL, radius=2, width=1.5)
    pen.path("none", [("M", [(160, 134)]), ("Q", [(162, 168), (140, 178)])], TELL, 2.5, "5 5")
    pen.line((128, 172), (146, 188), ink=TELL, width=3.5)
    pen.line((146, 172), (128, 188), ink=TELL, width=3.5)
    pen.mark(1, 56, 42, (87, 88))
    pen.mark(2, 176, 64, (132, 88))
    pen.mark(3, 104, 200, (130, 184))


def mounts(pen: Pen) -> None:
    """Wall, pole, ceiling, street lamp, tree: the same camera on each."""
    pen.box(12, 22, 16, 128, WALL)
    _small(pen, 52, 84)
    pen.box(92, 22, 9, 128, SHADE, radius=2)
    _small(pen, 124, 62)
    pen.box(154, 22, 66, 14, WALL)
    pen.box(176, 36, 8, 22, SHADE)
    _small(pen, 190, 66)
    pen.box(233, 36, 9, 114, SHADE, radius=2)
    pen.path("none", [("M", [(238, 44)]), ("Q", [(240, 26), (262, 29)])], INK, 6)
    pen.shape(LAMP, (256, 36), (260, 25), (284, 25), (288, 36), width=2)
    _small(pen, 265, 90)
    pen.box(298, 70, 14, 80, WOOD, width=2)
    for x, y, r in ((291, 52, 17), (321, 52, 17), (306, 34, 19)):
        pen.disc(x, y, r, LEAF, "none")
    _small(pen, 324, 112)
    pen.line((10, 150), (350, 150), width=2)
    for number, x in enumerate((34, 102, 182, 248, 308), 1):
        pen.mark(number, x, 175)


def _small(pen: Pen, x: float, y: float) -> None:
    with pen.at(x, y, 12, 0.44, flip=True):
        pen.line((40, 0), (58, 0), width=4)
        tube(pen, lights=False)
