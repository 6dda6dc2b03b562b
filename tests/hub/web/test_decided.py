"""Every decision is told in words, in both languages."""

from datetime import UTC, datetime

import pytest

from hub.log.decisions import TAGGED, Decided, DecisionKind, NewDecision
from hub.review.history import all_told
from hub.review.review import Review
from hub.web.decided import decided, remark
from hub.web.words import LANGUAGES, words
from tests.hub.review.world import sighting_id

ONE, TWO = sighting_id(1), sighting_id(2)
VALUES = {"kind": "dome", "mount": "wall", "direction": "90", "height": "4", "operator_type": "public"}
WHAT = [
    *(
        NewDecision(kind=kind, sightings=(ONE,), others=((TWO,),), value=value, text="behind the sign")
        for kind in DecisionKind
        if kind not in (DecisionKind.UNDO, DecisionKind.REDO, DecisionKind.RETAG)
        for value in (None, "no")
    ),
    *(
        NewDecision(kind=DecisionKind.RETAG, sightings=(ONE,), about=about, value=value)
        for about in TAGGED
        for value in (None, VALUES.get(about, "Mairie"))
    ),
]
AT = datetime(2026, 6, 1, 20, tzinfo=UTC)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_decision_is_told_in_words(code: str) -> None:
    log = [Decided(number=number, at=AT, by="ada", what=what) for number, what in enumerate(WHAT, start=1)]
    say = words(code)
    for told in all_told(Review(log)):
        text = decided(told, say)
        assert "decided_" not in text, told
        assert "–" not in text, f"a value is missing: {text}"


def test_a_history_reads_as_people_speak() -> None:
    log = [
        Decided(
            number=1, at=AT, by="ada", what=NewDecision(kind=DecisionKind.SAME, sightings=(ONE,), others=((TWO,),))
        ),
        Decided(number=2, at=AT, by="ada", what=NewDecision(kind=DecisionKind.GONE, sightings=(ONE,))),
        Decided(number=3, at=AT, by="grace", what=NewDecision(kind=DecisionKind.UNDO, decision=2)),
        Decided(
            number=4, at=AT, by="ada", what=NewDecision(kind=DecisionKind.APART, sightings=(ONE,), others=((TWO,),))
        ),
        Decided(
            number=5,
            at=AT,
            by="ada",
            what=NewDecision(kind=DecisionKind.RETAG, sightings=(ONE,), about="direction", value="90"),
        ),
    ]
    french, english = words("fr"), words("en")
    told = all_told(Review(log))
    plain = [
        f"{decided(one, french)} ({remark(one, french)})".replace("\u00a0", " ").replace("\u202f", " ") for one in told
    ]
    assert plain == [
        "réunies : une seule caméra et non deux (ada, le 1er juin 2026 ; une décision plus récente dit le contraire)",
        "disparue depuis le 1er juin 2026 (ada, le 1er juin 2026 ; annulée par grace, le 1er juin 2026)",
        "distinguée d’une autre caméra (ada, le 1er juin 2026)",
        "regarde vers l’est (ada, le 1er juin 2026)",
    ]
    assert decided(told[0], english) == "put together: one camera and not two"
