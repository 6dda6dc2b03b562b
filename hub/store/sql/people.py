"""People, sessions and the audit in SQL."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from hub.errors import BadInput
from hub.log.people import Audited, Passkey, Person, Role, Session
from hub.store.engine import Engine
from hub.store.people import (
    AUDIT_KEPT,
    MAX_LINKS,
    MAX_PASSKEYS,
    MAX_PEOPLE,
    MAX_SESSIONS,
    REFUSALS_KEPT,
    REFUSED,
)

_PERSON = "SELECT number, name, role, made, password, closed FROM person"
_PASSKEY = "SELECT id, person, public, counter, label, made FROM passkey"
_SESSION = "SELECT token_hash, person, began_s, used_s, ends_s FROM session"


class SqlPeople:
    """A `PeopleStore`; `now` says what to date things by."""

    def __init__(self, db: Engine, now: Callable[[], datetime] | None = None) -> None:
        self._db = db
        self._now = now or (lambda: datetime.now(UTC))

    def people(self) -> list[Person]:
        return [_person(row) for row in self._db.rows(f"{_PERSON} ORDER BY number")]

    def person(self, number: int) -> Person | None:
        row = self._db.row(f"{_PERSON} WHERE number = ?", (number,))
        return None if row is None else _person(row)

    def named(self, name: str) -> Person | None:
        # In Python: engines differ in what they take for a letter's small form.
        return next((one for one in self.people() if one.name.casefold() == name.casefold()), None)

    def add(self, name: str, role: Role, password: str | None = None) -> Person:
        with self._db.transaction() as db:
            return self._add(db, name, role, password)

    def add_first(self, name: str, password: str | None, link: bytes, now_s: float) -> Person | None:
        with self._db.transaction() as db:
            (held,) = db.execute(
                "SELECT count(*) FROM login_link WHERE token_hash = ? AND person = 0 AND ends_s > ?", (link, now_s)
            ).fetchone()
            (there,) = db.execute("SELECT count(*) FROM person WHERE role = 4 AND closed IS NULL").fetchone()
            if not held or there:
                return None
            db.execute("DELETE FROM login_link WHERE person = 0")
            return self._add(db, name, Role.ADMIN, password)

    def set_role(self, number: int, role: Role) -> None:
        with self._db.transaction() as db:
            if role is not Role.ADMIN:
                _require_another_admin(db, number)
            db.execute("UPDATE person SET role = ? WHERE number = ? AND closed IS NULL", (int(role), number))

    def set_password(self, number: int, password: str | None) -> None:
        with self._db.transaction() as db:
            db.execute("UPDATE person SET password = ? WHERE number = ? AND closed IS NULL", (password, number))

    def close(self, number: int) -> None:
        with self._db.transaction() as db:
            _require_another_admin(db, number)
            db.execute(
                "UPDATE person SET closed = ?, password = NULL WHERE number = ? AND closed IS NULL",
                (self._now().date().isoformat(), number),
            )
            for table in ("session", "passkey", "login_link"):
                db.execute(f"DELETE FROM {table} WHERE person = ?", (number,))  # noqa: S608 (our own words)

    def passkeys(self, person: int) -> list[Passkey]:
        return [_passkey(row) for row in self._db.rows(f"{_PASSKEY} WHERE person = ? ORDER BY made, id", (person,))]

    def passkey(self, key_id: bytes) -> Passkey | None:
        row = self._db.row(f"{_PASSKEY} WHERE id = ?", (key_id,))
        return None if row is None else _passkey(row)

    def add_passkey(self, passkey: Passkey) -> None:
        values = (passkey.id, passkey.person, passkey.public, passkey.counter, passkey.label, passkey.made.isoformat())
        with self._db.transaction() as db:
            (many,) = db.execute("SELECT count(*) FROM passkey WHERE person = ?", (passkey.person,)).fetchone()
            (open_,) = db.execute(
                "SELECT count(*) FROM person WHERE number = ? AND closed IS NULL", (passkey.person,)
            ).fetchone()
            if not open_ or many >= MAX_PASSKEYS:
                raise BadInput(f"this person has {MAX_PASSKEYS} passkeys already, or is gone; remove one first")
            added = db.execute(
                "INSERT INTO passkey (id, person, public, counter, label, made) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO NOTHING RETURNING person",
                values,
            ).fetchone()
        if added is None:
            raise BadInput("this passkey is known already; sign in with it")

    def used_passkey(self, key_id: bytes, counter: int) -> None:
        with self._db.transaction() as db:
            db.execute("UPDATE passkey SET counter = ? WHERE id = ?", (counter, key_id))

    def remove_passkey(self, person: int, key_id: bytes) -> bool:
        with self._db.transaction() as db:
            gone = db.execute("DELETE FROM passkey WHERE person = ? AND id = ? RETURNING person", (person, key_id))
            return gone.fetchone() is not None

    def sessions(self, person: int) -> list[Session]:
        return [_session(row) for row in self._db.rows(f"{_SESSION} WHERE person = ? ORDER BY used_s DESC", (person,))]

    def session(self, token_hash: bytes) -> Session | None:
        row = self._db.row(f"{_SESSION} WHERE token_hash = ?", (token_hash,))
        return None if row is None else _session(row)

    def begin_session(self, session: Session) -> None:
        with self._db.transaction() as db:
            db.execute(
                "INSERT INTO session (token_hash, person, began_s, used_s, ends_s) VALUES (?, ?, ?, ?, ?)",
                (session.token_hash, session.person, session.began_s, session.used_s, session.ends_s),
            )
            db.execute(
                "DELETE FROM session WHERE person = ? AND token_hash NOT IN"
                " (SELECT token_hash FROM session WHERE person = ? ORDER BY used_s DESC, began_s DESC LIMIT ?)",
                (session.person, session.person, MAX_SESSIONS),
            )

    def use_session(self, token_hash: bytes, used_s: float) -> None:
        with self._db.transaction() as db:
            db.execute("UPDATE session SET used_s = ? WHERE token_hash = ?", (used_s, token_hash))

    def end_session(self, token_hash: bytes) -> None:
        with self._db.transaction() as db:
            db.execute("DELETE FROM session WHERE token_hash = ?", (token_hash,))

    def end_sessions(self, person: int, but: bytes | None = None) -> None:
        with self._db.transaction() as db:
            db.execute("DELETE FROM session WHERE person = ? AND token_hash <> ?", (person, but or b""))

    def add_link(self, token_hash: bytes, person: int, ends_s: float) -> None:
        with self._db.transaction() as db:
            db.execute("DELETE FROM login_link WHERE person = ?", (person,))
            db.execute(
                "INSERT INTO login_link (token_hash, person, ends_s) VALUES (?, ?, ?)", (token_hash, person, ends_s)
            )
            db.execute(
                "DELETE FROM login_link WHERE token_hash NOT IN"
                " (SELECT token_hash FROM login_link ORDER BY ends_s DESC, person DESC LIMIT ?)",
                (MAX_LINKS,),
            )

    def link(self, token_hash: bytes, now_s: float) -> int | None:
        row = self._db.row("SELECT person FROM login_link WHERE token_hash = ? AND ends_s > ?", (token_hash, now_s))
        return None if row is None else int(row[0])

    def take_link(self, token_hash: bytes, now_s: float) -> int | None:
        with self._db.transaction() as db:
            row = db.execute(
                "DELETE FROM login_link WHERE token_hash = ? RETURNING person, ends_s", (token_hash,)
            ).fetchone()
        return None if row is None or row[1] <= now_s else int(row[0])

    def forget_over(self, now_s: float, idle_s: float) -> None:
        with self._db.transaction() as db:
            db.execute("DELETE FROM session WHERE ends_s <= ? OR used_s <= ?", (now_s, now_s - idle_s))
            db.execute("DELETE FROM login_link WHERE ends_s <= ?", (now_s,))

    def note_page(self, url: str) -> None:
        self._db.set_meta("page", url)

    def page(self) -> str | None:
        return self._db.meta("page")

    def note(self, who: str, what: str, about: str = "") -> None:
        refused = what.startswith(REFUSED)
        kind = f"substr(what, 1, {len(REFUSED)}) {'=' if refused else '<>'} '{REFUSED}'"
        with self._db.transaction() as db:
            db.execute(
                "INSERT INTO audit (at, who, what, about) VALUES (?, ?, ?, ?)",
                (self._now().replace(microsecond=0).isoformat(), who, what, about),
            )
            db.execute(
                f"DELETE FROM audit WHERE {kind} AND number <="  # noqa: S608 (our own words)
                f" (SELECT number FROM audit WHERE {kind} ORDER BY number DESC LIMIT 1 OFFSET ?)",
                (REFUSALS_KEPT if refused else AUDIT_KEPT,),
            )

    def audit(self, before: int | None = None, limit: int = 100) -> Sequence[Audited]:
        rows = self._db.rows(
            "SELECT number, at, who, what, about FROM audit WHERE number < ? ORDER BY number DESC LIMIT ?",
            (2**62 if before is None else before, limit),
        )
        return [
            Audited(number=number, at=datetime.fromisoformat(at), who=who, what=what, about=about)
            for number, at, who, what, about in rows
        ]

    def _add(self, db: Any, name: str, role: Role, password: str | None) -> Person:
        names = {there.casefold() for (there,) in db.execute("SELECT name FROM person").fetchall()}
        if name.casefold() in names:
            raise BadInput(f"{name}: there is, or was, a person of that name; choose another")
        if len(names) >= MAX_PEOPLE:
            raise BadInput(f"a hub has {MAX_PEOPLE} people at most, closed accounts counted")
        made = self._now().date()
        (number,) = db.execute(
            "INSERT INTO person (name, role, made, password) VALUES (?, ?, ?, ?) RETURNING number",
            (name, int(role), made.isoformat(), password),
        ).fetchone()
        return Person(number=number, name=name, role=role, made=made, password=password)


def _require_another_admin(db: Any, number: int) -> None:
    """Raises BadInput where a person is the last who makes accounts."""
    admins = [one for (one,) in db.execute("SELECT number FROM person WHERE role = 4 AND closed IS NULL").fetchall()]
    if admins == [number]:
        raise BadInput("this is the only admin left; make another person an admin first")


def _person(row: Any) -> Person:
    number, name, role, made, password, closed = row
    return Person(
        number=number,
        name=name,
        role=Role(role),
        made=date.fromisoformat(made),
        password=password,
        closed=None if closed is None else date.fromisoformat(closed),
    )


def _passkey(row: Any) -> Passkey:
    key_id, person, public, counter, label, made = row
    return Passkey(
        id=bytes(key_id),
        person=person,
        public=bytes(public),
        counter=counter,
        label=label,
        made=date.fromisoformat(made),
    )


def _session(row: Any) -> Session:
    token_hash, person, began_s, used_s, ends_s = row
    return Session(token_hash=bytes(token_hash), person=person, began_s=began_s, used_s=used_s, ends_s=ends_s)
