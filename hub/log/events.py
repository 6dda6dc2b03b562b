"""The log's events: what a hub was told, in the order in which it was written down. One only adds to it."""

from dataclasses import dataclass, field
from enum import StrEnum


class Origin(StrEnum):
    """How a sighting came: from a probe with its envelope, or as a plain file that the operator imported."""

    PROBE = "probe"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSighting:
    """A sighting to write down. `body` is the very bytes that came; `hash` covers the unit that carried them.

    `held` is why the operator has to look at it before it counts.
    """

    id: str
    hash: bytes
    body: bytes
    origin: Origin
    sender: str | None = None
    held: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPicture:
    """A redacted picture to write down; `sha256` is what the sighting of kind photo names it by."""

    id: str
    hash: bytes
    sha256: str
    jpeg: bytes
    sender: str
    held: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWithdrawal:
    """A probe takes sightings of its own back."""

    id: str
    hash: bytes
    sender: str
    sightings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is in the log under an id: the hash of the unit that brought it, and whether the operator has to look."""

    hash: bytes
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSighting:
    """A sighting in the log, at its place. `sender` is None once the link to the probe has expired."""

    seq: int
    body: bytes
    origin: Origin
    sender: str | None


class Why(StrEnum):
    """Why something was set aside: a word to sort by. The reason says more."""

    NOT_CONTRACT = "not of the contract"
    OVERSIZED = "oversized"
    FORGED = "forged"
    UNKNOWN = "unknown"
    STALE = "stale"
    OTHER_CONTENT = "same id, other content"
    NO_RULE = "no rule bears it out"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Something that could not be taken in, kept apart with its reason for the operator to look at.

    `data` is as much of it as the quarantine has room for; `size` what it was.
    """

    why: Why
    reason: str
    topic: str
    size: int
    data: bytes
    at: str = ""


@dataclass(slots=True)
class Batch:
    """What one commit writes."""

    sightings: dict[str, NewSighting] = field(default_factory=dict)  # by id
    pictures: dict[str, NewPicture] = field(default_factory=dict)
    withdrawals: dict[str, NewWithdrawal] = field(default_factory=dict)
    aside: list[SetAside] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.sightings or self.pictures or self.withdrawals or self.aside)
