"""Parts, kits and tools as frozen values. What nobody knows is None, never 0."""

import datetime
from typing import Literal

import msgspec

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")
Edge = Literal["front", "back", "left", "right"]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same said in each language."""

    en: str
    fr: str

    def said(self, language: Language) -> str:
        """The words in one language."""
        return self.fr if language == "fr" else self.en


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """EUR for one, with VAT, without postage: what we reckon with, and between what it lies."""

    eur: float
    low: float
    high: float
    basis: Literal["estimate", "read"]
    date: datetime.date
    source: str


class Size(msgspec.Struct, frozen=True):
    """Mass in g and measures in mm; see data/figures.toml for what each of them is."""

    mass_g: float
    basis: Literal["datasheet", "read", "estimate"]
    source: str
    size_mm: tuple[float, float, float] | None = None
    hole_mm: float | None = None
    holes: tuple[tuple[float, float], ...] = ()
    ports: dict[str, tuple[Edge, float]] = {}
    panel_hole_mm: float | None = None
    antenna_mm: tuple[float, float, float] | None = None


class Current(msgspec.Struct, frozen=True):
    """What a part draws in mA, on average while it works and at most, at so many volts."""

    average_ma: float
    peak_ma: float
    volts: float
    basis: Literal["datasheet", "read", "estimate"]
    source: Words


class Part(msgspec.Struct, frozen=True):
    """Something to buy. `pack` is how many come in one, where they are not sold singly."""

    id: str
    name: Words
    use: Words
    recognise: Words
    alternatives: tuple[str, ...]
    search: str
    price: Price
    size: Size
    pack: int = 1
    link: str | None = None
    current: Current | None = None


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many of a part in a kit. `own`: the walker has it. `optional`: the kit works without it."""

    part: str
    quantity: int = 1
    own: bool = False
    optional: bool = False

    @property
    def counted(self) -> bool:
        """Whether it is in the kit's price."""
        return not (self.own or self.optional)


class Kit(msgspec.Struct, frozen=True):
    """A kit's lines. `board` is the part that carries the sensors, `of` the kit that it is a variant of."""

    id: str
    title: Words
    ceiling_eur: float
    board: str
    lines: tuple[Line, ...]
    of: str | None = None


class Tool(msgspec.Struct, frozen=True):
    """Something that is only lent."""

    id: str
    name: Words
