"""A trial as the evidence that the hub would have of it."""

from dataclasses import replace
from math import hypot

import numpy as np

from hub.merge.where.evidence import Bearing, Evidence, Marked, Street, WalkEvidence
from hub.merge.which.accuracy import split_of_accuracy
from probe.contract.geodesy import moved
from probe.contract.sighting import Hearing, Place, Silence
from tests.accuracy.frozen import locating
from tests.accuracy.passes import Pass, Trial

ORIGIN = 47.0, -17.0  # the demo's fictional island
ACCURACY_M = 6.0
# As the probe has it: a silence is told from so many cycles of the channels on, and so near to a hearing.
LEAST_CYCLES, NEAR_M, STEP_M = 4, 58.0, 6.0


def evidence(trial: Trial, *, looks: bool, streets: bool = False) -> Evidence:
    """The evidence in a trial, of radio or with the bearings; with the operator's streets or without."""
    walks = tuple(_walk(each, day, looks) for day, each in enumerate(trial.passes))
    lines = tuple(
        Street(start=moved(*ORIGIN, east1, north1), end=moved(*ORIGIN, east2, north2))
        for east1, north1, east2, north2 in trial.streets
    )
    return Evidence(walks=walks, streets=lines if streets else ())


def looks_only(given: Evidence) -> Evidence:
    """Without radio: what most walkers bring."""
    return replace(given, walks=tuple(replace(one, hearings=(), silences=()) for one in given.walks))


def one_look(given: Evidence, random: np.random.Generator) -> Evidence:
    """One look of each walk, any of them, and no radio."""
    walks = []
    for walk in looks_only(given).walks:
        kept = walk.bearings[int(random.integers(len(walk.bearings)))]
        walks.append(replace(walk, bearings=(kept,)))
    return replace(given, walks=tuple(walks))


def with_distances(given: Evidence, trial: Trial, random: np.random.Generator, off: float = 0.3) -> Evidence:
    """Each look with the distance that a walker guesses: off by this share of it, and how far off is not told."""
    walks = []
    for walk, each in zip(given.walks, trial.passes, strict=True):
        told = []
        for bearing, one in zip(walk.bearings, each.looks, strict=False):
            guess = one.away_m * (1 + off * float(random.normal()))
            told.append(replace(bearing, distance_m=max(0.5, guess)))
        walks.append(replace(walk, bearings=tuple(told)))
    return replace(given, walks=tuple(walks))


def marks(trial: Trial, walks: int, random: np.random.Generator) -> tuple[WalkEvidence, ...]:
    """The camera as it is marked on some walks of their own, by receivers that drift as those of passes do."""
    frozen = locating()["walk"]
    own, common, _ = split_of_accuracy(ACCURACY_M)
    made = []
    for number in range(walks):
        drift = float(random.uniform(*frozen["gnss_radial_m"])) / np.sqrt(2)
        off = random.normal(0, np.sqrt(own + drift**2 * common / (own + common)), 2)
        lat, lon = moved(*ORIGIN, trial.east + float(off[0]), trial.north + float(off[1]))
        mark = Marked(lat=lat, lon=lon, east=own, north=own, common=common)
        made.append(WalkEvidence(walk=f"{99 - number:032x}", marked=(mark,)))
    return tuple(made)


def place(east: float, north: float) -> Place:
    """A place that the receiver says."""
    lat, lon = moved(*ORIGIN, east, north)
    return Place(lat=lat, lon=lon, accuracy_m=ACCURACY_M)


def _walk(each: Pass, day: int, looks: bool) -> WalkEvidence:
    bearings = []
    for one in each.looks if looks else ():
        here = place(one.east, one.north)
        bearings.append(
            Bearing(lat=here.lat, lon=here.lon, accuracy_m=ACCURACY_M, bearing_deg=one.bearing_deg, sd_deg=one.sd_deg)
        )
    return WalkEvidence(
        walk=f"{day:032x}",
        hearings=tuple(
            Hearing(place=place(one.east, one.north), signal_dbm=one.dbm, channel_mhz=2437) for one in each.heard
        ),
        silences=_silences(each),
        bearings=tuple(bearings),
    )


def _silences(each: Pass) -> tuple[Silence, ...]:
    """The stretches of silence that a probe would tell: long ones, near a hearing."""
    near = [
        (east, north)
        for east, north in each.silent
        if any(hypot(east - one.east, north - one.north) <= NEAR_M for one in each.heard)
    ]
    runs: list[list[tuple[float, float]]] = []
    for at in near:
        if runs and hypot(at[0] - runs[-1][-1][0], at[1] - runs[-1][-1][1]) <= STEP_M:
            runs[-1].append(at)
        else:
            runs.append([at])
    return tuple(Silence(start=place(*run[0]), end=place(*run[-1])) for run in runs if len(run) >= LEAST_CYCLES)
