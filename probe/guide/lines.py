"""Streets as the guide needs them: lines on which people walk, in metres around a place."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot

import msgspec

from probe.contract.geodesy import offset_m
from probe.contract.streets import WayClass

MOST_LINES = 2000
_WALKABLE = {kind.name.lower() for kind in WayClass if kind.walkable}
_decoder = msgspec.json.Decoder(dict[str, list[tuple[str, str | None, list[float]]]])

Metres = tuple[float, float]  # east, north


@dataclass(frozen=True, slots=True)
class Line:
    """A street or path on which people walk: its name, None where it has none, and its points as (lat, lon)."""

    name: str | None
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The straight part of a line between two of its points, in metres around a place."""

    name: str | None
    start: Metres
    end: Metres

    @property
    def length_m(self) -> float:
        return hypot(self.end[0] - self.start[0], self.end[1] - self.start[1])

    def at(self, part: float) -> Metres:
        """The point at a part of the way from start to end, 0 to 1."""
        return (
            self.start[0] + part * (self.end[0] - self.start[0]),
            self.start[1] + part * (self.end[1] - self.start[1]),
        )

    def nearest(self, point: Metres) -> Metres:
        """The point of it that is nearest to another."""
        dx, dy = self.end[0] - self.start[0], self.end[1] - self.start[1]
        square = dx * dx + dy * dy
        along = (point[0] - self.start[0]) * dx + (point[1] - self.start[1]) * dy
        return self.at(max(0.0, min(1.0, along / square)) if square else 0.0)


def lines_of(streets: bytes) -> tuple[Line, ...]:
    """The lines on which people walk in the JSON of `HomeStore.streets`; none where it is not understood."""
    try:
        ways = _decoder.decode(streets).get("ways", [])
    except msgspec.MsgspecError:
        return ()
    return tuple(Line(name, _pairs(flat)) for kind, name, flat in ways[:MOST_LINES] if kind in _WALKABLE)


def stretches(lines: Sequence[Line], lat: float, lon: float, within_m: float) -> Iterator[Stretch]:
    """The straight parts of lines that come near a place."""
    for line in lines:
        flat = [offset_m(lat, lon, *point) for point in line.points]
        for start, end in itertools.pairwise(flat):
            stretch = Stretch(line.name, start, end)
            if hypot(*stretch.nearest((0.0, 0.0))) <= within_m:
                yield stretch


def _pairs(flat: Sequence[float]) -> tuple[tuple[float, float], ...]:
    return tuple(zip(flat[::2], flat[1::2], strict=False))
