"""Looks that point astray: a bearing that a car or a railing turned makes a camera where there is none. Pure.

Such a camera rests on one look of one walk; beside it that very walk saw another one, and a walk that met this other
one did not see it. How likely it is that the look was at the other one is weighed as in `looks`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp

from hub.merge.constraints import fit
from hub.merge.contributors import who
from hub.merge.grid import Grid
from hub.merge.items import Thing
from hub.merge.looks import ANOTHER_IN_VIEW, ASTRAY, WITHIN_M, alike, may_be_one
from hub.merge.which.item import RADIO, Put
from probe.contract.geodesy import distance_m

MISSED = 0.3  # cameras that a walk which passes them does not see
USUAL_AROUND = 4  # cameras within 60 m, where ANOTHER_IN_VIEW holds; where there are more, another one is likelier
MOST_MET = 2  # walkers who met the other one, each once: more would make anything astray


def brought_home(things: Sequence[Thing], puts: Sequence[Put]) -> tuple[Put, ...]:
    """The puts, with each look that is likelier astray than at a camera of its own in the camera that it was near."""
    of_camera: dict[int, list[int]] = {}
    for number, put in enumerate(puts):
        of_camera.setdefault(put.camera, []).append(number)
    by_walk: dict[str, list[int]] = {}
    for number, thing in enumerate(things):
        if thing.heard is None:
            by_walk.setdefault(thing.item.layer, []).append(number)
    found = list(puts)
    alone = [n for n, thing in enumerate(things) if len(of_camera[puts[n].camera]) == 1 and _is_single_look(thing)]
    if not alone:
        return tuple(puts)
    around = _Around(things, puts)
    for number in alone:
        found[number] = _brought_home(number, things, puts, of_camera, by_walk, around)
    moved = {put.camera: now.camera for put, now in zip(puts, found, strict=True) if put.camera != now.camera}
    return tuple(_elsewhere(put, moved) for put in found) if moved else tuple(found)


class _Around:
    """How many cameras are near a thing. Asked of very few: the grid is made for the first of them."""

    def __init__(self, things: Sequence[Thing], puts: Sequence[Put]) -> None:
        self._things, self._puts = things, puts
        self._grid: Grid[int] | None = None

    def crowded(self, number: int) -> float:
        """How many times as many cameras as usual are near a thing, at least 1."""
        if self._grid is None:
            self._grid = Grid[int]()
            for other, thing in enumerate(self._things):
                self._grid.put(other, thing.estimate)
        near = self._grid.near(self._things[number].estimate)
        return max(1.0, len({self._puts[other].camera for other in near}) / USUAL_AROUND)


def _elsewhere(put: Put, moved: Mapping[int, int]) -> Put:
    """A put where what it may be instead has moved to another camera."""
    shares: dict[int | None, float] = {}
    for other, share in put.others:
        now = other if other is None else moved.get(other, other)
        if now != put.camera:
            shares[now] = shares.get(now, 0.0) + share
    return replace(put, others=tuple(sorted(shares.items(), key=lambda one: (-one[1], one[0] is None, one[0] or 0))))


def _is_single_look(thing: Thing) -> bool:
    return len(thing.observations) == 1 and thing.observations[0].look is not None and thing.item.group is None


def _brought_home(
    number: int,
    things: Sequence[Thing],
    puts: Sequence[Put],
    of_camera: dict[int, list[int]],
    by_walk: dict[str, list[int]],
    around: "_Around",
) -> Put:
    thing, put = things[number], puts[number]
    best: tuple[float, int] | None = None
    for other in by_walk[thing.item.layer]:
        camera = puts[other].camera
        # One that no other walk met is ruled out first, as it costs least: one walk may have seen very many
        if len(of_camera[camera]) == 1 or camera == put.camera or _away_m(thing, things[other]) > WITHIN_M:
            continue
        others_of_it = [one for member in of_camera[camera] for one in things[member].observations]
        met = min(MOST_MET, len({who(one) or one.walk for one in others_of_it if one.walk != thing.item.layer}))
        sides = {k: v for member in of_camera[camera] for k, v in things[member].item.sides.items()}
        if (
            not met
            or not fit(sides, thing.item.sides)
            or not may_be_one(thing.observations[0], things[other].observations)
        ):
            continue
        look, others = thing.observations[0], things[other].observations
        said = sum(alike(look, one) for one in others) / len(others)
        odds = ASTRAY / (ANOTHER_IN_VIEW * MISSED**met) * exp(said)
        if odds > 1 and (best is None or (odds, -camera) > best):
            best = odds, -camera
    odds = 0.0 if best is None else best[0] / around.crowded(number)
    if best is None or odds <= 1:
        return put
    sure = odds / (1 + odds)
    return replace(put, camera=-best[1], sure=sure, others=((None, 1 - sure),))


def _away_m(thing: Thing, other: Thing) -> float:
    """How far apart a walk stood when it looked at two things, at the least."""
    here = thing.observations[0].look
    looks = [one.look for one in other.observations if one.look is not None]
    if here is None or not looks or other.item.layer == RADIO:
        return float("inf")
    return min(distance_m(here.lat, here.lon, one.lat, one.lon) for one in looks)
