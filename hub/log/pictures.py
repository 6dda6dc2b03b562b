"""What happens to a picture after it has come, and complaints about pictures: the log's events for them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from probe.contract.sighting import Box


class Standing(StrEnum):
    """What may be done with a picture: nobody has looked yet, somebody has, a complaint is open, it is gone."""

    NEW = "new"
    LOOKED = "looked"
    HIDDEN = "hidden"
    DELETED = "deleted"


class SecondPass(StrEnum):
    """What came of the hub's own search for people: it was looked through, or could not be."""

    DONE = "done"
    FAILED = "failed"


class Part(StrEnum):
    """Which of a photo's two pictures it is."""

    SCENE = "scene"
    RETICLE = "reticle"


class By(StrEnum):
    """Who did it: a person at the hub, or the hub's second pass."""

    OPERATOR = "operator"
    SECOND_PASS = "second pass"  # noqa: S105 (no password)


class Done(StrEnum):
    """What was done with a picture."""

    LOOKED = "looked"
    COVERED = "covered"
    DELETED = "deleted"
    HIDDEN = "hidden"
    SHOWN = "shown"
    SECOND_PASS = "second pass"  # noqa: S105 (no password)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureEvent:
    """What was done with a picture, by whom, on a day by the hub's clock. `boxes` are what was covered;
    of a second pass, what is doubtful and was left for a person to decide."""

    day: date
    sha256: str
    done: Done
    by: By
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPicture:
    """A picture in the log as it is now, without its octets.

    `sha256` is what sightings name it by, `version` that of its octets now; pixels are None where it cannot be read.
    `found` is how many faces and plates the second pass covered, `sighting` and `body` the first that names it.
    """

    sha256: str
    version: str
    standing: Standing
    octets: int
    width: int | None
    height: int | None
    second_pass: SecondPass | None
    found: int | None
    part: Part | None = None
    sighting: str | None = None
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedThrough:
    """How far the second pass is: pictures looked through, those that could not be, and how many there are. `why` says
    why it does not run or what it cannot find, empty where it does all."""

    done: int
    failed: int
    in_all: int
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Two pictures that show the same wall: so many points agree."""

    one: str
    other: str
    inliers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A person finds themselves on a picture. `contact` is erased as it is closed."""

    number: int
    opened: date
    about: str
    pictures: tuple[str, ...] = ()
    contact: str | None = None
    closed: date | None = None
    decision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was written on a day, and how far the log went then: the last sighting's place in it, and the last
    decision's number."""

    day: date
    path: str
    sightings: int
    decisions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A backup, or a published picture, that was written to a file on a day."""

    day: date
    path: str
    digest: str | None = None
