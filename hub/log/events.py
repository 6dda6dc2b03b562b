"""The log's events: what a hub was told, in the order in which it was written down. One only adds to it."""

from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """How a sighting came: from a probe with its envelope, or as a plain file that the operator imported."""

    PROBE = "probe"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSighting:
    """A sighting to write down. `body` is the very bytes that came; `hash` covers the unit that carried them."""

    id: str
    hash: str
    body: bytes
    origin: Origin
    sender: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSighting:
    """A sighting in the log, at its place. `sender` is None once the link to the probe has expired."""

    seq: int
    body: bytes
    origin: Origin
    sender: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Something that could not be taken in, kept apart with its reason for the operator to look at."""

    reason: str
    topic: str
    unit_id: str | None
    size: int
    start: bytes
    at: str = ""
