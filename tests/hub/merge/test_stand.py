"""Where to stand next: what is advised is worth more than what is not, and nothing breaks it."""

import random
from math import cos, isfinite, pi, radians, sin, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.merge.observe import Estimate
from hub.merge.place import Located, Mode, Region
from hub.merge.stand import (
    APART_DEG,
    FARTHEST_M,
    NEAREST_M,
    PAVEMENT_M,
    SURE_ENOUGH_M,
    Segment,
    Stand,
    Stood,
    next_stands,
    worth,
)
from probe.contract.geodesy import bearing_deg, destination, distance_m, moved, offset_m, turn_deg
from tests.accuracy.passes import trials
from tests.hub.merge.looked import ORIGIN, anywhere_on_street, believed, one_more, segments

PARIS = 48.85, 2.35


def ellipse(lat: float, lon: float, long_m: float, wide_m: float, towards_deg: float, share: float) -> Region:
    """A region that is so long and wide, in standard deviations times what holds a share."""
    times = sqrt(-2 * np.log(1 - share))
    s, c = sin(radians(towards_deg)), cos(radians(towards_deg))
    ring = []
    for step in range(37):
        x, y = times * long_m * cos(2 * pi * step / 36), times * wide_m * sin(2 * pi * step / 36)
        ring.append(moved(lat, lon, x * s + y * c, x * c - y * s)[::-1])
    return Region(rings=(tuple(ring),), area_m2=pi * times**2 * long_m * wide_m)


def wedge(
    long_m: float, wide_m: float, towards_deg: float = 0.0, place: tuple[float, float] = PARIS, *, readable: bool = True
) -> Located:
    """What is believed after looks from one side; without `readable`, regions that say nothing but their area."""
    s, c = sin(radians(towards_deg)), cos(radians(towards_deg))
    east = (long_m * s) ** 2 + (wide_m * c) ** 2
    north = (long_m * c) ** 2 + (wide_m * s) ** 2
    between = (long_m**2 - wide_m**2) * s * c
    regions = [ellipse(*place, long_m, wide_m, towards_deg, share) for share in (0.5, 0.95)]
    if not readable:
        regions = [Region(rings=(), area_m2=one.area_m2) for one in regions]
    return Located(
        estimate=Estimate(lat=place[0], lon=place[1], east=east, north=north, between=between),
        modes=(Mode(lat=place[0], lon=place[1], share=1.0),),
        region50=regions[0],
        region95=regions[1],
    )


def two_sides(apart_m: float, sd_m: float = 2.0) -> Located:
    """A camera north or south of a street that runs east, and nobody knows which."""
    sides = [moved(*PARIS, 0.0, side * apart_m / 2) for side in (-1, 1)]
    outer = [ellipse(*side, sd_m, sd_m, 0.0, 0.95) for side in sides]
    inner = [ellipse(*side, sd_m, sd_m, 0.0, 0.5) for side in sides]
    return Located(
        estimate=Estimate(lat=PARIS[0], lon=PARIS[1], east=sd_m**2, north=sd_m**2 + apart_m**2 / 4),
        modes=tuple(Mode(lat=lat, lon=lon, share=0.5) for lat, lon in sides),
        region50=Region(rings=(inner[0].rings[0], inner[1].rings[0]), area_m2=2 * inner[0].area_m2),
        region95=Region(rings=(outer[0].rings[0], outer[1].rings[0]), area_m2=2 * outer[0].area_m2),
    )


def street(start: tuple[float, float], end: tuple[float, float], aside_m: float = PAVEMENT_M) -> Segment:
    """A street between two places in metres around Paris."""
    return Segment(start=moved(*PARIS, *start), end=moved(*PARIS, *end), aside_m=aside_m)


STREETS = [street((-100.0, -8.0), (100.0, -8.0)), street((24.0, -100.0), (24.0, 100.0))]


def off(stand: Stand) -> tuple[float, float]:
    return offset_m(*PARIS, stand.lat, stand.lon)


@given(
    long_m=st.floats(4.0, 30.0),
    ratio=st.floats(2.0, 8.0),
    towards=st.floats(0.0, 360.0),
    away_m=st.floats(10.0, 30.0),
    readable=st.booleans(),
)
@settings(deadline=None, max_examples=40)
def test_a_crossing_look_is_worth_more_than_one_that_repeats_the_angle(
    long_m: float, ratio: float, towards: float, away_m: float, readable: bool
) -> None:
    located = wedge(long_m, long_m / ratio, towards, readable=readable)
    taken = [Stood(lat=lat, lon=lon) for lat, lon in [destination(*PARIS, towards + 180, away_m + long_m)]]
    again, half, crossing = (
        worth(located, *destination(*PARIS, towards + 180 + turn, away_m + long_m), taken) for turn in (0, 45, 90)
    )
    assert again < half * 1.02
    assert again < crossing
    assert worth(located, *destination(*PARIS, towards + 180, away_m + long_m)) > again


def test_a_doubt_of_left_or_right_is_resolved_from_along_the_street_and_not_from_across_it() -> None:
    located = two_sides(14.0)
    along, across = (worth(located, *moved(*PARIS, *at)) for at in ((15.0, 0.0), (0.0, 30.0)))
    assert along > 0.35  # most of what can be had of one bit (0.69 nats) with a tenth of looks at something else
    assert along > 5 * across
    best, *_ = next_stands(located, (), [street((-100.0, 0.0), (100.0, 0.0))])
    assert abs(off(best)[0]) >= 6.0
    assert best.after_m < 0.85 * best.before_m


def test_it_leads_to_the_street_where_a_bearing_crosses() -> None:
    located = wedge(8.0, 3.0)  # looked at from the south: it is long to the north
    lat, lon = moved(*PARIS, 0.0, -20.0)
    both = [street((0.0, -80.0), (0.0, 10.0), 0.0), street((-80.0, 0.0), (80.0, 0.0))]
    first, *others = next_stands(located, [Stood(lat=lat, lon=lon)], both)
    assert abs(off(first)[1]) == pytest.approx(PAVEMENT_M, abs=0.01)
    assert first.what == "photo"
    assert first.on_street
    assert abs(turn_deg(first.bearing_deg, 0.0) - 90.0) < 40.0
    assert first.before_m == pytest.approx(located.region95.radius_m)
    assert first.gain_m > 0.2 * first.before_m
    assert all(abs(off(one)[1]) == pytest.approx(PAVEMENT_M, abs=0.01) for one in others)


def test_places_lie_apart_near_and_on_pavements_and_the_order_of_what_is_given_changes_nothing() -> None:
    taken = [Stood(lat=lat, lon=lon) for lat, lon in (moved(*PARIS, e, -30.0) for e in (-9.0, 0.0, 9.0))]
    located = wedge(14.0, 6.0, 20.0)
    stands = next_stands(located, taken, STREETS)
    assert len(stands) == 3
    for number, one in enumerate(stands):
        east, north = off(one)
        assert NEAREST_M <= distance_m(*PARIS, one.lat, one.lon) <= FARTHEST_M + 0.1
        assert min(abs(abs(north + 8.0) - PAVEMENT_M), abs(abs(east - 24.0) - PAVEMENT_M)) < 0.01
        for other in stands[:number]:
            seen = (bearing_deg(*PARIS, each.lat, each.lon) for each in (one, other))
            assert turn_deg(*seen) >= APART_DEG - 0.1
    drawn = random.Random(3)
    for _ in range(3):
        mixed = [Segment(start=one.end, end=one.start, aside_m=one.aside_m) for one in STREETS]
        again = next_stands(located, drawn.sample(taken, 3), drawn.sample(mixed, 2))
        for one, other in zip(stands, again, strict=True):
            assert distance_m(one.lat, one.lon, other.lat, other.lon) < 0.01
            assert one.after_m == pytest.approx(other.after_m)
    assert next_stands(located, taken, STREETS, most=1) == stands[:1]


def test_nobody_is_sent_where_it_is_sure_enough_or_where_no_street_is_near() -> None:
    assert next_stands(wedge(1.5, 1.5), (), STREETS) == ()
    assert wedge(1.5, 1.5).region95.radius_m < SURE_ENOUGH_M
    assert next_stands(wedge(20.0, 5.0), (), [street((200.0, 0.0), (200.0, 90.0))]) == ()
    assert next_stands(wedge(20.0, 5.0), (), []) == ()
    assert next_stands(wedge(20.0, 5.0), (), STREETS, most=0) == ()


def test_across_a_block_nothing_is_seen() -> None:
    """The street behind the houses lies at as good an angle."""
    stands = next_stands(wedge(12.0, 12.0), (), [STREETS[0], street((-100.0, 26.0), (100.0, 26.0))])
    assert stands
    assert all(off(one)[1] < 0 for one in stands)


def test_without_streets_it_says_so_and_keeps_to_the_line_that_was_walked() -> None:
    taken = [Stood(lat=lat, lon=lon) for lat, lon in (moved(*PARIS, e, -14.0) for e in (-14.0, 0.0))]
    stands = next_stands(wedge(15.0, 4.0), taken, None)
    assert stands
    assert not any(one.on_street for one in stands)
    assert off(stands[0])[1] == pytest.approx(-14.0, abs=0.5)
    assert next_stands(wedge(15.0, 4.0), (), None)


def test_what_was_only_heard_is_also_passed_and_not_on_the_same_line() -> None:
    heard = [Stood(lat=lat, lon=lon, heard=True) for lat, lon in (moved(*PARIS, e, -12.5) for e in range(-60, 61, 10))]
    located = wedge(14.0, 14.0)
    assert all(one.what == "photo" for one in next_stands(located, (), STREETS))
    walkable = [street((-100.0, -8.0), (100.0, -8.0)), street((25.0, -100.0), (25.0, 100.0), 0.0)]
    passes = [one for one in next_stands(located, heard, walkable, most=9) if one.what == "pass"]
    assert passes
    assert not any(abs(off(one)[1] + 12.5) < 4.0 for one in passes)


places = st.one_of(
    st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    st.sampled_from([(90.0, 0.0), (-90.0, 10.0), (89.99999, 5.0), (0.0, 180.0), (0.0, -180.0), (51.0, 179.99999)]),
)
metres = st.floats(0.0, 500.0)


@given(
    place=places,
    size=st.tuples(metres, metres),
    towards=st.floats(0, 360),
    readable=st.booleans(),
    around=st.lists(st.tuples(st.floats(-80, 80), st.floats(-80, 80), st.booleans()), max_size=6),
    with_streets=st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_nothing_that_is_believed_anywhere_on_the_globe_breaks_it(
    place: tuple[float, float],
    size: tuple[float, float],
    towards: float,
    readable: bool,
    around: list[tuple[float, float, bool]],
    with_streets: bool,
) -> None:
    located = wedge(*size, towards, place, readable=readable)
    spots = [(moved(*place, east, north), heard) for east, north, heard in around]
    taken = [Stood(lat=at[0], lon=at[1], heard=heard) for at, heard in spots]
    streets = [Segment(start=place, end=at) for at, _ in spots] if with_streets else None
    for stand in next_stands(located, taken, streets):
        assert -90 <= stand.lat <= 90
        assert -180 <= stand.lon < 180
        assert 0 <= stand.bearing_deg < 360
        assert 0 < stand.after_m < stand.before_m
        assert all(isfinite(value) for value in (stand.lat, stand.lon, stand.before_m, stand.after_m))


@pytest.mark.parametrize("first", [1, 2])
def test_following_the_first_advice_shrinks_error_and_region_more_than_any_place_on_the_street(
    first: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the simulated street, by another estimator: after the first looks of a pass, one more photo of another day.
    The walls are told to nobody: from where the camera's street is not seen, nothing is gained."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ("before", "advice", "any street", "own")}
    for number, trial in enumerate(trials("pass", 70, 31)):
        looks = trial.passes[0].looks[:first]
        before = believed(trial, looks)
        stood = [moved(*ORIGIN, one.east, one.north) for one in looks]
        stands = next_stands(before.located, [Stood(lat=lat, lon=lon) for lat, lon in stood], segments(trial))
        if not stands:
            continue
        drawn = np.random.default_rng([1, number])
        there = {
            "advice": (stands[0].lat, stands[0].lon),
            "any street": anywhere_on_street(trial, before.located, drawn, own=False),
            "own": anywhere_on_street(trial, before.located, drawn, own=True),
        }
        found["before"].append((before.error_m, before.located.region95.radius_m))
        for name, place in there.items():
            look = one_more(trial, *place, np.random.default_rng([2, number]))
            after = before if look is None else believed(trial, [*looks, look])
            found[name].append((after.error_m, after.located.region95.radius_m))
    error, radius = ({name: float(np.mean(values, axis=0)[part]) for name, values in found.items()} for part in (0, 1))
    with capsys.disabled():
        told = ", ".join(f"{name} {error[name]:.1f} m ({radius[name]:.1f} m)" for name in found)
        print(f"\n{first} look(s) and one more, n {len(found['own'])}: mean error (radius of the 95 % region): {told}")
    assert radius["advice"] < 0.75 * radius["before"]
    # Who knows the street that it hangs in, and stands anywhere in it, knows more than the advice
    assert radius["advice"] < radius["own"] < radius["any street"]
    assert radius["advice"] < 0.9 * radius["any street"]
    assert error["advice"] < 0.95 * error["before"]
    assert error["advice"] < 0.95 * error["any street"]
