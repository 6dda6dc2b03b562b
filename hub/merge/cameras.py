"""From sightings to cameras: a pure function of the log and of what people decided. Deriving again gives the same
cameras.

Looks of one walk at one thing are one item, and so are the sightings of one transmitter at one place (see `looks`,
`transmitters`). Which items are of one camera is decided for all of them together, by where they are, what is said of
them, and what each walk's receiver was off there (see `which`): two of a walk never share a camera, nor two
transmitters. What is heard and what is seen compete by the same likelihood. Each item lies in its likeliest camera;
where another one is nearly as likely, the camera says so, and a person is asked.

What somebody decided goes first: a sighting of a group is of the group's camera, and what never shares a camera never
does. Where people confirm what was found, all the rest stays as it was found.

The work grows with the number of observations and not with its square, whoever makes them: what one contributor says
again and again of a spot is counted, and weighed only so often (see `crowd`).
"""

from collections.abc import Iterable, Sequence

from hub.merge.astray import brought_home
from hub.merge.camera import Camera, id_from
from hub.merge.constraints import UNCONSTRAINED, Bonds, Constraints
from hub.merge.crowd import without_repetitions, without_too_many
from hub.merge.decided import bound_of, holds
from hub.merge.doubt import Doubt
from hub.merge.items import Thing, heard_thing, placed_item, seen_things
from hub.merge.locate import apart_m, fuse
from hub.merge.observe import Observation
from hub.merge.transmitters import by_transmitter
from hub.merge.which.factors import factors
from hub.merge.which.item import Put
from hub.merge.which.resolve import resolve

__all__ = ["CLEAR", "Camera", "Known", "derive"]

FREE = Bonds(UNCONSTRAINED)
CLEAR = factors().sure.clear  # what is less sure than this is for a person to say
MOST_NAMED = 32  # sightings that a doubt names
MOST_KNOWN = 32  # windows: an operator works in one neighbourhood at a time


_Puts = tuple[list[Thing], tuple[Put, ...], list[tuple[Observation, Observation]]]


class Known:
    """What was found last without decisions, of the very same observations: most decisions only confirm it, and to
    find it again is what takes time. It holds on to these observations."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], tuple[Sequence[Observation], _Puts]] = {}

    def put(self, weighed: Sequence[Observation], heard: Sequence[Camera]) -> _Puts:
        """As `_put` says it without bonds."""
        members = [*weighed, *(member for one in heard for member in one.members)]
        passes = tuple((len(one.members), one.estimate, one.far_apart) for one in heard)
        key = (*map(id, members), *passes)
        found = self._found.pop(key, None) or (members, _put(weighed, heard, FREE))
        self._found[key] = found
        while len(self._found) > MOST_KNOWN:
            del self._found[next(iter(self._found))]
        return found[1]


def derive(
    observations: Iterable[Observation], constraints: Constraints = UNCONSTRAINED, known: Known | None = None
) -> tuple[list[Camera], int]:
    """The cameras that the observations speak of, and how many observations have no place.

    The order of the observations does not matter. What is `known` saves time, and changes nothing.
    """
    ordered = sorted(observations, key=_sort_key)
    bonds = Bonds(constraints)
    heard, unplaced = by_transmitter([one for one in ordered if one.transmitter is not None], bonds)
    visual = [one for one in ordered if one.transmitter is None]
    unplaced += [one for one in visual if one.estimate is None]
    cameras = derive_placed([one for one in visual if one.estimate is not None], heard, bonds, known)
    if not bonds:
        return cameras, len(unplaced)
    attached = attach(unplaced, cameras, bonds)
    name(cameras, bonds)
    return cameras, len(unplaced) - attached


def derive_placed(
    visual: Sequence[Observation], heard: Sequence[Camera], bonds: Bonds, known: Known | None = None
) -> list[Camera]:
    """The cameras of what was seen, in the order of `derive`, all with a place, and of transmitters at places."""
    weighed, repetitions = without_repetitions(visual)
    # Only where somebody decides is the same asked again and again
    found = known.put(weighed, heard) if known is not None and bonds else _put(weighed, heard, FREE)
    things, puts, crowded = found
    if bonds and not holds(things, puts, bonds):
        things, puts, crowded = _put(weighed, heard, bonds)
    cameras = _made(things, puts, bonds)
    _count([*crowded, *repetitions], cameras, bonds)
    return cameras


def _put(weighed: Sequence[Observation], heard: Sequence[Camera], bonds: Bonds) -> _Puts:
    """Things and where each is put, in the light of these bonds, and what is not weighed."""
    seen, crowded = without_too_many(seen_things(weighed, bonds))
    things = sorted((*seen, *(heard_thing(one, bonds) for one in heard)), key=lambda thing: thing.item.key)
    return things, brought_home(things, resolve([thing.item for thing in things])), crowded


def _sort_key(observation: Observation) -> tuple[str, str, str]:
    day = observation.day
    return (day.isoformat() if day else "", observation.walk, observation.sighting.id)


def _made(things: Sequence[Thing], puts: Sequence[Put], bonds: Bonds) -> list[Camera]:
    """A camera of each number, with what is unsure about it."""
    of_camera: dict[int, list[int]] = {}
    for number, put in enumerate(puts):
        of_camera.setdefault(put.camera, []).append(number)
    made = {
        camera: _camera([things[n] for n in own], [puts[n] for n in own], bonds) for camera, own in of_camera.items()
    }
    if bonds:
        for one in made.values():  # before doubts name them
            one.name = None if one.bound is None else bonds.name_of(one.bound)
        _without_given_names(made.values(), bonds)
    for number, own in of_camera.items():
        made[number].doubts = tuple(
            doubt for n in own if (doubt := _doubt(things[n], puts[n], made, bonds)) is not None
        )
    return list(made.values())


def _camera(things: Sequence[Thing], puts: Sequence[Put], bonds: Bonds) -> Camera:
    members = [one for thing in things for one in thing.observations]
    bound = bound_of(members, bonds) if bonds else None
    placed = [placed_item(thing.item, put) for thing, put in zip(things, puts, strict=True)]
    estimate = fuse(placed, len({member.walk for member in members}))
    return Camera(
        estimate=estimate,
        members=members,
        sure=[put.sure for thing, put in zip(things, puts, strict=True) for _ in thing.observations],
        far_apart=any(thing.heard is not None and thing.heard.far_apart for thing in things),
        nearest_match_m=[round(apart_m(one, estimate), 1) for one in placed] if len(placed) > 1 else [],
        bound=bound,
    )


def _doubt(thing: Thing, put: Put, cameras: dict[int, Camera], bonds: Bonds) -> Doubt | None:
    """What is unsure about an item, where it is for a person to say: not what people decided, nor what decisions rule
    out, whose share goes to the rest."""
    if put.sure >= CLEAR or (bonds and any(bonds.group_of(one) is not None for one in thing.observations)):
        return None
    sides = [bonds.sides_of(one) for one in thing.observations] if bonds else []
    open_ones = [
        (other, share)
        for other, share in put.others
        if other is None or all(cameras[other].may_hold(side) for side in sides)
    ]
    left = 1 - sum(share for _, share in put.others) + sum(share for _, share in open_ones)
    here = put.sure / max(put.sure, left)
    if not open_ones or here >= CLEAR:
        return None
    ids = sorted(one.sighting.id for one in thing.observations)
    return Doubt(
        sightings=tuple(ids[:MOST_NAMED]),
        here=round(here, 3),
        others=tuple(
            (None if other is None else cameras[other].id, round(share / left, 3)) for other, share in open_ones
        ),
    )


def _count(repetitions: Sequence[tuple[Observation, Observation]], cameras: list[Camera], bonds: Bonds) -> None:
    """Count what only repeats to the camera of what it repeats, or of its group; what must not be there is of a camera
    beside it."""
    camera_of = {member.seq: camera for camera in cameras for member in camera.members}
    of_group = {group: camera for camera in cameras if camera.bound is not None for group in camera.bound.groups}
    beside: dict[tuple[int, tuple[tuple[int, int], ...]], Camera] = {}
    for repetition, weighed_one in repetitions:
        group = bonds.group_of(repetition) if bonds else None
        if group is not None:
            _count_to_group(repetition, group, of_group, cameras, bonds)
            continue
        camera, sides = camera_of[weighed_one.seq], bonds.sides_of(repetition)
        if not camera.may_hold(sides):
            key = weighed_one.seq, tuple(sorted(sides.items()))
            other = beside.get(key)
            if other is None:
                beside[key] = other = Camera(estimate=repetition.place, members=[repetition])
                other.take_sides(sides)
                cameras.append(other)
                continue
            camera = other
        camera.count(repetition)
        camera.take_sides(sides)


def _count_to_group(
    repetition: Observation, group: int, of_group: dict[int, Camera], cameras: list[Camera], bonds: Bonds
) -> None:
    camera = of_group.get(group)
    if camera is None:
        camera = Camera(estimate=repetition.place, members=[repetition], bound=bonds.bound_of(group))
        of_group[group] = camera
        cameras.append(camera)
    else:
        camera.count(repetition)


def attach(unplaced: Iterable[Observation], cameras: Iterable[Camera], bonds: Bonds) -> int:
    """Add what has no place to the camera of its group, where that has one; returns how many have found it so."""
    camera_of = {group: camera for camera in cameras if camera.bound is not None for group in camera.bound.groups}
    attached = 0
    for observation in unplaced:
        group = bonds.group_of(observation)
        if group is not None and group in camera_of:
            camera_of[group].attach(observation)
            attached += 1
    return attached


def name(cameras: Iterable[Camera], bonds: Bonds) -> None:
    """Give the ids that were decided; no other camera has one of these, whatever its first sighting is."""
    cameras = list(cameras)
    for camera in cameras:
        camera.name = None if camera.bound is None else bonds.name_of(camera.bound)
    _without_given_names(cameras, bonds)


def _without_given_names(cameras: Iterable[Camera], bonds: Bonds) -> None:
    given = bonds.given_names()
    for camera in cameras:
        if camera.name is None and camera.id in given:
            camera.name = _other_name(camera, given)


def _other_name(camera: Camera, given: frozenset[str]) -> str:
    """An id from the first sighting in the log whose id was not given to another camera; else one of its own."""
    ids = [observation.sighting.id for observation in camera.observations]
    free = (name for one in ids if (name := id_from(one)) not in given)
    return next(free, id_from(f"{ids[0]} apart"))
