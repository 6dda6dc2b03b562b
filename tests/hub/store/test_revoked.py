"""What is revoked stays so: the list only grows, and the database refuses whatever would go round it."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

import pytest

from hub.data import HubFolder, make_hub
from hub.errors import BadInput, StoreError
from hub.store.chosen import open_store
from hub.store.registry import KeyRevoked, TokenSpent
from hub.store.sql.registry import SqlRegistry
from hub.store.sqlite.database import FILE
from hub.store.sqlite.schema import MIGRATIONS
from probe.contract.code import new_token
from probe.contract.pairing import fingerprint
from probe.seal.sealer import public_of
from tests.paired import database_of, enrolled

pytestmark = pytest.mark.engines

LOST = date(2026, 5, 9)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[HubFolder]:
    with make_hub(tmp_path / "hub") as folder:
        yield folder


def revoked(folder: HubFolder, name: str) -> bytes:
    """The public key of a probe that was enrolled and revoked."""
    public = public_of(enrolled(folder, name).key)
    folder.registry.revoke(folder.registry.named(name), LOST)
    return public


def invited(folder: HubFolder, name: str) -> str:
    token = new_token()
    folder.registry.invite(name, token, None, time.time() + 60)
    return token


def let_in(folder: HubFolder) -> set[str]:
    return {account.mailbox for account in folder.registry.accounts()}


def test_a_revoked_key_is_never_enrolled_again(folder: HubFolder) -> None:
    public = revoked(folder, "lost")
    before = folder.registry.probes(), folder.registry.version
    token = invited(folder, "found")
    enrolment = folder.registry.invited(token)
    assert enrolment is not None
    with pytest.raises(KeyRevoked) as refused:
        folder.registry.admit(enrolment, public, "words")
    assert not refused.value.spent
    assert (folder.registry.probes(), folder.registry.version) == before
    assert folder.registry.invited(token) == enrolment, "the token is not used up"
    assert folder.registry.admit(enrolment, bytes(32), "words").password, "a new key comes by the same token"
    assert folder.registry.is_revoked(public)
    assert not folder.registry.is_revoked(bytes(32))


def test_a_token_that_the_key_had_used_is_worth_nothing_after_it_was_revoked(folder: HubFolder) -> None:
    token = invited(folder, "lost")
    enrolment = folder.registry.invited(token)
    assert enrolment is not None
    folder.registry.admit(enrolment, bytes(32), "words")
    folder.registry.revoke(folder.registry.named("lost"), LOST)
    with pytest.raises(KeyRevoked) as refused:
        folder.registry.admit(enrolment, bytes(32), "words")
    assert refused.value.spent
    with pytest.raises(TokenSpent):
        folder.registry.admit(enrolment, bytes([1]) * 32, "words")


def test_one_token_never_gives_one_account_to_two_probes(folder: HubFolder) -> None:
    """Both were looked up before either was admitted, as by a hub that runs and by one that reads a stick."""
    enrolment = folder.registry.invited(invited(folder, "one"))
    assert enrolment is not None
    folder.registry.admit(enrolment, bytes(32), "words")
    with pytest.raises(TokenSpent):
        folder.registry.admit(enrolment, bytes([1]) * 32, "words")


def test_no_mailbox_that_was_left_is_let_in_again(folder: HubFolder) -> None:
    folder.registry.make_spare(3)
    first = enrolled(folder, "first")
    assert first.account is not None
    token = invited(folder, "second")
    enrolment = folder.registry.invited(token)
    assert enrolment is not None
    now = folder.registry.admit(enrolment, public_of(first.key), "words").mailbox
    spare = let_in(folder) - {now}
    assert first.account.mailbox not in spare, "left for another"
    assert len(spare) == 1
    folder.registry.revoke(folder.registry.named("second"), LOST)
    assert let_in(folder) == spare
    for name in ("third", "fourth"):
        account = enrolled(folder, name).account
        assert account is not None
        assert account.mailbox not in (first.account.mailbox, now)
    (old,) = database_of(folder).rows("SELECT number FROM enrolment WHERE mailbox = ?", (first.account.mailbox,))
    again = folder.registry.enrolment(old[0])
    assert again is not None
    with pytest.raises(KeyRevoked):
        folder.registry.admit(again, public_of(first.key), "words")


def test_the_first_code_gives_no_account_that_was_left_since(folder: HubFolder) -> None:
    codes = [folder.registry.invited(invited(folder, name)) for name in ("first", "second")]
    for code in codes:
        assert code is not None
        folder.registry.admit(code, bytes(32), "words")
    assert codes[0] is not None
    with pytest.raises(TokenSpent):
        folder.registry.admit(codes[0], bytes(32), "words")


def test_revoked_twice_the_earlier_loss_counts_and_a_new_name_changes_nothing(folder: HubFolder) -> None:
    public = revoked(folder, "lost")
    probe = folder.registry.named("lost")
    folder.registry.revoke(probe, date(2026, 5, 2))
    folder.registry.revoke(probe, date(2026, 5, 20))
    assert folder.registry.named("lost").lost_on == date(2026, 5, 2)
    enrolled(folder, "lost")
    (before,) = [one for one in folder.registry.probes() if one.revoked]
    assert before.name == f"lost (revoked {before.id[:12]})"
    assert before.id == fingerprint(public)
    folder.registry.revoke(folder.registry.named("lost"), LOST)
    assert len(folder.registry.revoked_keys()) == 2


def test_two_invitations_under_one_name_are_looked_at_in_one_commit(folder: HubFolder) -> None:
    enrolled(folder, "Anna")
    with pytest.raises(BadInput, match="already"):
        invited(folder, "Anna")
    assert [one.name for one in folder.registry.enrolments(0)] == ["Anna"], "nothing of it was begun"


@pytest.mark.parametrize(
    "attempt",
    [
        "DELETE FROM revoked_key",
        "UPDATE revoked_key SET day = '2000-01-01'",
        "UPDATE revoked_key SET probe = 'another'",
        "DELETE FROM closed_mailbox",
        "UPDATE closed_mailbox SET mailbox = 'another'",
        "DELETE FROM probe",
        "UPDATE probe SET revoked = NULL",
        r"UPDATE probe SET public = '\x00'",
        "UPDATE probe SET id = 'another'",
        "UPDATE probe SET mailbox = 'another'",
        "INSERT INTO probe SELECT 'another', 'new', public, mailbox, enrolled, NULL, NULL FROM probe",
        "UPDATE account SET taken = 0",
    ],
)
def test_the_database_itself_refuses_to_go_round_the_list(folder: HubFolder, attempt: str) -> None:
    public = revoked(folder, "lost")
    before = folder.registry.probes(), let_in(folder), folder.registry.revoked_keys()
    with pytest.raises(StoreError, match=r"only grows|revoked|given once"), database_of(folder).transaction() as db:
        db.execute(attempt)
    assert (folder.registry.probes(), let_in(folder), folder.registry.revoked_keys()) == before
    assert folder.registry.is_revoked(public)


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    "attempt",
    [
        "INSERT OR REPLACE INTO probe SELECT id, name, public, 'another', enrolled, NULL, NULL FROM probe",
        "INSERT OR REPLACE INTO probe SELECT 'another', name, public, 'another', enrolled, NULL, NULL FROM probe",
        "INSERT OR REPLACE INTO revoked_key SELECT probe, x'00', '2000-01-01' FROM revoked_key",
    ],
)
def test_a_row_that_is_replaced_counts_as_deleted(folder: HubFolder, attempt: str) -> None:
    refused_or_passed_over(folder, attempt)


@pytest.mark.engines("postgres")
@pytest.mark.parametrize("attempt", ["TRUNCATE probe", "TRUNCATE revoked_key", "TRUNCATE closed_mailbox, account"])
def test_no_table_of_them_is_emptied_at_once(folder: HubFolder, attempt: str) -> None:
    refused_or_passed_over(folder, attempt)


def refused_or_passed_over(folder: HubFolder, attempt: str) -> None:
    revoked(folder, "lost")
    before = folder.registry.probes(), let_in(folder), folder.registry.revoked_keys()
    with suppress(StoreError), database_of(folder).transaction() as db:
        db.execute(attempt)
    assert (folder.registry.probes(), let_in(folder), folder.registry.revoked_keys()) == before


def test_what_is_on_the_list_already_is_passed_over(folder: HubFolder) -> None:
    revoked(folder, "lost")
    before = folder.registry.revoked_keys()
    with database_of(folder).transaction() as db:
        db.execute("INSERT INTO revoked_key SELECT id, public, '2000-01-01' FROM probe")
    folder.registry.take_revoked(before)
    assert folder.registry.revoked_keys() == before


def test_a_hub_of_before_the_list_keeps_what_it_had_revoked(tmp_path: Path) -> None:
    """One was revoked; one came twice, whose first account was still let in; one came once; one account is spare."""
    (at,) = [number for number, statements in enumerate(MIGRATIONS) if "revoked_key" in statements[0]]
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        for statements in MIGRATIONS[:at]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {at}")
        for mailbox, taken in (("m1", 1), ("m2", 1), ("m3", 1), ("m4", 1), ("m5", 0)):
            db.execute("INSERT INTO account VALUES (?, 'c', '$7$', 'p', ?)", (mailbox, taken))
        old = fingerprint(bytes(32))
        for row in (
            (old, "lost", bytes(32), "m1", "2026-01-01", "2026-05-09", "2026-05-08"),
            ("twice", "twice", b"1", "m3", "2026-01-01", None, None),
            ("once", "once", b"2", "m4", "2026-01-01", None, None),
        ):
            db.execute("INSERT INTO probe VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        db.commit()
    store = open_store(tmp_path)
    registry = SqlRegistry(store.db)
    assert [(key.probe, key.public, key.day) for key in registry.revoked_keys()] == [(old, bytes(32), LOST)]
    assert {account.mailbox for account in registry.accounts()} == {"m3", "m4", "m5"}
    assert registry.named("lost").revoked
    assert store.db.rows("SELECT mailbox FROM account WHERE password IS NULL ORDER BY mailbox") == [("m1",), ("m2",)]
    store.close()
