"""What is to be told apart and put together: things that walks saw, and transmitters at places. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from hub.merge.camera import Camera
from hub.merge.constraints import Bonds, Sides
from hub.merge.locate import mean_bearing
from hub.merge.looks import groups_of, place_by
from hub.merge.observe import NO_BEARING_SD_M, Estimate, Observation
from hub.merge.which.accuracy import split_of_accuracy
from hub.merge.which.item import RADIO, Item, Put
from probe.contract.geodesy import moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An item with the observations behind it. `heard` where it is a transmitter at a place."""

    item: Item
    observations: tuple[Observation, ...]
    heard: Camera | None = None

    @property
    def estimate(self) -> Estimate:
        """Where it is, by all that is its own."""
        item = self.item
        return Estimate(lat=item.lat, lon=item.lon, east=item.east, north=item.north, between=item.between)


def seen_things(visual: Sequence[Observation], bonds: Bonds) -> list[Thing]:
    """What each walk saw, thing by thing; all observations have a place."""
    by_walk: dict[str, list[Observation]] = {}
    for seen in visual:
        by_walk.setdefault(seen.walk, []).append(seen)
    return [_seen(members, bonds) for walk in by_walk.values() for members in groups_of(walk, bonds)]


def heard_thing(heard: Camera, bonds: Bonds) -> Thing:
    """A transmitter at a place."""
    estimate, bound = heard.estimate, heard.bound if bonds else None
    group = bound.groups[0] if bound is not None and bound.groups else None
    return Thing(
        item=Item(
            key=min(member.sighting.id for member in heard.members),
            layer=RADIO,
            lat=estimate.lat,
            lon=estimate.lon,
            east=estimate.east,
            north=estimate.north,
            between=estimate.between,
            kind=heard.kind,
            mount=heard.mount,
            direction=heard.direction,
            group=group,
            sides=_with_group({} if bound is None else bound.sides, group),
        ),
        observations=tuple(heard.members),
        heard=heard,
    )


# Two groups are two cameras: a division of its own, in which each group is a side.
_GROUPS = -1


def _with_group(sides: Sides, group: int | None) -> Sides:
    return sides if group is None else {**sides, _GROUPS: group}


def _seen(members: Sequence[Observation], bonds: Bonds) -> Thing:
    looks = [member.look for member in members if member.look is not None]
    place = place_by(looks) if looks else _marked(members)
    told = [member.accuracy_m for member in members if member.accuracy_m is not None]
    own, common, is_told = split_of_accuracy(median(told) if told else None)
    sides: dict[int, int] = {}
    group = None
    for member in members if bonds else ():
        sides.update(bonds.sides_of(member))
        group = bonds.group_of(member) if group is None else group
    if group is not None:
        sides.update(bonds.bound_of(group).sides)
    said = Camera(estimate=place, members=list(members))
    return Thing(
        item=Item(
            key=min(member.sighting.id for member in members),
            layer=members[0].walk,
            lat=place.lat,
            lon=place.lon,
            east=place.east + own,
            north=place.north + own,
            between=place.between,
            common=common,
            told=is_told,
            kind=said.kind,
            mount=said.mount,
            direction=mean_bearing([member.direction for member in members if member.direction is not None]),
            direction_sd=next((member.direction_sd for member in members if member.direction_sd is not None), None),
            group=group,
            sides=_with_group(sides, group),
        ),
        observations=tuple(members),
    )


def placed_item(item: Item, put: Put) -> Estimate:
    """Where an item is, with what its walk's receiver was off taken from it."""
    lat, lon = moved(item.lat, item.lon, -put.off_east, -put.off_north)
    return Estimate(
        lat=lat, lon=lon, east=item.east + put.off_var, north=item.north + put.off_var, between=item.between
    )


def _marked(members: Sequence[Observation]) -> Estimate:
    """The place of something that was marked, with no variance of its own; of several, which people put together, that
    of the first. Where the walker stood is not where it is."""
    place = members[0].place
    doubt = 0.0 if members[0].marked else NO_BEARING_SD_M**2
    return Estimate(lat=place.lat, lon=place.lon, east=doubt, north=doubt)
