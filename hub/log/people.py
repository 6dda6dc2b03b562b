"""Who works at the hub: people, what they may do, and what they did that is no decision about a camera."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum


class Role(IntEnum):
    """What a person may do; each may also do what those before may.

    A stranger has not signed in. A reader sees the map, a reviewer decides about cameras and pictures, an operator runs
    the hub, an admin makes accounts.
    """

    STRANGER = 0
    READER = 1
    REVIEWER = 2
    OPERATOR = 3
    ADMIN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account at the hub's page. `password` is an Argon2id hash as a PHC string, None where there is none yet; a
    `closed` account lets nobody in, and its name is never given again."""

    number: int
    name: str
    role: Role
    made: date
    password: str | None = None
    closed: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey of a person: the credential's id, its public key (COSE), its counter, and what it is called."""

    id: bytes
    person: int
    public: bytes
    counter: int
    label: str
    made: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is signed in, known by the SHA-256 of its token. Unix times."""

    token_hash: bytes
    person: int
    began_s: float
    used_s: float
    ends_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """Something that a person did at the hub, for the others to see."""

    number: int
    at: datetime
    who: str
    what: str
    about: str = ""
