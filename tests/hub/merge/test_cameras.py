"""Which sightings are one camera, and where it stands."""

from random import Random

import pytest

from hub.merge.cameras import Camera, derive
from hub.merge.constraints import Constraints
from hub.merge.locate import from_hearings, fuse, mean_bearing, region95
from hub.merge.observe import Estimate, Observation, observe
from hub.publish.describe import describe
from hub.web.words import words
from probe.contract.geodesy import distance_m
from probe.contract.sighting import (
    CameraKind,
    DirectionClaim,
    GoneClaim,
    Hearing,
    KindClaim,
    Sighting,
    Strength,
)
from tests.examples import WALK_A, WALK_B, WALK_C, look, radio, spot


def observed(*sightings: Sighting) -> list[Observation]:
    return [found for seq, sighting in enumerate(sightings, 1) if (found := observe(seq, sighting, None))]


def cameras(*sightings: Sighting) -> list[Camera]:
    return derive(observed(*sightings))[0]


def faces(direction: float, kind: CameraKind = CameraKind.FIXED) -> tuple[object, ...]:
    return (
        DirectionClaim(value=direction, strength=Strength.STRONG),
        KindClaim(value=kind, strength=Strength.STRONG),
    )


def test_one_transmitter_on_three_walks_is_one_camera() -> None:
    (camera,) = cameras(radio(walk=WALK_A), radio(walk=WALK_B, at=(6.0, 5.0)), radio(walk=WALK_C))
    assert camera.walks == 3


def test_two_transmitters_on_one_pole_are_two_cameras() -> None:
    assert len(cameras(radio("ac:cc:8e:00:00:01"), radio("ac:cc:8e:00:00:02"))) == 2


def test_the_same_address_far_away_on_the_same_day_is_no_camera() -> None:
    assert cameras(radio(walk=WALK_A), radio(walk=WALK_B, at=(900.0, 0.0))) == []


def test_two_looks_of_one_walk_are_two_cameras() -> None:
    assert len(cameras(look(claims=faces(10)), look(claims=faces(10)))) == 2


def test_looks_of_two_walks_are_one_camera_when_they_agree() -> None:
    (camera,) = cameras(look(walk=WALK_A, claims=faces(10)), look(walk=WALK_B, observer=(1, 1), claims=faces(20)))
    assert camera.direction == pytest.approx(15)


def test_another_direction_on_the_same_pole_is_not_the_same_camera_without_asking() -> None:
    seen = [look(walk=WALK_A, claims=faces(10)), look(walk=WALK_B, claims=faces(190))]
    found = cameras(*seen)
    asked = {sighting for camera in found for doubt in camera.doubts for sighting in doubt.sightings}
    assert len(found) == 2 or asked == {one.id for one in seen}
    (sure,) = cameras(look(walk=WALK_A, claims=faces(10)), look(walk=WALK_B, claims=faces(20)))
    assert not sure.doubts


def test_another_kind_at_the_same_place_is_another_camera() -> None:
    plate, dome = faces(10, CameraKind.ALPR), faces(10, CameraKind.DOME)
    assert len(cameras(look(walk=WALK_A, claims=plate), look(walk=WALK_B, claims=dome))) == 2


def test_three_domes_on_a_pole_stay_three_over_three_walks() -> None:
    looks = [
        look(walk=walk, observer=(shift, shift), claims=faces(direction + shift))
        for walk, shift in ((WALK_A, 0.0), (WALK_B, 2.0), (WALK_C, -2.0))
        for direction in (20, 140, 260)
    ]
    found = cameras(*looks)
    assert len(found) == 3
    assert {camera.walks for camera in found} == {3}


def test_a_radio_and_a_lone_look_near_it_are_one_camera() -> None:
    (camera,) = cameras(radio(at=(8.0, 0.0)), look())
    assert {member.transmitter is None for member in camera.members} == {True, False}


def test_a_radio_between_two_looks_lies_in_one_and_says_that_it_may_be_the_other() -> None:
    heard = radio(at=(0.0, 0.0))
    found = cameras(heard, look(bearing_deg=90.0), look(bearing_deg=270.0))
    (doubt,) = [doubt for camera in found for doubt in camera.doubts if doubt.sightings == (heard.id,)]
    assert doubt.here < 0.9
    assert sum(share for _, share in doubt.others) > 0.1


def test_the_order_of_arrival_changes_nothing() -> None:
    random = Random(7)
    sightings = [
        radio(f"ac:cc:8e:00:00:{n:02x}", at=(n * 40.0, 0.0), walk=walk) for n in range(6) for walk in (WALK_A, WALK_B)
    ]
    sightings += [look(observer=(n * 40.0, 3.0), walk=walk) for n in range(6) for walk in (WALK_A, WALK_B, WALK_C)]
    whole = observed(*sightings)
    known = sorted((camera.id, camera.estimate.lat, len(camera.members)) for camera in derive(whole)[0])
    for _ in range(10):
        random.shuffle(whole)
        assert sorted((camera.id, camera.estimate.lat, len(camera.members)) for camera in derive(whole)[0]) == known


def test_a_camera_keeps_its_name_as_more_is_learnt() -> None:
    first = observed(look(walk=WALK_A))
    later = [*first, *[found for found in [observe(9, look(walk=WALK_B), None)] if found]]
    assert derive(first)[0][0].id == derive(later)[0][0].id


def test_what_has_no_place_is_counted() -> None:
    from dataclasses import replace

    placeless = replace(observed(radio())[0], hearings=(), estimate=None)
    assert derive([placeless]) == ([], 1)


def test_louder_hearings_draw_the_place_nearer() -> None:
    hearings = [
        Hearing(place=spot(0, 0), signal_dbm=-40.0),
        Hearing(place=spot(20, 0), signal_dbm=-70.0),
        Hearing(place=spot(40, 0)),
    ]
    estimate = from_hearings(hearings, 1)
    assert estimate is not None
    assert distance_m(estimate.lat, estimate.lon, spot(0, 0).lat, spot(0, 0).lon) < 1.0


def test_two_estimates_are_surer_than_one_and_never_surer_than_their_fixes() -> None:
    a = Estimate(lat=47.0, lon=-17.0, east=100.0, north=25.0)
    b = Estimate(lat=47.0001, lon=-17.0, east=25.0, north=100.0)
    both = fuse((a, b), 2)
    assert both.east < 25
    assert both.north < 25
    assert 47.0 < both.lat < 47.00005
    sure = Estimate(lat=47.0, lon=-17.0, east=0.1, north=0.1)
    assert fuse((sure, sure), 1).east == 9.0


def test_the_region_holds_the_truth_95_times_in_100() -> None:
    from hub.demo.score import TownCamera, _is_inside  # the same test of a ring as the demo's

    random = Random(3)
    estimate = Estimate(lat=47.0, lon=-17.0, east=90.0, north=30.0, between=25.0)
    ring, _ = region95(estimate)
    inside = 0
    for _ in range(2000):
        x = random.gauss(0, 1)
        east = x * 90**0.5
        north = 25 / 90**0.5 * x + random.gauss(0, 1) * (30 - 25 * 25 / 90) ** 0.5
        place = spot(east, north)
        truth = TownCamera(name="", lat=place.lat, lon=place.lon, kind="", mount="", direction=0, radio=False)
        inside += _is_inside(truth, ring)
    assert inside / 2000 == pytest.approx(0.95, abs=0.02)


def test_the_middle_of_bearings_goes_over_north() -> None:
    assert mean_bearing([350.0, 10.0]) == pytest.approx(0.0, abs=0.1)
    assert mean_bearing([0.0, 180.0]) is None
    assert mean_bearing([]) is None


def test_what_only_says_that_a_camera_is_gone_is_no_camera() -> None:
    gone = GoneClaim(strength=Strength.STRONG)
    assert cameras(look(claims=(gone,), present=None)) == []
    assert len(cameras(look(claims=(gone,)))) == 1


def test_what_is_told_of_how_near_sightings_lay_is_not_less_than_it_was() -> None:
    """It was told as how far they lay apart, and they lay up to twice as far."""
    first, second = look(walk=WALK_A), look(walk=WALK_B, observer=(16.0, 0.0))
    (camera,) = derive(observed(first, second), Constraints(together=((first.id, second.id),)))[0]
    (told,) = [one for one in describe(camera).reasons if one.code == "assigned"]
    assert told.params == {"distance_m": round(max(camera.nearest_match_m))}
    assert "from their middle" in words("en").reason(told)
    assert "de leur milieu" in words("fr").reason(told)
