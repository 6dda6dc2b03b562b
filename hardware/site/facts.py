"""What the directives show, in plain shapes, from the rooms before this one; what is not there yet is Missing."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hardware import parts
from hardware.drawings import drawing
from hardware.parts import bill as added_up
from hardware.parts import power as drawn
from hardware.parts.model import Kit, Language, Line, Part
from hardware.pictures.steps import key
from hardware.site.words import money, word
from hardware.wiring import pins_table, wires_table
from hardware.wiring.seen import SEEN
from probe.card.printed import signs as kit_signs
from probe.errors import BadInput


class Missing(Exception):
    """Something that a page shows is not there; the sentence says what."""


@dataclass(frozen=True, kw_only=True)
class BillLine:
    """One part of a kit as a page shows it."""

    part: str
    amount: str
    name: str
    use: str
    recognise: str
    search: str
    price: str
    basis: str
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A table of words: its head and its rows; all in one language."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def said(language: str) -> Language:
    """Return a language as the rooms know it."""
    return "fr" if language == "fr" else "en"


@cache
def _parts() -> dict[str, Part]:
    return parts.load()


@cache
def _kits() -> dict[str, Kit]:
    return parts.load_kits()


def _part(part: str) -> Part:
    if part not in _parts():
        raise Missing(f"part {part}")
    return _parts()[part]


def kit(name: str) -> Kit:
    """Return a kit. Raises Missing."""
    if name not in _kits():
        raise Missing(f"kit {name}")
    return _kits()[name]


def part_name(part: str, language: str) -> str:
    """Return what a part is called. Raises Missing."""
    return _part(part).name.said(said(language))


def amount(count: int, part: str, language: str) -> str:
    """Return so many of a part in words: filament is weighed, all else counted. Raises Missing."""
    name = part_name(part, language)
    if part == "petg":
        return f"{count}\N{NO-BREAK SPACE}g, {name.partition(' (')[0]}"
    return f"{count}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}{name}"


def tool_name(tool: str, language: str) -> str:
    """Return what a tool is called. Raises Missing."""
    tools = parts.load_tools()
    if tool not in tools:
        raise Missing(f"tool {tool}")
    return tools[tool].name.said(said(language))


def in_bill(part: str, name: str) -> bool:
    """Say whether a kit has a part. Raises Missing."""
    return any(line.part == part for line in kit(name).lines)


def bill(name: str, language: str) -> list[BillLine]:
    """Return a kit's bill, line by line; of a variant, what its kit does not have. Raises Missing."""
    mine = kit(name)
    known = kit(mine.of).lines if mine.of else ()
    return [_bill_line(line, language) for line in mine.lines if line not in known]


def left_out(name: str, language: str) -> list[str]:
    """Return what a variant does not need of its kit's parts, by name. Raises Missing."""
    mine = kit(name)
    known = kit(mine.of).lines if mine.of else ()
    have = {line.part for line in mine.lines}
    return [part_name(line.part, language) for line in known if line.part not in have]


def _bill_line(line: Line, language: str) -> BillLine:
    part = _part(line.part)
    speak = said(language)
    price = part.price
    each = f"{money(price.low, language)} – {money(price.high, language)}"
    if line.quantity > 1 or price.eur < 0.1:
        each = f"{word(language, 'each')} {money(price.eur, language, exact=True)}"
    if line.own:
        cost = word(language, "own")
    elif line.optional:
        cost = f"({money(price.eur * line.quantity, language)})"
    else:
        cost = money(price.eur * line.quantity, language)
    return BillLine(
        part=line.part,
        amount=f"{line.quantity}\N{NO-BREAK SPACE}g" if line.part == "petg" else str(line.quantity),
        name=part.name.said(speak).partition(" (")[0] if line.part == "petg" else part.name.said(speak),
        use=part.use.said(speak),
        recognise=part.recognise.said(speak),
        search=part.search,
        price=cost,
        basis=f"{each}, {word(language, price.basis)}, {price.date:%m/%Y}",
        alternatives=tuple(part_name(other, language) for other in part.alternatives),
    )


def total(name: str, language: str) -> str:
    """Return what the counted lines of a kit cost together; after `packs`, in whole packs. Raises Missing."""
    packs, _, plain = name.rpartition(" ")
    told = added_up.bill(kit(plain).id)
    return money(told.packs_eur if packs == "packs" else told.eur, language)


def bill_summary(name: str, language: str) -> str:
    """Return what the sum rests on, in sentences. Raises Missing."""
    return added_up.summary(kit(name).id, said(language))


def wires(name: str, language: str) -> Rows:
    """Return a kit's wires. Raises Missing."""
    return _from_markdown(wires_table(kit(name).id, said(language)))


def _from_markdown(table: str) -> Rows:
    """Return a Markdown table as rows; `**` stays, for the page to show."""
    head, _, *lines = ([cell.strip() for cell in line.strip("|").split(" | ")] for line in table.strip().splitlines())
    return Rows(head=tuple(head), rows=tuple(tuple(line) for line in lines))


def wiring_alt(name: str, language: str) -> str:
    """Return the drawing's words for those who do not see it."""
    told = {
        "en": "The wires of the kit as a drawing; the table below has each of them.",
        "fr": "Le câblage du kit en dessin ; le tableau ci-dessous donne chaque fil.",
    }
    return f"{told[language]} ({kit(name).title.said(said(language))})"


def seen_alt(name: str, language: str) -> str:
    """Return the words for the drawing of the board as it lies in the case. Raises Missing."""
    return f"{SEEN[said(language)]} ({kit(name).title.said(said(language))})"


def step_key(name: str, language: str) -> list[str]:
    """Return what the numbers in a step's picture point at, in order."""
    return key(name, said(language))


def pins(name: str, language: str) -> Rows:
    """Return the pins of a kit's board. Raises Missing."""
    return _from_markdown(pins_table(kit(name).id, said(language)))


def currents(name: str, language: str) -> Rows:
    """Return what each part of a kit draws. Raises Missing."""
    speak = said(language)
    return Rows(head=drawn.head(speak), rows=tuple(drawn.rows(kit(name).id, speak)))


def run_time(name: str, language: str) -> str:
    """Return how long a power bank lasts, in sentences. Raises Missing."""
    return drawn.summary(kit(name).id, said(language))


def signs(language: str) -> Rows:
    """Return the signals and what each says, from the probe's own words."""
    return Rows(
        head=(word(language, "sign"), word(language, "says")),
        rows=tuple((rhythm, told) for rhythm, told in kit_signs(language)),
    )


def drawing_words(name: str, language: str) -> drawing.Words:
    """Return a drawing's words. Raises Missing."""
    try:
        return drawing.words_of(name, language)
    except BadInput as problem:
        raise Missing(str(problem)) from problem


def picture(folder: Path, name: str) -> Path:
    """Return the file of a picture that the build made: SVG before PNG. Raises Missing."""
    for ending in ("svg", "png"):
        path = folder / f"{name}.{ending}"
        if path.exists():
            return path
    raise Missing(f"picture {folder.name}/{name}")
