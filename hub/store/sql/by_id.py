"""What is in the log under some ids."""

from collections.abc import Iterator, Sequence
from typing import Any

from hub.store.engine import Engine
from probe.contract.envelope import UnitType

_IDS_PER_QUERY = 500
KNOWN = {
    UnitType.SIGHTING: "SELECT id, hash, held.seq IS NOT NULL, CASE WHEN length(body) = 0 THEN"
    " (SELECT why FROM deletion WHERE sighting = id ORDER BY number DESC LIMIT 1) END, NULL"
    " FROM sighting LEFT JOIN held ON held.seq = sighting.seq WHERE id IN (?)",
    UnitType.PHOTO: "SELECT id, hash, held IS NOT NULL, NULL, sha256 FROM picture WHERE id IN (?)",
    UnitType.WITHDRAWAL: "SELECT id, hash, 0, NULL, NULL FROM withdrawal WHERE id IN (?)",
}


def rows_by_id(engine: Engine, query: str, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query with one `(?)` for some ids, however many these are."""
    for start in range(0, len(ids), _IDS_PER_QUERY):
        some = ids[start : start + _IDS_PER_QUERY]
        yield from engine.rows(query.replace("(?)", f"({','.join('?' * len(some))})"), some)
