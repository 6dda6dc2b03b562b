"""The factors by which what is computed is made honest, for each class of evidence.

Classes are told by what a real walk shows: how many walks there are, and whether there are bearings.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from hub.merge.where.evidence import WalkEvidence

MUCH = 30  # hearings


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
    text = resources.files(__package__).joinpath("factors.toml").read_text(encoding="utf-8")
    return {name: {key: float(value) for key, value in row.items()} for name, row in tomllib.loads(text).items()}


def factors_of(walks: Sequence[WalkEvidence], *, streets: bool) -> Factors:
    """The factors of the class of this evidence; of a class that was not learnt, those of the nearest one that was: the
    same without streets, distances or marks; or those of all together."""
    name = class_of(walks, streets=streets)
    known = learnt()
    plain = name.removesuffix("_streets")
    nearest = (name, plain, plain.replace("_told", ""), plain.replace("_told", "").removesuffix("_marked"))
    row = next((known[one] for one in nearest if one in known), known["any"])
    return Factors(name, row["temper"], row["half"], row["most"])


def class_of(walks: Sequence[WalkEvidence], *, streets: bool) -> str:
    """A class by its name: on one walk, two or several, heard, seen, marked; whether distances were told with what was
    seen; and whether streets are known.

    A walk that heard much went around corners and through walls: what the law of distance leaves out adds up, and its
    raster is surer than it may be. How the way runs makes no further difference on simulated trials. A single look is
    astray one time in ten, and nothing corrects it.
    """
    heard = sum(len(walk.hearings) for walk in walks)
    looks = [one for walk in walks for one in walk.bearings]
    parts = [{1: "one", 2: "two"}.get(len(walks), "several")]
    if heard:
        parts.append("heard_much" if len(walks) == 1 and heard >= MUCH else "heard")
    if looks:
        single = len(walks) == 1 and len(looks) == 1 and not heard
        told = sum(one.distance_m is not None for one in looks)
        parts += ["look" if single else "seen", *(["told"] if 2 * told >= len(looks) else [])]
    if any(walk.marked for walk in walks):
        parts.append("marked")
    return "_".join([*parts, *(["streets"] if streets else [])])
