"""The quarantine in SQL: what was set aside, bounded in rows and octets, in all and for each topic."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from hub.log.events import RefusalKind, SetAside
from hub.store.engine import Engine, Transaction

MAX_ROWS = 5000
MAX_ROWS_EACH = 500  # of one topic, so that nobody crowds out the others
MAX_BYTES = 64 << 20
MAX_BYTES_EACH = MAX_BYTES // 8
_TOPICS_REMEMBERED = 1000


class Quarantine:
    """The table of what was set aside. The oldest rows give way."""

    def __init__(self, db: Engine) -> None:
        self._db = db
        self._bytes: int | None = None  # counted when something is first set aside
        self._bytes_each: dict[str, int] = {}  # by topic, likewise

    def newest(self, limit: int) -> list[SetAside]:
        """The newest rows, the newest first."""
        rows = self._db.rows(
            "SELECT at, why, reason, topic, size, data, number FROM quarantine ORDER BY number DESC LIMIT ?", (limit,)
        )
        return [_set_aside(row) for row in rows]

    def get(self, number: int) -> SetAside | None:
        """The row with a number; None where it has given way."""
        row = self._db.row(
            "SELECT at, why, reason, topic, size, data, number FROM quarantine WHERE number = ?", (number,)
        )
        return None if row is None else _set_aside(row)

    def drop(self, newest: int) -> int:
        """Erase the rows up to a number; returns how many there were."""
        with self._db.transaction() as db:
            dropped = db.execute("DELETE FROM quarantine WHERE number <= ?", (newest,)).rowcount
            self._bytes = None
            self._bytes_each.clear()
        self._db.truncate_log()
        return dropped

    def count(self) -> int:
        """How many rows there are."""
        return int(self._db.row("SELECT count(*) FROM quarantine")[0])

    def add(self, db: Transaction, aside: Iterable[SetAside]) -> None:
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
            "DELETE FROM quarantine WHERE topic = ? AND number <="
            " (SELECT number FROM quarantine WHERE topic = ? ORDER BY number DESC LIMIT 1 OFFSET ?)",
            [(topic, topic, MAX_ROWS_EACH) for topic in {row[3] for row in rows}],
        )
        self._keep_each_small(db, rows)
        db.execute(
            "DELETE FROM quarantine WHERE number <="
            " (SELECT number FROM quarantine ORDER BY number DESC LIMIT 1 OFFSET ?)",
            (MAX_ROWS,),
        )
        if self._bytes > MAX_BYTES:
            self._bytes = _shrink(db, "SELECT number, length(data) FROM quarantine ORDER BY number DESC", (), MAX_BYTES)

    def _keep_each_small(self, db: Transaction, rows: Sequence[tuple[str, str, str, str, int, bytes]]) -> None:
        """Of each topic, too: a few large units of one must not crowd out what came from the others."""
        if len(self._bytes_each) > _TOPICS_REMEMBERED:
            self._bytes_each.clear()
        added: Counter[str] = Counter()
        for row in rows:
            added[row[3]] += len(row[5])
        for topic, octets in added.items():
            before = self._bytes_each.get(topic)
            if before is None:  # what was just added is counted by the query
                (now,) = db.execute(
                    "SELECT coalesce(sum(length(data)), 0) FROM quarantine WHERE topic = ?", (topic,)
                ).fetchone()
            else:
                now = before + octets
            if now > MAX_BYTES_EACH:
                query = "SELECT number, length(data) FROM quarantine WHERE topic = ? ORDER BY number DESC"
                now = _shrink(db, query, (topic,), MAX_BYTES_EACH)
            self._bytes_each[topic] = now


def _set_aside(row: tuple[str, str, str, str, int, bytes, int]) -> SetAside:
    at, kind, reason, topic, size, data, number = row
    return SetAside(at=at, kind=RefusalKind(kind), reason=reason, topic=topic, size=size, data=data, number=number)


def _shrink(db: Transaction, newest_first: str, values: tuple[str, ...], most: int) -> int:
    """Delete the oldest of some rows (number, octets) until three quarters of the most are left; returns how much."""
    total = 0
    over: list[tuple[int]] = []
    for number, size in db.execute(newest_first, values).fetchall():
        if total + size > most * 3 // 4 or over:
            over.append((number,))
        else:
            total += size
    db.executemany("DELETE FROM quarantine WHERE number = ?", over)
    return total
