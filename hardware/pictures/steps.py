"""The steps in which a kit is put together, read from steps.toml."""

import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from hardware.enclosure.parameters import KITS
from hardware.parts import load as load_parts
from hardware.parts import load_kits
from hardware.parts.model import Language, Words
from probe.errors import BadInput

STEPS = Path(__file__).with_name("steps.toml")
Vector = tuple[float, float, float]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a kit, and how its picture is made; see steps.toml."""

    number: int
    what: str
    title: Words
    scene: Literal["layout", "lid", "pi", "case", "worn"]
    adds: tuple[str, ...] = ()
    lift: Vector = (0.0, 0.0, 0.0)
    eye: Vector | None = None
    key: tuple[Words, ...] = ()


class _File(msgspec.Struct, forbid_unknown_fields=True):
    step: tuple[Step, ...]


def load(path: Path = STEPS) -> tuple[Step, ...]:
    """All steps in order. Raises BadInput where the file is not as it should be."""
    try:
        steps = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File).step
    except (OSError, UnicodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as problem:
        raise BadInput(f"{path.name} cannot be used: {problem}") from problem
    if [step.number for step in steps] != list(range(1, len(steps) + 1)):
        raise BadInput(f"{path.name}: the steps are not numbered 1, 2, 3 …")
    return steps


def lines(kit_id: str) -> list[tuple[str, int]]:
    """The bill's lines that a maker lays out, with how many of each: not what the kit works without."""
    return [(line.part, line.quantity) for line in load_kits()[kit_id].lines if not line.optional]


def key(name: str, language: Language) -> list[str]:
    """What the numbers in a picture point at, in order; none for a picture without. `name` as in `ids`."""
    kit_id, _, number = name.rpartition("-")
    for step in load():
        if kit_id in KITS and number == f"{step.number:02}":
            if step.scene == "layout":
                parts = load_parts()
                return [parts[part].name.said(language) for part, _ in lines(kit_id)]
            return [words.said(language) for words in step.key]
    return []


def ids(kit: str) -> tuple[str, ...]:
    """The pictures' names of a kit: "scout-01" …; BadInput for an unknown kit."""
    if kit not in KITS:
        raise BadInput(f"There is no kit {kit!r}; there are {', '.join(KITS)}.")
    return tuple(f"{kit}-{step.number:02}" for step in load())
