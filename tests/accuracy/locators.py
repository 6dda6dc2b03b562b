"""Where a transmitter stands by what others make of its hearings, and by today's product."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import hypot

import numpy as np
from scipy.optimize import least_squares

from hub.merge.locate import RADIUS95, from_hearings, fuse
from hub.merge.observe import Estimate
from hub.merge.place import Region
from hub.merge.where.locate import locate
from hub.merge.where.region import inside
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
from tests.accuracy.today import MADE, observed, on_day

TRANSMITTER = "ac:cc:8e:10:20:30"
BEACONDB_LEAST_M = 50.0
# The radius that holds half of a normal distribution, as a share of the one that holds 95 in 100
TIMES_50 = 0.481


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Where something is, in metres, and the 95 % region: the radius of a circle as large as it is (None: the method
    gives none), and by how much it would have to grow, all around, to reach a point."""

    east: float
    north: float
    radius_m: float | None = None
    times: Callable[[float, float], float] | None = None


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


def today(trial: Trial, *, looks: bool) -> Located:
    """Today's product: the place by all hearings, and with it, where they are told, each bearing as it is placed."""
    hearings = [_hearing(one) for one in trial.heard]
    estimate = from_hearings(hearings, len(trial.passes))
    assert estimate is not None
    if looks:
        seen = observed(*_looked(trial))
        estimate = fuse((estimate, *(one.place for one in seen)), len(trial.passes))
    return _of(estimate)


def ours(trial: Trial, *, looks: bool, streets: bool = False) -> Located:
    """The product: all that a hub has of the trial, with bearings or without, with the operator's streets or not."""
    found = locate(evidence(trial, looks=looks, streets=streets))
    assert found is not None
    half, most = (_rings(region) for region in (found.region50, found.region95))
    east, north = offset_m(*ORIGIN, found.estimate.lat, found.estimate.lon)
    radius = found.region95.radius_m

    def times(e: float, n: float) -> float:
        """Beyond the region by how far it is from there; within, by which of the regions holds it."""
        if not any(inside(ring, e, n) for ring in most):
            return 1 + max(1e-9, min(_apart(ring, e, n) for ring in most)) / radius
        return TIMES_50 if any(inside(ring, e, n) for ring in half) else 1.0

    return Located(east=east, north=north, radius_m=radius, times=times)


def _rings(region: Region) -> list[Floats]:
    return [np.array([offset_m(*ORIGIN, lat, lon) for lon, lat in ring[:-1]]) for ring in region.rings]


def _apart(ring: Floats, east: float, north: float) -> float:
    """How far a point is from the nearest side of a ring."""
    start, point = ring, np.array([east, north])
    along = np.roll(ring, -1, axis=0) - start
    share = ((point - start) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12)
    nearest = start + np.clip(share, 0, 1)[:, np.newaxis] * along
    return float(np.linalg.norm(nearest - point, axis=1).min())


def _of(estimate: Estimate) -> Located:
    east, north = offset_m(*ORIGIN, estimate.lat, estimate.lon)
    covariance = np.array([[estimate.east, estimate.between], [estimate.between, estimate.north]])
    inverse = np.linalg.inv(covariance)

    def times(e: float, n: float) -> float:
        off = np.array([e - east, n - north])
        return float(np.sqrt(off @ inverse @ off)) / RADIUS95

    radius = RADIUS95 * float(np.linalg.det(covariance)) ** 0.25
    return Located(east=east, north=north, radius_m=radius, times=times)


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
