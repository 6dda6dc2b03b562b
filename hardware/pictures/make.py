"""Renders all pictures of all kits: `make(out)` into out/pictures."""

import sys
from pathlib import Path

from hardware.enclosure.parameters import KITS, parameters
from hardware.pictures.pieces import pieces
from hardware.pictures.render import render
from hardware.pictures.scenes import Scene, exploded, scene, worn
from hardware.pictures.steps import load


def scenes(kit_id: str) -> dict[str, Scene]:
    """Every picture of a kit by its name: the steps, "KIT-exploded" and "KIT-done"."""
    kit = pieces(parameters(kit_id))
    found = {f"{kit_id}-{step.number:02}": scene(kit, step) for step in load()}
    return found | {f"{kit_id}-exploded": exploded(kit), f"{kit_id}-done": worn(kit, new=False)}


def make(out: Path) -> list[Path]:
    """All pictures, as PNG; both kits."""
    return [
        render(bodies, arrows, view, out / "pictures" / f"{name}.png")
        for kit in KITS
        for name, (bodies, arrows, view) in scenes(kit).items()
    ]


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "build/kit"))
