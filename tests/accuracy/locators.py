"""Where a transmitter stands by what others make of its hearings, and by today's product."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import hypot

import numpy as np
from scipy.optimize import least_squares

from hub.merge.locate import RADIUS95
from hub.merge.place import Located as Told
from hub.merge.where.locate import posterior, told
from hub.merge.where.region import inside, ranks
from probe.contract.geodesy import moved, offset_m
from probe.contract.sighting import (
    Hearing,
    Kind,
    Pin,
    Place,
    PresentClaim,
    Radio,
    Sighting,
    Strength,
    Subject,
    SubjectHow,
)
from tests.accuracy.evidences import ORIGIN, evidence
from tests.accuracy.passes import Heard, Look, Trial
from tests.accuracy.reports import Floats
from tests.accuracy.today import MADE, on_day

TRANSMITTER = "ac:cc:8e:10:20:30"
BEACONDB_LEAST_M = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Where something is, in metres, and the 95 % region: the radius of a circle as large as it is (None: the method
    gives none), and by how much it would have to grow, all around, to reach a point. `level`: the least level, from 0
    to 1, at which a region that it tells holds a point; None where that follows from the 95 % region, as of a normal
    distribution."""

    east: float
    north: float
    radius_m: float | None = None
    times: Callable[[float, float], float] | None = None
    level: Callable[[float, float], float] | None = None


Locator = Callable[[Trial], Located]


def _circle(place: Floats, radius_m: float) -> Located:
    east, north = float(place[0]), float(place[1])
    return Located(east=east, north=north, radius_m=radius_m, times=lambda e, n: hypot(e - east, n - north) / radius_m)


def with_radius(located: Located, radius_m: float) -> Located:
    """The same place with a circle of a radius that was learnt elsewhere."""
    return _circle(np.array([located.east, located.north]), radius_m)


def _weighted(weigh: Callable[[Floats], Floats]) -> Callable[[Sequence[Heard]], Floats]:
    def at(heard: Sequence[Heard]) -> Floats:
        places, dbm = _arrays(heard)
        return np.asarray(np.average(places, axis=0, weights=weigh(dbm)))

    return at


def _arrays(heard: Sequence[Heard]) -> tuple[Floats, Floats]:
    return np.array([(one.east, one.north) for one in heard]), np.array([one.dbm for one in heard])


# Ichnaea's and WiGLE's weights as their code and their forum have them; the latter is an interpretation.
WEIGHTED: dict[str, Callable[[Sequence[Heard]], Floats]] = {
    "mean": _weighted(np.ones_like),
    "peak": lambda heard: _arrays(heard)[0][int(np.argmax(_arrays(heard)[1]))],
    "wigle": _weighted(lambda dbm: np.maximum(1.0, dbm + 100) ** 2),
    "linear_power": _weighted(lambda dbm: np.asarray(10 ** (dbm / 10))),
    "ichnaea": _weighted(lambda dbm: np.asarray((1 / (dbm - 20) ** 2 * 1e4) ** 2)),
}


def located(name: str, heard: Sequence[Heard]) -> Located:
    """By a baseline: the keys of WEIGHTED, `beacondb` or `robust_ml`."""
    places, _ = _arrays(heard)
    low, high = places.min(axis=0), places.max(axis=0)
    if name == "beacondb":
        return _circle((low + high) / 2, max(BEACONDB_LEAST_M, float(np.linalg.norm(high - low)) / 2))
    if name == "robust_ml":
        return robust_ml(heard)
    place = WEIGHTED[name](heard)
    if name == "ichnaea":
        corners = np.array([(e, n) for e in (low[0], high[0]) for n in (low[1], high[1])])
        return _circle(place, float(np.linalg.norm(corners - place, axis=1).max()))
    return Located(east=float(place[0]), north=float(place[1]))


BASELINES = (*WEIGHTED, "beacondb", "robust_ml")


def robust_ml(heard: Sequence[Heard]) -> Located:
    """Maximum likelihood with power and exponent free and a robust loss, from several starts; the region by the
    curvature at the best, as if errors were independent."""
    places, dbm = _arrays(heard)

    def off(at: Floats) -> Floats:
        distance = np.sqrt(((places - at[:2]) ** 2).sum(axis=1) + 9.0)
        return np.asarray((at[2] - 10 * at[3] * np.log10(distance) - dbm) / 7.0)

    middle = WEIGHTED["linear_power"](heard)
    spread = places - places.mean(axis=0)
    across = np.linalg.svd(spread, full_matrices=False)[2][-1] * 10
    best = None
    for start in (middle, middle + across, middle - across):
        limits = [*(middle - 150), -90.0, 1.5], [*(middle + 150), 0.0, 5.0]
        fit = least_squares(off, [*start, -38.0, 3.0], loss="soft_l1", bounds=limits, max_nfev=60)
        best = fit if best is None or fit.cost < best.cost else best
    assert best is not None
    covariance = np.linalg.pinv(best.jac.T @ best.jac)[:2, :2]
    radius = RADIUS95 * float(max(1.0, np.linalg.det(covariance)) ** 0.25)
    return _circle(best.x[:2], min(radius, 300.0))


def ours(trial: Trial, *, looks: bool, streets: bool = False) -> Located:
    """The product on all hearings and silences, and where they are told, on bearings, and on an operator's streets.

    Of its levels, two are told: that of other regions follows from how much of the mass is at least as dense, by
    straight lines between these two."""
    given = evidence(trial, looks=looks, streets=streets)
    behind = posterior(given)
    assert behind is not None
    plane, grid, held = behind.plane, behind.grid, ranks(behind.mass())
    learnt = [0.0, behind.factors.half, behind.factors.most, 1.0]

    def level(east: float, north: float) -> float:
        ((x, y),) = plane.points([moved(*ORIGIN, east, north)])
        row, column = round((y - grid.north) / grid.step_m), round((x - grid.east) / grid.step_m)
        if not (0 <= row < grid.count and 0 <= column < grid.count):
            return 1.0
        return float(np.interp(held[row, column], learnt, [0.0, 0.5, 0.95, 1.0]))

    return replace(of_rings(told(behind)), level=level)


def of_rings(answer: Told) -> Located:
    """What the product tells: by its 95 % region as it is drawn."""
    east, north = offset_m(*ORIGIN, answer.estimate.lat, answer.estimate.lon)
    rings = [np.array([offset_m(*ORIGIN, lat, lon) for lon, lat in ring]) for ring in answer.region95.rings]
    radius = answer.region95.radius_m

    def times(e: float, n: float) -> float:
        if any(inside(ring, e, n) for ring in rings):
            return hypot(e - east, n - north) / max(hypot(e - east, n - north), radius)
        return 1 + min(_beside(ring, e, n) for ring in rings) / radius

    return Located(east=east, north=north, radius_m=radius, times=times)


def _beside(ring: Floats, east: float, north: float) -> float:
    """How far a point is from a closed line, in metres."""
    start, step = ring[:-1], np.diff(ring, axis=0)
    off = np.array([east, north]) - start
    along = (off * step).sum(axis=1) / np.maximum(1e-12, (step * step).sum(axis=1))
    nearest = off - np.clip(along, 0.0, 1.0)[:, np.newaxis] * step
    return float(np.hypot(nearest[:, 0], nearest[:, 1]).min())


def _place(east: float, north: float) -> Place:
    lat, lon = moved(*ORIGIN, east, north)
    return Place(lat=lat, lon=lon, accuracy_m=6.0)


def _hearing(one: Heard) -> Hearing:
    return Hearing(place=_place(one.east, one.north), signal_dbm=one.dbm, channel_mhz=2437)


def _looked(trial: Trial) -> tuple[list[Sighting], list[str | None]]:
    sightings = [
        look(one, day, number) for day, each in enumerate(trial.passes) for number, one in enumerate(each.looks)
    ]
    return sightings, [None] * len(sightings)


def look(one: Look, day: int, number: int) -> Sighting:
    """A bearing as the contract carries it."""
    return Sighting(
        v=1,
        id=f"{day:016x}{number:016x}",
        walk=f"{day:032x}",
        kind=Kind.PIN,
        made=MADE,
        time=on_day(day),
        observer=_place(one.east, one.north),
        subject=Subject(how=SubjectHow.BEARING, bearing_deg=round(one.bearing_deg, 1) % 360, bearing_sd_deg=one.sd_deg),
        claims=(PresentClaim(strength=Strength.STRONG),),
        pin=Pin(),
    )


def sightings(trial: Trial) -> list[Sighting]:
    """All of a trial as two probes would send it: one radio sighting of each walk, and one for each bearing."""
    made, _ = _looked(trial)
    for day, each in enumerate(trial.passes):
        if each.heard:
            hearings = tuple(_hearing(one) for one in each.heard)
            made.append(
                Sighting(
                    v=1,
                    id=f"{day:016x}{'f' * 16}",
                    walk=f"{day:032x}",
                    kind=Kind.RADIO,
                    made=MADE,
                    time=on_day(day),
                    observer=hearings[len(hearings) // 2].place,
                    claims=(PresentClaim(strength=Strength.WEAK),),
                    radio=Radio(transmitter=TRANSMITTER, hearings=hearings),
                )
            )
    return made
