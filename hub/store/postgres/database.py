"""PostgreSQL behind the hub's tables: one connection, one writer at a time, and a commit that returned is durable."""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors

from hub.errors import BadInput, StoreError
from hub.store.engine import Result, Snapshot, Transaction
from hub.store.postgres.address import PostgresAddress
from hub.store.postgres.connection import Connection, failure
from hub.store.postgres.migrate import bring_forward
from hub.store.postgres.schema import Migrations
from hub.store.postgres.snapshot import VERSION_TABLE, PostgresSnapshot, tables_of
from hub.store.sqlite.copies import erase_copies
from hub.store.sqlite.schema import MIGRATIONS

# Advisory locks, each of one database: who may write now, and who serves from it.
WRITER = 0x636F6E7472
SERVER = 0x636F6E7473
_HUB = "hub"
_TRY = "see to the server and try again"
_SHARE = 20  # so many times as long as the last overwriting took passes before the next
_CHANGES = re.compile(r"\s*(?:UPDATE|DELETE FROM)\s+(\w+)")
_NOTHING_ERASED = ("meta", "gallery", VERSION_TABLE)

_log = logging.getLogger(__name__)


class Database:
    """A hub's tables in PostgreSQL. Safe to use from several threads. `folder` is the hub's, for copies of before a
    migration. Nothing can be changed through a `read_only` one, but that an earlier version is brought forward.

    Raises StoreError.
    """

    def __init__(
        self, address: PostgresAddress, folder: Path, *, read_only: bool = False, migrations: Migrations = MIGRATIONS
    ) -> None:
        self.address, self.folder = address, folder
        self.lock = threading.RLock()
        self._read_only, self._claimed = read_only, False
        self._changed: set[str] = set()
        self._next_overwriting_s = 0.0
        self.connection = Connection(address)
        try:
            bring_forward(self, folder, migrations)
            self._refuse_changes()
        except psycopg.Error as problem:
            self.connection.close()
            raise failure(address, problem, "cannot be used as a store", "name another database") from problem
        except BaseException:
            self.connection.close()
            raise

    def close(self) -> None:
        with self.lock:
            with suppress(psycopg.Error):  # of a lost connection the server lets go by itself
                if self._claimed and not self.connection.lost:
                    self.connection.execute("SELECT pg_advisory_unlock(?)", (SERVER,))
            self.connection.close()

    def free_bytes(self) -> int | None:
        """Not known: the disk is the server's."""
        return None

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query; asked once more where the server was away. Raises StoreError."""
        return self._read(lambda: self.connection.execute(query, values).fetchall())

    def rows_until(self, query: str, values: Sequence[Any], full: Callable[[Any], bool]) -> list[Any]:
        """The rows of a query up to the first after which it is `full`: few more are loaded. Raises StoreError."""

        def read() -> list[Any]:
            began = not self.connection.in_transaction
            if began:
                self.connection.execute("BEGIN")
            found = []
            for row in self.connection.fetched(query, values):
                found.append(row)
                if full(row):
                    self.connection.execute("CLOSE hub_rows")
                    break
            if began:
                self.connection.execute("COMMIT")
            return found

        return self._read(read)

    def row(self, query: str, values: Sequence[Any] = ()) -> Any:
        """The first row of a query, or None. Raises StoreError."""
        return next(iter(self.rows(query, values)), None)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One commit, or a part of the one that is under way. Raises StoreError where it cannot be written; then
        nothing of it was."""
        with self.lock:
            if self.connection.in_transaction:
                yield _Watched(self.connection, self._changed)
                return
            try:
                self._begin()
                yield _Watched(self.connection, self._changed)
                self._note_erased()
                self.connection.execute("COMMIT")
            except psycopg.Error as problem:
                self._roll_back()
                raise failure(self.address, problem, "cannot be written", _TRY) from problem
            except BaseException:
                self._roll_back()
                raise

    def meta(self, name: str) -> str | None:
        """A value that was set."""
        row = self.row("SELECT value FROM meta WHERE name = ?", (name,))
        return None if row is None else str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        """Set a value, within a transaction or by itself. Raises StoreError."""
        with self.transaction() as db:
            db.execute(
                "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
            )

    def last_number(self, table: str) -> int:
        """The highest number that was ever given to a row of a table whose key is `seq`."""
        return int(self.row(f"SELECT coalesce(max(seq), 0) FROM {table}")[0])  # noqa: S608 (our own words)

    def truncate_log(self, *, soon: bool = True) -> bool:
        """Write the tables anew from which something was erased: their files then hold what is left, and nothing else.
        False where that could not be, or waits until it is `soon` enough, as it has just taken long: at most a day.
        Raises StoreError."""
        with self.lock:
            due = self._due()
            waits = self.connection.in_transaction or (soon and time.monotonic() < self._next_overwriting_s)
            if waits or not due:
                return not due
            began_s = time.monotonic()
            try:
                self._overwrite(due)
            except psycopg.Error as problem:
                _log.warning(
                    "%s", failure(self.address, problem, "what was erased is still in it", "it is tried again")
                )
                return False
            finally:
                took_s = time.monotonic() - began_s
                self._next_overwriting_s = time.monotonic() + (_SHARE * took_s if took_s > 1 else 0)
            return True

    def octets(self) -> int:
        """How much room it takes on the server's disk. Raises StoreError."""
        return int(self.row("SELECT pg_database_size(current_database())")[0])

    def rewrite(self) -> list[str]:
        """Write the tables anew from which something was erased, and delete the copies in the hub's folder that were
        made before the database was brought forward. Returns what still holds some. Raises StoreError."""
        for copy in self.folder.glob("hub.before-*.db*"):
            copy.unlink(missing_ok=True)
        return [] if self.truncate_log(soon=False) else [str(self.address)]

    def overwrite_erased(self) -> None:
        """The same for what was erased on an earlier day. Raises StoreError."""
        said = self._said_of_erased()
        if said and said[0] < _today():
            self.truncate_log(soon=False)

    def finish_erasing(self, hashes: Sequence[str], *, soon: bool = False) -> list[str]:
        """Returns what still holds something that was erased: the database itself where it has to wait, and copies in
        the hub's folder with pictures that have these hashes."""
        left = [] if self.truncate_log(soon=soon) else [str(self.address)]
        return left + erase_copies(self.folder, hashes)

    def claim(self, hub_id: str) -> None:
        """Be the one hub that serves from this database until it is closed. Raises BadInput where another does, or
        where it is another hub's."""
        with self.lock:
            if (self.meta(_HUB) or hub_id) != hub_id:
                raise BadInput(f"{self.address}: is another hub's; name a database of its own for each hub")
            if not self._serve_alone():
                raise BadInput(f"{self.address}: a hub serves from this database already; end that one first")
            self._claimed = True
            self.set_meta(_HUB, hub_id)
        if self.row("SELECT current_setting('fsync')")[0] != "on":
            _log.warning("%s: fsync is off on this server: a power cut loses what probes believe safe", self.address)
        if not self.row("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'postgis')")[0]:
            _log.warning(
                "%s: has no PostGIS, which only QGIS would miss; a superuser of the database adds it with "
                "CREATE EXTENSION postgis, and the hub uses it from its next start on",
                self.address,
            )

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """All tables as they are at one moment, read beside whatever is written. Raises StoreError."""
        other = Connection(self.address)
        try:
            other.execute("SET statement_timeout = 0")
            other.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield PostgresSnapshot(other)
        except psycopg.Error as problem:
            raise failure(self.address, problem, "cannot be read", _TRY) from problem
        finally:
            other.close()

    def give_numbers_beyond(self, table: str, last: int) -> None:
        """Never again give a number up to this one."""
        if last:
            with self.transaction() as db:
                (key,) = next(one.key for one in tables_of(self.connection) if one.name == table)
                db.execute("SELECT setval(pg_get_serial_sequence(?, ?), ?)", (table, key, last))

    def _read(self, read: Callable[[], list[Any]]) -> list[Any]:
        with self.lock:
            within = self.connection.in_transaction
            try:
                try:
                    return read()
                except psycopg.OperationalError:
                    if within or not self.connection.lost:
                        raise
                    self._connect_again()
                    return read()
            except psycopg.Error as problem:
                if not within:
                    self._roll_back()
                raise failure(self.address, problem, "cannot be read", _TRY) from problem

    def _begin(self) -> None:
        """Begin to write, once no other process does; connect anew where the server was away."""
        begin = f"BEGIN; SELECT pg_advisory_xact_lock({WRITER})"
        try:
            self.connection.execute(begin)
        except psycopg.OperationalError:
            if not self.connection.lost:
                raise
            self._connect_again()
            self.connection.execute(begin)

    def _connect_again(self) -> None:
        self.connection.again()
        self._refuse_changes()
        if self._claimed and not self._serve_alone():
            self.connection.close()
            raise StoreError(f"{self.address}: another hub serves from this database meanwhile; end one of the two")

    def _serve_alone(self) -> bool:
        """Take the lock of whoever serves; a server notices with a delay that another program has ended."""
        try:
            self.connection.execute(f"SET lock_timeout = '1s'; SELECT pg_advisory_lock({SERVER})")
        except errors.LockNotAvailable:
            return False
        finally:
            self.connection.execute("SET lock_timeout = '10s'")
        return True

    def _refuse_changes(self) -> None:
        if self._read_only:
            self.connection.execute("SET default_transaction_read_only = on")

    def _roll_back(self) -> None:
        self._changed.clear()
        with suppress(psycopg.Error):  # where the server is gone, it has rolled back by itself
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    def _overwrite(self, tables: Sequence[str]) -> None:
        """Write tables anew. Nobody writes meanwhile, so that nothing is erased between that and the note that it is
        done."""
        self.connection.execute(f"SET statement_timeout = 0; SELECT pg_advisory_lock({WRITER})")
        try:
            for table in tables:
                self.connection.execute(f"VACUUM FULL {table}")
            self.connection.execute(f"UPDATE {VERSION_TABLE} SET erased = NULL")  # noqa: S608 (our own words)
        finally:
            if not self.connection.lost:
                self.connection.execute(f"SELECT pg_advisory_unlock({WRITER}); SET statement_timeout = '120s'")

    def _due(self) -> list[str]:
        return self._said_of_erased()[1:]

    def _said_of_erased(self) -> list[str]:
        """The day on which something was first erased and not overwritten, and the tables it was in; empty where all
        is. It stands beside the version, since it is of this database alone."""
        return (self.row(f"SELECT erased FROM {VERSION_TABLE}")[0] or "").split()  # noqa: S608 (our own words)

    def _note_erased(self) -> None:
        """Note, within the same commit, from which tables something may have gone."""
        changed, self._changed = self._changed - set(_NOTHING_ERASED), set()
        if changed:
            said = self._said_of_erased() or [_today()]
            if new := changed - set(said[1:]):
                query = f"UPDATE {VERSION_TABLE} SET erased = ?"  # noqa: S608 (our own words)
                self.connection.execute(query, (" ".join([*said, *sorted(new)]),))


class _Watched:
    """A transaction that notes which tables it changes, since PostgreSQL keeps what a row was before."""

    def __init__(self, connection: Connection, changed: set[str]) -> None:
        self._connection, self._changed = connection, changed

    def execute(self, query: str, values: Sequence[Any] = (), /) -> Result:
        result = self._connection.execute(query, values)
        if result.rowcount > 0:
            self._note(query)
        return result

    def executemany(self, query: str, rows: Sequence[Sequence[Any]], /) -> None:
        self._connection.executemany(query, rows)
        if rows:
            self._note(query)

    def _note(self, query: str) -> None:
        if found := _CHANGES.match(query):
            self._changed.add(found[1])


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
