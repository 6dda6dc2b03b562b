"""Room in an outbox: what gives way when its budget is used up, and what goes when the hub has had it for long."""

from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from probe.contract.envelope import SIGHTING_BYTES
from probe.errors import OutboxError, OutboxFull
from probe.outbox import labelling
from probe.outbox.identity import IdentityFile

DEFAULT_BUDGET_BYTES = 1 << 30
KEPT_DAYS = 7
REMEMBERED_DAYS = 60


class BoundedFile(IdentityFile):
    """An outbox's file that keeps within a budget of octets. `_surveys` are the numbers of this run's surveys."""

    def __init__(self, path: Path, *, budget_bytes: int, to_pair: bool) -> None:
        super().__init__(path, to_pair=to_pair)
        self._budget = budget_bytes
        self._surveys: set[int] = set()

    def _free_receipted(self, needed: int) -> bool:
        """Let go of what the hub has; whether there was anything."""
        gone = 0
        with suppress(OutboxError), self._transaction():
            rows = self._db.execute(
                "SELECT number, size FROM unit WHERE data IS NOT NULL AND verdict IN ('stored', 'held') ORDER BY number"
            ).fetchall()
            for number, size in rows:
                if gone >= needed:
                    break
                self._db.execute("UPDATE unit SET data = NULL WHERE number = ?", (number,))
                gone += size
        return gone > 0

    def _make_room(self, needed: int) -> None:
        """Keep within the budget. What gives way: what the hub has, then surveys of this run, then pictures, oldest
        first. Waiting sightings never do."""
        there = int(self._db.execute("SELECT total(size) FROM unit WHERE data IS NOT NULL").fetchone()[0])
        excess = there + needed - self._budget
        surveys = ",".join(map(str, self._surveys)) or "NULL"
        for which, counted in (
            ("verdict IN ('stored', 'held')", False),
            (f"number IN ({surveys}) AND verdict IS NULL", True),
            (f"size > {SIGHTING_BYTES} AND verdict IS NULL", True),
        ):
            if excess <= 0:
                return
            rows = self._db.execute(
                f"SELECT number, size FROM unit WHERE data IS NOT NULL AND {which} ORDER BY number"  # noqa: S608 (our own words and numbers)
            ).fetchall()
            for number, size in rows:
                if excess <= 0:
                    break
                excess -= size
                if counted:
                    labelling.delete(self._db, [number])
                    self._surveys.discard(number)
                    self._increase("gave_way", 1)
                else:
                    self._db.execute("UPDATE unit SET data = NULL WHERE number = ?", (number,))
        if excess > 0:
            raise OutboxFull(
                f"{self.path}: full ({self._budget >> 20} MiB); hand over what waits, or give more room with --budget"
            )

    def _bear_with_leap(self, today: date) -> None:
        """Count the days anew where the hub's clock has leapt, or nothing came for long: what it has had since another
        century is what it got a minute ago, and may be lacking after its return from a backup."""
        with suppress(ValueError):
            before = date.fromisoformat(self._meta("day") or "")
            if abs(today - before) > timedelta(days=KEPT_DAYS):
                self._db.execute(
                    "UPDATE unit SET day = ? WHERE data IS NOT NULL AND verdict IN ('stored', 'held')",
                    (today.isoformat(),),
                )

    def _drop_old(self, today: date) -> None:
        """Drop the data of what the hub has had for some days, and weeks later the memory of it."""
        kept, remembered = today - timedelta(days=KEPT_DAYS), today - timedelta(days=REMEMBERED_DAYS)
        self._db.execute(
            "UPDATE unit SET data = NULL WHERE verdict IN ('stored', 'held') AND day < ? AND data IS NOT NULL",
            (kept.isoformat(),),
        )
        self._db.execute("DELETE FROM unit WHERE verdict IN ('stored', 'held') AND day < ?", (remembered.isoformat(),))
