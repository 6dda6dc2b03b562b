"""Writes the drawings and tables of all kits' wires."""

import csv
from pathlib import Path

from hardware.parts import load_kits
from hardware.parts.model import LANGUAGES
from hardware.wiring.draw import draw
from hardware.wiring.seen import draw_seen
from hardware.wiring.table import head, rows


def make(out: Path) -> list[Path]:
    """Drawings and tables into the folder `out`; the files written."""
    out.mkdir(parents=True, exist_ok=True)
    made = []
    for kit in load_kits():
        for language in LANGUAGES:
            made += [*draw(kit, language, out), draw_seen(kit, language, out)]
            path = out / f"wires-{kit}-{language}.csv"
            with path.open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([head(language), *rows(kit, language)])
            made.append(path)
    return made
