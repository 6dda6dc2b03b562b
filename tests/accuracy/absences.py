"""Absence: how well the probability that a camera is gone holds, on simulated years of walks.

The simulator's laws are not the estimator's. A camera stands at some distance from the street that most walkers take,
and passes differ in street; whether a pass hears it follows from the distance, with shadowing that stays with camera
and street. Cameras vanish, or fall silent, at rates that differ between towns and from what is assumed. Some walkers
come often, most seldom.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log

import numpy as np

from hub.merge.gone import GONE_SHARE, Absence, GoneReport, Listening, Watched, absence
from probe.contract.sighting import Strength
from tests.accuracy.reports import Floats

START = date(2026, 1, 1)
CELL, CHANNEL = "17/66364/45087", 2437
YEARS = 5.0
CAMERAS, SMALL_CAMERAS = 6000, 1500
SEED = 20
BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0)
NAIVE_WALKS = 3  # the rule of others: gone after so many walks without it
Figures = dict[str, float | int | str | None]


@dataclass(frozen=True, slots=True)
class Case:
    """A camera on the last day: what the hub says, what is so, and how many of the latest walks did not hear it."""

    said: Absence | None
    gone: bool
    silent_walks: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Cameras of which about the same was said: how many, the mean of what was said, and how many were gone."""

    cameras: int
    said: float
    gone: int


@dataclass(frozen=True, slots=True)
class _Camera:
    heard_share: Floats  # of each of the cell's streets
    stops_on: float  # days
    is_taken_down: bool


def simulated(cameras: int, seed: int) -> list[Case]:
    """So many cameras that somebody heard once, each after years of walks."""
    random = np.random.default_rng(seed)
    cases: list[Case] = []
    while len(cases) < cameras:
        case = _lived(random)
        if case is not None:
            cases.append(case)
    return cases


def _camera(random: np.random.Generator) -> _Camera:
    streets = int(random.integers(1, 4))
    distance = random.uniform(4, 130, streets)
    margin = 26.0 - 10 * float(random.uniform(2.2, 3.8)) * np.log10(distance / 10) + random.normal(0, 7, streets)
    rate = float(np.exp(random.normal(log(0.08), 0.6))) / 365.25  # of a town: not what the estimator takes for granted
    return _Camera(
        heard_share=1 / (1 + np.exp(-margin / 4)),
        stops_on=float(random.exponential(1 / rate)),
        is_taken_down=bool(random.random() < random.beta(6, 4)),
    )


def _lived(random: np.random.Generator) -> Case | None:
    """Years of walks past one camera; None where nobody ever heard it."""
    camera = _camera(random)
    favourite = random.dirichlet(np.full(len(camera.heard_share), 0.7))
    walkers = int(random.integers(1, 9))
    per_year = random.gamma(0.7, 2.0, walkers)
    listenings: list[Listening] = []
    heard: list[tuple[date, str]] = []
    walks: list[tuple[float, bool]] = []
    reports: list[GoneReport] = []
    for walker in range(walkers):
        for number, at in enumerate(np.sort(random.uniform(0, YEARS * 365, random.poisson(per_year[walker] * YEARS)))):
            street = int(random.choice(len(favourite), p=favourite))
            seconds = 10.0 * int(random.integers(0, 5))
            sends = at < camera.stops_on
            hears = sends and random.random() < camera.heard_share[street] * (1 - np.exp(-(seconds + 3) / 6))
            day, walk = START + timedelta(days=int(at)), f"{walker}-{number}"
            listenings.append(
                Listening(
                    cell=CELL, walk=walk, day=day, contributor=f"w{walker}", contributor_tags=(),
                    seconds={CHANNEL: seconds},
                )
            )  # fmt: skip
            walks.append((float(at), bool(hears)))
            if hears:
                heard.append((day, walk))
            looks = random.random() < 0.04
            is_gone = not sends and camera.is_taken_down
            if looks and heard and random.random() < (0.7 if is_gone else 0.03):
                reports.append(
                    GoneReport(day=day, strength=Strength.STRONG, contributor=f"w{walker}", contributor_tags=())
                )
    if not heard:
        return None
    last = max(day for day, _ in heard)
    watched = Watched(
        last_known=last, last_heard=last, cells=frozenset({CELL}), channels=frozenset({CHANNEL}),
        walks=frozenset(walk for _, walk in heard),
    )  # fmt: skip
    silent = 0
    for _, was_heard in sorted(walks, reverse=True):
        if was_heard:
            break
        silent += 1
    gone_by_now = camera.stops_on < YEARS * 365 and camera.is_taken_down
    return Case(absence(watched, _by_quarter(listenings), reports), gone_by_now, silent)


def _by_quarter(listenings: Sequence[Listening]) -> list[Listening]:
    """As the hub keeps them: nobody's name, and a tag for each quarter."""
    return [
        Listening(
            cell=one.cell, walk=one.walk, day=one.day, contributor=None, seconds=one.seconds,
            contributor_tags=(f"{one.day.year}q{(one.day.month + 2) // 3}-0/15/16591/11271/{one.contributor}",),
        )
        for one in listenings
    ]  # fmt: skip


def binned(cases: Sequence[Case]) -> list[Bin]:
    """What was said against what is so, for what rests on two contributors or more."""
    judged = [case for case in cases if case.said is not None and case.said.is_borne_out]
    said = np.array([case.said.probability for case in judged if case.said is not None])
    gone = np.array([case.gone for case in judged], bool)
    which = np.digitize(said, BINS[1:-1])
    return [
        Bin(int((which == number).sum()), float(said[which == number].mean()), int(gone[which == number].sum()))
        for number in range(len(BINS) - 1)
        if (which == number).any()
    ]


def measure(full: bool) -> tuple[list[Bin], Figures]:
    """The reliability table, and the figures `gone.*`: the log score beside that of the base rate, and of those that an
    operator is asked about, how many are gone; the rule of so many silent walks beside it."""
    cases = simulated(CAMERAS if full else SMALL_CAMERAS, SEED)
    judged = [case for case in cases if case.said is not None and case.said.is_borne_out]
    truth = np.array([case.gone for case in judged], float)
    said = np.clip([case.said.probability for case in judged if case.said is not None], 1e-6, 1 - 1e-6)
    rate = float(np.clip(truth.mean(), 1e-6, 1 - 1e-6))
    asked = [case for case in judged if case.said is not None and case.said.probability >= 0.3]
    naive = [case for case in cases if case.silent_walks >= NAIVE_WALKS]
    figures: Figures = {
        "gone.cameras": len(cases),
        "gone.judged": len(judged),
        "gone.gone": int(truth.sum()),
        "gone.log_score": round(float(-np.mean(truth * np.log(said) + (1 - truth) * np.log(1 - said))), 4),
        "gone.log_score_base_rate": round(-(rate * log(rate) + (1 - rate) * log(1 - rate)), 4),
        "gone.said_mean": round(float(said.mean()), 4),
        "gone.true_mean": round(rate, 4),
        "gone.asked": len(asked),
        "gone.asked_gone": sum(case.gone for case in asked),
        "gone.naive_gone": sum(case.gone for case in naive),
        "gone.naive": len(naive),
        "gone.largest_by_radio": GONE_SHARE,
    }
    return binned(cases), figures


def text(bins: Sequence[Bin], _figures: Figures) -> str:
    """The reliability table, for the page."""
    lines = ["| said, on average | cameras | of these gone |", "|---|---|---|"]
    lines += [f"| {one.said:.2f} | {one.cameras} | {one.gone / one.cameras:.2f} |" for one in bins]
    return "\n".join(lines)
