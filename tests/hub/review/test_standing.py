"""How a camera stands by several decisions about it."""

from datetime import UTC, datetime

import pytest

from hub.derive.bounds import bounded
from hub.log.decisions import DecisionKind, NewDecision
from hub.merge.cameras import derive
from hub.review.review import Review
from hub.review.standing import Standing, standing_of
from probe.contract.sighting import Sighting
from tests.examples import WALK_B, look
from tests.hub.review import world

A, B = world.sighting_id(0), world.sighting_id(1)
Kind = DecisionKind


def on(kind: DecisionKind, *sightings: str, value: str | None = None) -> NewDecision:
    return NewDecision(kind=kind, sightings=sightings, value=value)


@pytest.mark.parametrize(
    ("what", "review"),
    [
        ((on(Kind.CONFIRM, A), on(Kind.REJECT, A)), "rejected"),
        ((on(Kind.REJECT, A), on(Kind.CONFIRM, A, B)), "confirmed"),
        ((on(Kind.REJECT, A), on(Kind.CONFIRM, A), on(Kind.REJECT, A, B)), "rejected"),
        ((on(Kind.CONFIRM, A), on(Kind.REJECT, B)), "confirmed"),
        ((on(Kind.REJECT, A), on(Kind.NOTE, A)), "rejected"),
        ((on(Kind.NOTE, A),), "waiting"),
    ],
)
def test_the_later_review_of_the_same_sightings_counts(what: tuple[NewDecision, ...], review: str) -> None:
    assert standing_of(world.decided(*what)).review == review


def test_gone_is_from_the_day_of_the_decision_where_none_is_given() -> None:
    assert standing_of(world.decided(on(Kind.GONE, A))).gone == datetime(2026, 6, 1, tzinfo=UTC).date().isoformat()
    assert standing_of(world.decided(on(Kind.GONE, A, value="2026-01-02"))).gone == "2026-01-02"
    assert standing_of(world.decided(on(Kind.GONE, A), on(Kind.GONE, A, value="no"))).gone is None


def reviews(sightings: list[Sighting], *what: NewDecision) -> list[Standing]:
    review = Review(world.decided(*what))
    return review.standings(derive(world.observed(sightings), review.constraints)[0])


def test_what_was_taken_out_of_a_confirmed_camera_is_never_confirmed_by_it() -> None:
    """Also where all that stayed in it was withdrawn since: else something nobody looked at would be published."""
    out, kept = look(), look(walk=WALK_B)
    confirm = on(Kind.CONFIRM, out.id, kept.id, B)
    split = NewDecision(kind=Kind.SPLIT, sightings=(out.id,), others=((kept.id, B),))
    assert [standing.review for standing in reviews([out], confirm, split)] == ["waiting"]
    assert [standing.review for standing in reviews([kept], confirm, split)] == ["confirmed"]


def test_what_people_decided_about_is_never_crowded_out() -> None:
    few, many = look(), [look(observer=(300.0, 0.0), walk=walk) for walk in world.WALKS]
    cameras, _ = derive(world.observed([few, *many]))
    (single,) = [camera for camera in cameras if len(camera.members) == 1]
    assert bounded(cameras)[0][0] is not single
    assert bounded(cameras, first={single.id})[0][0] is single
