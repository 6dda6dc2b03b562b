"""Writes what can be made of the parts alone."""

from pathlib import Path

from hardware.parts.bill import comma_separated as bill_table
from hardware.parts.load import load_kits
from hardware.parts.power import comma_separated as power_table


def make(out: Path) -> list[Path]:
    """Bills and power tables of all kits as CSV into the folder `out`; the files written."""
    out.mkdir(parents=True, exist_ok=True)
    made = []
    for kit in load_kits():
        for name, content in ((f"bill-{kit}", bill_table(kit)), (f"power-{kit}", power_table(kit))):
            path = out / f"{name}.csv"
            path.write_text(content, encoding="utf-8")
            made.append(path)
    return made
