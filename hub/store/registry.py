"""What the hub needs of the register of probes, whichever engine keeps it."""

from datetime import date
from typing import Protocol

from hub.log.probes import BrokerAccount, Enrolment, Probe, RevokedKey


class KeyRevoked(Exception):
    """The probe's key is on the list of revoked ones: whoever holds it is not enrolled. `spent` where the token is one
    that this very key has used."""

    def __init__(self, *, spent: bool) -> None:
        super().__init__("the key is revoked")
        self.spent = spent


class TokenSpent(Exception):
    """Another probe has used the token, or its account was closed since."""


class Registry(Protocol):
    """Who may hand sightings over, and where. Every method raises StoreError where the engine fails."""

    @property
    def version(self) -> int:
        """A number that changes with every change, so that a broker knows when to read the accounts again."""
        ...

    def probes(self) -> list[Probe]:
        """All probes, by name."""
        ...

    def probe(self, probe_id: str) -> Probe | None:
        """The probe with an id."""
        ...

    def named(self, name: str) -> Probe:
        """The probe with a name. Raises BadInput."""
        ...

    def invite(self, name: str, token: str, address: str | None, ends_s: float) -> Enrolment:
        """Let a probe come under a name. Raises BadInput where the name is taken."""
        ...

    def enrolment(self, number: int) -> Enrolment | None:
        """The enrolment with a number."""
        ...

    def enrolments(self, now_s: float) -> list[Enrolment]:
        """Those that wait, or were used within the last minutes, newest first."""
        ...

    def words_of(self, public: bytes) -> str | None:
        """The words to compare for the probe with a key, where they are known."""
        ...

    def invited(self, token: str) -> Enrolment | None:
        """The enrolment with a token, used, over or not."""
        ...

    def admit(self, enrolment: Enrolment, public: bytes, words: str) -> BrokerAccount:
        """Enrol a probe and give it an account, in one commit; the same probe again gets the same, and an account that
        it had before is closed. Raises KeyRevoked, TokenSpent: then nothing was changed, and the token not used."""
        ...

    def erase_expired(self, now_s: float) -> None:
        """Erase tokens and passwords that nobody needs any more."""
        ...

    def revoke(self, probe: Probe, lost_on: date) -> None:
        """End a probe's rights, from the next message on and for good: its key and its mailbox are never taken again.

        Revoked once more, the earlier day of loss counts.
        """
        ...

    def is_revoked(self, public: bytes) -> bool:
        """Whether a probe's public key was revoked, ever."""
        ...

    def revoked_keys(self) -> list[RevokedKey]:
        """All keys that were revoked, in the order of the days."""
        ...

    def take_revoked(self, keys: list[RevokedKey]) -> None:
        """Take over the revoked keys of another copy of this hub; its probes with these keys are revoked."""
        ...

    def accounts(self) -> list[BrokerAccount]:
        """The accounts that a broker should let in: that of each probe that was not revoked, and spare ones. One that
        its probe has left for another is none of them."""
        ...

    def make_spare(self, count: int) -> int:
        """Make accounts in advance until so many are spare; returns how many are."""
        ...

    def hub_password(self) -> str:
        """The hub's own password at a broker of the operator's."""
        ...

    def broker_address(self) -> str | None:
        """Where probes reached the hub when it last ran."""
        ...

    def note_broker_address(self, address: str) -> None:
        """Remember where probes reach this hub."""
        ...
