"""What holds for every partition, whatever the items."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.merge.constraints import fit
from hub.merge.which.accuracy import split_of_accuracy
from hub.merge.which.doubt import redrawn
from hub.merge.which.factors import factors
from hub.merge.which.item import RADIO, Item, Put
from hub.merge.which.resolve import resolve
from hub.merge.which.scene import flat, scene_of
from hub.merge.which.search import effort_for, found
from probe.contract.geodesy import moved

ZURICH = (47.3769, 8.5417)
FEW = settings(max_examples=25, deadline=None)


def item(key: str, layer: str, east_m: float, north_m: float, **more: object) -> Item:
    """An item so many metres from the middle of Zurich, or from `origin`."""
    origin = more.pop("origin", ZURICH)
    assert isinstance(origin, tuple)
    lat, lon = moved(origin[0], origin[1], east_m, north_m)
    known = {"east": 9.0, "north": 9.0, "common": 16.0} | more
    return Item(key=key, layer=layer, lat=lat, lon=lon, **known)  # type: ignore[arg-type]


@st.composite
def crowds(draw: st.DrawFn) -> list[Item]:
    """Items of a few walks and of radio, some of them in groups and on sides of divisions."""
    count = draw(st.integers(1, 14))
    group_side = draw(st.lists(st.integers(0, 1), min_size=2, max_size=2))
    made = []
    for number in range(count):
        group = draw(st.sampled_from([None, None, None, 0, 1]))
        side = draw(st.sampled_from([None, None, 0, 1])) if group is None else group_side[group]
        made.append(
            item(
                f"{number:02}",
                draw(st.sampled_from(["a", "b", "c", RADIO])),
                draw(st.floats(-60, 60)),
                draw(st.floats(-60, 60)),
                common=draw(st.sampled_from([0.0, 16.0, 64.0])),
                between=draw(st.sampled_from([0.0, 4.0, -8.9])),
                told=draw(st.booleans()),
                kind=draw(st.sampled_from([None, "dome", "fixed", "alpr"])),
                mount=draw(st.sampled_from([None, "wall", "pole", "tree"])),
                direction=draw(st.sampled_from([None, 0.0, 90.0, 359.9])),
                group=group,
                sides={} if side is None else {7: side},
            )
        )
    return made


def together(puts: tuple[Put, ...]) -> set[tuple[int, int]]:
    return {(a, b) for a in range(len(puts)) for b in range(a) if puts[a].camera == puts[b].camera}


@FEW
@given(crowds(), st.randoms(use_true_random=False))
def test_the_order_of_items_does_not_matter(items: list[Item], random: object) -> None:
    order = list(range(len(items)))
    random.shuffle(order)  # type: ignore[attr-defined]
    puts, shuffled = resolve(items), resolve([items[number] for number in order])
    assert [puts[number] for number in order] == list(shuffled)


@FEW
@given(crowds())
def test_what_binds_items_holds(items: list[Item]) -> None:
    puts = resolve(items)
    for a, b in together(puts):
        one, other = items[a], items[b]
        assert fit(one.sides, other.sides)
        if one.group is None or one.group != other.group:
            assert one.layer != other.layer
    for number in (0, 1):
        assert len({put.camera for put, one in zip(puts, items, strict=True) if one.group == number}) <= 1


def test_what_came_before_a_group_is_not_of_its_camera_where_it_must_not_be() -> None:
    """The group's camera was there first, by an item that may well share it with the transmitter."""
    walks = [item(f"{number:02}", walk, 0.0, 0.0, common=0.0) for number, walk in enumerate("abc")]
    walks[0] = replace(walks[0], group=0, sides={7: 0})
    free = item("03", RADIO, 0.0, 0.0, common=0.0)
    bound = item("04", RADIO, 0.0, 0.0, common=0.0, group=0, sides={7: 0})
    puts = resolve([*walks, free, bound])
    assert puts[0].camera == puts[4].camera != puts[3].camera


def test_what_is_ruled_out_has_no_probability_at_all() -> None:
    """However much else would speak for it when the best partition is chosen."""
    seen = [item(f"{number:02}", f"walk {number}", 0.0, 0.0) for number in range(10)]
    bound = item("10", RADIO, 0.0, 0.0, group=0, sides={7: 0}, common=0.0)
    free = item("11", RADIO, 0.0, 0.0, sides={7: 1}, common=0.0)
    items = [*seen, bound, free]
    scene = scene_of(items, flat(items), factors())
    state = found(scene, np.random.default_rng(1), effort_for(scene))
    doubt = redrawn(scene, state, np.random.default_rng(1), 10)
    assert doubt.pairs[10, 11] == 0.0 < doubt.pairs[10, :10].max()


@FEW
@given(crowds())
def test_probabilities_are_ones(items: list[Item]) -> None:
    puts = resolve(items)
    cameras = {put.camera for put in puts}
    assert cameras == set(range(len(cameras)))
    for put in puts:
        likely = [put.sure, *(share for _, share in put.others)]
        assert all(0 <= one <= 1 for one in likely)
        assert sum(likely) <= 1 + 1e-9
        assert all(share >= 0.01 and camera != put.camera for camera, share in put.others)
        assert {camera for camera, _ in put.others} <= cameras | {None}
        assert all(math.isfinite(one) for one in (put.off_east, put.off_north, put.off_var))
        assert put.off_var >= 0


@FEW
@given(crowds())
def test_what_is_far_away_changes_nothing(items: list[Item]) -> None:
    far = [item(f"z{number}", "a", 5000 + 30 * number, 0) for number in range(3)]
    alone, beside = resolve(items), resolve([*far, *items])[3:]
    assert together(alone) == together(beside)
    assert [put.sure for put in alone] == [put.sure for put in beside]


def pair_of_walks(origin: tuple[float, float], off_m: float) -> list[Item]:
    """Six cameras in a row, seen by two walks, the second of which is off to the north."""
    places = [(0, 0), (12, 3), (25, -2), (39, 4), (50, 0), (66, 2)]
    return [
        item(f"{walk}{number}", walk, east, north + (off_m if walk == "b" else 0), origin=origin)
        for walk in ("a", "b")
        for number, (east, north) in enumerate(places)
    ]


@pytest.mark.parametrize(
    "origin", [ZURICH, (10.0, 179.9997), (89.99995, 20.0), (-89.9999, -170.0), (-33.0, -179.9999), (0.0, 0.0)]
)
def test_anywhere_on_the_globe(origin: tuple[float, float]) -> None:
    puts = resolve(pair_of_walks(origin, 0.0))
    assert [put.camera for put in puts] == [0, 1, 2, 3, 4, 5] * 2


def test_the_bias_of_a_walk_is_found() -> None:
    items = [replace(one, east=1.0, north=1.0, common=64.0) for one in pair_of_walks(ZURICH, 10.0)]
    puts = resolve(items)
    assert [put.camera for put in puts] == [0, 1, 2, 3, 4, 5] * 2
    apart = [puts[number + 6].off_north - puts[number].off_north for number in range(6)]
    assert apart == pytest.approx([10.0] * 6, abs=2.5)
    assert all(put.off_var < 64.0 for put in puts)


def test_what_is_said_tells_neighbours_apart() -> None:
    looks = [0.0, 180.0]
    items = [item(f"a{n}", "a", 0, 4.0 * n, direction=looks[n]) for n in (0, 1)]
    items += [item(f"b{n}", "b", 0, 4.0 * (1 - n) - 1, direction=looks[n]) for n in (0, 1)]
    puts = resolve(items)
    assert [put.camera for put in puts] == [0, 1, 0, 1]


def test_a_plate_reader_is_no_other_camera() -> None:
    here, there = resolve([item("a", "a", 0, 0, kind="alpr"), item("b", "b", 1, 1, kind="dome")])
    assert here.camera != there.camera
    assert here.sure > 0.8


def test_doubles_of_one_key() -> None:
    one = item("a", "a", 0, 0)
    puts = resolve([one, replace(one, layer="b"), replace(one, lat=one.lat + 1)])
    assert puts[0].camera == puts[1].camera != puts[2].camera


def test_one_walk_and_nothing() -> None:
    assert resolve([]) == ()
    puts = resolve([item("a", "a", 0, 0), item("b", "a", 1, 0)])
    assert [put.camera for put in puts] == [0, 1]
    (group,) = {put.camera for put in resolve([item("a", "a", 0, 0, group=3), item("b", "a", 90, 0, group=3)])}
    assert group == 0


def test_a_flood_is_cut_and_keeps_its_groups() -> None:
    random = np.random.default_rng(5)
    places = random.random((700, 2)) * 400
    items = [item(f"{n:04}", "ab"[n % 2], *places[n], group=1 if n in (3, 690) else None) for n in range(700)]
    puts = resolve(items)
    assert puts[3].camera == puts[690].camera
    assert all(items[a].layer != items[b].layer or items[a].group == 1 for a, b in together(puts))


def test_an_accuracy_divides_into_its_parts() -> None:
    own, common, told = split_of_accuracy(7.55)
    assert told
    assert own + common == pytest.approx(25.0)
    assert split_of_accuracy(None)[2] is False
    assert split_of_accuracy(float("nan")) == split_of_accuracy(None)
    assert split_of_accuracy(0.0)[0] > 0
