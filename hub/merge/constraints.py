"""What people decided, as a merger has to keep to it: which sightings are of one camera, and which never are. Pure.

`Constraints` is for any merger: it names sightings, knows nothing of how cameras are found, and holds whether they have
come yet or not. `Bonds` is how the merger of this room looks it up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from hub.merge.observe import Observation

Sides = Mapping[int, int]  # in which division a sighting or a camera is on which side


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """Groups of sightings, by their ids, and what a camera may hold of them.

    - `together`: the sightings of a group are of one camera, wherever they are. No sighting is in two groups.
    - `apart`: divisions, each with two sides or more. A camera never holds sightings of two sides of one division. No
      group has sightings on two sides of one.
    - `names`: the id that the camera of a group has, by the group's number. Each id is given once, and no other camera
      ever has it.
    """

    together: tuple[tuple[str, ...], ...] = ()
    apart: tuple[tuple[tuple[str, ...], ...], ...] = ()
    names: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    def __bool__(self) -> bool:
        return bool(self.together or self.apart)


UNCONSTRAINED = Constraints()


@dataclass(slots=True)
class Bound:
    """What binds a camera that is being put together: the groups it holds, its side in each division, and the walks on
    which its groups were seen. What of a group was heard and what of it was seen share one, until they are one camera.
    """

    sides: dict[int, int] = field(default_factory=dict)
    groups: list[int] = field(default_factory=list)
    walks: set[str] = field(default_factory=set)


class Bonds:
    """Constraints by sighting. Asking costs as much as a sighting has divisions, however many there are in all."""

    def __init__(self, constraints: Constraints) -> None:
        self._constraints = constraints
        self._group_of = {one: number for number, group in enumerate(constraints.together) for one in group}
        self._sides: dict[str, dict[int, int]] = {}
        for division, sides in enumerate(constraints.apart):
            for side, sightings in enumerate(sides):
                for one in sightings:
                    self._sides.setdefault(one, {}).setdefault(division, side)
        self._bounds: dict[int, Bound] = {}

    def __bool__(self) -> bool:
        return bool(self._constraints)

    def group_of(self, observation: Observation) -> int | None:
        """The number of the group that an observation is in."""
        return self._group_of.get(observation.sighting.id)

    def sides_of(self, observation: Observation) -> Sides:
        """The sides that a single observation is on."""
        return self._sides.get(observation.sighting.id, _NO_SIDES)

    def all_sides_of(self, observation: Observation) -> Sides:
        """The same, and those that the rest of its group is on: also of what has no place, or has not come yet."""
        group, own = self.group_of(observation), self.sides_of(observation)
        return own if group is None else {**self.bound_of(group).sides, **own}

    def bound_of(self, group: int) -> Bound:
        """What binds the camera of a group: the same object each time it is asked for."""
        bound = self._bounds.get(group)
        if bound is None:
            bound = self._bounds[group] = Bound(groups=[group])
            for one in self._constraints.together[group]:
                bound.sides.update(self._sides.get(one, _NO_SIDES))
        return bound

    def name_of(self, bound: Bound) -> str | None:
        """The id that was given to the camera with these groups."""
        return next((name for group in bound.groups if (name := self._constraints.names.get(group)) is not None), None)

    def given_names(self) -> frozenset[str]:
        """All ids that were given."""
        return frozenset(self._constraints.names.values())


_NO_SIDES: Sides = MappingProxyType({})


def fit(here: Sides, there: Sides) -> bool:
    """Whether what is on these sides may share a camera."""
    fewer, more = (here, there) if len(here) <= len(there) else (there, here)
    return all(more.get(division, side) == side for division, side in fewer.items())


def in_groups(observations: Sequence[Observation], bonds: Bonds) -> dict[int, list[Observation]]:
    """The observations that are in a group, by its number, in their order."""
    grouped: dict[int, list[Observation]] = {}
    for observation in observations:
        group = bonds.group_of(observation)
        if group is not None:
            grouped.setdefault(group, []).append(observation)
    return grouped
