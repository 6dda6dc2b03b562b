"""Items that may have to do with each other, as arrays: where they are, what is said of them, what binds them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hub.merge.constraints import fit
from hub.merge.which.factors import Factors
from hub.merge.which.item import RADIO, Item
from probe.contract.geodesy import EARTH_RADIUS_M

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

READER = "alpr"
LEAST_VARIANCE, MOST_VARIANCE = 0.05, 1e6
SEEN_WITHIN_M = 75.0  # a walk that saw anything within this distance is taken to have passed


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one attribute.

    - `likely`: for each item and each value that may be true, the probability of what is said of it (1: nothing is).
    - `usual`: how frequent each value is. `alike`: how often two cameras of one place are alike for that reason.
    """

    likely: Floats
    usual: Floats
    alike: float


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a search, and what stays as it is however often it is taken: `rows`, k items of one layer or group
    (`bound`), are put anew among the cameras of the m `others`.

    - `place` (k x 2), `cov` (k x 3: east, north, between), `own`, `common` (k) and `prior` (k x k), how their biases
      vary together, are of the rows; so are `passed` (k x 1), in nats, and `density` (k x 1) of cameras per m2.
    - `there` (m x 2), `info` (m x 3) are of the others. `told` (m x t) is what adds up to what is known of a camera:
      their inverse covariance, the logarithm of what is said of each value of each attribute, and where they look.
    - `said`: of each attribute its columns in `told`, how likely each value is by what is said of the rows (k x v),
      how likely that is of any camera (k x 1), and the attribute.
    - `looks`, `looks_var` (k x 1) in radians, and whether each row says it; None where no row does.
    """

    rows: Ints
    others: Ints
    bound: bool
    place: Floats
    cov: Floats
    own: Floats
    common: Floats
    prior: Floats
    passed: Floats
    density: Floats
    there: Floats
    info: Floats
    told: Floats
    said: tuple[tuple[slice, Floats, Floats, "Said"], ...]
    looks: tuple[Floats, Floats, Bools] | None


@dataclass(frozen=True)
class Scene:
    """So many items, n of them, in a flat frame.

    - `place` (n x 2) metres; `info` (n x 3) the own inverse covariance: east, north, between; `own`, `common` (n)
      variances per axis; `distance` (n x n) metres; `reach`: how far two items' biases hang together (n x n; 0 between
      walks, 1 for an item with itself).
    - `layer` (n) numbers; `turns`: sets of items, each of which is put anew as one step: a layer's free items, or a
      group. `group` (n): -1 is none.
    - `misses` (n): the evidence of the walks that passed, in nats; `rare` (n): the logarithm of cameras per m2.
    - `said`, `looks` (n, radians, NaN: unknown), `looks_sd` (n).
    - `apart` (n x n): what people told apart, or None where they told nothing.
    """

    place: Floats
    info: Floats
    own: Floats
    common: Floats
    distance: Floats
    reach: Floats
    layer: Ints
    turns: tuple[Ints, ...]
    group: Ints
    misses: Floats
    rare: Floats
    said: tuple[Said, ...]
    looks: Floats
    looks_sd: Floats
    apart: Bools | None
    factors: Factors

    @property
    def bound(self) -> bool:
        """Whether anything is of a group."""
        return len(self.turns) > 0 and bool(self.group[self.turns[-1][0]] >= 0)

    @cached_property
    def prior(self) -> Floats:
        """How the biases of items vary together, in square metres (n x n)."""
        sd = np.sqrt(self.common)
        return np.asarray(sd[:, np.newaxis] * sd * self.reach)

    @cached_property
    def root(self) -> Floats:
        """A root of the prior (n x n). Walks have nothing to do with each other there."""
        root = np.zeros((len(self), len(self)))
        for number in np.unique(self.layer):
            own = np.flatnonzero(self.layer == number)
            block = np.ix_(own, own)
            values, vectors = np.linalg.eigh(self.prior[block])
            root[block] = vectors * np.sqrt(np.maximum(values, 0.0))
        return root

    @cached_property
    def cov(self) -> Floats:
        """The own covariance of items (n x 3)."""
        east, north, between = self.info.T
        return np.asarray((np.array([north, east, -between]) / (east * north - between * between)).T)

    @cached_property
    def centred(self) -> Floats:
        """Where items are from the middle of all (n x 2)."""
        return np.asarray(self.place - self.place.mean(axis=0))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """A step for each of the turns."""
        info = [self.info, *(np.log(said.likely) for said in self.said)]
        known = np.isfinite(self.looks)
        looks = np.where(known, self.looks, 0.0)
        weight = np.where(known, 1 / self.looks_sd**2, 0.0)
        told = np.column_stack([*info, weight, weight * np.sin(looks), weight * np.cos(looks)])
        return tuple(self._step(rows, told, looks, known) for rows in self.turns)

    def _step(self, rows: Ints, told: Floats, looks: Floats, known: Bools) -> Step:
        others = np.setdiff1d(np.arange(len(self)), rows, assume_unique=True)
        said, first = [], 3
        for one in self.said:
            likely, last = one.likely[rows], first + len(one.usual)
            said.append((slice(first, last), likely, (likely @ one.usual)[:, np.newaxis], one))
            first = last
        says = known[rows, np.newaxis]
        return Step(
            rows=rows,
            others=others,
            bound=bool(self.group[rows[0]] >= 0),
            place=self.place[rows],
            cov=self.cov[rows],
            own=self.own[rows],
            common=self.common[rows],
            prior=self.prior[np.ix_(rows, rows)],
            passed=self.misses[rows, np.newaxis],
            density=np.exp(self.rare[rows])[:, np.newaxis],
            there=self.place[others],
            info=self.info[others],
            told=told[others],
            said=tuple(said),
            looks=(looks[rows, np.newaxis], self.looks_sd[rows, np.newaxis] ** 2, says) if says.any() else None,
        )

    def __len__(self) -> int:
        return len(self.place)


def scene_of(items: Sequence[Item], place: Floats, factors: Factors) -> Scene:
    """Items at these places (n x 2, metres)."""
    layers = {name: number for number, name in enumerate(sorted({item.layer for item in items}))}
    layer = np.array([layers[item.layer] for item in items], np.int64)
    group = np.array([-1 if item.group is None else item.group for item in items], np.int64)
    shape = np.array([(item.east, item.north, item.between, item.common) for item in items], np.float64)
    east, north = np.clip(np.nan_to_num(shape[:, :2], nan=MOST_VARIANCE), LEAST_VARIANCE, MOST_VARIANCE).T
    between = np.nan_to_num(shape[:, 2])
    most = 0.98 * np.sqrt(east * north)
    between = np.clip(between, -most, most)
    det = east * north - between * between
    common = np.clip(np.nan_to_num(shape[:, 3], nan=0.0), 0.0, MOST_VARIANCE)
    difference = place[:, np.newaxis] - place[np.newaxis]
    distance = np.sqrt((difference**2).sum(axis=2))
    same = layer[:, np.newaxis] == layer[np.newaxis]
    looks = np.array([np.nan if item.direction is None else item.direction for item in items])
    sd = np.array([np.nan if item.direction_sd is None else item.direction_sd for item in items])
    sd = np.clip(np.where(np.isfinite(sd), sd, factors.said.direction_sd), 2.0, 180.0)
    return Scene(
        place=place,
        info=np.column_stack([north / det, east / det, -between / det]),
        own=(east + north) / 2,
        common=common,
        distance=distance,
        reach=np.exp(-((distance / factors.place.reach_m) ** 2) / 2) * same,
        layer=layer,
        turns=_turns(layer, group),
        group=group,
        misses=_misses(distance, layer, layers.get(RADIO, -1), factors),
        rare=_rare(distance, same, factors),
        said=_all_said(items, factors),
        looks=np.radians(looks),
        looks_sd=np.radians(sd),
        apart=_apart(items),
        factors=factors,
    )


def flat(items: Sequence[Item]) -> Floats:
    """Where items are, in metres east and north of the first one; across the date line and at the poles too."""
    lat, lon = (np.array([getattr(item, axis) for item in items], np.float64) for axis in ("lat", "lon"))
    scale = np.radians(1.0) * EARTH_RADIUS_M
    if float(np.abs(lat).max()) > POLAR:
        # Meridians are no parallels here: the plane that touches the pole
        away = np.radians(90.0 - np.abs(lat)) * EARTH_RADIUS_M
        turn = np.radians(lon)
        return np.column_stack([away * np.sin(turn), -np.sign(lat) * away * np.cos(turn)])
    east = (lon - lon[0] + 180.0) % 360.0 - 180.0
    return np.column_stack([east * scale * np.cos(np.radians(lat)), (lat - lat[0]) * scale])


POLAR = 89.0


def _turns(layer: Ints, group: Ints) -> tuple[Ints, ...]:
    free = [np.flatnonzero((layer == number) & (group < 0)) for number in np.unique(layer)]
    bound = [np.flatnonzero(group == number) for number in np.unique(group[group >= 0])]
    return tuple(rows for rows in (*free, *bound) if len(rows))


def _misses(distance: Floats, layer: Ints, radio: int, factors: Factors) -> Floats:
    """What it says against a camera of its own that these walks did not see it."""
    passed = np.zeros(len(layer))
    near = distance <= SEEN_WITHIN_M
    for number in np.unique(layer):
        seen = factors.place.radio_detection if number == radio else factors.place.detection
        passed += near[:, layer == number].any(axis=1) * -np.log(1 - seen)
    return np.minimum(passed, factors.place.most_misses)


def _rare(distance: Floats, same: Bools, factors: Factors) -> Floats:
    """How many cameras there are around: other items of the same walk, as nothing is off between these."""
    place = factors.place
    neighbours = ((distance < place.density_radius_m) & same).sum(axis=1) - 1.0
    area = np.pi * place.density_radius_m**2 * place.detection
    density = (neighbours + place.density_weight * place.density * area) / ((1 + place.density_weight) * area)
    return np.asarray(np.log(np.maximum(density, 1e-7)))


def _all_said(items: Sequence[Item], factors: Factors) -> tuple[Said, ...]:
    """Whether it reads plates is said apart: a reader beside a traffic camera is two, and there are hundreds."""
    said = factors.said
    reads = [None if item.kind is None else READER if item.kind == READER else "other" for item in items]
    usual = {READER: said.readers, "other": 1 - said.readers}
    all_said = (
        _said(reads, usual, said.reader_wrong, said.reader_alike),
        _said(
            [None if item.kind == READER else item.kind for item in items], said.kinds, said.kind_wrong, said.kind_alike
        ),
        _said([item.mount for item in items], said.mounts, said.mount_wrong, said.mount_alike),
    )
    return tuple(one for one in all_said if one is not None)


def _said(values: Sequence[str | None], usual: Mapping[str, float], wrong: float, alike: float) -> Said | None:
    """None where nothing is said, or one and the same of all that is said."""
    there = sorted({value for value in values if value is not None})
    if len(there) < 2:
        return None
    names = sorted({*there, *usual})
    number_of = {name: number for number, name in enumerate(names)}
    numbers = np.array([-1 if value is None else number_of[value] for value in values], np.int64)
    known = np.flatnonzero(numbers >= 0)
    counts = np.array([usual.get(name, 0.02) * PRIOR_COUNT for name in names])
    counts += np.bincount(numbers[known], minlength=len(names))
    error = np.full((len(names), len(names)), wrong / len(names))  # true, said
    np.fill_diagonal(error, 1 - wrong + wrong / len(names))
    likely = np.ones((len(values), len(names)))
    likely[known] = error[:, numbers[known]].T
    return Said(likely=likely, usual=counts / counts.sum(), alike=alike)


PRIOR_COUNT = 20.0


def _apart(items: Sequence[Item]) -> Bools | None:
    bound = [number for number, item in enumerate(items) if item.sides]
    if not bound:
        return None
    apart = np.zeros((len(items), len(items)), bool)
    for at, number in enumerate(bound):
        for other in bound[at + 1 :]:
            if not fit(items[number].sides, items[other].sides):
                apart[number, other] = apart[other, number] = True
    return apart
