"""Undo and redo for several people at once, against a plain model of an editor for each."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.log.decisions import Decided, DecisionKind, NewDecision
from hub.review.ledger import Ledger, undoing
from tests.hub.review.world import WHO, sighting_id

Step = tuple[str, str, int]
steps = st.lists(
    st.tuples(st.sampled_from(WHO), st.sampled_from(("decide", "undo", "redo")), st.integers(1, 3)), max_size=30
)


@settings(max_examples=80, deadline=None)
@given(steps)
def test_each_person_has_an_editor_of_their_own(steps: list[Step]) -> None:
    ledger, number = Ledger(), 0
    done: dict[str, list[list[int]]] = {who: [] for who in WHO}
    undone: dict[str, list[list[int]]] = {who: [] for who in WHO}

    def write(by: str, what: list[NewDecision]) -> list[int]:
        nonlocal number
        written = []
        for one in what:
            number += 1
            ledger.add(Decided(number=number, at=datetime(2026, 6, 1, tzinfo=UTC), by=by, what=one))
            written.append(number)
        return written

    for who, action, count in steps:
        if action == "decide":
            batch = [NewDecision(kind=DecisionKind.CONFIRM, sightings=(sighting_id(0),), batch=f"b{number}")] * count
            done[who].append(write(who, batch))
            undone[who] = []
        elif action == "undo":
            expected = done[who][-1] if done[who] else []
            assert ledger.to_undo(who) == expected
            if expected:
                write(who, undoing(DecisionKind.UNDO, expected, f"u{number}"))
                undone[who].append(done[who].pop())
        else:
            expected = undone[who][-1] if undone[who] else []
            assert ledger.to_redo(who) == expected
            if expected:
                write(who, undoing(DecisionKind.REDO, expected, f"r{number}"))
                done[who].append(undone[who].pop())
    holding = sorted(one for batches in done.values() for batch in batches for one in batch)
    assert [one.number for one in ledger.holding()] == holding


def test_what_undoes_an_undo_or_nothing_at_all_does_nothing() -> None:
    ledger = Ledger()
    at = datetime(2026, 6, 1, tzinfo=UTC)
    what = [
        NewDecision(kind=DecisionKind.CONFIRM, sightings=(sighting_id(0),)),
        NewDecision(kind=DecisionKind.UNDO, decision=1),
        NewDecision(kind=DecisionKind.UNDO, decision=2),
        NewDecision(kind=DecisionKind.UNDO, decision=99),
        NewDecision(kind=DecisionKind.REDO),
    ]
    for number, one in enumerate(what, start=1):
        ledger.add(Decided(number=number, at=at, by="ada", what=one))
    assert ledger.holding() == []
    assert ledger.to_redo("ada") == [1]


def test_what_another_undid_meanwhile_is_theirs_to_redo() -> None:
    ledger = Ledger()
    log = [
        ("ada", NewDecision(kind=DecisionKind.CONFIRM, sightings=(sighting_id(0),))),
        ("ada", NewDecision(kind=DecisionKind.UNDO, decision=1)),
        ("ada", NewDecision(kind=DecisionKind.REDO, decision=1)),
        ("grace", NewDecision(kind=DecisionKind.UNDO, decision=1)),
    ]
    for number, (by, what) in enumerate(log, start=1):
        ledger.add(Decided(number=number, at=datetime(2026, 6, 1, tzinfo=UTC), by=by, what=what))
    assert ledger.to_redo("ada") == []
    assert ledger.to_redo("grace") == [1]
