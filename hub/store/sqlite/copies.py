"""Copies of the database that lie beside it: made before it was brought forward, or left by a backup that was killed.

What is erased in the database is erased in these as well: else "deleted" would mean "in one file of three".
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

_TIMEOUT_S = 10.0


def erase_copies(database: Path, hashes: Sequence[str]) -> list[str]:
    """Erase pictures, by hash, in every copy beside a database; returns the copies in which that failed."""
    left = []
    for path in sorted(database.parent.glob("*.db")):
        if path.name != database.name:
            try:
                _erase(path, hashes)
            except sqlite3.Error:
                left.append(str(path))
    return left


def _erase(path: Path, hashes: Sequence[str]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=_TIMEOUT_S)) as db:
        db.execute("PRAGMA secure_delete = ON")
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "picture" in tables:
            query = "UPDATE picture SET jpeg = x'' WHERE sha256 = ? AND length(jpeg) > 0"
            changed = sum(db.execute(query, (sha256,)).rowcount for sha256 in hashes)
            if changed and "quarantine" in tables:
                db.execute("UPDATE quarantine SET data = x'' WHERE length(data) > 0")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
