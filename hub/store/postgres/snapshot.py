"""All tables of a PostgreSQL database as they are at one moment."""

from collections.abc import Iterator
from typing import Any

from hub.store.engine import Table, in_order, selected
from hub.store.postgres.connection import Connection

VERSION_TABLE = "schema_version"
_NOT_OURS = (VERSION_TABLE, "spatial_ref_sys")  # the second is PostGIS's
_COLUMNS = """
    SELECT c.relname, a.attname, array_position(i.indkey::int2[], a.attnum), a.attgenerated <> '',
        a.attidentity <> ''
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname, a.attnum
"""


class PostgresSnapshot:
    """A `Snapshot` through a connection of its own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def tables(self) -> list[Table]:
        return tables_of(self._connection)

    def stream(self, table: Table) -> Iterator[tuple[Any, ...]]:
        yield from self._connection.fetched(selected(table))


def tables_of(connection: Connection) -> list[Table]:
    """The hub's tables that a connection sees; without columns that the database computes."""
    columns: dict[str, list[str]] = {}
    keys: dict[str, list[tuple[int, str]]] = {}
    numbered: dict[str, str] = {}
    for name, column, place, computed, numbers in connection.execute(_COLUMNS).fetchall():
        if name in _NOT_OURS or computed:
            continue
        columns.setdefault(name, []).append(column)
        keys.setdefault(name, [])
        if place is not None:
            keys[name].append((place, column))
        if numbers:
            numbered[name] = column
    return in_order(
        [
            Table(
                name=name,
                columns=tuple(columns[name]),
                key=tuple(column for _, column in sorted(keys[name])),
                last=_last(connection, name, numbered.get(name)),
            )
            for name in columns
        ]
    )


def _last(connection: Connection, table: str, column: str | None) -> int:
    """The highest number that a table has given or holds."""
    if column is None:
        return 0
    given = "coalesce(pg_sequence_last_value(pg_get_serial_sequence(?, ?)::regclass), 0)"
    query = f"SELECT greatest({given}, (SELECT coalesce(max({column}), 0) FROM {table}))"  # noqa: S608 (our own words)
    return int(connection.execute(query, (table, column)).fetchone()[0])
