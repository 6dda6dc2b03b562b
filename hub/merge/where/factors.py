"""The factors by which what is computed is made honest, for each class of evidence.

Classes are told by what a real walk shows: how many walks, whether there are bearings, how the hearings lie.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from hub.merge.where.evidence import WalkEvidence
from hub.merge.where.plane import Plane


@dataclass(frozen=True, slots=True)
class Factors:
    """What is learnt for a class: the power to which the likelihood is raised, and the shares of the mass at which the
    regions are drawn that hold a camera half the time, and 95 in 100."""

    name: str
    temper: float
    half: float
    most: float


@cache
def learnt() -> dict[str, dict[str, float]]:
    """The file beside this one: learnt by `python -m tests.accuracy.learn_where`, on no trial that judges."""
    text = (Path(__file__).parent / "factors.toml").read_text()
    return {name: {key: float(value) for key, value in row.items()} for name, row in tomllib.loads(text).items()}


def factors_of(walks: Sequence[WalkEvidence], plane: Plane, streets: bool) -> Factors:
    """The factors of the class of this evidence."""
    name = class_of(walks, plane, streets)
    known = learnt()
    row = known.get(name) or known["any"]
    return Factors(name, row["temper"], row["half"], row["most"])


def class_of(walks: Sequence[WalkEvidence], plane: Plane, streets: bool) -> str:
    """A class by its name: what there is, how many walks, and how the places of the hearings lie."""
    hearings = [(one.place.lat, one.place.lon) for walk in walks for one in walk.hearings]
    looks = sum(len(walk.bearings) for walk in walks)
    parts = []
    if hearings:
        count = sum(1 for walk in walks if walk.hearings)
        places = plane.points(sorted(hearings))
        spread = np.cov(places.T) if len(places) > 1 else np.zeros((2, 2))
        around = np.sqrt(np.maximum(np.linalg.eigvalsh(spread), 0.0))
        shape = "row" if around[0] < 0.12 * around[1] or around[0] < 4.0 else "bent"
        if count > 1:
            shape = "walks"
        parts.append(f"radio_{shape}")
    if looks:
        parts.append("bearing" if looks == 1 else "bearings")
    if any(walk.marked for walk in walks):
        parts.append("marked")
    return "_".join([*parts, *(["streets"] if streets else [])])
