"""What others do, and what could be reached: merging by distance, one to one per walk, and the oracle.

How sure each is of a report is one and the same for all: how much farther the next camera that it made is than its own.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from tests.accuracy.positions import grouped
from tests.accuracy.reports import Answer, Floats, Ints, Report, World, on_globe, places, shifted

# What the first version of the product weighed attributes by, and what a known baseline is meant by.
DIRECTION_SD_DEG, KIND_CONFLICT, MOUNT_CONFLICT, UNKNOWN, GATE = 28.0, 4.0, 2.0, 1.0, 9.21
# The oracle knows that walkers err: all that is said of a camera together never rules it out.
ORACLE_MOST = 6.0
FAR_M = 100.0


def dbscan(reports: Sequence[Report], radius_m: float) -> Answer:
    """DBSCAN where one report is enough for a camera: all that hang together by steps of this length."""
    where = places(reports)
    return _answer(where, grouped(cKDTree(where).query_pairs(radius_m, output_type="ndarray"), len(where)))


def complete_link(reports: Sequence[Report], radius_m: float) -> Answer:
    """Complete link: no two of a camera are farther apart than this."""
    where = places(reports)
    chains = grouped(cKDTree(where).query_pairs(radius_m, output_type="ndarray"), len(where))
    camera = np.zeros(len(where), np.int64)
    made = 0
    order = np.argsort(chains, kind="stable")
    for members in np.split(order, np.cumsum(np.bincount(chains))[:-1]):
        parts = np.ones(1, np.int64)
        if len(members) > 1:
            parts = fcluster(linkage(where[members], "complete"), radius_m, "distance").astype(np.int64)
        camera[members] = made + parts - 1
        made += int(parts.max())
    return _answer(where, camera)


def one_to_one(reports: Sequence[Report], radius_m: float, *, attributes: bool = False) -> Answer:
    """Walk by walk, day by day: each report goes to one camera of those before, or is a new one, at the least sum of
    squared distances; no farther than this radius. Areas have nothing to do with each other, so a day is one step."""
    where = places(reports)
    say = _Said(reports)
    camera = np.full(len(reports), -1, np.int64)
    found = _Found(say)
    for day in sorted({one.day for one in reports}):
        rows = np.array([number for number, one in enumerate(reports) if one.day == day], np.int64)
        chosen = np.full(len(rows), -1, np.int64)
        if found.count:
            pair = _within(where[rows], found.middle(), radius_m)
            cost = pair[2] ** 2 * GATE / radius_m**2
            if attributes:
                cost = cost + found.unlike(rows[pair[0]], pair[1])
            chosen = assigned((len(rows), found.count), pair[0], pair[1], cost, GATE)
        fresh = chosen < 0
        chosen[fresh] = found.count + np.arange(int(fresh.sum()))
        found.add(where[rows], rows, chosen)
        camera[rows] = chosen
    return _answer(where, camera)


def oracle(world: World, radius_m: float) -> Answer:
    """The same reports without their bias, each walk one to one with the true cameras, attributes weighed as above:
    what nobody can do, as nobody knows either. What is left is the noise of each report."""
    lat, lon = (np.array([getattr(one, axis) for one in world.reports]) for axis in ("lat", "lon"))
    where, true = on_globe(*shifted(lat, lon, -world.east_off, -world.north_off)), places(world.cameras)
    camera = np.full(len(where), -1, np.int64)
    found = _Found(_Said([*world.reports, *world.cameras]))
    found.add(true, len(where) + np.arange(len(true)), np.arange(len(true)))
    for day in sorted({one.day for one in world.reports}):
        rows = np.array([number for number, one in enumerate(world.reports) if one.day == day], np.int64)
        pair = _within(where[rows], true, radius_m)
        unlike = np.minimum(ORACLE_MOST, found.unlike(rows[pair[0]], pair[1]))
        cost = pair[2] ** 2 * GATE / radius_m**2 + unlike
        camera[rows] = assigned((len(rows), len(true)), pair[0], pair[1], cost, GATE)
    alone = camera < 0
    camera[alone] = len(true) + np.arange(int(alone.sum()))
    return _answer(where, camera)


def assigned(shape: tuple[int, int], rows: Ints, columns: Ints, costs: Floats, alone: float) -> Ints:
    """The cheapest one-to-one choice over sparse candidates: a column for each row, -1 where staying alone, at this
    cost, is cheaper. Costs above that are no candidates."""
    chosen = np.full(shape[0], -1, np.int64)
    keep = costs <= alone
    rows, columns, costs = rows[keep], columns[keep], costs[keep]
    group = grouped(np.column_stack([rows, shape[0] + columns]), sum(shape))[rows]
    order = np.argsort(group, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(group[order])) + 1) if len(order) else []:
        own_rows, row = np.unique(rows[part], return_inverse=True)
        own_columns, column = np.unique(columns[part], return_inverse=True)
        matrix = np.full((len(own_rows), len(own_columns) + len(own_rows)), 1e9)
        matrix[row, column] = costs[part]
        matrix[np.arange(len(own_rows)), len(own_columns) + np.arange(len(own_rows))] = alone
        for number, place in zip(*linear_sum_assignment(matrix), strict=True):
            if place < len(own_columns):
                chosen[own_rows[number]] = own_columns[place]
    return chosen


def _within(here: Floats, there: Floats, radius_m: float) -> tuple[Ints, Ints, Floats]:
    near = cKDTree(here).sparse_distance_matrix(cKDTree(there), radius_m, output_type="coo_matrix")
    return near.row.astype(np.int64), near.col.astype(np.int64), near.data


class _Said:
    """The attributes of reports, as numbers; -1 or NaN is "not known"."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self.kind, self.kinds = _numbered(one.kind for one in reports)
        self.mount, self.mounts = _numbered(one.mount for one in reports)
        self.direction = np.radians([np.nan if one.direction is None else one.direction for one in reports])


def _numbered(values: Iterable[str | None]) -> tuple[Ints, int]:
    names: dict[str, int] = {}
    numbers = [-1 if value is None else names.setdefault(value, len(names)) for value in values]
    return np.array(numbers, np.int64), len(names)


class _Found:
    """Cameras as they are found: the sums of what their reports say."""

    def __init__(self, say: _Said) -> None:
        self._say = say
        self.count = 0
        self._sums = np.zeros((0, 4 + 2 + say.kinds + say.mounts))  # place, number; direction; kinds; mounts

    def middle(self) -> Floats:
        return self._sums[:, :3] / self._sums[:, 3:4]

    def add(self, where: Floats, rows: Ints, chosen: Ints) -> None:
        say = self._say
        more = max(0, int(chosen.max(initial=-1)) + 1 - self.count)
        self._sums = np.vstack([self._sums, np.zeros((more, self._sums.shape[1]))])
        self.count += more
        added = np.zeros((len(rows), self._sums.shape[1]))
        added[:, :3], added[:, 3] = where, 1
        looks = say.direction[rows]
        added[:, 4], added[:, 5] = np.nan_to_num(np.sin(looks)), np.nan_to_num(np.cos(looks))
        for start, values in ((6, say.kind[rows]), (6 + say.kinds, say.mount[rows])):
            known = np.flatnonzero(values >= 0)
            added[known, start + values[known]] = 1
        np.add.at(self._sums, chosen, added)

    def unlike(self, rows: Ints, columns: Ints) -> Floats:
        """The cost of the attributes of each pair of a report and a camera."""
        say, sums = self._say, self._sums[columns]
        looks = np.where(np.hypot(sums[:, 4], sums[:, 5]) > 1e-9, np.arctan2(sums[:, 4], sums[:, 5]), np.nan)
        turn = np.degrees(np.abs((say.direction[rows] - looks + np.pi) % (2 * np.pi) - np.pi))
        cost = np.where(np.isnan(turn), UNKNOWN, (np.nan_to_num(turn) / DIRECTION_SD_DEG) ** 2)
        for start, count, values, conflict in (
            (6, say.kinds, say.kind[rows], KIND_CONFLICT),
            (6 + say.kinds, say.mounts, say.mount[rows], MOUNT_CONFLICT),
        ):
            if count:
                votes = sums[:, start : start + count]
                differ = (values >= 0) & (votes.max(axis=1) > 0) & (votes.argmax(axis=1) != values)
                cost = cost + conflict * differ
        return cost


def _answer(where: Floats, camera: Ints) -> Answer:
    return Answer(camera=camera, sure=sureness(where, camera))


def sureness(where: Floats, camera: Ints) -> Floats:
    """By how many metres the next camera that was made is farther from each report than its own, at most 100 m."""
    numbers, which = np.unique(camera, return_inverse=True)
    sums = np.column_stack([np.bincount(which, where[:, axis]) for axis in range(3)])
    middle = sums / np.bincount(which)[:, np.newaxis]
    own = np.linalg.norm(where - middle[which], axis=1)
    if len(numbers) == 1:
        return np.asarray(FAR_M - own)
    distance, nearest = cKDTree(middle).query(where, k=2)
    other = np.where(nearest[:, 0] == which, distance[:, 1], distance[:, 0])
    return np.asarray(np.minimum(FAR_M, other) - own)
