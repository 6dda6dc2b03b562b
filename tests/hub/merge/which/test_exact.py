"""A few items, of which all ways to divide them are weighed."""

from math import exp, log, pi

import numpy as np
import pytest

from hub.merge.which.exact import Ways, best_of, ways_of, weighed
from hub.merge.which.factors import factors
from hub.merge.which.item import RADIO, Item
from hub.merge.which.scene import Scene, flat, scene_of
from tests.hub.merge.which.test_resolve import item


def scene(*items: Item) -> Scene:
    return scene_of(items, flat(items), factors())


def ways(of: Scene) -> Ways:
    found = ways_of(of)
    assert found is not None
    return found


def test_all_ways_are_there_once() -> None:
    each_its_walk = ways(scene(*(item(f"{n}", f"{n}", n, 0) for n in range(5))))
    assert len(each_its_walk.same) == 52  # Bell's number of 5
    assert len({one.tobytes() for one in each_its_walk.same}) == 52
    two_walks = ways(scene(*(item(f"{n}", "ab"[n % 2], n, 0) for n in range(4))))
    assert len(two_walks.same) == 7  # none, four pairs, two times two pairs


def test_what_binds_is_in_all_ways() -> None:
    bound = ways(scene(item("0", "a", 0, 0, group=1), item("1", "a", 9, 0, group=1), item("2", "b", 0, 0)))
    assert [one[0, 1] for one in bound.same] == [True, True]
    apart = ways(scene(item("0", "a", 0, 0, sides={4: 0}), item("1", "b", 0, 0, sides={4: 1})))
    assert len(apart.same) == 1


def test_too_many_are_not_weighed() -> None:
    assert ways_of(scene(*(item(f"{n}", f"{n}", n, 0) for n in range(7)))) is None
    assert ways_of(scene(*(item(f"{n}", RADIO, n, 0) for n in range(7)))) is not None


@pytest.mark.parametrize("away_m", [0.0, 5.0, 14.0])
def test_the_odds_of_two_are_those_of_the_formula(away_m: float) -> None:
    place = factors().place
    pair = scene(item("0", "a", 0, 0), item("1", "b", away_m, 0))
    variance = 2 * (9.0 + 16.0)
    here = exp(-(away_m**2) / (2 * variance)) / (2 * pi * variance)
    wider = variance + place.clump_sd_m**2
    there = exp(float(pair.rare[1])) + place.clump * exp(-(away_m**2) / (2 * wider)) / (2 * pi * wider)
    odds = here / (there * (1 - place.detection) ** 2)
    pairs = weighed(pair, ways(pair)).pairs
    assert log(pairs[0, 1] / (1 - pairs[0, 1])) == pytest.approx(log(odds), abs=0.01)


def test_a_bias_is_what_kriging_says() -> None:
    """Two walks at two cameras 60 m apart: what is off is shared evenly, and is not all believed."""
    four = scene(*(item(f"{w}{n}", w, 60.0 * n, 6.0 * (w == "b")) for w in "ab" for n in (0, 1)))
    doubt = weighed(four, ways(four))
    north = doubt.off[:, 1]
    assert north[:2] == pytest.approx(-north[2:], abs=0.05)
    assert 1.5 < north[2] < 3.0
    assert np.all(doubt.off_var < 16.0)
    assert best_of(ways(four), doubt.pairs).tolist() == [0, 1, 0, 1]
