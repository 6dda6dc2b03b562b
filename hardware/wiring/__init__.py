"""Which wire goes from where to where, drawn."""

from hardware.wiring.harness import Board, Module, Wire, load_wiring
from hardware.wiring.make import make
from hardware.wiring.table import pins_table, wires_table

__all__ = ["Board", "Module", "Wire", "load_wiring", "make", "pins_table", "wires_table"]
