"""Reads data/*.toml. Whatever is not as it should be is told in one sentence, with file and entry: BadInput."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hardware.parts.model import Current, Kit, Line, Part, Price, Size, Tool, Words
from probe.errors import BadInput

T = TypeVar("T")
DATA = Path(__file__).parents[1] / "data"


class _Part(msgspec.Struct, forbid_unknown_fields=True):
    name: Words
    use: Words
    recognise: Words
    alternatives: tuple[str, ...]
    search: str
    price: Price
    pack: int = 1
    link: str | None = None


class _Figures(msgspec.Struct, forbid_unknown_fields=True):
    mass_g: float
    size_basis: str
    size_source: str
    size_mm: tuple[float, float, float] | None = None
    hole_mm: float | None = None
    holes: tuple[tuple[float, float], ...] = ()
    ports: dict[str, tuple[str, float]] = {}
    panel_hole_mm: float | None = None
    antenna_mm: tuple[float, float, float] | None = None
    current_ma: tuple[float, float] | None = None
    volts: float | None = None
    current_basis: str | None = None
    current_source: Words | None = None


class _Kit(msgspec.Struct, forbid_unknown_fields=True):
    title: Words
    ceiling_eur: float
    board: str
    lines: tuple[Line, ...]
    of: str | None = None
    without: tuple[str, ...] = ()


class _Tool(msgspec.Struct, forbid_unknown_fields=True):
    name: Words


def read_table(path: Path) -> dict[str, Any]:
    """A TOML file's tables by their names; BadInput where it is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as problem:
        raise BadInput(f"{path.name} cannot be read: {problem}") from problem


def convert(value: object, kind: type[T], where: str) -> T:
    """A table as a value of a kind; BadInput that says where it is not one."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as problem:
        raise BadInput(f"{where}: {problem}") from problem


def load(folder: Path = DATA) -> dict[str, Part]:
    """All parts by id, in the order of parts.toml, with what figures.toml says of them."""
    figures = read_table(folder / "figures.toml")
    table = read_table(folder / "parts.toml")
    for stray in figures.keys() - table.keys():
        raise BadInput(f"figures.toml measures {stray}, which is no part of parts.toml")
    parts = {}
    for name, entry in table.items():
        where = f"parts.toml, {name}"
        part = convert(entry, _Part, where)
        if name not in figures:
            raise BadInput(f"figures.toml does not say what {name} weighs")
        size, current = _figures(figures[name], f"figures.toml, {name}")
        _check(part, where)
        fields = {field: getattr(part, field) for field in _Part.__struct_fields__}
        parts[name] = Part(id=name, size=size, current=current, **fields)
    for name, made in parts.items():
        for other in made.alternatives:
            if other not in parts:
                raise BadInput(f"parts.toml, {name}: its alternative {other} is no part")
    return parts


def _figures(entry: object, where: str) -> tuple[Size, Current | None]:
    read = convert(entry, _Figures, where)
    size = {
        name: getattr(read, name)
        for name in ("mass_g", "size_mm", "hole_mm", "holes", "ports", "panel_hole_mm", "antenna_mm")
    }
    size |= {"basis": read.size_basis, "source": read.size_source}
    if read.current_ma is None:
        return convert(size, Size, where), None
    current = {
        "average_ma": read.current_ma[0],
        "peak_ma": read.current_ma[1],
        "volts": read.volts,
        "basis": read.current_basis,
        "source": read.current_source,
    }
    if read.current_ma[0] > read.current_ma[1]:
        raise BadInput(f"{where}: its average current is above its peak")
    return convert(size, Size, where), convert(current, Current, where)


def _check(part: _Part, where: str) -> None:
    price = part.price
    if not 0 <= price.low <= price.eur <= price.high:
        raise BadInput(f"{where}: the price {price.eur} is not between {price.low} and {price.high}")
    if not part.search or part.pack < 1:
        raise BadInput(f"{where}: it needs words to search for, and a pack of one or more")


def load_kits(folder: Path = DATA) -> dict[str, Kit]:
    """All kits by id; a variant with the lines of its kit, without those that it leaves out, and its own."""
    parts = load(folder)
    kits: dict[str, Kit] = {}
    for name, entry in read_table(folder / "kits.toml").items():
        where = f"kits.toml, {name}"
        read = convert(entry, _Kit, where)
        lines = read.lines
        if read.of is not None:
            if read.of not in kits:
                raise BadInput(f"{where}: it is a variant of {read.of}, which does not come before it")
            rest = kits[read.of].lines
            for left_out in set(read.without) - {line.part for line in rest}:
                raise BadInput(f"{where}: it leaves out {left_out}, which {read.of} does not have")
            lines = tuple(line for line in rest if line.part not in read.without) + lines
        for line in lines:
            if line.part not in parts:
                raise BadInput(f"{where}: {line.part} is no part of parts.toml")
            if line.quantity < 1:
                raise BadInput(f"{where}: it has {line.quantity} of {line.part}")
        names = [line.part for line in lines]
        if len(set(names)) < len(names):
            raise BadInput(f"{where}: a part is on two lines")
        if read.board not in names:
            raise BadInput(f"{where}: its board {read.board} is not on its lines")
        kits[name] = Kit(
            id=name, title=read.title, ceiling_eur=read.ceiling_eur, board=read.board, lines=lines, of=read.of
        )
    return kits


def load_tools(folder: Path = DATA) -> dict[str, Tool]:
    """All tools by id."""
    return {
        name: Tool(id=name, name=convert(entry, _Tool, f"tools.toml, {name}").name)
        for name, entry in read_table(folder / "tools.toml").items()
    }
