"""What is still to be delivered, sealed, on disk, until the hub's signed receipt has come.

SQLite in WAL with synchronous=FULL: when `add` returns, the sightings survive a power cut. A unit is settled only by a
receipt that names its very bytes, and is then kept for some days more, for a hub that has to come back from a backup;
a refused one stays, so that nothing a walker made vanishes in silence. There is no time of a walk in here, and nothing
that this probe could read: which unit holds what is known in RAM alone, for as long as the program runs.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from probe.contract.base import ContractError
from probe.contract.envelope import SIGHTING_BYTES, Picture, digest
from probe.contract.parcel import Receipts, Unit, Verdict
from probe.contract.sighting import Kind, Sighting
from probe.errors import CommitInDoubt, NotSealable, OutboxError, OutboxFull
from probe.outbox import labelling
from probe.outbox.file import ANOTHER
from probe.outbox.labelling import Labels
from probe.outbox.recordings import KNOWN, MOST_RECORDINGS, mark_of, remember
from probe.outbox.room import DEFAULT_BUDGET_BYTES
from probe.outbox.standing import Standing
from probe.outbox.unreleased import UnreleasedFile, WalkEnd
from probe.seal.identity import Identity
from probe.seal.sealer import Sealer

_KEY_ID = re.compile("[0-9a-f]{16}")
__all__ = ["Holds", "Outbox", "Standing"]

Beside = Callable[[Sealer], list[Unit]]
_WAITS = "verdict IS NULL AND kept_back = 0"
_OWN = (
    "SELECT coalesce(max(number), 0), count(CASE WHEN number > ? AND verdict IS NULL AND kept_back = 0 THEN 1 END), "
    "count(CASE WHEN number > ? AND verdict IN ('stored', 'held') THEN 1 END) FROM unit"
)
_UNKNOWN = -1  # a number that no unit has
_CHANGED = "its bytes have changed on this probe's disk"


class Holds(NamedTuple):
    """The labels of units that are written, one for each unit, or none at all; and where the walk is by now."""

    labels: Sequence[Labels] = ()
    here: Labels | None = None


class Outbox(UnreleasedFile):
    """The store of unsent units. One process writes at a time; SQLite makes others wait up to 10 s.

    `standing` counts the units beyond number `own_after` apart. Raises OutboxError where it cannot be used; `to_pair`
    anew it can also where nobody can tell any more whose it is.
    """

    def __init__(
        self,
        path: Path,
        *,
        budget_bytes: int = DEFAULT_BUDGET_BYTES,
        most_recordings: int = MOST_RECORDINGS,
        to_pair: bool = False,
        own_after: int = 0,
    ) -> None:
        super().__init__(path, budget_bytes=budget_bytes, to_pair=to_pair)
        self._most_recordings, self._own_after = most_recordings, own_after
        self._numbers: dict[str, int] = {}  # of the sightings of this run, so that they can be taken back
        self._hashes_beside: dict[str, list[bytes]] = {}  # of the pictures of such a sighting
        self._kept_back: set[str] = set()  # such sightings that nobody can have been given yet
        self._in_doubt: dict[str, Unit] = {}  # sightings of which nobody knows whether they are written down
        self._doubted_beside: dict[str, list[Unit]] = {}  # what was to go with such a sighting, by its id
        self._sealer: tuple[Identity, Sealer] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def pair(self, identity: Identity) -> None:
        """Take an identity over. Raises OutboxError where units wait that only another hub can open."""
        self._refuse_read_only()
        if not self._is_damaged:
            self._reread()
        standing = self.standing()
        queued = standing.queued + standing.unreleased
        if queued and not self._is_our_hub(identity):
            raise OutboxError(
                f"{self.path}: {queued} sightings wait in it that only another hub can open; send them first, "
                "or name another outbox with --outbox"
            )
        with self._transaction():
            self._take_over(identity)

    def has_recording(self, content: bytes) -> bool:
        """Whether the recording with this digest was put in here once, as far as is remembered. Raises NotPaired."""
        return bool(self._rows(KNOWN, (mark_of(content, self.paired().key),)))

    def add(
        self,
        sightings: Iterable[Sighting],
        recordings: Iterable[bytes] = (),
        beside: Beside = lambda _sealer: [],
        *,
        labels: Mapping[str, Labels] | None = None,
        here: Labels | None = None,
    ) -> int:
        """Seal sightings and write them down in one commit; returns how many.

        `recordings` are the digests of recordings that are now in here as a whole: they are remembered. `beside`
        makes units that go with them, such as the pictures that they name. Those with `labels`, by their ids, are kept
        back until `end_walk`; `here` is where the walk is now, as `set_here` has it.
        What was left in doubt is written as it was sealed then: sealed anew it would be another unit with the same id,
        which the hub refuses. Raises NotPaired, NotSealable, OutboxFull where no room can be made, CommitInDoubt,
        OutboxError (full disk, read-only).
        """
        made, there = list(sightings), dict[str, int]()
        for sighting in made:
            doubted = self._in_doubt.get(sighting.id)
            if doubted is not None and (number := self._number(doubted.hash)) is not None:
                there[sighting.id] = number
        missing = [sighting for sighting in made if sighting.id not in there]
        units = [self._in_doubt.get(sighting.id) or self._seal(sighting) for sighting in missing]
        others = self._beside(missing, beside)
        for sighting in missing:
            # What a failing card did not acknowledge may be on it all the same, and must be taken back all the same.
            self._numbers.setdefault(sighting.id, _UNKNOWN)
        borne = [(labels or {}).get(sighting.id, frozenset()) for sighting in missing]
        self._kept_back |= {sighting.id for sighting, its in zip(missing, borne, strict=True) if its}
        marks = [mark_of(content, self.paired().key) for content in recordings]
        if others:
            self._hashes_beside[missing[0].id] = [unit.hash for unit in others]
        holds = Holds([*borne, *[frozenset[str]().union(*borne)] * len(others)], here)
        try:
            numbers = self.put([*units, *others], marks, holds)
        except CommitInDoubt:
            self._in_doubt |= {sighting.id: unit for sighting, unit in zip(missing, units, strict=True)}
            self._doubted_beside |= {sighting.id: others for sighting in missing[:1]}
            raise
        there |= {sighting.id: number for sighting, number in zip(missing, numbers, strict=False)}
        for sighting in made:
            self._numbers[sighting.id] = there[sighting.id]
            self._in_doubt.pop(sighting.id, None)
            self._doubted_beside.pop(sighting.id, None)
            if sighting.kind is Kind.SURVEY:
                self._surveys.add(there[sighting.id])
        return len(made)

    def _beside(self, missing: Sequence[Sighting], beside: Beside) -> list[Unit]:
        """What goes with sightings. Nothing with those that are there: a commit takes both, or neither. What was left
        in doubt is, like its sighting, not sealed a second time."""
        if not missing:
            return []
        doubted = self._doubted_beside.get(missing[0].id)
        return beside(self._current_sealer()) if doubted is None else doubted

    def add_picture(self, picture: Picture) -> None:
        """Seal a redacted picture and write it down. Raises as `add` does."""
        try:
            unit = self._current_sealer().picture(picture)
        except ContractError as problem:
            raise OutboxError(f"{self.path}: a picture cannot be sealed: {problem}") from problem
        self.put([unit])

    def put(self, units: list[Unit], marks: Sequence[bytes] = (), holds: Holds | None = None) -> list[int]:
        """Write units, and marks of recordings, in one commit; returns the units' numbers. Raises OutboxFull,
        OutboxError."""
        self._refuse_read_only()
        needed = sum(len(unit.data) for unit in units)
        holds = holds or Holds()
        try:
            return self._put(units, needed, marks, holds)
        except (OutboxFull, CommitInDoubt):
            raise  # nothing that may go makes it better
        except OutboxError:
            # A full disk: what the hub has already may go, and the pages in the file are used again.
            if not self._free_receipted(needed):
                raise
            return self._put(units, needed, marks, holds)

    def withdraw(self, ids: Iterable[str], new_id: Callable[[], str]) -> int:
        """Take back sightings of this run, such as those of what turned out to move; returns how many there were.

        They are deleted here with their pictures, and a withdrawal goes to the hub, which may have them already; of
        what is kept back it has nothing, and hears nothing.
        """
        known = [sighting for sighting in ids if sighting in self._numbers]
        if not known:
            return 0
        self._refuse_read_only()
        sealer = self._current_sealer()
        told = [sighting for sighting in known if sighting not in self._kept_back]
        units = [sealer.withdrawal(new_id(), told[start : start + 100]) for start in range(0, len(told), 100)]
        gone = [self._numbers[sighting] for sighting in known]
        hashes = [self._in_doubt[sighting].hash for sighting in known if sighting in self._in_doubt]
        hashes += [its for sighting in known for its in self._hashes_beside.get(sighting, [])]
        gone += [number for its in hashes if (number := self._number(its)) is not None]
        with self._erasing(), self._transaction():
            labelling.delete(self._db, gone)
            self._insert(units)
        for sighting in known:
            del self._numbers[sighting]
            self._kept_back.discard(sighting)
            for kept in (self._hashes_beside, self._in_doubt, self._doubted_beside):
                kept.pop(sighting, None)
        return len(known)

    def end_walk(self, here: Labels | None) -> WalkEnd:
        ended = super().end_walk(here)
        self._kept_back.clear()
        return ended

    def forget_walk(self, released: Sequence[int] = ()) -> int:
        count = super().forget_walk(released)
        for kept in (self._numbers, self._hashes_beside, self._in_doubt, self._doubted_beside, self._kept_back):
            kept.clear()
        return count

    def waiting(self, *, after: int = 0, limit: int = 16, pictures: bool = False) -> list[tuple[int, Unit]]:
        """Up to `limit` units without a receipt, oldest first, with their numbers, beyond a number.

        SQLite does not notice octets that change on a card. Nobody can open such a unit, and no receipt would ever name
        it: it is refused here. What is given out here counts as handed over.
        """
        which = ">" if pictures else "<="
        query = (
            f"SELECT number, hash, key, data FROM unit WHERE {_WAITS} AND number > ? AND size {which} ?"  # noqa: S608 (our own word, an operator)
            " ORDER BY number LIMIT ?"
        )
        while rows := self._rows(query, (after, SIGHTING_BYTES, limit)):
            if self._note_handed_over(rows[-1][0]):
                continue  # its walk may just have been forgotten: what is still there now stays
            whole = [
                (number, Unit(key=key, data=data)) for number, known, key, data in rows if _is_whole(key, data, known)
            ]
            if len(whole) < len(rows):
                self._refuse(
                    [(_CHANGED, number) for number, known, key, data in rows if not _is_whole(key, data, known)]
                )
            if whole:
                return whole
            after = rows[-1][0]
        return []

    def any_waiting(self) -> bool:
        """Whether anything waits for a receipt."""
        return bool(self._rows(f"SELECT 1 FROM unit WHERE {_WAITS} LIMIT 1"))  # noqa: S608 (our own word)

    def settle(self, receipts: Receipts, signed: bytes = b"") -> int:
        """Take checked receipts in, which came `signed`; returns how many units they settled. Those for other bytes
        change nothing. Raises Outdated for what the hub said before it came back from a backup."""
        day = receipts.day.isoformat()
        with self._transaction():
            self._enter(receipts.epoch, receipts.serial, signed)
            settled = self._db.executemany(
                "UPDATE unit SET verdict = ?, reason = ?, day = ? WHERE hash = ? AND verdict IS NULL AND kept_back = 0",
                [(receipt.verdict, receipt.reason, day, receipt.hash) for receipt in receipts.receipts],
            ).rowcount
            if self._meta("day") != day:
                self._bear_with_leap(receipts.day)
                self._set_meta("day", day)
                self._drop_old(receipts.day)
        return settled

    def has_all(self, hashes: Iterable[bytes]) -> bool:
        """Whether all these units are of this outbox."""
        return all(self._rows("SELECT 1 FROM unit WHERE hash = ?", (known,)) for known in hashes)

    def has_any(self, hashes: Iterable[bytes]) -> bool:
        """Whether any of these units is of this outbox."""
        return any(self._rows("SELECT 1 FROM unit WHERE hash = ?", (known,)) for known in hashes)

    def all_settled(self, hashes: Iterable[bytes]) -> bool:
        """Whether all these units are of this outbox, and the hub has said what became of each."""
        query = "SELECT 1 FROM unit WHERE hash = ? AND verdict IS NOT NULL"
        return all(self._rows(query, (known,)) for known in hashes)

    def standing(self) -> Standing:
        """How many units are in which state. Raises OutboxError where the file is damaged."""
        with self._one_moment():  # else a walk that is released in between would look like damage
            rows = self._rows(
                "SELECT CASE WHEN kept_back = 0 THEN coalesce(verdict, '') ELSE 'unreleased' END, count(*), "
                "total(size), total(number) FROM unit NOT INDEXED GROUP BY 1"
            )
            indexed = self._rows(f"SELECT count(*), total(size), total(number) FROM unit WHERE {_WAITS}")[0]  # noqa: S608 (our own word)
        counts = {verdict: int(count) for verdict, count, _, _ in rows}
        waiting = next(((count, size, numbers) for verdict, count, size, numbers in rows if not verdict), (0, 0.0, 0.0))
        self._compare_index(indexed, waiting)
        oldest = self._rows(f"SELECT key FROM unit WHERE {_WAITS} ORDER BY number LIMIT 1")  # noqa: S608 (our own word)
        keys = {} if self.identity is None else {key.id: key for key in self.identity.hub.keys}
        last, own_queued, own_delivered = self._rows(_OWN, (self._own_after,) * 2)[0]
        return Standing(
            queued=counts.get("", 0),
            stored=counts.get(Verdict.STORED, 0),
            held=counts.get(Verdict.HELD, 0),
            refused=counts.get(Verdict.REFUSED, 0),
            queued_bytes=int(waiting[1]),
            gave_way=self._counter("gave_way"),
            lost=self._counter("lost"),
            unreleased=counts.get("unreleased", 0),
            key=keys.get(oldest[0][0]) if oldest else None,
            last=last,
            own_queued=own_queued,
            own_delivered=own_delivered,
        )

    def _compare_index(self, indexed: tuple[int, float, float], there: tuple[int, float, float]) -> None:
        """An index that says otherwise than the waiting units themselves is made anew: what it does not know would
        never be sent. Raises OutboxError where it knows more than are found: then it is the units that are damaged."""
        if indexed[0] > there[0]:
            raise OutboxError(
                f"{self.path}: damaged ({indexed[0]} sightings wait in it, and {there[0]} can be found); keep a copy "
                f"of it, and {ANOTHER}"
            )
        if indexed != there:
            with self._transaction():
                self._db.execute("REINDEX unit")

    def refusals(self, limit: int = 20) -> list[tuple[str, str]]:
        """Refused units, by the start of their hash, and why, newest first."""
        rows = self._rows(
            "SELECT hash, coalesce(reason, '') FROM unit WHERE verdict = ? ORDER BY number DESC LIMIT ?",
            (Verdict.REFUSED, limit),
        )
        return [(known.hex()[:16], reason) for known, reason in rows]

    def offer_again(self) -> int:
        """Let the refused units wait again, for a hub that would take them by now; returns how many."""
        with self._transaction():
            return self._db.execute(
                "UPDATE unit SET verdict = NULL WHERE verdict = ? AND data IS NOT NULL", (Verdict.REFUSED,)
            ).rowcount

    def count_lost(self, sightings: int) -> None:
        """Note that so many sightings could not be kept; `status` says so."""
        with self._transaction():
            self._increase("lost", sightings)

    def _current_sealer(self) -> Sealer:
        identity = self.paired()
        if self._sealer is None or self._sealer[0] is not identity:
            self._sealer = identity, identity.sealer()
        return self._sealer[1]

    def _seal(self, sighting: Sighting) -> Unit:
        try:
            return self._current_sealer().sighting(sighting)
        except ContractError as problem:
            raise NotSealable(f"{self.path}: a sighting cannot be sealed: {problem}", sighting.id) from problem

    def _number(self, known: bytes) -> int | None:
        """The number of a unit that is written down, by its hash."""
        rows = self._rows("SELECT number FROM unit WHERE hash = ?", (known,))
        return int(rows[0][0]) if rows else None

    def _refuse(self, damaged: list[tuple[str, int]]) -> None:
        with self._transaction():
            self._db.executemany(f"UPDATE unit SET verdict = '{Verdict.REFUSED}', reason = ? WHERE number = ?", damaged)  # noqa: S608 (our own word)

    def _put(self, units: list[Unit], needed: int, marks: Sequence[bytes], holds: Holds) -> list[int]:
        with self._transaction():
            self._make_room(needed)
            remember(self._db, marks, self._most_recordings)
            if holds.here is not None:
                labelling.mark_here(self._db, holds.here)
            return self._insert(units, holds.labels)

    def _insert(self, units: Sequence[Unit], labels: Sequence[Labels] = ()) -> list[int]:
        numbers = []
        for unit, borne in zip(units, labels or [frozenset[str]()] * len(units), strict=True):
            cursor = self._db.execute(
                "INSERT INTO unit (hash, key, size, data, kept_back) VALUES (?, ?, ?, ?, ?)",
                (unit.hash, unit.key, len(unit.data), unit.data, int(bool(borne))),
            )
            numbers.append(int(cursor.lastrowid or 0))
            labelling.label(self._db, numbers[-1], borne)
        return numbers


def _is_whole(key: object, data: object, known: object) -> bool:
    """Whether these are the bytes with this hash, and for a key of the contract: a hub passes over a parcel that is not
    of the contract, with all that is in it."""
    return isinstance(data, bytes) and digest(data) == known and isinstance(key, str) and bool(_KEY_ID.fullmatch(key))
