"""Which sightings of a camera may be of another one. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Sightings (of one item) of a camera that may be of another one. `here`: the probability that they are of this
    camera; `others`: other cameras' ids, each with its probability, the likeliest first; None stands for a camera of
    its own."""

    sightings: tuple[str, ...]
    here: float
    others: tuple[tuple[str | None, float], ...]
