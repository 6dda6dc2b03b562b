"""The way of a walk: about 5 m apart, bounded, and none of it where nothing is kept."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from probe.contract.geodesy import distance_m
from probe.position.fix import Fix
from probe.session.way import MOST_POINTS, Way
from tests.probe.session.around import ScriptedAround, moved
from tests.probe.session.walks import a_session, seconds


def walk(way: Way, metres: range, *, accuracy_m: float | None = 4.0) -> None:
    for second, north in enumerate(metres):
        lat, lon = moved(float(north))
        way.go(Fix(at_s=0.0, lat=lat, lon=lon, accuracy_m=accuracy_m), float(second))


def test_points_are_five_metres_apart() -> None:
    way = Way()
    walk(way, range(0, 101, 1))
    following, points = way.track(0)
    assert following == len(points)
    assert 17 <= following <= 21
    gaps = [distance_m(*one, *other) for one, other in pairwise(points)]
    assert min(gaps) >= 5.0
    assert max(gaps) < 6.2
    assert 95 < way.metres < 101
    assert way.track(following - 1) == (following, points[-1:])
    assert way.track(99) == (following, [])
    assert way.track(-5)[1] == points


def test_a_long_way_is_thinned_and_no_point_is_told_twice() -> None:
    way, known, after = Way(), [], 0
    for begin in range(0, 40_000, 498):
        walk(way, range(begin, begin + 498, 6))
        after, points = way.track(after)
        known += points
        assert len(way.track(0)[1]) <= MOST_POINTS
    assert len(set(known)) == len(known)
    points = way.track(0)[1]
    assert points[-1] == known[-1]
    gaps = [distance_m(*one, *other) for one, other in pairwise(points)]
    assert max(gaps) < 90
    assert abs(way.metres - 40_000) < 600


def test_who_stands_adds_nothing_and_is_seen_to_stand() -> None:
    way = Way()
    for second in range(60):
        lat, lon = moved((second % 3) * 1.0, (second % 2) * 1.0)
        way.go(Fix(at_s=0.0, lat=lat, lon=lon, accuracy_m=5.0), float(second))
        assert way.still == (second >= 5)
    assert (way.metres, len(way.track(0)[1])) == (0.0, 1)
    walk(way, range(0, 20, 2))
    assert not way.still


def test_a_fix_that_is_hardly_one_adds_nothing() -> None:
    way = Way()
    walk(way, range(0, 100, 5), accuracy_m=80.0)
    assert (way.track(0), way.metres, way.cells) == ((0, []), 0.0, 0)


def test_cells_are_counted_and_wiped_with_the_way_but_not_their_number() -> None:
    way = Way()
    walk(way, range(0, 1_000, 5))
    cells, metres, following = way.cells, way.metres, way.track(0)[0]
    assert 4 <= cells <= 7
    way.wipe()
    assert (way.cells, way.metres, way.track(0)[1]) == (cells, metres, [])
    assert way.track(0)[0] == following > 150, "a number is never used again"
    lat, lon = moved(1_000.0)
    way.go(Fix(at_s=0.0, lat=lat, lon=lon), 0.0)
    assert way.track(following) == (following + 1, [(round(lat, 6), round(lon, 6))])
    way.forget()
    assert (way.cells, way.metres) == (0, 0.0)


def test_unwatched_it_is_only_counted() -> None:
    way = Way()
    for second, north in enumerate(range(0, 1_000, 5)):
        lat, lon = moved(float(north))
        way.go(Fix(at_s=0.0, lat=lat, lon=lon), float(second), keep=False)
    assert way.track(0) == (0, [])
    assert 980 < way.metres < 996
    assert 4 <= way.cells <= 7


STATES = st.sampled_from(["walk", "hidden", "pause", "no fix"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(STATES, st.integers(1, 12)), min_size=1, max_size=12))
def test_no_place_is_added_while_it_is_hidden_or_paused(stretches: list[tuple[str, int]]) -> None:
    """Each second has a place of its own, so that each point tells the second it is of."""
    session, around = a_session(ScriptedAround(hidden_now="no-fix-yet", place=None))
    allowed: set[tuple[float, float]] = set()
    metre = 0
    for state, count in stretches:
        around.place = None  # until the walker has gone on
        around.hidden_now = "start" if state == "hidden" else None
        around.hear(bytes([metre % 256] * 6))
        if (state == "pause") != session.view().phase.startswith("paused"):
            session.pause(paused=state == "pause")
        for _ in range(count):
            metre += 6
            here = moved(float(metre))
            around.place = None if state == "no fix" else here
            around.hear(bytes([metre % 251] * 6))
            seconds(session, around, 1)
            if state == "walk":
                allowed.add((round(here[0], 6), round(here[1], 6)))
            elif state == "pause":
                assert session.view().here is None
    view = session.view()
    places = {*session.track()[1], *(one.at for one in view.lately if one.at is not None)}
    assert places <= allowed
    assert allowed == set(session.track()[1]) or any(state != "walk" for state, _ in stretches)
