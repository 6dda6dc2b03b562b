"""Constraints out of decisions: they never contradict themselves, and the later decision wins."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.log.decisions import Decided, DecisionKind, NewDecision
from hub.merge.camera import Camera
from hub.merge.cameras import derive
from hub.merge.constraints import UNCONSTRAINED
from hub.review.binding import bind
from hub.review.review import Review
from hub.review.standing import Standing
from probe.contract.sighting import Sighting
from tests.hub.review import world

A, B, C, D = (world.sighting_id(number) for number in range(4))
Kind = DecisionKind


def constraints_of(*what: NewDecision) -> tuple[set[frozenset[str]], frozenset[int]]:
    """The groups of two and more, and which decisions were overruled."""
    binding = bind(world.decided(*what))
    return {frozenset(group) for group in binding.constraints.together if len(group) > 1}, binding.overruled


def same(first: str, *others: str) -> NewDecision:
    return NewDecision(kind=Kind.SAME, sightings=(first,), others=tuple((one,) for one in others))


def apart(first: str, *others: str) -> NewDecision:
    return NewDecision(kind=Kind.APART, sightings=(first,), others=tuple((one,) for one in others))


def test_the_later_of_two_that_contradict_wins() -> None:
    assert constraints_of(same(A, B), apart(A, B)) == (set(), frozenset({1}))
    assert constraints_of(apart(A, B), same(A, B)) == ({frozenset({A, B})}, frozenset({1}))


def test_a_contradiction_is_found_over_several_decisions() -> None:
    assert constraints_of(same(A, B), same(B, C), apart(A, C)) == ({frozenset({B, C})}, frozenset({1}))


def test_of_an_overruled_decision_the_rest_holds() -> None:
    together, overruled = constraints_of(same(A, B, C), apart(A, B))
    assert (together, overruled) == ({frozenset({A, C})}, frozenset({1}))


def test_what_is_split_is_held_together_on_each_side() -> None:
    confirm = NewDecision(kind=Kind.CONFIRM, sightings=(A, B, C, D))
    split = NewDecision(kind=Kind.SPLIT, sightings=(A,), others=((B,), (C, D)))
    together, overruled = constraints_of(confirm, split)
    assert together == {frozenset({C, D})}
    assert overruled == {1}
    binding = bind(world.decided(confirm, split))
    assert binding.confirmed[1] == (C, D), "most of what was confirmed"


def test_two_confirmed_cameras_are_apart_until_somebody_says_otherwise() -> None:
    confirmed = [NewDecision(kind=Kind.CONFIRM, sightings=(one,), camera=f"c-{one[-16:]}") for one in (A, B)]
    constraints = bind(world.decided(*confirmed)).constraints
    assert constraints.apart == (((A,), (B,)),)
    assert sorted(constraints.names.values()) == [f"c-{A[-16:]}", f"c-{B[-16:]}"]
    constraints = bind(world.decided(*confirmed, same(A, B))).constraints
    assert constraints.apart == ()
    assert list(constraints.names.values()) == [f"c-{A[-16:]}"], "the id that was confirmed first"


@settings(max_examples=80, deadline=None)
@given(world.decisions)
def test_constraints_never_contradict_themselves(decisions: list[NewDecision]) -> None:
    binding = bind(world.decided(*decisions))
    constraints = binding.constraints
    named = [one for group in constraints.together for one in group]
    assert len(named) == len(set(named))
    for group in constraints.together:
        for division in constraints.apart:
            assert sum(not set(side).isdisjoint(group) for side in division) <= 1
    assert len(set(constraints.names.values())) == len(constraints.names)
    assert len(decisions) not in binding.overruled, "the last word holds"


def shown(sightings: list[Sighting], decisions: list[Decided]) -> tuple[list[Camera], list[Standing]]:
    review = Review(decisions)
    cameras, _ = derive(world.observed(sightings), review.constraints)
    return cameras, review.standings(cameras)


@settings(max_examples=30, deadline=None)
@given(world.sightings(), world.decisions, st.randoms(use_true_random=False))
def test_cameras_and_how_they_stand_are_the_same_in_any_order_of_arrival(
    sightings: list[Sighting], decisions: list[NewDecision], random: object
) -> None:
    """Decisions name sightings: it is nothing to them whether these have come already."""
    decided = world.decided(*decisions)
    whole = {world.members(one): standing for one, standing in zip(*shown(sightings, decided), strict=True)}
    random.shuffle(sightings)  # type: ignore[attr-defined]
    shuffled = {world.members(one): standing for one, standing in zip(*shown(sightings, decided), strict=True)}
    assert {key: standing.review for key, standing in whole.items()} == {
        key: standing.review for key, standing in shuffled.items()
    }
    assert whole.keys() == shuffled.keys()
    for key, standing in whole.items():
        other = shuffled[key]
        assert (standing.private, standing.gone, standing.follow_up, dict(standing.retags)) == (
            other.private,
            other.gone,
            other.follow_up,
            dict(other.retags),
        )


@settings(max_examples=20, deadline=None)
@given(world.sightings(), world.decisions)
def test_undoing_everything_gives_the_cameras_from_before(
    sightings: list[Sighting], decisions: list[NewDecision]
) -> None:
    before, _ = derive(world.observed(sightings), UNCONSTRAINED)
    undoing = [NewDecision(kind=Kind.UNDO, decision=number + 1) for number in range(len(decisions))]
    after, standings = shown(sightings, world.decided(*decisions, *undoing))
    assert [(one.id, one.estimate, world.members(one)) for one in after] == [
        (one.id, one.estimate, world.members(one)) for one in before
    ]
    assert not any(standing.decided for standing in standings)
