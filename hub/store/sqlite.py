"""The store in one SQLite file: WAL, synchronous=FULL, so that a commit that returned survives a power cut."""

import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hub.errors import StoreError
from hub.log.events import NewSighting, Origin, SetAside, StoredSighting

FILE = "hub.db"
SENDER_DAYS = 30
QUARANTINE_ROWS = 5000
QUARANTINE_START = 2048
_IDS_PER_QUERY = 500

# One entry for each version of the schema; a database is brought forward from whichever it has.
_MIGRATIONS = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE sighting (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        hash TEXT NOT NULL,
        origin TEXT NOT NULL,
        body BLOB NOT NULL
    );
    -- Who sent it stands apart, so that it can be forgotten without touching the sighting.
    CREATE TABLE sender (seq INTEGER PRIMARY KEY, probe TEXT NOT NULL, expires TEXT NOT NULL);
    CREATE TABLE quarantine (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL, reason TEXT NOT NULL, topic TEXT NOT NULL, unit_id TEXT, size INTEGER NOT NULL, start BLOB
    );
    CREATE TABLE camera (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID
    """,
)


class SqliteStore:
    """A `Store` in a data directory, which is made where it is missing."""

    def __init__(self, data: Path) -> None:
        self.path = data / FILE
        self._lock = threading.RLock()
        try:
            data.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, isolation_level=None, timeout=10.0, check_same_thread=False)
        except (OSError, sqlite3.Error) as problem:
            raise StoreError(f"{self.path}: cannot be opened ({problem}); name another folder with --data") from problem
        try:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                self._db.execute(f"PRAGMA {pragma}")
            self._migrate()
            self._expire()
        except StoreError:
            self._db.close()
            raise
        except sqlite3.Error as problem:
            self._db.close()
            raise StoreError(
                f"{self.path}: cannot be used as a hub's store ({problem}); name another folder with --data"
            ) from problem
        self._hub_id = str(self._db.execute("SELECT value FROM meta WHERE name = 'hub'").fetchone()[0])

    @property
    def hub_id(self) -> str:
        return self._hub_id

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def known(self, ids: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        with self._lock:
            for start in range(0, len(ids), _IDS_PER_QUERY):
                some = ids[start : start + _IDS_PER_QUERY]
                marks = ",".join("?" * len(some))
                found.update(self._db.execute(f"SELECT id, hash FROM sighting WHERE id IN ({marks})", some))  # noqa: S608 (marks only)
        return found

    def append(self, sightings: Sequence[NewSighting], aside: Sequence[SetAside] = ()) -> None:
        expires = (datetime.now(UTC) + timedelta(days=SENDER_DAYS)).date().isoformat()
        with self._transaction():
            for new in sightings:
                cursor = self._db.execute(
                    "INSERT INTO sighting (id, hash, origin, body) VALUES (?, ?, ?, ?)",
                    (new.id, new.hash, new.origin, new.body),
                )
                if new.sender is not None:
                    self._db.execute("INSERT INTO sender VALUES (?, ?, ?)", (cursor.lastrowid, new.sender, expires))
            self._set_aside(aside)

    def read(self, after: int = 0, limit: int = 10_000) -> list[StoredSighting]:
        with self._lock:
            rows = self._db.execute(
                "SELECT sighting.seq, body, origin, probe FROM sighting LEFT JOIN sender ON sender.seq = sighting.seq"
                " WHERE sighting.seq > ? ORDER BY sighting.seq LIMIT ?",
                (after, limit),
            ).fetchall()
        return [StoredSighting(seq=seq, body=body, origin=Origin(o), sender=sender) for seq, body, o, sender in rows]

    def count(self) -> int:
        return self._number("SELECT count(*) FROM sighting")

    def version(self) -> int:
        return self._number("SELECT coalesce(max(seq), 0) FROM sighting")

    def quarantined(self, limit: int = 100) -> list[SetAside]:
        with self._lock:
            rows = self._db.execute(
                "SELECT at, reason, topic, unit_id, size, start FROM quarantine ORDER BY number DESC LIMIT ?", (limit,)
            ).fetchall()
        names = ("at", "reason", "topic", "unit_id", "size", "start")
        return [SetAside(**dict(zip(names, row, strict=True))) for row in rows]

    def quarantine_count(self) -> int:
        return self._number("SELECT count(*) FROM quarantine")

    def save_cameras(self, cameras: Sequence[tuple[str, bytes]]) -> None:
        with self._transaction():
            self._db.execute("DELETE FROM camera")
            self._db.executemany("INSERT INTO camera VALUES (?, ?)", cameras)

    def cameras(self) -> dict[str, bytes]:
        with self._lock:
            return dict(self._db.execute("SELECT id, body FROM camera").fetchall())

    def _set_aside(self, aside: Sequence[SetAside]) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._db.executemany(
            "INSERT INTO quarantine (at, reason, topic, unit_id, size, start) VALUES (?, ?, ?, ?, ?, ?)",
            [(now, a.reason, a.topic[:200], a.unit_id, a.size, a.start[:QUARANTINE_START]) for a in aside],
        )
        if aside:  # bounded: the oldest give way
            self._db.execute(
                "DELETE FROM quarantine WHERE number <= (SELECT max(number) FROM quarantine) - ?", (QUARANTINE_ROWS,)
            )

    def _number(self, query: str) -> int:
        with self._lock:
            return int(self._db.execute(query).fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield
                self._db.execute("COMMIT")
            except sqlite3.Error as problem:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise StoreError(
                    f"{self.path}: cannot be written ({problem}); free some space and start again"
                ) from problem

    def _migrate(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > len(_MIGRATIONS):
            raise StoreError(f"{self.path}: written by a newer version of contrechamp-hub; update this one")
        if 0 < version < len(_MIGRATIONS):
            with closing(sqlite3.connect(self.path.with_suffix(f".before-{version + 1}.db"))) as copy:
                self._db.backup(copy)
        self._db.execute("BEGIN IMMEDIATE")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()  # another process may have been faster
        for number, script in enumerate(_MIGRATIONS[version:], start=version + 1):
            for statement in script.split(";\n"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {number}")
        self._db.execute("INSERT OR IGNORE INTO meta VALUES ('hub', ?)", (secrets.token_hex(16),))
        self._db.execute("COMMIT")

    def _expire(self) -> None:
        """Forget who sent what, where the 30 days are over."""
        today = datetime.now(UTC).date().isoformat()
        self._db.execute("DELETE FROM sender WHERE expires <= ?", (today,))
