"""Probes, broker accounts and enrolments, in the hub's database."""

import secrets
from datetime import UTC, date, datetime

from hub.errors import BadInput
from hub.log.probes import BrokerAccount, Enrolment, Probe
from hub.store.passwords import hash_password
from hub.store.sqlite.database import Database
from probe.contract.pairing import fingerprint

_ADDRESS = "address"
_PROBE = "SELECT id, name, public, mailbox, enrolled, revoked, lost_on FROM probe"
_ENROLMENT = "SELECT number, name, token, address, ends_s, used_by, words, was FROM enrolment"


class SqliteRegistry:
    """A `Registry` in the hub's database."""

    def __init__(self, db: Database) -> None:
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
        if self._db.row("SELECT 1 FROM probe WHERE name = ? AND revoked IS NULL", (name,)):
            raise BadInput(f"a probe is called {name!r} already; give another name, or revoke that one first")
        with self._db.transaction() as db:
            db.execute("UPDATE enrolment SET token = NULL WHERE name = ? AND used_by IS NULL", (name,))
            cursor = db.execute(
                "INSERT INTO enrolment (name, token, address, ends_s) VALUES (?, ?, ?, ?)",
                (name, token, address, ends_s),
            )
        return Enrolment(number=int(cursor.lastrowid or 0), name=name, token=token, address=address, ends_s=ends_s)

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
            row = db.execute("SELECT mailbox FROM enrolment WHERE number = ?", (enrolment.number,)).fetchone()
            if row[0] is not None:
                return self._account(row[0])
            account = self._free_account()
            db.execute("UPDATE account SET taken = 1 WHERE mailbox = ?", (account.mailbox,))
            before = db.execute("SELECT name FROM probe WHERE id = ?", (probe_id,)).fetchone()
            was = None if before is None or before[0] == enrolment.name else before[0]
            db.execute("DELETE FROM probe WHERE id = ?", (probe_id,))
            db.execute(
                "UPDATE probe SET name = name || ' (revoked ' || substr(id, 1, 6) || ')' WHERE name = ?",
                (enrolment.name,),
            )
            db.execute(
                "INSERT INTO probe (id, name, public, mailbox, enrolled) VALUES (?, ?, ?, ?, ?)",
                (probe_id, enrolment.name, public, account.mailbox, datetime.now(UTC).date().isoformat()),
            )
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
            db.execute(
                "UPDATE probe SET revoked = ?, lost_on = ? WHERE id = ?",
                (datetime.now(UTC).date().isoformat(), lost_on.isoformat(), probe.id),
            )
            self._changed()

    def accounts(self) -> list[BrokerAccount]:
        rows = self._db.rows(
            "SELECT account.mailbox, client, password_hash FROM account LEFT JOIN probe"
            " ON probe.mailbox = account.mailbox WHERE revoked IS NULL ORDER BY account.mailbox"
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
        row = self._db.row("SELECT mailbox FROM account WHERE taken = 0 AND password IS NOT NULL LIMIT 1")
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

    def _changed(self) -> None:
        self._db.set_meta("registry", str(self.version + 1))


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
