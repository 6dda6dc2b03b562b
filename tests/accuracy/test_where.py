"""The product's places on a few trials, what it learns from, and the bound that physics sets."""

from dataclasses import replace

import numpy as np
import pytest

from hub.merge.where.factors import TRAITS, learnt
from probe.contract.geodesy import moved, offset_m
from tests.accuracy import locate, locators, towns
from tests.accuracy.bound import CIRCLE, GNSS_M, bound_m, median_bounds
from tests.accuracy.evidences import ORIGIN, evidence, looks_only, marks, one_look, with_distances
from tests.accuracy.fitted import share_law, temper_law
from tests.accuracy.frozen import locating
from tests.accuracy.keys import without_meaning
from tests.accuracy.laws import VARIED, under, varied, worse
from tests.accuracy.learn_where import factors, gathered, held
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
    ones = np.ones((99, 1))
    for level in (0.5, 0.95):
        (slope,) = share_law(rank[::-1], ones, level)
        assert 1 - np.exp(-np.exp(slope)) == pytest.approx(level, abs=1e-6)


def test_a_share_follows_what_it_grows_with() -> None:
    random = np.random.default_rng(8)
    trait = random.uniform(-1, 1, 4000)
    traits = np.column_stack([np.ones(4000), trait])
    rank = 1 - np.exp(-random.exponential(np.exp(0.6 * trait)))
    slopes = share_law(rank, traits, 0.95)
    assert slopes[1] == pytest.approx(0.6, abs=0.15)
    shares = 1 - np.exp(-np.exp(traits @ slopes))
    for part in (trait < 0, trait > 0):
        assert (rank <= shares)[part].mean() == pytest.approx(0.95, abs=0.015)


def test_the_temper_is_that_of_the_highest_density() -> None:
    tempers = np.array([0.4, 0.6, 0.8, 1.0, 1.3])
    trait = np.repeat([-1.0, 1.0], 100)
    best = 0.8 * np.exp(0.2 * trait)
    density = -((np.log(tempers) - np.log(best)[:, np.newaxis]) ** 2)
    slopes = temper_law(density, tempers.tolist(), np.column_stack([np.ones(200), trait]), (0.4, 1.3))
    assert np.exp(slopes[0]) == pytest.approx(0.8, rel=0.01)
    assert slopes[1] == pytest.approx(0.2, abs=0.02)


def test_factors_are_learnt_for_each_kind_there_is() -> None:
    rows = gathered("pass", 0, 2)
    assert {one.kind for one in rows} == set(TRAITS)
    found = factors(rows * 20)
    assert set(found) == set(TRAITS)
    for kind, laws in found.items():
        half, most = held([one for one in rows if one.kind == kind], laws)
        assert half < most
    assert set(factors([one for one in rows if one.kind == "seen"])) == {"seen"}


def test_what_has_no_temper_keeps_its_own() -> None:
    marked = [one for one in gathered("pass", 0, 1) if one.kind == "marked"]
    assert set(factors(marked * 20)["marked"]["temper"].values()) == {0.0}


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


@pytest.mark.parametrize("kind", sorted(TRAITS))
def test_what_the_product_uses_was_learnt(kind: str) -> None:
    laws = learnt()[kind]
    assert set(laws) == {"temper", "half", "most"}
    for law in laws.values():
        assert set(law) == {"at_all", *TRAITS[kind]}


def test_what_judges_is_not_what_it_learns_from() -> None:
    frozen = locating()["trials"]
    assert len({frozen["seed"], frozen["learn_seed"], frozen["towns_seed"]}) == 3


def test_towns_differ_from_the_frozen_one_and_from_each_other() -> None:
    drawn = {law: towns.town("pass", law, 2) for law in towns.LAWS}
    assert drawn["harsher"] != drawn["milder"] != drawn["own"]
    assert towns.town("pass", "own", 3)[:2] == drawn["own"]
    for first, second in drawn.values():
        assert first != second
    cycles = {len(one.heard) + len(one.passes[0].silent) for one, _ in drawn.values()}
    assert len(cycles) > 1  # other walks by other cameras, not the same ones under other laws


def test_regions_in_other_towns_are_told_beside_the_best_other_score() -> None:
    learnt = dict.fromkeys(locators.WEIGHTED, 30.0)
    found = [one for law in ("harsher", "milder") for one in towns.scenario("pass", law, 4, learnt)]
    assert [one.scenario for one in found] == ["pass", "pass", "pass_bearings", "pass_bearings"] * 2
    figures = towns.figures_of(found)
    assert without_meaning(figures) == []
    told = towns.text(found, figures)
    assert "all 30 % milder" in told
    assert "each town its own" not in told
    assert told.count("One pass on one pavement") == 4
