"""The log in SQL: what came, what is held, what was erased, what was set aside, and the cameras derived from it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from hub.log.events import (
    Batch,
    Counts,
    DiskUse,
    Erasure,
    Forgetting,
    Forgotten,
    HeldSightings,
    Import,
    Known,
    NewSighting,
    NewWithdrawal,
    SentLately,
    SetAside,
    StoredShare,
    StoredSighting,
    Undoing,
)
from hub.log.retention import Expired, Terms
from hub.store.engine import Engine, Transaction
from hub.store.sql import saved
from hub.store.sql.by_id import KNOWN, rows_by_id
from hub.store.sql.complaints import SqlComplaints
from hub.store.sql.decisions import SqlDecisions, not_before
from hub.store.sql.forgetting import expire_rows, forget_probe, forget_sighting, overdue
from hub.store.sql.people import SqlPeople
from hub.store.sql.pictures import SqlPictures
from hub.store.sql.public import SqlPublic
from hub.store.sql.quarantine import Quarantine
from hub.store.sql.reading import READ, day_or_none, stored
from hub.store.sql.shares import Shares
from hub.store.store import READ_OCTETS
from probe.contract.envelope import UnitType

SENDER_DAYS = 30
_BELIEVED_DAYS = 7  # so far a clock may be ahead of what is certain (hub.keys.day)


class SqlStore:
    """A `Store` in whatever database an engine keeps."""

    def __init__(self, db: Engine) -> None:
        self.db, self.folder = db, db.folder
        self.today: Callable[[], date] = _today  # what to date arrivals by
        self._quarantine = Quarantine(self.db)
        self._shares = Shares(self.db)
        self.pictures = SqlPictures(self.db, self._shares, self._now)
        self.complaints = SqlComplaints(self.db, self._now)
        self.decisions = SqlDecisions(self.db, lambda: not_before(self.today()))
        self.public = SqlPublic(self.db)
        self.people = SqlPeople(self.db, lambda: not_before(self.today()))

    def _now(self) -> date:
        return self.today()

    def claim(self, hub_id: str) -> None:
        self.db.claim(hub_id)

    def close(self) -> None:
        self.db.close()

    def free_bytes(self) -> int | None:
        return self.db.free_bytes()

    def known(self, kind: UnitType, ids: Sequence[str]) -> Mapping[str, Known]:
        return {
            name: Known(hash=digest, held=bool(held), erased=None if why is None else Erasure(why), picture=picture)
            for name, digest, held, why, picture in rows_by_id(self.db, KNOWN[kind], ids)
        }

    def bodies(self, ids: Sequence[str]) -> Mapping[str, bytes]:
        return dict(rows_by_id(self.db, "SELECT id, body FROM sighting WHERE id IN (?)", ids))

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

    def sent_lately(self) -> list[SentLately]:
        rows = self.db.rows("SELECT probe, count(*), max(day) FROM sender WHERE day > '' GROUP BY probe ORDER BY probe")
        return [SentLately(probe=probe, sightings=n, last=date.fromisoformat(day)) for probe, n, day in rows]

    def disk_use(self) -> DiskUse:
        pictures = self._number("SELECT coalesce(sum(length(jpeg)), 0) FROM picture")
        return DiskUse(octets=self.db.octets(), pictures=pictures)

    def read(
        self, after: int = 0, limit: int = 10_000, *, held: bool = False, octets: int = READ_OCTETS
    ) -> list[StoredSighting]:
        room = octets

        def full(row: Any) -> bool:
            nonlocal room
            room -= len(row[1])
            return room <= 0

        return [stored(row) for row in self.db.rows_until(READ, (after, held, limit), full)]

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
                "INSERT INTO held (seq, reason, day)"
                " SELECT seq, ?, ? FROM sender WHERE probe = ? AND day >= ? ON CONFLICT DO NOTHING",
                (reason, today, probe, day.isoformat()),
            ).rowcount
            since = (day + timedelta(days=SENDER_DAYS)).isoformat()
            held += db.execute(
                "UPDATE picture SET held = ? WHERE probe = ? AND expires >= ? AND held IS NULL AND length(jpeg) > 0",
                (reason, probe, since),
            ).rowcount
            self._new_generation()
        return held

    def held(self) -> list[HeldSightings]:
        rows = self.db.rows(
            "SELECT sender.probe, count(*), max(reason) FROM held"
            " LEFT JOIN sender ON sender.seq = held.seq GROUP BY sender.probe"
            " ORDER BY sender.probe IS NOT NULL, sender.probe"
        )
        return [HeldSightings(probe=probe, sightings=count, reason=reason) for probe, count, reason in rows]

    def decide(self, probe: str | None, *, keep: bool) -> int:
        joined = "held LEFT JOIN sender ON sender.seq = held.seq"
        mine = f"SELECT held.seq FROM {joined} WHERE sender.probe IS NOT DISTINCT FROM ?"  # noqa: S608
        with self.db.transaction() as db:
            seqs = [seq for (seq,) in db.execute(mine, (probe,)).fetchall()]
            if keep:
                db.execute("UPDATE picture SET held = NULL WHERE probe IS NOT DISTINCT FROM ?", (probe,))
                db.executemany("DELETE FROM held WHERE seq = ?", [(seq,) for seq in seqs])
            else:
                self._erase(db, seqs, Erasure.REJECTED)
                self.pictures.erase(db, "held", probe)
            self._new_generation()
        if not keep:
            self.pictures.finish_erasing()
        return len(seqs)

    def begin_import(self, file: str) -> int:
        with self.db.transaction() as db:
            query = "INSERT INTO import (day, file) VALUES (?, ?) RETURNING number"
            return int(db.execute(query, (self.today().isoformat(), file)).fetchone()[0])

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
            Import(number=number, day=date.fromisoformat(day), file=file, sha256=sha256, undone=day_or_none(undone))
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
            self._new_generation()
        self.pictures.finish_erasing()
        return erased

    def seqs_of(self, probe: str) -> list[int]:
        return [seq for (seq,) in self.db.rows("SELECT seq FROM sender WHERE probe = ? ORDER BY seq", (probe,))]

    def forget(self, forgetting: Forgetting) -> Forgotten:
        with self.db.transaction() as db:
            pictures = self.counts().pictures
            seqs = [seq for seq, _ in forgetting.sightings]
            erased = self._erase(db, seqs, Erasure.FORGOTTEN)
            if forgetting.probe is not None:
                for sha256 in forget_probe(db, forgetting.probe):
                    self.pictures.erase(db, "named", sha256)
            for seq in seqs:
                forget_sighting(db, seq)
            ids = [sighting for _, sighting in forgetting.sightings]
            self.decisions.erase(ids)
            self.public.forget(ids)
            db.execute("DELETE FROM camera")  # derived: what is left of them comes back
            saved.named_anew(self.db)
            pictures -= self.counts().pictures
            self._new_generation()
        return Forgotten(sightings=erased, pictures=pictures, left=tuple(self.db.rewrite()))

    def erase(self, seqs: Sequence[int], why: Erasure) -> int:
        with self.db.transaction() as db:
            erased = self._erase(db, seqs, why)
            self._new_generation()
        self.pictures.finish_erasing()
        return erased

    def terms(self) -> Terms:
        return msgspec.json.decode(self.db.meta("retention") or "{}", type=Terms)

    def set_terms(self, terms: Terms) -> None:
        self.db.set_meta("retention", msgspec.json.encode(terms).decode())

    def expire(self, terms: Terms, today: date) -> Expired:
        with self.db.transaction() as db:
            seqs = overdue(db, terms, today)
            quarantine, complaints, audit = expire_rows(db, terms, today)
        held = self.erase(seqs, Erasure.EXPIRED) if seqs else 0
        return Expired(quarantine=quarantine, held=held, complaints=complaints, audit=audit)

    def quarantined(self, limit: int = 100) -> list[SetAside]:
        return self._quarantine.newest(limit)

    def quarantine_count(self) -> int:
        return self._quarantine.count()

    def set_aside(self, number: int) -> SetAside | None:
        return self._quarantine.get(number)

    def drop_quarantine(self, newest: int) -> int:
        return self._quarantine.drop(newest)

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
        self.db.overwrite_erased()

    def save_cameras(self, cameras: Sequence[tuple[str, bytes]], *, streets: str | None = None) -> str:
        return saved.save(self.db, cameras, streets)

    def update_cameras(
        self, changed: Sequence[tuple[str, bytes]], gone: Sequence[str], *, saved_as: str, streets: str | None = None
    ) -> str | None:
        return saved.update(self.db, changed, gone, saved_as=saved_as, streets=streets)

    def streets_of_cameras(self) -> str | None:
        return saved.streets_of(self.db)

    def cameras(self) -> Mapping[str, bytes]:
        return dict(self.db.rows("SELECT id, body FROM camera"))

    def _append(
        self, db: Transaction, new: list[NewSighting], today: date, expires: str, import_number: int | None
    ) -> None:
        rows = list(enumerate(new, start=self.db.last_number("sighting") + 1))
        erased, month = self._taken_back_early(db, new), f"{today:%Y-%m}"
        db.executemany(
            "INSERT INTO sighting (seq, id, hash, origin, came, body) VALUES (?, ?, ?, ?, ?, ?)",
            [(s, n.id, n.hash, n.origin, month, b"" if (n.id, n.sender) in erased else n.body) for s, n in rows],
        )
        self.pictures.depict(db, ((seq, n.body) for seq, n in rows))
        db.executemany(
            "INSERT INTO sender (seq, probe, expires, day) VALUES (?, ?, ?, ?)",
            [(seq, n.sender, expires, today.isoformat()) for seq, n in rows if n.sender is not None],
        )
        db.executemany(
            "INSERT INTO contributor (seq, tags) VALUES (?, ?)",
            [
                (seq, " ".join(n.contributor_tags))
                for seq, n in rows
                if n.contributor_tags and (n.id, n.sender) not in erased
            ],
        )
        db.executemany(
            "INSERT INTO held (seq, reason, day) VALUES (?, ?, ?)",
            [(seq, n.held, today.isoformat()) for seq, n in rows if n.held is not None],
        )
        if import_number is not None:
            db.executemany("INSERT INTO imported VALUES (?, ?)", [(seq, import_number) for seq, _ in rows])

    def _give_back(self, db: Transaction, again: Iterable[NewSighting], import_number: int | None) -> None:
        """Sightings that were undone keep their place in the log, so that their cameras keep their ids."""
        for one in again:
            db.execute(
                "UPDATE sighting SET body = ?, hash = ?, origin = ?, came = ? WHERE id = ? AND length(body) = 0",
                (one.body, one.hash, one.origin, f"{self.today():%Y-%m}", one.id),
            )
            (seq,) = db.execute("SELECT seq FROM sighting WHERE id = ?", (one.id,)).fetchone()
            self.pictures.depict(db, ((seq, one.body),))
            db.execute(
                "INSERT INTO imported SELECT seq, ? FROM sighting WHERE id = ?"
                " ON CONFLICT (seq) DO UPDATE SET import = excluded.import",
                (import_number, one.id),
            )
        self._new_generation()

    def _taken_back_early(self, db: Transaction, new: list[NewSighting]) -> set[tuple[str, str | None]]:
        """Which of these were withdrawn before they came, by id and probe."""
        if db.execute("SELECT 1 FROM deletion LIMIT 1").fetchone() is None:
            return set()
        query = "SELECT sighting, probe FROM deletion WHERE sighting = ?"
        return {found for one in new for found in db.execute(query, (one.id,)).fetchall()}

    def _withdraw(self, db: Transaction, withdrawal: NewWithdrawal, today: date) -> None:
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
                self._new_generation()

    def _erase(self, db: Transaction, seqs: Sequence[int], why: Erasure) -> int:
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

    def _empty(self, db: Transaction, seq: int) -> None:
        """Erase a body, and take it off the share of whoever sent it, where that is still known."""
        self._shares.give_back(
            db,
            "SELECT probe, length(body) FROM sender JOIN sighting ON sighting.seq = sender.seq WHERE sender.seq = ?",
            seq,
        )
        db.execute("UPDATE sighting SET body = ? WHERE seq = ?", (b"", seq))
        db.execute("DELETE FROM contributor WHERE seq = ?", (seq,))  # it names areas
        self.pictures.no_longer_named(db, seq)

    def _new_generation(self) -> None:
        """Say that what was read before may not hold any more."""
        self.db.set_meta("generation", str(self.generation() + 1))

    def _number(self, query: str) -> int:
        return int(self.db.row(query)[0])


def _today() -> date:
    return datetime.now(UTC).date()
