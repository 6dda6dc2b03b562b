"""What is still to be delivered, on disk, until the hub's receipt has come.

SQLite in WAL with synchronous=FULL: when `add` returns, the sightings survive a power cut. A unit is deleted only on a
receipt that names its very bytes; a refused one stays, so that nothing a walker made vanishes in silence.
"""

import secrets
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from probe.contract.envelope import Receipt, Unit, Verdict, pack
from probe.contract.sighting import Sighting
from probe.errors import OutboxError

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE unit (
    number INTEGER PRIMARY KEY,  -- in the order in which they were made
    id TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL,
    data BLOB,                   -- NULL once the hub has it
    verdict TEXT,                -- NULL while no receipt has come
    reason TEXT
);
CREATE INDEX unit_waiting ON unit (number) WHERE verdict IS NULL;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many units wait, and what became of the others."""

    queued: int
    stored: int
    held: int
    refused: int

    @property
    def receipted(self) -> int:
        return self.stored + self.held + self.refused


class Outbox:
    """The store of unsent sightings. One process writes at a time; SQLite makes others wait up to 10 s."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=10.0)
        except (OSError, sqlite3.Error) as problem:
            raise OutboxError(f"{path}: cannot be opened ({problem}); name another with --outbox") from problem
        try:
            self._prepare()
        except OutboxError:
            self._db.close()
            raise
        except sqlite3.Error as problem:
            self._db.close()
            raise OutboxError(
                f"{path}: cannot be used as an outbox ({problem}); name another with --outbox"
            ) from problem
        self.probe = self._meta("probe")
        self.mailbox = self._meta("mailbox")

    def __enter__(self) -> "Outbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def add(self, sightings: Iterable[Sighting]) -> int:
        """Write sightings down in one commit; returns how many. Raises OutboxError (full disk, read-only)."""
        units = [pack(sighting, probe=self.probe) for sighting in sightings]
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT INTO unit (id, hash, data) VALUES (?, ?, ?)",
                [(unit.id, unit.hash, unit.data) for unit in units],
            )
            self._db.execute("COMMIT")
        except sqlite3.Error as problem:
            self._roll_back()
            raise OutboxError(f"{self.path}: cannot be written ({problem}); free some space and try again") from problem
        return len(units)

    def withdraw(self, ids: Iterable[str]) -> int:
        """Forget units without a receipt, such as sightings of what turned out to move; returns how many there were."""
        forgotten = 0
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for unit_id in ids:
                cursor = self._db.execute("DELETE FROM unit WHERE id = ? AND verdict IS NULL", (unit_id,))
                forgotten += cursor.rowcount
            self._db.execute("COMMIT")
            if forgotten:
                # The log that SQLite writes ahead holds the old rows until it is folded in.
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as problem:
            self._roll_back()
            raise OutboxError(f"{self.path}: cannot be written ({problem}); free some space and try again") from problem
        return forgotten

    def waiting(self, *, after: int = 0, limit: int = 50) -> list[tuple[int, Unit]]:
        """Up to `limit` units without a receipt, oldest first, with their numbers, beyond a number."""
        rows = self._db.execute(
            "SELECT number, id, data FROM unit WHERE verdict IS NULL AND number > ? ORDER BY number LIMIT ?",
            (after, limit),
        )
        return [(number, Unit(v=1, id=unit_id, data=data)) for number, unit_id, data in rows]

    def settle(self, receipts: Iterable[Receipt]) -> int:
        """Take receipts in; returns how many units they settled. Those for other bytes change nothing."""
        settled = 0
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for receipt in receipts:
                settled += self._settle(receipt)
            self._db.execute("COMMIT")
        except sqlite3.Error as problem:
            self._roll_back()
            raise OutboxError(f"{self.path}: cannot be written ({problem}); free some space and try again") from problem
        return settled

    def standing(self) -> Standing:
        """How many units are in which state."""
        rows = self._db.execute("SELECT coalesce(verdict, ''), count(*) FROM unit GROUP BY 1")
        counts: dict[str, int] = dict(rows)
        return Standing(
            queued=counts.get("", 0),
            stored=counts.get(Verdict.STORED, 0),
            held=counts.get(Verdict.HELD, 0),
            refused=counts.get(Verdict.REFUSED, 0),
        )

    def refusals(self, limit: int = 20) -> list[tuple[str, str]]:
        """The ids of refused units and why, newest first."""
        rows = self._db.execute(
            "SELECT id, coalesce(reason, '') FROM unit WHERE verdict = ? ORDER BY number DESC LIMIT ?",
            (Verdict.REFUSED, limit),
        )
        return [(unit_id, reason) for unit_id, reason in rows]

    def _settle(self, receipt: Receipt) -> int:
        keep = receipt.verdict is Verdict.REFUSED
        cursor = self._db.execute(
            "UPDATE unit SET verdict = ?, reason = ?, data = CASE WHEN ? THEN data END"
            " WHERE id = ? AND hash = ? AND verdict IS NULL",
            (receipt.verdict, receipt.reason, keep, receipt.id, receipt.hash),
        )
        return cursor.rowcount

    def _prepare(self) -> None:
        # secure_delete: a delivered sighting leaves no readable trace in the file's free pages.
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("BEGIN IMMEDIATE")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in _SCHEMA.split(";\n"):
                self._db.execute(statement)
            names = [("probe", secrets.token_hex(16)), ("mailbox", secrets.token_hex(16))]
            self._db.executemany("INSERT INTO meta VALUES (?, ?)", names)
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        self._db.execute("COMMIT")
        if version > SCHEMA_VERSION:
            raise OutboxError(f"{self.path}: written by a newer version of contrechamp-probe; update this one")

    def _meta(self, name: str) -> str:
        (value,) = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(value)

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
