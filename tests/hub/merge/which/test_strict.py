"""What is for a person to say, however near it is."""

import numpy as np
import pytest

from hub.merge.which.factors import factors
from hub.merge.which.item import Item, Put
from hub.merge.which.resolve import resolve
from hub.merge.which.strict import contradictions, unclear
from tests.hub.merge.which.test_resolve import item

SAYS_ALL = {"kind": "dome", "mount": "wall", "direction": 90.0}


def pair(first: dict[str, object], second: dict[str, object]) -> tuple[Put, ...]:
    return resolve([item("0", "a", 0, 0, **first), item("1", "b", 0, 0, **second)])


def clear(put: Put) -> bool:
    return put.sure >= factors().sure.clear


@pytest.mark.parametrize("direction", [90.0, 270.0])
def test_a_reader_and_what_is_none_are_two(direction: float) -> None:
    one, two = pair(SAYS_ALL, SAYS_ALL | {"kind": "alpr", "direction": direction})
    assert one.camera != two.camera
    assert min(one.sure, two.sure) > 0.75


@pytest.mark.parametrize("said", [SAYS_ALL, {"kind": "alpr", "direction": 90.0}])
@pytest.mark.parametrize(("turn", "asked"), [(20.0, False), (70.0, True), (180.0, True)])
def test_two_that_look_otherwise_are_never_one_without_asking(
    said: dict[str, object], turn: float, asked: bool
) -> None:
    one, two = pair(said, said | {"direction": (90.0 + turn) % 360})
    asked |= "mount" not in said  # of readers that are alike in one thing it is asked in any case
    assert one.camera == two.camera, "the best guess at one spot"
    assert not (asked and (clear(one) or clear(two)))
    assert [bool(one.others), bool(two.others)] == [asked, asked]


@pytest.mark.parametrize("other", [{"kind": "fixed"}, {"mount": "pole"}, {"direction": 160.0}, {"direction": 270.0}])
def test_what_contradicts_is_never_clear(other: dict[str, object]) -> None:
    puts = resolve([item(f"{n}", "abc"[n], 0, 0, **(SAYS_ALL | (other if n == 2 else {}))) for n in range(3)])
    assert {put.camera for put in puts} == {0}
    assert not any(map(clear, puts))
    assert all(put.others for put in puts), "a person is told what it may be instead"


def test_a_third_that_looks_the_other_way_is_weighed_and_not_ruled_out() -> None:
    looks = [0.0, 0.0, 180.0]
    puts = resolve([item(f"{n}", "abc"[n], 0, 0, direction=looks[n]) for n in range(3)])
    assert puts[0].camera == puts[1].camera
    assert not clear(puts[2])


@pytest.mark.parametrize("said", [{}, {"kind": "alpr"}, {"kind": "alpr", "direction": 90.0}])
def test_two_that_only_lie_together_are_asked_about(said: dict[str, object]) -> None:
    one, two = pair(said, said)
    assert one.camera == two.camera
    assert not clear(one)
    assert one.others
    assert one.others == two.others


def test_what_people_put_together_is_as_they_said() -> None:
    puts = pair({"group": 1, "direction": 0.0}, {"group": 1, "direction": 180.0})
    assert {put.camera for put in puts} == {0}
    assert all(map(clear, puts))


def test_parts_that_were_asked_of_before_are_as_they_were() -> None:
    items: list[Item] = [item(f"{n}", "ab"[n % 2], 3.0 * n, 0) for n in range(4)]
    first = resolve(items)
    moved = resolve([*items[:3], item("3", "b", 40.0, 0)])
    assert resolve(items) == first != moved
    assert resolve(items, factors()) == first  # which does not remember


def test_only_what_contradicts_its_camera_is_asked_about() -> None:
    kinds = ["dome", "dome", "fixed", "fixed"]
    items = [item(f"{n}", "abcd"[n], 0, 0, kind=kind, mount="wall") for n, kind in enumerate(kinds)]
    _, contradict = contradictions(items)
    assert unclear(items, np.array([0, 0, 0, 1]), contradict).tolist() == [True, True, True, False]
    assert unclear(items, np.array([0, 0, 1, 1]), contradict).tolist() == [False] * 4
