"""A street with things that stay and things that go by: what a probe on foot hears of each. A simulation."""

from collections.abc import Callable
from dataclasses import dataclass
from math import copysign, dist, exp, log10, sqrt
from random import Random

Where = Callable[[float], tuple[float, float]]
WALK_M_S, SHADOW_DB, SHADOW_M, FLOOR_DBM, MISSED = 1.35, 5.5, 12.0, -90.0, 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One visit of the hopping radio: seconds from the middle of the walk, where the walker is, dBm or None."""

    at_s: float
    walker: tuple[float, float]
    dbm: float | None


def fixed(random: Random) -> Where:
    y = random.choice([2.5, 5.0, 8.0, 12.0, 20.0, 35.0, 60.0])
    return lambda _at_s: (0.0, y)


def bus(random: Random, speed_m_s: float) -> Where:
    y = random.uniform(3, 10)
    return lambda at_s: (speed_m_s * at_s, y)


def bus_that_stops(random: Random) -> Where:
    y, stop_s, x = random.uniform(3, 8), random.uniform(15, 40), random.uniform(-20, 20)

    def where(at_s: float) -> tuple[float, float]:
        if abs(at_s) < stop_s / 2:
            return x, y
        return x + 9 * (at_s - copysign(stop_s / 2, at_s)), y

    return where


def carried(_random: Random) -> Where:
    return lambda at_s: (WALK_M_S * at_s + 0.3, 0.5)


def heard(
    where: Where, random: Random, *, every_s: float = 4.6, half_s: float = 150.0, usual: bool = False
) -> list[Moment]:
    """What is heard at each visit of a walk along a street, past the middle at time 0.

    `usual` is a sender of usual power in a usual street; else both are drawn by lot.
    """
    power, exponent = (-38.0, 2.75) if usual else (random.gauss(-38, 5), random.uniform(2.3, 3.4))
    shadow, last, moments = 0.0, (1e9, 1e9), []
    at_s = -half_s
    while at_s < half_s:
        walker, source = (WALK_M_S * at_s, 0.0), where(at_s)
        between = (walker[0] - source[0], walker[1] - source[1])
        keep = exp(-dist(between, last) / SHADOW_M)
        shadow = keep * shadow + sqrt(1 - keep * keep) * random.gauss(0, SHADOW_DB)
        last = between
        level = power - 10 * exponent * log10(max(1.0, dist(walker, source))) + shadow + random.gauss(0, 3)
        given = (walker[0] + random.gauss(0, 1), random.gauss(0, 1))
        listens = level >= FLOOR_DBM and random.random() > MISSED
        moments.append(Moment(at_s=at_s, walker=given, dbm=level if listens else None))
        at_s += every_s
    return moments
