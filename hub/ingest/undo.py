"""Takes back what came: one import, or one walk. Each sighting leaves a tombstone, and the cameras derive without it.

Walks are found by reading the log, which costs nothing when sightings come in.
"""

from collections.abc import Iterator
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


class ArrivalKind(StrEnum):
    """What is taken back as one."""

    IMPORT = "import"
    WALK = "walk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An import or a walk as the operator sees it. `name` is what `undo` takes.

    `day` is when the hub took it in, None where that is forgotten (of a probe, after 30 days); `places` counts cells.
    """

    name: str
    kind: ArrivalKind
    day: date | None
    sightings: int
    places: int
    file: str | None = None
    complete: bool = True
    undone: date | None = None


@dataclass(slots=True)
class _Gathered:
    """What the log holds of one import or one walk."""

    day: date | None = None
    seqs: list[int] = field(default_factory=list)
    cells: set[str] = field(default_factory=set)

    @property
    def last_seq(self) -> int:
        return self.seqs[-1] if self.seqs else 0

    def add(self, seq: int, sighting: Sighting, day: date | None) -> None:
        self.day = max((one for one in (self.day, day) if one is not None), default=None)
        self.seqs.append(seq)
        self.cells |= _cells(sighting)


class _Log:
    """The log, read once: what it holds of each walk and import, and which sightings name which picture."""

    def __init__(self, store: Store) -> None:
        self.imports = {one.number: one for one in store.imports()}
        self.walks: dict[str, _Gathered] = {}
        self.by_import: dict[int, _Gathered] = {number: _Gathered() for number in self.imports}
        self._naming: dict[str, set[int]] = {}  # by a picture's hash
        for row, sighting in _sightings(store):
            one = None if row.import_number is None else self.imports.get(row.import_number)
            day = row.day if one is None else one.day
            self.walks.setdefault(sighting.walk, _Gathered()).add(row.seq, sighting, day)
            if one is not None:
                self.by_import[one.number].add(row.seq, sighting, day)
            if sighting.photo is not None:
                self._naming.setdefault(sighting.photo.content_sha256, set()).add(row.seq)

    def pictures_of(self, seqs: set[int]) -> tuple[str, ...]:
        """The pictures that only these sightings name."""
        return tuple(sorted(name for name, naming in self._naming.items() if naming <= seqs))


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
            import_number=one.number, sightings=tuple(gathered.seqs), pictures=log.pictures_of(set(gathered.seqs))
        )
        return _import_arrival(one, gathered), undoing
    letters = rest if kind == ArrivalKind.WALK else name
    matching = [walk for walk in log.walks if len(letters) >= SHOWN_LETTERS and walk.startswith(letters.lower())]
    if len(matching) > 1:
        raise BadInput(f"{len(matching)} walks begin like {name}; give the whole id of one: {', '.join(matching)}")
    if not matching:
        raise BadInput(f"nothing here is called {name}; `contrechamp-hub undo` lists the imports and walks")
    gathered = log.walks[matching[0]]
    undoing = Undoing(walk=matching[0], sightings=tuple(gathered.seqs), pictures=log.pictures_of(set(gathered.seqs)))
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
        places=len(gathered.cells),
    )


def _import_arrival(one: Import, gathered: _Gathered) -> Arrival:
    return Arrival(
        name=f"{ArrivalKind.IMPORT}-{one.number}",
        kind=ArrivalKind.IMPORT,
        day=one.day,
        file=one.file,
        complete=one.sha256 is not None,
        sightings=len(gathered.seqs),
        places=len(gathered.cells),
        undone=one.undone,
    )
