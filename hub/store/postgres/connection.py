"""One connection to PostgreSQL: made, found again after the server was away, and spoken to in the hub's SQL."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import errors
from psycopg.adapt import Buffer, Loader
from psycopg.pq import TransactionStatus

from hub.errors import StoreError
from hub.store.engine import Result
from hub.store.postgres.address import PostgresAddress, is_here

CONNECT_S = 10
FETCH = 64  # rows in memory at a time where not all are loaded
_CHUNK = 1 << 20  # letters of statements that are sent at once
_SETTINGS = {
    "synchronous_commit": "on",
    "lock_timeout": "10s",  # as long as a process waits for another with SQLite
    "statement_timeout": "120s",
    "standard_conforming_strings": "on",
    "TimeZone": "UTC",
}
_LOST = "the connection was lost"


class _Whole(Loader):
    """Sums come as `numeric`; ours are of whole numbers."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data).decode()
        return float(text) if "." in text or "N" in text else int(text)


class Connection:
    """A connection in autocommit mode. Raises StoreError where it cannot be made, psycopg.Error later."""

    def __init__(self, address: PostgresAddress) -> None:
        self.address = address
        self.raw = self._connected()

    @property
    def lost(self) -> bool:
        """Whether the server is gone, or has ended the connection."""
        return self.raw.closed

    @property
    def in_transaction(self) -> bool:
        return self.raw.info.transaction_status not in (TransactionStatus.IDLE, TransactionStatus.UNKNOWN)

    def again(self) -> None:
        """Connect anew. Raises StoreError."""
        self.raw.close()
        self.raw = self._connected()

    def close(self) -> None:
        self.raw.close()

    def execute(self, query: str, values: Sequence[Any] = (), /) -> Result:
        """Run a statement of the hub's SQL."""
        if not values:
            return self.raw.execute(query.encode())
        return self.raw.execute(_dialect(query).encode(), [_value(one) for one in values])

    def executemany(self, query: str, rows: Sequence[Sequence[Any]], /) -> None:
        """Run a statement once for each row, many of them on one way to the server and back."""
        cursor, dialect = psycopg.ClientCursor(self.raw), _dialect(query)
        waiting: list[str] = []
        size = 0
        for row in rows:
            waiting.append(cursor.mogrify(dialect.encode(), [_value(one) for one in row]))
            size += len(waiting[-1])
            if size > _CHUNK:
                cursor.execute(";".join(waiting).encode())
                waiting, size = [], 0
        if waiting:
            cursor.execute(";".join(waiting).encode())

    def fetched(self, query: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        """The rows of a query, a few in memory at a time; within a transaction."""
        said = psycopg.ClientCursor(self.raw).mogrify(_dialect(query).encode(), [_value(one) for one in values])
        self.execute(f"DECLARE hub_rows NO SCROLL CURSOR FOR {said}")
        while rows := self.execute(f"FETCH {FETCH} FROM hub_rows").fetchall():
            yield from rows
        self.execute("CLOSE hub_rows")

    def _connected(self) -> "psycopg.Connection[Any]":
        try:
            raw = psycopg.connect(
                **dict[str, Any](self.address.parameters),
                autocommit=True,
                cursor_factory=psycopg.ClientCursor,
                connect_timeout=CONNECT_S,
                application_name="contrechamp-hub",
                client_encoding="utf8",
            )
        except psycopg.Error as problem:
            raise StoreError(
                f"{self.address}: cannot be opened ({first_line(problem)}); is the server up, and is there such a "
                "database and user?"
            ) from problem
        try:
            # By a variable or file of libpq's own the way can be another than the address says.
            if not raw.pgconn.ssl_in_use and not (is_here(raw.info.host) and is_here(_numeric(raw))):
                raise StoreError(f"{self.address}: leads over a network in the clear; add ?sslmode=verify-full to it")
            if raw.info.parameter_status("server_encoding") != "UTF8":
                raise StoreError(
                    f"{self.address}: is not kept in UTF-8; make another: createdb -T template0 -E UTF8 NAME"
                )
            raw.adapters.register_loader("numeric", _Whole)
            raw.execute("; ".join(f"SET {name} = '{value}'" for name, value in _SETTINGS.items()).encode())
        except psycopg.Error as problem:
            raw.close()
            raise failure(self.address, problem, "cannot be used as a store", "name another database") from problem
        except StoreError:
            raw.close()
            raise
        return raw


def failure(address: PostgresAddress, problem: psycopg.Error, what: str, try_this: str) -> StoreError:
    """What is said of a failed statement: one sentence, and nothing of its values."""
    if isinstance(problem, errors.DiskFull):
        return StoreError(f"{address}: {what}: the disk of the database is full; free some space there")
    if isinstance(problem, errors.LockNotAvailable):
        return StoreError(f"{address}: {what}: another program has been writing to it for too long; try again")
    if isinstance(problem, errors.InsufficientPrivilege):
        return StoreError(f"{address}: {what} ({first_line(problem)}); let this user own the database")
    return StoreError(f"{address}: {what} ({first_line(problem)}); {try_this}")


def first_line(problem: psycopg.Error) -> str:
    """What the server says, without the statement and its values."""
    told = problem.diag.message_primary or str(problem).strip()
    return told.splitlines()[0] if told else _LOST


@lru_cache(maxsize=1000)
def _dialect(query: str) -> str:
    return query.replace("%", "%%").replace("?", "%s")


def _value(value: Any) -> Any:
    """A value as PostgreSQL takes it, which has no place for a NUL in a text."""
    if isinstance(value, str):
        text = value.value if isinstance(value, StrEnum) else value
        return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return value


def _numeric(raw: "psycopg.Connection[Any]") -> str:
    """The numeric address of the other side; empty for a Unix socket."""
    return "" if raw.info.host.startswith(("/", "@")) else raw.info.hostaddr
