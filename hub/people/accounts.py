"""Who signs in, how, and for how long.

Whoever is signed in is looked up anew for each request, so that a closed account or another role counts at once,
whichever process wrote it down.

Of tokens the store has hashes alone. Methods touch the store: not for the event loop.
"""

import hashlib
import secrets
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from hub.errors import BadInput
from hub.log.people import Person, Role, Session
from hub.people.passwords import hash_password, is_password, why_weak
from hub.store.people import PeopleStore

IDLE_S, LASTS_S = 12 * 3600.0, 7 * 86400.0
LINK_S = 30 * 60.0
FRESH_S = 15 * 60.0  # so long after signing in a passkey may be added
TOUCH_S = 60.0  # a session's use is written down once in so long: each time would be a commit for each picture
MAX_NAME = 40
_TOKEN_LETTERS = 43  # 256 bits in base64url


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A person who is signed in, and by which session."""

    person: Person
    session: Session


class Refusal(Exception):
    """Somebody is not let in, or something is not done: the name of the sentence that says why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Accounts:
    """The accounts of a hub. `now` gives Unix time. Every method raises StoreError where the store fails."""

    def __init__(self, store: PeopleStore, *, now: Callable[[], float] = time.time) -> None:
        self.store = store
        self._now = now

    def has_admin(self) -> bool:
        """Whether somebody makes accounts already; the last who does cannot be closed."""
        return any(one.role is Role.ADMIN and one.closed is None for one in self.store.people())

    def who(self, token: str) -> SignedIn | None:
        """Who is signed in by a token; None where that is nobody, or nobody any more."""
        if len(token) != _TOKEN_LETTERS:
            return None
        session, now_s = self.store.session(hash_of(token)), self._now()
        if session is None or not (now_s < session.ends_s and now_s < session.used_s + IDLE_S):
            return None
        person = self.store.person(session.person)
        if person is None or person.closed is not None:
            return None
        if abs(now_s - session.used_s) > TOUCH_S:
            self.store.use_session(session.token_hash, now_s)
        return SignedIn(person=person, session=session)

    def is_fresh(self, session: Session) -> bool:
        """Whether somebody has signed in just now."""
        return 0 <= self._now() - session.began_s < FRESH_S

    def sign_in(self, name: str, password: str) -> Person:
        """The person by name and password. Raises Refusal; it takes as long whatever is wrong."""
        person = self.store.named(name.strip()) if is_name(name.strip()) else None
        open_ = person is not None and person.closed is None
        right = is_password(password, person.password if person is not None and open_ else None)
        if person is None or not right:
            # What was typed as a name is not written down: it may be the password.
            self.store.note(person.name if person is not None else "", "refused_sign_in")
            raise Refusal("sign_in_wrong")
        return person

    def begin(self, person: Person, how: str) -> str:
        """A new session; returns its token. `how` is "password", "passkey" or "link"."""
        token, now_s = new_token(), self._now()
        self.store.forget_over(now_s, IDLE_S)
        self.store.begin_session(
            Session(
                token_hash=hash_of(token), person=person.number, began_s=now_s, used_s=now_s, ends_s=now_s + LASTS_S
            )
        )
        self.store.note(person.name, f"signed_in_{how}")
        return token

    def sign_out(self, who: SignedIn, *, everywhere: bool = False) -> None:
        """End a session, or all of the person."""
        if everywhere:
            self.store.end_sessions(who.person.number)
        self.store.end_session(who.session.token_hash)
        self.store.note(who.person.name, "signed_out_everywhere" if everywhere else "signed_out")

    def invite(self, person: int, *, lasts_s: float = LINK_S) -> str:
        """A token that lets a person in once, in place of an earlier one; 0 stands for the first admin to come."""
        token = new_token()
        self.store.add_link(hash_of(token), person, self._now() + lasts_s)
        return token

    def invited(self, token: str) -> int | None:
        """For whom a link's token is, while it holds."""
        number = self.store.link(hash_of(token), self._now()) if len(token) == _TOKEN_LETTERS else None
        return None if number == 0 and self.has_admin() else number

    def come_in(self, token: str) -> Person:
        """The person whose link this is, which is used up. Their password is forgotten, and they are signed out
        everywhere else: a link is for who has none, or has lost it. Raises Refusal."""
        number = self.store.take_link(hash_of(token), self._now()) if len(token) == _TOKEN_LETTERS else None
        person = self.store.person(number) if number else None
        if person is None or person.closed is not None:
            raise Refusal("welcome_over")
        self.store.set_password(person.number, None)
        self.store.end_sessions(person.number)
        return person

    def make_first(self, token: str, name: str, password: str | None) -> Person:
        """The first admin, by the link for it; without a password, where a passkey is to come. Raises Refusal,
        BadInput."""
        name = require_name(name)
        if password is not None:
            _require_strong(password, name)
        if self.invited(token) != 0:
            raise Refusal("welcome_over")
        hashed = None if password is None else hash_password(password)
        person = self.store.add_first(name, hashed, hash_of(token), self._now())
        if person is None:
            raise Refusal("welcome_over")
        self.store.note(person.name, "person_added", person.name)
        return person

    def change_password(self, who: SignedIn, old: str, new: str) -> None:
        """Give a person another password, and sign them out elsewhere. Raises Refusal."""
        if who.person.password is not None and not is_password(old, who.person.password):
            self.store.note(who.person.name, "refused_password")
            raise Refusal("password_wrong")
        _require_strong(new, who.person.name)
        self.store.set_password(who.person.number, hash_password(new))
        self.store.end_sessions(who.person.number, but=who.session.token_hash)
        self.store.note(who.person.name, "password_changed")

    def add(self, by: str, name: str, role: Role) -> tuple[Person, str]:
        """A new person, and the token of the link by which they come in. Raises Refusal, BadInput."""
        person = self.store.add(require_name(name), role)
        self.store.note(by, "person_added", f"{person.name} ({role.name.lower()})")
        return person, self.invite(person.number)

    def set_role(self, by: str, number: int, role: Role) -> Person:
        """Give a person another role, from their next request on. Raises Refusal, BadInput."""
        person = self._open(number)
        self.store.set_role(number, role)
        self.store.note(by, "role_changed", f"{person.name} ({role.name.lower()})")
        return person

    def close(self, by: str, number: int) -> Person:
        """Close an account: whoever it was is out with their next request. Raises Refusal, BadInput."""
        person = self._open(number)
        self.store.close(number)
        self.store.note(by, "person_closed", person.name)
        return person

    def link(self, by: str, number: int) -> tuple[Person, str]:
        """A fresh link for a person. Raises Refusal."""
        person = self._open(number)
        token = self.invite(number)
        self.store.note(by, "link_made", person.name)
        return person, token

    def today(self) -> datetime:
        """The time by which things are dated."""
        return datetime.fromtimestamp(self._now(), UTC)

    def _open(self, number: int) -> Person:
        person = self.store.person(number)
        if person is None or person.closed is not None:
            raise Refusal("person_unknown")
        return person


def new_token() -> str:
    """256 random bits as 43 letters that need no quoting in an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """By what the store knows a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def is_name(name: str) -> bool:
    """Whether a text can be a person's name: one line, 1 to 40 characters, nothing that hides or turns the others."""
    return 0 < len(name) <= MAX_NAME and name.isprintable() and not any(map(_hides, name))


def require_name(name: str) -> str:
    """A name as it is kept. Raises BadInput."""
    plain = unicodedata.normalize("NFC", name).strip()
    if not is_name(plain):
        raise BadInput(f"a name is one line of 1 to {MAX_NAME} letters, digits and signs")
    return plain


def _hides(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cf", "Co", "Cn", "Cs")


def _require_strong(password: str, name: str) -> None:
    why = why_weak(password, name)
    if why is not None:
        raise Refusal(why)
