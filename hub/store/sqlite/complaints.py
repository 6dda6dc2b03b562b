"""Complaints about pictures, and the files that hold copies of them, in the hub's database."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from hub.errors import BadInput
from hub.log.pictures import By, Complaint, Copy, Done, Standing
from hub.store.sqlite.database import Database

_EXPIRES_DAYS = 30  # a picture's row says when its sender is forgotten: so long after it came


class SqliteComplaints:
    """A `ComplaintStore` in the hub's database."""

    def __init__(self, db: Database, today: Callable[[], date]) -> None:
        self._db, self._today = db, today

    def open(self, about: str, pictures: Sequence[str], contact: str | None) -> Complaint:
        today = self._today()
        with self._db.transaction() as db:
            number = db.execute(
                "INSERT INTO complaint (opened, about, contact) VALUES (?, ?, ?)", (today.isoformat(), about, contact)
            ).lastrowid
            for sha256 in pictures:
                db.execute("INSERT OR IGNORE INTO complained VALUES (?, ?)", (number, sha256))
                hidden = db.execute(
                    "UPDATE gallery SET standing = ? WHERE sha256 = ? AND standing <> ?",
                    (Standing.HIDDEN, sha256, Standing.DELETED),
                ).rowcount
                if hidden:
                    db.execute(
                        "INSERT INTO picture_event (day, sha256, done, by) VALUES (?, ?, ?, ?)",
                        (today.isoformat(), sha256, Done.HIDDEN, By.OPERATOR),
                    )
        return Complaint(number=number or 0, opened=today, about=about, pictures=tuple(pictures), contact=contact)

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
                raise BadInput(f"there is no open complaint {number}; `contrechamp-hub photos complaints` lists them")
        self._db.truncate_log()  # the contact is to be gone, too

    def note_published(self, sha256: str, path: str, digest: str) -> None:
        with self._db.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO published VALUES (?, ?, ?, ?)",
                (sha256, path, digest, self._today().isoformat()),
            )

    def published(self, sha256: str) -> list[Copy]:
        rows = self._db.rows("SELECT day, path, digest FROM published WHERE sha256 = ? ORDER BY path", (sha256,))
        return [Copy(day=date.fromisoformat(day), path=path, digest=digest) for day, path, digest in rows]

    def forget_published(self, sha256: str) -> None:
        with self._db.transaction() as db:
            db.execute("DELETE FROM published WHERE sha256 = ?", (sha256,))

    def note_backup(self, path: str) -> None:
        with self._db.transaction() as db:
            db.execute("INSERT OR REPLACE INTO backup VALUES (?, ?)", (path, self._today().isoformat()))

    def backups_with(self, sha256: str) -> list[Copy]:
        (expires,) = self._db.row("SELECT min(expires) FROM picture WHERE sha256 = ?", (sha256,))
        if expires is None:
            return []
        came = date.fromisoformat(expires) - timedelta(days=_EXPIRES_DAYS)
        rows = self._db.rows("SELECT day, path FROM backup WHERE day >= ? ORDER BY day, path", (came.isoformat(),))
        return [Copy(day=date.fromisoformat(day), path=path) for day, path in rows]

    def forget_backup(self, path: str) -> None:
        with self._db.transaction() as db:
            db.execute("DELETE FROM backup WHERE path = ?", (path,))

    def _pictures(self, number: int) -> tuple[str, ...]:
        rows = self._db.rows("SELECT sha256 FROM complained WHERE complaint = ? ORDER BY sha256", (number,))
        return tuple(sha256 for (sha256,) in rows)
