"""Writes the printed pieces into out/enclosure: for each kit STEP and STL in print orientation, and drawings."""

import json
import sys
from pathlib import Path

from hardware.enclosure.drawing import sheet, template, write
from hardware.enclosure.mesh import meshed
from hardware.enclosure.parameters import KITS, parameters
from hardware.enclosure.printing import printed, settings


def make(out: Path) -> list[Path]:
    """All files of both kits, a drilling template, and what printing takes as JSON."""
    from build123d import export_step

    folder = out / "enclosure"
    folder.mkdir(parents=True, exist_ok=True)
    how, made, takes = settings(), [], {}
    for kit in KITS:
        for name, shape in printed(kit).items():
            stem = folder / f"{kit}-{name}"
            export_step(shape, stem.with_suffix(".step"), timestamp="2026-11-30T00:00:00")
            stl = stem.with_suffix(".stl")
            meshed(shape).export(stl)
            made += [stem.with_suffix(".step"), stl]
            made.append(write(stem.with_suffix(".svg"), sheet(f"{kit} {name}", shape)))
            grams = how.grams(shape.volume)
            box = shape.bounding_box().size
            takes[f"{kit}-{name}"] = {
                "grams_at_most": round(grams, 1),
                "minutes_estimate": round(grams * how.minutes_per_g),
                "size_mm": [round(side, 1) for side in (box.X, box.Y, box.Z)],
            }
    made.append(write(folder / "drilling-template.svg", template(parameters("scout"))))
    made.append(write(folder / "printing.json", json.dumps(takes, indent=1) + "\n"))
    return made


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "build/kit"))
