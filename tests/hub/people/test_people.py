"""People in the store, within their bounds; passwords, attempts and the queue before them."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import BadInput
from hub.log.people import Passkey, Role
from hub.people.accounts import Accounts, is_name
from hub.people.attempts import FREE, MAX_KEPT, MAX_SLOW_S, MAX_WAIT_S, Attempts
from hub.people.passkeys import why_none
from hub.people.passwords import MEMORY_KIB, hash_password, is_password, propose, why_weak
from hub.people.turns import Busy, Turns
from hub.store.people import MAX_LINKS, MAX_PASSKEYS, MAX_PEOPLE, MAX_SESSIONS
from hub.store.sql.people import SqlPeople
from hub.store.sqlite.database import Database

NOON = datetime(2026, 5, 9, 12, tzinfo=UTC)


@pytest.fixture
def people(tmp_path: Path) -> Iterator[SqlPeople]:
    with closing(Database(tmp_path)) as db:
        yield SqlPeople(db, lambda: NOON)


def test_sessions_links_passkeys_and_people_have_bounds(people: SqlPeople, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [0.0]
    accounts = Accounts(people, now=lambda: now_s[0])
    anna, ben = people.add("Anna", Role.ADMIN), people.add("Ben", Role.READER)
    theirs = accounts.begin(ben, "link")
    tokens = []
    for n in range(MAX_SESSIONS + 5):
        now_s[0] = float(n)
        tokens.append(accounts.begin(anna, "password"))
    assert [accounts.who(token) is not None for token in tokens] == [False] * 5 + [True] * MAX_SESSIONS
    assert accounts.who(theirs) is not None
    for n in range(MAX_LINKS + 20):
        people.add_link(b"%d" % n, 1000 + n, now_s[0] + 60 + n)
    assert people.link(b"0", now_s[0]) is None
    assert people.link(b"%d" % (MAX_LINKS + 19), now_s[0]) is not None
    for n in range(MAX_PASSKEYS):
        people.add_passkey(Passkey(id=b"%d" % n, person=1, public=b"k", counter=0, label="x", made=NOON.date()))
    for key_id, person in ((b"more", 1), (b"0", 2), (b"nobody", 77)):
        with pytest.raises(BadInput):
            people.add_passkey(Passkey(id=key_id, person=person, public=b"k", counter=0, label="", made=NOON.date()))
    monkeypatch.setattr("hub.store.sql.people.MAX_PEOPLE", 3)
    people.add("Cleo", Role.READER)
    with pytest.raises(BadInput, match="at most"):
        people.add("Dora", Role.READER)
    assert MAX_PEOPLE > 100


def test_whoever_knocks_in_vain_pushes_nothing_out_of_the_audit(
    people: SqlPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.sql.people.AUDIT_KEPT", 3)
    monkeypatch.setattr("hub.store.sql.people.REFUSALS_KEPT", 2)
    for n in range(5):
        people.note("Anna", "signed_in", str(n))
    for n in range(9):
        people.note("", "refused_sign_in", str(n))
    assert [(one.what, one.about) for one in people.audit()] == [
        *(("refused_sign_in", n) for n in ("8", "7")),
        *(("signed_in", n) for n in ("4", "3", "2")),
    ]
    assert [one.about for one in people.audit(before=people.audit()[1].number, limit=2)] == ["4", "3"]


def test_what_is_over_is_erased_and_no_leap_of_the_clock_takes_the_audit_along(tmp_path: Path) -> None:
    """How long that is kept is the operator's to say: `hub.erase.retention` erases it, by days that are certain."""
    day = [NOON]
    with closing(Database(tmp_path)) as db:
        people = SqlPeople(db, lambda: day[0])
        people.note("Anna", "signed_in")
        people.add_link(b"x", 1, 5.0)
        people.forget_over(4.0, 1e9)
        assert people.link(b"x", 4.0) == 1
        day[0] += timedelta(days=3000)
        people.forget_over(6.0, 1e9)
        assert [one.what for one in people.audit()] == ["signed_in"]
        assert db.row("SELECT count(*) FROM login_link")[0] == 0


def test_a_closed_name_is_never_given_again(people: SqlPeople) -> None:
    people.add("Anna", Role.ADMIN)
    ben = people.add("Ben", Role.ADMIN)
    people.close(ben.number)
    for name in ("Ben", "BEN"):
        with pytest.raises(BadInput, match="choose another"):
            people.add(name, Role.READER)
    with pytest.raises(BadInput, match="only admin left"):
        people.close(1)


def test_two_who_come_first_at_once_are_one_admin(tmp_path: Path) -> None:
    made: list[object] = []
    with closing(Database(tmp_path)) as one, closing(Database(tmp_path)) as other:
        SqlPeople(one).add_link(b"link", 0, 100.0)
        threads = [
            threading.Thread(target=lambda db=db, n=n: made.append(SqlPeople(db).add_first(n, None, b"link", 0.0)))
            for db, n in ((one, "Anna"), (other, "Eve"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(person is not None for person in made) == 1
        assert len(SqlPeople(one).people()) == 1


def test_a_hash_says_how_it_was_made_and_fits_its_password_alone() -> None:
    made = hash_password("nine blue lanternes é")
    assert made.startswith(f"$argon2id$v=19$m={MEMORY_KIB},t=2,p=1$")
    assert is_password("nine blue lanternes e\u0301", made), "however a keyboard composes it"
    for other, known in (("nine blue lanternes e", made), ("", made), ("x", None), ("x", "no hash"), ("\ud800", made)):
        assert not is_password(other, known)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "password_short"),
        ("x" * 201, "password_long"),
        ("aaaaaaaaaaaaaa", "password_obvious"),
        ("abcdefghijkl", "password_obvious"),
        ("contrechamp2026", "password_obvious"),
        ("Annabel-1999-annabel", "password_obvious"),
        ("nine blue lanterns", None),
        ("tr0ub4dor&3-xyz", None),
        ("éàüñ日本語漢字仮名文", None),
    ],
)
def test_what_everybody_tries_first_is_no_password(password: str, why: str | None) -> None:
    assert why_weak(password, "Annabel") == why


def test_a_proposal_is_a_password() -> None:
    assert all(why_weak(propose(), "Anna") is None for _ in range(50))
    assert propose() != propose()


@given(st.text(max_size=60), st.text(max_size=20))
def test_no_password_and_no_name_breaks_the_check(password: str, name: str) -> None:
    assert why_weak(password, name) in (None, "password_short", "password_long", "password_obvious")
    assert not is_name(name) or (name.isprintable() and len(name) <= 40)


def test_waits_grow_have_an_end_and_are_forgiven() -> None:
    now_s = [0.0]
    attempts = Attempts(lambda: now_s[0])
    for _ in range(FREE):
        assert attempts.wait_s("a") == 0
        attempts.failed("anna", "a")
    waits = []
    for _ in range(10):
        waits.append(attempts.wait_s("a"))
        now_s[0] += waits[-1]
        attempts.failed("anna", "a")
    assert waits[:3] == sorted(waits[:3])
    assert 0 < max(waits) <= MAX_WAIT_S
    assert attempts.wait_s("b") == 0
    for n in range(200):
        attempts.failed("anna", f"address {n}")
    assert attempts.slow_s("ANNA") == MAX_SLOW_S
    now_s[0] += 86_400
    assert attempts.wait_s("a") == attempts.slow_s("anna") == 0
    for n in range(MAX_KEPT + 100):
        attempts.failed(f"name {n}", f"{n}")
    assert len(attempts._names._kept) == len(attempts._addresses._kept) == MAX_KEPT


def test_one_password_is_looked_at_at_a_time_and_few_wait() -> None:
    async def run() -> None:
        turns, hold, began = Turns(most=3), threading.Event(), threading.Event()

        def slow() -> str:
            began.set()
            hold.wait(60)
            return "done"

        first = asyncio.create_task(turns.take("a", slow))
        second = asyncio.create_task(turns.take("b", lambda: "second"))
        third = asyncio.create_task(turns.take("c", lambda: "third"))
        await asyncio.to_thread(began.wait, 60)
        for address in ("a", "d"):  # one of each address, and three in all
            with pytest.raises(Busy):
                await turns.take(address, lambda: "never")
        assert not second.done()
        hold.set()
        assert [*await asyncio.gather(first, second, third)] == ["done", "second", "third"]
        assert await turns.take("a", lambda: "again") == "again"

    asyncio.run(run())


@pytest.mark.parametrize(
    ("host", "secure", "why"),
    [
        ("127.0.0.1", True, "passkey_address"),
        ("::1", True, "passkey_address"),
        ("hub.local", True, "passkey_local"),
        ("hub", True, "passkey_bare"),
        ("hub.example", False, "passkey_plain"),
        ("hub.example", True, None),
        ("localhost", False, None),
    ],
)
def test_where_there_are_passkeys_and_why_not(host: str, secure: bool, why: str | None) -> None:
    assert why_none(host, secure=secure) == why
