"""Takes back what came: one import, or one walk. Each sighting leaves a tombstone, and the cameras derive without it.

Walks are found by reading the log, a few MiB at a time, which costs nothing when sightings come in.
"""

from array import array
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from hub.errors import BadInput
from hub.log.events import Import, StoredSighting, Undoing
from hub.store.store import Store
from probe.contract.base import ContractError
from probe.contract.envelope import decode_sighting
from probe.contract.geodesy import cell
from probe.contract.sighting import Place, Sighting

SHOWN_LETTERS = 8  # of a walk's id: one in billions has the same
MAX_PLACES, MAX_PLACES_IN_ALL = 5_000, 200_000  # as many cells are counted, of the imports and walks that came last


class ArrivalKind(StrEnum):
    """What is taken back as one."""

    IMPORT = "import"
    WALK = "walk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An import or a walk as the operator sees it. `name` is what `undo` takes.

    `day` is when the hub took it in, None where that is forgotten (of a probe, after 30 days); `places` counts cells,
    and `more_places` says that there are more than were counted.
    """

    name: str
    kind: ArrivalKind
    day: date | None
    sightings: int
    places: int
    more_places: bool = False
    file: str | None = None
    complete: bool = True
    undone: date | None = None


@dataclass(slots=True)
class _Gathered:
    """What the log holds of one import or one walk."""

    day: date | None = None
    seqs: "array[int]" = field(default_factory=lambda: array("q"))
    cells: set[str] = field(default_factory=set)
    places: int = 0
    more_places: bool = False

    @property
    def last_seq(self) -> int:
        return self.seqs[-1] if self.seqs else 0

    def add(self, seq: int, cells: set[str], day: date | None) -> int:
        """Add a sighting; returns how many cells more are kept."""
        self.day = max((one for one in (self.day, day) if one is not None), default=None)
        self.seqs.append(seq)
        before = len(self.cells)
        for cell_name in cells - self.cells if not self.more_places else ():
            if len(self.cells) >= MAX_PLACES:
                self.more_places = True
                break
            self.cells.add(cell_name)
        self.places = max(self.places, len(self.cells))
        return len(self.cells) - before

    def forget_cells(self) -> int:
        """Keep the number of cells alone: from now on, it is a lower bound. Returns how many were forgotten."""
        forgotten = len(self.cells)
        self.cells.clear()
        return forgotten


class _Log:
    """The log, read once: what it holds of each walk and import."""

    def __init__(self, store: Store) -> None:
        self.imports = {one.number: one for one in store.imports()}
        self.walks: dict[str, _Gathered] = {}
        self.by_import: dict[int, _Gathered] = {number: _Gathered() for number in self.imports}
        self._cells = 0
        self._latest: dict[int, _Gathered] = {}  # those that keep their cells, by identity; the last met comes last
        for row, sighting in _sightings(store):
            one = None if row.import_number is None else self.imports.get(row.import_number)
            day = row.day if one is None else one.day
            cells = _cells(sighting)
            self._add(self.walks.setdefault(sighting.walk, _Gathered()), row.seq, cells, day)
            if one is not None:
                self._add(self.by_import[one.number], row.seq, cells, day)

    def _add(self, gathered: _Gathered, seq: int, cells: set[str], day: date | None) -> None:
        self._latest.pop(id(gathered), None)
        self._latest[id(gathered)] = gathered
        self._cells += gathered.add(seq, cells, day)
        while self._cells > MAX_PLACES_IN_ALL and len(self._latest) > 1:
            oldest = self._latest.pop(next(iter(self._latest)))
            if oldest.cells:
                oldest.more_places = True
            self._cells -= oldest.forget_cells()


def _pictures_of(store: Store, seqs: Set[int]) -> tuple[str, ...]:
    """The pictures that only these sightings name. The log is read twice: what they name, and whether others do."""
    photos = ((row.seq in seqs, s.photo.content_sha256) for row, s in _sightings(store) if s.photo is not None)
    named = {sha256 for mine, sha256 in photos if mine}
    if named:
        for row, sighting in _sightings(store):
            if sighting.photo is not None and row.seq not in seqs:
                named.discard(sighting.photo.content_sha256)
    return tuple(sorted(named))


def arrivals(store: Store) -> list[Arrival]:
    """All imports and walks; what came last first, imports that were undone last."""
    log = _Log(store)
    listed = [(one.last_seq, 0, _walk_arrival(walk, one)) for walk, one in log.walks.items()]
    listed += [(log.by_import[n].last_seq, 1, _import_arrival(one, log.by_import[n])) for n, one in log.imports.items()]
    return [arrival for _, _, arrival in sorted(listed, key=lambda item: item[:2], reverse=True)]


def find(store: Store, name: str) -> tuple[Arrival, Undoing]:
    """The import or walk with a name as `arrivals` gives it, or a walk's whole id, and how to take it back.

    Raises BadInput where there is none, or it was taken back already.
    """
    log = _Log(store)
    kind, _, rest = name.partition("-")
    if kind == ArrivalKind.IMPORT and rest.isascii() and rest.isdecimal() and int(rest) in log.imports:
        one, gathered = log.imports[int(rest)], log.by_import[int(rest)]
        if one.undone is not None:
            raise BadInput(f"{name} was taken back on {one.undone} already")
        undoing = Undoing(
            import_number=one.number,
            sightings=tuple(gathered.seqs),
            pictures=_pictures_of(store, frozenset(gathered.seqs)),
        )
        return _import_arrival(one, gathered), undoing
    letters = rest if kind == ArrivalKind.WALK else name
    matching = [walk for walk in log.walks if len(letters) >= SHOWN_LETTERS and walk.startswith(letters.lower())]
    if len(matching) > 1:
        raise BadInput(f"{len(matching)} walks begin like {name}; give the whole id of one: {', '.join(matching)}")
    if not matching:
        raise BadInput(f"nothing here is called {name}; `contrechamp-hub undo` lists the imports and walks")
    gathered = log.walks[matching[0]]
    undoing = Undoing(
        walk=matching[0],
        sightings=tuple(gathered.seqs),
        pictures=_pictures_of(store, frozenset(gathered.seqs)),
    )
    return _walk_arrival(matching[0], gathered), undoing


def _sightings(store: Store) -> Iterator[tuple[StoredSighting, Sighting]]:
    """All that was not erased, in the log's order; what is held, too."""
    after = 0
    while rows := store.read(after, held=True):
        after = rows[-1].seq
        for row in rows:
            try:
                yield row, decode_sighting(row.body)
            except ContractError:
                continue  # written by a later version of the contract and brought back to an earlier hub


def _cells(sighting: Sighting) -> set[str]:
    """The cells that a sighting speaks of."""
    places: list[Place | None] = [sighting.observer, None if sighting.subject is None else sighting.subject.place]
    if sighting.radio is not None:
        places += [hearing.place for hearing in sighting.radio.hearings]
    found = {cell(place.lat, place.lon) for place in places if place is not None}
    return found | ({listened.cell for listened in sighting.survey.cells} if sighting.survey is not None else set())


def _walk_arrival(walk: str, gathered: _Gathered) -> Arrival:
    return Arrival(
        name=f"{ArrivalKind.WALK}-{walk[:SHOWN_LETTERS]}",
        kind=ArrivalKind.WALK,
        day=gathered.day,
        sightings=len(gathered.seqs),
        places=gathered.places,
        more_places=gathered.more_places,
    )


def _import_arrival(one: Import, gathered: _Gathered) -> Arrival:
    return Arrival(
        name=f"{ArrivalKind.IMPORT}-{one.number}",
        kind=ArrivalKind.IMPORT,
        day=one.day,
        file=one.file,
        complete=one.sha256 is not None,
        sightings=len(gathered.seqs),
        places=gathered.places,
        more_places=gathered.more_places,
        undone=one.undone,
    )
