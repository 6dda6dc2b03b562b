"""Fills the tables of one database from a snapshot of another: nothing is left out, nothing is loaded as a whole."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hub.errors import StoreError
from hub.store.engine import Snapshot, Table, Transaction

ROWS = 500  # in memory at a time
OCTETS = 4 << 20

Progress = Callable[[str, int], None]  # the table, and how many rows of it are copied since it was last called


def fill(snapshot: Snapshot, db: Transaction, there: Sequence[Table], progress: Progress | None = None) -> None:
    """Copy all rows, within a transaction on the other side, whose tables are `there` and empty. Raises StoreError
    where it has other tables, or where what has arrived is not what was sent."""
    tables = snapshot.tables()
    if {(one.name, frozenset(one.columns)) for one in tables} != {(one.name, frozenset(one.columns)) for one in there}:
        raise StoreError("the two databases have different tables; open each with this version of the hub first")
    for table in tables:
        names, places = ", ".join(table.columns), ", ".join("?" * len(table.columns))
        copied = 0
        for rows in _some(snapshot.stream(table)):
            db.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", rows)  # noqa: S608 (our own words)
            copied += len(rows)
            if progress is not None:
                progress(table.name, len(rows))
        (arrived,) = db.execute(f"SELECT count(*) FROM {table.name}").fetchone()  # noqa: S608
        if arrived != copied:
            raise StoreError(f"of {copied} rows of {table.name}, {arrived} have arrived; nothing was changed")


def _some(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows, a few at a time."""
    some: list[tuple[Any, ...]] = []
    octets = 0
    for row in rows:
        some.append(row)
        octets += sum(len(one) for one in row if isinstance(one, str | bytes))
        if len(some) >= ROWS or octets >= OCTETS:
            yield some
            some, octets = [], 0
    if some:
        yield some
