"""How much of the log is whose, in SQL: octets by probe, kept up to date within each commit."""

import secrets
from collections import Counter
from datetime import date

from hub.log.events import Batch, NewPicture, NewSighting, NewWithdrawal, StoredShare
from hub.store.engine import Engine, Transaction

BLUR_OCTETS = 16 << 20


class Shares:
    """The table of shares. Erasing gives back what it frees, as long as the hub knows whose it was."""

    def __init__(self, db: Engine) -> None:
        self._db = db

    def of(self, probe: str, today: date) -> StoredShare:
        """A probe's share: nothing where it has stored nothing yet."""
        row = self._db.row("SELECT octets, CASE WHEN day = ? THEN today ELSE 0 END FROM share WHERE probe = ?",
                           (today.isoformat(), probe))  # fmt: skip
        return StoredShare() if row is None else StoredShare(in_all=row[0], today=row[1])

    def add(self, db: Transaction, batch: Batch, today: date) -> None:
        """Add what a commit writes."""
        added: Counter[str] = Counter()
        news: list[NewSighting | NewPicture | NewWithdrawal] = [*batch.sightings.values()]
        news += [*batch.pictures.values(), *batch.withdrawals.values()]
        for new in news:
            if new.sender is not None:
                added[new.sender] += new.octets
        db.executemany(
            "INSERT INTO share (probe, octets, day, today) VALUES (?, ?, ?, ?) ON CONFLICT (probe) DO UPDATE SET"
            " octets = share.octets + excluded.octets, day = excluded.day,"
            " today = CASE WHEN share.day = excluded.day THEN share.today ELSE 0 END + excluded.today",
            [(probe, octets, today.isoformat(), octets) for probe, octets in added.items()],
        )

    def give_back(self, db: Transaction, freed: str, value: object) -> None:
        """Take off what a query with one value says is about to be freed: rows of (probe, octets)."""
        rows = [
            (octets, octets, probe) for probe, octets in db.execute(freed, (value,)).fetchall() if probe is not None
        ]
        db.executemany(
            "UPDATE share SET octets = CASE WHEN octets > ? THEN octets - ? ELSE 0 END WHERE probe = ?", rows
        )

    def forget_days(self, db: Transaction, today: date) -> None:
        """Forget on which day a probe stored something last, and how much to the octet: whoever adds up the sizes of
        walks would find which of them are one probe's."""
        rows = db.execute("SELECT probe, octets, day FROM share WHERE day < ?", (today.isoformat(),)).fetchall()
        db.executemany(
            "UPDATE share SET octets = ?, day = '', today = 0 WHERE probe = ?",
            [(_blurred(octets), probe) for probe, octets, day in rows if day or octets % BLUR_OCTETS],
        )


def _blurred(octets: int) -> int:
    """One of the two multiples next to a number, by lot, so that it is right in the mean."""
    below, rest = divmod(octets, BLUR_OCTETS)
    return BLUR_OCTETS * (below + (secrets.randbelow(BLUR_OCTETS) < rest))
