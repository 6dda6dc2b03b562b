"""Looks of one walk at one thing, and looks that point astray."""

from collections.abc import Sequence
from math import atan2, degrees, hypot
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.merge import looks
from hub.merge.cameras import derive
from hub.merge.constraints import UNCONSTRAINED, Bonds, Constraints
from hub.merge.looks import MOST_LOOKS, groups_of, place_by
from hub.merge.observe import Look
from hub.merge.windows.neighbourhoods import Neighbourhoods
from probe.contract.geodesy import distance_m, offset_m
from probe.contract.sighting import CameraKind, Sighting, Subject, SubjectHow
from tests.examples import WALK_A, WALK_B, look, radio, spot
from tests.hub.merge.test_cameras import faces, observed

FREE = Bonds(UNCONSTRAINED)
CAMERA = (0.0, 9.0)


def at_camera(
    east_m: float, walk: str = WALK_A, camera: tuple[float, float] = CAMERA, off_deg: float = 0.0
) -> Sighting:
    """A look from the street, which runs east, so many metres beside the camera."""
    bearing = degrees(atan2(camera[0] - east_m, camera[1])) + off_deg
    return look(observer=(east_m, 0.0), bearing_deg=round(bearing % 360, 1) % 360, distance_m=None, walk=walk)


def things(*sightings: Sighting, bonds: Bonds = FREE) -> list[set[str]]:
    return [{one.sighting.id for one in group} for group in groups_of(observed(*sightings), bonds)]


def off_m(lat: float, lon: float) -> float:
    place = spot(*CAMERA)
    return distance_m(place.lat, place.lon, lat, lon)


def test_two_looks_from_two_sides_are_at_one_thing_and_place_it_where_they_cross() -> None:
    left, right = at_camera(-9.0), at_camera(9.0)
    (group,) = groups_of(observed(left, right), FREE)
    found = place_by([one.look for one in group if one.look is not None])
    assert off_m(found.lat, found.lon) < 2.0
    (alone,) = groups_of(observed(left), FREE)
    single = place_by([one.look for one in alone if one.look is not None])
    assert single.east + single.north > 2 * (found.east + found.north), "two looks are surer than one"


def test_two_looks_from_one_place_are_at_two_things() -> None:
    assert len(things(at_camera(-9.0), at_camera(-9.0))) == 2, "a pole often bears several"


def test_looks_that_do_not_cross_are_at_two_things() -> None:
    assert len(things(at_camera(-9.0), at_camera(9.0, off_deg=140.0))) == 2


def test_looks_at_two_kinds_of_thing_are_at_two_things() -> None:
    plate, dome = faces(10, CameraKind.ALPR), faces(10, CameraKind.DOME)
    one, other = (msgspec.structs.replace(at_camera(e), claims=c) for e, c in ((-9.0, plate), (9.0, dome)))
    assert len(things(one, other)) == 2


def test_two_cameras_that_are_each_photographed_from_two_sides_are_two_things() -> None:
    there = (24.0, 9.0)
    sightings = [at_camera(-9.0), at_camera(9.0), at_camera(15.0, camera=there), at_camera(33.0, camera=there)]
    assert {frozenset(one) for one in things(*sightings)} == {
        frozenset(one.id for one in sightings[:2]),
        frozenset(one.id for one in sightings[2:]),
    }


def test_each_mark_on_a_map_is_a_thing_of_its_own() -> None:
    marks = [
        msgspec.structs.replace(look(), subject=Subject(how=SubjectHow.MARKED, place=spot(0.1 * n, 0.0)))
        for n in range(3)
    ]
    assert len(things(*marks)) == 3


def test_what_people_put_together_is_one_thing_and_what_they_kept_apart_two() -> None:
    left, right, behind = at_camera(-9.0), at_camera(9.0), at_camera(9.0, off_deg=140.0)
    bonds = Bonds(Constraints(together=((left.id, behind.id),)))
    assert {left.id, behind.id} in things(left, behind, bonds=bonds)
    assert len(things(left, right, bonds=Bonds(Constraints(apart=(((left.id,), (right.id,)),))))) == 2


def test_very_many_looks_at_one_thing_are_several_things() -> None:
    many = [at_camera(-18.0 + 36.0 * n / 39) for n in range(40)]
    assert max(map(len, things(*many))) <= MOST_LOOKS


@given(st.lists(st.tuples(st.floats(-60, 60), st.floats(0, 359.9), st.none() | st.floats(0, 200)), max_size=8))
@settings(max_examples=40, deadline=None)
def test_every_look_is_in_one_thing_in_any_order(looks: list[tuple[float, float, float | None]]) -> None:
    made = [look(observer=(east, 0.0), bearing_deg=bearing, distance_m=far) for east, bearing, far in looks]
    found = things(*made)
    assert sorted(one for group in found for one in group) == sorted(one.id for one in made)
    shuffled = list(made)
    Random(1).shuffle(shuffled)
    assert {frozenset(group) for group in things(*shuffled)} == {frozenset(group) for group in found}


@given(
    st.lists(
        st.builds(
            Look,
            lat=st.floats(46.9995, 47.0005),
            lon=st.floats(7.9995, 8.0005),
            accuracy_m=st.none() | st.floats(0, 1e4),
            bearing_deg=st.floats(0, 359.9),
            bearing_sd_deg=st.floats(0.1, 60),
            distance_m=st.none() | st.floats(0, 1e4),
            distance_sd_m=st.floats(0, 1e4),
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=60, deadline=None)
def test_a_place_has_a_proper_covariance_whatever_the_looks(looks: list[Look]) -> None:
    found = place_by(looks)
    assert found.east > 0 < found.north
    assert found.between**2 < found.east * found.north
    assert all(hypot(*offset_m(one.lat, one.lon, found.lat, found.lon)) < 1000 for one in looks)


def test_one_camera_that_is_heard_and_photographed_on_two_walks_is_one() -> None:
    made = [
        *(at_camera(east, walk) for walk in (WALK_A, WALK_B) for east in (-9.0, 9.0)),
        *(radio(at=CAMERA, walk=walk) for walk in (WALK_A, WALK_B)),
    ]
    (camera,) = derive(observed(*made))[0]
    assert len(camera.members) == 6
    assert off_m(camera.estimate.lat, camera.estimate.lon) < 3.0


def test_a_look_astray_beside_a_camera_that_another_walk_met_alone_is_at_that_one_and_says_so() -> None:
    astray = at_camera(9.0, off_deg=140.0)
    (camera,) = derive(observed(at_camera(-9.0), astray, at_camera(-9.0, WALK_B), at_camera(9.0, WALK_B)))[0]
    (doubt,) = [doubt for doubt in camera.doubts if doubt.sightings == (astray.id,)]
    assert 0.5 < doubt.here < 0.9
    assert doubt.others[0][0] is None, "it may be a camera of its own"


@pytest.mark.parametrize("both", [True, False])
def test_a_look_elsewhere_is_a_camera_of_its_own_where_no_other_walk_missed_it(both: bool) -> None:
    elsewhere = [at_camera(9.0, off_deg=140.0)]
    if both:
        elsewhere.append(at_camera(9.0, WALK_B, off_deg=140.0))
        elsewhere.append(at_camera(-9.0, WALK_B))
    assert len(derive(observed(at_camera(-9.0), *elsewhere))[0]) == 2


def test_very_many_looks_of_one_walk_cost_once_and_nothing_beside_what_comes_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """2,400 pins of one contributor on a square, some 2 MB, took five minutes; and every sighting that came there
    later, two more, for which the desk waited."""
    believed = 0
    belief = looks._belief

    def counted(some: Sequence[Look]) -> object:
        nonlocal believed
        believed += 1
        return belief(some)

    monkeypatch.setattr(looks, "_belief", counted)
    random = Random(1)
    square = [(random.uniform(0, 60), random.uniform(0, 60)) for _ in range(200)]
    flood = [look(observer=at, bearing_deg=random.uniform(0, 359), distance_m=None) for at in square]
    found = Neighbourhoods()
    found.add(observed(*flood))
    found.refresh()
    assert believed < 3 * len(flood), "what is believed of a thing is worked out where it is another one"
    believed = 0
    found.add(observed(*flood, look(observer=(30.0, 30.0), walk=WALK_B))[-1:])
    found.refresh()
    assert believed < 20
