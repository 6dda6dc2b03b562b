"""What is known beside a share, and how sure that makes."""

from dataclasses import replace

import numpy as np
import pytest

from hub.merge.which.factors import factors
from hub.merge.which.item import RADIO, Item
from hub.merge.which.scene import Floats, flat, scene_of
from hub.merge.which.sure import SIGNS, SUREST, calibrated, signs
from tests.hub.merge.which.test_resolve import item

SAYS_ALL = {"kind": "dome", "mount": "wall", "direction": 90.0}


def told(items: list[Item], labels: list[int]) -> Floats:
    return signs(items, scene_of(items, flat(items), factors()), np.array(labels))


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({}, [0, 0, 0]),
        ({"kind": "dome"}, [1, 0, 0]),
        ({"kind": "alpr"}, [0, 0, 0]),  # they stand in twos, and all are that
        ({"mount": "wall"}, [0, 1, 0]),
        ({"direction": 110.0}, [0, 0, 1]),
        ({"kind": "fixed", "mount": "pole", "direction": 270.0}, [0, 0, 0]),
    ],
)
def test_in_what_two_are_said_to_be_alike(said: dict[str, object], wanted: list[int]) -> None:
    first = SAYS_ALL | ({"kind": "alpr"} if said.get("kind") == "alpr" else {})
    found = told([item("0", "a", 0, 0, **first), item("1", "b", 0, 0, **said)], [0, 0])
    assert found[:, :3].tolist() == [wanted] * 2


def test_of_three_it_is_the_share_of_pairs_and_what_was_heard_says_nothing() -> None:
    items = [item(f"{n}", "abc"[n], 0, 0, **(SAYS_ALL if n < 2 else {})) for n in range(3)]
    assert told(items, [0, 0, 0])[:, :3] == pytest.approx(1 / 3)
    assert told([*items[:2], item("2", RADIO, 0, 0)], [0, 0, 0])[:, :3].tolist() == [[1, 1, 1]] * 3
    assert told(items, [0, 0, 1])[2, :3].tolist() == [0, 0, 0]


def test_whether_there_is_another_camera_near_by() -> None:
    items = [item("0", "a", 0, 0), item("1", "b", 0, 0), item("2", "a", 40, 0)]
    assert told(items[:2], [0, 0])[:, 3].tolist() == [1, 1]
    assert told(items, [0, 0, 1])[:, 3].tolist() == [0, 0, 0]


def test_how_many_near_by_stand_in_twos() -> None:
    items = [item("0", "a", 0, 0), item("1", "a", 60, 0), item("2", "a", 64, 0), item("3", "b", 0, 5)]
    assert told(items, [0, 1, 2, 0])[:, 4] == pytest.approx(0.5)
    heard = [item("0", RADIO, 0, 0), item("1", RADIO, 4, 0), item("2", "a", 0, 0)]
    assert told(heard, [0, 1, 0])[:, 4].tolist() == [0, 0, 0], (
        "where something is that was heard alone is known too roughly"
    )


@pytest.mark.parametrize("exact", [True, False])
def test_the_more_is_alike_the_surer_and_in_twos_less(exact: bool) -> None:
    share, mates = np.array([0.9]), np.array([1])

    def sure(*told: float) -> float:
        return float(calibrated(share, mates, np.array([told]), factors(), exact=exact)[0])

    nothing = sure(0, 0, 0, 0, 0)
    assert 0 < sure(0, 0, 0, 0, 1) < nothing < 1
    for place in range(SIGNS - 1):
        assert nothing < sure(*(float(number == place) for number in range(SIGNS))) < 1


def test_nobody_is_surer_than_can_be_known() -> None:
    known = factors()
    boastful = replace(known, sure=replace(known.sure, lone=50.0))
    found = calibrated(np.ones(1), np.ones(1, np.int64), np.array([[0, 0, 0, 1.0, 0]]), boastful, exact=True)
    assert found.tolist() == [SUREST]
