"""Copies of the database that lie beside it: made before it was brought forward, or left by a backup that was killed.

What is erased in the database is erased in these as well: else "deleted" would mean "in one file of three".
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

FORMER = "store.old"  # in a hub's folder: the database in which its log lay before it was moved, and is kept
_TIMEOUT_S = 10.0


def erase_copies(folder: Path, hashes: Sequence[str], *, but: str | None = None) -> list[str]:
    """Erase pictures, by hash, in every copy in a hub's folder `but` the database itself; returns the copies in which
    that failed, and the database that a move has left behind."""
    former = folder / FORMER
    left = [former.read_text().strip()] if former.is_file() else []  # nothing is erased there any more
    for path in sorted(folder.glob("*.db")):
        if path.name != but:
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
