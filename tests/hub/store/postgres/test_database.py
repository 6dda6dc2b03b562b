"""PostgreSQL as a store: its schema, its refusals, and what it does when the server goes away."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hub.errors import BadInput, StoreError
from hub.log.events import Batch, NewSighting, Origin
from hub.store.chosen import address_in, open_store, remember
from hub.store.postgres.address import PostgresAddress
from hub.store.postgres.database import Database
from hub.store.postgres.log import PostgresStore
from hub.store.sqlite.log import SqliteStore
from hub.store.sqlite.schema import MIGRATIONS
from tests.postgres import Server, server

ANOTHER = (
    *MIGRATIONS,
    ("CREATE TABLE more (number INTEGER PRIMARY KEY AUTOINCREMENT, said TEXT NOT NULL, data BLOB)",),
)


@pytest.fixture
def address(tmp_path: Path) -> PostgresAddress:
    return server().give(tmp_path / "hub")


@pytest.fixture
def store(address: PostgresAddress, tmp_path: Path) -> Iterator[PostgresStore]:
    with closing(PostgresStore(address, tmp_path / "hub")) as store:
        yield store


@pytest.fixture
def own() -> Iterator[Server]:
    """A server that a test may stop."""
    server()  # skips where there is none
    own = Server()
    yield own
    own.end()


def batch(*numbers: int, body: bytes = b"{}") -> Batch:
    new = [NewSighting(id=f"{n:032x}", hash=bytes(32), body=body, origin=Origin.PROBE) for n in numbers]
    return Batch(sightings={one.id: one for one in new})


def test_both_engines_have_the_same_tables_and_columns(store: PostgresStore, tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "other")) as other, other.db.snapshot() as theirs, store.db.snapshot() as ours:
        both = [[(one.name, one.columns, one.key) for one in snapshot.tables()] for snapshot in (ours, theirs)]
    assert both[0] == both[1]


def test_a_commit_is_whole_or_not_at_all_and_in_order(store: PostgresStore) -> None:
    store.append(batch(2, 1))
    with pytest.raises(StoreError, match="cannot be written"):
        store.append(batch(3, 1))
    assert [row.seq for row in store.read()] == [1, 2]
    assert store.version() == 2


def test_no_more_of_the_log_is_read_than_asked_for(store: PostgresStore) -> None:
    store.append(batch(*range(300), body=bytes(1000)))
    assert [row.seq for row in store.read(after=10, limit=70)] == list(range(11, 81))
    assert len(store.read(octets=3000)) == 3
    assert len(store.read()) == 300


def test_an_earlier_version_is_brought_forward_and_a_copy_kept(store: PostgresStore, tmp_path: Path) -> None:
    store.append(batch(1))
    with closing(Database(store.db.address, tmp_path / "hub", migrations=ANOTHER)) as later:
        assert later.rows("SELECT * FROM more") == []
        assert later.row("SELECT count(*) FROM sighting") == (1,)
    copy = tmp_path / "hub" / f"hub.before-{len(ANOTHER)}.db"
    assert copy.stat().st_mode & 0o077 == 0
    copy.rename(tmp_path / "hub.db")
    with closing(SqliteStore(tmp_path)) as before:
        assert [row.body for row in before.read()] == [b"{}"]
    with pytest.raises(StoreError, match="newer version"):
        PostgresStore(store.db.address, tmp_path / "hub")


def test_without_a_copy_it_is_not_brought_forward(store: PostgresStore, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="copied"):
        Database(store.db.address, tmp_path / "gone", migrations=ANOTHER)
    assert store.db.row("SELECT to_regclass('more')") == (None,)


def test_a_database_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    address = server().new()
    server().sql("CREATE TABLE customers (name TEXT)", database=address.parameters["dbname"])
    with pytest.raises(BadInput, match="customers"):
        remember(tmp_path / "hub", str(address))
    assert not (tmp_path / "hub" / "store").exists()


def test_one_hub_serves_from_a_database_and_no_other_takes_it(store: PostgresStore, tmp_path: Path) -> None:
    store.claim("one")
    with closing(PostgresStore(store.db.address, tmp_path)) as other:
        with pytest.raises(BadInput, match="serves from this database already"):
            other.claim("one")
        store.close()
        with pytest.raises(BadInput, match="another hub's"):
            other.claim("two")
        other.claim("one")


def test_what_only_reads_changes_nothing(store: PostgresStore, tmp_path: Path) -> None:
    reader = PostgresStore(store.db.address, tmp_path, read_only=True)
    with closing(reader), pytest.raises(StoreError, match="read-only"):
        reader.append(batch(1))
    assert store.count() == 0


def test_who_waits_for_a_writer_is_told_in_the_end(store: PostgresStore, tmp_path: Path) -> None:
    with closing(PostgresStore(store.db.address, tmp_path)) as other, store.db.transaction():
        other.db.rows("SELECT set_config('lock_timeout', '50ms', false)")
        with pytest.raises(StoreError, match="another program has been writing"):
            other.append(batch(1))


def test_a_text_with_a_nul_is_kept_without_it(store: PostgresStore) -> None:
    number = store.begin_import("a\0b")
    assert [(one.number, one.file) for one in store.imports()] == [(number, "a\N{REPLACEMENT CHARACTER}b")]


def test_a_server_that_comes_back_is_found_again(own: Server, tmp_path: Path) -> None:
    own.give(tmp_path / "hub")
    with closing(open_store(tmp_path / "hub")) as store:
        store.claim("hub")
        store.append(batch(1))
        for again in (store.count, lambda: store.append(batch(2)), lambda: len(store.read())):
            own.stop()
            own.start()
            again()
        assert store.count() == 2
        with closing(open_store(tmp_path / "hub")) as other, pytest.raises(BadInput, match="already"):
            other.claim("hub")  # the new connection is the one that serves, too
        own.stop()
        for refused in (store.count, lambda: store.append(batch(3))):
            with pytest.raises(StoreError, match="is the server up"):
                refused()


def test_a_commit_that_the_server_did_not_outlive_is_told_and_nothing_half(own: Server, tmp_path: Path) -> None:
    own.give(tmp_path / "hub")
    with closing(open_store(tmp_path / "hub")) as store:

        def write() -> None:
            with store.db.transaction() as db:
                db.execute("INSERT INTO import (day, file) VALUES ('', 'half')")
                own.stop()
                own.start()
                db.execute("INSERT INTO import (day, file) VALUES ('', 'whole')")

        with pytest.raises(StoreError, match="cannot be written"):
            write()
        assert store.imports() == []


def test_where_postgis_is_each_camera_is_a_point(tmp_path: Path) -> None:
    address = server().new()
    try:
        server().sql("CREATE EXTENSION postgis", database=address.parameters["dbname"])
    except AssertionError:
        pytest.skip("no PostGIS on this machine: apt install postgresql-*-postgis-3")
    remember(tmp_path / "hub", str(address))
    view = json.dumps({"camera": {"lat": 43.7, "lon": 7.4, "vendor": "a\0b"}}).encode()
    with closing(open_store(tmp_path / "hub")) as store:
        store.save_cameras([("a", view), ("b", b"no JSON"), ("c", b"\xff"), ("d", b'{"camera": {"lat": "x"}}')])
        rows = store.db.rows("SELECT id, ST_X(place), ST_Y(place), ST_SRID(place) FROM camera ORDER BY id")
        assert rows == [("a", 7.4, 43.7, 4326), *((name, None, None, None) for name in "bcd")]
        assert store.cameras()["a"] == view
        with store.db.snapshot() as snapshot:
            assert "spatial_ref_sys" not in {table.name for table in snapshot.tables()}


def test_what_a_server_says_is_one_sentence(tmp_path: Path) -> None:
    for address in (f"postgresql:///none?host={tmp_path}", str(server().address("none"))):
        with pytest.raises(StoreError, match="cannot be opened") as refused:
            remember(tmp_path / "hub", address)
        assert "\n" not in str(refused.value)
    assert address_in(tmp_path / "hub") is None
