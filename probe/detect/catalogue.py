"""The dated catalogue of signatures: data apart from code, because signatures rot.

`catalogue.tsv` has one row for each prefix, name pattern or fingerprint: where it comes from, how strong it is, and the
day it was last confirmed. Three statuses: `active` rows can make a sighting; `forget` rows name consumer devices and
what flies, and make the probe drop what they match; `rejected` rows are kept with the reason, so that nobody adds them
again. `shared` names what else carries the same mark and is carried about: such a row never suffices alone.

Values by evidence: `oui` `70:b3:d5:e9:9/36`; `ssid` and `ble_name` a pattern anchored at both ends; `ble_company` and
`ble_service` hexadecimal numbers of 16 bits, with spaces between, or a service's own number of 128 bits; `element` the
first octets of a vendor element in hex; `order` a frame's elements in their order; `wps` a primary device type.

`beside` says what must stand beside a mark that does not suffice alone:

- a block of addresses: `name` a network's name that says camera, `probe` what Flock's modules ask for networks by,
  `battery` a name of a battery; nothing where the block is strong;
- a network's name: `block` an address of the same maker's, or of modules that it buys; `nothing` not even an address
  that a maker gave, with `looked for` where cameras themselves look for it; else an address that a maker gave;
- a Bluetooth name: `company`, `address` (that a maker gave), `battery block`, joined by `or` and `and`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources

COLUMNS = (
    *("id", "vendor", "kind", "evidence", "value", "strength", "status", "shared", "beside", "confirmed_on"),
    *("source", "note"),
)

_PREFIX_BITS = (36, 28, 24)
_BESIDE_VALUES = {
    "oui": {"", "name", "probe", "battery"},
    "ssid": {"", "block", "nothing", "nothing; looked for"},
    "ble_name": {"company", "company or address", "company and address", "company or battery block"},
}
_VALUE_SHAPES = {
    "ble_company": re.compile("[0-9a-f]{4}"),
    "ble_service": re.compile("[0-9a-f]{4}( [0-9a-f]{4})*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "element": re.compile("([0-9a-f]{2}){3,7}"),
    "order": re.compile(r"[0-9a-f.,]+"),
    "wps": re.compile("[0-9]+-[0-9]+"),
}


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
    shared: str
    beside: str
    confirmed_on: date | None
    source: str
    note: str

    @property
    def any_address(self) -> bool:
        """Whether a name counts from any address, also one that nobody gave."""
        return self.beside.startswith("nothing")


class Catalogue:
    """Answers which signature an address, a name or a fingerprint matches."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self.rows = rows
        self._prefixes: dict[int, dict[int, Row]] = {bits: {} for bits in _PREFIX_BITS}
        self._patterns: dict[str, list[tuple[re.Pattern[str], Row]]] = {"ssid": [], "ble_name": []}
        self._values: dict[tuple[str, str], Row] = {}
        self._elements: list[tuple[bytes, Row]] = []
        for row in rows:
            if row.status is not Status.REJECTED:
                self._index(row)

    def _index(self, row: Row) -> None:
        if row.evidence == "oui":
            value, bits = _prefix(row.value)
            self._prefixes[bits][value] = row
        elif row.evidence in self._patterns:
            self._patterns[row.evidence].append((re.compile(row.value), row))
        elif row.evidence == "element":
            self._elements.append((bytes.fromhex(row.value), row))
        elif row.evidence in ("ble_company", "ble_service"):
            self._values |= {(row.evidence, number): row for number in row.value.split()}
        else:
            self._values[row.evidence, row.value] = row

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

    def name_of(self, name: str, evidence: str = "ssid") -> Row | None:
        """The row whose pattern matches the whole name; `forget` rows win over `active` ones."""
        found = None
        for pattern, row in self._patterns[evidence]:
            if pattern.fullmatch(name):
                if row.status is Status.FORGET:
                    return row
                found = found or row
        return found

    def value_of(self, evidence: str, value: str) -> Row | None:
        """The row with exactly this value: a company, a service, an order of elements, a device type."""
        return self._values.get((evidence, value))

    def elements_of(self, heads: tuple[str, ...]) -> Row | None:
        """The row of a vendor element, of which `heads` are the first octets in hex."""
        for start, row in self._elements:
            if any(bytes.fromhex(head).startswith(start) for head in heads):
                return row
        return None

    def active(self, evidence: str) -> tuple[Row, ...]:
        """The rows of one evidence that can make a sighting, in the order of the file."""
        return tuple(row for row in self.rows if row.evidence == evidence and row.status is Status.ACTIVE)


def address_heads(rows: Iterable[Row]) -> frozenset[bytes]:
    """The first three octets of every address in some blocks."""
    return frozenset(bytes.fromhex(row.value[:8].replace(":", "")) for row in rows)


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
    return parse(bundled_text())


def bundled_text() -> str:
    """The text of the catalogue that came with this release."""
    return resources.files("probe.detect").joinpath("catalogue.tsv").read_text(encoding="utf-8")


def newest_day(catalogue: Catalogue | None = None) -> date:
    """The last day on which a row of a catalogue was confirmed, the bundled one's if none is named: this release cannot
    run before that one. Raises ValueError where no row was ever confirmed."""
    return max(row.confirmed_on for row in (catalogue or bundled()).rows if row.confirmed_on is not None)


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
        shared=named["shared"],
        beside=named["beside"],
        confirmed_on=date.fromisoformat(named["confirmed_on"]) if named["confirmed_on"] else None,
        source=named["source"],
        note=named["note"],
    )
    if row.status is not Status.REJECTED:
        _check_row(number, row)
    return row


def _check_row(number: int, row: Row) -> None:
    if row.beside not in _BESIDE_VALUES.get(row.evidence, {""}) and row.status is Status.ACTIVE:
        raise ValueError(f"line {number}: {row.beside!r} is nothing that can stand beside {row.evidence}")
    if row.evidence == "oui":
        _prefix(row.value)
    elif row.evidence in ("ssid", "ble_name"):
        if not (row.value.startswith("^") and row.value.endswith("$")):
            raise ValueError(f"line {number}: the pattern {row.value!r} is not anchored at both ends")
    elif row.evidence in _VALUE_SHAPES:
        if not _VALUE_SHAPES[row.evidence].fullmatch(row.value):
            raise ValueError(f"line {number}: {row.value!r} is no value for {row.evidence}")
    else:
        raise ValueError(f"line {number}: unknown evidence {row.evidence!r}")


def is_prefix(value: str) -> bool:
    """Whether the value of a row is a block of addresses."""
    try:
        _prefix(value)
    except ValueError:
        return False
    return True


def _prefix(value: str) -> tuple[int, int]:
    """The number and length in bits of `70:b3:d5:e9:9/36`."""
    digits, _, length = value.partition("/")
    bits = int(length)
    nibbles = digits.replace(":", "")
    if bits not in _PREFIX_BITS or len(nibbles) * 4 != bits:
        raise ValueError(f"the prefix {value!r} is not 24, 28 or 36 bits long")
    return int(nibbles, 16), bits
