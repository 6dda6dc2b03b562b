"""The product's places on a few trials, what it learns from, and the bound that physics sets."""

from dataclasses import replace

import numpy as np
import pytest

from hub.merge.where.factors import learnt
from probe.contract.geodesy import moved, offset_m
from tests.accuracy import locate, locators
from tests.accuracy.bound import CIRCLE, GNSS_M, bound_m, median_bounds
from tests.accuracy.evidences import ORIGIN, evidence, looks_only, marks, one_look, with_distances
from tests.accuracy.frozen import locating
from tests.accuracy.laws import VARIED, under, varied, worse
from tests.accuracy.learn_where import conformal, factors, gathered
from tests.accuracy.passes import Trial, trials


def test_the_product_is_near_and_its_region_holds() -> None:
    drawn = trials("both_l", 40, 31)
    line = locate.ours("bearings", drawn)[0]
    assert line.median < 6.5
    assert line.covered >= 33
    assert line.score < locate.baseline("beacondb", drawn, {}).score
    assert np.median(line.radii) < 16


def test_a_place_in_the_region_is_within_once_and_one_outside_by_how_far_it_is() -> None:
    (trial,) = trials("both_l", 1, 9)
    found = locators.ours(trial, looks=True)
    assert found.times is not None
    assert found.radius_m is not None
    assert found.times(found.east, found.north) <= 1
    far = found.times(found.east + 500, found.north)
    assert 1 + 400 / found.radius_m < far < 1 + 500 / found.radius_m


def test_silences_are_long_and_near_as_a_probe_tells_them() -> None:
    told = [evidence(trial, looks=False) for trial in trials("loop", 12, 2)]
    assert sum(len(walk.silences) for one in told for walk in one.walks) > 0
    assert all(len(walk.silences) <= 12 for one in told for walk in one.walks)


def test_the_bound_falls_with_evidence_and_never_below_what_receivers_are_off() -> None:
    (trial,) = trials("both_l", 1, 3)
    both, radio = bound_m(trial, looks=True), bound_m(trial, looks=False)
    one = bound_m(replace(trial, passes=trial.passes[:1]), looks=True)
    assert both < radio
    assert both < one
    assert both > CIRCLE * GNSS_M / np.sqrt(len(trial.passes))


def test_the_bound_of_a_pass_is_about_what_was_published() -> None:
    drawn = trials("pass", 40, 3)
    assert 7 < median_bounds(drawn, looks=False) < 13
    assert 4.5 < median_bounds(drawn, looks=True) < 7


def test_the_share_that_held_is_the_one_that_is_learnt() -> None:
    rank = np.arange(1, 100) / 100
    assert conformal(rank, 0.95) == 0.95
    assert conformal(rank[::-1], 0.5) == 0.5


def test_factors_are_learnt_for_classes_with_enough_trials_and_for_all_together() -> None:
    rows = gathered("pass", 0, 2)
    name = rows[0].name
    assert name in ("one_heard", "one_heard_much")
    found = factors(rows[:1] * 160)
    assert set(found) == {"any", name}
    assert set(factors(rows)) == {"any"}


def test_what_has_no_temper_keeps_its_own() -> None:
    marked = [one for one in gathered("pass", 0, 1) if one.name == "one_marked"]
    assert factors(marked * 200)["one_marked"]["temper"] == 1.0


def test_other_laws_are_other_passes_and_the_frozen_ones_are_back_after() -> None:
    plain = trials("pass", 1, 4)
    with under(worse()):
        assert locating()["bearing"]["outliers"] == pytest.approx(0.13)
        assert trials("pass", 1, 4) != plain
    assert trials("pass", 1, 4) == plain
    drawn = varied(np.random.default_rng(1), 0.8, 1.25)
    assert set(drawn) == set(VARIED)
    assert all(0.8 <= factor <= 1.25 for factor in drawn.values())


def test_looks_alone_have_no_radio_and_distances_are_guessed_as_walkers_guess() -> None:
    random = np.random.default_rng(3)
    shares = []
    for trial in trials("pass", 40, 12):
        given = with_distances(looks_only(evidence(trial, looks=True)), trial, random)
        assert not any(walk.hearings or walk.silences for walk in given.walks)
        assert [len(walk.bearings) for walk in one_look(given, random).walks] == [1]
        for bearing, one in zip(given.walks[0].bearings, trial.passes[0].looks, strict=True):
            assert bearing.distance_m is not None
            assert one.away_m == pytest.approx(np.hypot(trial.east - one.east, trial.north - one.north), abs=25)
            shares.append(bearing.distance_m / one.away_m)
    assert np.median(shares) == pytest.approx(1, abs=0.1)
    assert np.std(shares) == pytest.approx(0.3, abs=0.08)


def test_marks_are_off_by_what_receivers_are() -> None:
    (trial,) = trials("pass", 1, 2)
    random = np.random.default_rng(4)
    (walk,) = marks(trial, 1, random)
    off = [offset_m(*moved(*ORIGIN, trial.east, trial.north), *mark) for mark in _marks(trial, random)]
    assert np.std(off) == pytest.approx(np.sqrt(walk.marked[0].east + walk.marked[0].common), rel=0.2)


def _marks(trial: Trial, random: np.random.Generator) -> list[tuple[float, float]]:
    return [(walk.marked[0].lat, walk.marked[0].lon) for walk in marks(trial, 300, random)]


CLASSES = [f"{walks}_{what}" for walks in ("one", "two", "several") for what in ("heard", "heard_seen", "seen")]


@pytest.mark.parametrize(
    "name", ["any", "one_heard_much", "one_look", "one_look_told", "one_seen_told", "one_marked", *CLASSES]
)
def test_what_the_product_uses_was_learnt(name: str) -> None:
    row = learnt()[name]
    assert 0.3 <= row["temper"] <= 1.5
    assert 0.3 < row["half"] < row["most"] < 1


def test_what_judges_is_not_what_it_learns_from() -> None:
    frozen = locating()["trials"]
    assert frozen["seed"] != frozen["learn_seed"]
