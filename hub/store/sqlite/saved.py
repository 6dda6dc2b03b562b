"""A snapshot of any engine as a SQLite file: what a backup holds, and what a log is moved to."""

import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from hub.errors import StoreError
from hub.store.durable import ASIDE_SUFFIX, put_in_place
from hub.store.engine import Snapshot
from hub.store.filling import Progress, fill
from hub.store.sqlite.schema import MIGRATIONS
from hub.store.sqlite.snapshot import SqliteSnapshot, give_numbers_beyond


def save_as_file(
    snapshot: Snapshot, path: Path, version: int = len(MIGRATIONS), progress: Progress | None = None
) -> None:
    """Write all tables to a new file, for this user alone, in a version of the schema. Raises StoreError; then there is
    no such file."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}{ASIDE_SUFFIX}")
    try:
        try:
            os.close(os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            with closing(sqlite3.connect(aside, isolation_level=None)) as db:
                _write(snapshot, db, version, progress)
            put_in_place(aside, path)
        finally:
            for left in (aside, aside.with_name(f"{aside.name}-journal")):
                left.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as problem:
        if isinstance(problem, StoreError):
            raise
        why = getattr(problem, "strerror", None) or problem
        raise StoreError(f"{path}: the log cannot be copied there ({why}); is there room on that disk?") from problem


def _write(snapshot: Snapshot, db: sqlite3.Connection, version: int, progress: Progress | None) -> None:
    db.execute("PRAGMA synchronous = FULL")
    db.execute("BEGIN")
    for statements in MIGRATIONS[:version]:
        for statement in statements:
            db.execute(statement)
    fill(snapshot, db, SqliteSnapshot(db).tables(), progress)
    for table in snapshot.tables():
        give_numbers_beyond(db, table.name, table.last)
    db.execute(f"PRAGMA user_version = {version}")
    db.execute("COMMIT")
