"""How many cameras become of one that was heard and photographed on two walks, and of two that stand side by side."""

from collections.abc import Sequence

import msgspec
import numpy as np

from hub.merge.cameras import derive
from probe.contract.sighting import Sighting
from tests.accuracy import locators
from tests.accuracy.frozen import locating
from tests.accuracy.locate import Figures
from tests.accuracy.passes import drawn_beside, trials
from tests.accuracy.today import observed

SCENARIO, APART_M = "both_l", 6.0
OTHER_TRANSMITTER = "ac:cc:8e:10:20:31"


def measure(*, full: bool) -> Figures:
    """One camera, and two that are 6 m apart; each was heard on two walks, and photographed from two places on each."""
    frozen = locating()["trials"]
    count, seed = frozen["together_count" if full else "small_together_count"], frozen["seed"]
    alone = [len(made(locators.sightings(trial))) for trial in trials(SCENARIO, count, seed)]
    both = [two(seed, number) for number in range(count)]
    cameras = [len(sets) for sets in both]
    right = [{frozenset(one) for one in sets} == _true(seed, number) for number, sets in enumerate(both)]
    return {
        "together.trials": count,
        "together.cameras_median": float(np.median(alone)),
        "together.cameras_p90": float(np.quantile(alone, 0.9)),
        "together.one_share": round(float(np.mean(np.array(alone) == 1)), 4),
        "together.two.cameras_median": float(np.median(cameras)),
        "together.two.cameras_p90": float(np.quantile(cameras, 0.9)),
        "together.two.two_share": round(float(np.mean(np.array(cameras) == 2)), 4),
        "together.two.right_share": round(float(np.mean(right)), 4),
    }


def made(sightings: Sequence[Sighting]) -> list[list[str]]:
    """The ids of the sightings of each camera that the product makes."""
    cameras, _ = derive(observed(sightings, [None] * len(sightings)))
    return [[one.sighting.id for one in camera.observations] for camera in cameras]


def side_by_side(seed: int, number: int) -> tuple[list[Sighting], list[Sighting]]:
    """What two walks say of each of two cameras."""
    first, second = drawn_beside(SCENARIO, np.random.default_rng([seed, number]), APART_M)
    return locators.sightings(first), [_of_other(one) for one in locators.sightings(second)]


def two(seed: int, number: int) -> list[list[str]]:
    """What is made of two cameras."""
    first, second = side_by_side(seed, number)
    return made([*first, *second])


def _true(seed: int, number: int) -> set[frozenset[str]]:
    return {frozenset(one.id for one in sightings) for sightings in side_by_side(seed, number)}


def _of_other(sighting: Sighting) -> Sighting:
    radio = sighting.radio and msgspec.structs.replace(sighting.radio, transmitter=OTHER_TRANSMITTER)
    return msgspec.structs.replace(sighting, id=f"f{sighting.id[1:]}", radio=radio)
