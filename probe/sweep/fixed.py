"""Whether one fixed place can explain where something was heard, and where it was not.

What moves is forgotten, so this errs towards forgetting. Questions, each of its own kind:

- *Too short*: a bus is heard for some ten seconds; who walks past a house hears it for a minute. Strong
  evidence of a fixed installation exempts a transmitter from this question.
- *Too wide*: no camera is heard over more than 500 m by a probe on foot.
- *No common place*: in free space a signal of a given strength comes from so far away at most. Where those discs have
  no point in common, the transmitter was in two places.
- *Strained*: for each place near by, how well do the usual laws of radio explain the levels, and the silence before and
  after on the same channel?

A bus that is heard from far along a straight street rises and falls like a house that is near: some of those pass. The
hub compares walks, and checks again.
"""

from collections.abc import Sequence
from math import hypot, log10, sqrt
from typing import NamedTuple, TypeVar

SHORTEST_S, SHORTEST_M = 30.0, 60.0
# What no fixed transmitter of the field exceeds: 1 m away in free space at 2.4 GHz, with a good aerial at each end.
LOUDEST_AT_1_M_DBM = -17.0
FARTHEST_M = 500.0
# What is usual in a street: exponents of path loss, power at 1 m and its spread, shadowing; how faint a beacon may be
# to be heard for sure.
EXPONENTS, USUAL_EXPONENT, EXPONENT_SD = (2.2, 2.7, 3.3), 2.75, 0.4
USUAL_AT_1_M_DBM, POWER_SD_DB = -38.0, 6.0
SHADOW_SD_DB = 6.0
SURELY_HEARD_DBM = -84.0
# 98 % of simulated fixed transmitters stay below this.
MAX_STRAIN = 3.9
MAX_POINTS = 24
_REACH_M, _COARSE_M, _FINE_M = 80, 10, 3
_NEAR_SILENCE_M = 40.0


class Level(NamedTuple):
    """A mean level in dBm, heard at a point in metres east and north of anywhere."""

    east: float
    north: float
    dbm: float


class Point(NamedTuple):
    """A point in metres as for `Level`."""

    east: float
    north: float


_P = TypeVar("_P", Level, Point)


def no_common_place(heard: Sequence[Level], doubt_m: float) -> bool:
    """Whether the discs from which the levels may have come have no point in common.

    By projecting onto the disc that is missed most, again and again: for convex sets that ends in a common point where
    there is one. `doubt_m` is how far off the points themselves may be.
    """
    discs = [(level.east, level.north, reach_m(level.dbm) + doubt_m) for level in heard]
    if not discs:
        return False
    east, north, _ = min(discs, key=lambda disc: disc[2])
    for _ in range(200):
        over, at_east, at_north, radius = max((hypot(east - e, north - n) - r, e, n, r) for e, n, r in discs)
        if over <= 1.0:
            return False
        share = radius / (radius + over)
        east, north = at_east + (east - at_east) * share, at_north + (north - at_north) * share
    return True


def reach_m(dbm: float) -> float:
    """From how far away a signal of this strength may come at most."""
    return float(min(FARTHEST_M, 10 ** ((LOUDEST_AT_1_M_DBM - dbm) / 20)))


def strain(heard: Sequence[Level], silent: Sequence[Point]) -> float:
    """How hard the best fixed place must be pressed to explain levels and silence, in standard deviations.

    0 where too little is known. Silence counts where it is near a hearing, and as far as a fixed transmitter would
    surely have been heard there.
    """
    levels = _thinned(heard)
    quiet = _thinned([point for point in silent if _is_near(point, levels)])
    if not levels or len(levels) + len(quiet) < 3:
        return 0.0
    loudest = max(levels, key=lambda level: level.dbm)
    steps = range(-_REACH_M, _REACH_M + 1, _COARSE_M)
    best, x0, y0 = min(
        (_misfit(loudest.east + x, loudest.north + y, levels, quiet), x, y) for x in steps for y in steps
    )
    steps = range(1 - _COARSE_M, _COARSE_M, _FINE_M)
    east, north = loudest.east + x0, loudest.north + y0
    return sqrt(min(best, *(_misfit(east + x, north + y, levels, quiet) for x in steps for y in steps)))


def _misfit(east: float, north: float, levels: Sequence[Level], quiet: Sequence[Point]) -> float:
    """Half the squared deviations (neighbouring spots share their shadow), and how unusual power and exponent are."""
    heard = [(level.dbm, 10 * log10(max(2.0, hypot(level.east - east, level.north - north)))) for level in levels]
    unheard = [10 * log10(max(2.0, hypot(point.east - east, point.north - north))) for point in quiet]
    pull = (SHADOW_SD_DB / POWER_SD_DB) ** 2
    best = float("inf")
    for exponent in EXPONENTS:
        fitting = sum(dbm + exponent * loss for dbm, loss in heard) / 2 + pull * USUAL_AT_1_M_DBM
        power = fitting / (len(heard) / 2 + pull)
        wrong = sum((dbm - power + exponent * loss) ** 2 for dbm, loss in heard)
        over = (power - exponent * loss - SURELY_HEARD_DBM for loss in unheard)
        wrong += sum(excess * excess for excess in over if excess > 0)
        unusual = ((power - USUAL_AT_1_M_DBM) / POWER_SD_DB) ** 2 + ((exponent - USUAL_EXPONENT) / EXPONENT_SD) ** 2
        best = min(best, wrong / (2 * SHADOW_SD_DB**2) + unusual)
    return best


def _is_near(point: Point, levels: Sequence[Level]) -> bool:
    return any(hypot(point.east - level.east, point.north - level.north) <= _NEAR_SILENCE_M for level in levels)


def _thinned(points: Sequence[_P]) -> list[_P]:
    if len(points) <= MAX_POINTS:
        return list(points)
    step = len(points) / MAX_POINTS
    return [points[int(place * step)] for place in range(MAX_POINTS)]
