"""What is asked, in which order, and what one answer is safe for."""

from datetime import UTC, datetime
from itertools import pairwise
from math import hypot, sqrt
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.merge.locate import located
from hub.merge.observe import Estimate
from hub.publish.view import AbsenceView, CameraDetail, ClaimView
from hub.review.candidates import Neighbourhood
from hub.review.duplicates import probably_same
from hub.review.known import place_of
from hub.review.question import Asked, Question
from hub.review.queue import MOST_AT_ONCE, is_safe, question_about, questions
from probe.contract.geodesy import distance_m, moved
from probe.contract.sighting import (
    CameraKind,
    DirectionClaim,
    KindClaim,
    Mount,
    MountClaim,
    PrivateDwellingClaim,
    Sighting,
    Strength,
)
from tests.examples import WALK_A, WALK_B, look, radio
from tests.hub.publish.cameras import camera
from tests.hub.review.evening import evening, town
from tests.hub.web.scripted import ScriptedMap

DWELLING = PrivateDwellingClaim(value=True, strength=Strength.STRONG)


def seen(*sightings: Sighting) -> list[CameraDetail]:
    return list(ScriptedMap(*sightings).cameras())


def twice(east: float, north: float, *claims: object) -> list[Sighting]:
    """A look of each of two walks at one thing of which both say the same, so that it is clear that it is one."""
    said = claims or (KindClaim(value=CameraKind.FIXED, strength=Strength.STRONG), towards(180.0))
    return [look(observer=(east, north), walk=walk, claims=said) for walk in (WALK_A, WALK_B)]


def towards(bearing: float) -> DirectionClaim:
    return DirectionClaim(value=bearing, strength=Strength.STRONG)


def view(detail: CameraDetail, **changes: object) -> CameraDetail:
    return msgspec.structs.replace(detail, camera=msgspec.structs.replace(detail.camera, **changes))


def beside(detail: CameraDetail, east_m: float, direction: float | None, **more: object) -> CameraDetail:
    """Another camera so many metres to the east, of which nothing says that a walk saw both."""
    lat, lon = moved(detail.camera.lat, detail.camera.lon, east_m, 0.0)
    other = view(detail, id=f"c-{east_m:016.2f}", lat=lat, lon=lon, direction=direction, **more)
    return msgspec.structs.replace(other, told_apart=())


def asked(found: list[Question]) -> list[Asked]:
    return [one.asked for one in found]


def test_what_is_safe_is_one_question_and_the_rest_is_asked_alone() -> None:
    cameras = seen(*twice(0, 0), *twice(100, 0), *twice(200, 0), look(observer=(300, 0)))
    found = questions(cameras)
    assert asked(found) == [Asked.ALL, Asked.CAMERA]
    assert len(found[0].cameras) == 3
    assert [w.reason.code for w in found[1].reasons if w.doubt] == ["desk_one_look"]
    taken_out = found[0].cameras[0].camera.id
    again = questions(cameras, {taken_out})
    assert [len(one.cameras) for one in again] == [2, 1, 1]
    assert again[1].camera.camera.id == taken_out or again[2].camera.camera.id == taken_out


def test_what_was_decided_is_not_asked_again() -> None:
    (one,) = seen(look())
    assert questions([one])
    for changes in ({"review": "confirmed"}, {"review": "rejected"}, {"follow_up": True}, {"gone": "2026-05-09"}):
        assert questions([view(one, **changes)]) == [], changes


def test_a_private_dwelling_and_what_is_gone_come_first_until_they_are_decided() -> None:
    (one,) = seen(look(claims=(DWELLING,)))
    gone = view(one, id="c-gone", lat=47.01, review="confirmed")
    claim = ClaimView(about="gone", value=None, strength="strong", sightings=1)
    gone = msgspec.structs.replace(gone, claims=(claim,))
    found = questions([*seen(look(observer=(300, 0))), gone, one])
    assert asked(found) == [Asked.PRIVATE, Asked.GONE, Asked.CAMERA]
    decided = msgspec.structs.replace(view(one, private=True), decided=("private",))
    settled = msgspec.structs.replace(gone, decided=("gone", "confirm"))
    assert questions([decided, settled]) == []


def test_merges_are_asked_before_confirmations_and_hints_last() -> None:
    (one,) = seen(look(observer=(100, 0)))
    twin = beside(one, 2.0, None)
    found = questions([*seen(radio(at=(400, 0)), look(observer=(0, 300))), one, twin])
    assert asked(found) == [Asked.SAME, Asked.SAME, Asked.CAMERA, Asked.LOOK]
    assert found[0].candidates[0].duplicate is not None


def test_the_best_worth_an_evening_comes_first_of_those_asked_alone() -> None:
    plate = KindClaim(value=CameraKind.ALPR, strength=Strength.STRONG)
    found = questions(seen(look(observer=(0, 0)), look(observer=(100, 0)), look(observer=(0, 500), claims=(plate,))))
    assert [one.camera.camera.title_kind for one in found] == ["alpr", "camera", "camera"]


@pytest.mark.parametrize(
    ("east_m", "direction", "is_warned"),
    [
        (2.0, 100.0, True),
        (2.0, None, True),
        (2.0, 140.0, True),
        (2.0, 150.0, False),
        (4.0, 100.0, False),
        (25.0, 100.0, False),
    ],
)
def test_a_duplicate_is_told_at_one_spot_and_not_at_25_m(
    east_m: float, direction: float | None, is_warned: bool
) -> None:
    (one,) = seen(look(claims=(towards(100.0),)))
    other = beside(one, east_m, direction)
    assert (probably_same(one, other) is not None) is is_warned
    candidates = Neighbourhood([one, other]).candidates(one)
    assert any(candidate.duplicate is not None for candidate in candidates) is is_warned


def test_a_plate_reader_and_a_camera_at_one_spot_are_two() -> None:
    (one,) = seen(look())
    assert probably_same(view(one, title_kind="alpr"), beside(one, 0.5, None, title_kind="fixed")) is None
    assert probably_same(view(one, title_kind="alpr"), beside(one, 0.5, None, title_kind="alpr")) is not None


def test_one_address_in_two_places_is_told_however_far() -> None:
    here, there = _far()
    assert here.same_address == (there.camera.id,)
    reason = probably_same(here, there)
    assert reason is not None
    assert reason.code == "desk_same_address"
    assert [one.camera.camera.id for one in Neighbourhood([here, there]).candidates(here)] == [there.camera.id]
    assert asked(questions([here, there])) == [Asked.SAME, Asked.SAME]


def _far() -> list[CameraDetail]:
    """One address, months apart and far away: what moves within days is no camera at all."""
    later = radio(at=(3000.0, 0.0), walk=WALK_B)
    assert later.time is not None
    moment = msgspec.structs.replace(later.time, utc=datetime(2026, 9, 9, tzinfo=UTC))
    return seen(radio(), msgspec.structs.replace(later, time=moment))


def test_two_that_one_walk_saw_are_never_taken_for_one() -> None:
    one, other = seen(look(observer=(0, 0)), look(observer=(1, 0), bearing_deg=150.0))
    assert one.told_apart == (other.camera.id,)
    assert Neighbourhood([one, other]).candidates(one) == ()


def test_a_rival_within_15_m_is_looked_at_and_one_that_looks_away_is_none() -> None:
    (one,) = seen(*twice(0, 0, towards(90.0)))
    for east_m, direction, safe in ((12.0, None, False), (12.0, 100.0, False), (12.0, 200.0, True), (16.0, None, True)):
        around = Neighbourhood([one, beside(one, east_m, direction)])
        assert is_safe(one, around) is safe, (east_m, direction)


def test_nothing_is_safe_that_somebody_doubts() -> None:
    disputed = [
        look(walk=walk, claims=(MountClaim(value=mount, strength=Strength.STRONG),))
        for walk, mount in ((WALK_A, Mount.WALL), (WALK_B, Mount.POLE))
    ]
    for cameras in (
        seen(*disputed),
        seen(radio()),
        seen(look()),
        seen(*twice(0, 0, DWELLING)),
        seen(look(present=None)),
    ):
        assert not any(is_safe(one, Neighbourhood(cameras)) for one in cameras)


def test_a_place_is_as_doubtful_as_its_region_is_large_and_no_more_than_it_is_long() -> None:
    """Of all regions of one area an ellipse has the least moments, and of those that reach so far in one direction a
    wedge the most: that of a look lies in between."""
    (one,) = seen(look())
    place = place_of(one.camera)
    middle, half = (place.east + place.north) / 2, hypot((place.east - place.north) / 2, place.between)
    longest, shortest = (2.4477 * sqrt(middle + side * half) for side in (1, -1))
    assert sqrt(longest * shortest) >= 0.99 * one.camera.radius95_m
    assert shortest < one.camera.reach95_m
    assert one.camera.radius95_m <= longest <= sqrt(2) * one.camera.reach95_m


@given(st.floats(1.0, 400.0), st.floats(1.0, 400.0), st.floats(-0.9, 0.9))
def test_a_slanted_region_tells_how_its_doubt_lies(east: float, north: float, slant: float) -> None:
    estimate = Estimate(lat=47.0, lon=-17.0, east=east, north=north, between=slant * (east * north) ** 0.5)
    one = camera(region95=located(estimate).region95.rings, lat=47.0, lon=-17.0)
    place = place_of(one.camera)
    told = place.east, place.north, place.between
    assert told == pytest.approx((east, north, estimate.between), rel=0.02, abs=0.1)


def test_a_place_on_either_side_of_a_street_is_as_doubtful_as_the_street_is_wide() -> None:
    (one,) = seen(look())
    (ring,) = one.camera.region95
    west, east = (tuple((lon + off, lat) for lon, lat in ring) for off in (-1e-4, 1e-4))
    place, wider = place_of(one.camera), place_of(view(one, region95=(west, east)).camera)
    between_m = distance_m(one.camera.lat, one.camera.lon, one.camera.lat, one.camera.lon + 1e-4)
    assert wider.north == pytest.approx(place.north, rel=0.01)
    assert wider.east == pytest.approx(place.east + 4 * between_m**2 / 2.4477**2, rel=0.01)


def test_neighbours_follow_each_other() -> None:
    random = Random(5)
    cameras = seen(*(look(observer=(random.uniform(0, 900), random.uniform(0, 900))) for _ in range(80)))
    found = questions(cameras)
    steps = [_apart(a, b) for a, b in pairwise(found)]
    by_chance = [_apart(a, b) for a, b in zip(found, random.sample(found, len(found)), strict=True)]
    assert sum(steps) / len(steps) < sum(by_chance) / len(by_chance) / 2


def _apart(a: Question, b: Question) -> float:
    one, other = a.camera.camera, b.camera.camera
    return distance_m(one.lat, one.lon, other.lat, other.lon)


def test_an_evening_is_few_questions_and_each_camera_is_in_one() -> None:
    made = evening(town(), Random(3), 120)
    cameras = made.details()
    found = questions(cameras)
    named = [detail.camera.id for question in found for detail in question.cameras if not question.unsure]
    unsure = {one.camera.camera.id for question in found for one in question.unsure}
    assert len(named) == len(set(named)), "each camera is in one"
    assert {*named, *unsure} == {detail.camera.id for detail in cameras}
    assert unsure.isdisjoint(named), "what is unsure of it comes first"
    assert len(found) < len(cameras) / 2
    assert all(len(question.cameras) <= MOST_AT_ONCE for question in found if question.asked is Asked.ALL)
    shuffled = list(cameras)
    Random(1).shuffle(shuffled)
    assert [one.key for one in questions(shuffled)] == [one.key for one in found]


def test_a_question_about_one_camera_needs_nothing_that_waits() -> None:
    (one,) = seen(*twice(0, 0))
    assert question_about(view(one, review="confirmed"), [one]).asked is Asked.CAMERA


def test_what_one_person_alone_says_is_gone_waits_behind_merges_and_several_before_them() -> None:
    one, other = seen(*twice(0, 0), *twice(400, 0))[:2]
    alone = AbsenceView(probability=0.4, surveys=0, listeners=0, reports=1, contributors=1, last_heard=None)
    several = msgspec.structs.replace(alone, reports=2, contributors=2, probability=0.9)
    found = questions([msgspec.structs.replace(one, absence=alone), msgspec.structs.replace(other, absence=several)])
    assert asked(found) == [Asked.GONE, Asked.GONE]
    assert [question.camera.camera.id for question in found] == [other.camera.id, one.camera.id]
    confirmed = [view(msgspec.structs.replace(one, absence=alone), review="confirmed", id="c-1"), *seen(*twice(800, 0))]
    assert asked(questions(confirmed)) == [Asked.CAMERA, Asked.GONE]


def test_two_walks_of_one_contributor_are_not_confirmed_in_passing() -> None:
    (detail,) = seen(*twice(0, 0))
    for contributors, safe in ((None, True), (2, True), (1, False)):
        there = view(detail, contributors=contributors)
        assert is_safe(there, Neighbourhood([there])) is safe
