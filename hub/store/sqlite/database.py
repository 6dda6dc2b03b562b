"""One SQLite file: WAL, synchronous=FULL, so that a commit that returned survives a power cut."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from hub.errors import StoreError
from hub.store.sqlite.schema import MIGRATIONS
from probe.files.private import (
    beside_database,
    close_file,
    close_files,
    close_folder,
    make_file,
    make_folder,
    require_writable,
)

FILE = "hub.db"
FULL_BYTES = 1 << 20  # with less free, whatever fails fails for want of room: SQLite then says "disk I/O error"
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "recursive_triggers = ON",  # a row that REPLACE takes away counts as deleted
)


class Database:
    """The connection that a hub's tables share. Safe to use from several threads; other processes wait up to 10 s.

    `make` makes folder and file where they are missing. Nothing can be changed through a `read_only` one, but that a
    database of an earlier version is brought forward.
    """

    def __init__(self, data: Path, *, make: bool = True, read_only: bool = False) -> None:
        self.path = data / FILE
        self.lock = threading.RLock()
        try:
            if make:
                make_folder(data)
                make_file(self.path)
            close_folder(data)
            close_file(self.path)
            require_writable(self.path)
            close_files((*beside_database(self.path), *sorted(data.glob(f"{self.path.stem}.before-*.db*"))))
            self.connection = sqlite3.connect(self.path, isolation_level=None, timeout=10.0, check_same_thread=False)
        except OSError as problem:
            raise StoreError(
                f"{self.path}: cannot be opened ({problem.strerror}); name another folder with --data"
            ) from problem
        except sqlite3.Error as problem:
            raise self._failure(problem, "cannot be opened", "name another folder with --data") from problem
        try:
            for pragma in _PRAGMAS:
                self.connection.execute(f"PRAGMA {pragma}")
            self._migrate()
            if read_only:
                self.connection.execute("PRAGMA query_only = ON")
        except StoreError:
            self.connection.close()
            raise
        except sqlite3.Error as problem:
            self.connection.close()
            raise self._failure(
                problem, "cannot be used as a hub's store", "name another folder with --data"
            ) from problem

    def close(self) -> None:
        with self.lock:
            self.connection.close()

    def free_bytes(self) -> int | None:
        """How much more the disk can take; None where that cannot be asked."""
        try:
            return shutil.disk_usage(self.path.parent).free
        except OSError:
            return None

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query. Raises StoreError."""
        with self.lock:
            try:
                return self.connection.execute(query, values).fetchall()
            except sqlite3.Error as problem:
                raise self._failure(problem, "cannot be read", "is the disk full or failing?") from problem

    def rows_until(self, query: str, values: Sequence[Any], full: Callable[[Any], bool]) -> list[Any]:
        """The rows of a query up to the first after which it is `full`: no more is loaded. Raises StoreError."""
        with self.lock:
            found = []
            try:
                with closing(self.connection.execute(query, values)) as cursor:
                    for row in cursor:
                        found.append(row)
                        if full(row):
                            break
            except sqlite3.Error as problem:
                raise self._failure(problem, "cannot be read", "is the disk full or failing?") from problem
            return found

    def row(self, query: str, values: Sequence[Any] = ()) -> Any:
        """The first row of a query, or None. Raises StoreError."""
        return next(iter(self.rows(query, values)), None)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One commit, or a part of the one that is under way. Raises StoreError where it cannot be written; then
        nothing of it was."""
        with self.lock:
            if self.connection.in_transaction:
                yield self.connection
                return
            try:
                self.connection.execute("BEGIN IMMEDIATE")
                yield self.connection
                self.connection.execute("COMMIT")
            except sqlite3.Error as problem:
                self._roll_back()
                raise self._failure(problem, "cannot be written", "free some space and start again") from problem
            except BaseException:
                self._roll_back()
                raise

    def truncate_log(self) -> bool:
        """Empty the write-ahead log, which still holds what was erased; False while another process reads it. Raises
        StoreError."""
        with self.lock:
            return not self.connection.in_transaction and not self.row("PRAGMA wal_checkpoint(TRUNCATE)")[0]

    def meta(self, name: str) -> str | None:
        """A value that was set."""
        row = self.row("SELECT value FROM meta WHERE name = ?", (name,))
        return None if row is None else str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        """Set a value, within a transaction or by itself. Raises StoreError."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def _failure(self, problem: sqlite3.Error, what: str, try_this: str) -> StoreError:
        free = self.free_bytes()
        if is_full(problem, free):
            return StoreError(f"{self.path}: {what}: the disk is full ({(free or 0) >> 10} KiB free); free some space")
        return StoreError(f"{self.path}: {what} ({problem}); {try_this}")

    def _roll_back(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def _migrate(self) -> None:
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise StoreError(f"{self.path}: written by a newer version of contrechamp-hub; update this one")
        if version == len(MIGRATIONS):
            return
        if version > 0:
            before = self.path.with_suffix(f".before-{version + 1}.db")
            make_file(before)  # as closed to others as the database itself
            with closing(sqlite3.connect(before)) as copy:
                self.connection.backup(copy)
        self.connection.execute("BEGIN IMMEDIATE")
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()  # another process may have been faster
        for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
            for statement in statements:
                self.connection.execute(statement)
            self.connection.execute(f"PRAGMA user_version = {number}")
        self.connection.execute("COMMIT")


def is_full(problem: sqlite3.Error, free_bytes: int | None) -> bool:
    """Whether SQLite failed for want of room: by its own word, or because hardly any is left."""
    name = getattr(problem, "sqlite_errorname", "")
    if name == "SQLITE_FULL":
        return True
    # Where a file of the WAL cannot grow, SQLite only says that reading or writing failed, or that it cannot open it.
    failed = name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN"))
    return failed and free_bytes is not None and free_bytes < FULL_BYTES
