"""Cameras, as they are seen from the street."""

from hardware.drawings.pen import BLACK, GLASS, INK, LAMP, METAL, PANEL, ROAD, SHADE, SHINE, SKY, TELL, WALL, Pen


def bowl(pen: Pen, x: float, y: float, size: float, fill: str = GLASS) -> None:
    """A dark dome that hangs down from (x, y), with the light on it and the lens behind."""
    pen.oval(x, y, size, size * 1.05, fill, half="lower")
    pen.disc(x + size * 0.2, y + size * 0.45, size * 0.3, BLACK, SHADE, 1.5)
    start, bend, end = (
        (x - size * 0.68, y + size * 0.2),
        (x - size * 0.6, y + size * 0.62),
        (x - size * 0.2, y + size * 0.8),
    )
    pen.path("none", [("M", [start]), ("Q", [bend, end])], SHINE)


def tube(pen: Pen, *, lens: str = BLACK, lights: bool = True, hood: bool = True) -> None:
    """A bullet camera from the side and a little from the front: it looks to the left, its middle is the origin."""
    pen.box(-46, -19, 92, 38, METAL, radius=9)
    if hood:
        pen.path(SHINE, [("M", [(-62, -25)]), ("L", [(38, -25), (38, -15), (-62, -15)]), ("Z", ())])
    pen.oval(-46, 0, 13, 19, GLASS)
    pen.oval(-48, 0, 6.5, 9.5, lens)
    if lights:
        for y in (-13, 13):
            pen.disc(-46, y, 2.2, LAMP, "none")


def plate(pen: Pen, x: float, y: float, wide: float, high: float) -> None:
    """A number plate around (x, y): strokes for its characters."""
    pen.box(x - wide / 2, y - high / 2, wide, high, SHINE, radius=2, width=1.5)
    for share in (-0.36, -0.22, 0.0, 0.12, 0.24, 0.36):
        pen.line((x + share * wide, y - high * 0.22), (x + share * wide, y + high * 0.22), width=wide * 0.07)


def dome(pen: Pen) -> None:
    """Three ways in which a dome hangs: under a ceiling, on a wall's arm, from a pole's."""
    pen.box(10, 10, 130, 16, WALL)
    pen.box(32, 26, 88, 16, METAL, radius=4)
    bowl(pen, 76, 42, 36)
    pen.box(150, 40, 18, 148, WALL)
    pen.path(METAL, [("M", [(168, 70)]), ("L", [(222, 70), (222, 92), (186, 92), (168, 112)]), ("Z", ())])
    pen.box(186, 90, 64, 14, METAL, radius=3)
    bowl(pen, 218, 104, 29)
    pen.box(334, 12, 16, 176, SHADE, radius=2)
    for ink, width in ((INK, 12), (METAL, 7)):
        pen.path("none", [("M", [(340, 38)]), ("Q", [(296, 26), (296, 60)])], ink, width)
    pen.path(METAL, [("M", [(280, 58)]), ("L", [(312, 58), (326, 100), (266, 100)]), ("Z", ())])
    bowl(pen, 296, 100, 29)
    pen.mark(1, 34, 128, (56, 62))
    pen.mark(2, 118, 128, (104, 36))
    pen.mark(3, 258, 34, (288, 78))


def bullet(pen: Pen) -> None:
    pen.box(206, 10, 24, 220, WALL)
    pen.box(192, 108, 14, 40, SHADE, radius=3)
    pen.line((192, 128), (164, 128), (150, 104), width=10)
    pen.line((192, 128), (164, 128), (150, 104), ink=METAL, width=5)
    with pen.at(116, 92, -10, 1.15):
        tube(pen)
    pen.mark(1, 30, 58, (58, 102))
    pen.mark(2, 106, 34, (112, 64))
    pen.mark(3, 136, 168, (168, 128))


def panning(pen: Pen) -> None:
    """Left a speed dome that hangs free; right a head that turns and nods in a fork, with a wiper."""
    pen.box(12, 12, 16, 216, SHADE, radius=2)
    pen.path("none", [("M", [(22, 40)]), ("L", [(92, 40), (92, 66)])], INK, 11)
    pen.path("none", [("M", [(22, 40)]), ("L", [(92, 40), (92, 66)])], METAL, 6)
    pen.path(METAL, [("M", [(80, 66)]), ("L", [(104, 66), (122, 92), (122, 118), (62, 118), (62, 92)]), ("Z", ())])
    pen.box(57, 112, 70, 12, SHADE, radius=3)
    pen.oval(92, 124, 31, 36, GLASS, half="lower")
    pen.disc(86, 138, 12, BLACK, SHADE, 2)
    pen.disc(83, 135, 3, SHINE, "none")
    pen.path("none", [("M", [(52, 180)]), ("Q", [(92, 202), (132, 180)])], TELL, 3)
    for x, side in ((52, 1), (132, -1)):
        pen.shape(TELL, (x - 4 * side, 175), (x + 11 * side, 178), (x + 3 * side, 190), ink="none")
    pen.box(248, 196, 30, 34, SHADE, radius=2)
    pen.oval(263, 194, 34, 8, METAL)
    pen.box(246, 160, 34, 34, METAL, radius=4)
    pen.shape(SHADE, (232, 166), (232, 96), (246, 96), (246, 152), (280, 152), (280, 96), (294, 96), (294, 166))
    with pen.at(258, 98, -8, 1.0):
        tube(pen, lights=False)
        pen.box(-6, -9, 22, 18, SHADE, radius=9)
    pen.path("none", [("M", [(196, 56)]), ("Q", [(214, 34), (244, 34)])], TELL, 3)
    pen.shape(TELL, (190, 66), (192, 50), (204, 58), ink="none")
    pen.mark(1, 154, 92, (122, 98))
    pen.mark(2, 162, 144, (98, 140))
    pen.mark(3, 326, 134, (288, 132))


def multi_sensor(pen: Pen) -> None:
    """A ring of eyes under one roof."""
    pen.box(112, 10, 16, 42, SHADE, radius=2)
    pen.path(METAL, [("M", [(94, 52)]), ("L", [(146, 52), (206, 96), (206, 112), (34, 112), (34, 96)]), ("Z", ())])
    pen.path(SHADE, [("M", [(44, 112)]), ("L", [(196, 112), (182, 140), (58, 140)]), ("Z", ())])
    for x, wide, high in ((66, 15, 21), (120, 22, 24), (174, 15, 21)):
        pen.oval(x, 132, wide, high, GLASS)
        pen.oval(x + (x - 120) * 0.08, 138, wide * 0.55, high * 0.55, BLACK, SHADE, 1.5)
        pen.oval(x - wide * 0.35, 122, 2.6, 3.6, SHINE, "none")
    for x, tip in ((66, 16), (120, 120), (174, 224)):
        near, far = (x + (tip - x) * 0.35, 168), (tip, 216)
        pen.line(near, far, ink=TELL, width=3)
        lean = (tip - x) * 0.12
        pen.shape(TELL, (far[0] - 7 - lean, far[1] - 8), (far[0] + 7 - lean, far[1] - 8), far, ink=TELL, width=2)
    pen.mark(1, 212, 62, (182, 124))
    pen.mark(2, 40, 58, (78, 76))


def panoramic(pen: Pen) -> None:
    """A flat disc with one bulging eye in its middle: from the side under a ceiling, and from below."""
    pen.box(10, 12, 220, 16, WALL)
    pen.box(66, 28, 108, 15, METAL, radius=6)
    pen.oval(120, 43, 19, 14, GLASS, half="lower")
    pen.path("none", [("M", [(28, 52)]), ("Q", [(120, 104), (212, 52)])], TELL, 3, "7 6")
    pen.disc(120, 164, 62, METAL)
    pen.disc(120, 164, 52, SHINE, SHADE, 1.5)
    pen.disc(120, 164, 25, GLASS)
    pen.disc(120, 164, 14, BLACK, SHADE, 1.5)
    pen.disc(113, 156, 4, SHINE, "none")
    for x, y in ((86, 164), (154, 164), (120, 130), (120, 198)):
        pen.disc(x, y, 2.4, SHADE, "none")
    pen.mark(1, 208, 118, (134, 156))
    pen.mark(2, 30, 124, (74, 138))


def thermal(pen: Pen) -> None:
    """A bullet whose window is no glass that one can look into; often with a common lens beside it."""
    pen.box(206, 10, 24, 220, WALL)
    pen.box(190, 118, 16, 44, SHADE, radius=3)
    pen.line((190, 140), (160, 140), (148, 120), width=11)
    pen.line((190, 140), (160, 140), (148, 120), ink=METAL, width=6)
    with pen.at(112, 96, -8):
        pen.box(-58, -36, 122, 66, METAL, radius=8)
        pen.shape(SHINE, (-76, -45), (58, -45), (58, -32), (-76, -32))
        pen.oval(-58, -6, 16, 27, SHADE)
        pen.oval(-60, -6, 11, 20, "#6d4c41")
        pen.path("none", [("M", [(-66, -12)]), ("Q", [(-62, -22), (-56, -21)])], "#c9a18f", 3)
        pen.oval(-52, 21, 6, 8, BLACK, SHADE, 1.5)
    pen.mark(1, 24, 60, (52, 96))
    pen.mark(2, 40, 182, (64, 126))


def alpr_solar(pen: Pen) -> None:
    """A box on a pole of its own beside the road, with a solar panel above."""
    pen.box(10, 196, 220, 34, ROAD, ink="none")
    pen.line((10, 196), (230, 196), width=2)
    pen.box(128, 20, 11, 190, BLACK, radius=2)
    pen.shape(PANEL, (88, 48), (164, 22), (188, 58), (112, 84))
    for share in (1 / 3, 2 / 3):
        pen.line((88 + 76 * share, 48 - 26 * share), (112 + 76 * share, 84 - 26 * share), ink=SKY, width=1.5)
    pen.line((100, 66), (176, 40), ink=SKY, width=1.5)
    pen.box(118, 116, 31, 12, SHADE, radius=2)
    with pen.at(108, 116, -8):
        pen.box(-42, -17, 76, 34, GLASS, radius=11)
        pen.oval(-40, 0, 10, 15, BLACK)
        pen.disc(-42, -4, 4.5, SHADE, "none")
        pen.disc(-42, 7, 2.2, "#8c2f39", "none")
    with pen.at(44, 202):
        pen.shape(METAL, (-28, 10), (-28, -4), (-14, -6), (-6, -20), (18, -20), (26, -6), (34, -3), (34, 10))
        for x in (-15, 20):
            pen.disc(x, 11, 6.5, BLACK)
        pen.box(-4, -2, 18, 7, SHINE, width=1.5)
    pen.line((58, 128), (56, 190), ink=TELL, width=2.5, dash="6 5")
    pen.mark(1, 212, 40, (180, 52))
    pen.mark(2, 32, 92, (68, 116))
    pen.mark(3, 190, 158, (138, 158))


def alpr_arm(pen: Pen) -> None:
    """Eyes over the lane that one takes for floodlights: a dark pane, and a panel of little lamps beside it."""
    pen.box(10, 206, 340, 24, ROAD, ink="none")
    pen.line((10, 206), (350, 206), width=2)
    pen.box(318, 20, 15, 190, SHADE, radius=2)
    pen.box(28, 34, 300, 12, SHADE, radius=3)
    for x in (70, 170):
        pen.box(x + 14, 42, 12, 20, METAL, radius=2)
        with pen.at(x + 20, 92):
            pen.box(-38, -32, 76, 56, METAL, radius=6)
            pen.shape(SHINE, (-44, -38), (44, -38), (40, -27), (-40, -27))
            pen.disc(-18, 0, 13, BLACK, SHADE, 2)
            pen.disc(-22, -4, 3.5, SHINE, "none")
            pen.box(2, -19, 30, 38, "#54202a", radius=3, width=1.5)
            for row in range(4):
                for column in range(3):
                    pen.disc(8.5 + 9 * column, -13 + 9 * row, 2.4, "#d8606e", "none")
    for x in (90, 190):
        for side in (-1, 1):
            pen.line((x, 120), (x + 18 * side, 196), ink=TELL, width=2.5, dash="6 5")
        pen.shape(SKY, (x - 24, 176), (x - 18, 154), (x + 18, 154), (x + 24, 176))
        pen.box(x - 34, 174, 68, 36, METAL, radius=7)
        for side in (-1, 1):
            pen.box(x + side * 23 - 8, 208, 16, 11, BLACK, radius=3)
            pen.box(x + side * 27 - 5, 181, 10, 7, "#c4413a", radius=2, width=1.5)
        plate(pen, x, 197, 42, 14)
    pen.mark(1, 34, 128, (70, 96))
    pen.mark(2, 256, 128, (210, 96))
    pen.mark(3, 274, 76, (274, 44))


def cabinet(pen: Pen) -> None:
    """A cabinet at the road's edge with a window in it."""
    pen.box(10, 202, 220, 28, ROAD, ink="none")
    pen.line((10, 202), (230, 202), width=2)
    pen.box(106, 176, 34, 28, SHADE)
    pen.box(76, 34, 94, 146, METAL, radius=8)
    pen.shape(SHADE, (170, 42), (190, 52), (190, 170), (170, 174))
    pen.box(90, 52, 66, 48, BLACK, radius=5)
    pen.disc(109, 76, 15, GLASS, SHADE, 2)
    pen.disc(104, 71, 4, SHINE, "none")
    pen.box(130, 61, 20, 30, "#f7efcf", radius=3, width=1.5)
    pen.box(90, 112, 66, 54, SHINE, radius=3, width=1.5)
    pen.disc(147, 139, 3, INK, "none")
    pen.mark(1, 40, 60, (96, 76))
    pen.mark(2, 214, 96, (148, 80))
    pen.mark(3, 42, 150, (78, 150))
