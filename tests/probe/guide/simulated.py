"""A simulated street with a camera that sends, after the measured habits of signals (Gudmundson shadowing, losses
behind buildings, a receiver that drifts), and a simple Bayesian grid that places it, which is told no true value.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probe.contract.geodesy import moved, offset_m
from probe.detect.rule import Finding
from probe.guide.lines import Line
from probe.position.fix import Fix
from probe.sweep.hearing import Pass, Spot

LAT, LON = 48.8566, 2.3522
HALF_STREET_M, BLOCK_M, PAVEMENT_M = 7.0, 90.0, 5.0
EVERY_M, LOST, LEAST_DBM = 3.4, 0.15, -90.0
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scene:
    """A street along the x axis, side streets every 90 m, and a camera at a facade or a little behind it, in metres."""

    camera: Points
    crossing_m: float
    power_dbm: float
    exponent: float
    shadow_db: float
    correlated_m: float
    wall_db: float
    drift_m: float

    @property
    def lines(self) -> tuple[Line, ...]:
        """The middles of its streets, as a map has them."""
        sides = [self.crossing_m + BLOCK_M * number for number in range(-3, 4)]
        ways = [("Rue Droite", [(-250.0, 0.0), (250.0, 0.0)])]
        ways += [(f"Rue {number}", [(x, -200.0), (x, 200.0)]) for number, x in enumerate(sides)]
        return tuple(Line(name, tuple(moved(LAT, LON, *point) for point in points)) for name, points in ways)


def scene(random: np.random.Generator) -> Scene:
    side = random.choice([-1.0, 1.0])
    behind = 0.0 if random.random() < 0.7 else random.uniform(3.0, 15.0)
    return Scene(
        camera=np.array([random.uniform(-25.0, 25.0), side * (HALF_STREET_M + behind)]),
        crossing_m=random.uniform(0.0, BLOCK_M),
        power_dbm=random.normal(-38.0, 7.0),
        exponent=random.uniform(2.2, 3.8),
        shadow_db=random.uniform(5.0, 8.0),
        correlated_m=random.uniform(6.0, 20.0),
        wall_db=random.uniform(6.0, 16.0),
        drift_m=random.uniform(3.0, 9.0) / np.sqrt(2),
    )


def along(*corners: tuple[float, float], metres: float = 1e9) -> Points:
    """Places every 3.4 m on a way, for so many metres."""
    found, left = [], metres
    for start, end in itertools.pairwise(corners):
        way = np.subtract(end, start)
        length = min(left, float(np.hypot(*way)))
        if length > 0:
            steps = np.arange(0.0, length, EVERY_M)
            found.append(np.add(start, steps[:, None] * way / np.hypot(*way)))
            left -= length
    return np.concatenate(found)


@dataclass(frozen=True, slots=True)
class Heard:
    """Where a receiver said that it was, and how loud it heard the camera, of one walk."""

    places: Points
    dbm: Points


def hear(where: Scene, ways: list[Points], random: np.random.Generator) -> list[Heard]:
    """What is heard on some ways, one after the other: shadows are the same for all, drift is each one's own."""
    every = np.concatenate(ways)
    shadow = where.shadow_db**2 * np.exp(-_apart(every, every) / where.correlated_m)
    levels = _level(where, every) + np.linalg.cholesky(shadow + 1e-6 * np.eye(len(every))) @ random.normal(
        size=len(every)
    )
    found, at = [], 0
    for way in ways:
        dbm = levels[at : at + len(way)] + random.normal(0.0, 3.0, len(way))
        at += len(way)
        drifted = way + random.normal(0.0, where.drift_m, 2) + random.normal(0.0, 1.0, way.shape)
        there = (random.random(len(way)) > LOST) & (dbm > LEAST_DBM)
        found.append(Heard(drifted[there], np.round(dbm[there])))
    return found


def pass_of(heard: Heard) -> Pass:
    """The same as a probe has it."""
    spots = []
    for (east, north), dbm in zip(heard.places, heard.dbm, strict=True):
        lat, lon = moved(LAT, LON, float(east), float(north))
        spot = Spot(fix=Fix(at_s=0.0, lat=lat, lon=lon, accuracy_m=4.0), channel_mhz=2437)
        spot.add(int(dbm), 1)
        spots.append(spot)
    return Pass(finding=Finding(rule="test", version=1, evidence=(), claims=()), first_s=0.0, last_s=90.0, spots=spots)


def metres(lat: float, lon: float) -> tuple[float, float]:
    return offset_m(LAT, LON, lat, lon)


def locate(walks: list[Heard]) -> tuple[Points, float]:
    """Where it is thought to be, and the radius of a circle as large as the region that holds it 95 times in 100."""
    east, north = np.meshgrid(np.arange(-80.0, 81.0, 3.0), np.arange(-60.0, 61.0, 3.0))
    cells = np.stack([east.ravel(), north.ravel()], axis=1)
    log = -np.abs(cells[:, 1]) / 12.0  # near its street
    for walk in walks:
        if len(walk.dbm):
            log = log + _likelihood(cells, walk)
    share = np.exp(log - log.max())
    share /= share.sum()
    ordered = np.sort(share)[::-1]
    count = int(np.searchsorted(np.cumsum(ordered), 0.95)) + 1
    return share @ cells, float(np.sqrt(count * 9.0 / np.pi))


def _likelihood(cells: Points, walk: Heard) -> Points:
    """Of each cell: power and exponent are integrated out, noise is correlated along the walk."""
    apart = _apart(walk.places, walk.places)
    noise = np.linalg.inv(49.0 * np.exp(-apart / 12.0) + 16.0 * np.eye(len(walk.dbm)))
    logs = -10.0 * np.log10(np.sqrt(_apart(cells, walk.places) ** 2 + 25.0))  # a drifting receiver is never nearer
    left = walk.dbm - (-40.0 + 3.0 * logs)
    weighed = left @ noise
    quiet = (weighed * left).sum(axis=1)
    ones = noise.sum()
    by_power = weighed.sum(axis=1)
    by_exponent = (weighed * logs).sum(axis=1)
    both = (logs @ noise).sum(axis=1)
    square = ((logs @ noise) * logs).sum(axis=1)
    a, b, c = ones + 1 / 64.0, both, square + 1 / 0.36
    fitted = (c * by_power**2 - 2 * b * by_power * by_exponent + a * by_exponent**2) / (a * c - b**2)
    return np.asarray(-0.5 * (quiet - fitted) - 0.5 * np.log(a * c - b**2))


def _level(where: Scene, places: Points) -> Points:
    away = np.maximum(1.0, np.hypot(*(places - where.camera).T))
    behind = np.abs(places[:, 1]) > HALF_STREET_M  # off the camera's street a building stands between
    beside = np.abs(places[:, 0] - where.camera[0]) < HALF_STREET_M
    return np.asarray(where.power_dbm - 10 * where.exponent * np.log10(away) - where.wall_db * (behind & ~beside))


def _apart(some: Points, others: Points) -> Points:
    return np.asarray(np.hypot(*(some[:, None, :] - others[None, :, :]).transpose(2, 0, 1)))
