"""The frozen generator gives the same again, hides what it must, and is like real cameras where it says so."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from tests.accuracy.positions import chosen
from tests.accuracy.reports import Report, on_globe, places
from tests.accuracy.streets_of_cameras import line, town
from tests.accuracy.walks import Setting, attributes, grid_bias, smooth_bias, walked

SETTING = Setting("cctv", "4_3", "grid", 5)


def test_a_seed_gives_the_same_walks_and_another_one_others() -> None:
    positions = town(40)
    assert walked(positions, SETTING).reports == walked(positions, SETTING).reports
    assert walked(positions, SETTING).reports != walked(positions, replace(SETTING, seed=6)).reports


def test_no_two_reports_of_a_walk_are_of_one_camera_and_most_cameras_are_seen() -> None:
    positions = town(60)
    world = walked(positions, SETTING)
    met = [(one.walk, camera) for one, camera in zip(world.reports, world.camera.tolist(), strict=True)]
    assert len(set(met)) == len(met)
    assert len(met) / (3 * len(positions)) == pytest.approx(0.7, abs=0.05)
    assert len({one.id for one in world.reports}) == len(met)


def test_an_estimator_is_given_nothing_of_the_truth() -> None:
    assert {each.name for each in fields(Report)} == {
        *("id", "walk", "day", "lat", "lon", "accuracy_m", "kind", "mount", "direction")
    }
    world = walked(line(400, 5.0), SETTING)
    # Neither their order nor that of their ids runs along the street
    for order in (world.camera, world.camera[np.argsort([one.id for one in world.reports])]):
        assert abs(np.corrcoef(np.arange(len(order)), order)[0, 1]) < 0.15


def test_where_the_squares_of_a_bias_begin_is_hidden() -> None:
    positions, random = line(400, 1.0), np.random.default_rng(1)
    begins = []
    for _ in range(40):
        jumps = np.flatnonzero(np.diff(grid_bias(positions, random)[0])) + 1
        assert set(np.diff(jumps)) <= {200}
        begins.append(int(jumps[0]) % 200)
    assert len(set(begins)) > 30
    # All around the square: no mean phase that one could learn
    assert abs(np.exp(2j * np.pi * np.array(begins) / 200).mean()) < 0.35


def test_a_smooth_bias_has_no_squares() -> None:
    east, _ = smooth_bias(line(400, 1.0), np.random.default_rng(1))
    assert np.abs(np.diff(east)).max() < 0.05
    assert np.ptp(east) > 0.5


@pytest.mark.parametrize("law", ["grid", "smooth"])
def test_a_bias_has_the_deviation_that_is_told(law: str) -> None:
    settings = [replace(SETTING, law=law, seed=seed) for seed in range(30)]
    off = np.concatenate([walked(line(40, 100.0), setting).east_off for setting in settings])
    assert off.std() == pytest.approx(4.0, rel=0.15)


def test_the_law_of_the_bias_changes_places_and_nothing_else() -> None:
    grid, smooth = (walked(town(40), replace(SETTING, law=law)) for law in ("grid", "smooth"))
    assert np.array_equal(grid.camera, smooth.camera)
    said = [[(one.kind, one.mount, one.direction) for one in world.reports] for world in (grid, smooth)]
    assert said[0] == said[1]
    assert np.linalg.norm(places(grid.reports) - places(smooth.reports), axis=1).min() > 0


def test_attributes_are_there_as_often_as_on_real_nodes() -> None:
    reports = walked(town(900), SETTING).reports
    for what, share in (("kind", 0.70), ("mount", 0.66), ("direction", 0.24)):
        there = [getattr(one, what) is not None for one in reports]
        assert np.mean(there) == pytest.approx(share, abs=0.03), what


def test_neighbours_are_alike_as_often_as_real_ones_are() -> None:
    positions = town(900)
    true = attributes(positions, SETTING, np.random.default_rng(3))
    near = cKDTree(on_globe(positions.lat, positions.lon)).query_pairs(10.0, output_type="ndarray")
    anyone = np.random.default_rng(4).integers(0, len(positions), (20_000, 2))
    for values, alike, by_chance in ((true.kind, 0.90, 0.48), (true.mount, 0.90, 0.34)):
        assert _agree(values, near) == pytest.approx(alike, abs=0.04)
        assert _agree(values, anyone) == pytest.approx(by_chance, abs=0.04)


def _agree(values: list[str | None], pairs: "np.ndarray[tuple[int, int], np.dtype[np.int64]]") -> float:
    both = [(values[a], values[b]) for a, b in pairs.tolist() if a != b and values[a] and values[b]]
    return float(np.mean([one == other for one, other in both]))


def test_areas_to_learn_from_and_to_judge_by_share_no_camera() -> None:
    positions = town(400, apart_m=400.0)
    learn, judge = (chosen(positions, 1.0, learn=side) for side in (True, False))
    assert len(learn) + len(judge) == len(positions)
    assert len(learn) / len(positions) == pytest.approx(0.4, abs=0.1)
    assert not {*learn.lat.tolist()} & {*judge.lat.tolist()}
    half = chosen(positions, 0.5, learn=False)
    assert {*half.lat.tolist()} < {*judge.lat.tolist()}
