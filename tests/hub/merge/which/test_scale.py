"""The variances that make cameras likeliest are those by which their likelihood, asked for each, is greatest."""

import numpy as np
import pytest

from hub.merge.which import scale
from hub.merge.which.factors import factors
from hub.merge.which.scene import Scene, flat, scene_of
from hub.merge.which.search import effort_for, found, likelihood
from tests.hub.merge.which.test_resolve import item


def a_street(off_m: float, seed: int) -> Scene:
    """Twelve cameras along a street that three walks saw, each off by so much as a whole, and by 3 m by itself."""
    luck = np.random.default_rng(seed)
    items = []
    for walk in "abc":
        east, north = luck.normal(0.0, off_m, 2)
        for number in range(12):
            place = (30.0 * number + east + luck.normal(0.0, 3.0), north + luck.normal(0.0, 3.0))
            items.append(item(f"{walk}{number:02}", walk, *place))
    return scene_of(items, flat(items), factors())


@pytest.mark.parametrize(("off_m", "seed"), [(0.5, 1), (4.0, 2), (12.0, 3), (12.0, 4)])
def test_modes_say_what_asking_for_each_says(off_m: float, seed: int) -> None:
    scene = a_street(off_m, seed)
    state = found(scene, np.random.default_rng(1), effort_for(scene))

    def asked(own: float, common: float) -> float:
        prior = (np.log(own) ** 2 + np.log(common) ** 2) / (2 * scale.PRIOR_SD**2)
        return likelihood(scale._with(scene, own, common), state.labels) - float(prior)

    choices = [(own, common) for own in scale.UNTOLD_OWN for common in scale.UNTOLD_COMMON]
    best = max(choices, key=lambda both: asked(*both))
    assert scale._likeliest(scene, state.labels, scale.UNTOLD_OWN, scale.UNTOLD_COMMON) == best


def test_what_is_found_differs_with_how_far_walks_are_off() -> None:
    near, far = (a_street(off_m, 5) for off_m in (0.2, 12.0))
    chosen = [
        scale._likeliest(one, found(one, np.random.default_rng(1), effort_for(one)).labels, (1.0,), (0.25, 1.0, 4.0))
        for one in (near, far)
    ]
    assert chosen[0][1] < chosen[1][1]
