"""One SQLite file: WAL, synchronous=FULL, so that a commit that returned survives a power cut."""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from hub.errors import StoreError
from hub.store.sqlite.schema import MIGRATIONS

FILE = "hub.db"


class Database:
    """The connection that a hub's tables share. Safe to use from several threads; other processes wait up to 10 s."""

    def __init__(self, data: Path) -> None:
        self.path = data / FILE
        self.lock = threading.RLock()
        try:
            data.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            self.connection = sqlite3.connect(self.path, isolation_level=None, timeout=10.0, check_same_thread=False)
        except (OSError, sqlite3.Error) as problem:
            raise StoreError(f"{self.path}: cannot be opened ({problem}); name another folder with --data") from problem
        try:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
                self.connection.execute(f"PRAGMA {pragma}")
            self._migrate()
        except StoreError:
            self.connection.close()
            raise
        except sqlite3.Error as problem:
            self.connection.close()
            raise StoreError(
                f"{self.path}: cannot be used as a hub's store ({problem}); name another folder with --data"
            ) from problem

    def close(self) -> None:
        with self.lock:
            self.connection.close()

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query. Raises StoreError."""
        with self.lock:
            try:
                return self.connection.execute(query, values).fetchall()
            except sqlite3.Error as problem:
                raise StoreError(f"{self.path}: cannot be read ({problem}); is the disk full or failing?") from problem

    def row(self, query: str, values: Sequence[Any] = ()) -> Any:
        """The first row of a query, or None. Raises StoreError."""
        return next(iter(self.rows(query, values)), None)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One commit. Raises StoreError where it cannot be written; then nothing of it was."""
        with self.lock:
            try:
                self.connection.execute("BEGIN IMMEDIATE")
                yield self.connection
                self.connection.execute("COMMIT")
            except sqlite3.Error as problem:
                self._roll_back()
                raise StoreError(
                    f"{self.path}: cannot be written ({problem}); free some space and start again"
                ) from problem
            except BaseException:
                self._roll_back()
                raise

    def meta(self, name: str) -> str | None:
        """A value that was set."""
        row = self.row("SELECT value FROM meta WHERE name = ?", (name,))
        return None if row is None else str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        """Set a value, within a transaction or by itself."""
        with self.lock:
            self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

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
            with closing(sqlite3.connect(self.path.with_suffix(f".before-{version + 1}.db"))) as copy:
                self.connection.backup(copy)
        self.connection.execute("BEGIN IMMEDIATE")
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()  # another process may have been faster
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            for statement in script.split(";\n"):
                self.connection.execute(statement)
            self.connection.execute(f"PRAGMA user_version = {number}")
        self.connection.execute("COMMIT")
