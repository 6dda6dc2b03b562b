"""What was learnt offline: how often cameras are seen, how alike neighbours are, how often walkers err. Pure.

The figures are in factors.toml. `tests/accuracy/learn.py` learns them in areas and on walks that nothing is judged by.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFactors:
    """Of where things are.

    - `detection`, `radio_detection`: how often a walk reports a camera it passes. `most_misses`: the evidence of walks
      that did not see a camera counts no more than this, in nats: nobody knows that they looked.
    - `own_share`: which share of an item's variance is its own, where nothing tells; the rest is the receiver's bias.
    - `untold_variance`: the variance per axis of a walk that says nothing of its accuracy, in square metres.
    - `reach_m`: the length over which a receiver's bias stays the same.
    - `density`: cameras per square metre around a camera; it weighs as much as `density_weight` circles of
      `density_radius_m` in which neighbours are counted. Cameras stand in clumps: around each there are `clump` more,
      `clump_sd_m` away per axis.
    """

    detection: float
    radio_detection: float
    most_misses: float
    own_share: float
    untold_variance: float
    reach_m: float
    density_radius_m: float
    density: float
    density_weight: float
    clump: float
    clump_sd_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidFactors:
    """Of what is said of cameras.

    - `kind_wrong`, `mount_wrong`, `direction_wrong`: how often it is wrong; `direction_sd` in degrees, where an item
      has none of its own. `reader_wrong`: the same of whether it reads plates; `readers`: how many do.
    - `kind_alike`, `mount_alike`, `direction_alike`, `reader_alike`: how often two cameras of one place are alike
      for that reason, and `alike_m` the distance at which that has fallen to a third.
    - `kinds`, `mounts`: how frequent each is.
    """

    kind_wrong: float
    kind_alike: float
    mount_wrong: float
    mount_alike: float
    direction_sd: float
    direction_wrong: float
    direction_alike: float
    alike_m: float
    readers: float
    reader_wrong: float
    reader_alike: float
    kinds: Mapping[str, float]
    mounts: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class SureFactors:
    """How a share becomes a probability: its log-odds times the slope, and then what holds for a camera of one item, of
    two, or of more. The share is that of redraws in which an item stayed, or, `exact_` before the name, of all ways to
    divide a few items. Then come `alike_kind` to `in_twos`, each times its sign (see `sure.py`). What is less likely
    than `clear` is for a person to say."""

    slope: float
    alone: float
    pair: float
    more: float
    exact_slope: float
    exact_alone: float
    exact_pair: float
    exact_more: float
    alike_kind: float
    alike_mount: float
    alike_direction: float
    lone: float
    in_twos: float
    clear: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """All of it."""

    place: PlaceFactors
    said: SaidFactors
    sure: SureFactors


@cache
def factors() -> Factors:
    """What is in factors.toml."""
    found = tomllib.loads(resources.files(__package__).joinpath("factors.toml").read_text(encoding="utf-8"))
    return Factors(
        place=PlaceFactors(**found["place"]), said=SaidFactors(**found["said"]), sure=SureFactors(**found["sure"])
    )
