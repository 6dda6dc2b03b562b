"""Who may hand sightings over: probes, their accounts at the broker, and enrolments that wait for a probe."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """An enrolled probe. `lost_on` is the day since when, by the operator's word, it may have been in other hands."""

    id: str
    name: str
    public: bytes
    mailbox: str
    enrolled: date
    revoked: bool = False
    lost_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedKey:
    """A probe's public key that is never taken again, its fingerprint, and the day on which it was revoked."""

    probe: str
    public: bytes
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerAccount:
    """An account at the broker. `password_hash` as mosquitto writes it; the password is kept until it is given."""

    mailbox: str
    client: str
    password_hash: str
    password: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """An invitation: a one-time token for a probe to come under a name, until it ends (Unix time, the hub's clock).

    `used_by` is the public key of the probe that came, `words` what both sides then show, `was` the name that the probe
    had until then, where it had another.
    """

    number: int
    name: str
    token: str | None
    address: str | None
    ends_s: float
    used_by: bytes | None = None
    words: str | None = None
    was: str | None = None
