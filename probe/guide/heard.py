"""Where to stand next for a transmitter that was heard.

Hearings on one line say how far along it the thing is, and not on which side: a second pass on the same line says it
hardly better. So this leads off the line: first to the other pavement, which was measured to be worth most (see
tests/probe/guide/test_worth.py); where there is none, into a side street, or to a place at right angles.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, sin, sqrt

from probe.contract.geodesy import moved, offset_m, turn_deg
from probe.guide.lines import Line, Metres, Stretch, stretches
from probe.guide.stand import NextStand, stand_at
from probe.position.fix import Fix
from probe.sweep.hearing import Spot

LEAST_SPOTS, LEAST_LENGTH_M = 4, 12.0
ONE_SIDED_SD_M = 4.0  # across the line: a receiver's drift on one pavement is less, the other pavement is more
AT_END_M = 8.0  # the loudest so near to the end of the line: it was not passed yet
ON_M = 25.0
NEAREST_M, FARTHEST_M, SIDE_M = 15.0, 40.0, 15.0
_OFF_LINE_M = 12.0
_ALONG_DEG, _ACROSS_DEG = 25.0, 35.0  # a street is the one that was walked, or leads away from it
_CENTRE_M = 2.0, 12.0  # from the walked pavement to the middle of its street; less is a receiver's drift
_PAVEMENT_M = 8.0, 20.0  # from one pavement to the other
_SAMPLE_M = 5.0


@dataclass(frozen=True, slots=True)
class Walked:
    """The line on which something was heard, in metres around `origin` (lat, lon).

    `along` and `across` are unit vectors, the first in the direction of the walk; the line goes from `first` to `last`
    metres along it, beside `middle` across it. `estimate` is roughly where it was loudest, on these two axes; `sd_m` is
    how far the hearings spread across.
    """

    origin: tuple[float, float]
    along: Metres
    across: Metres
    first: float
    last: float
    middle: float
    estimate: Metres
    sd_m: float

    @property
    def one_sided(self) -> bool:
        """Whether left and right of the line cannot be told apart."""
        return self.sd_m < ONE_SIDED_SD_M

    def metres(self, along: float, across: float) -> Metres:
        """A point on the two axes as metres east and north of the origin."""
        return (
            along * self.along[0] + across * self.across[0],
            along * self.along[1] + across * self.across[1],
        )

    def axes(self, point: Metres) -> Metres:
        """A point in metres east and north on the two axes."""
        return (
            point[0] * self.along[0] + point[1] * self.along[1],
            point[0] * self.across[0] + point[1] * self.across[1],
        )

    def place(self, along: float, across: float) -> tuple[float, float]:
        """The same in degrees."""
        return moved(*self.origin, *self.metres(along, across))


def walked_line(spots: Sequence[Spot]) -> Walked | None:
    """The line on which something was heard; None where that is too little to say anything."""
    heard = [(spot.fix, signal) for spot in spots if (signal := spot.signal_dbm) is not None]
    if len(heard) < LEAST_SPOTS:
        return None
    loudest = max(signal for _, signal in heard)
    origin = next((fix.lat, fix.lon) for fix, signal in heard if signal == loudest)
    points = [offset_m(*origin, fix.lat, fix.lon) for fix, _ in heard]
    count = len(points)
    mean = sum(e for e, _ in points) / count, sum(n for _, n in points) / count
    ee = sum((e - mean[0]) ** 2 for e, _ in points) / count
    nn = sum((n - mean[1]) ** 2 for _, n in points) / count
    en = sum((e - mean[0]) * (n - mean[1]) for e, n in points) / count
    turned = atan2(2 * en, ee - nn) / 2
    along = cos(turned), sin(turned)
    way = (points[-1][0] - points[0][0]) * along[0] + (points[-1][1] - points[0][1]) * along[1]
    if way < 0:
        along = -along[0], -along[1]
    across = along[1], -along[0]  # to the right
    on_line = [e * along[0] + n * along[1] for e, n in points]
    beside = [e * across[0] + n * across[1] for e, n in points]
    if max(on_line) - min(on_line) < LEAST_LENGTH_M:
        return None
    weights = [10 ** ((signal - loudest) / 10) for _, signal in heard]
    whole = sum(weights)
    middle = sum(beside) / count
    return Walked(
        origin=origin,
        along=along,
        across=across,
        first=min(on_line),
        last=max(on_line),
        middle=middle,
        estimate=(
            sum(w * t for w, t in zip(weights, on_line, strict=True)) / whole,
            sum(w * u for w, u in zip(weights, beside, strict=True)) / whole,
        ),
        sd_m=sqrt(sum((u - middle) ** 2 for u in beside) / count),
    )


def for_heard(transmitter: bytes, spots: Sequence[Spot], fix: Fix, lines: Sequence[Line] = ()) -> tuple[NextStand, ...]:
    """One or two places from which a transmitter should be heard next, the better first; none where its hearings lie on
    both sides already, or are too few."""
    line = walked_line(spots)
    if line is None or not line.one_sided:
        return ()
    here, _ = line.axes(offset_m(*line.origin, fix.lat, fix.lon))
    if line.last - line.estimate[0] < AT_END_M and here < line.last + ON_M / 2:
        lat, lon = line.place(line.last + ON_M, line.middle)
        return (stand_at(fix, lat, lon, "heard-walk-on", transmitter=transmitter),)
    near = list(stretches(lines, *line.place(*line.estimate), FARTHEST_M + SIDE_M))
    found = [*_other_pavement(line, near, here), *_side_streets(line, near)][:2]
    if not found:
        found = [("heard-right-angle", (line.estimate[0], line.middle + side * SIDE_M), None) for side in (-1, 1)]
    stands = [stand_at(fix, *line.place(*at), code, transmitter=transmitter, street=name) for code, at, name in found]
    return tuple(stands)


_Found = tuple[str, Metres, str | None]


def _side_streets(line: Walked, near: Sequence[Stretch]) -> list[_Found]:
    """The best place in a street that leads away, on each side of the line; the better side first."""
    best: dict[bool, tuple[float, Metres, str | None]] = {}
    for stretch in near:
        if _turn(line, stretch) < _ACROSS_DEG:
            continue
        steps = max(1, int(stretch.length_m // _SAMPLE_M))
        for step in range(steps + 1):
            at = _on_axes(line, stretch.at(step / steps))
            off = at[1] - line.middle
            away = hypot(at[0] - line.estimate[0], at[1] - line.estimate[1])
            if abs(off) < _OFF_LINE_M or not NEAREST_M <= away <= FARTHEST_M:
                continue
            # Far off the line, and yet near: what is heard there differs most between left and right.
            worth = abs(off) - away / 2
            if (off > 0) not in best or worth > best[off > 0][0]:
                best[off > 0] = worth, at, stretch.name
    ordered = sorted(best.values(), key=lambda one: (-one[0], one[1]))
    return [("heard-side-street" if name else "heard-side-street-unnamed", at, name or None) for _, at, name in ordered]


def _other_pavement(line: Walked, near: Sequence[Stretch], here: float) -> list[_Found]:
    """The other pavement of the street that was walked, as its middle is known; `here` is where the walker is along the
    line. On which side it is, a receiver may get wrong and a walker does not."""
    offs = []
    for stretch in near:
        if _turn(line, stretch) <= _ALONG_DEG:
            foot = _on_axes(line, stretch.nearest(_around_estimate(line, line.estimate[0], line.middle)))
            if abs(foot[0] - line.estimate[0]) < _CENTRE_M[1]:
                offs.append(foot[1] - line.middle)
    off = min(offs, key=abs, default=None)
    if off is None or abs(off) > _CENTRE_M[1]:
        return []
    wide = _PAVEMENT_M[0] if abs(off) < _CENTRE_M[0] else max(_PAVEMENT_M[0], min(_PAVEMENT_M[1], 2 * abs(off)))
    # Not right across from the loudest place, but so far this side of it that both are 15 m apart: it is walked past.
    before = sqrt(max(0.0, NEAREST_M**2 - wide**2))
    along = line.estimate[0] + (before if here > line.estimate[0] else -before)
    return [("heard-other-side", (along, line.middle + (wide if off >= 0 else -wide)), None)]


def _turn(line: Walked, stretch: Stretch) -> float:
    """Degrees between a stretch and the line, 0 to 90."""
    stretched = degrees(atan2(stretch.end[1] - stretch.start[1], stretch.end[0] - stretch.start[0]))
    turn = turn_deg(stretched, degrees(atan2(line.along[1], line.along[0])))
    return min(turn, 180.0 - turn)


def _on_axes(line: Walked, point: Metres) -> Metres:
    """A point in metres around the estimate, as `stretches` gives it, on the line's axes."""
    along, across = line.axes(point)
    return along + line.estimate[0], across + line.estimate[1]


def _around_estimate(line: Walked, along: float, across: float) -> Metres:
    return line.metres(along - line.estimate[0], across - line.estimate[1])
