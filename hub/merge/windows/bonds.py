"""Decisions by sighting, and what of them a window has to keep to. Pure.

Numbers of groups and divisions change with each decision: what stays the same is told by what they hold.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.merge.constraints import UNCONSTRAINED, Bound, Constraints
from hub.merge.observe import Observation

_Division = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What other constraints change: the sightings whose groups or sides are others, and ids that were given or no
    longer are."""

    sightings: frozenset[str]
    names: frozenset[str]


class Lookup:
    """Constraints by sighting."""

    def __init__(self, constraints: Constraints = UNCONSTRAINED) -> None:
        self.constraints = constraints
        self.given = frozenset(constraints.names.values())
        self._group_of = {one: number for number, group in enumerate(constraints.together) for one in group}
        self._sides: dict[str, dict[int, int]] = {}
        for division, sides in enumerate(constraints.apart):
            for side, sightings in enumerate(sides):
                for one in sightings:
                    self._sides.setdefault(one, {}).setdefault(division, side)

    @property
    def sightings(self) -> set[str]:
        """All that any constraint is about."""
        return {*self._group_of, *self._sides}

    def is_grouped(self, sighting_id: str) -> bool:
        """Whether a sighting is of a group."""
        return sighting_id in self._group_of

    def group_with(self, sighting_id: str) -> tuple[str, ...]:
        """The group of a sighting; empty where it is in none."""
        number = self._group_of.get(sighting_id)
        return () if number is None else self.constraints.together[number]

    def bound_of(self, observations: Iterable[Observation]) -> Bound | None:
        """What binds a camera with these observations; None where nothing does."""
        groups: set[int] = set()
        sides: dict[int, int] = {}
        walks: set[str] = set()
        for one in observations:
            number = self._group_of.get(one.sighting.id)
            if number is not None:
                groups.add(number)
                if one.transmitter is None:
                    walks.add(one.walk)
            sides.update(self._sides.get(one.sighting.id, {}))
        for number in groups:
            for sighting in self.constraints.together[number]:
                sides.update(self._sides.get(sighting, {}))
        return Bound(sides=sides, groups=sorted(groups), walks=walks) if groups or sides else None

    def name_of(self, bound: Bound) -> str | None:
        """The id that was given to the camera with these groups."""
        names = self.constraints.names
        return next((name for group in bound.groups if (name := names.get(group)) is not None), None)

    def within(self, observations: Iterable[Observation]) -> Constraints:
        """The constraints for these observations alone, in an order that follows from what they hold."""
        if not self.constraints:
            return UNCONSTRAINED
        here = [one.sighting.id for one in observations]
        groups = {self._group_of[one] for one in here if one in self._group_of}
        together = sorted(self.constraints.together[number] for number in groups)
        about = {*here, *(one for group in together for one in group)}
        divided: dict[int, dict[int, list[str]]] = {}
        for one in sorted(about):
            for division, side in self._sides.get(one, {}).items():
                divided.setdefault(division, {}).setdefault(side, []).append(one)
        apart = {tuple(sorted(map(tuple, sides.values()))) for sides in divided.values() if len(sides) > 1}
        return Constraints(together=tuple(together), apart=tuple(sorted(apart)))


def touched(before: Constraints, after: Constraints) -> Touched:
    """What is other after than before."""
    changed: set[str] = set()
    for group in set(before.together) ^ set(after.together):
        changed.update(group)
    old, new = set(before.apart), set(after.apart)
    # The last one may hold every camera that was confirmed: of that, the sides that are new or gone.
    last = [constraints.apart[-1] for constraints in (before, after) if constraints.apart]
    if len(last) == 2:
        for side in set(last[0]) ^ set(last[1]):
            changed.update(side)
        old.discard(last[0])
        new.discard(last[1])
    for division in old ^ new:
        changed.update(one for side in division for one in side)
    before_names, after_names = _named(before), _named(after)
    for group, _ in before_names.items() ^ after_names.items():
        changed.update(group)
    names = set(before.names.values()) ^ set(after.names.values())
    return Touched(sightings=frozenset(changed), names=frozenset(names))


def _named(constraints: Constraints) -> Mapping[tuple[str, ...], str]:
    return {constraints.together[group]: name for group, name in constraints.names.items()}
