"""data/wiring.toml as frozen values: boards with their rows of pins, what is wired to them, and each kit's wires."""

from pathlib import Path
from typing import Literal

import msgspec

from hardware.parts import DATA, load, load_kits
from hardware.parts.load import convert, read_table
from probe.errors import BadInput

Colour = Literal["black", "red", "orange", "yellow", "green", "blue", "violet", "brown", "grey", "white"]


class Supply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The pin that wants power, and between how many volts."""

    pin: str
    volts: tuple[float, float]


class Module(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The pins of a part that hangs on a board, as printed on it."""

    pins: tuple[str, ...]
    ground: str
    supply: Supply | None = None
    addresses: tuple[int, ...] = ()


class Board(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A board's two rows of pins, from the aerial's end; `G.2` is the second pin that says G.

    The first row is on the left when the board is seen from its face with the aerial on top.
    """

    rows: tuple[tuple[str, ...], tuple[str, ...]]
    kept: dict[str, tuple[str, ...]]
    source: str
    regulator_ma: float
    regulator_basis: Literal["datasheet", "estimate"]
    regulator_source: str

    def place(self, pin: str) -> tuple[int, int]:
        """In which row, 0 or 1, and the how manyth from the aerial's end, from 1."""
        for number, row in enumerate(self.rows):
            if pin in row:
                return number, row.index(pin) + 1
        raise BadInput(f"wiring.toml: a board has no pin {pin}")


class InCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How boards lie in the open case: which row is on the left, and by which wall the rows begin."""

    left: Literal[0, 1]
    begins: Literal["bottom", "top"]


class Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wire from a board's pin to a part's pin."""

    board: str
    part: str
    pin: str
    colour: Colour


class Wiring(msgspec.Struct, frozen=True):
    """Boards and modules by the ids of their parts, wires by kit, and how boards lie in the case."""

    in_case: InCase
    boards: dict[str, Board]
    parts: dict[str, Module]
    kits: dict[str, tuple[Wire, ...]]


class _Kit(msgspec.Struct, forbid_unknown_fields=True):
    wires: tuple[Wire, ...]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    in_case: InCase
    boards: dict[str, Board]
    parts: dict[str, Module]
    kits: dict[str, _Kit]


def printed(pin: str) -> str:
    """What the board says beside a pin."""
    return pin.split(".", maxsplit=1)[0]


def load_wiring(folder: Path = DATA) -> Wiring:
    """The wiring of all kits; BadInput where a wire ends nowhere, or two end at one place."""
    read = convert(read_table(folder / "wiring.toml"), _File, "wiring.toml")
    parts, kits = load(folder), load_kits(folder)
    for name in [*read.boards, *read.parts]:
        if name not in parts:
            raise BadInput(f"wiring.toml: {name} is no part of parts.toml")
    for name in kits.keys() ^ read.kits.keys():
        raise BadInput(f"wiring.toml and kits.toml do not both have the kit {name}")
    for name, kit in read.kits.items():
        where = f"wiring.toml, {name}"
        board = read.boards.get(kits[name].board)
        if board is None:
            raise BadInput(f"{where}: the board {kits[name].board} has no rows of pins")
        in_kit = {line.part for line in kits[name].lines}
        taken: set[tuple[str, str]] = set()
        for wire in kit.wires:
            if wire.part not in read.parts or wire.pin not in read.parts[wire.part].pins:
                raise BadInput(f"{where}: {wire.part} has no pin {wire.pin}")
            if wire.part not in in_kit:
                raise BadInput(f"{where}: {wire.part} is not in the kit")
            board.place(wire.board)
            for end in (("board", wire.board), (wire.part, wire.pin)):
                if end in taken:
                    raise BadInput(f"{where}: two wires end at {end[0]} {end[1]}")
                taken.add(end)
    kits_wires = {name: kit.wires for name, kit in read.kits.items()}
    return Wiring(in_case=read.in_case, boards=read.boards, parts=read.parts, kits=kits_wires)
