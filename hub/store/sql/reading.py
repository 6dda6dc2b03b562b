"""How a sighting is read from the log, with all that stands apart from it."""

from datetime import date
from typing import Any

from hub.log.events import Origin, StoredSighting

READ = (
    "SELECT sighting.seq, body, origin, sender.probe, sender.day, imported.import, came, contributor.tags"
    " FROM sighting LEFT JOIN contributor ON contributor.seq = sighting.seq"
    " LEFT JOIN sender ON sender.seq = sighting.seq LEFT JOIN imported ON imported.seq = sighting.seq"
    " LEFT JOIN held ON held.seq = sighting.seq"
    " WHERE sighting.seq > ? AND (? OR held.seq IS NULL) AND length(body) > 0 ORDER BY sighting.seq LIMIT ?"
)


def stored(row: tuple[Any, ...]) -> StoredSighting:
    """The sighting in a row of `READ`."""
    seq, body, origin, sender, day, number, came, tags = row
    return StoredSighting(
        seq=seq,
        body=body,
        origin=Origin(origin),
        sender=sender,
        day=day_or_none(day),
        import_number=number,
        came=came,
        contributor_tags=tuple((tags or "").split()),
    )


def day_or_none(text: str | None) -> date | None:
    """The day in a column that may be empty."""
    return date.fromisoformat(text) if text else None
