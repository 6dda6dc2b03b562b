"""A camera while it is put together of observations."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from math import cos, pi, sin

from hub.merge.locate import fuse, middle_bearing
from hub.merge.observe import Estimate, Observation


@dataclass(slots=True)
class _Tally:
    """What the members say, counted as they come: asking all of them for each comparison is quadratic."""

    kinds: Counter[str] = field(default_factory=Counter)
    mounts: Counter[str] = field(default_factory=Counter)
    walks: set[str] = field(default_factory=set)
    bearings: int = 0
    east: float = 0.0
    north: float = 0.0

    def add(self, member: Observation) -> None:
        self.walks.add(member.walk)
        if member.kind is not None:
            self.kinds[member.kind] += 1
        if member.mount is not None:
            self.mounts[member.mount] += 1
        if member.direction is not None:
            self.bearings += 1
            self.east += sin(member.direction / 180 * pi)
            self.north += cos(member.direction / 180 * pi)


@dataclass(slots=True)
class Camera:
    """A camera being put together: the observations that speak of it, and why.

    `alike` are observations beyond those that its place and its neighbours were weighed by: one contributor made very
    many of them here. They count in all that is said of it.
    """

    estimate: Estimate
    members: list[Observation]
    far_apart: bool = False
    rivals: tuple[str, ...] = ()
    nearest_match_m: list[float] = field(default_factory=list)
    alike: list[Observation] = field(default_factory=list)
    _tally: _Tally = field(init=False, repr=False, default_factory=_Tally)
    _first: Observation = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._first = min(self.members, key=_place_in_log)
        for member in self.members:
            self._tally.add(member)

    @property
    def id(self) -> str:
        """A name that stays: it comes from the observation that reached the log first."""
        return f"c-{sha256(self._first.sighting.id.encode()).hexdigest()[:16]}"

    @property
    def observations(self) -> list[Observation]:
        """All that speak of it, in the log's order."""
        return sorted((*self.members, *self.alike), key=_place_in_log)

    @property
    def kind(self) -> str | None:
        return _most_frequent(self._tally.kinds)

    @property
    def mount(self) -> str | None:
        return _most_frequent(self._tally.mounts)

    @property
    def direction(self) -> float | None:
        return middle_bearing(self._tally.east, self._tally.north, self._tally.bearings)

    @property
    def walks(self) -> int:
        return len(self._tally.walks)

    def add(self, observation: Observation) -> None:
        """Add a visual observation, and fuse its estimate into the camera's."""
        if observation.estimate is not None:
            self.estimate = fuse((self.estimate, observation.estimate), self.walks)
        self.members.append(observation)
        self._tally.add(observation)
        self._first = min(self._first, observation, key=_place_in_log)

    def count(self, observation: Observation) -> None:
        """Count a visual observation that is like others here, without weighing it."""
        self.alike.append(observation)
        self._first = min(self._first, observation, key=_place_in_log)

    def join(self, other: "Camera", distance_m: float) -> None:
        """Merge a camera that was heard into this one."""
        self.members += other.members
        for member in other.members:
            self._tally.add(member)
        self._first = min(self._first, other._first, key=_place_in_log)
        self.far_apart = self.far_apart or other.far_apart
        self.nearest_match_m.append(distance_m)
        self.estimate = fuse((self.estimate, other.estimate), self.walks)


def _place_in_log(observation: Observation) -> int:
    return observation.seq


def _most_frequent(counted: Counter[str]) -> str | None:
    return min(counted, key=lambda value: (-counted[value], value)) if counted else None
