"""The quarantine in SQLite: what was set aside, bounded in rows and octets, and in rows for each topic."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime

from hub.log.events import RefusalKind, SetAside
from hub.store.sqlite.database import Database

MAX_ROWS = 5000
MAX_ROWS_EACH = 500  # of one topic, so that nobody crowds out the others
MAX_BYTES = 64 << 20


class Quarantine:
    """The table of what was set aside. The oldest rows give way."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._bytes: int | None = None  # counted when something is first set aside

    def newest(self, limit: int) -> list[SetAside]:
        """The newest rows, the newest first."""
        rows = self._db.rows(
            "SELECT at, why, reason, topic, size, data FROM quarantine ORDER BY number DESC LIMIT ?", (limit,)
        )
        return [
            SetAside(at=at, kind=RefusalKind(kind), reason=reason, topic=topic, size=size, data=data)
            for at, kind, reason, topic, size, data in rows
        ]

    def count(self) -> int:
        """How many rows there are."""
        return int(self._db.row("SELECT count(*) FROM quarantine")[0])

    def add(self, db: sqlite3.Connection, aside: Iterable[SetAside]) -> None:
        """Set aside, within a transaction."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [(now, a.kind, a.reason, a.topic[:200], a.size, a.data) for a in aside]
        if not rows:
            return
        if self._bytes is None:
            (self._bytes,) = db.execute("SELECT coalesce(sum(length(data)), 0) FROM quarantine").fetchone()
        db.executemany("INSERT INTO quarantine (at, why, reason, topic, size, data) VALUES (?, ?, ?, ?, ?, ?)", rows)
        self._bytes += sum(len(row[5]) for row in rows)
        db.executemany(
            "DELETE FROM quarantine WHERE topic = ?1 AND number <="
            " (SELECT number FROM quarantine WHERE topic = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
            [(topic, MAX_ROWS_EACH) for topic in {row[3] for row in rows}],
        )
        db.execute(
            "DELETE FROM quarantine WHERE number <="
            " (SELECT number FROM quarantine ORDER BY number DESC LIMIT 1 OFFSET ?)",
            (MAX_ROWS,),
        )
        if self._bytes > MAX_BYTES:
            self._shrink(db)

    def _shrink(self, db: sqlite3.Connection) -> None:
        total = 0
        for number, size in db.execute("SELECT number, length(data) FROM quarantine ORDER BY number DESC").fetchall():
            total += size
            if total > MAX_BYTES * 3 // 4:
                db.execute("DELETE FROM quarantine WHERE number <= ?", (number,))
                total -= size
                break
        self._bytes = total
