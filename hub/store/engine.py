"""What a database engine does for the hub's tables. Their SQL is written once, in hub/store/sql/, for all of them.

That SQL keeps to what SQLite and PostgreSQL understand alike: `?` for values, RETURNING, ON CONFLICT, IS NOT DISTINCT
FROM; text for days, 0 and 1 for yes and no, octets as octets. What only one of them can lies in its own folder.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


class Result(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""
        ...

    def fetchone(self) -> Any:
        """The next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        ...


class Transaction(Protocol):
    """One commit that is under way."""

    def execute(self, query: str, values: Sequence[Any] = (), /) -> Result:
        """Run a statement with its values."""
        ...

    def executemany(self, query: str, rows: Sequence[Sequence[Any]], /) -> object:
        """Run a statement once for each row of values."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it can be copied: its columns, and those of its key, by which its rows are in order. `last` is the
    highest number that was ever given in it; 0 where it gives none."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    last: int = 0


class Snapshot(Protocol):
    """All tables as they are at one moment."""

    def tables(self) -> list[Table]:
        """The tables, in an order in which they can be filled."""
        ...

    def stream(self, table: Table) -> Iterator[tuple[Any, ...]]:
        """The rows of a table in the order of its key, few in memory at a time."""
        ...


class Engine(Protocol):
    """The database behind a store. Safe to use from several threads. Every method raises StoreError where it fails."""

    @property
    def folder(self) -> Path:
        """The hub's folder."""
        ...

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query."""
        ...

    def rows_until(self, query: str, values: Sequence[Any], full: Callable[[Any], bool]) -> list[Any]:
        """The rows of a query up to the first after which it is `full`: no more is loaded."""
        ...

    def row(self, query: str, values: Sequence[Any] = ()) -> Any:
        """The first row of a query, or None."""
        ...

    def transaction(self) -> AbstractContextManager[Transaction]:
        """One commit, or a part of the one that is under way. One process writes at a time, the others wait. Where it
        fails, nothing of it was written."""
        ...

    def meta(self, name: str) -> str | None:
        """A value that was set."""
        ...

    def set_meta(self, name: str, value: str) -> None:
        """Set a value, within a transaction or by itself."""
        ...

    def last_number(self, table: str) -> int:
        """The highest number that was ever given to a row of a table whose key is `seq`."""
        ...

    def free_bytes(self) -> int | None:
        """How much more the disk can take; None where that cannot be asked."""
        ...

    def octets(self) -> int:
        """How much room it takes on the disk."""
        ...

    def rewrite(self) -> list[str]:
        """Write all anew from which something was erased, so that no free page holds it, and delete the copies in the
        hub's folder that were made before it was brought forward. Returns what still holds some."""
        ...

    def truncate_log(self) -> bool:
        """See to it that what was erased is gone from the engine's files as well; False where that has to wait."""
        ...

    def overwrite_erased(self) -> None:
        """The same for what was erased long ago, by an engine that does not do it with each commit."""
        ...

    def finish_erasing(self, hashes: Sequence[str], *, soon: bool = False) -> list[str]:
        """See to it that nothing of the hub's still holds what was erased, nor pictures with these hashes; returns
        what does. `soon` lets it wait where it has just been done and has taken long."""
        ...

    def claim(self, hub_id: str) -> None:
        """Be the one hub that serves from this database until it is closed. Raises BadInput where another does, or
        where it is another hub's."""
        ...

    def snapshot(self) -> AbstractContextManager["Snapshot"]:
        """All tables as they are at one moment, read beside whatever is written."""
        ...

    def give_numbers_beyond(self, table: str, last: int) -> None:
        """Never again give a number up to this one to a row of a table."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


# The database refuses a probe whose key or mailbox these name already, so they are filled after all others.
_LAST = ("revoked_key", "closed_mailbox")


def in_order(tables: Sequence[Table]) -> list[Table]:
    """Tables in an order in which they can be filled."""
    return sorted(tables, key=lambda table: (table.name in _LAST, table.name))


def selected(table: Table) -> str:
    """The query for a table's rows in the order of its key."""
    return f"SELECT {', '.join(table.columns)} FROM {table.name} ORDER BY {', '.join(table.key)}"  # noqa: S608 (our own)
