"""A walker through the town: where they truly are each second, what their receiver says, what they photograph."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from math import exp, hypot, sqrt
from random import Random

from probe.contract.geodesy import distance_m
from tests.town.cameras import TownCamera
from tests.town.plan import PITCH_M, Block, Point, in_sight, place

SPEED_M_S = 1.3
DRIFT_S = 60.0
LOOK_WITHIN_M, LOOK_CHANCE = 25.0, 0.8
COMPASS_SD_DEG = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One second of a walk: Unix time, the true place, the place that the receiver gives, and its HDOP."""

    at_s: float
    true: Point
    given: Point
    hdop: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo of a camera: where it was truly taken, where the receiver says so, by how much the compass is wrong, and
    a guessed distance."""

    at_s: float
    true: Point
    given: Point
    accuracy_m: float
    compass_deg: float
    distance_m: float | None
    camera: TownCamera
    direction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One walk: its name, its start, and its route as corners of the plan."""

    name: str
    start: datetime
    route: tuple[Point, ...]
    drift_m: float


def _p(column: float, row: float, side: float = 4.0) -> Point:
    return column * PITCH_M + side, row * PITCH_M + side


WALKS = (
    Walk(
        name="walk-1", start=datetime(2026, 5, 9, 9, 30, tzinfo=UTC), drift_m=3.0,
        route=(_p(-0.2, 1), _p(4, 1), _p(4, 0), _p(0, 0), _p(0, 3), _p(2, 3), _p(2, 0.1), _p(3, 0), _p(3, 3), _p(4, 3)),
    ),
    Walk(
        name="walk-2", start=datetime(2026, 6, 13, 14, 0, tzinfo=UTC), drift_m=4.0,
        route=(_p(0, 0, -4), _p(4, 0, -4), _p(4, 3, -4), _p(1, 3, -4), _p(1, 0.1, -4), _p(1, 2, -4), _p(4, 2, -4)),
    ),
    Walk(
        name="walk-3", start=datetime(2026, 9, 5, 17, 15, tzinfo=UTC), drift_m=3.5,
        route=(_p(4, 2), _p(0, 2), _p(0, 1, -4), _p(-0.3, 1), _p(1, 1), _p(1, 3), _p(3, 3),
               _p(3, 1, -4), _p(2, 1), _p(2, 2.9)),
    ),
)  # fmt: skip


def steps(walk: Walk, random: Random) -> list[Step]:
    """The walk second by second. The receiver's error drifts slowly, with a metre of noise on top."""
    keep = exp(-1.0 / DRIFT_S)
    spread = walk.drift_m / sqrt(2)
    east, north = random.gauss(0, spread), random.gauss(0, spread)
    found = []
    for second, true in enumerate(_along(walk.route)):
        east = keep * east + sqrt(1 - keep * keep) * random.gauss(0, spread)
        north = keep * north + sqrt(1 - keep * keep) * random.gauss(0, spread)
        given = (true[0] + east + random.gauss(0, 0.7), true[1] + north + random.gauss(0, 0.7))
        hdop = round(walk.drift_m / 4.0 * random.uniform(0.9, 1.3), 1)
        found.append(Step(at_s=walk.start.timestamp() + second, true=true, given=given, hdop=hdop))
    return found


def photos(walk_steps: list[Step], cameras: list[TownCamera], buildings: list[Block], random: Random) -> list[Photo]:
    """A photo of most cameras that the walker passes near by, taken where they come closest."""
    taken = []
    for camera in cameras:
        near = [step for step in walk_steps if 3.0 <= _gap(step.true, camera.at) <= LOOK_WITHIN_M]
        seen = [step for step in near if in_sight(step.true, camera.at, buildings)]
        if not seen or random.random() > LOOK_CHANCE:
            continue
        step = min(seen, key=lambda step: abs(_gap(step.true, camera.at) - 8.0))
        here, there = place(step.true), place(camera.at)
        guessed = round(distance_m(*here, *there) * random.gauss(1, 0.25), 1) if random.random() < 0.7 else None
        taken.append(
            Photo(
                at_s=step.at_s,
                true=step.true,
                given=step.given,
                accuracy_m=round(step.hdop * 4.0, 1),
                compass_deg=random.gauss(0, COMPASS_SD_DEG),
                distance_m=max(1.0, guessed) if guessed else None,
                camera=camera,
                direction=round((camera.direction + random.gauss(0, 15)) % 360),
            )
        )
    return sorted(taken, key=lambda photo: photo.at_s)


def _along(route: tuple[Point, ...]) -> list[Point]:
    found, rest = [route[0]], 0.0
    for (x0, y0), (x1, y1) in pairwise(route):
        length = hypot(x1 - x0, y1 - y0)
        at = SPEED_M_S - rest
        while at <= length:
            share = at / length
            found.append((x0 + (x1 - x0) * share, y0 + (y1 - y0) * share))
            at += SPEED_M_S
        rest = length - (at - SPEED_M_S)
    return found


def _gap(a: Point, b: Point) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])
