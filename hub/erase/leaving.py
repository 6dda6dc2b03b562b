"""A volunteer leaves, or a walk is to be as if it had never been: what came of it is found, and erased for good.

Who sent a sighting is known for 30 days, and until the quarter of the year ends it can be found out by contributor
tags. A walk's sightings are known by the walk for ever, so one that is known to be of a probe brings the others of its
walk with it. What came earlier on other walks is tied to nobody any more: nobody can find it, neither for its volunteer
nor against them. Whoever remembers the day names the walk.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hub.errors import BadInput
from hub.ingest.undo import find
from hub.log.events import Forgetting, StoredSighting
from hub.log.probes import Probe
from hub.store.store import Store
from probe.contract.base import ContractError
from probe.contract.envelope import decode_sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is to be erased of a probe or a walk, for a person to agree to."""

    name: str
    walks: int
    forgetting: Forgetting

    @property
    def sightings(self) -> int:
        return len(self.forgetting.sightings)


def of_probe(store: Store, probe: Probe, is_tag_of: Callable[[str], bool] = lambda _: False) -> Found:
    """What a probe brought, as far as anybody still knows it, or could find out: `is_tag_of` says whether a contributor
    tag is the probe's, as far as its key is there."""
    sent = frozenset(store.seqs_of(probe.id))
    mine = {row.seq for row, _ in _walks(store) if row.seq in sent or any(map(is_tag_of, row.contributor_tags))}
    walks = {walk for row, walk in _walks(store) if row.seq in mine}
    found = [(row.seq, id_of(row)) for row, walk in _walks(store) if row.seq in mine or walk in walks]
    return Found(name=probe.name, walks=len(walks), forgetting=Forgetting(sightings=tuple(found), probe=probe))


def of_walk(store: Store, name: str) -> Found:
    """What a walk or an import brought, by the name that `undo` lists. Raises BadInput."""
    arrival, undoing = find(store, name)
    mine = frozenset(undoing.sightings)
    found = tuple((row.seq, id_of(row)) for row, _ in _walks(store) if row.seq in mine)
    if not found:
        raise BadInput(f"{name} has no sightings any more; nothing is left to erase")
    return Found(name=arrival.name, walks=1, forgetting=Forgetting(sightings=found))


def id_of(row: StoredSighting) -> str:
    """The id of a sighting in the log."""
    return decode_sighting(row.body).id


def _walks(store: Store) -> Iterator[tuple[StoredSighting, str]]:
    """All sightings with their walks, what is held as well, a few MiB at a time."""
    after = 0
    while rows := store.read(after, held=True):
        after = rows[-1].seq
        for row in rows:
            try:
                yield row, decode_sighting(row.body).walk
            except ContractError:
                continue  # written by a later version of the contract and brought back to an earlier hub
