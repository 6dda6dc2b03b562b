"""All cameras, kept up to date window by window: what comes costs its neighbourhood, however large the map is.

What is found is a function of the set of observations and of the constraints alone: in whichever order they came, and
whatever was decided and taken back meanwhile, the cameras are the same.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from hub.merge.camera import Camera, id_from
from hub.merge.cameras import Known, derive
from hub.merge.constraints import Constraints
from hub.merge.observe import Observation
from hub.merge.windows.atoms import Atom, Atoms
from hub.merge.windows.bonds import Lookup, touched
from hub.merge.windows.stitch import Followed, followed
from hub.merge.windows.tiles import Tile
from hub.merge.windows.window import Piece, PieceKey, Resolve, Window, once, resolved, within

Tell = Callable[[int, int], None]  # how much of a work is done, of how much

_Place = tuple[PieceKey, int]  # a piece of a window, and the number of a camera in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The cameras that are new or other than before, by id, and the ids that are gone."""

    changed: Mapping[str, Camera]
    gone: tuple[str, ...]


@dataclass(slots=True)
class _Bucket:
    """What follows one piece and is one camera there: atoms, whole or by their sightings; the cameras made of it, which
    is one, and whether it is less than that piece found."""

    held: dict[str, frozenset[str] | None] = field(default_factory=dict)
    cameras: tuple[Camera, ...] = ()
    is_part: bool = False


class Neighbourhoods:
    """Observations and decisions, and the cameras they make. `resolve` makes cameras of a window's observations."""

    def __init__(self, resolve: Resolve | None = None) -> None:
        self._resolve = resolve or partial(derive, known=Known())
        self._atoms, self._lookup = Atoms(), Lookup()
        self._present: dict[Tile, dict[str, Atom]] = {}  # the atoms of each window
        self._beyond: dict[Tile, dict[Tile, int]] = {}  # of each window, tiles that it looks at as well
        self._looked_at: dict[Tile, set[Tile]] = {}  # the same, the other way round
        self._windows: dict[Tile, Window] = {}
        self._dirty: set[Tile] = set()
        self._other_atoms: set[Tile] = set()  # of the dirty ones those that have atoms which they had not, or lack some
        self._departed: set[str] = set()
        self._changed_bonds: set[str] = set()
        self._changed_names: set[str] = set()
        self._follows: dict[str, tuple[Followed, tuple[_Place, ...]]] = {}
        self._buckets: dict[_Place, _Bucket] = {}
        self._place_of: dict[str, _Place] = {}  # of each camera by the id that follows from its first sighting
        self.cameras: dict[str, Camera] = {}
        self.at_odds = 0  # atoms about which windows are at odds: a fixed rule chose one
        self.parted = 0  # cameras that are less than a window found
        self.cut = 0  # windows that held too much to be resolved at once

    @property
    def unplaced(self) -> int:
        """How many observations have no place."""
        return self._atoms.unplaced

    def __len__(self) -> int:
        """How many observations there are."""
        return len(self._atoms.observations)

    def add(self, observations: Iterable[Observation]) -> None:
        """Add observations; one whose sighting is known is passed over."""
        for observation in observations:
            self._atoms.add(observation)

    def decide(self, constraints: Constraints) -> None:
        """Keep to these constraints from now on."""
        before = self._lookup.constraints
        if constraints == before:
            return
        other = touched(before, constraints)
        self._changed_bonds |= other.sightings
        self._changed_names |= other.names
        known = self._lookup.sightings
        self._lookup = Lookup(constraints)
        self._atoms.decide(self._lookup, other.sightings)
        self._mark(self._atoms_of(other.sightings))
        self._number_anew(known | self._lookup.sightings)

    def refresh(self, *, within: Iterable[Tile] | None = None, tell: Tell | None = None) -> Changes:
        """Resolve what is not up to date. `within` leaves all other windows unresolved, for good: only a measurement
        of what an arrival costs wants that. `tell` hears before each window how many atoms were in those that are
        resolved, of all; where it raises, nothing of this may be asked any more."""
        self.settle()
        wanted = self._dirty if within is None else self._dirty.intersection(within)
        affected = self._departed | self._resolve_all(wanted, tell)
        self._dirty.clear()
        self._other_atoms.clear()
        self._departed = set()
        return self._stitch(affected)

    def settle(self) -> None:
        """Find out which windows are not up to date, and resolve none."""
        gone, made = self._atoms.settle()
        for atom in gone:
            self._take_out(atom)
        for atom in made:
            self._put_in(atom)
        self._mark(self._atoms_of(self._changed_bonds))
        self._dirty |= self._other_atoms

    def camera_with(self, sighting_id: str) -> Camera | None:
        """The camera that holds a sighting."""
        atom = self._atoms.atom_of(sighting_id)
        if atom is None or atom.key not in self._follows:
            return None
        piece, _ = self._follows[atom.key]
        put = piece.piece.put[atom.key]
        number = put if isinstance(put, int) else put.get(sighting_id)
        if number is None:
            return None
        made = self._buckets[piece.piece.key, number].cameras
        return next((one for one in made if len(made) == 1 or _holds(one, sighting_id)), None)

    def dirty_windows(self) -> frozenset[Tile]:
        """The windows that are not up to date, once what was added is settled."""
        return frozenset(self._dirty)

    # Which windows have which atoms

    def _put_in(self, atom: Atom) -> None:
        for tile in atom.windows:
            self._present.setdefault(tile, {})[atom.key] = atom
        for tile in atom.beyond:
            tiles = self._beyond.setdefault(atom.home, {})
            tiles[tile] = tiles.get(tile, 0) + 1
            self._looked_at.setdefault(tile, set()).add(atom.home)
        self._departed.discard(atom.key)
        self._other_atoms |= self._tiles_of(atom)

    def _take_out(self, atom: Atom) -> None:
        self._other_atoms |= self._tiles_of(atom)
        for tile in atom.windows:
            del self._present[tile][atom.key]
            if not self._present[tile]:
                del self._present[tile]
        for tile in atom.beyond:
            tiles = self._beyond[atom.home]
            tiles[tile] -= 1
            if not tiles[tile]:
                del tiles[tile]
                self._looked_at[tile].discard(atom.home)
        self._departed.add(atom.key)

    def _mark(self, atoms: Iterable[Atom]) -> None:
        for atom in atoms:
            self._dirty.update(self._tiles_of(atom))

    def _tiles_of(self, atom: Atom) -> set[Tile]:
        """The tiles whose windows have an atom."""
        return set(atom.windows).union(*(self._looked_at.get(tile, ()) for tile in atom.windows))

    def _atoms_of(self, sightings: Iterable[str]) -> list[Atom]:
        return [atom for one in sightings if (atom := self._atoms.atom_of(one)) is not None]

    def _in_window(self, tile: Tile) -> dict[str, Atom]:
        atoms = dict(self._present.get(tile, {}))
        for other in self._beyond.get(tile, ()):
            atoms |= self._present.get(other, {})
        return atoms

    def _resolve_all(self, tiles: Iterable[Tile], tell: Tell | None) -> set[str]:
        """Resolve windows; returns the keys of all atoms that were or are in them."""
        affected: set[str] = set()
        resolve = once(self._resolve)
        ordered = sorted(tiles)
        done, of = 0, sum(len(self._present.get(tile, ())) for tile in ordered) if tell is not None else 0
        for tile in ordered:
            if tell is not None:
                tell(done, of)
                done += len(self._present.get(tile, ()))
            before = self._windows.get(tile)
            atoms = self._in_window(tile)
            if before is not None:
                if tile not in self._other_atoms and before.constraints == within(atoms.values(), self._lookup):
                    continue  # a decision that says nothing of what is here, such as one about a name
                del self._windows[tile]
                affected.update(key for piece in before.pieces for key in piece.put)
                self.cut -= before.is_cut
            if atoms:
                affected.update(atoms)
                window = resolved(tile, atoms.values(), self._lookup, resolve)
                self._windows[tile] = window
                self.cut += window.is_cut
        return affected

    # From windows to cameras

    def _stitch(self, affected: set[str]) -> Changes:
        before: dict[_Place, _Bucket] = {}
        for key in affected:
            self._unfollow(key, before)
        for key in sorted(affected):
            atom = self._atom(key)
            if atom is not None:
                self._follow(atom, before)
        old = {camera.id: camera for bucket in before.values() for camera in bucket.cameras}
        for bucket in before.values():
            self.parted -= bucket.is_part
            for camera in bucket.cameras:
                self._place_of.pop(_own_id(camera), None)
        made: list[Camera] = []
        by_first = {_own_id(camera): camera for camera in old.values()}
        for place in sorted(before):
            if place in self._buckets:
                made += self._make(place, self._buckets[place], by_first)
        return self._renamed(old, made)

    def _atom(self, key: str) -> Atom | None:
        atom = self._atoms.atom_of(key)
        return atom if atom is not None and atom.key == key else None

    def _unfollow(self, key: str, before: dict[_Place, _Bucket]) -> None:
        chosen, places = self._follows.pop(key, (None, ()))
        self.at_odds -= chosen is not None and chosen.at_odds
        for place in places:
            bucket = self._touch(place, before)
            del bucket.held[key]
            if not bucket.held:
                del self._buckets[place]

    def _follow(self, atom: Atom, before: dict[_Place, _Bucket]) -> None:
        chosen = followed(atom, sorted(self._tiles_of(atom)), self._windows)
        if chosen is None:
            return
        put = chosen.piece.put[atom.key]
        parts: dict[int, frozenset[str] | None] = {}
        if isinstance(put, int):
            parts[put] = None
        else:
            for number in set(put.values()):
                parts[number] = frozenset(one for one, its in put.items() if its == number)
        places = tuple((chosen.piece.key, number) for number in parts)
        self._follows[atom.key] = chosen, places
        self.at_odds += chosen.at_odds
        for place, part in zip(places, parts.values(), strict=True):
            self._touch(place, before).held[atom.key] = part

    def _touch(self, place: _Place, before: dict[_Place, _Bucket]) -> _Bucket:
        bucket = self._buckets.get(place)
        if place not in before:
            before[place] = _Bucket() if bucket is None else _Bucket(dict(bucket.held), bucket.cameras, bucket.is_part)
        if bucket is None:
            bucket = self._buckets[place] = _Bucket()
        return bucket

    def _make(self, place: _Place, bucket: _Bucket, by_first: Mapping[str, Camera]) -> list[Camera]:
        """The camera of a bucket: the very object of before where nothing of it is other."""
        piece = self._piece(bucket)
        found = piece.found[place[1]]
        observations = self._observations(bucket)
        bucket.is_part = len(observations) < found.size or found.camera is None
        if found.camera is not None and not bucket.is_part:
            cameras = [found.camera]
        else:
            ids = tuple(sorted(one.sighting.id for one in observations))
            cameras, _ = self._resolve(observations, Constraints(together=(ids,)))
            for camera in cameras:
                found.keep_doubts(camera)
        self.parted += bucket.is_part
        made = [self._finished(camera, by_first) for camera in cameras]
        bucket.cameras = tuple(made)
        self._place_of.update((_own_id(camera), place) for camera in made)
        return made

    def _piece(self, bucket: _Bucket) -> Piece:
        return self._follows[next(iter(bucket.held))][0].piece

    def _observations(self, bucket: _Bucket) -> list[Observation]:
        observations: list[Observation] = []
        for key in sorted(bucket.held):
            atom, part = self._atom(key), bucket.held[key]
            if atom is not None:
                observations += [one for one in atom.observations if part is None or one.sighting.id in part]
        return observations

    def _finished(self, camera: Camera, by_first: Mapping[str, Camera]) -> Camera:
        """A camera with what its window cannot know: decisions by their numbers, and whether a transmitter is
        elsewhere, too."""
        everything = (*camera.members, *camera.alike)
        camera.bound, camera.name = self._lookup.bound_of(everything), None
        heard: dict[str, bool] = {}
        for one in everything:
            if one.transmitter is not None:
                heard[one.transmitter] = heard.get(one.transmitter, False) or self._lookup.is_grouped(one.sighting.id)
        camera.far_apart = any(self._atoms.far_apart(name) for name, grouped in heard.items() if not grouped)
        camera.name = self._name(camera)
        before = by_first.get(_own_id(camera))
        if before is None:
            return camera
        camera.take_place_of(before)
        return before if before == camera else camera

    # Decisions and names

    def _name(self, camera: Camera) -> str | None:
        given = self._lookup.given
        name = None if camera.bound is None else self._lookup.name_of(camera.bound)
        if name is not None or not given:
            return name
        ids = [one.sighting.id for one in camera.observations]
        if id_from(ids[0]) not in given:
            return None
        free = (its for one in ids if (its := id_from(one)) not in given)
        return next(free, id_from(f"{ids[0]} apart"))

    def _number_anew(self, sightings: Iterable[str]) -> None:
        """Groups and divisions have other numbers now."""
        cameras = {id(camera): camera for one in sightings if (camera := self.camera_with(one)) is not None}
        for camera in cameras.values():
            camera.bound = self._lookup.bound_of((*camera.members, *camera.alike))

    def _renamed(self, old: dict[str, Camera], made: Iterable[Camera]) -> Changes:
        """What is other than before, where decisions gave ids to cameras or took them away as well."""
        concerned = {id(camera): camera for camera in made}
        asked = [self.camera_with(one) for one in sorted(self._changed_bonds)]
        asked += [camera for name in sorted(self._changed_names) for camera in self._named(name)]
        again = {id(camera): camera for camera in asked if camera is not None}
        for number, camera in again.items():
            if number not in concerned:
                old[camera.id] = camera
                concerned[number] = camera
                camera.name = self._name(camera)
        kept = {id(camera) for camera in old.values()}
        for key in old:
            del self.cameras[key]
        now = {camera.id: camera for camera in concerned.values()}
        self.cameras |= now
        self._changed_bonds, self._changed_names = set(), set()
        changed = {
            key: camera
            for key, camera in now.items()
            if id(camera) not in kept or old.get(key) is not camera or id(camera) in again
        }
        return Changes(changed=changed, gone=tuple(sorted(key for key in old if key not in now)))

    def _named(self, name: str) -> list[Camera]:
        """The camera that has an id now, and the one whose first sighting says so."""
        named = self.cameras.get(name)
        place = self._place_of.get(name)
        own = () if place is None else self._buckets[place].cameras
        return [one for one in (named, *own) if one is not None and self._is_there(one)]

    def _is_there(self, camera: Camera) -> bool:
        place = self._place_of.get(_own_id(camera))
        return place is not None and any(one is camera for one in self._buckets[place].cameras)


def _own_id(camera: Camera) -> str:
    """The id that follows from the first sighting, whatever was given."""
    first = min((*camera.members, *camera.alike), key=lambda one: one.seq)
    return id_from(first.sighting.id)


def _holds(camera: Camera, sighting_id: str) -> bool:
    return any(one.sighting.id == sighting_id for one in (*camera.members, *camera.alike))
