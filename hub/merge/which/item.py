"""What is to be told apart and put together, and what comes of it. Pure.

An item is what one walk saw of one thing, however often it looked, or one transmitter at one place, on however many
walks it was heard. `resolve` (see `resolve.py`) says which items are of one camera.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

RADIO = "radio"  # the layer of transmitters: two addresses are never one camera, but where people say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that was seen on one walk, or a transmitter at one place.

    - `key`: names it and orders it: the least id of its sightings.
    - `layer`: the walk, or RADIO. No two items of one layer are one camera, unless they are of one `group`.
    - `lat`, `lon` in degrees; `east`, `north`, `between`: its covariance in square metres by all that is its own.
    - `common`: the variance per axis, in square metres, of what all items of its layer near by have in common (the
      receiver's bias); 0 for RADIO. `told`: whether the walk said how accurate it is; else both are a prior.
    - `kind`, `mount`, `direction` (degrees) and `direction_sd`: None is "not known".
    - `group`, `sides`: what people decided, as in `hub.merge.constraints`.
    """

    key: str
    layer: str
    lat: float
    lon: float
    east: float
    north: float
    between: float = 0.0
    common: float = 0.0
    told: bool = True
    kind: str | None = None
    mount: str | None = None
    direction: float | None = None
    direction_sd: float | None = None
    group: int | None = None
    sides: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Where an item was put.

    - `camera`: the number of its camera, from 0; the best guess where it is unsure.
    - `sure`: the probability that this is right, calibrated on other towns.
    - `others`: what it may be instead, each with its probability, the likeliest first: the number of another camera, or
      None for a camera of its own. Less than 1 % is not listed.
    - `off_east`, `off_north`, `off_var`: what its layer's receiver was off here, as estimated, in metres, and the
      variance per axis that is left of that. 0, 0 and `common` where nothing could be told.
    """

    camera: int
    sure: float
    others: tuple[tuple[int | None, float], ...] = ()
    off_east: float = 0.0
    off_north: float = 0.0
    off_var: float = 0.0
