"""Cameras by what was heard alone: sightings of one transmitter are one camera, as far as its signal may carry.

Where somebody decided that sightings are of one camera, they are, whatever sent them and wherever; what else is heard
of their transmitters at these places is of it as well.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import sqrt

from hub.merge.camera import Camera
from hub.merge.constraints import UNCONSTRAINED, Bonds, Sides, fit
from hub.merge.locate import from_hearings
from hub.merge.observe import Estimate, Observation
from probe.contract.geodesy import distance_m
from probe.contract.sighting import Hearing

SAME_TRANSMITTER_M = 150.0
FARTHEST_HEARD_M = 500.0
MOVES_WITHIN_DAYS = 7
MAX_PLACES = 32  # an address that was heard in more says nothing of any place: it moves, or many things have it

_Placed = tuple[Observation, Estimate]


@dataclass(slots=True)
class _Cluster:
    """Passes at one place. Those that only a decision keeps apart have one `spot`; `group` is that of a decision."""

    passes: list[_Placed]
    spot: int
    sides: dict[int, int] | None = None
    group: int | None = None

    def reaches(self, loudest_dbm: float | None, place: Estimate) -> bool:
        """Whether a pass that was heard so loud may be of the same transmitter at the same place."""
        anchor = self.passes[0][1]
        doubt_m = 3 * (sqrt(anchor.east) + sqrt(place.east))
        reach_m = max(SAME_TRANSMITTER_M + doubt_m, _free_space_m(loudest_dbm))
        return distance_m(anchor.lat, anchor.lon, place.lat, place.lon) <= reach_m

    def may_hold(self, sides: Sides) -> bool:
        return not sides or self.sides is None or fit(self.sides, sides)

    def take_sides(self, sides: Sides) -> None:
        if sides:
            self.sides = {} if self.sides is None else self.sides
            self.sides.update(sides)


def by_transmitter(
    observations: Sequence[Observation], bonds: Bonds | None = None
) -> tuple[list[Camera], list[Observation]]:
    """The cameras that were heard, and the observations that have no place."""
    bonds = bonds or Bonds(UNCONSTRAINED)
    by_address: dict[str, list[Observation]] = {}
    for observation in observations:
        by_address.setdefault(observation.transmitter or "", []).append(observation)
    cameras: list[Camera] = []
    unplaced: list[Observation] = []
    decided: dict[int, list[_Cluster]] = {}
    for heard in by_address.values():
        places = [(observation, place_of([observation])) for observation in heard]
        unplaced += [observation for observation, place in places if place is None]
        found = _clusters([(observation, place) for observation, place in places if place is not None], bonds)
        spots = {cluster.spot for cluster in found}
        steady = len(spots) <= MAX_PLACES and not _moves(found)
        for cluster in found:
            if cluster.group is not None:
                decided.setdefault(cluster.group, []).append(cluster)
            elif steady:
                cameras.append(_radio_camera(cluster, far_apart=len(spots) > 1))
    return [*(_decided_camera(group, clusters, bonds) for group, clusters in decided.items()), *cameras], unplaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A transmitter, without what people decided: its passes by spot, and where each spot is.

    `steady` is whether it may be a camera: what moves is none, nor what was heard in very many places.
    """

    spots: tuple[tuple[Observation, ...], ...]
    places: tuple[Estimate, ...]
    steady: bool

    @property
    def far_apart(self) -> bool:
        """Whether it was heard at several spots."""
        return len(self.spots) > 1


def heard_of(passes: Iterable[tuple[Observation, Estimate | None]]) -> Heard:
    """The spots of one transmitter by its passes, each with its place, in any order. What has no place is in none."""
    found = _clusters([(one, place) for one, place in passes if place is not None], Bonds(UNCONSTRAINED))
    spots = [sorted((one for one, _ in cluster.passes), key=lambda one: one.sighting.id) for cluster in found]
    places = [place_of(spot) or cluster.passes[0][1] for spot, cluster in zip(spots, found, strict=True)]
    return Heard(
        spots=tuple(map(tuple, spots)),
        places=tuple(places),
        steady=len(found) <= MAX_PLACES and not _moves(found),
    )


def _clusters(placed: Sequence[_Placed], bonds: Bonds) -> list[_Cluster]:
    """The passes by place; one place too many ends it, but for what was decided."""
    clusters: list[_Cluster] = []
    too_many = False
    # The loudest pass says best where a transmitter is: the others are compared with it.
    for one in sorted(placed, key=_loudness):
        group = bonds.group_of(one[0])
        if group is not None:
            _add_to_group(clusters, one, group, bonds)
        elif not too_many:
            _add_to_cluster(clusters, one, bonds.sides_of(one[0]))
        too_many = len(clusters) > MAX_PLACES and len({cluster.spot for cluster in clusters}) > MAX_PLACES
        if too_many and not bonds:
            break
    return clusters


def _loudest_dbm(observation: Observation) -> float | None:
    signals = [hearing.signal_dbm for hearing in observation.hearings if hearing.signal_dbm is not None]
    return max(signals, default=None)


def _loudness(placed: _Placed) -> tuple[float, str]:
    loudest = _loudest_dbm(placed[0])
    return 999.0 if loudest is None else -loudest, placed[0].sighting.id


def _add_to_cluster(clusters: list[_Cluster], one: _Placed, sides: Sides) -> None:
    near = _near(clusters, one)
    cluster = next((found for found in near if found.may_hold(sides)), None)
    if cluster is None:
        cluster = _begin(clusters, near)
    cluster.passes.append(one)
    cluster.take_sides(sides)


def _add_to_group(clusters: list[_Cluster], one: _Placed, group: int, bonds: Bonds) -> None:
    """Add a pass that was decided to be of a group: to what is of the group at its place, else to what was heard there
    and is of it from now on."""
    near, bound = _near(clusters, one), bonds.bound_of(group)
    own = next((cluster for cluster in near if cluster.group == group), None)
    if own is None:
        own = next((found for found in near if found.group is None and found.may_hold(bound.sides)), None)
        own = own or _begin(clusters, near)
        own.group = group
        bound.sides.update(own.sides or {})
        own.sides = bound.sides  # the group's own: what joins here counts for what of it was seen, too
    own.passes.append(one)


def _near(clusters: Sequence[_Cluster], one: _Placed) -> list[_Cluster]:
    loudest = _loudest_dbm(one[0])
    return [cluster for cluster in clusters if cluster.reaches(loudest, one[1])]


def _begin(clusters: list[_Cluster], near: Sequence[_Cluster]) -> _Cluster:
    """A further cluster; beside those that a decision keeps it apart from, it is at no other spot."""
    cluster = _Cluster([], near[0].spot if near else len(clusters))
    clusters.append(cluster)
    return cluster


def _moves(clusters: Sequence[_Cluster]) -> bool:
    """Whether one transmitter was in two places within days: what moves is no camera. Months apart, it was moved."""
    by_spot: dict[int, list[date]] = {}
    for cluster in clusters:
        days = by_spot.setdefault(cluster.spot, [])
        days += [day for member, _ in cluster.passes if (day := member.day) is not None]
    known = [(min(days), max(days)) for days in by_spot.values() if days]
    return any(
        (later[0] - earlier[1]).days <= MOVES_WITHIN_DAYS and (earlier[0] - later[1]).days <= MOVES_WITHIN_DAYS
        for place, earlier in enumerate(known)
        for later in known[place + 1 :]
    )


def _free_space_m(signal_dbm: float | None) -> float:
    """How far away a transmitter may be at most that is heard this faintly: 20 dBm sent, nothing in between."""
    return 0.0 if signal_dbm is None else min(FARTHEST_HEARD_M, 10 ** ((-20.0 - signal_dbm) / 20))


def _radio_camera(cluster: _Cluster, *, far_apart: bool) -> Camera:
    members = [observation for observation, _ in cluster.passes]
    estimate = place_of(members) or cluster.passes[0][1]
    camera = Camera(estimate=estimate, members=members, far_apart=far_apart)
    camera.take_sides(cluster.sides or {})
    return camera


def _decided_camera(group: int, clusters: Sequence[_Cluster], bonds: Bonds) -> Camera:
    """The camera of a group, of all its transmitters and places."""
    members = [observation for cluster in clusters for observation, _ in cluster.passes]
    estimate = place_of(members) or clusters[0].passes[0][1]
    return Camera(estimate=estimate, members=members, bound=bonds.bound_of(group))


@lru_cache(8192)
def _place_of_pass(hearings: tuple[Hearing, ...]) -> Estimate | None:
    """The same of one pass, which all windows around ask for."""
    return from_hearings(hearings, 1)


def place_of(members: Sequence[Observation]) -> Estimate | None:
    """Where a transmitter is by these passes: by the hearings of all walks together; by a log's own estimate where
    there are none. None where nothing says."""
    if len(members) == 1 and members[0].hearings:
        return _place_of_pass(members[0].hearings)
    hearings: list[Hearing] = [hearing for member in members for hearing in member.hearings]
    if hearings:
        return from_hearings(hearings, len({member.walk for member in members if member.hearings}))
    estimates = [member.estimate for member in members if member.estimate is not None]
    return min(estimates, key=lambda estimate: estimate.east + estimate.north) if estimates else None
