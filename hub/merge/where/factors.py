"""The factors by which what is computed is made honest, as smooth functions of what the evidence is.

For each kind of evidence it is learnt how they grow with the number of walks, with what each heard or how often it
looked, with streets. The raster's own shape, its size and its modes tell nothing more, nor does how the way runs.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp, log
from types import MappingProxyType

from hub.merge.where.evidence import WalkEvidence

# What a walk past a camera hears of it, and how often it is looked at: traits are 0 there.
USUAL_HEARINGS, USUAL_LOOKS = 20, 3
# Beyond what was learnt on, traits count as the last that was: nothing says that they go on.
MOST_WALKS, LEAST_HEARINGS, MOST_HEARINGS, MOST_LOOKS = 3, 4, 60, 9
# What the factors may be at all. Real streets are stranger than simulated ones: no raster is taken for much surer than
# it is, though simulated cameras that were hardly heard would gain by it.
TEMPERS, HALVES, MOSTS = (0.4, 1.15), (0.3, 0.8), (0.85, 0.995)
# What the factors of each kind follow, beside a constant (`at_all`).
TRAITS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "heard": ("walks", "hearings", "streets", "walks_with_streets"),
        "heard_seen": ("walks", "hearings", "streets", "walks_with_streets"),
        "seen": ("walks", "looks", "told", "streets", "walks_with_streets"),
        "marked": ("walks",),
    }
)
Law = Mapping[str, float]  # by a trait's name, how much the logarithm grows with it


@dataclass(frozen=True, slots=True)
class Factors:
    """What is learnt for some evidence: the power to which the likelihood is raised, and the shares of the mass at
    which the regions are drawn that hold a camera half the time, and 95 in 100."""

    kind: str
    temper: float
    half: float
    most: float


@cache
def learnt() -> dict[str, dict[str, Law]]:
    """The file beside this one, by kind and factor: learnt by `python -m tests.accuracy.learn_where`, on no trial that
    judges."""
    text = resources.files(__package__).joinpath("factors.toml").read_text(encoding="utf-8")
    return {
        kind: {name: law for name, law in laws.items() if isinstance(law, dict)}
        for kind, laws in tomllib.loads(text).items()
    }


def factors_of(walks: Sequence[WalkEvidence], *, streets: bool) -> Factors:
    """The factors of this evidence."""
    kind, traits = kind_of(walks), traits_of(walks, streets=streets)
    laws = learnt()[kind]
    return Factors(
        kind,
        temper=temper_by(laws["temper"], traits),
        half=share_by(laws["half"], traits, HALVES),
        most=share_by(laws["most"], traits, MOSTS),
    )


def temper_by(law: Law, traits: Law) -> float:
    """The temper that a law gives for some traits."""
    return min(TEMPERS[1], max(TEMPERS[0], exp(_sum(law, traits))))


def share_by(law: Law, traits: Law, limits: tuple[float, float]) -> float:
    """The share of the mass that a law gives for some traits. It is that of half the square of so many deviations of a
    normal distribution, whose logarithm is the sum."""
    return min(limits[1], max(limits[0], 1 - exp(-exp(min(3.0, _sum(law, traits))))))


def _sum(law: Law, traits: Law) -> float:
    return sum(slope * traits[name] for name, slope in law.items())


def kind_of(walks: Sequence[WalkEvidence]) -> str:
    """Whether it was heard, seen, both, or marked alone. A mark beside these makes no kind of its own."""
    heard = any(walk.hearings for walk in walks)
    seen = any(walk.bearings for walk in walks)
    return ("heard_seen" if seen else "heard") if heard else "seen" if seen else "marked"


def traits_of(walks: Sequence[WalkEvidence], *, streets: bool) -> dict[str, float]:
    """What the factors follow, by name, each 0 where it is as usual: logarithms of the number of walks, of the hearings
    of each walk that heard it, and of all looks; the share of looks whose distance was told; 1 where streets are known.

    A walk that heard much went around corners and through walls: what the law of distance leaves out adds up, and its
    raster is surer than it may be. Of a single look nothing says whether it is astray.
    """
    several = log(min(len(walks), MOST_WALKS))
    heard = [len(walk.hearings) for walk in walks if walk.hearings]
    looks = [one for walk in walks for one in walk.bearings]
    each = min(MOST_HEARINGS, max(LEAST_HEARINGS, sum(heard) / len(heard))) if heard else USUAL_HEARINGS
    return {
        "at_all": 1.0,
        "walks": several,
        "hearings": log(each / USUAL_HEARINGS),
        "looks": log(min(MOST_LOOKS, len(looks)) / USUAL_LOOKS) if looks else 0.0,
        "told": sum(one.distance_m is not None for one in looks) / len(looks) if looks else 0.0,
        "streets": float(streets),
        "walks_with_streets": several * streets,
    }
