"""Complaints about pictures, and the files that hold copies of them, in the hub's database."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from hub.errors import BadInput
from hub.log.pictures import Backup, By, Complaint, Copy, Done, Standing
from hub.store.engine import Engine, Transaction

_COMPLAINED = "SELECT sha256 FROM complained WHERE complaint = ? ORDER BY sha256"
_EXPIRES_DAYS = 30  # a picture's row says when its sender is forgotten: so long after it came


class SqlComplaints:
    """A `ComplaintStore` in the hub's database."""

    def __init__(self, db: Engine, today: Callable[[], date]) -> None:
        self._db, self._today = db, today

    def open(self, about: str, pictures: Sequence[str], contact: str | None) -> Complaint:
        today = self._today()
        with self._db.transaction() as db:
            (number,) = db.execute(
                "INSERT INTO complaint (opened, about, contact) VALUES (?, ?, ?) RETURNING number",
                (today.isoformat(), about, contact),
            ).fetchone()
            self._hide(db, number, pictures)
        return Complaint(number=number, opened=today, about=about, pictures=tuple(pictures), contact=contact)

    def add(self, number: int, pictures: Sequence[str]) -> int:
        with self._db.transaction() as db:
            known = {sha256 for (sha256,) in db.execute(_COMPLAINED, (number,)).fetchall()}
            if db.execute("SELECT 1 FROM complaint WHERE number = ? AND closed IS NULL", (number,)).fetchone() is None:
                raise _not_open(number)
            fresh = [sha256 for sha256 in dict.fromkeys(pictures) if sha256 not in known]
            self._hide(db, number, fresh)
        return len(known) + len(fresh)

    def listed(self, *, closed: bool = False) -> list[Complaint]:
        rows = self._db.rows(
            "SELECT number, opened, about, contact, closed, decision FROM complaint WHERE ? OR closed IS NULL"
            " ORDER BY number",
            (closed,),
        )
        return [
            Complaint(
                number=number,
                opened=date.fromisoformat(opened),
                about=about,
                pictures=self._pictures(number),
                contact=contact,
                closed=None if ended is None else date.fromisoformat(ended),
                decision=decision,
            )
            for number, opened, about, contact, ended, decision in rows
        ]

    def close(self, number: int, decision: str) -> None:
        with self._db.transaction() as db:
            changed = db.execute(
                "UPDATE complaint SET closed = ?, decision = ?, contact = NULL WHERE number = ? AND closed IS NULL",
                (self._today().isoformat(), decision, number),
            ).rowcount
            if not changed:
                raise _not_open(number)
        self._db.truncate_log()  # the contact is to be gone, too

    def note_published(self, sha256: str, path: str, digest: str) -> None:
        with self._db.transaction() as db:
            db.execute(
                "INSERT INTO published VALUES (?, ?, ?, ?)"
                " ON CONFLICT (sha256, path) DO UPDATE SET digest = excluded.digest, day = excluded.day",
                (sha256, path, digest, self._today().isoformat()),
            )

    def published(self, sha256: str) -> list[Copy]:
        rows = self._db.rows("SELECT day, path, digest FROM published WHERE sha256 = ? ORDER BY path", (sha256,))
        return [Copy(day=date.fromisoformat(day), path=path, digest=digest) for day, path, digest in rows]

    def published_of_gone(self) -> list[str]:
        rows = self._db.rows(
            "SELECT DISTINCT sha256 FROM published WHERE NOT EXISTS (SELECT 1 FROM picture"
            " WHERE picture.sha256 = published.sha256 AND length(picture.jpeg) > 0) ORDER BY sha256"
        )
        return [sha256 for (sha256,) in rows]

    def forget_published(self, sha256: str, path: str) -> None:
        with self._db.transaction() as db:
            db.execute("DELETE FROM published WHERE sha256 = ? AND path = ?", (sha256, path))

    def note_backup(self, path: str, *, sightings: int = 0, decisions: int = 0) -> None:
        with self._db.transaction() as db:
            db.execute(
                "INSERT INTO backup (path, day, sightings, decisions) VALUES (?, ?, ?, ?) ON CONFLICT (path) DO UPDATE"
                " SET day = excluded.day, sightings = excluded.sightings, decisions = excluded.decisions",
                (path, self._today().isoformat(), sightings, decisions),
            )

    def last_backup(self) -> Backup | None:
        row = self._db.row(
            "SELECT day, path, sightings, decisions FROM backup"
            " ORDER BY day DESC, sightings DESC, decisions DESC, path LIMIT 1"
        )
        if row is None:
            return None
        return Backup(day=date.fromisoformat(row[0]), path=row[1], sightings=row[2], decisions=row[3])

    def backups_with(self, sha256: str) -> list[Copy]:
        (expires,) = self._db.row("SELECT min(expires) FROM picture WHERE sha256 = ?", (sha256,))
        if expires is None:
            return []
        came = date.fromisoformat(expires) - timedelta(days=_EXPIRES_DAYS)
        rows = self._db.rows("SELECT day, path FROM backup WHERE day >= ? ORDER BY day, path", (came.isoformat(),))
        return [Copy(day=date.fromisoformat(day), path=path) for day, path in rows]

    def backups(self) -> list[Copy]:
        rows = self._db.rows("SELECT day, path FROM backup ORDER BY day, path")
        return [Copy(day=date.fromisoformat(day), path=path) for day, path in rows]

    def forget_backup(self, path: str) -> None:
        with self._db.transaction() as db:
            db.execute("DELETE FROM backup WHERE path = ?", (path,))

    def _hide(self, db: Transaction, number: int, pictures: Sequence[str]) -> None:
        """A complaint is about these pictures, too: nobody but those who review sees them from now on."""
        for sha256 in pictures:
            db.execute("INSERT INTO complained VALUES (?, ?) ON CONFLICT DO NOTHING", (number, sha256))
            hidden = db.execute(
                "UPDATE gallery SET standing = ? WHERE sha256 = ? AND standing <> ?",
                (Standing.HIDDEN, sha256, Standing.DELETED),
            ).rowcount
            if hidden:
                db.execute(
                    "INSERT INTO picture_event (day, sha256, done, by) VALUES (?, ?, ?, ?)",
                    (self._today().isoformat(), sha256, Done.HIDDEN, By.OPERATOR),
                )

    def _pictures(self, number: int) -> tuple[str, ...]:
        return tuple(sha256 for (sha256,) in self._db.rows(_COMPLAINED, (number,)))


def _not_open(number: int) -> BadInput:
    return BadInput(f"there is no open complaint {number}; `contrechamp-hub photos complaints` lists them")
