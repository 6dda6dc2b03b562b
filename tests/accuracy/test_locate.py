"""The simulator of passes, the locators and their regions."""

from dataclasses import replace
from math import hypot

import numpy as np
import pytest

from hub.merge.camera import Camera
from hub.merge.doubt import Doubt
from hub.merge.observe import Estimate, Observation
from hub.merge.place import Located as Told
from hub.merge.place import Region
from probe.contract.geodesy import moved
from tests.accuracy import locate, locators, real, together
from tests.accuracy.evidences import ORIGIN
from tests.accuracy.frozen import locating
from tests.accuracy.locators import Located, located
from tests.accuracy.passes import Heard, Pass, Trial, drawn_beside, trials

SCENARIOS = sorted(locating()["scenarios"])
ROW = [Heard(-10.0, 0.0, -70.0), Heard(0.0, 0.0, -50.0), Heard(20.0, 10.0, -90.0)]


def trial(heard: list[Heard]) -> Trial:
    return Trial(passes=(Pass(heard=tuple(heard), silent=(), looks=()),), streets=(), east=0.0, north=0.0)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_seed_gives_the_same_trials_and_more_begin_with_them(scenario: str) -> None:
    few, more = trials(scenario, 2, 1), trials(scenario, 3, 1)
    assert few == more[:2]
    assert more[2] not in few
    assert trials(scenario, 1, 2) != few[:1]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_louder_is_nearer_and_bearings_point_at_the_camera(scenario: str) -> None:
    drawn = trials(scenario, 30, 4)
    near = []
    for each in drawn:
        loudness = [one.dbm for one in each.heard]
        distance = [hypot(one.east - each.east, one.north - each.north) for one in each.heard]
        near.append(np.array([np.log(distance), np.array(loudness) - np.mean(loudness)]))
    assert np.corrcoef(np.hstack(near))[0, 1] < -0.4
    off = [
        abs((np.degrees(np.arctan2(each.east - one.east, each.north - one.north)) - one.bearing_deg + 180) % 360 - 180)
        for each in drawn
        for walk in each.passes
        for one in walk.looks
    ]
    assert 5 < np.median(off) < 40  # the receiver's drift turns them as well
    assert all(len(each.passes) == len(locating()["scenarios"][scenario]["walks"]) for each in drawn)


def test_baselines_by_hand() -> None:
    assert located("mean", ROW).east == pytest.approx(10 / 3)
    assert (located("peak", ROW).east, located("peak", ROW).north) == (0.0, 0.0)
    assert located("wigle", ROW).east == pytest.approx((30**2 * -10 + 10**2 * 20) / (30**2 + 50**2 + 10**2))
    assert located("linear_power", ROW).east == pytest.approx(-0.097, abs=0.001)
    box = located("beacondb", ROW)
    assert (box.east, box.north, box.radius_m) == (5.0, 5.0, 50.0)
    ichnaea = located("ichnaea", ROW)
    assert ichnaea.radius_m == pytest.approx(hypot(20 - ichnaea.east, 10 - ichnaea.north))


def test_maximum_likelihood_finds_a_transmitter_without_noise() -> None:
    around = [(-30.0, 0.0), (-10.0, 0.0), (10.0, 0.0), (30.0, 0.0), (30.0, 30.0), (-30.0, 30.0), (0.0, 40.0)]
    heard = [Heard(e, n, -38 - 30 * float(np.log10(np.sqrt((e - 5) ** 2 + (n - 12) ** 2 + 9)))) for e, n in around]
    found = located("robust_ml", heard)
    assert [found.east, found.north] == pytest.approx([5, 12], abs=0.5)


@pytest.mark.parametrize("streets", [False, True])
@pytest.mark.parametrize("looks", [False, True])
def test_the_products_region_is_the_one_that_its_map_draws(looks: bool, streets: bool) -> None:
    (one,) = trials("both_l", 1, 9)
    found = locators.ours(one, looks=looks, streets=streets)
    assert found.times is not None
    assert found.level is not None
    assert found.radius_m is not None
    assert found.times(found.east, found.north) <= 1
    assert found.level(found.east, found.north) < 0.95
    far = found.east + 500.0, found.north
    assert found.times(*far) > 500 / found.radius_m - 3
    assert found.level(*far) == 1.0
    # What the region's outline holds is what its area says, as shares of a square around it
    at = [(found.east + e, found.north + n) for e in np.linspace(-60, 60, 41) for n in np.linspace(-60, 60, 41)]
    inside = np.mean([found.times(*point) <= 1 for point in at])
    assert inside * 123**2 == pytest.approx(np.pi * found.radius_m**2, rel=0.15)


def test_a_point_beside_a_region_is_as_far_as_its_outline() -> None:
    square = tuple(
        (lon, lat) for lat, lon in (moved(*ORIGIN, *at) for at in [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)])
    )
    region = Region(rings=(square,), area_m2=100.0)
    middle = moved(*ORIGIN, 5.0, 5.0)
    told = Told(
        estimate=Estimate(lat=middle[0], lon=middle[1], east=1, north=1), modes=(), region50=region, region95=region
    )
    found = locators.of_rings(told)
    assert found.times is not None
    assert found.times(9.0, 9.0) <= 1
    radius = (100 / np.pi) ** 0.5
    assert found.times(13.0, 5.0) == pytest.approx(1 + 3 / radius, abs=0.01)
    assert found.times(13.0, 14.0) == pytest.approx(1 + 5 / radius, abs=0.01)


def test_bearings_bring_the_product_nearer() -> None:
    drawn = trials("pass", 12, 11)
    assert locate.ours("bearings", drawn)[0].median < locate.ours("radio", drawn)[0].median


def test_a_line_tells_cover_radius_and_score() -> None:
    here = Located(east=3.0, north=4.0, radius_m=4.0, times=lambda e, n: hypot(e - 3, n - 4) / 4.0)
    found = locate.line("one", [here, replace(here, times=lambda *_: 0.5)], [trial(ROW), trial(ROW)], own=True)
    assert found.errors.tolist() == [5.0, 5.0]
    assert found.covered == 1
    assert found.score == pytest.approx(4 + 0.5 * 1 / 0.05)
    with pytest.raises(ValueError, match="no region"):
        locate.line("one", [Located(east=0, north=0)], [trial(ROW)], own=True)


def test_one_camera_heard_and_photographed_is_counted() -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(locating()["trials"], "small_together_count", 3)
        found = together.measure(full=False)
    assert found["together.trials"] == 3
    assert 1 <= float(found["together.cameras_median"] or 0) <= 6
    assert 1 <= float(found["together.two.cameras_median"] or 0) <= 12


def test_two_cameras_side_by_side_are_met_by_the_same_walks() -> None:
    first, second = drawn_beside("both_l", np.random.default_rng(4), 6.0)
    assert hypot(first.east - second.east, first.north - second.north) == pytest.approx(6.0)
    for one, other in zip(first.passes, second.passes, strict=True):
        places = [{(each.east, each.north) for each in walk.heard} | set(walk.silent) for walk in (one, other)]
        assert places[0] == places[1]
        assert [each.dbm for each in one.heard] != [each.dbm for each in other.heard]
    sightings = [one.id for both in together.side_by_side(1, 2) for one in both]
    assert len(set(sightings)) == len(sightings)
    transmitters = {one.radio.transmitter for both in together.side_by_side(1, 2) for one in both if one.radio}
    assert len(transmitters) == 2


def test_a_pair_at_one_place_that_looks_the_same_way_is_asked_about_and_a_far_one_is_not() -> None:
    assert real.outcome(1, 0.2, 0.0) == "queued"
    assert real.outcome(2, 29.0, 0.0) == "apart"


@pytest.mark.parametrize("cameras", [1, 2])
def test_a_pair_is_queued_where_one_of_its_reports_is_in_doubt(monkeypatch: pytest.MonkeyPatch, cameras: int) -> None:
    doubt = Doubt(sightings=("0" * 32,), here=0.6, others=((None, 0.4),))

    def sure(seen: list[Observation]) -> tuple[list[Camera], int]:
        return [Camera(estimate=seen[0].place, members=[seen[0]]) for _ in range(cameras)], 0

    with monkeypatch.context() as patched:
        patched.setattr(real, "derive", sure)
        assert real.outcome(1, 0.2, 0.0) == ("merged" if cameras == 1 else "apart")

    def doubting(seen: list[Observation]) -> tuple[list[Camera], int]:
        made = [Camera(estimate=seen[0].place, members=[seen[0]]) for _ in range(cameras)]
        made[0].doubts = (doubt,)
        return made, 0

    monkeypatch.setattr(real, "derive", doubting)
    assert real.outcome(1, 0.2, 0.0) == "queued"
