"""What a kit draws, and how long a power bank lasts: estimates, by the figures of data/figures.toml.

A part on 3.3 V counts with the same current at 5 V: true for the S3's linear regulator, too much for the C5's switching
one. Nobody has measured a kit.
"""

import csv
import io
import math
from dataclasses import dataclass

from hardware.parts.bill import table
from hardware.parts.load import load, load_kits
from hardware.parts.model import Language, Part

CELL_V = 3.7  # a bank's Ah are counted at its cell's voltage
EFFICIENCY = 0.85  # of its step to 5 V: 0.8 to 0.9 by rule of thumb
USB_V = 5.0
BANK_MA = 2000.0  # what the banks of the bill give at least
BANKS_AH = (5.0, 10.0)

_HEAD = {
    "en": ("Part", "mA on average", "mA at most", "basis", "where from"),
    "fr": ("Pièce", "mA en moyenne", "mA au plus", "nature", "d’où cela vient"),
}
_BASIS = {
    "datasheet": ("datasheet", "fiche technique"),
    "read": ("read", "relevé"),
    "estimate": ("estimate", "estimation"),
}
_SUM = {"en": "together, at 5 V", "fr": "ensemble, sous 5\u00a0V"}
_HOURS = {
    "en": "{watts} W on average: {hours}. Reckoned with cells of {cell} V and a step to 5 V that keeps {percent} %; "
    "cold and age take from that. All peaks at once would be {peak} mA; a bank that gives 2 A {enough}. Nobody has "
    "measured a kit yet.",
    "fr": "{watts}\u00a0W en moyenne\u00a0: {hours}. Calcul avec des cellules de {cell}\u00a0V et une conversion vers "
    "5\u00a0V qui en garde {percent}\u00a0%\u00a0; le froid et l’âge en retirent encore. Toutes les pointes à la fois "
    "feraient {peak}\u00a0mA\u00a0; une batterie de 2\u00a0A {enough}. Personne n’a encore mesuré de kit.",
}
_HOUR = {"en": "about {hours} hours from {ah} Ah", "fr": "environ {hours}\u00a0heures avec {ah}\u00a0Ah"}
_ENOUGH = {
    True: {"en": "is enough", "fr": "suffit"},
    False: {
        "en": "may not be enough: take one of 2.4 A or more",
        "fr": "peut ne pas suffire\u00a0: prenez-en une de 2,4\u00a0A ou plus",
    },
}


@dataclass(frozen=True)
class Power:
    """The parts that draw something, and what they draw together, mA at 5 V."""

    parts: tuple[Part, ...]

    @property
    def average_ma(self) -> float:
        """On average while the kit works."""
        return sum(part.current.average_ma for part in self.parts if part.current is not None)

    @property
    def peak_ma(self) -> float:
        """All peaks at once, which is more than ever comes together."""
        return sum(part.current.peak_ma for part in self.parts if part.current is not None)

    @property
    def enough(self) -> bool:
        """Whether a bank that gives 2 A carries all peaks at once."""
        return self.peak_ma <= BANK_MA

    def hours(self, capacity_ah: float) -> float:
        """How long a full bank lasts."""
        return capacity_ah * CELL_V * EFFICIENCY / (USB_V * self.average_ma / 1000)


def power(kit_id: str) -> Power:
    """What draws current in a kit; optional parts are left out."""
    parts = load()
    mine = [parts[line.part] for line in load_kits()[kit_id].lines if not line.optional]
    return Power(tuple(part for part in mine if part.current is not None))


def rows(kit_id: str, language: Language) -> list[tuple[str, ...]]:
    """The table's lines as text, the sum last."""
    told = power(kit_id)
    second = language == "fr"
    lines: list[tuple[str, ...]] = [
        (
            part.name.said(language),
            f"{part.current.average_ma:.0f}",
            f"{part.current.peak_ma:.0f}",
            _BASIS[part.current.basis][second],
            part.current.source.said(language),
        )
        for part in told.parts
        if part.current is not None
    ]
    lines.append((f"**{_SUM[language]}**", f"**{told.average_ma:.0f}**", f"**{told.peak_ma:.0f}**", "", ""))
    return lines


def head(language: Language) -> tuple[str, ...]:
    """The names of the table's columns."""
    return _HEAD[language]


def summary(kit_id: str, language: Language) -> str:
    """Watts, hours and peak in words, with what they rest on."""
    told = power(kit_id)
    mark = "," if language == "fr" else "."

    def said(number: float, digits: int) -> str:
        return f"{number:.{digits}f}".replace(".", mark)

    return _HOURS[language].format(
        watts=said(told.average_ma * USB_V / 1000, 1),
        hours=", ".join(_HOUR[language].format(hours=math.floor(told.hours(ah)), ah=said(ah, 0)) for ah in BANKS_AH),
        cell=said(CELL_V, 1),
        percent=said(EFFICIENCY * 100, 0),
        peak=said(told.peak_ma, 0),
        enough=_ENOUGH[told.enough][language],
    )


def markdown(kit_id: str, language: Language) -> str:
    """The table, and what follows from it, as Markdown."""
    return f"{table(head(language), rows(kit_id, language))}\n{summary(kit_id, language)}\n"


def comma_separated(kit_id: str) -> str:
    """The table as CSV, for machines."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["part", "average_ma", "peak_ma", "volts", "basis", "source"])
    for part in power(kit_id).parts:
        if (current := part.current) is not None:
            writer.writerow(
                [part.id, current.average_ma, current.peak_ma, current.volts, current.basis, current.source.en]
            )
    return out.getvalue()
