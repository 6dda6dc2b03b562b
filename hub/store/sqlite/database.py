"""One SQLite file: WAL, synchronous=FULL, so that a commit that returned survives a power cut."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from hub.errors import StoreError
from hub.store.engine import Snapshot
from hub.store.sqlite.copies import erase_copies
from hub.store.sqlite.schema import MIGRATIONS
from hub.store.sqlite.snapshot import SqliteSnapshot, give_numbers_beyond
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
_TIMEOUT_S = 10.0
_REWRITE_WAIT_MS = 2000  # for a reader that is done soon; another is told of
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
        self.folder, self.path = data, data / FILE
        self.lock = threading.RLock()
        try:
            if make:
                make_folder(data)
                make_file(self.path)
            close_folder(data)
            close_file(self.path)
            require_writable(self.path)
            close_files((*beside_database(self.path), *sorted(data.glob(f"{self.path.stem}.before-*.db*"))))
            self.connection = sqlite3.connect(
                self.path, isolation_level=None, timeout=_TIMEOUT_S, check_same_thread=False
            )
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

    def octets(self) -> int:
        """How much of the disk the file takes, with its write-ahead log."""
        files = (self.path, *beside_database(self.path))
        return sum(file.stat().st_size for file in files if file.exists())

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

    def rewrite(self) -> list[str]:
        """Write the whole file anew, so that no free page holds what was erased; copies that were made before it was
        brought forward go. Returns the files in which that failed, as somebody reads them. Raises StoreError."""
        with self.lock:
            lost = self.path.parent.glob("backup-*.db*")  # what a backup that was killed has left
            for copy in (*self.path.parent.glob(f"{self.path.stem}.before-*.db*"), *lost):
                copy.unlink(missing_ok=True)
            self.connection.execute(f"PRAGMA busy_timeout = {_REWRITE_WAIT_MS}")
            try:
                self.connection.execute("VACUUM")
            except sqlite3.OperationalError as problem:
                if is_full(problem, self.free_bytes()):
                    raise self._failure(problem, "cannot be written anew", "free some space") from problem
                return [str(self.path)]
            else:
                return [] if self.truncate_log() else [f"{self.path}-wal"]
            finally:
                self.connection.execute(f"PRAGMA busy_timeout = {int(_TIMEOUT_S * 1000)}")

    def overwrite_erased(self) -> None:
        """Nothing is left to do: `secure_delete` overwrites with each commit."""

    def finish_erasing(self, hashes: Sequence[str], *, soon: bool = False) -> list[str]:  # noqa: ARG002 (it is quick)
        """Returns the files beside the database that still hold what was erased, or pictures with these hashes."""
        left = [] if self.truncate_log() else [f"{self.path}-wal"]
        return left + erase_copies(self.path.parent, hashes, but=self.path.name)

    def claim(self, hub_id: str) -> None:
        """Whoever serves the folder has locked it, and with it this file."""

    def last_number(self, table: str) -> int:
        """The highest number that was ever given to a row of a table."""
        row = self.row("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
        return 0 if row is None else int(row[0])

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """All tables as they are at one moment, read beside whatever is written. Raises StoreError."""
        try:
            with closing(sqlite3.connect(self.path, isolation_level=None, timeout=10.0)) as other:
                other.execute("BEGIN")
                yield SqliteSnapshot(other)
        except sqlite3.Error as problem:
            raise self._failure(problem, "cannot be read", "is the disk full or failing?") from problem

    def give_numbers_beyond(self, table: str, last: int) -> None:
        """Never again give a number up to this one. Raises StoreError."""
        with self.transaction() as db:
            give_numbers_beyond(db, table, last)

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
