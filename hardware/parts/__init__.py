"""The kits' parts, read from data/: what they cost, weigh, draw, and how they are told apart."""

from hardware.parts.load import DATA, load, load_kits, load_tools
from hardware.parts.make import make
from hardware.parts.model import Current, Kit, Line, Part, Price, Size, Tool, Words

__all__ = [
    "DATA",
    "Current",
    "Kit",
    "Line",
    "Part",
    "Price",
    "Size",
    "Tool",
    "Words",
    "load",
    "load_kits",
    "load_tools",
    "make",
]
