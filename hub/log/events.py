"""The log's events: what a hub took in and what was decided, in order. One only adds to it."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from hub.log.probes import Probe

# What a row costs beside its content: ids, hashes, who sent it, indices.
ROW_OCTETS = 512
TOMBSTONE_OCTETS = 256


class Origin(StrEnum):
    """How a sighting came: from a probe with its envelope, or as a plain file that the operator imported."""

    PROBE = "probe"
    OPERATOR = "operator"


class Erasure(StrEnum):
    """Why a sighting was erased: its probe took it back, the operator rejected it, or undid its import or walk; the
    volunteer has left and wants nothing of it kept; its time was over."""

    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    UNDONE = "undone"
    FORGOTTEN = "forgotten"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSighting:
    """A sighting to write down. `body` is what we understood of it, encoded anew, so that nothing unknown is kept;
    `hash` covers the unit that brought it.

    `held` is why the operator has to look at it before it counts. `contributor_tags` say that sightings are of one
    contributor, within an area and a quarter of a year, and outlive `sender`.
    """

    id: str
    hash: bytes
    body: bytes
    origin: Origin
    sender: str | None = None
    held: str | None = None
    contributor_tags: tuple[str, ...] = ()

    @property
    def octets(self) -> int:
        """What it costs to store."""
        return ROW_OCTETS + len(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPicture:
    """A redacted picture to write down; `sha256` is what the sighting of kind photo names it by. `sender` is None where
    a person brought it to the hub's page."""

    id: str
    hash: bytes
    sha256: str
    jpeg: bytes
    sender: str | None
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
class SentLately:
    """What the log still links to a probe, of the last 30 days: how many sightings, and the day on which one came
    last. A number and a day, and no place."""

    probe: str
    sightings: int
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskUse:
    """How much of the disk the log takes, in octets: all of it, and the pictures in it."""

    octets: int
    pictures: int


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
    `import_number` is that of the import that brought it, `came` the month in which it came (2026-05), "" where nobody
    knows. `contributor_tags` stay: `term/area/tag`, see `hub.keys.contributors`; none for what came from no probe.
    """

    seq: int
    body: bytes
    origin: Origin
    sender: str | None
    day: date | None = None
    import_number: int | None = None
    came: str = ""
    contributor_tags: tuple[str, ...] = ()


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
class Forgetting:
    """A volunteer leaves: `sightings`, by place in the log and id, are erased for good, and with a `probe` all that
    says whose they were."""

    sightings: tuple[tuple[int, str], ...]
    probe: Probe | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was erased; `left` are files that still hold some of it, because somebody else reads them."""

    sightings: int
    pictures: int
    left: tuple[str, ...] = ()


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

    `data` is as much of it as the quarantine has room for; `size` what it was; `number` its place there, 0 before it
    has one.
    """

    kind: RefusalKind
    reason: str
    topic: str
    size: int
    data: bytes
    at: str = ""
    number: int = 0


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
