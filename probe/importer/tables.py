"""Rows of a table in an SQLite file that may be damaged: where a page cannot be read, those behind it still can.

Rows are sought by their number, as SQLite finds them by it without reading those in between.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_MOST_GAPS = 1_000
_LAST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Gap:
    """Rows that cannot be read, by number, both ends included; `last` is None where nothing behind them can either."""

    first: int
    last: int | None
    why: str

    def __str__(self) -> str:
        until = "the end" if self.last is None else f"row {self.last}"
        return f"rows from {self.first} to {until}: {self.why}"


def scan(db: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple[Any, ...] | Gap]:
    """The rows of a table in the order of their numbers, each with its number in front, and what could not be read."""
    query = f"SELECT rowid, {columns} FROM {table} WHERE rowid >= ? ORDER BY rowid"  # noqa: S608 (our own words)
    start, gaps = -_LAST, 0
    while True:
        try:
            for row in db.execute(query, (start,)):
                if row[0] >= start:  # in a damaged tree a row can come twice
                    start = row[0] + 1
                    yield row
            return
        except (sqlite3.Error, UnicodeDecodeError) as problem:
            why = str(problem)
        # Python looks one row ahead, and loses one that is good where the next is not: those come one by one.
        while isinstance(row := _one(db, query, start), tuple):
            start = row[0] + 1
            yield row
        if row is None:
            return
        first = max(start, 1)
        gaps += 1
        found = _readable(db, query, first) if gaps < _MOST_GAPS else None
        yield Gap(first, None if found is None else found - 1, why)
        if found is None:
            return
        start = found


def _readable(db: sqlite3.Connection, query: str, failing: int) -> int | None:
    """The first number behind one that fails from which on a row can be read; None where there is none."""
    step = 1
    while _one(db, query, failing + step) is False:
        if failing + 2 * step > _LAST:
            return None
        step *= 2
    low, high = failing + step // 2, failing + step
    while high - low > 1:
        middle = (low + high) // 2
        if _one(db, query, middle) is False:
            low = middle
        else:
            high = middle
    return high if _one(db, query, high) else None


def _one(db: sqlite3.Connection, query: str, number: int) -> tuple[Any, ...] | bool | None:
    """The next row from this number on; None where there is none, False where it cannot be read."""
    try:
        found: tuple[Any, ...] | None = db.execute(query + " LIMIT 1", (number,)).fetchone()
        return found
    except (sqlite3.Error, UnicodeDecodeError):
        return False
