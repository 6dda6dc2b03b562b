"""Where a camera stands: what holds for any evidence."""

from dataclasses import replace
from math import isfinite, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.merge.observe import observe
from hub.merge.place import Located, Region
from hub.merge.where.evidence import Bearing, Bias, Evidence, Marked, Street, WalkEvidence, drift_variance, evidence_of
from hub.merge.where.factors import factors_of
from hub.merge.where.locate import locate, posterior
from hub.merge.where.plane import Grid, Plane
from hub.merge.where.raster import walk_raster
from hub.merge.where.region import inside
from probe.contract.geodesy import distance_m, moved
from probe.contract.sighting import Hearing, Place, Silence
from tests.accuracy import locators
from tests.accuracy.evidences import evidence
from tests.accuracy.passes import trials

HERE = 47.0, -17.0


def plane_rings(region: Region, lat: float, lon: float) -> list[np.ndarray]:
    plane = Plane(lat, lon)
    return [np.array([plane.to_metres(b, a) for a, b in ring[:-1]]) for ring in region.rings]


def holds(region: Region, lat: float, lon: float) -> bool:
    """Whether a place is in the region, or within a centimetre of it, as its rings are rounded."""
    rings = plane_rings(region, lat, lon)
    return any(inside(ring, e, n) for ring in rings for e, n in ((0, 0), (0.02, 0), (-0.02, 0), (0, 0.02), (0, -0.02)))


def is_sound(found: Located) -> None:
    estimate = found.estimate
    numbers = [estimate.lat, estimate.lon, estimate.east, estimate.north, estimate.between]
    numbers += [number for mode in found.modes for number in (mode.lat, mode.lon, mode.share)]
    for region in (found.region50, found.region95):
        assert 1 <= len(region.rings) <= 3
        numbers.append(region.area_m2)
        for ring in region.rings:
            assert ring[0] == ring[-1]
            assert 4 <= len(ring) <= 66
            assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring)
            numbers += [number for point in ring for number in point]
    assert all(isfinite(number) for number in numbers)
    assert found.region95.area_m2 > 0
    assert estimate.east * estimate.north > estimate.between**2
    assert 1 <= len(found.modes) <= 2
    assert sum(mode.share for mode in found.modes) == pytest.approx(1)
    assert holds(found.region95, estimate.lat, estimate.lon)


def row(lat: float, lon: float, levels: list[float | None], accuracy_m: float | None = 6.0) -> tuple[Hearing, ...]:
    return tuple(
        Hearing(place=Place(lat=at[0], lon=at[1], accuracy_m=accuracy_m), signal_dbm=level)
        for number, level in enumerate(levels)
        for at in [moved(lat, lon, 4.0 * number, 0.0)]
    )


def same(a: Located, b: Located, within_m: float = 1e-6) -> bool:
    apart = distance_m(a.estimate.lat, a.estimate.lon, b.estimate.lat, b.estimate.lon)
    return apart <= within_m and a.region95.area_m2 == pytest.approx(b.region95.area_m2, rel=1e-6)


def test_nothing_is_nowhere() -> None:
    assert locate(Evidence(walks=())) is None
    here = Place(lat=47.0, lon=-17.0)
    silent = WalkEvidence(walk="a", silences=(Silence(start=here, end=here),))
    assert locate(Evidence(walks=(silent,))) is None


@pytest.mark.parametrize("looks", [False, True])
def test_neither_the_order_of_walks_nor_of_hearings_matters(looks: bool) -> None:
    (trial,) = trials("both_l", 1, 5)
    one = evidence(trial, looks=looks)
    turned = Evidence(
        walks=tuple(
            replace(
                walk,
                hearings=walk.hearings[::-1],
                silences=walk.silences[::-1],
                bearings=walk.bearings[::-1],
            )
            for walk in one.walks[::-1]
        )
    )
    a, b = locate(one), locate(turned)
    assert a is not None
    assert a == b


def test_rasters_of_walks_add_and_leaving_one_out_restores() -> None:
    (trial,) = trials("both_l", 1, 6)
    first, second = evidence(trial, looks=True).walks
    both = posterior(Evidence(walks=(first, second)))
    assert both is not None
    apart = [walk_raster(walk, both.plane, both.grid) for walk in (first, second)]
    assert np.allclose(both.walks, apart[0] + apart[1], atol=1e-12)
    assert np.allclose(both.walks - apart[1], apart[0], atol=1e-9)
    alone = locate(Evidence(walks=(first,)))
    assert alone is not None
    assert alone == locate(Evidence(walks=(first, replace(second, hearings=(), bearings=()))))


@pytest.mark.parametrize(
    ("lat", "lon"), [(90.0, 0.0), (-90.0, 50.0), (89.9999, 10.0), (10.0, 180.0), (10.0, -179.99999)]
)
@pytest.mark.parametrize("kind", ["radio", "bearing", "marked"])
def test_poles_and_the_date_line(lat: float, lon: float, kind: str) -> None:
    found = locate(Evidence(walks=(_walk_at(lat, lon, kind),)))
    usual = locate(Evidence(walks=(_walk_at(10.0, 20.0, kind),)))
    assert found is not None
    assert usual is not None
    is_sound(found)
    assert distance_m(lat, lon, found.estimate.lat, found.estimate.lon) < 60
    if abs(lat) < 80:
        assert found.region95.area_m2 == pytest.approx(usual.region95.area_m2, rel=0.01)


def _walk_at(lat: float, lon: float, kind: str) -> WalkEvidence:
    if kind == "radio":
        return WalkEvidence(walk="a", hearings=row(lat, lon, [-80.0, -70.0, -60.0, -55.0, -63.0, -77.0]))
    if kind == "bearing":
        return WalkEvidence(walk="a", bearings=(Bearing(lat=lat, lon=lon, bearing_deg=30.0, distance_m=12.0),))
    return WalkEvidence(walk="a", marked=(Marked(lat=lat, lon=lon, east=9.0, north=4.0, between=1.0, common=9.0),))


LOOK = Bearing(lat=HERE[0], lon=HERE[1], accuracy_m=4.0, bearing_deg=90.0, sd_deg=8.0)


def _radius(*looks: Bearing) -> float:
    found = locate(Evidence(walks=(WalkEvidence(walk="a", bearings=looks),)))
    assert found is not None
    is_sound(found)
    return found.region95.radius_m


def _away(look: Bearing) -> float:
    found = locate(Evidence(walks=(WalkEvidence(walk="a", bearings=(look,)),)))
    assert found is not None
    best = found.modes[0]
    return distance_m(*HERE, best.lat, best.lon)


def test_a_look_with_a_distance_is_not_sixty_metres_wide() -> None:
    told = replace(LOOK, distance_m=8.0, distance_sd_m=2.4)
    assert _radius(told) < 18
    assert _radius(told) < _radius(LOOK) < 30


def test_a_distance_that_is_told_stands_whatever_is_usual() -> None:
    for distance in (4.0, 20.0, 80.0, 150.0):
        told = replace(LOOK, distance_m=distance, distance_sd_m=0.1 * distance)
        assert _away(told) == pytest.approx(distance, rel=0.2, abs=2.0)
    assert 4 < _away(LOOK) < 12


def test_a_known_bias_leaves_each_look_what_its_own_place_is_off() -> None:
    def radius(accuracy_m: float) -> float:
        looks = tuple(replace(LOOK, accuracy_m=accuracy_m, bearing_deg=turn) for turn in (80.0, 100.0))
        bias = Bias(east=0.0, north=0.0, variance=0.25)
        found = locate(Evidence(walks=(WalkEvidence(walk="a", bearings=looks, bias=bias),)))
        assert found is not None
        return found.region95.radius_m

    assert radius(12.0) > 1.1 * radius(2.0)


def test_one_hearing_says_about_here() -> None:
    found = locate(Evidence(walks=(WalkEvidence(walk="a", hearings=row(*HERE, [-60.0])),)))
    assert found is not None
    is_sound(found)
    assert distance_m(*HERE, found.estimate.lat, found.estimate.lon) < 3
    assert found.region95.radius_m > 15


def test_levels_that_nobody_measured_still_say_about_where() -> None:
    walk = WalkEvidence(walk="a", hearings=row(*HERE, [None] * 8))
    known = WalkEvidence(walk="a", hearings=row(*HERE, [-80.0, -73, -66, -58, -58, -66, -73, -80]))
    found, sure = locate(Evidence(walks=(walk,))), locate(Evidence(walks=(known,)))
    assert found is not None
    assert sure is not None
    is_sound(found)
    assert found.region95.area_m2 > sure.region95.area_m2
    assert distance_m(*moved(*HERE, 14.0, 0.0), found.estimate.lat, found.estimate.lon) < 10


def test_a_row_of_hearings_leaves_both_sides_open_and_a_bearing_decides() -> None:
    levels: list[float | None] = [-85.0, -80, -74, -68, -63, -60, -63, -68, -74, -80, -85]
    walk = WalkEvidence(walk="a", hearings=row(*HERE, levels))
    found = locate(Evidence(walks=(walk,)))
    assert found is not None
    middle = moved(*HERE, 20.0, 0.0)
    look = Bearing(lat=middle[0], lon=middle[1], accuracy_m=6.0, bearing_deg=10.0, sd_deg=10.0)
    decided = locate(Evidence(walks=(replace(walk, bearings=(look,)),)))
    assert decided is not None
    assert abs(found.estimate.lat - HERE[0]) * 111_195 < 1.5  # the two sides are alike
    assert (decided.estimate.lat - HERE[0]) * 111_195 > 3
    assert decided.region95.area_m2 < found.region95.area_m2


def test_silence_where_it_would_be_loud_moves_it_away() -> None:
    walk = WalkEvidence(walk="a", hearings=row(*HERE, [-60.0, -62, -64, -66, -70]))
    south, far = moved(*HERE, -10.0, -14.0), moved(*HERE, 30.0, -14.0)
    stretch = Silence(start=Place(lat=south[0], lon=south[1]), end=Place(lat=far[0], lon=far[1]))
    plain, silent = (locate(Evidence(walks=(one,))) for one in (walk, replace(walk, silences=(stretch,))))
    assert plain is not None
    assert silent is not None
    assert silent.estimate.lat > plain.estimate.lat


def test_a_street_draws_what_its_walls_are_at() -> None:
    walk = WalkEvidence(walk="a", hearings=row(*HERE, [-80.0, -70, -62, -70, -80]))
    west, east = moved(*HERE, -100.0, 6.0), moved(*HERE, 100.0, 6.0)
    street = Street(start=west, end=east)
    plain, drawn = locate(Evidence(walks=(walk,))), locate(Evidence(walks=(walk,), streets=(street,)))
    assert plain is not None
    assert drawn is not None
    assert drawn.estimate.lat > plain.estimate.lat


def test_a_known_bias_is_taken_off() -> None:
    (trial,) = trials("both_l", 1, 8)
    walk = evidence(trial, looks=True).walks[0]
    plain = locate(Evidence(walks=(replace(walk, bias=Bias(east=0.0, north=0.0, variance=4.0)),)))
    moved_by = locate(Evidence(walks=(replace(walk, bias=Bias(east=3.0, north=-2.0, variance=4.0)),)))
    assert plain is not None
    assert moved_by is not None
    plane = Plane(plain.estimate.lat, plain.estimate.lon)
    assert plane.to_metres(moved_by.estimate.lat, moved_by.estimate.lon) == pytest.approx((-3.0, 2.0), abs=0.8)
    unsure = locate(Evidence(walks=(replace(walk, bias=Bias(east=0.0, north=0.0, variance=49.0)),)))
    assert unsure is not None
    assert unsure.region95.area_m2 > plain.region95.area_m2


def test_marked_places_alone_are_normal_and_a_walks_bias_is_common_to_them() -> None:
    at = moved(*HERE, 6.0, 0.0)
    marks = tuple(Marked(lat=lat, lon=lon, east=8.0, north=8.0, common=9.0) for lat, lon in (HERE, at))
    one_walk = locate(Evidence(walks=(WalkEvidence(walk="a", marked=marks),)))
    two_walks = locate(
        Evidence(walks=tuple(WalkEvidence(walk=name, marked=(one,)) for name, one in zip("ab", marks, strict=True)))
    )
    assert one_walk is not None
    assert two_walks is not None
    assert (one_walk.estimate.east, two_walks.estimate.east) == pytest.approx((8 / 2 + 9, (8 + 9) / 2))
    plane = Plane(*HERE)
    assert plane.to_metres(one_walk.estimate.lat, one_walk.estimate.lon) == pytest.approx((3.0, 0.0), abs=1e-3)
    times2 = -2 * np.log(1 - factors_of([WalkEvidence(walk="a", marked=marks)], streets=False).most)
    assert one_walk.region95.area_m2 == pytest.approx(np.pi * times2 * 13.0, rel=1e-3)
    is_sound(one_walk)


@given(accuracy=st.floats(1, 80), more=st.floats(1, 60), seed=st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_a_receiver_less_sure_of_itself_never_makes_the_region_smaller(accuracy: float, more: float, seed: int) -> None:
    (trial,) = trials("pass", 1, 100 + seed)
    walk = evidence(trial, looks=True).walks[0]
    areas = []
    for accuracy_m in (accuracy, accuracy + more):
        told = replace(
            walk,
            hearings=tuple(
                Hearing(
                    place=Place(lat=one.place.lat, lon=one.place.lon, accuracy_m=accuracy_m), signal_dbm=one.signal_dbm
                )
                for one in walk.hearings
            ),
            bearings=tuple(replace(one, accuracy_m=accuracy_m) for one in walk.bearings),
        )
        found = locate(Evidence(walks=(told,)))
        assert found is not None
        areas.append(found.region95.area_m2)
    assert areas[1] >= areas[0] * 0.95  # a grid is as fine as it is


_metres = st.floats(-400, 400)
_somewhere = st.tuples(
    st.sampled_from([-90.0, -47.0, 0.0, 47.0, 90.0]), st.sampled_from([-180.0, -17.0, 0.0, 179.9999])
)
_accuracy = st.none() | st.floats(0, 1e6)
_levels = st.none() | st.floats(-120, 0)


@st.composite
def _walks(draw: st.DrawFn) -> Evidence:
    lat, lon = draw(_somewhere)

    def place() -> Place:
        at = moved(lat, lon, draw(_metres), draw(_metres))
        return Place(lat=at[0], lon=at[1], accuracy_m=draw(_accuracy))

    def walk(name: str) -> WalkEvidence:
        hearings = tuple(Hearing(place=place(), signal_dbm=draw(_levels)) for _ in range(draw(st.integers(0, 5))))
        spots = [place() for _ in range(draw(st.integers(0, 3)))]
        bearings = tuple(
            Bearing(
                lat=at.lat,
                lon=at.lon,
                accuracy_m=at.accuracy_m,
                bearing_deg=draw(st.floats(0, 359)),
                sd_deg=draw(st.floats(0, 180)),
                distance_m=draw(st.none() | st.floats(0, 5000)),
                distance_sd_m=draw(st.none() | st.floats(0, 5000)),
            )
            for at in spots
        )
        marked = tuple(
            Marked(
                lat=at.lat,
                lon=at.lon,
                east=draw(st.floats(0, 1e4)),
                north=draw(st.floats(0, 1e4)),
                between=draw(st.floats(-1e4, 1e4)),
                common=draw(st.floats(0, 1e4)),
            )
            for at in (place() for _ in range(draw(st.integers(0, 2))))
        )
        silences = tuple(Silence(start=place(), end=place()) for _ in range(draw(st.integers(0, 3))))
        return WalkEvidence(walk=name, hearings=hearings, silences=silences, bearings=bearings, marked=marked)

    return Evidence(walks=tuple(walk(name) for name in "abc"[: draw(st.integers(1, 3))]))


@given(_walks())
@settings(max_examples=60, deadline=None)
def test_any_finite_evidence_gives_a_sound_answer(given_evidence: Evidence) -> None:
    found = locate(given_evidence)
    said = any(walk.hearings or walk.bearings or walk.marked for walk in given_evidence.walks)
    assert (found is not None) == said
    if found is not None:
        is_sound(found)


def test_the_hubs_observations_become_the_evidence() -> None:
    (trial,) = trials("both_l", 1, 3)
    sightings = locators.sightings(trial)
    seen = [found for seq, one in enumerate(sightings, 1) if (found := observe(seq, one, None)) is not None]
    made = evidence_of(reversed(seen))
    assert [len(walk.hearings) for walk in made.walks] == [len(each.heard) for each in trial.passes]
    assert [len(walk.bearings) for walk in made.walks] == [len(each.looks) for each in trial.passes]
    assert sorted(round(one.bearing_deg, 1) for one in made.walks[0].bearings) == sorted(
        round(one.bearing_deg, 1) % 360 for one in trial.passes[0].looks
    )
    assert all(not walk.marked for walk in made.walks)
    # What a look says is kept once
    assert all(one.sighting.observer is None and one.sighting.subject is None for one in seen)
    assert made == evidence_of(seen)


def test_drift_is_the_receivers_accuracy_with_a_floor() -> None:
    walk = WalkEvidence(walk="a", hearings=row(*HERE, [-60.0, -60.0], accuracy_m=15.1))
    assert sqrt(drift_variance(walk)) == pytest.approx(10.0)
    assert sqrt(drift_variance(WalkEvidence(walk="a", hearings=row(*HERE, [-60.0], accuracy_m=0.5)))) == 3.0


def test_a_grid_has_its_middle_where_it_was_asked_for() -> None:
    east, north = Grid.around(10.0, -20.0, 32.0, 64).axes()
    assert (east.mean(), north.mean()) == pytest.approx((10.0, -20.0))
    assert east[1] - east[0] == 1.0


def test_sums_do_not_hang_on_the_order_to_the_last_digit() -> None:
    def walk(name: str, shift: float) -> WalkEvidence:
        places = [moved(*HERE, 0.37 * number + shift, 0.11 * number * number % 1.7) for number in range(14)]
        hearings = tuple(
            Hearing(place=Place(lat=lat, lon=lon), signal_dbm=-60.1 - 1.7 * number, frames=1 + number % 3)
            for number, (lat, lon) in enumerate(places)
        )
        return WalkEvidence(walk=name, hearings=hearings)

    walks = (walk("a", 0.0), walk("b", 5.3), walk("c", -3.9))
    found = {
        locate(Evidence(walks=order))
        for order in (
            walks,
            walks[::-1],
            tuple(replace(one, hearings=one.hearings[::-1]) for one in walks[1:] + walks[:1]),
        )
    }
    assert len(found) == 1
