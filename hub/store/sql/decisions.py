"""The decisions in SQL."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import msgspec

from hub.log.decisions import Decided, NewDecision
from hub.store.engine import Engine


class SqlDecisions:
    """A `DecisionStore`; `now` says what to date decisions by."""

    def __init__(self, db: Engine, now: Callable[[], datetime] | None = None) -> None:
        self._db = db
        self._now = now or (lambda: datetime.now(UTC))

    def append(self, by: str, decisions: Sequence[NewDecision]) -> list[Decided]:
        at = self._now().replace(microsecond=0)
        decided = []
        with self._db.transaction() as db:
            for what in decisions:
                (number,) = db.execute(
                    "INSERT INTO decision (at, by_whom, body) VALUES (?, ?, ?) RETURNING number",
                    (at.isoformat(), by, msgspec.json.encode(what)),
                ).fetchone()
                decided.append(Decided(number=number, at=at, by=by, what=what))
        return decided

    def read(self, after: int = 0, limit: int = 10_000) -> list[Decided]:
        rows = self._db.rows(
            "SELECT number, at, by_whom, body FROM decision WHERE number > ? ORDER BY number LIMIT ?", (after, limit)
        )
        return [
            Decided(
                number=number,
                at=datetime.fromisoformat(at),
                by=by,
                what=msgspec.json.decode(body, type=NewDecision),
            )
            for number, at, by, body in rows
        ]

    def version(self) -> int:
        return int(self._db.row("SELECT coalesce(max(number), 0) FROM decision")[0])

    def erase(self, sightings: Sequence[str]) -> int:
        gone, touched = set(sightings), 0
        with self._db.transaction() as db:
            for number, body in db.execute("SELECT number, body FROM decision").fetchall():
                what = msgspec.json.decode(body, type=NewDecision)
                left = _without(what, gone)
                if left != what:
                    db.execute("UPDATE decision SET body = ? WHERE number = ?", (msgspec.json.encode(left), number))
                    touched += 1
        return touched


def _without(what: NewDecision, gone: set[str]) -> NewDecision:
    """A decision without some sightings."""
    mine = tuple(one for one in what.sightings if one not in gone)
    others = tuple(left for group in what.others if (left := tuple(one for one in group if one not in gone)))
    if what.sightings and not mine:
        return NewDecision(kind=what.kind, decision=what.decision, batch=what.batch)
    return msgspec.structs.replace(what, sightings=mine, others=others)


def not_before(today: date) -> datetime:
    """The time by the clock; where that lags behind the day that is certain, on that day: what was decided or done just
    now is not to be taken for long over."""
    now = datetime.now(UTC)
    return now if now.date() >= today else datetime.combine(today, now.timetz())
