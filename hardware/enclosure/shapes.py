"""Boxes, rods and holes as build123d makes them, placed by their corner or axis; all in mm."""

from typing import Any

from build123d import Align, Axis, Box, Cylinder, Location, Pos, RectangleRounded, RegularPolygon, Rot, extrude


def block(x: float, y: float, z: float, size: tuple[float, float, float]) -> Any:
    """A box from its lowest corner."""
    return Pos(x, y, z) * Box(*size, align=(Align.MIN, Align.MIN, Align.MIN))


def rounded(x: float, y: float, z: float, size: tuple[float, float, float], radius: float) -> Any:
    """A box whose upright edges are round."""
    flat = RectangleRounded(size[0], size[1], radius)
    return Pos(x + size[0] / 2, y + size[1] / 2, z) * extrude(flat, size[2])


def rod(x: float, y: float, z: float, diameter: float, length: float, along: str = "z") -> Any:
    """A cylinder that begins at a point and goes up an axis ("x", "y", "z", or "-x" for down it)."""
    turn: dict[str, Location] = {
        "z": Rot(0, 0, 0),
        "x": Rot(0, 90, 0),
        "-x": Rot(0, -90, 0),
        "y": Rot(-90, 0, 0),
        "-y": Rot(90, 0, 0),
        "-z": Rot(180, 0, 0),
    }
    shape = Cylinder(diameter / 2, length, align=(Align.CENTER, Align.CENTER, Align.MIN))
    return Pos(x, y, z) * turn[along] * shape


def drop(x: float, y: float, z: float, diameter: float, length: float, along: str) -> Any:
    """A hole through an upright wall; its upper half is a roof of 45° with a short flat ridge: it needs no support."""
    half = diameter / 2
    square = Rot(0, 45, 0) * Box(diameter, length, diameter, align=(Align.CENTER, Align.MIN, Align.CENTER))
    roof = square & block(-diameter, -1, 0, (2 * diameter, length + 2, half))
    turn = {"y": Rot(0, 0, 0), "-y": Rot(0, 0, 180), "x": Rot(0, 0, -90), "-x": Rot(0, 0, 90)}[along]
    return rod(x, y, z, diameter, length, along) + Pos(x, y, z) * turn * roof


def hexagon(x: float, y: float, z: float, flats: float, height: float) -> Any:
    """A nut's outline, its flats towards x."""
    return Pos(x, y, z) * extrude(RegularPolygon(flats / 2, 6, major_radius=False, rotation=30), height)


def volume(shape: Any) -> float:
    """In mm³; 0 for nothing at all."""
    if shape is None:
        return 0.0
    solids = shape if isinstance(shape, list) else [shape]
    return float(sum(abs(one.volume) for one in solids))


def softened(shape: Any, radius: float) -> Any:
    """The shape with its upright edges rounded."""
    return shape.fillet(radius, shape.edges().filter_by(Axis.Z))
