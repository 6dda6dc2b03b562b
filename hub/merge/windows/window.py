"""The cameras of one window, as its own observations alone tell them. Pure.

A window that holds very much is cut into parts of its tile, each with a halo of its own, and what no place tells apart
into parts by order: both follow from what is in it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hub.merge.camera import Camera
from hub.merge.constraints import UNCONSTRAINED, Constraints
from hub.merge.crowd import without_repetitions
from hub.merge.doubt import Doubt
from hub.merge.observe import Observation
from hub.merge.windows.atoms import Atom
from hub.merge.windows.bonds import Lookup
from hub.merge.windows.tiles import WHOLE, Part, Tile, is_around, part_at, tile_of

MOST_WEIGHED = 600  # looks that are weighed, and spots that were heard: the densest squares have a few hundred
MOST_REMEMBERED = 1_000  # windows, while they are resolved one after another: two rows of a city's
DEEPEST = 4  # a part is 14 m wide then

Resolve = Callable[[Sequence[Observation], Constraints], tuple[list[Camera], int]]
PieceKey = tuple[Tile, Part, int]


@dataclass(slots=True)
class Found:
    """A camera as a window sees it: where it belongs to (degrees), and of how many observations it is. `camera` is
    there where it belongs to this very window; else `doubts` and `sure`, by sighting, are what it says of those."""

    lat: float
    lon: float
    size: int
    camera: Camera | None
    doubts: tuple[Doubt, ...] = ()
    sure: Mapping[str, float] = field(default_factory=dict)

    def keep_doubts(self, part: Camera) -> None:
        """Let a camera of some of these observations keep the doubts there are of them: it was made as if people had
        put them together, and of that there is none.

        Other cameras are named as the window sees them: by the id that follows from the first of their sightings.
        """
        whole = self.camera
        doubts, sure = (self.doubts, self.sure) if whole is None else (whole.doubts, _sure_by_sighting(whole))
        here = {one.sighting.id for one in part.observations}
        kept = ((doubt, tuple(one for one in doubt.sightings if one in here)) for doubt in doubts)
        part.doubts = tuple(replace(doubt, sightings=sightings) for doubt, sightings in kept if sightings)
        if len(part.sure) == len(part.members):
            ids = [one.sighting.id for one in part.members]
            part.sure = [sure.get(one, known) for one, known in zip(ids, part.sure, strict=True)]


@dataclass(slots=True)
class Piece:
    """What was resolved at once: a window, or a part of one. Of each atom by its key, the number of its camera; by
    sighting where it is of several, or some of it is of none."""

    key: PieceKey
    found: list[Found] = field(default_factory=list)
    put: dict[str, int | dict[str, int]] = field(default_factory=dict)

    def cameras_of(self, atom: str) -> Iterable[int]:
        """The numbers of the cameras that an atom, by its key, is of."""
        put = self.put.get(atom)
        return () if put is None else (put,) if isinstance(put, int) else sorted(set(put.values()))


@dataclass(slots=True)
class Window:
    """The pieces of a tile; one, where it was not cut. `constraints` are those that it keeps to."""

    tile: Tile
    pieces: list[Piece] = field(default_factory=list)
    constraints: Constraints = UNCONSTRAINED

    def pieces_at(self, lat: float, lon: float) -> list[Piece]:
        """The pieces that a place in the tile is of: one, unless no place tells them apart."""
        if len(self.pieces) == 1:
            return self.pieces
        return [one for one in self.pieces if part_at(self.tile, lat, lon, one.key[1][0]) == one.key[1]]

    @property
    def is_cut(self) -> bool:
        """Whether it held too much to be resolved at once."""
        return len(self.pieces) > 1


def resolved(tile: Tile, atoms: Iterable[Atom], lookup: Lookup, resolve: Resolve) -> Window:
    """The window of a tile with all atoms that are in it."""
    window = Window(tile)
    ordered = sorted(atoms, key=lambda atom: atom.key)
    window.constraints = within(ordered, lookup)
    _resolve_part(window, WHOLE, ordered, lookup, resolve)
    return window


def once(resolve: Resolve) -> Resolve:
    """Resolve what several windows hold alike once: where cameras are sparse, most windows around one do. The cameras
    are the very same for all of these; each belongs to one window, which alone keeps it."""
    known: dict[tuple[str, ...], tuple[list[Camera], int]] = {}

    def resolved_once(observations: Sequence[Observation], constraints: Constraints) -> tuple[list[Camera], int]:
        if constraints:
            return resolve(observations, constraints)
        key = tuple(one.sighting.id for one in observations)
        found = known.get(key)
        if found is None:
            if len(known) >= MOST_REMEMBERED:
                del known[next(iter(known))]
            found = known[key] = resolve(observations, constraints)
        return found

    return resolved_once


def within(atoms: Iterable[Atom], lookup: Lookup) -> Constraints:
    """The constraints that a window with these atoms has to keep to."""
    return lookup.within(one for atom in atoms for one in atom.observations)


def _resolve_part(window: Window, part: Part, atoms: Sequence[Atom], lookup: Lookup, resolve: Resolve) -> None:
    if _weight(atoms) <= MOST_WEIGHED:
        shares: list[Sequence[Atom]] = [atoms]
    elif part[0] < DEEPEST:
        depth, column, row = part
        for quarter in ((depth + 1, 2 * column + east, 2 * row + north) for east in (0, 1) for north in (0, 1)):
            inside = [atom for atom in atoms if is_around(window.tile, quarter, atom.lat, atom.lon)]
            if inside:
                _resolve_part(window, quarter, inside, lookup, resolve)
        return
    else:
        shares = list(_in_order(atoms))
    for number, share in enumerate(shares):
        window.pieces.append(_piece((window.tile, part, number), share, lookup, resolve))


def _weight(atoms: Sequence[Atom]) -> int:
    observations = sum(len(atom.observations) for atom in atoms)
    if observations <= MOST_WEIGHED:
        return observations
    looks, heard = _looks(atoms), sum(any(one.transmitter for one in atom.observations) for atom in atoms)
    return len(without_repetitions(looks)[0]) + heard


def _looks(atoms: Iterable[Atom]) -> list[Observation]:
    looks = [one for atom in atoms for one in atom.observations if one.transmitter is None and one.estimate is not None]
    return sorted(looks, key=lambda one: (str(one.day or ""), one.walk, one.sighting.id))


def _in_order(atoms: Sequence[Atom]) -> list[list[Atom]]:
    """What no place tells apart, in shares by place and key."""
    shares: list[list[Atom]] = [[]]
    held = 0
    for atom in sorted(atoms, key=lambda atom: (atom.lat, atom.lon, atom.key)):
        if held >= MOST_WEIGHED:
            shares.append([])
            held = 0
        shares[-1].append(atom)
        held += len(atom.observations) if atom.decided else 1
    return shares


def _piece(key: PieceKey, atoms: Sequence[Atom], lookup: Lookup, resolve: Resolve) -> Piece:
    observations = [one for atom in atoms for one in atom.observations]
    cameras, _ = resolve(observations, lookup.within(observations))
    cameras = sorted(cameras, key=lambda camera: min(one.sighting.id for one in (*camera.members, *camera.alike)))
    number_of = {
        one.sighting.id: number for number, camera in enumerate(cameras) for one in (*camera.members, *camera.alike)
    }
    piece = Piece(key)
    homes: dict[int, tuple[Tile, float, float]] = {}
    for atom in atoms:
        put = {one.sighting.id: number_of[one.sighting.id] for one in atom.observations if one.sighting.id in number_of}
        if not put:
            continue
        numbers = set(put.values())
        whole = len(numbers) == 1 and len(put) == len(atom.observations)
        piece.put[atom.key] = next(iter(numbers)) if whole else put
        if atom.decided:
            for number in numbers:
                home = (atom.home, atom.lat, atom.lon)
                homes[number] = min(homes.get(number, home), home)
    for number, camera in enumerate(cameras):
        here = camera.estimate.lat, camera.estimate.lon
        _, lat, lon = homes.get(number, (None, *here))
        size = len(camera.members) + len(camera.alike)
        if _belongs(key, lat, lon):
            piece.found.append(Found(lat, lon, size, camera))
        else:
            piece.found.append(Found(lat, lon, size, None, camera.doubts, _sure_by_sighting(camera)))
    return piece


def _sure_by_sighting(camera: Camera) -> dict[str, float]:
    """How probable it is that each member is of a camera; empty where nobody says."""
    if len(camera.sure) != len(camera.members):
        return {}
    return {one.sighting.id: sure for one, sure in zip(camera.members, camera.sure, strict=True)}


def _belongs(key: PieceKey, lat: float, lon: float) -> bool:
    tile, part, _ = key
    return tile_of(lat, lon) == tile and part_at(tile, lat, lon, part[0]) == part
