"""From sightings to cameras: a pure function of the log. Deriving again gives the same cameras.

Sightings of one transmitter are one camera, as far as its signal may carry. Visual observations, which are photos and
pins, are assigned, walk by walk, to the cameras that earlier ones found, or become new ones: two of a walk never share
a camera. Last, what was heard is matched with what was seen, one to one and only where there is no second choice: radio
alone is too rough to choose between neighbours. Radio never merges with other radio.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from math import sqrt

from hub.merge.assign import REACH_M, Match, assign
from hub.merge.locate import from_hearings, fuse, mean_bearing
from hub.merge.observe import Estimate, Observation
from probe.contract.geodesy import distance_m, offset_m
from probe.contract.sighting import Hearing

SAME_TRANSMITTER_M = 150.0
FARTHEST_HEARD_M = 500.0
MOVES_WITHIN_DAYS = 7
_GRID_DEG = 0.001


@dataclass(slots=True)
class Camera:
    """A camera being put together: the observations that speak of it, and why."""

    estimate: Estimate
    members: list[Observation]
    far_apart: bool = False
    rivals: tuple[str, ...] = ()
    nearest_match_m: list[float] = field(default_factory=list)

    @property
    def id(self) -> str:
        """A name that stays: it comes from the member that reached the log first."""
        first = min(self.members, key=lambda member: member.seq)
        return f"c-{sha256(first.sighting.id.encode()).hexdigest()[:16]}"

    @property
    def kind(self) -> str | None:
        return _most_frequent(member.kind for member in self.members)

    @property
    def mount(self) -> str | None:
        return _most_frequent(member.mount for member in self.members)

    @property
    def direction(self) -> float | None:
        return mean_bearing([member.direction for member in self.members if member.direction is not None])

    @property
    def walks(self) -> int:
        return len({member.walk for member in self.members})

    def add(self, observation: Observation) -> None:
        """Add a visual observation, and fuse its estimate into the camera's."""
        if observation.estimate is not None:
            self.estimate = fuse((self.estimate, observation.estimate), self.walks)
        self.members.append(observation)

    def join(self, other: "Camera", distance_m: float) -> None:
        """Merge a camera that was heard into this one."""
        self.members += other.members
        self.far_apart = self.far_apart or other.far_apart
        self.nearest_match_m.append(distance_m)
        self.estimate = fuse((self.estimate, other.estimate), self.walks)


def derive(observations: Iterable[Observation]) -> tuple[list[Camera], int]:
    """The cameras that the observations speak of, and how many observations have no place.

    The order of the observations does not matter.
    """
    ordered = sorted(observations, key=_sort_key)
    radio = [observation for observation in ordered if observation.transmitter is not None]
    visual = [observation for observation in ordered if observation.transmitter is None]
    heard, unplaced = _by_transmitter(radio)
    placed = [observation for observation in visual if observation.estimate is not None]
    seen = _by_walk(placed)
    return _join_heard_and_seen(heard, seen), unplaced + len(visual) - len(placed)


def _sort_key(observation: Observation) -> tuple[str, str, str]:
    day = observation.day
    return (day.isoformat() if day else "", observation.walk, observation.sighting.id)


def _most_frequent(values: Iterable[str | None]) -> str | None:
    counted = Counter(value for value in values if value is not None)
    return min(counted, key=lambda value: (-counted[value], value)) if counted else None


def _by_transmitter(observations: Sequence[Observation]) -> tuple[list[Camera], int]:
    by_address: dict[str, list[Observation]] = {}
    for observation in observations:
        by_address.setdefault(observation.transmitter or "", []).append(observation)
    cameras: list[Camera] = []
    unplaced = 0
    for group in by_address.values():
        places = [(observation, _radio_place([observation])) for observation in group]
        unplaced += sum(place is None for _, place in places)
        clusters: list[list[tuple[Observation, Estimate]]] = []
        # The loudest pass says best where a transmitter is: the others are compared with it.
        for observation, place in sorted(places, key=_loudness):
            if place is not None:
                _add_to_cluster(clusters, observation, place)
        if _moves(clusters):
            continue
        cameras += [_radio_camera(cluster, far_apart=len(clusters) > 1) for cluster in clusters]
    return cameras, unplaced


def _loudest_dbm(observation: Observation) -> float | None:
    signals = [hearing.signal_dbm for hearing in observation.hearings if hearing.signal_dbm is not None]
    return max(signals, default=None)


def _loudness(placed: tuple[Observation, Estimate | None]) -> tuple[float, str]:
    loudest = _loudest_dbm(placed[0])
    return 999.0 if loudest is None else -loudest, placed[0].sighting.id


def _add_to_cluster(
    clusters: list[list[tuple[Observation, Estimate]]], observation: Observation, place: Estimate
) -> None:
    for cluster in clusters:
        anchor = cluster[0][1]
        doubt_m = 3 * (sqrt(anchor.east) + sqrt(place.east))
        reach_m = max(SAME_TRANSMITTER_M + doubt_m, _free_space_m(_loudest_dbm(observation)))
        if distance_m(anchor.lat, anchor.lon, place.lat, place.lon) <= reach_m:
            cluster.append((observation, place))
            return
    clusters.append([(observation, place)])


def _moves(clusters: list[list[tuple[Observation, Estimate]]]) -> bool:
    """Whether one transmitter was in two places within days: what moves is no camera. Months apart, it was moved."""
    days = [sorted(day for member, _ in cluster if (day := member.day) is not None) for cluster in clusters]
    known = [(days[0], days[-1]) for days in days if days]
    return any(
        (later[0] - earlier[1]).days <= MOVES_WITHIN_DAYS and (earlier[0] - later[1]).days <= MOVES_WITHIN_DAYS
        for place, earlier in enumerate(known)
        for later in known[place + 1 :]
    )


def _free_space_m(signal_dbm: float | None) -> float:
    """How far away a transmitter may be at most that is heard this faintly: 20 dBm sent, nothing in between."""
    return 0.0 if signal_dbm is None else min(FARTHEST_HEARD_M, 10 ** ((-20.0 - signal_dbm) / 20))


def _radio_camera(cluster: list[tuple[Observation, Estimate]], *, far_apart: bool) -> Camera:
    members = [observation for observation, _ in cluster]
    estimate = _radio_place(members) or cluster[0][1]
    return Camera(estimate=estimate, members=members, far_apart=far_apart)


def _radio_place(members: Sequence[Observation]) -> Estimate | None:
    """By the hearings of all walks together; by a log's own estimate where there are none."""
    hearings: list[Hearing] = [hearing for member in members for hearing in member.hearings]
    if hearings:
        return from_hearings(hearings, len({member.walk for member in members if member.hearings}))
    estimates = [member.estimate for member in members if member.estimate is not None]
    return min(estimates, key=lambda estimate: estimate.east + estimate.north) if estimates else None


def _by_walk(visual: Sequence[Observation]) -> list[Camera]:
    by_walk: dict[str, list[Observation]] = {}
    for observation in visual:
        by_walk.setdefault(observation.walk, []).append(observation)
    cameras: list[Camera] = []
    for walk in by_walk.values():
        grid = _Grid(cameras)
        near = [grid.near(seen.estimate) if seen.estimate else () for seen in walk]
        for seen, match in zip(walk, assign(walk, cameras, near), strict=True):
            _add_visual(seen, match, cameras)
    return cameras


def _add_visual(seen: Observation, match: Match, cameras: list[Camera]) -> None:
    if match.candidate is not None:
        camera = cameras[match.candidate]
        camera.add(seen)
        camera.nearest_match_m.append(match.distance_m or 0.0)
    elif seen.estimate is not None:
        rivals = tuple(cameras[place].id for place in match.rivals)
        cameras.append(Camera(estimate=seen.estimate, members=[seen], rivals=rivals))


def _join_heard_and_seen(heard: list[Camera], seen: list[Camera]) -> list[Camera]:
    grid = _Grid(seen)
    matches = assign(heard, seen, [grid.near(camera.estimate) for camera in heard])
    unmatched = []
    for camera, match in zip(heard, matches, strict=True):
        if match.candidate is None:
            camera.rivals = tuple(seen[place].id for place in match.rivals)
            unmatched.append(camera)
        else:
            seen[match.candidate].join(camera, match.distance_m or 0.0)
    return unmatched + seen


class _Grid:
    """Finds the cameras near a place without asking all of them."""

    def __init__(self, cameras: Sequence[Camera]) -> None:
        self._cameras = cameras
        self._cells: dict[tuple[int, int], list[int]] = {}
        for place, camera in enumerate(cameras):
            self._cells.setdefault(self._cell(camera.estimate), []).append(place)

    def near(self, estimate: Estimate) -> list[int]:
        """The places in the list of the cameras within reach."""
        row, column = self._cell(estimate)
        # Cells narrow towards the poles: so many columns cover the reach at 70 degrees and below.
        around = ((row + r, column + c) for r in (-1, 0, 1) for c in (-2, -1, 0, 1, 2))
        found = [place for key in around for place in self._cells.get(key, ())]
        return [place for place in found if self._within(estimate, self._cameras[place].estimate)]

    @staticmethod
    def _cell(estimate: Estimate) -> tuple[int, int]:
        return int(estimate.lat // _GRID_DEG), int(estimate.lon // _GRID_DEG)

    @staticmethod
    def _within(a: Estimate, b: Estimate) -> bool:
        east_m, north_m = offset_m(a.lat, a.lon, b.lat, b.lon)
        return east_m * east_m + north_m * north_m <= REACH_M * REACH_M
