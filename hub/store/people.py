"""What the hub needs of people, their sessions and the audit in its store, whichever engine keeps them."""

from collections.abc import Sequence
from typing import Protocol

from hub.log.people import Audited, Passkey, Person, Role, Session

MAX_PEOPLE = 500
MAX_SESSIONS = 20  # of one person
MAX_PASSKEYS = 20  # of one person
MAX_LINKS = 100
AUDIT_KEPT, REFUSALS_KEPT = 8000, 2000  # apart, so that whoever knocks in vain pushes nothing else out
REFUSED = "refused"  # what a refusal's `what` begins with


class PeopleStore(Protocol):
    """Accounts and what belongs to them. Safe to use from several threads; other processes see a change at once. Every
    method raises StoreError where the engine fails."""

    def people(self) -> list[Person]:
        """All, closed ones too, in the order in which they were made."""
        ...

    def person(self, number: int) -> Person | None:
        """A person by their number."""
        ...

    def named(self, name: str) -> Person | None:
        """A person by their name, capital letters or not."""
        ...

    def add(self, name: str, role: Role, password: str | None = None) -> Person:
        """A new person; `password` is an Argon2id hash. Raises BadInput where the name was ever given, or where there
        are too many people."""
        ...

    def add_first(self, name: str, password: str | None, link: bytes, now_s: float) -> Person | None:
        """The first admin, by the link for it, in one commit; None where the link is none, or there is an
        admin already. Raises BadInput where the name was ever given."""
        ...

    def set_role(self, number: int, role: Role) -> None:
        """Give a person another role. Raises BadInput where nobody would be left who makes accounts."""
        ...

    def set_password(self, number: int, password: str | None) -> None:
        """Give a person another password (its hash), or none."""
        ...

    def close(self, number: int) -> None:
        """Close an account: its sessions, passkeys, links and password go. Raises BadInput where nobody would be left
        who makes accounts."""
        ...

    def passkeys(self, person: int) -> list[Passkey]:
        """The passkeys of a person."""
        ...

    def passkey(self, key_id: bytes) -> Passkey | None:
        """A passkey by its credential's id."""
        ...

    def add_passkey(self, passkey: Passkey) -> None:
        """A new passkey. Raises BadInput where it is known already, or where its person has too many."""
        ...

    def used_passkey(self, key_id: bytes, counter: int) -> None:
        """A passkey was used, and counts so far."""
        ...

    def remove_passkey(self, person: int, key_id: bytes) -> bool:
        """Forget a passkey of a person; whether there was one."""
        ...

    def sessions(self, person: int) -> list[Session]:
        """The sessions of a person, the one that was used last first."""
        ...

    def session(self, token_hash: bytes) -> Session | None:
        """A session by its token's hash."""
        ...

    def begin_session(self, session: Session) -> None:
        """A new session; of too many of one person the one goes that was used longest ago."""
        ...

    def use_session(self, token_hash: bytes, used_s: float) -> None:
        """A session was used."""
        ...

    def end_session(self, token_hash: bytes) -> None:
        """End one session."""
        ...

    def end_sessions(self, person: int, but: bytes | None = None) -> None:
        """End all sessions of a person, but for one where that is named."""
        ...

    def add_link(self, token_hash: bytes, person: int, ends_s: float) -> None:
        """A link that works once, in place of the person's earlier one. Person 0: it makes the first admin."""
        ...

    def link(self, token_hash: bytes, now_s: float) -> int | None:
        """For whom a link is, while it holds."""
        ...

    def take_link(self, token_hash: bytes, now_s: float) -> int | None:
        """For whom a link is, and it is used up; None where it does not hold."""
        ...

    def forget_over(self, now_s: float, idle_s: float) -> None:
        """Erase the sessions and links that are over; what was audited stays for its term, whatever this clock says."""
        ...

    def note_page(self, url: str) -> None:
        """Where the page is, for links that are made elsewhere than on it."""
        ...

    def page(self) -> str | None:
        """Where the page was when it was served last."""
        ...

    def note(self, who: str, what: str, about: str = "") -> None:
        """Write down that somebody did something. `what` is a short word, such as "signed_in"."""
        ...

    def audit(self, before: int | None = None, limit: int = 100) -> Sequence[Audited]:
        """What was noted, the newest first, before a number where one is given."""
        ...
