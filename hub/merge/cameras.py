"""From sightings to cameras: a pure function of the log and of what people decided. Deriving again gives the same
cameras.

Sightings of one transmitter are one camera, as far as its signal may carry. Visual observations, which are photos and
pins, are assigned, walk by walk, to the cameras that earlier ones found, or become new ones: two of a walk never share
a camera. Last, what was heard is matched with what was seen, one to one and only where there is no second choice: radio
alone is too rough to choose between neighbours. Radio never merges with other radio.

What somebody decided goes first: a sighting of a group is of the group's camera, and what never shares a camera is no
candidate for one another. Where people confirm what was found, all the rest stays as it was found.

The work grows with the number of observations and not with its square, whoever makes them: what one contributor says
again and again of a spot is counted, and weighed only so often (see `crowd`).
"""

from collections.abc import Iterable, Sequence

from hub.merge.assign import Match, assign
from hub.merge.camera import Camera, id_from
from hub.merge.constraints import UNCONSTRAINED, Bonds, Constraints, in_groups
from hub.merge.crowd import Founders, without_repetitions
from hub.merge.grid import Grid
from hub.merge.observe import Observation
from hub.merge.transmitters import by_transmitter

__all__ = ["Camera", "derive"]


def derive(observations: Iterable[Observation], constraints: Constraints = UNCONSTRAINED) -> tuple[list[Camera], int]:
    """The cameras that the observations speak of, and how many observations have no place.

    The order of the observations does not matter.
    """
    ordered = sorted(observations, key=_sort_key)
    bonds = Bonds(constraints)
    radio = [observation for observation in ordered if observation.transmitter is not None]
    visual = [observation for observation in ordered if observation.transmitter is None]
    heard, unplaced = by_transmitter(radio, bonds)
    placed = [observation for observation in visual if observation.estimate is not None]
    unplaced += [observation for observation in visual if observation.estimate is None]
    cameras = _join_heard_and_seen(heard, _Seen(bonds).cameras_of(placed), bonds)
    if not bonds:
        return cameras, len(unplaced)
    attached = _attach(unplaced, cameras, bonds)
    _name(cameras, bonds)
    return cameras, len(unplaced) - attached


def _sort_key(observation: Observation) -> tuple[str, str, str]:
    day = observation.day
    return (day.isoformat() if day else "", observation.walk, observation.sighting.id)


class _Seen:
    """The cameras that were seen, as they are found, walk by walk."""

    def __init__(self, bonds: Bonds) -> None:
        self._bonds = bonds
        self._cameras: list[Camera] = []
        self._camera_of: dict[int, Camera] = {}
        self._of_group: dict[int, int] = {}  # the number of the camera that has a group
        self._grid, self._founders = Grid[int](), Founders()

    def cameras_of(self, visual: Sequence[Observation]) -> list[Camera]:
        weighed, repetitions = without_repetitions(visual)
        for group, members in in_groups(visual, self._bonds).items() if self._bonds else ():
            self._bonds.bound_of(group).walks.update(member.walk for member in members)
        by_walk: dict[str, list[Observation]] = {}
        for observation in weighed:
            by_walk.setdefault(observation.walk, []).append(observation)
        for walk in by_walk.values():
            self._meet(walk)
        self._count(repetitions)
        return self._cameras

    def _meet(self, walk: Sequence[Observation]) -> None:
        """Add what was seen on one walk: what was decided to be of a camera that is there goes to it, and each of the
        others to one of its own."""
        open_ones = [seen for seen in walk if not self._bonds or not self._goes_to_its_group(seen)]
        near = [self._near(seen) for seen in open_ones]
        for seen, match in zip(open_ones, assign(open_ones, self._cameras, near), strict=True):
            group = self._bonds.group_of(seen)
            if group is not None and group in self._of_group:  # two of one walk, which is for people to say
                self._goes_to_its_group(seen)
                continue
            number = self._add(seen, match)
            self._grid.put(number, self._cameras[number].estimate)
            self._camera_of[seen.seq] = self._cameras[number]
            if group is not None:
                self._cameras[number].bind(self._bonds.bound_of(group))
                self._of_group[group] = number

    def _goes_to_its_group(self, seen: Observation) -> bool:
        """Add an observation to the camera of its group, where that has one; returns whether it has."""
        number = self._of_group.get(-1 if (group := self._bonds.group_of(seen)) is None else group)
        if number is None:
            return False
        self._cameras[number].add(seen)
        self._grid.put(number, self._cameras[number].estimate)
        self._camera_of[seen.seq] = self._cameras[number]
        return True

    def _near(self, seen: Observation) -> list[int]:
        """The cameras within reach that an observation may be of."""
        near = self._grid.near(seen.place)
        if not self._bonds:
            return near
        group = self._bonds.group_of(seen)
        if group is None:
            sides = self._bonds.sides_of(seen)
            return [number for number in near if self._cameras[number].may_meet(sides, (seen.walk,))]
        # The first of a group may be of a camera that is there already, and then the whole group is. For one that has a
        # group it competes, as it did before people decided that these are two: others have the rest to choose from.
        bound = self._bonds.bound_of(group)
        cameras = ((number, self._cameras[number]) for number in near)
        return [number for number, one in cameras if one.has_groups or one.may_meet(bound.sides, bound.walks)]

    def _add(self, seen: Observation, match: Match) -> int:
        """Put an observation into its camera, or a new one; returns the camera's number."""
        cameras, sides = self._cameras, self._bonds.sides_of(seen)
        in_group = self._bonds.group_of(seen) is not None
        if match.candidate is not None and not (in_group and cameras[match.candidate].has_groups):
            camera = cameras[match.candidate]
            camera.add(seen)
            camera.take_sides(sides)
            camera.nearest_match_m.append(match.distance_m or 0.0)
            return match.candidate
        if not in_group:
            crowded = self._founders.nearest_where_full(seen, cameras, sides)
            if crowded is not None:
                cameras[crowded].count(seen)
                cameras[crowded].take_sides(sides)
                return crowded
        rivals = tuple(cameras[place].id for place in match.rivals)
        cameras.append(Camera(estimate=seen.place, members=[seen], rivals=rivals))
        cameras[-1].take_sides(sides)
        self._founders.add(seen, len(cameras) - 1)
        return len(cameras) - 1

    def _count(self, repetitions: Sequence[tuple[Observation, Observation]]) -> None:
        """Count what only repeats to the camera of what it repeats; what must not be there is of a camera beside it."""
        beside: dict[tuple[int, tuple[tuple[int, int], ...]], Camera] = {}
        for group, own in in_groups([one for one, _ in repetitions], self._bonds).items() if self._bonds else ():
            self._count_to_group(group, own)
        for repetition, weighed_one in repetitions:
            if self._bonds.group_of(repetition) is not None:
                continue
            camera, sides = self._camera_of[weighed_one.seq], self._bonds.sides_of(repetition)
            if not camera.may_hold(sides):
                key = weighed_one.seq, tuple(sorted(sides.items()))
                other = beside.get(key)
                if other is None:
                    beside[key] = other = Camera(estimate=repetition.place, members=[repetition])
                    other.take_sides(sides)
                    self._cameras.append(other)
                    continue
                camera = other
            camera.count(repetition)
            camera.take_sides(sides)

    def _count_to_group(self, group: int, repetitions: Sequence[Observation]) -> None:
        number = self._of_group.get(group)
        if number is None:
            first, *repetitions = repetitions
            number = self._of_group[group] = len(self._cameras)
            self._cameras.append(Camera(estimate=first.place, members=[first], bound=self._bonds.bound_of(group)))
        for repetition in repetitions:
            self._cameras[number].count(repetition)


def _join_heard_and_seen(heard: list[Camera], seen: list[Camera], bonds: Bonds) -> list[Camera]:
    united, heard = _unite(heard, seen) if bonds else (set(), heard)
    grid = Grid[int]()
    for number, camera in enumerate(seen):
        grid.put(number, camera.estimate)
    near = [grid.near(camera.estimate) for camera in heard]
    if bonds:
        near = [
            [number for number in places if number not in united and _may_compete(camera, seen[number])]
            for camera, places in zip(heard, near, strict=True)
        ]
    matches = assign(heard, seen, near)
    unmatched = []
    for camera, match in zip(heard, matches, strict=True):
        if match.candidate is None or not _may_join(camera, seen[match.candidate]):
            camera.rivals = tuple(seen[place].id for place in match.rivals)
            unmatched.append(camera)
        else:
            seen[match.candidate].join(camera, match.distance_m or 0.0)
    return unmatched + seen


def _unite(heard: Sequence[Camera], seen: Sequence[Camera]) -> tuple[set[int], list[Camera]]:
    """Make one camera of what was heard and what was seen of a group; returns the numbers of those that were seen, and
    the others that were heard."""
    by_bound = {id(camera.bound): number for number, camera in enumerate(seen) if camera.bound is not None}
    united, others = set(), []
    for camera in heard:
        number = None if camera.bound is None else by_bound.get(id(camera.bound))
        if number is None:
            others.append(camera)
        else:
            seen[number].unite(camera)
            united.add(number)
    return united, others


def _may_compete(heard: Camera, seen: Camera) -> bool:
    """Whether one is weighed against the other: also two that people decided about, as they were before that."""
    return (heard.has_groups and seen.has_groups) or _may_join(heard, seen)


def _may_join(heard: Camera, seen: Camera) -> bool:
    return heard.bound is None or seen.may_hold(heard.bound.sides)


def _attach(unplaced: Iterable[Observation], cameras: Iterable[Camera], bonds: Bonds) -> int:
    """Add what has no place to the camera of its group, where that has one; returns how many have found it so."""
    camera_of = {group: camera for camera in cameras if camera.bound is not None for group in camera.bound.groups}
    attached = 0
    for observation in unplaced:
        group = bonds.group_of(observation)
        if group is not None and group in camera_of:
            camera_of[group].attach(observation)
            attached += 1
    return attached


def _name(cameras: Iterable[Camera], bonds: Bonds) -> None:
    """Give the ids that were decided; no other camera has one of these, whatever its first sighting is."""
    given = bonds.given_names()
    for camera in cameras:
        camera.name = None if camera.bound is None else bonds.name_of(camera.bound)
        if camera.name is None and camera.id in given:
            camera.name = _other_name(camera, given)


def _other_name(camera: Camera, given: frozenset[str]) -> str:
    """An id from the first sighting in the log whose id was not given to another camera; else one of its own."""
    ids = [observation.sighting.id for observation in camera.observations]
    free = (name for one in ids if (name := id_from(one)) not in given)
    return next(free, id_from(f"{ids[0]} apart"))
