"""The log's events: what a hub took in and what was decided, in order. One only adds to it."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

# What a row costs beside its content: ids, hashes, who sent it, indices.
ROW_OCTETS = 512
TOMBSTONE_OCTETS = 256


class Origin(StrEnum):
    """How a sighting came: from a probe with its envelope, or as a plain file that the operator imported."""

    PROBE = "probe"
    OPERATOR = "operator"


class Erasure(StrEnum):
    """Why a sighting was erased: its probe took it back, the operator rejected it, or undid its import or walk."""

    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSighting:
    """A sighting to write down. `body` is what we understood of it, encoded anew, so that nothing unknown is kept;
    `hash` covers the unit that brought it.

    `held` is why the operator has to look at it before it counts.
    """

    id: str
    hash: bytes
    body: bytes
    origin: Origin
    sender: str | None = None
    held: str | None = None

    @property
    def octets(self) -> int:
        """What it costs to store."""
        return ROW_OCTETS + len(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPicture:
    """A redacted picture to write down; `sha256` is what the sighting of kind photo names it by."""

    id: str
    hash: bytes
    sha256: str
    jpeg: bytes
    sender: str
    held: str | None = None

    @property
    def octets(self) -> int:
        """What it costs to store."""
        return ROW_OCTETS + len(self.jpeg)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWithdrawal:
    """A probe takes sightings of its own back."""

    id: str
    hash: bytes
    sender: str
    sightings: tuple[str, ...]

    @property
    def octets(self) -> int:
        """What it costs to store: a tombstone each, also for what never came."""
        return ROW_OCTETS + TOMBSTONE_OCTETS * len(self.sightings)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredShare:
    """How many octets of the log are a probe's: what it stored today, and in all."""

    today: int = 0
    in_all: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is in the log under an id: the hash of the unit that brought it, whether the operator has to look, why its
    body was erased, where it was, and of a picture its own hash."""

    hash: bytes
    held: bool = False
    erased: Erasure | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSighting:
    """A sighting in the log, at its place.

    `sender` and `day`, on which it came by the hub's clock, are None once the link to the probe has expired;
    `import_number` is that of the import that brought it.
    """

    seq: int
    body: bytes
    origin: Origin
    sender: str | None
    day: date | None = None
    import_number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSightings:
    """What is held of one probe, and why; `probe` is None where the link to it has expired."""

    probe: str | None
    sightings: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A file that the operator imported, on a day by the hub's clock. `sha256` is the file's fingerprint, None where
    the import was broken off; `undone` the day on which it was taken back."""

    number: int
    day: date
    file: str
    sha256: bytes | None
    undone: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """The operator takes back one import or one walk: its sightings, by their place in the log, and the pictures that
    only they name, by hash."""

    import_number: int | None = None
    walk: str | None = None
    sightings: tuple[int, ...]
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many there are of everything in the log."""

    sightings: int
    pictures: int
    held: int
    erased: int
    quarantined: int


class RefusalKind(StrEnum):
    """What was wrong with something that was set aside: a word to sort by. The reason says more."""

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

    kind: RefusalKind
    reason: str
    topic: str
    size: int
    data: bytes
    at: str = ""


@dataclass(slots=True)
class Batch:
    """What one commit writes.

    `again` are sightings that were undone before and get their bodies back; `import_number` is the import that the
    sightings belong to.
    """

    sightings: dict[str, NewSighting] = field(default_factory=dict)  # by id
    again: dict[str, NewSighting] = field(default_factory=dict)
    pictures: dict[str, NewPicture] = field(default_factory=dict)
    withdrawals: dict[str, NewWithdrawal] = field(default_factory=dict)
    aside: list[SetAside] = field(default_factory=list)
    import_number: int | None = None

    def __bool__(self) -> bool:
        return bool(self.sightings or self.again or self.pictures or self.withdrawals or self.aside)
