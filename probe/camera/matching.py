"""How far a camera's clock is off, from where a track passes the places of its photos: pure.

Each photo votes for the offsets that would put it on the track near its own place. Where the walk crosses itself there
are several; the one that nearly all photos share is it, and where two do as well, nothing is said.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import floor
from statistics import median
from typing import NamedTuple

from probe.contract.geodesy import distance_m
from probe.contract.sighting import Place
from probe.position.fix import Fix

NEAR_M = 25.0
LEAST_PHOTOS, LEAST_SHARE = 3, 0.8
_MAX_PHOTOS = 60
_BIN_S, _APART_S = 10.0, 60.0
_GRID_DEG = 0.0005
_LEAST_SD_S = 5.0


class Matched(NamedTuple):
    """What to add to the clock, one standard deviation of that, and how many photos agree."""

    seconds: float
    sd_s: float
    photos: int


def matched_offset(shown: Sequence[tuple[float, Place]], fixes: Sequence[Fix]) -> Matched | None:
    """The offset between the clock that photos show (Unix seconds) and the track's; None where it is not plain."""
    if len(shown) < LEAST_PHOTOS or not fixes:
        return None
    step = max(1, len(shown) // _MAX_PHOTOS)
    cells = _cells(fixes)
    candidates = [_candidates(at_s, place, cells) for at_s, place in shown[::step]]
    votes: dict[int, int] = defaultdict(int)
    for offsets in candidates:
        bins = {floor(offset_s / _BIN_S) + side for offset_s, _ in offsets for side in (-1, 0, 1)}
        for each in bins:
            votes[each] += 1
    if not votes:
        return None
    best = max(votes.values())
    # Where the walker stands, or clocks are read to a few seconds only, several neighbours do as well.
    winners = sorted(each for each, count in votes.items() if count == best)
    middle_s = (median(winners) + 0.5) * _BIN_S
    rivals = [
        each for each, count in votes.items() if count >= best - 1 and abs((each + 0.5) * _BIN_S - middle_s) > _APART_S
    ]
    if best < max(LEAST_PHOTOS, LEAST_SHARE * len(candidates)) or rivals:
        return None
    nearest_s = [
        min(near)[1]
        for offsets in candidates
        if (near := [(metres, offset_s) for offset_s, metres in offsets if abs(offset_s - middle_s) <= _APART_S])
    ]
    seconds = median(nearest_s)
    spread_s = 1.4826 * median(abs(each - seconds) for each in nearest_s)
    return Matched(seconds, max(_LEAST_SD_S, spread_s), len(nearest_s))


def _cells(fixes: Iterable[Fix]) -> dict[tuple[int, int], list[Fix]]:
    cells: dict[tuple[int, int], list[Fix]] = defaultdict(list)
    for fix in fixes:
        cells[floor(fix.lat / _GRID_DEG), floor(fix.lon / _GRID_DEG)].append(fix)
    return cells


def _candidates(at_s: float, place: Place, cells: dict[tuple[int, int], list[Fix]]) -> list[tuple[float, float]]:
    """Offsets that would put a photo on the track near its place, each with the distance that is left."""
    row, column = floor(place.lat / _GRID_DEG), floor(place.lon / _GRID_DEG)
    found = []
    for north in (-1, 0, 1):
        for east in (-2, -1, 0, 1, 2):
            for fix in cells.get((row + north, column + east), ()):
                metres = distance_m(place.lat, place.lon, fix.lat, fix.lon)
                if metres <= NEAR_M:
                    found.append((fix.at_s - at_s, metres))
    return found
