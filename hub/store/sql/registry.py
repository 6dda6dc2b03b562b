"""Probes, broker accounts and enrolments, in the hub's database."""

import secrets
from datetime import UTC, date, datetime

from hub.errors import BadInput
from hub.log.probes import BrokerAccount, Enrolment, Probe, RevokedKey
from hub.store.engine import Engine
from hub.store.passwords import hash_password
from hub.store.registry import KeyRevoked, TokenSpent
from probe.contract.pairing import fingerprint

_ADDRESS = "address"
_PROBE = (
    "SELECT id, name, probe.public, mailbox, enrolled, coalesce(revoked, revoked_key.day), lost_on FROM probe"
    " LEFT JOIN revoked_key ON revoked_key.probe = probe.id"
)
_ENROLMENT = "SELECT number, name, token, address, ends_s, used_by, words, was FROM enrolment"


class SqlRegistry:
    """A `Registry` in the hub's database."""

    def __init__(self, db: Engine) -> None:
        self._db = db

    @property
    def version(self) -> int:
        return int(self._db.meta("registry") or 0)

    def probes(self) -> list[Probe]:
        return [_probe(row) for row in self._db.rows(f"{_PROBE} ORDER BY name")]

    def probe(self, probe_id: str) -> Probe | None:
        row = self._db.row(f"{_PROBE} WHERE id = ?", (probe_id,))
        return None if row is None else _probe(row)

    def named(self, name: str) -> Probe:
        row = self._db.row(f"{_PROBE} WHERE name = ?", (name,))
        if row is None:
            known = ", ".join(probe.name for probe in self.probes()) or "none so far"
            raise BadInput(f"no probe is called {name!r}; enrolled are: {known}")
        return _probe(row)

    def invite(self, name: str, token: str, address: str | None, ends_s: float) -> Enrolment:
        with self._db.transaction() as db:
            if self._db.row("SELECT 1 FROM probe WHERE name = ? AND revoked IS NULL", (name,)):
                raise BadInput(f"a probe is called {name!r} already; give another name, or revoke that one first")
            db.execute("UPDATE enrolment SET token = NULL WHERE name = ? AND used_by IS NULL", (name,))
            (number,) = db.execute(
                "INSERT INTO enrolment (name, token, address, ends_s) VALUES (?, ?, ?, ?) RETURNING number",
                (name, token, address, ends_s),
            ).fetchone()
        return Enrolment(number=number, name=name, token=token, address=address, ends_s=ends_s)

    def enrolment(self, number: int) -> Enrolment | None:
        row = self._db.row(f"{_ENROLMENT} WHERE number = ?", (number,))
        return None if row is None else _enrolment(row)

    def enrolments(self, now_s: float) -> list[Enrolment]:
        rows = self._db.rows(f"{_ENROLMENT} WHERE ends_s > ? ORDER BY number DESC LIMIT 20", (now_s,))
        return [_enrolment(row) for row in rows]

    def words_of(self, public: bytes) -> str | None:
        row = self._db.row("SELECT words FROM enrolment WHERE used_by = ? ORDER BY number DESC LIMIT 1", (public,))
        return None if row is None else row[0]

    def invited(self, token: str) -> Enrolment | None:
        for row in self._db.rows(f"{_ENROLMENT} WHERE token IS NOT NULL"):
            enrolment = _enrolment(row)
            if secrets.compare_digest((enrolment.token or "").encode(), token.encode()):
                return enrolment
        return None

    def admit(self, enrolment: Enrolment, public: bytes, words: str) -> BrokerAccount:
        probe_id = fingerprint(public)
        with self._db.transaction() as db:
            # Looked at within the transaction: another process may have admitted or revoked somebody just now.
            query = "SELECT mailbox, used_by FROM enrolment WHERE number = ?"
            given, used_by = db.execute(query, (enrolment.number,)).fetchone()
            if self.is_revoked(public):
                raise KeyRevoked(spent=used_by is not None)
            if given is not None:
                if used_by != public or self._is_closed(given):
                    raise TokenSpent("used by another probe, or its account was closed since")
                return self._account(given)
            account = self._free_account()
            db.execute("UPDATE account SET taken = 1 WHERE mailbox = ?", (account.mailbox,))
            db.execute(
                "UPDATE probe SET name = name || ' (revoked ' || substr(id, 1, 12) || ')'"
                " WHERE name = ? AND revoked IS NOT NULL",
                (enrolment.name,),
            )
            before = db.execute("SELECT name, mailbox FROM probe WHERE id = ?", (probe_id,)).fetchone()
            was = None if before is None or before[0] == enrolment.name else before[0]
            row = (enrolment.name, account.mailbox, _today(), probe_id)
            if before is None:
                query = "INSERT INTO probe (name, mailbox, enrolled, id, public) VALUES (?, ?, ?, ?, ?)"
                db.execute(query, (*row, public))
            else:
                db.execute("UPDATE probe SET name = ?, mailbox = ?, enrolled = ? WHERE id = ?", row)
                self._forget_password(before[1])
            db.execute(
                "UPDATE enrolment SET used_by = ?, words = ?, mailbox = ?, was = ? WHERE number = ?",
                (public, words, account.mailbox, was, enrolment.number),
            )
            self._changed()
        return account

    def erase_expired(self, now_s: float) -> None:
        with self._db.transaction() as db:
            db.execute(
                "UPDATE account SET password = NULL WHERE mailbox IN"
                " (SELECT mailbox FROM enrolment WHERE ends_s < ? AND mailbox IS NOT NULL)",
                (now_s,),
            )
            db.execute("UPDATE enrolment SET token = NULL WHERE ends_s < ?", (now_s - 86_400,))

    def revoke(self, probe: Probe, lost_on: date) -> None:
        with self._db.transaction() as db:
            lost = lost_on.isoformat()
            db.execute(
                "UPDATE probe SET revoked = coalesce(revoked, ?),"
                " lost_on = CASE WHEN lost_on < ? THEN lost_on ELSE ? END WHERE id = ?",
                (_today(), lost, lost, probe.id),
            )
            self._forget_password(probe.mailbox)
            self._changed()

    def is_revoked(self, public: bytes) -> bool:
        return self._db.row("SELECT 1 FROM revoked_key WHERE probe = ?", (fingerprint(public),)) is not None

    def revoked_keys(self) -> list[RevokedKey]:
        rows = self._db.rows("SELECT probe, public, day FROM revoked_key ORDER BY day, probe")
        return [RevokedKey(probe=probe, public=public, day=date.fromisoformat(day)) for probe, public, day in rows]

    def take_revoked(self, keys: list[RevokedKey]) -> None:
        with self._db.transaction() as db:
            for key in keys:
                day = key.day.isoformat()
                db.execute("INSERT INTO revoked_key VALUES (?, ?, ?)", (fingerprint(key.public), key.public, day))
                db.execute(
                    "UPDATE probe SET revoked = coalesce(revoked, ?), lost_on = coalesce(lost_on, ?) WHERE id = ?",
                    (day, day, fingerprint(key.public)),
                )
            self._changed()

    def accounts(self) -> list[BrokerAccount]:
        rows = self._db.rows(
            "SELECT mailbox, client, password_hash FROM account"
            " WHERE mailbox NOT IN (SELECT mailbox FROM closed_mailbox) AND (taken = 0 OR mailbox IN"
            " (SELECT mailbox FROM probe WHERE revoked IS NULL AND id NOT IN (SELECT probe FROM revoked_key)))"
            " ORDER BY mailbox"
        )
        return [BrokerAccount(mailbox=mailbox, client=client, password_hash=hashed) for mailbox, client, hashed in rows]

    def make_spare(self, count: int) -> int:
        with self._db.transaction():
            (spare,) = self._db.row("SELECT count(*) FROM account WHERE taken = 0")
            for _ in range(count - spare):
                self._new_account()
            self._changed()
        return max(count, int(spare))

    def hub_password(self) -> str:
        password = self._db.meta("broker_password")
        if password is None:
            password = secrets.token_hex(16)
            self._db.set_meta("broker_password", password)
        return password

    def broker_address(self) -> str | None:
        return self._db.meta(_ADDRESS)

    def note_broker_address(self, address: str) -> None:
        self._db.set_meta(_ADDRESS, address)

    def _account(self, mailbox: str) -> BrokerAccount:
        query = "SELECT mailbox, client, password_hash, password FROM account WHERE mailbox = ?"
        mailbox, client, hashed, password = self._db.row(query, (mailbox,))
        return BrokerAccount(mailbox=mailbox, client=client, password_hash=hashed, password=password)

    def _free_account(self) -> BrokerAccount:
        row = self._db.row(
            "SELECT mailbox FROM account WHERE taken = 0 AND password IS NOT NULL"
            " AND mailbox NOT IN (SELECT mailbox FROM closed_mailbox) LIMIT 1"
        )
        return self._new_account() if row is None else self._account(row[0])

    def _new_account(self) -> BrokerAccount:
        password = secrets.token_hex(16)
        account = BrokerAccount(
            mailbox=secrets.token_hex(16),
            client=secrets.token_hex(11),  # 22 letters: more, MQTT 3.1.1 lets a broker refuse
            password_hash=hash_password(password),
            password=password,
        )
        with self._db.transaction() as db:
            db.execute(
                "INSERT INTO account (mailbox, client, password_hash, password) VALUES (?, ?, ?, ?)",
                (account.mailbox, account.client, account.password_hash, account.password),
            )
        return account

    def _is_closed(self, mailbox: str) -> bool:
        return self._db.row("SELECT 1 FROM closed_mailbox WHERE mailbox = ?", (mailbox,)) is not None

    def _forget_password(self, mailbox: str) -> None:
        with self._db.transaction() as db:
            db.execute("UPDATE account SET password = NULL WHERE mailbox = ?", (mailbox,))

    def _changed(self) -> None:
        self._db.set_meta("registry", str(self.version + 1))


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _probe(row: tuple[str, str, bytes, str, str, str | None, str | None]) -> Probe:
    probe_id, name, public, mailbox, enrolled, revoked, lost_on = row
    return Probe(
        id=probe_id,
        name=name,
        public=public,
        mailbox=mailbox,
        enrolled=date.fromisoformat(enrolled),
        revoked=revoked is not None,
        lost_on=None if lost_on is None else date.fromisoformat(lost_on),
    )


def _enrolment(row: tuple[int, str, str | None, str | None, float, bytes | None, str | None, str | None]) -> Enrolment:
    number, name, token, address, ends_s, used_by, words, was = row
    return Enrolment(
        number=number, name=name, token=token, address=address, ends_s=ends_s, used_by=used_by, words=words, was=was
    )
