"""The log in SQLite: what came, what is held, what was erased, what was set aside, and the cameras derived from it."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hub.log.events import (
    Batch,
    Counts,
    Erasure,
    HeldSightings,
    Import,
    Known,
    NewSighting,
    NewWithdrawal,
    Origin,
    SetAside,
    StoredShare,
    StoredSighting,
    Undoing,
)
from hub.store.sqlite.complaints import SqliteComplaints
from hub.store.sqlite.database import Database
from hub.store.sqlite.pictures import SqlitePictures
from hub.store.sqlite.quarantine import Quarantine
from hub.store.sqlite.shares import Shares
from hub.store.store import READ_OCTETS
from probe.contract.envelope import UnitType

SENDER_DAYS = 30
_BELIEVED_DAYS = 7  # so far a clock may be ahead of what is certain (hub.keys.day)
_IDS_PER_QUERY = 500
_KNOWN = {
    UnitType.SIGHTING: "SELECT id, hash, held.seq IS NOT NULL, CASE WHEN length(body) = 0 THEN"
    " (SELECT why FROM deletion WHERE sighting = id ORDER BY number DESC LIMIT 1) END, NULL"
    " FROM sighting LEFT JOIN held ON held.seq = sighting.seq WHERE id IN (?)",
    UnitType.PHOTO: "SELECT id, hash, held IS NOT NULL, NULL, sha256 FROM picture WHERE id IN (?)",
    UnitType.WITHDRAWAL: "SELECT id, hash, 0, NULL, NULL FROM withdrawal WHERE id IN (?)",
}


class SqliteStore:
    """A `Store` in a hub's folder; `make` makes it where it is missing, a `read_only` one refuses changes."""

    def __init__(self, data: Path, *, make: bool = True, read_only: bool = False) -> None:
        self.db = Database(data, make=make, read_only=read_only)
        self.today: Callable[[], date] = _today  # what to date arrivals by
        self._quarantine = Quarantine(self.db)
        self._shares = Shares(self.db)
        self.pictures = SqlitePictures(self.db, self._shares, self._now)
        self.complaints = SqliteComplaints(self.db, self._now)

    def _now(self) -> date:
        return self.today()

    def close(self) -> None:
        self.db.close()

    def free_bytes(self) -> int | None:
        return self.db.free_bytes()

    def known(self, kind: UnitType, ids: Sequence[str]) -> Mapping[str, Known]:
        return {
            name: Known(hash=digest, held=bool(held), erased=None if why is None else Erasure(why), picture=picture)
            for name, digest, held, why, picture in self._rows_by_id(_KNOWN[kind], ids)
        }

    def bodies(self, ids: Sequence[str]) -> Mapping[str, bytes]:
        return dict(self._rows_by_id("SELECT id, body FROM sighting WHERE id IN (?)", ids))

    def append(self, batch: Batch) -> None:
        today = self.today()
        with self.db.transaction() as db:
            expires = (today + timedelta(days=SENDER_DAYS)).isoformat()
            if batch.sightings:
                self._append(db, list(batch.sightings.values()), today, expires, batch.import_number)
            if batch.again:
                self._give_back(db, batch.again.values(), batch.import_number)
            self.pictures.add(db, batch.pictures.values(), expires)
            for withdrawal in batch.withdrawals.values():
                self._withdraw(db, withdrawal, today)
            self._shares.add(db, batch, today)
            self._quarantine.add(db, batch.aside)
        if batch.withdrawals:
            self.db.truncate_log()

    def share(self, probe: str) -> StoredShare:
        return self._shares.of(probe, self.today())

    def read(
        self, after: int = 0, limit: int = 10_000, *, held: bool = False, octets: int = READ_OCTETS
    ) -> list[StoredSighting]:
        room = octets

        def full(row: Any) -> bool:
            nonlocal room
            room -= len(row[1])
            return room <= 0

        rows = self.db.rows_until(
            "SELECT sighting.seq, body, origin, sender.probe, sender.day, imported.import FROM sighting"
            " LEFT JOIN sender ON sender.seq = sighting.seq LEFT JOIN imported ON imported.seq = sighting.seq"
            " LEFT JOIN held ON held.seq = sighting.seq"
            " WHERE sighting.seq > ? AND (? OR held.seq IS NULL) AND length(body) > 0 ORDER BY sighting.seq LIMIT ?",
            (after, held, limit),
            full,
        )
        return [
            StoredSighting(
                seq=seq, body=body, origin=Origin(origin), sender=sender, day=_day(day), import_number=number
            )
            for seq, body, origin, sender, day, number in rows
        ]

    def count(self) -> int:
        return self._number("SELECT count(*) FROM sighting WHERE length(body) > 0")

    def version(self) -> int:
        return self._number("SELECT coalesce(max(seq), 0) FROM sighting")

    def counts(self) -> Counts:
        return Counts(
            sightings=self.count(),
            pictures=self._number("SELECT count(*) FROM picture WHERE length(jpeg) > 0"),
            held=self._number("SELECT count(*) FROM held")
            + self._number("SELECT count(*) FROM picture WHERE held IS NOT NULL"),
            erased=self._number("SELECT count(*) FROM deletion"),
            quarantined=self.quarantine_count(),
        )

    def generation(self) -> int:
        return int(self.db.meta("generation") or 0)

    def picture(self, sha256: str) -> bytes | None:
        return self.pictures.jpeg(sha256)

    def hold_since(self, probe: str, day: date, reason: str) -> int:
        today = self.today().isoformat()
        with self.db.transaction() as db:
            held = db.execute(
                "INSERT OR IGNORE INTO held (seq, reason, day)"
                " SELECT seq, ?, ? FROM sender WHERE probe = ? AND day >= ?",
                (reason, today, probe, day.isoformat()),
            ).rowcount
            since = (day + timedelta(days=SENDER_DAYS)).isoformat()
            held += db.execute(
                "UPDATE picture SET held = ? WHERE probe = ? AND expires >= ? AND held IS NULL AND length(jpeg) > 0",
                (reason, probe, since),
            ).rowcount
            self._new_generation(db)
        return held

    def held(self) -> list[HeldSightings]:
        rows = self.db.rows(
            "SELECT sender.probe, count(*), max(reason) FROM held"
            " LEFT JOIN sender ON sender.seq = held.seq GROUP BY 1 ORDER BY 1"
        )
        return [HeldSightings(probe=probe, sightings=count, reason=reason) for probe, count, reason in rows]

    def decide(self, probe: str | None, *, keep: bool) -> int:
        mine = "SELECT held.seq FROM held LEFT JOIN sender ON sender.seq = held.seq WHERE sender.probe IS ?"
        with self.db.transaction() as db:
            seqs = [seq for (seq,) in db.execute(mine, (probe,)).fetchall()]
            if keep:
                db.execute("UPDATE picture SET held = NULL WHERE probe IS ?", (probe,))
                db.executemany("DELETE FROM held WHERE seq = ?", [(seq,) for seq in seqs])
            else:
                self._erase(db, seqs, Erasure.REJECTED)
                self.pictures.erase(db, "held", probe)
            self._new_generation(db)
        if not keep:
            self.pictures.finish_erasing()
        return len(seqs)

    def begin_import(self, file: str) -> int:
        with self.db.transaction() as db:
            row = db.execute("INSERT INTO import (day, file) VALUES (?, ?)", (self.today().isoformat(), file))
            return int(row.lastrowid or 0)

    def end_import(self, number: int, sha256: bytes) -> None:
        with self.db.transaction() as db:
            db.execute("UPDATE import SET sha256 = ? WHERE number = ?", (sha256, number))

    def imports(self) -> list[Import]:
        rows = self.db.rows(
            "SELECT number, day, file, sha256,"
            " (SELECT max(undoing.day) FROM undoing WHERE undoing.import = import.number)"
            " FROM import ORDER BY number DESC"
        )
        return [
            Import(number=number, day=date.fromisoformat(day), file=file, sha256=sha256, undone=_day(undone))
            for number, day, file, sha256, undone in rows
        ]

    def undo(self, undoing: Undoing) -> int:
        with self.db.transaction() as db:
            erased = self._erase(db, undoing.sightings, Erasure.UNDONE)
            for name in undoing.pictures:
                self.pictures.erase(db, "named", name)
            db.execute(
                "INSERT INTO undoing (day, import, walk, sightings) VALUES (?, ?, ?, ?)",
                (self.today().isoformat(), undoing.import_number, undoing.walk, erased),
            )
            self._new_generation(db)
        self.pictures.finish_erasing()
        return erased

    def quarantined(self, limit: int = 100) -> list[SetAside]:
        return self._quarantine.newest(limit)

    def quarantine_count(self) -> int:
        return self._quarantine.count()

    def forget_senders(self, today: date) -> None:
        latest = (today + timedelta(days=SENDER_DAYS + _BELIEVED_DAYS)).isoformat()
        with self.db.transaction() as db:
            for table in ("sender", "picture"):  # dated by a clock that had leapt ahead: they arrived by today
                db.execute(f"UPDATE {table} SET expires = ? WHERE expires > ?", (latest, latest))  # noqa: S608
            db.execute("DELETE FROM sender WHERE expires <= ?", (today.isoformat(),))
            db.execute("UPDATE picture SET probe = NULL WHERE expires <= ?", (today.isoformat(),))
            gone = (today - timedelta(days=SENDER_DAYS)).isoformat()
            db.execute("UPDATE deletion SET probe = NULL WHERE day <= ? AND probe IS NOT NULL", (gone,))
            self._shares.forget_days(db, today)

    def save_cameras(self, cameras: Sequence[tuple[str, bytes]]) -> None:
        with self.db.transaction() as db:
            db.execute("DELETE FROM camera")
            db.executemany("INSERT INTO camera VALUES (?, ?)", cameras)

    def cameras(self) -> Mapping[str, bytes]:
        return dict(self.db.rows("SELECT id, body FROM camera"))

    def _append(
        self, db: sqlite3.Connection, new: list[NewSighting], today: date, expires: str, import_number: int | None
    ) -> None:
        (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'sighting'").fetchone()
        rows = list(enumerate(new, start=last + 1))
        erased = self._taken_back_early(db, new)
        db.executemany(
            "INSERT INTO sighting (seq, id, hash, origin, body) VALUES (?, ?, ?, ?, ?)",
            [(seq, n.id, n.hash, n.origin, b"" if (n.id, n.sender) in erased else n.body) for seq, n in rows],
        )
        self.pictures.depict(db, ((seq, n.body) for seq, n in rows))
        db.executemany(
            "INSERT INTO sender (seq, probe, expires, day) VALUES (?, ?, ?, ?)",
            [(seq, n.sender, expires, today.isoformat()) for seq, n in rows if n.sender is not None],
        )
        db.executemany(
            "INSERT INTO held (seq, reason, day) VALUES (?, ?, ?)",
            [(seq, n.held, today.isoformat()) for seq, n in rows if n.held is not None],
        )
        if import_number is not None:
            db.executemany("INSERT INTO imported VALUES (?, ?)", [(seq, import_number) for seq, _ in rows])

    def _give_back(self, db: sqlite3.Connection, again: Iterable[NewSighting], import_number: int | None) -> None:
        """Sightings that were undone keep their place in the log, so that their cameras keep their ids."""
        for one in again:
            db.execute(
                "UPDATE sighting SET body = ?, hash = ?, origin = ? WHERE id = ? AND length(body) = 0",
                (one.body, one.hash, one.origin, one.id),
            )
            (seq,) = db.execute("SELECT seq FROM sighting WHERE id = ?", (one.id,)).fetchone()
            self.pictures.depict(db, ((seq, one.body),))
            db.execute(
                "INSERT OR REPLACE INTO imported SELECT seq, ? FROM sighting WHERE id = ?", (import_number, one.id)
            )
        self._new_generation(db)

    def _taken_back_early(self, db: sqlite3.Connection, new: list[NewSighting]) -> set[tuple[str, str | None]]:
        """Which of these were withdrawn before they came, by id and probe."""
        if db.execute("SELECT 1 FROM deletion LIMIT 1").fetchone() is None:
            return set()
        query = "SELECT sighting, probe FROM deletion WHERE sighting = ?"
        return {found for one in new for found in db.execute(query, (one.id,)).fetchall()}

    def _withdraw(self, db: sqlite3.Connection, withdrawal: NewWithdrawal, today: date) -> None:
        """Erase what a probe takes back, where it is that probe's own; the tombstone also stops what comes later."""
        db.execute("INSERT INTO withdrawal (id, hash) VALUES (?, ?)", (withdrawal.id, withdrawal.hash))
        for sighting in withdrawal.sightings:
            db.execute(
                "INSERT INTO deletion (sighting, why, day, probe) VALUES (?, ?, ?, ?)",
                (sighting, Erasure.WITHDRAWN, today.isoformat(), withdrawal.sender),
            )
            own = db.execute(
                "SELECT sighting.seq FROM sighting JOIN sender ON sender.seq = sighting.seq"
                " WHERE id = ? AND probe = ? AND length(body) > 0",
                (sighting, withdrawal.sender),
            ).fetchone()
            if own is not None:
                self._empty(db, own[0])
                self._new_generation(db)

    def _erase(self, db: sqlite3.Connection, seqs: Sequence[int], why: Erasure) -> int:
        """Erase sightings, each with a tombstone; returns how many were still there."""
        today, erased = self.today().isoformat(), 0
        for seq in seqs:
            there = db.execute("SELECT id FROM sighting WHERE seq = ? AND length(body) > 0", (seq,)).fetchone()
            if there is not None:
                db.execute("INSERT INTO deletion (sighting, why, day) VALUES (?, ?, ?)", (there[0], why, today))
                self._empty(db, seq)
                erased += 1
            db.execute("DELETE FROM held WHERE seq = ?", (seq,))
        return erased

    def _empty(self, db: sqlite3.Connection, seq: int) -> None:
        """Erase a body, and take it off the share of whoever sent it, where that is still known."""
        self._shares.give_back(
            db,
            "SELECT probe, length(body) FROM sender JOIN sighting ON sighting.seq = sender.seq WHERE sender.seq = ?",
            seq,
        )
        db.execute("UPDATE sighting SET body = x'' WHERE seq = ?", (seq,))
        self.pictures.no_longer_named(db, seq)

    def _new_generation(self, db: sqlite3.Connection) -> None:
        """Say that what was read before may not hold any more."""
        db.execute("INSERT OR REPLACE INTO meta VALUES ('generation', ?)", (str(self.generation() + 1),))

    def _rows_by_id(self, query: str, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """The rows of a query with one `(?)` for some ids, however many these are."""
        for start in range(0, len(ids), _IDS_PER_QUERY):
            some = ids[start : start + _IDS_PER_QUERY]
            yield from self.db.rows(query.replace("(?)", f"({','.join('?' * len(some))})"), some)

    def _number(self, query: str) -> int:
        return int(self.db.row(query)[0])


def _today() -> date:
    return datetime.now(UTC).date()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
