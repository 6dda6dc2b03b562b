"""The dated catalogue of signatures: data apart from code, because signatures rot.

`catalogue.tsv` has one row for each prefix or name pattern: where it comes from, how strong it is, and the day it was
last confirmed. Three statuses: `active` rows can make a sighting; `forget` rows name consumer devices and make the
probe drop what they match; `rejected` rows are kept with the reason, so that nobody adds them again.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources

COLUMNS = ("id", "vendor", "kind", "evidence", "value", "strength", "status", "confirmed_on", "source", "note")

_PREFIX_BITS = (36, 28, 24)


class Status(StrEnum):
    ACTIVE = "active"
    FORGET = "forget"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One signature. `value` is a prefix such as `70:b3:d5:e9:9/36` or a pattern anchored at both ends."""

    id: str
    vendor: str
    kind: str
    evidence: str
    value: str
    strong: bool
    status: Status
    confirmed_on: date | None
    source: str
    note: str


class Catalogue:
    """Answers which signature an address or a network name matches."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self.rows = rows
        self._prefixes: dict[int, dict[int, Row]] = {bits: {} for bits in _PREFIX_BITS}
        self._names: list[tuple[re.Pattern[str], Row]] = []
        for row in rows:
            if row.status is Status.REJECTED:
                continue
            if row.evidence == "oui":
                value, bits = _prefix(row.value)
                self._prefixes[bits][value] = row
            else:
                self._names.append((re.compile(row.value), row))

    def vendor_of(self, address: bytes) -> Row | None:
        """The row of the longest prefix of a globally administered address of six octets.

        Locally administered and group addresses match nothing: anyone may choose them.
        """
        if address[0] & 0b11:
            return None
        number = int.from_bytes(address, "big")
        for bits in _PREFIX_BITS:
            row = self._prefixes[bits].get(number >> (48 - bits))
            if row is not None:
                return row
        return None

    def name_of(self, ssid: str) -> Row | None:
        """The row whose pattern matches the whole network name; `forget` rows win over `active` ones."""
        found = None
        for pattern, row in self._names:
            if pattern.fullmatch(ssid):
                if row.status is Status.FORGET:
                    return row
                found = found or row
        return found


def parse(text: str) -> Catalogue:
    """The catalogue in the text of a `catalogue.tsv`. Raises ValueError naming the line."""
    lines = text.splitlines()
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise ValueError(f"line 1: the columns must be {', '.join(COLUMNS)}")
    rows = tuple(_row(number, line) for number, line in enumerate(lines[1:], start=2))
    if len({row.id for row in rows}) != len(rows):
        raise ValueError("two rows have the same id")
    return Catalogue(rows)


@cache
def bundled() -> Catalogue:
    """The catalogue that came with this release."""
    return parse(resources.files("probe.detect").joinpath("catalogue.tsv").read_text(encoding="utf-8"))


def _row(number: int, line: str) -> Row:
    fields = line.split("\t")
    if len(fields) != len(COLUMNS):
        raise ValueError(f"line {number}: {len(fields)} columns instead of {len(COLUMNS)}")
    named = dict(zip(COLUMNS, fields, strict=True))
    row = Row(
        id=named["id"],
        vendor=named["vendor"],
        kind=named["kind"],
        evidence=named["evidence"],
        value=named["value"],
        strong=named["strength"] == "strong",
        status=Status(named["status"]),
        confirmed_on=date.fromisoformat(named["confirmed_on"]) if named["confirmed_on"] else None,
        source=named["source"],
        note=named["note"],
    )
    if row.status is not Status.REJECTED:
        _check(number, row)
    return row


def _check(number: int, row: Row) -> None:
    if row.evidence == "oui":
        _prefix(row.value)
    elif row.evidence == "ssid":
        if not (row.value.startswith("^") and row.value.endswith("$")):
            raise ValueError(f"line {number}: the pattern {row.value!r} is not anchored at both ends")
    else:
        raise ValueError(f"line {number}: unknown evidence {row.evidence!r}")


def _prefix(value: str) -> tuple[int, int]:
    """The number and length in bits of `70:b3:d5:e9:9/36`."""
    digits, _, length = value.partition("/")
    bits = int(length)
    nibbles = digits.replace(":", "")
    if bits not in _PREFIX_BITS or len(nibbles) * 4 != bits:
        raise ValueError(f"the prefix {value!r} is not 24, 28 or 36 bits long")
    return int(nibbles, 16), bits
