"""One more look in the simulated street, and what is believed before and after it: for the tests of where to stand.

The belief is a plain grid over bearings, apart from what the product makes of them: the advice is weighed by another
estimator's regions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import degrees, hypot

import numpy as np

from hub.merge.observe import Estimate
from hub.merge.place import Located, Mode, Region
from hub.merge.stand import Segment
from probe.contract.geodesy import moved, offset_m
from tests.accuracy.frozen import locating
from tests.accuracy.passes import Look, Trial
from tests.accuracy.reports import Floats

ORIGIN = 47.0, -17.0  # the demo's fictional island
HALF_M, CELL_M = 60.0, 2.0
DRIFT_SD_M = 4.0
RANGE_M = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """What bearings say: as the product tells it, the error of its mean, and whether its 95 % region holds the truth"""

    located: Located
    error_m: float
    holds: bool


def believed(trial: Trial, looks: Sequence[Look]) -> Believed:
    """The posterior of the bearings alone, of things in sight and not far from a street."""
    middle = np.mean([(one.east, one.north) for one in looks], axis=0)
    axis = np.arange(-HALF_M + CELL_M / 2, HALF_M, CELL_M)
    places = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2) + middle
    log = -np.maximum(0.0, _off_street(trial, places) - 7.0) / 5.0
    for one in looks:
        off = places - (one.east, one.north)
        away = np.maximum(1.0, np.hypot(off[:, 0], off[:, 1]))
        sd = np.hypot(one.sd_deg, np.degrees(DRIFT_SD_M / away))
        turn = (np.degrees(np.arctan2(off[:, 0], off[:, 1])) - one.bearing_deg + 180) % 360 - 180
        # What is photographed is near, whatever the bearing is of
        log -= 0.5 * (away / RANGE_M) ** 2
        log += np.log(0.9 * np.exp(-0.5 * (turn / sd) ** 2) / (sd * np.sqrt(2 * np.pi)) + 0.1 / 360)
    weights = np.exp(log - log.max())
    weights /= weights.sum()
    mean = weights @ places
    about = places - mean
    covariance = (weights[:, np.newaxis] * about).T @ about + CELL_M**2 / 12 * np.eye(2)
    lat, lon = moved(*ORIGIN, float(mean[0]), float(mean[1]))
    best = places[int(np.argmax(weights))]
    region50, _ = _region(places, weights, 0.5)
    region95, inside = _region(places, weights, 0.95)
    at = np.abs(places - (trial.east, trial.north)).max(axis=1)
    return Believed(
        located=Located(
            estimate=Estimate(
                lat=lat,
                lon=lon,
                east=float(covariance[0, 0]),
                north=float(covariance[1, 1]),
                between=float(covariance[0, 1]),
            ),
            modes=(Mode(**dict(zip(("lat", "lon"), moved(*ORIGIN, *best.tolist()), strict=True)), share=1.0),),
            region50=region50,
            region95=region95,
        ),
        error_m=hypot(float(mean[0]) - trial.east, float(mean[1]) - trial.north),
        holds=bool(inside[int(np.argmin(at))]) and float(at.min()) <= CELL_M,
    )


def segments(trial: Trial) -> list[Segment]:
    """The middles of its streets, as an operator's extract has them."""
    return [
        Segment(start=moved(*ORIGIN, x1, y1), end=moved(*ORIGIN, x2, y2), aside_m=5.0)
        for x1, y1, x2, y2 in trial.streets
    ]


def one_more(trial: Trial, lat: float, lon: float, random: np.random.Generator) -> Look | None:
    """A photo of another day from a place; None where the camera's street is not seen from there."""
    frozen = locating()
    drift = random.normal(0, random.uniform(*frozen["walk"]["gnss_radial_m"]) / np.sqrt(2), 2)
    sd, compass = random.uniform(*frozen["bearing"]["sd_deg"]), random.normal(0, frozen["bearing"]["compass_deg"])
    turned, outlier, anywhere = random.normal(0, sd), random.random(), random.uniform(0, 360)
    said = np.array(offset_m(*ORIGIN, lat, lon))
    true = said - drift
    if _to_line(np.array([said]), trial.streets[1])[0] > frozen["street"]["width_m"] / 2:
        return None
    bearing = degrees(np.arctan2(trial.east - true[0], trial.north - true[1])) + compass + turned
    if outlier < frozen["bearing"]["outliers"]:
        bearing = anywhere
    return Look(float(said[0]), float(said[1]), float(bearing % 360), frozen["bearing"]["told_sd_deg"])


def anywhere_on_street(
    trial: Trial, located: Located, random: np.random.Generator, *, own: bool
) -> tuple[float, float]:
    """A place on a pavement 10 to 60 m from the mean, in degrees: of any street, or of the camera's `own`."""
    mean = np.array(offset_m(*ORIGIN, located.estimate.lat, located.estimate.lon))
    while True:
        x1, y1, x2, y2 = trial.streets[1 if own else int(random.integers(len(trial.streets)))]
        along = np.array([x2 - x1, y2 - y1])
        along /= np.linalg.norm(along)
        side = 5.0 if random.random() < 0.5 else -5.0
        at = np.array([x1, y1]) + random.random() * np.hypot(x2 - x1, y2 - y1) * along
        at += side * np.array([along[1], -along[0]])
        if 10.0 <= np.linalg.norm(at - mean) <= 60.0:
            return moved(*ORIGIN, float(at[0]), float(at[1]))


def _region(places: Floats, weights: Floats, share: float) -> tuple[Region, Floats]:
    """The likeliest cells that hold a share, each row's runs as rectangles."""
    order = np.argsort(-weights, kind="stable")
    inside = np.zeros(len(weights), bool)
    inside[order[: int(np.searchsorted(np.cumsum(weights[order]), share)) + 1]] = True
    rings = []
    side = round(2 * HALF_M / CELL_M)
    grid, cells = inside.reshape(side, side), places.reshape(side, side, 2)
    for row in range(side):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], grid[row].astype(int), [0]])))
        for first, last in zip(edges[::2], edges[1::2] - 1, strict=True):
            (x1, y1), (x2, y2) = cells[row, first] - CELL_M / 2, cells[row, last] + CELL_M / 2
            corners = [(x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)]
            rings.append(tuple(moved(*ORIGIN, float(x), float(y))[::-1] for x, y in corners))
    return Region(rings=tuple(rings), area_m2=float(inside.sum()) * CELL_M**2), inside


def _off_street(trial: Trial, places: Floats) -> Floats:
    return np.asarray(np.min([_to_line(places, street) for street in trial.streets], axis=0))


def _to_line(places: Floats, line: tuple[float, float, float, float]) -> Floats:
    start, along = np.array(line[:2]), np.array(line[2:]) - np.array(line[:2])
    part = np.clip(((places - start) @ along) / (along @ along), 0, 1)
    return np.asarray(np.linalg.norm(places - start - part[:, np.newaxis] * along, axis=1))
