"""All tables of a SQLite database as they are at one moment."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from hub.store.engine import Table, Transaction, in_order, selected


class SqliteSnapshot:
    """A `Snapshot` through a connection of its own, which is within a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def tables(self) -> list[Table]:
        names = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return in_order([self._table(name) for (name,) in names])

    def stream(self, table: Table) -> Iterator[tuple[Any, ...]]:
        yield from self._connection.execute(selected(table))

    def _table(self, name: str) -> Table:
        columns = self._connection.execute(f"PRAGMA table_info({name})").fetchall()
        key = [(place, column) for _, column, _, _, _, place in columns if place]
        numbers = len(key) == 1 and any(column[1] == key[0][1] and column[2] == "INTEGER" for column in columns)
        return Table(
            name=name,
            columns=tuple(column[1] for column in columns),
            key=tuple(column for _, column in sorted(key)),
            last=self._last(name, key[0][1]) if numbers else 0,
        )

    def _last(self, table: str, column: str) -> int:
        """The highest number that a table has given or holds."""
        given = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        held = self._connection.execute(f"SELECT coalesce(max({column}), 0) FROM {table}").fetchone()  # noqa: S608
        return max(int(held[0]), 0 if given is None else int(given[0]))


def give_numbers_beyond(db: Transaction, table: str, last: int) -> None:
    """Never again give a number up to this one, where a table gives each only once."""
    db.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = ? AND seq < ?", (last, table, last))
    db.execute(
        "INSERT INTO sqlite_sequence (seq, name) SELECT ?, name FROM sqlite_master WHERE name = ?"
        " AND sql LIKE '%AUTOINCREMENT%' AND name NOT IN (SELECT name FROM sqlite_sequence) AND ? > 0",
        (last, table, last),
    )
