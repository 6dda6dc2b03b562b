"""Places kilometres off beside many that agree: a receiver that begins tells some, and so does whoever lies."""

from math import hypot, log10

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.merge.where.evidence import Bearing, Evidence, Marked, WalkEvidence
from hub.merge.where.locate import locate
from probe.contract.geodesy import destination, distance_m, moved
from probe.contract.sighting import Hearing, Place

HERE = 47.0, -17.0


def hearing(east: float, north: float, dbm: float) -> Hearing:
    lat, lon = moved(*HERE, east, north)
    return Hearing(place=Place(lat=lat, lon=lon, accuracy_m=4.0), signal_dbm=dbm)


def passing(name: str, aside: float) -> WalkEvidence:
    """A walk along the street that hears what hangs at HERE."""
    return WalkEvidence(
        walk=name,
        hearings=tuple(hearing(x, aside, -40 - 30 * log10(max(3, hypot(x, aside)))) for x in range(-40, 41, 4)),
    )


HONEST = tuple(passing(name, 6.0 if number % 2 else -6.0) for number, name in enumerate("abcdef"))


@given(st.floats(0, 20_000_000), st.floats(0, 360), st.floats(-70, 0))
@settings(max_examples=25, deadline=None)
def test_one_sighting_that_is_loud_far_away_moves_nothing_that_six_walks_heard(
    far_m: float, bearing: float, dbm: float
) -> None:
    """It was ten kilometres for what was heard there and twenty kilometres away, and the region held no place at which
    anybody had ever been."""
    away = destination(*HERE, bearing, far_m)
    loud = tuple(
        Hearing(place=Place(lat=lat, lon=lon, accuracy_m=4.0), signal_dbm=dbm)
        for lat, lon in (moved(*away, 0.0, 4.0 * step) for step in range(6))
    )
    astray = WalkEvidence(walk="g", hearings=(hearing(0.0, 0.0, 0.0), *loud))
    usual, found = locate(Evidence(walks=HONEST)), locate(Evidence(walks=(*HONEST, astray)))
    assert usual is not None
    assert found is not None
    assert distance_m(*HERE, found.estimate.lat, found.estimate.lon) < 10.0
    assert found.region95.radius_m > usual.region95.radius_m / 2, "nothing makes it so much surer"
    assert found == locate(Evidence(walks=(astray, *HONEST[::-1])))


@pytest.mark.parametrize("far_m", [1_000.0, 3_000.0, 100_000.0])
def test_one_leap_of_the_receiver_leaves_a_walk_where_it_was(far_m: float) -> None:
    usual = passing("a", -6.0)
    leapt = WalkEvidence(walk="a", hearings=(*usual.hearings[:10], hearing(far_m, 0.0, -66.0), *usual.hearings[11:]))
    found = locate(Evidence(walks=(leapt,)))
    assert found is not None
    assert distance_m(*HERE, found.estimate.lat, found.estimate.lon) < 40.0


def test_looks_that_people_put_together_from_far_apart_leave_it_at_one_of_both() -> None:
    def look(name: str, east: float) -> WalkEvidence:
        lat, lon = moved(*HERE, east, -10.0)
        return WalkEvidence(walk=name, bearings=(Bearing(lat=lat, lon=lon, bearing_deg=0.0, accuracy_m=4.0),))

    found = locate(Evidence(walks=(look("a", 0.0), look("b", 3_000.0), look("c", 2.0))))
    assert found is not None
    assert distance_m(*HERE, found.estimate.lat, found.estimate.lon) < 25.0, "most of the walks are there"


_anywhere = st.tuples(st.floats(-3_000, 3_000), st.floats(-3_000, 3_000), st.sampled_from((-60.0, -59.0)))


@given(st.lists(st.lists(_anywhere, min_size=1, max_size=12), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_however_far_apart_there_is_an_answer_near_something_that_was_heard(
    heard: list[list[tuple[float, float, float]]],
) -> None:
    walks = tuple(
        WalkEvidence(walk=str(number), hearings=tuple(hearing(*one) for one in own)) for number, own in enumerate(heard)
    )
    found = locate(Evidence(walks=walks))
    assert found is not None
    at = found.estimate.lat, found.estimate.lon
    assert min(distance_m(*at, *moved(*HERE, east, north)) for own in heard for east, north, _ in own) < 600.0


@pytest.mark.parametrize("apart_m", [12.0, 25.0, 300.0, 3_000.0])
def test_marks_that_differ_by_more_than_they_say_are_in_the_region_that_comes_of_them(apart_m: float) -> None:
    """Two pins 25 m apart that people put together made a place 12 m from either, and a region of 4 m around it."""
    places = HERE, moved(*HERE, apart_m, 0.0)
    walks = tuple(
        WalkEvidence(walk=str(number), marked=(Marked(lat=lat, lon=lon, east=1.0, north=1.0, common=3.0),))
        for number, (lat, lon) in enumerate(places)
    )
    found = locate(Evidence(walks=walks))
    assert found is not None
    for lat, lon in places:
        away_m = distance_m(lat, lon, found.estimate.lat, found.estimate.lon)
        assert away_m < found.region95.radius_m


def test_marks_that_agree_are_as_sure_as_they_say() -> None:
    lat, lon = moved(*HERE, 3.0, 0.0)
    agreed, alike = (
        locate(
            Evidence(
                walks=tuple(
                    WalkEvidence(
                        walk=str(number), marked=(Marked(lat=at[0], lon=at[1], east=1.0, north=1.0, common=3.0),)
                    )
                    for number, at in enumerate((HERE, other))
                )
            )
        )
        for other in ((lat, lon), HERE)
    )
    assert agreed is not None
    assert alike is not None
    assert agreed.region95.area_m2 == pytest.approx(alike.region95.area_m2)
