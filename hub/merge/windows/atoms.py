"""What is never torn apart between windows: one look, all that was heard of a transmitter at one spot, or a group.

What people decided to be of one camera is of one atom, with the spots of the transmitters in it: every window that has
some of it has all of it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hub.merge.observe import Estimate, Observation
from hub.merge.transmitters import Heard, heard_of, place_of
from hub.merge.windows.bonds import Lookup
from hub.merge.windows.tiles import Tile, tile_of, windows_of

MOST_WINDOWS = 64  # of one atom: a group that is scattered over more is whole in its home and near it
_NOWHERE = Heard(spots=(), places=(), steady=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """Observations that stay together, where they are at home, and which windows have them.

    `key` is the least id of their sightings, `decided` whether people put some of them together; `far_apart` whether a
    transmitter of them is elsewhere, too. `beyond` are tiles with members that the home's own window does not reach.
    """

    key: str
    observations: tuple[Observation, ...]
    lat: float
    lon: float
    home: Tile
    windows: tuple[Tile, ...]
    decided: bool = False
    far_apart: bool = False
    beyond: tuple[Tile, ...] = ()


@dataclass(slots=True)
class _Address:
    """A transmitter: its passes in any order, and the spots that it was heard at."""

    passes: list[tuple[Observation, Estimate | None]] = field(default_factory=list)
    heard: Heard = _NOWHERE
    spot_of: dict[str, int] = field(default_factory=dict)


class Atoms:
    """All observations, in atoms. What an observation or a decision changes is looked at again, and nothing else."""

    def __init__(self) -> None:
        self.observations: dict[str, Observation] = {}
        self._lookup = Lookup()
        self._atom_of: dict[str, Atom] = {}
        self._addresses: dict[str, _Address] = {}
        self._open: set[str] = set()
        self._heard_anew: set[str] = set()
        self._without_atom = 0  # observations that have no place, and none by a decision

    @property
    def unplaced(self) -> int:
        """How many observations have no place."""
        return self._without_atom

    def atom_of(self, sighting_id: str) -> Atom | None:
        """The atom with a sighting; None where it has no place, or is of something that moves."""
        return self._atom_of.get(sighting_id)

    def add(self, observation: Observation) -> bool:
        """Add an observation; returns whether it is new."""
        key = observation.sighting.id
        if key in self.observations:
            return False
        self.observations[key] = observation
        self._open.add(key)
        self._without_atom += _is_unplaced(observation)
        if observation.transmitter is not None:
            address = self._addresses.setdefault(observation.transmitter, _Address())
            address.passes.append((observation, place_of([observation])))
            self._heard_anew.add(observation.transmitter)
        return True

    def decide(self, lookup: Lookup, touched: Iterable[str]) -> None:
        """Keep to other decisions: those about `touched` sightings are not as before."""
        self._lookup = lookup
        self._open.update(one for one in touched if one in self.observations)

    def settle(self) -> tuple[list[Atom], list[Atom]]:
        """Put what is new into atoms; returns those that are gone and those that are new."""
        for name in self._heard_anew:
            address = self._addresses[name]
            address.heard = heard_of(address.passes)
            address.spot_of = {
                one.sighting.id: number for number, spot in enumerate(address.heard.spots) for one in spot
            }
            self._open.update(one.sighting.id for one, _ in address.passes)
        self._heard_anew.clear()
        gone: dict[str, Atom] = {}
        made: dict[str, Atom] = {}
        waiting = sorted(self._open)
        self._open.clear()
        done: set[str] = set()
        while waiting:
            one = waiting.pop()
            if one not in done:
                together = self._hanging_together(one, gone, waiting)
                done |= together
                self._make(together, made)
        same = [key for key, atom in made.items() if gone.get(key) == atom]
        for key in same:
            self._atom_of.update((one.sighting.id, gone[key]) for one in gone[key].observations)
            del gone[key], made[key]
        return list(gone.values()), list(made.values())

    def _hanging_together(self, first: str, gone: dict[str, Atom], waiting: list[str]) -> set[str]:
        """All sightings that are of one atom with a sighting; the atoms they were of are taken apart."""
        found, stack = {first}, [first]
        while stack:
            one = stack.pop()
            before = self._atom_of.get(one)
            if before is not None:
                gone[before.key] = before
                for member in before.observations:
                    del self._atom_of[member.sighting.id]
                    self._without_atom += _is_unplaced(member)
                waiting += [member.sighting.id for member in before.observations]
            fresh = [other for other in self._linked(one) if other not in found]
            found.update(fresh)
            stack += fresh
        return found

    def _linked(self, one: str) -> list[str]:
        linked = [other for other in self._lookup.group_with(one) if other in self.observations]
        transmitter = self.observations[one].transmitter
        if transmitter is not None:
            address = self._addresses[transmitter]
            spot = address.spot_of.get(one)
            if spot is not None:
                linked += [other.sighting.id for other in address.heard.spots[spot]]
        return linked

    def _make(self, together: set[str], made: dict[str, Atom]) -> None:
        members = tuple(self.observations[one] for one in sorted(together))
        decided = any(self._lookup.is_grouped(one) for one in together)
        addresses = [self._addresses[one.transmitter] for one in members if one.transmitter is not None]
        if not decided and any(not address.heard.steady for address in addresses):
            return  # what moves is no camera
        places = [(place.lat, place.lon) for one in members if (place := self._place(one)) is not None]
        if not places:
            return
        far_apart = any(address.heard.far_apart for address in addresses)
        atom = _atom(members, places, decided=decided, far_apart=far_apart)
        made[atom.key] = atom
        for one in members:
            self._atom_of[one.sighting.id] = atom
            self._without_atom -= _is_unplaced(one)

    def _place(self, one: Observation) -> Estimate | None:
        if one.transmitter is None:
            return one.estimate
        address = self._addresses[one.transmitter]
        spot = address.spot_of.get(one.sighting.id)
        return place_of([one]) if spot is None else address.heard.places[spot]

    def far_apart(self, transmitter: str) -> bool:
        """Whether a transmitter was heard at places that are far apart."""
        return self._addresses[transmitter].heard.far_apart


def _atom(
    members: tuple[Observation, ...], places: Sequence[tuple[float, float]], *, decided: bool, far_apart: bool
) -> Atom:
    """At home in the tile with most of its members."""
    key = members[0].sighting.id
    if len(set(places)) == 1:
        lat, lon = places[0]
        return Atom(
            key=key,
            observations=members,
            lat=lat,
            lon=lon,
            home=tile_of(lat, lon),
            windows=windows_of(lat, lon),
            decided=decided,
            far_apart=far_apart,
        )
    tiles = [tile_of(*place) for place in places]
    counted = Counter(tiles)
    home = min(counted, key=lambda tile: (-counted[tile], tile))
    lat, lon = min(place for place, tile in zip(places, tiles, strict=True) if tile == home)
    near = [windows_of(*place) for place in dict.fromkeys(places)]
    beyond = sorted({tile for place, tile in zip(places, tiles, strict=True) if home not in windows_of(*place)})
    others = sorted({tile for windows in near for tile in windows} - {home})
    return Atom(
        key=key,
        observations=members,
        lat=lat,
        lon=lon,
        home=home,
        windows=tuple(sorted((home, *others[: MOST_WINDOWS - 1]))),
        decided=decided,
        far_apart=far_apart,
        beyond=tuple(beyond[:MOST_WINDOWS]),
    )


def _is_unplaced(one: Observation) -> bool:
    return one.estimate is None and not one.hearings
