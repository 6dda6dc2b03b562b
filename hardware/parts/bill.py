"""A kit's bill: what it needs, what that costs and weighs. All sums are computed; nothing here is typed in.

`python -m hardware.parts scout` prints it.
"""

import csv
import datetime
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from hardware.parts.load import load, load_kits
from hardware.parts.model import Kit, Language, Line, Part

_HEAD = {
    "en": ("Quantity", "Part", "For", "How to recognise it", "EUR", "from–to", "basis", "date", "instead"),
    "fr": ("Quantité", "Pièce", "Rôle", "Comment la reconnaître", "EUR", "de–à", "source", "date", "à défaut"),
}
_COLUMNS = (
    *("part", "name", "quantity", "state", "eur_each", "eur", "low", "high", "basis", "date", "source", "search"),
    *("mass_g", "alternatives"),
)
_BASIS = {"estimate": ("estimate", "estimation"), "read": ("read", "relevé")}
_STATE = {"own": ("your own", "vous l’avez"), "optional": ("optional", "facultatif"), "counted": ("", "")}
_SUMMARY = {
    "en": "About {total} EUR for one kit, between {low} and {high}, with VAT, without postage. Prices read "
    "somewhere: {read} of {count}; the others are estimates. Their dates: {oldest} to {newest}. What is sold in "
    "packs is counted by the piece: whoever buys every pack for one kit alone pays about {packs} EUR. The kit weighs "
    "about {mass} g{bank}. We hold the first sum under {ceiling} EUR{over}.",
    "fr": "Environ {total}\u00a0€ pour un kit, entre {low} et {high}\u00a0€, TVA comprise, hors frais de port. Prix "
    "relevés quelque part\u00a0: {read} sur {count}\u00a0; les autres sont des estimations. Leurs dates\u00a0: du "
    "{oldest} au {newest}. Ce qui se vend par lots est compté à la pièce\u00a0: acheter tous les lots pour un seul "
    "kit revient à environ {packs}\u00a0€. Le kit pèse environ {mass}\u00a0g{bank}. Nous tenons la première somme sous "
    "{ceiling}\u00a0€{over}.",
}
_BANK = {"en": " with the power bank", "fr": " avec la batterie externe"}
_OVER = {
    "en": "; at the high end of all prices, it is above that",
    "fr": "\u00a0; si tous les prix sont au plus haut, elle le dépasse",
}


@dataclass(frozen=True)
class BillLine:
    """A line of the bill, with its part."""

    line: Line
    part: Part

    @property
    def state(self) -> str:
        """Whether it is counted: "counted", "own" or "optional"."""
        return "own" if self.line.own else "optional" if self.line.optional else "counted"

    @property
    def eur(self) -> float:
        """What the line costs."""
        return self.line.quantity * self.part.price.eur

    @property
    def low(self) -> float:
        """What it costs at least."""
        return self.line.quantity * self.part.price.low

    @property
    def high(self) -> float:
        """What it costs at most."""
        return self.line.quantity * self.part.price.high

    @property
    def packs_eur(self) -> float:
        """What it costs in whole packs."""
        return -(-self.line.quantity // self.part.pack) * self.part.pack * self.part.price.eur


@dataclass(frozen=True)
class Bill:
    """All lines of a kit. Sums are over what is counted: not what the walker has, not what the kit works without."""

    kit: Kit
    lines: tuple[BillLine, ...]

    @cached_property
    def counted(self) -> tuple[BillLine, ...]:
        """The lines that the sums are over."""
        return tuple(line for line in self.lines if line.line.counted)

    @property
    def eur(self) -> float:
        """The sum, to the cent."""
        return round(sum(line.eur for line in self.counted), 2)

    @property
    def low(self) -> float:
        """The sum of all lowest prices."""
        return round(sum(line.low for line in self.counted), 2)

    @property
    def high(self) -> float:
        """The sum of all highest prices."""
        return round(sum(line.high for line in self.counted), 2)

    @property
    def packs_eur(self) -> float:
        """The sum where everything is bought in whole packs."""
        return round(sum(line.packs_eur for line in self.counted), 2)

    @property
    def mass_g(self) -> float:
        """What is carried: also what the walker has, not what is optional."""
        return round(
            sum(line.line.quantity * line.part.size.mass_g for line in self.lines if not line.line.optional), 1
        )

    @property
    def dates(self) -> tuple[datetime.date, datetime.date]:
        """The oldest and the newest price's date."""
        dates = [line.part.price.date for line in self.counted]
        return min(dates), max(dates)

    def age_days(self, today: datetime.date) -> int:
        """How old the oldest price is."""
        return (today - self.dates[0]).days


def bill(kit_id: str) -> Bill:
    """The bill of a kit; KeyError where there is no such kit."""
    parts, kit = load(), load_kits()[kit_id]
    return Bill(kit=kit, lines=tuple(BillLine(line, parts[line.part]) for line in kit.lines))


def money(eur: float, language: Language) -> str:
    """An amount with two digits, with the language's mark before them."""
    said = f"{eur:.2f}"
    return said.replace(".", ",") if language == "fr" else said


def day(date: datetime.date, language: Language) -> str:
    """A date as the language writes it in a table."""
    return f"{date:%d/%m/%Y}" if language == "fr" else date.isoformat()


def rows(kit_id: str, language: Language) -> list[tuple[str, ...]]:
    """The bill's lines as text, in the order of `head`."""
    second = language == "fr"
    parts = load()
    told: list[tuple[str, ...]] = []
    for line in bill(kit_id).lines:
        part = line.part
        note = _STATE[line.state][second]
        told.append(
            (
                f"{line.line.quantity}",
                part.name.said(language) + (f" ({note})" if note else ""),
                part.use.said(language),
                part.recognise.said(language),
                money(line.eur, language),
                f"{money(line.low, language)}–{money(line.high, language)}",
                _BASIS[part.price.basis][second],
                day(part.price.date, language),
                ", ".join(parts[other].name.said(language) for other in part.alternatives),
            )
        )
    return told


def head(language: Language) -> tuple[str, ...]:
    """The names of the bill's columns."""
    return _HEAD[language]


def summary(kit_id: str, language: Language) -> str:
    """The sums in a sentence or two, with what they rest on."""
    told = bill(kit_id)
    oldest, newest = told.dates
    carries_bank = any("power-bank" in line.part.id for line in told.lines)
    return _SUMMARY[language].format(
        total=money(told.eur, language),
        low=money(told.low, language),
        high=money(told.high, language),
        packs=money(told.packs_eur, language),
        read=sum(line.part.price.basis == "read" for line in told.counted),
        count=len(told.counted),
        oldest=day(oldest, language),
        newest=day(newest, language),
        mass=round(told.mass_g),
        bank=_BANK[language] if carries_bank else "",
        ceiling=f"{told.kit.ceiling_eur:.0f}",
        over=_OVER[language] if told.high > told.kit.ceiling_eur else "",
    )


def table(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    said = [columns, ("---",) * len(columns), *lines]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in said)


def markdown(kit_id: str, language: Language) -> str:
    """The bill as a Markdown table, and the sums below it."""
    return f"{table(head(language), rows(kit_id, language))}\n{summary(kit_id, language)}\n"


def comma_separated(kit_id: str) -> str:
    """The bill as CSV, for machines: ids, plain numbers, English."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for line in bill(kit_id).lines:
        part, price = line.part, line.part.price
        writer.writerow(
            [part.id, part.name.en, line.line.quantity, line.state, price.eur]
            + [f"{amount:.2f}" for amount in (line.eur, line.low, line.high)]
            + [price.basis, price.date.isoformat(), price.source, part.search]
            + [round(line.line.quantity * part.size.mass_g, 1), " ".join(part.alternatives)]
        )
    told = bill(kit_id)
    writer.writerow(["total", "", "", "counted", "", f"{told.eur:.2f}", f"{told.low:.2f}", f"{told.high:.2f}"])
    return out.getvalue()
