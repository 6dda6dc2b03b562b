"""A camera while it is put together of observations."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from math import cos, pi, sin

from hub.merge.constraints import Bound, Sides, fit
from hub.merge.doubt import Doubt
from hub.merge.locate import located, middle_bearing
from hub.merge.observe import Estimate, Observation
from hub.merge.place import Located
from hub.merge.where.evidence import evidence_of
from hub.merge.where.streets import NO_STREETS, Streets


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
    many of them here. They count in all that is said of it. `bound` is what people decided of it, `name` the id that it
    has then. `sure`, where it is known: how probable it is that each of the members is of this camera. `estimate` is a
    first, plain one, by which windows and neighbours are told.
    """

    estimate: Estimate
    members: list[Observation]
    far_apart: bool = False
    doubts: tuple[Doubt, ...] = ()
    nearest_match_m: list[float] = field(default_factory=list)
    alike: list[Observation] = field(default_factory=list)
    bound: Bound | None = None
    name: str | None = None
    sure: list[float] = field(default_factory=list)
    _located: Located | None = field(init=False, repr=False, compare=False, default=None)
    _streets: Streets = field(init=False, repr=False, compare=False, default=NO_STREETS)
    _edition: int = field(init=False, repr=False, compare=False, default=0)
    _tally: _Tally = field(init=False, repr=False, default_factory=_Tally)
    _first: Observation = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._first = min(self.members, key=_place_in_log)
        for member in self.members:
            self._tally.add(member)

    @property
    def id(self) -> str:
        """A name that stays: one that was given, else it comes from the observation that reached the log first."""
        return self.name or id_from(self._first.sighting.id)

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

    @property
    def located(self) -> Located:
        """Where it is, with its regions of doubt: worked out when it is first asked for, as it costs milliseconds."""
        if self._located is None:
            from hub.merge.where.locate import locate

            # What came in a log with an estimate of its own, and was not heard by a probe, has no evidence but that
            streets = self._streets.near(self.estimate.lat, self.estimate.lon)
            self._located = locate(evidence_of(self.members, streets)) or located(self.estimate)
        return self._located

    def know_streets(self, streets: Streets) -> None:
        """Be placed by these streets from now on; what was worked out by another edition is forgotten."""
        if self._edition != streets.edition:
            self._located = None
        self._streets, self._edition = streets, streets.edition

    def take_place_of(self, before: "Camera") -> None:
        """Go on with the place of a camera that rests on the very same, whatever was decided of it meanwhile."""
        if (self.members, self.estimate) == (before.members, before.estimate):
            self._located, self._streets, self._edition = before._located, before._streets, before._edition

    def may_hold(self, sides: Sides) -> bool:
        """Whether what is on these sides may be of this camera."""
        return self.bound is None or fit(self.bound.sides, sides)

    def take_sides(self, sides: Sides) -> None:
        """Be on these sides as well."""
        if sides and self.bound is None:
            self.bound = Bound()
        if sides and self.bound is not None:
            self.bound.sides.update(sides)

    def count(self, observation: Observation) -> None:
        """Count a visual observation that is like others here, without weighing it."""
        self.alike.append(observation)
        self._first = min(self._first, observation, key=_place_in_log)

    def attach(self, observation: Observation) -> None:
        """Add an observation without a place: it says something of the camera, and nothing of where it is."""
        self.members.append(observation)
        if self.sure:
            self.sure.append(1.0)  # people said so
        self._located = None
        self._tally.add(observation)
        self._first = min(self._first, observation, key=_place_in_log)


def id_from(sighting_id: str) -> str:
    """The id of a camera whose first sighting in the log is this one."""
    return f"c-{sha256(sighting_id.encode()).hexdigest()[:16]}"


def _place_in_log(observation: Observation) -> int:
    return observation.seq


def _most_frequent(counted: Counter[str]) -> str | None:
    return min(counted, key=lambda value: (-counted[value], value)) if counted else None
