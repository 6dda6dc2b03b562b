"""The labels of units that are kept back: random words, each for a cell of one walk, which a unit speaks of.

What is here is small and within a transaction of the caller's. Where a mark or labels are damaged, what cannot be told
apart any more is deleted rather than handed over.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence

Labels = frozenset[str]
TABLE = "CREATE TABLE label (label TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (label, number)) WITHOUT ROWID"
_HERE = "here"


def add_to(db: sqlite3.Connection) -> None:
    """Bring the tables of an earlier version to where units can be kept back."""
    if not any(row[1] == "kept_back" for row in db.execute("PRAGMA table_info(unit)")):
        db.execute("ALTER TABLE unit ADD COLUMN kept_back INTEGER NOT NULL DEFAULT 0")
        db.execute("DROP INDEX IF EXISTS unit_waiting")
        db.execute("CREATE INDEX unit_waiting ON unit (number, size) WHERE verdict IS NULL AND kept_back = 0")
        db.execute(TABLE)


def label(db: sqlite3.Connection, number: int, labels: Iterable[str]) -> None:
    """Let a unit bear labels."""
    db.executemany("INSERT OR IGNORE INTO label VALUES (?, ?)", [(one, number) for one in sorted(labels)])


def mark_here(db: sqlite3.Connection, here: Labels) -> None:
    """Write down which labels are those of where the walk is."""
    text = " ".join(sorted(here))
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_HERE, f"{text}#{_sum(text)}"))


def here(db: sqlite3.Connection) -> Labels | None:
    """The labels of where the walk was last; None where there is no mark, or a damaged one."""
    row = db.execute("SELECT value FROM meta WHERE name = ?", (_HERE,)).fetchone()
    text, _, told = str(row[0] if row else "").partition("#")
    return frozenset(text.split()) if told == _sum(text) else None


def labelled(db: sqlite3.Connection, labels: Labels | None) -> list[int]:
    """The units kept back that bear one of these labels, or none at all; with None, all of them."""
    kept = {row[0] for row in db.execute("SELECT number FROM unit WHERE kept_back <> 0")}
    if labels is None:
        return sorted(kept)
    bears = {row[0] for row in db.execute("SELECT DISTINCT number FROM label")}
    found = {
        row[0] for one in labels for row in db.execute("SELECT number FROM label WHERE label = ?", (one,)).fetchall()
    }
    return sorted(kept & (found | (kept - bears)))


def delete(db: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Delete units and their labels."""
    of = [(number,) for number in numbers]
    db.executemany("DELETE FROM unit WHERE number = ?", of)
    if of and db.execute("SELECT 1 FROM label LIMIT 1").fetchone():
        db.execute("DELETE FROM label WHERE number NOT IN (SELECT number FROM unit WHERE kept_back <> 0)")


def release(db: sqlite3.Connection) -> list[int]:
    """Let all units that are kept back wait for a receipt; returns their numbers."""
    numbers = [
        int(row[0]) for row in db.execute("SELECT number FROM unit WHERE kept_back <> 0 ORDER BY number").fetchall()
    ]
    db.execute("UPDATE unit SET kept_back = 0 WHERE kept_back <> 0")
    db.execute("DELETE FROM label")
    db.execute("DELETE FROM meta WHERE name = ?", (_HERE,))
    return numbers


def _sum(text: str) -> str:
    return hashlib.sha256(b"contrechamp here 1" + text.encode()).hexdigest()[:8]
