"""How much of the log is whose, in SQLite: octets by probe, kept up to date within each commit."""

import sqlite3
from collections import Counter
from datetime import date

from hub.log.events import Batch, NewPicture, NewSighting, NewWithdrawal, StoredShare
from hub.store.sqlite.database import Database


class Shares:
    """The table of shares. Erasing gives back what it frees, as long as the hub knows whose it was."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, probe: str, today: date) -> StoredShare:
        """A probe's share: nothing where it has stored nothing yet."""
        row = self._db.row("SELECT octets, CASE WHEN day = ? THEN today ELSE 0 END FROM share WHERE probe = ?",
                           (today.isoformat(), probe))  # fmt: skip
        return StoredShare() if row is None else StoredShare(in_all=row[0], today=row[1])

    def add(self, db: sqlite3.Connection, batch: Batch, today: date) -> None:
        """Add what a commit writes."""
        added: Counter[str] = Counter()
        news: list[NewSighting | NewPicture | NewWithdrawal] = [*batch.sightings.values()]
        news += [*batch.pictures.values(), *batch.withdrawals.values()]
        for new in news:
            if new.sender is not None:
                added[new.sender] += new.octets
        db.executemany(
            "INSERT INTO share (probe, octets, day, today) VALUES (?1, ?2, ?3, ?2) ON CONFLICT (probe) DO UPDATE SET"
            " octets = octets + ?2, today = CASE WHEN day = ?3 THEN today ELSE 0 END + ?2, day = ?3",
            [(probe, octets, today.isoformat()) for probe, octets in added.items()],
        )

    def give_back(self, db: sqlite3.Connection, freed: str, value: object) -> None:
        """Take off what a query with one value says is about to be freed: rows of (probe, octets)."""
        rows = [(octets, probe) for probe, octets in db.execute(freed, (value,)).fetchall() if probe is not None]
        db.executemany("UPDATE share SET octets = max(0, octets - ?) WHERE probe = ?", rows)

    def forget_days(self, db: sqlite3.Connection, today: date) -> None:
        """Forget on which day a probe stored something last."""
        db.execute("UPDATE share SET day = '', today = 0 WHERE day < ? AND day > ''", (today.isoformat(),))
