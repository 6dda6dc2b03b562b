"""The log in SQLite: what came, what is held, what was erased, what was set aside, and the cameras derived from it."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hub.log.events import (
    Batch,
    Known,
    NewSighting,
    NewWithdrawal,
    Origin,
    SetAside,
    StoredSighting,
    Why,
)
from hub.store.sqlite.database import Database

SENDER_DAYS = 30
QUARANTINE_ROWS = 5000
QUARANTINE_ROWS_EACH = 500  # of one topic, so that nobody crowds out the others
QUARANTINE_BYTES = 64 << 20
_IDS_PER_QUERY = 500
_TABLES = ("sighting", "picture", "withdrawal")


class SqliteStore:
    """A `Store` in a data directory, which is made where it is missing."""

    def __init__(self, data: Path) -> None:
        self.db = Database(data)
        self.path = self.db.path
        self._expire()
        self._aside_bytes = int(self.db.row("SELECT total(length(data)) FROM quarantine")[0])

    def close(self) -> None:
        self.db.close()

    def known(self, table: str, ids: Sequence[str]) -> dict[str, Known]:
        if table not in _TABLES:
            raise ValueError(table)
        found: dict[str, Known] = {}
        for start in range(0, len(ids), _IDS_PER_QUERY):
            some = ids[start : start + _IDS_PER_QUERY]
            marks = ",".join("?" * len(some))
            held = {"sighting": "held.seq IS NOT NULL", "picture": "held IS NOT NULL"}.get(table, "0")
            join = "LEFT JOIN held ON held.seq = sighting.seq" if table == "sighting" else ""
            query = f"SELECT id, hash, {held} FROM {table} {join} WHERE id IN ({marks})"  # noqa: S608 (our own words)
            found.update((name, Known(hash=digest, held=bool(h))) for name, digest, h in self.db.rows(query, some))
        return found

    def append(self, batch: Batch) -> None:
        today = datetime.now(UTC).date()
        with self.db.transaction() as db:
            expires = (today + timedelta(days=SENDER_DAYS)).isoformat()
            if batch.sightings:
                self._append(db, list(batch.sightings.values()), today, expires)
            db.executemany(
                "INSERT INTO picture (id, hash, sha256, held, probe, expires, jpeg) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(p.id, p.hash, p.sha256, p.held, p.sender, expires, p.jpeg) for p in batch.pictures.values()],
            )
            for withdrawal in batch.withdrawals.values():
                self._withdraw(db, withdrawal, today)
            self._set_aside(db, batch.aside)

    def read(self, after: int = 0, limit: int = 10_000) -> list[StoredSighting]:
        rows = self.db.rows(
            "SELECT sighting.seq, body, origin, sender.probe FROM sighting"
            " LEFT JOIN sender ON sender.seq = sighting.seq LEFT JOIN held ON held.seq = sighting.seq"
            " WHERE sighting.seq > ? AND held.seq IS NULL AND length(body) > 0 ORDER BY sighting.seq LIMIT ?",
            (after, limit),
        )
        return [StoredSighting(seq=seq, body=body, origin=Origin(o), sender=sender) for seq, body, o, sender in rows]

    def count(self) -> int:
        return self._number("SELECT count(*) FROM sighting WHERE length(body) > 0")

    def version(self) -> int:
        return self._number("SELECT coalesce(max(seq), 0) FROM sighting")

    def counts(self) -> dict[str, int]:
        return {
            "sightings": self.count(),
            "pictures": self._number("SELECT count(*) FROM picture"),
            "held": self._number("SELECT count(*) FROM held")
            + self._number("SELECT count(*) FROM picture WHERE held IS NOT NULL"),
            "erased": self._number("SELECT count(*) FROM deletion"),
            "quarantined": self.quarantine_count(),
        }

    def generation(self) -> int:
        return int(self.db.meta("generation") or 0)

    def picture(self, sha256: str) -> bytes | None:
        row = self.db.row("SELECT jpeg FROM picture WHERE sha256 = ? AND held IS NULL", (sha256,))
        return None if row is None else bytes(row[0])

    def hold_since(self, probe: str, day: date, reason: str) -> int:
        """Hold what a probe sent since a day; returns how much."""
        today = datetime.now(UTC).date().isoformat()
        with self.db.transaction() as db:
            held = db.execute(
                "INSERT OR IGNORE INTO held (seq, reason, day)"
                " SELECT seq, ?, ? FROM sender WHERE probe = ? AND day >= ?",
                (reason, today, probe, day.isoformat()),
            ).rowcount
            since = (day + timedelta(days=SENDER_DAYS)).isoformat()
            held += db.execute(
                "UPDATE picture SET held = ? WHERE probe = ? AND expires >= ? AND held IS NULL", (reason, probe, since)
            ).rowcount
            self._new_generation(db)
        return held

    def held(self) -> list[tuple[str, int, str]]:
        """For each probe of which something is held: its id ('' where that was forgotten), how much, and why."""
        rows = self.db.rows(
            "SELECT coalesce(sender.probe, ''), count(*), max(reason) FROM held"
            " LEFT JOIN sender ON sender.seq = held.seq GROUP BY 1 ORDER BY 1"
        )
        return [(probe, count, reason) for probe, count, reason in rows]

    def decide(self, probe: str, *, keep: bool) -> int:
        """Let what is held of a probe count, or erase it; returns how much."""
        mine = (
            "SELECT held.seq FROM held LEFT JOIN sender ON sender.seq = held.seq WHERE coalesce(sender.probe, '') = ?"
        )
        today = datetime.now(UTC).date().isoformat()
        with self.db.transaction() as db:
            seqs = [(seq,) for (seq,) in db.execute(mine, (probe,)).fetchall()]
            if not keep:
                db.executemany(
                    "INSERT INTO deletion (sighting, why, day) SELECT id, 'rejected', ? FROM sighting WHERE seq = ?",
                    [(today, seq) for (seq,) in seqs],
                )
                db.executemany("UPDATE sighting SET body = x'' WHERE seq = ?", seqs)
                db.execute("DELETE FROM picture WHERE probe = ? AND held IS NOT NULL", (probe,))
            else:
                db.execute("UPDATE picture SET held = NULL WHERE probe = ?", (probe,))
            db.executemany("DELETE FROM held WHERE seq = ?", seqs)
            self._new_generation(db)
        return len(seqs)

    def quarantined(self, limit: int = 100) -> list[SetAside]:
        rows = self.db.rows(
            "SELECT at, why, reason, topic, size, data FROM quarantine ORDER BY number DESC LIMIT ?", (limit,)
        )
        return [
            SetAside(at=at, why=Why(why), reason=reason, topic=topic, size=size, data=data)
            for at, why, reason, topic, size, data in rows
        ]

    def quarantine_count(self) -> int:
        return self._number("SELECT count(*) FROM quarantine")

    def save_cameras(self, cameras: Sequence[tuple[str, bytes]]) -> None:
        with self.db.transaction() as db:
            db.execute("DELETE FROM camera")
            db.executemany("INSERT INTO camera VALUES (?, ?)", cameras)

    def cameras(self) -> dict[str, bytes]:
        return dict(self.db.rows("SELECT id, body FROM camera"))

    def _append(self, db: sqlite3.Connection, new: list[NewSighting], today: date, expires: str) -> None:
        (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'sighting'").fetchone()
        rows = list(enumerate(new, start=last + 1))
        erased = self._erased(db, new)
        db.executemany(
            "INSERT INTO sighting (seq, id, hash, origin, body) VALUES (?, ?, ?, ?, ?)",
            [(seq, n.id, n.hash, n.origin, b"" if (n.id, n.sender) in erased else n.body) for seq, n in rows],
        )
        db.executemany(
            "INSERT INTO sender (seq, probe, expires, day) VALUES (?, ?, ?, ?)",
            [(seq, n.sender, expires, today.isoformat()) for seq, n in rows if n.sender is not None],
        )
        db.executemany(
            "INSERT INTO held (seq, reason, day) VALUES (?, ?, ?)",
            [(seq, n.held, today.isoformat()) for seq, n in rows if n.held is not None],
        )

    def _erased(self, db: sqlite3.Connection, new: list[NewSighting]) -> set[tuple[str, str | None]]:
        """Which of these were taken back before they came, by id and probe."""
        if db.execute("SELECT 1 FROM deletion LIMIT 1").fetchone() is None:
            return set()
        query = "SELECT sighting, probe FROM deletion WHERE sighting = ?"
        return {found for one in new for found in db.execute(query, (one.id,)).fetchall()}

    def _withdraw(self, db: sqlite3.Connection, withdrawal: NewWithdrawal, today: date) -> None:
        """Erase what a probe takes back, where it is that probe's own; the tombstone also stops what comes later."""
        db.execute("INSERT INTO withdrawal (id, hash) VALUES (?, ?)", (withdrawal.id, withdrawal.hash))
        for sighting in withdrawal.sightings:
            db.execute(
                "INSERT INTO deletion (sighting, why, day, probe) VALUES (?, 'withdrawn', ?, ?)",
                (sighting, today.isoformat(), withdrawal.sender),
            )
            erased = db.execute(
                "UPDATE sighting SET body = x'' WHERE id = ? AND length(body) > 0"
                " AND seq IN (SELECT seq FROM sender WHERE sender.seq = sighting.seq AND probe = ?)",
                (sighting, withdrawal.sender),
            ).rowcount
            if erased:
                self._new_generation(db)

    def _new_generation(self, db: sqlite3.Connection) -> None:
        """Say that what was read before may not hold any more."""
        db.execute("INSERT OR REPLACE INTO meta VALUES ('generation', ?)", (str(self.generation() + 1),))

    def _set_aside(self, db: sqlite3.Connection, aside: Iterable[SetAside]) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [(now, a.why, a.reason, a.topic[:200], a.size, a.data) for a in aside]
        if not rows:
            return
        db.executemany("INSERT INTO quarantine (at, why, reason, topic, size, data) VALUES (?, ?, ?, ?, ?, ?)", rows)
        self._aside_bytes += sum(len(row[5]) for row in rows)
        # Bounded in every way: the oldest give way, of each topic first.
        db.executemany(
            "DELETE FROM quarantine WHERE topic = ?1 AND number <="
            " (SELECT number FROM quarantine WHERE topic = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
            [(topic, QUARANTINE_ROWS_EACH) for topic in {row[3] for row in rows}],
        )
        db.execute(
            "DELETE FROM quarantine WHERE number <="
            " (SELECT number FROM quarantine ORDER BY number DESC LIMIT 1 OFFSET ?)",
            (QUARANTINE_ROWS,),
        )
        if self._aside_bytes > QUARANTINE_BYTES:
            self._shrink(db)

    def _shrink(self, db: sqlite3.Connection) -> None:
        total = 0
        for number, size in db.execute("SELECT number, length(data) FROM quarantine ORDER BY number DESC").fetchall():
            total += size
            if total > QUARANTINE_BYTES * 3 // 4:
                db.execute("DELETE FROM quarantine WHERE number <= ?", (number,))
                total -= size
                break
        self._aside_bytes = total

    def _number(self, query: str) -> int:
        return int(self.db.row(query)[0])

    def _expire(self) -> None:
        """Forget who sent what, where the 30 days are over."""
        today = datetime.now(UTC).date()
        with self.db.transaction() as db:
            db.execute("DELETE FROM sender WHERE expires <= ?", (today.isoformat(),))
            db.execute("UPDATE picture SET probe = NULL WHERE expires <= ?", (today.isoformat(),))
            gone = (today - timedelta(days=SENDER_DAYS)).isoformat()
            db.execute("UPDATE deletion SET probe = NULL WHERE day <= ? AND probe IS NOT NULL", (gone,))
