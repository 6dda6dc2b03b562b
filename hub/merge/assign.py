"""Which sighting is of which camera: gated, one to one, never on distance alone.

On real camera positions this kind of assignment finds far more true pairs than any merging by radius, because the
second camera of a walk cannot be the first one again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.merge.observe import Estimate
from hub.merge.solver import cheapest
from probe.contract.geodesy import offset_m, turn_deg

GATE = 9.21  # chi-square, 2 degrees of freedom, 99 %
DIRECTION_SD_DEG = 28.0
# Walkers take a dome for a panning camera, but a plate reader beside a traffic camera is two: hundreds of such pairs.
CONFLICT, MOUNT_CONFLICT = 4.0, 2.0
NEVER = 1e6
UNKNOWN = 1.0
# What hangs together is decided together, up to so many cells of the matrix; beyond that, in parts of so many items.
MAX_MATRIX, ITEMS_PER_PART = 2_000_000, 200
CLEARLY_BETTER = 2.0


class Matchable(Protocol):
    """What a sighting or a camera shows of itself; None is "not known"."""

    @property
    def estimate(self) -> Estimate | None: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def mount(self) -> str | None: ...
    @property
    def direction(self) -> float | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The candidate that an item is, by its place in their list; None for none of them.

    `rivals` are the candidates between which it could not be decided, in which case `candidate` is None.
    """

    candidate: int | None
    distance_m: float | None = None
    rivals: tuple[int, ...] = ()


def assign(items: Sequence[Matchable], candidates: Sequence[Matchable], near: Sequence[Sequence[int]]) -> list[Match]:
    """One match for each item; no two get the same candidate. `near[i]` lists those within reach of the i-th."""
    costs = [
        {place: cost for place in near[number] if (cost := _cost(item, candidates[place])) <= GATE}
        for number, item in enumerate(items)
    ]
    chosen: dict[int, int] = {}
    for rows, columns in _components(costs):
        chosen.update(_solve_in_parts(items, costs, rows, columns))
    taken = {place: number for number, place in chosen.items()}
    return [_match(number, items[number], candidates, costs[number], chosen, taken) for number in range(len(costs))]


def _match(
    number: int,
    item: Matchable,
    candidates: Sequence[Matchable],
    costs: dict[int, float],
    chosen: dict[int, int],
    taken: dict[int, int],
) -> Match:
    best = chosen.get(number)
    if best is None:
        return Match(candidate=None)
    free = {place: cost for place, cost in costs.items() if place == best or place not in taken}
    rivals = [place for place, cost in free.items() if cost < CLEARLY_BETTER * costs[best] + 0.5 and place != best]
    if rivals:
        return Match(candidate=None, rivals=(best, *sorted(rivals)))
    here, there = item.estimate, candidates[best].estimate
    if here is None or there is None:
        return Match(candidate=None)
    east, north = offset_m(there.lat, there.lon, here.lat, here.lon)
    return Match(candidate=best, distance_m=round((east * east + north * north) ** 0.5, 1))


def _cost(item: Matchable, candidate: Matchable) -> float:
    here, there = item.estimate, candidate.estimate
    if here is None or there is None:
        return float("inf")
    cost = mahalanobis2(here, there)
    if item.direction is not None and candidate.direction is not None:
        cost += (turn_deg(item.direction, candidate.direction) / DIRECTION_SD_DEG) ** 2
    else:
        cost += UNKNOWN
    cost += _kind_conflict(item.kind, candidate.kind) + (
        MOUNT_CONFLICT if _differ(item.mount, candidate.mount) else 0.0
    )
    return cost


def mahalanobis2(a: Estimate, b: Estimate) -> float:
    """The squared distance of two estimates in units of their joint doubt."""
    dx, dy = offset_m(a.lat, a.lon, b.lat, b.lon)
    see, snn, sen = a.east + b.east, a.north + b.north, a.between + b.between
    det = see * snn - sen * sen
    return (dx * dx * snn - 2 * dx * dy * sen + dy * dy * see) / det


def _kind_conflict(a: str | None, b: str | None) -> float:
    if not _differ(a, b):
        return 0.0
    return NEVER if "alpr" in (a, b) else CONFLICT


def _differ(a: str | None, b: str | None) -> bool:
    return a is not None and b is not None and a != b


def _components(costs: Sequence[dict[int, float]]) -> list[tuple[list[int], list[int]]]:
    """Groups of items and candidates that have nothing to do with each other."""
    rows_of: dict[int, list[int]] = {}
    for number, row in enumerate(costs):
        for place in row:
            rows_of.setdefault(place, []).append(number)
    visited: set[int] = set()
    groups = []
    for start in range(len(costs)):
        if start in visited or not costs[start]:
            continue
        rows, columns, stack = [], set(), [start]
        visited.add(start)
        while stack:
            number = stack.pop()
            rows.append(number)
            for place in costs[number]:
                if place not in columns:
                    columns.add(place)
                    unvisited = [other for other in rows_of[place] if other not in visited]
                    visited.update(unvisited)
                    stack.extend(unvisited)
        groups.append((sorted(rows), sorted(columns)))
    return groups


def _solve_in_parts(
    items: Sequence[Matchable], costs: Sequence[dict[int, float]], rows: list[int], columns: list[int]
) -> dict[int, int]:
    """The choice for one group. A very large one, which a flood makes, is cut into parts of neighbours: what one part
    has taken is gone for the next."""
    if len(rows) * (len(columns) + len(rows)) <= MAX_MATRIX:
        return _solve(costs, rows, columns)
    by_place = sorted(rows, key=lambda number: (_strip(items[number]), number))
    chosen: dict[int, int] = {}
    taken: set[int] = set()
    for start in range(0, len(by_place), ITEMS_PER_PART):
        part = by_place[start : start + ITEMS_PER_PART]
        free = sorted({place for number in part for place in costs[number]} - taken)
        picked = _solve(costs, part, free)
        chosen.update(picked)
        taken.update(picked.values())
    return chosen


def _strip(item: Matchable) -> tuple[int, float]:
    """Where an item comes in an order in which neighbours are close to one another."""
    estimate = item.estimate
    return (0, 0.0) if estimate is None else (round(estimate.lat * 1000), estimate.lon)


def _solve(costs: Sequence[dict[int, float]], rows: list[int], columns: list[int]) -> dict[int, int]:
    """The cheapest one-to-one choice, where staying alone costs as much as the gate."""
    import numpy as np

    index = {place: column for column, place in enumerate(columns)}
    matrix = np.full((len(rows), len(columns) + len(rows)), 1e6)
    for row, number in enumerate(rows):
        matrix[row, len(columns) + row] = GATE
        for place, cost in costs[number].items():
            if place in index:
                matrix[row, index[place]] = cost
    return {rows[row]: columns[column] for row, column in cheapest(matrix) if column < len(columns)}
