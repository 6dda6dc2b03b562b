"""Which decisions hold, and what each person would undo or redo next: the decisions folded, one after another. Pure.

It is as in an editor, for each person alone. Whatever was decided by one key is one batch, and goes and comes back as
one. Somebody's next decision empties what that person could redo, and nobody else's.
"""

from collections.abc import Sequence

from hub.log.decisions import Decided, DecisionKind, NewDecision

_Batch = tuple[str, str | int]


class Ledger:
    """All decisions of a hub, in the log's order."""

    def __init__(self) -> None:
        self.decisions: dict[int, Decided] = {}  # by number, without what undoes or redoes
        self._undone: dict[int, Decided] = {}
        self._batches: dict[_Batch, list[int]] = {}
        self._batch_of: dict[int, _Batch] = {}
        self._own: dict[str, list[_Batch]] = {}
        self._redo: dict[str, list[_Batch]] = {}

    def add(self, decided: Decided) -> None:
        """Add the next decision of the log."""
        if decided.what.kind is DecisionKind.UNDO:
            self._undo(decided)
        elif decided.what.kind is DecisionKind.REDO:
            self._undone.pop(decided.what.decision or 0, None)
        else:
            batch: _Batch = (decided.by, decided.what.batch or decided.number)
            if batch not in self._batches:
                self._own.setdefault(decided.by, []).append(batch)
            self._batches.setdefault(batch, []).append(decided.number)
            self._batch_of[decided.number] = batch
            self.decisions[decided.number] = decided
            self._redo.pop(decided.by, None)

    def holds(self, number: int) -> bool:
        """Whether a decision was made and not undone."""
        return number in self.decisions and number not in self._undone

    def holding(self) -> list[Decided]:
        """The decisions that hold, the oldest first."""
        return [decided for number, decided in self.decisions.items() if number not in self._undone]

    def undone_by(self, number: int) -> Decided | None:
        """What undid a decision that does not hold."""
        return self._undone.get(number)

    def to_undo(self, by: str) -> list[int]:
        """The decisions of somebody's last batch that holds; none where there is none."""
        return next((held for batch in reversed(self._own.get(by, [])) if (held := self._held(batch))), [])

    def to_redo(self, by: str) -> list[int]:
        """The decisions that somebody undid last, where that person decided nothing since."""
        for batch in reversed(self._redo.get(by, [])):
            # What somebody else undid meanwhile is theirs to redo.
            if gone := [number for number in self._gone(batch) if self._undone[number].by == by]:
                return gone
        return []

    def together_with(self, number: int, *, undone: bool = False) -> list[int]:
        """The decisions that were made with one, itself among them, that hold; or those that are undone."""
        batch = self._batch_of.get(number)
        if batch is None:
            return []
        return self._gone(batch) if undone else self._held(batch)

    def _undo(self, decided: Decided) -> None:
        number = decided.what.decision or 0
        if not self.holds(number):
            return  # somebody else was faster
        self._undone[number] = decided
        self._redo.setdefault(decided.by, []).append(self._batch_of[number])

    def _held(self, batch: _Batch) -> list[int]:
        return [n for n in self._batches[batch] if n not in self._undone and not _is_emptied(self.decisions[n].what)]

    def _gone(self, batch: _Batch) -> list[int]:
        return [number for number in self._batches[batch] if number in self._undone]


def _is_emptied(what: NewDecision) -> bool:
    """Whether all sightings of a decision were erased: it says nothing any more."""
    return not what.sightings and what.value is None


def undoing(kind: DecisionKind, numbers: Sequence[int], batch: str) -> list[NewDecision]:
    """What to write down so that decisions hold no longer, or again."""
    return [NewDecision(kind=kind, decision=number, batch=batch) for number in numbers]
