"""The merger keeps to what people decided, whatever the sightings are and in whichever order they come."""

from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.log.decisions import DecisionKind, NewDecision
from hub.merge.camera import Camera, id_from
from hub.merge.cameras import derive
from hub.merge.constraints import Constraints
from hub.merge.crowd import WEIGHED_ALIKE
from hub.merge.observe import Observation, observe
from hub.review.binding import bind
from probe.contract.sighting import Sighting
from tests.examples import WALK_A, WALK_B, WALK_C, look, radio
from tests.hub.merge.test_cameras import faces, observed
from tests.hub.review import world


def together(*groups: tuple[Sighting, ...]) -> Constraints:
    return Constraints(together=tuple(tuple(one.id for one in group) for group in groups))


def apart(*sides: tuple[Sighting, ...]) -> Constraints:
    return Constraints(apart=(tuple(tuple(one.id for one in side) for side in sides),))


def grouped(cameras: list[Camera]) -> set[frozenset[str]]:
    return {world.members(camera) for camera in cameras}


def check_honoured(observations: list[Observation], cameras: list[Camera], constraints: Constraints) -> None:
    """Every constraint, one by one, and what a merger owes in any case."""
    camera_of = {one: number for number, camera in enumerate(cameras) for one in world.members(camera)}
    assert sum(len(camera.observations) for camera in cameras) == len(camera_of), "an observation is of two cameras"
    placed = {one.sighting.id for one in observations if one.estimate is not None or one.hearings}
    there = {one.sighting.id for one in observations}
    for group in constraints.together:
        if placed.intersection(group):
            assert len({camera_of.get(one) for one in group if one in there}) == 1, group
            assert all(one in camera_of for one in group if one in there)
    for division in constraints.apart:
        homes = [{camera_of[one] for one in side if one in camera_of} for side in division]
        for place, home in enumerate(homes):
            assert not any(home & other for other in homes[place + 1 :]), division
    ids = [camera.id for camera in cameras]
    assert len(ids) == len(set(ids))
    for group_number, name in constraints.names.items():
        home = {camera_of[one] for one in constraints.together[group_number] if one in camera_of}
        assert {number for number, one in enumerate(ids) if one == name} == home


@settings(max_examples=50, deadline=None)
@given(world.sightings(), world.decisions, st.randoms(use_true_random=False))
def test_every_constraint_is_kept_in_any_order_of_arrival(
    sightings: list[Sighting], decisions: list[NewDecision], random: Random
) -> None:
    constraints = bind(world.decided(*decisions)).constraints
    observations = world.observed(sightings)
    cameras, unplaced = derive(observations, constraints)
    check_honoured(observations, cameras, constraints)
    random.shuffle(observations)
    again, unplaced_again = derive(observations, constraints)
    assert [(one.id, one.estimate, world.members(one)) for one in cameras] == [
        (one.id, one.estimate, world.members(one)) for one in again
    ]
    assert unplaced == unplaced_again
    random.shuffle(sightings)  # they reach the log in another order
    assert grouped(derive(world.observed(sightings), constraints)[0]) == grouped(cameras)


def test_sightings_that_are_of_one_camera_are_wherever_they_are() -> None:
    seen, heard, far, other = look(), radio(), look(observer=(900.0, 0.0)), radio("ac:cc:8e:00:00:02", at=(2000.0, 0.0))
    (camera,) = derive(observed(seen, heard, far, other), together((seen, heard, far, other)))[0]
    assert len(camera.members) == 4


def test_two_looks_of_one_walk_are_one_camera_where_somebody_says_so() -> None:
    one, two = look(claims=faces(10)), look(claims=faces(10))
    assert len(derive(observed(one, two), together((one, two)))[0]) == 1


def test_what_has_no_place_counts_to_its_camera_and_does_not_move_it() -> None:
    seen, nowhere = look(), look(bearing_deg=None)
    whole = observed(seen)
    lost = observe(2, nowhere, None)
    assert lost is not None
    placeless = lost.__class__(**{**{name: getattr(lost, name) for name in lost.__slots__}, "estimate": None})
    (alone,), _ = derive(whole)
    (camera,), unplaced = derive([*whole, placeless], together((seen, nowhere)))
    assert (camera.estimate, len(camera.members), unplaced) == (alone.estimate, 2, 0)
    assert derive([*whole, placeless], together((seen,)))[1] == 1


def test_one_transmitter_is_two_cameras_where_somebody_says_so_and_neither_moves() -> None:
    one, two = radio(walk=WALK_A), radio(walk=WALK_B)
    found = derive(observed(one, two), apart((one,), (two,)))[0]
    assert grouped(found) == {frozenset({one.id}), frozenset({two.id})}
    assert not any(camera.far_apart for camera in found)


def test_what_joins_a_camera_brings_what_it_is_kept_apart_from() -> None:
    """Else the third pass would join a camera that holds what it never shares a camera with."""
    passes = [radio(walk=walk, signal_dbm=signal) for walk, signal in ((WALK_A, -50), (WALK_B, -60), (WALK_C, -70))]
    loud, middle, faint = passes
    found = derive(observed(*passes), apart((middle,), (faint,)))[0]
    assert grouped(found) == {frozenset({loud.id, middle.id}), frozenset({faint.id})}
    looks = [look(walk=walk, claims=faces(10)) for walk in (WALK_A, WALK_B, WALK_C)]
    found = derive(observed(*looks), apart((looks[1],), (looks[2],)))[0]
    either = [
        {frozenset({looks[0].id, looks[kept].id}), frozenset({looks[other].id})} for kept, other in ((1, 2), (2, 1))
    ]
    assert grouped(found) in either


def test_what_was_heard_and_seen_of_a_group_know_of_each_other() -> None:
    """A pass joins what was heard of the group, so a look that it is kept apart from stays out of what was seen."""
    seen, heard = look(walk=WALK_A, claims=faces(10)), radio(walk=WALK_A, at=(8.0, 0.0))
    passing, looking = radio(walk=WALK_B, at=(8.0, 0.0)), look(walk=WALK_B, claims=faces(10))
    constraints = Constraints(together=((seen.id, heard.id),), apart=(((passing.id,), (looking.id,)),))
    found = derive(observed(seen, heard, passing, looking), constraints)[0]
    assert grouped(found) == {frozenset({seen.id, heard.id, passing.id}), frozenset({looking.id})}


@pytest.mark.parametrize(("walk", "observer"), [(WALK_B, (12.0, 0.0)), (WALK_C, (0.0, 0.0))])
def test_what_has_no_place_keeps_its_camera_apart_from_what_it_is_not(walk: str, observer: tuple[float, float]) -> None:
    """Somebody said that a pass is of what A saw, and none of what B saw: so these are two, wherever the pass was."""
    passed = radio(walk=WALK_A)
    assert passed.radio is not None
    passed = msgspec.structs.replace(passed, observer=None, radio=msgspec.structs.replace(passed.radio, hearings=()))
    seen = look(walk=WALK_B, bearing_deg=45.0, distance_m=None)
    other = look(walk=walk, observer=observer, bearing_deg=315.0 if walk == WALK_B else 45.0, distance_m=None)
    assert len(derive(observed(seen, other))[0]) == 1, "by themselves they would be one"
    constraints = Constraints(together=((passed.id, seen.id),), apart=(((passed.id,), (other.id,)),))
    observations = observed(passed, seen, other)
    cameras = derive(observations, constraints)[0]
    check_honoured(observations, cameras, constraints)
    assert len(cameras) == 2


def test_what_only_repeats_is_kept_apart_as_well() -> None:
    looks = [look(walk=f"{number:032x}") for number in range(WEIGHED_ALIKE + 10)]
    observations = [one for n, single in enumerate(looks, 1) if (one := observe(n, single, "p")) is not None]
    constraints = apart(tuple(looks[:WEIGHED_ALIKE]), tuple(looks[-3:]))
    cameras = derive(observations, constraints)[0]
    check_honoured(observations, cameras, constraints)
    assert len(cameras) == 2
    whole = together(tuple(looks[5:]))
    cameras = derive(observations, whole)[0]
    check_honoured(observations, cameras, whole)
    assert len(cameras) == 1


def test_a_given_id_is_of_its_group_and_of_no_other_camera() -> None:
    first, second, third = look(walk=WALK_A), look(walk=WALK_B, observer=(1.0, 1.0)), look(observer=(90.0, 0.0))
    name = id_from(first.id)
    constraints = Constraints(
        together=((second.id, third.id),), apart=(((first.id,), (second.id, third.id)),), names={0: name}
    )
    cameras = derive(observed(first, second, third), constraints)[0]
    ids = {world.members(camera): camera.id for camera in cameras}
    assert ids[frozenset({second.id, third.id})] == name
    assert ids[frozenset({first.id})] not in (name, id_from(second.id), id_from(third.id))
    assert len(ids) == 2


@pytest.mark.parametrize("kept", ["a", "b"])
def test_a_walk_does_not_meet_a_decided_camera_twice(kept: str) -> None:
    """Two looks of one walk are two cameras: also where one of them is in a camera that people put together."""
    one, two, later = look(claims=faces(10)), look(claims=faces(10)), look(walk=WALK_B, claims=faces(10))
    mine, other = (one, two) if kept == "a" else (two, one)
    found = derive(observed(one, two, later), together((mine, later)))[0]
    assert grouped(found) == {frozenset({mine.id, later.id}), frozenset({other.id})}


def test_where_people_confirm_what_was_found_all_the_rest_stays_as_it_was_found() -> None:
    """An operator who confirms one camera must not see its neighbours change."""
    random = Random(5)
    sightings = []
    for _ in range(160):
        at, walk = (random.uniform(0, 120), random.uniform(0, 60)), f"{random.randrange(12):032x}"
        if random.random() < 0.3:
            sightings.append(radio(f"ac:cc:8e:00:00:{random.randrange(40):02x}", at=at, walk=walk))
        else:
            sightings.append(look(observer=at, walk=walk, claims=faces(random.randrange(360))))
    observations = observed(*sightings)
    found, _ = derive(observations)
    assert 20 < len(found) < len(sightings)
    for share in (0.1, 0.5, 0.9):
        confirming = [
            NewDecision(kind=DecisionKind.CONFIRM, camera=one.id, sightings=tuple(sorted(world.members(one))))
            for one in found
            if random.random() < share
        ]
        again, _ = derive(observations, bind(world.decided(*confirming)).constraints)
        assert {(one.id, world.members(one)) for one in again} == {(one.id, world.members(one)) for one in found}


def test_what_is_kept_apart_is_in_no_doubt_any_more() -> None:
    """Else the desk asks again what was answered."""
    heard, near = radio(at=(0.0, 0.0)), (look(bearing_deg=90.0), look(bearing_deg=270.0))
    sightings = observed(heard, *near)
    (doubt,) = [d for camera in derive(sightings)[0] for d in camera.doubts if d.sightings == (heard.id,)]
    homes = {camera.id: camera for camera in derive(sightings)[0]}
    (other,) = [name for name, _ in doubt.others if name is not None]
    (kept,) = [one for one in near if one.id in world.members(homes[other])]
    found = derive(sightings, apart((heard,), (kept,)))[0]
    again = [name for camera in found for d in camera.doubts if d.sightings == (heard.id,) for name, _ in d.others]
    assert other not in again
