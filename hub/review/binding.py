"""What decisions ask of the merger: constraints out of those that hold. Pure.

Decisions may contradict each other. The later one wins: they are accepted from the newest to the oldest, and of an
older one only what does not contradict those accepted before. A decision of which something was dropped is overruled.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.log.decisions import Decided, DecisionKind, NewDecision
from hub.merge.constraints import Constraints, fit

CAMERA_ID = re.compile(r"c-[0-9a-f]{16}")
_CONFIRMING = (DecisionKind.CONFIRM, DecisionKind.NEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The constraints, the numbers of decisions that were overruled, and what is confirmed: of each confirmation that
    holds, by its number, the sightings that a later decision did not take out of it."""

    constraints: Constraints
    overruled: frozenset[int]
    confirmed: Mapping[int, tuple[str, ...]]


def bind(holding: Sequence[Decided]) -> Binding:
    """The constraints out of decisions that hold, which are given in the log's order."""
    groups = _Groups()
    divisions: list[tuple[tuple[str, ...], ...]] = []
    overruled: set[int] = set()
    anchors: dict[int, str] = {}
    for decided in reversed(holding):
        what, number = decided.what, decided.number
        for sightings, others in _together(what):
            anchor = groups.anchor(sightings)
            if not groups.unite(anchor, (*sightings, *others)):
                overruled.add(number)
            if what.kind in _CONFIRMING:
                anchors[number] = anchor
        sides = _apart(what)
        if len(sides) > 1:
            kept = groups.divide(len(divisions), sides)
            if sum(map(len, kept)) < sum(map(len, sides)):
                overruled.add(number)
            divisions.append(kept)
    confirmed = {
        decided.number: tuple(one for one in decided.what.sightings if groups.same(one, anchors[decided.number]))
        for decided in holding
        if decided.number in anchors
    }
    together = groups.listed(set(anchors.values()))
    names = _names(holding, anchors, {one: number for number, group in enumerate(together) for one in group})
    # Two cameras that people confirmed are two, unless people say otherwise.
    settled = {groups.find(anchor) for anchor in anchors.values()}
    divisions.append(tuple(group for group in together if groups.find(group[0]) in settled))
    constraints = Constraints(
        together=together,
        apart=tuple(sides for division in divisions if len(sides := tuple(filter(None, division))) > 1),
        names=names,
    )
    return Binding(constraints=constraints, overruled=frozenset(overruled), confirmed=confirmed)


def _together(what: NewDecision) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """What a decision says to be of one camera: sightings of which most are of it for sure, and others."""
    if not what.sightings:
        return []
    match what.kind:
        case DecisionKind.CONFIRM | DecisionKind.NEW:
            return [(what.sightings, ())]
        case DecisionKind.SAME:
            return [(what.sightings, tuple(one for group in what.others for one in group))]
        case DecisionKind.SPLIT:
            return [(group, ()) for group in (what.sightings, *what.others) if group]
        case _:
            return []


def _apart(what: NewDecision) -> tuple[tuple[str, ...], ...]:
    """The sides on which a decision puts sightings; none where it is not about that."""
    match what.kind:
        case DecisionKind.APART | DecisionKind.NEW:
            others: tuple[tuple[str, ...], ...] = (tuple(one for group in what.others for one in group),)
        case DecisionKind.SPLIT:
            others = what.others
        case _:
            return ()
    return tuple(filter(None, (what.sightings, *others)))


def _names(holding: Iterable[Decided], anchors: Mapping[int, str], group_of: Mapping[str, int]) -> dict[int, str]:
    """The ids that cameras keep: what each was called when it was first confirmed."""
    names: dict[int, str] = {}
    given: set[str] = set()
    for decided in holding:
        name = decided.what.camera
        if decided.number in anchors and name is not None and CAMERA_ID.fullmatch(name):
            group = group_of[anchors[decided.number]]
            if group not in names and name not in given:
                names[group] = name
                given.add(name)
    return names


class _Groups:
    """Sightings that are of one camera (a union-find), and on which side of each division they are."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}
        self._sizes: dict[str, int] = {}
        self._sides: dict[str, dict[int, int]] = {}

    def find(self, one: str) -> str:
        parent = self._parents.setdefault(one, one)
        while parent != self._parents[parent]:
            self._parents[one] = parent = self._parents[parent]
        return parent

    def same(self, one: str, other: str) -> bool:
        return self.find(one) == self.find(other)

    def anchor(self, sightings: Sequence[str]) -> str:
        """One of the sightings: the first of those of which most are of one camera already."""
        counted = Counter(self.find(one) for one in sightings)
        most = max(counted.values())
        return next(one for one in sightings if counted[self.find(one)] == most)

    def unite(self, anchor: str, sightings: Iterable[str]) -> bool:
        """Put sightings into the anchor's camera, where nothing keeps them apart; returns whether all are there."""
        done = True
        for one in sightings:
            here, there = self.find(anchor), self.find(one)
            if here == there:
                continue
            mine, its = self._sides.get(here, {}), self._sides.get(there, {})
            if not fit(mine, its):
                done = False
                continue
            more, fewer = (here, there) if self._sizes.get(here, 1) >= self._sizes.get(there, 1) else (there, here)
            self._parents[fewer] = more
            self._sizes[more] = self._sizes.get(here, 1) + self._sizes.get(there, 1)
            if mine or its:
                self._sides[more] = mine | its
        return done

    def divide(self, division: int, sides: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
        """Put sightings on their sides; returns those for which that holds: what is of one camera is not divided."""
        where: dict[str, set[int]] = {}
        for side, sightings in enumerate(sides):
            for one in sightings:
                where.setdefault(self.find(one), set()).add(side)
        torn = {root for root, found in where.items() if len(found) > 1}
        for root, found in where.items():
            if root not in torn:
                self._sides.setdefault(root, {})[division] = min(found)
        return tuple(tuple(one for one in sightings if self.find(one) not in torn) for sightings in sides)

    def listed(self, anchors: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """The groups of two sightings and more, and those of the anchors; in an order that nothing but they decide."""
        wanted = {self.find(anchor) for anchor in anchors}
        groups: dict[str, list[str]] = {}
        for one in sorted(self._parents):
            groups.setdefault(self.find(one), []).append(one)
        return tuple(tuple(group) for root, group in groups.items() if len(group) > 1 or root in wanted)
