"""The printed pieces as they lie on the bed, and what printing them is reckoned to take."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from hardware.parts.model import Words

SETTINGS = Path(__file__).with_name("printing.toml")


class Piece(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a piece lies."""

    orientation: Words


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """printing.toml."""

    material: str
    density_g_cm3: float
    nozzle_mm: float
    layer_mm: float
    walls: int
    top_bottom_layers: int
    infill_percent: int
    supports: bool
    bed_mm: float
    thinnest_mm: float
    steepest_deg: float
    longest_bridge_mm: float
    minutes_per_g: float
    pieces: dict[str, Piece]

    def grams(self, volume_mm3: float) -> float:
        """A bound from above: as if it were solid. Most of it is, its walls are five lines thick."""
        return volume_mm3 / 1000 * self.density_g_cm3


def settings() -> Settings:
    """What printing.toml says."""
    return msgspec.convert(tomllib.loads(SETTINGS.read_text(encoding="utf-8")), Settings)


def printed(kit: str) -> dict[str, Any]:
    """A kit's printed pieces by name, each as it lies on the bed, its lowest corner at 0, 0, 0."""
    from build123d import Pos, Rot

    from hardware.enclosure.case import case
    from hardware.enclosure.lid import bar, lid
    from hardware.enclosure.parameters import parameters

    p = parameters(kit)
    pieces = {"case": case(p), "lid": Rot(180, 0, 0) * lid(p), "bar": bar(p)}
    on_bed = {}
    for name, shape in pieces.items():
        low = shape.bounding_box().min
        on_bed[name] = Pos(-low.X, -low.Y, -low.Z) * shape
    return on_bed
