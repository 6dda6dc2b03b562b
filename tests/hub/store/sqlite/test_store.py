"""The store refuses what it cannot use, in a sentence, and brings nothing down with it."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from hub.errors import StoreError
from hub.log.events import Batch, Known, NewSighting, Origin
from hub.store.sqlite.database import FILE, is_full
from hub.store.sqlite.log import SqliteStore
from hub.store.sqlite.schema import MIGRATIONS
from probe.contract.envelope import UnitType


def batch(*numbers: int) -> Batch:
    new = [NewSighting(id=f"{n:032x}", hash=bytes(32), body=b"{}", origin=Origin.PROBE) for n in numbers]
    return Batch(sightings={one.id: one for one in new})


def test_a_commit_is_durable_and_in_order(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    assert store.db.row("PRAGMA synchronous") == (2,)
    store.append(batch(2, 1))
    store.close()
    store = SqliteStore(tmp_path)
    assert [row.seq for row in store.read()] == [1, 2]
    assert store.read(after=1)[0].seq == 2
    assert store.known(UnitType.SIGHTING, [f"{1:032x}", f"{9:032x}"]) == {f"{1:032x}": Known(hash=bytes(32))}
    store.close()


def test_a_commit_is_whole_or_not_at_all(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    store.append(batch(1))
    with pytest.raises(StoreError, match="cannot be written"):
        store.append(batch(2, 1))
    assert store.count() == 1
    store.close()


def test_a_store_of_the_first_version_is_brought_forward_and_a_copy_kept(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        for statement in MIGRATIONS[0]:
            db.execute(statement)
        db.execute("PRAGMA user_version = 1")
        db.execute("INSERT INTO sighting (id, hash, origin, body) VALUES ('a', 'b', 'probe', x'7b7d')")
        db.execute("INSERT INTO sender VALUES (1, 'old', '2999-01-01')")
        db.execute("INSERT INTO quarantine (at, reason, topic, size) VALUES ('t', 'r', 'x', 9)")
        db.commit()
    store = SqliteStore(tmp_path)
    assert [(row.body, row.sender) for row in store.read()] == [(b"{}", "old")]
    assert (store.quarantined()[0].reason, store.quarantined()[0].size) == ("r", 9)
    store.close()
    (copy,) = tmp_path.glob("hub.before-*.db")
    assert copy.stat().st_mode & 0o077 == 0, "a copy of the log is as closed as the log"


def test_each_statement_of_a_migration_is_one_statement() -> None:
    for number, statements in enumerate(MIGRATIONS, start=1):
        for statement in statements:
            assert sqlite3.complete_statement(f"{statement};")
            if "CREATE TRIGGER" not in statement:  # what it does has statements of its own
                assert ";" not in statement, f"migration {number} has two statements in one: {statement}"


@pytest.mark.parametrize(
    ("name", "free", "full"),
    [
        ("SQLITE_FULL", None, True),
        ("SQLITE_FULL", 1 << 40, True),
        ("SQLITE_IOERR_WRITE", 4096, True),
        ("SQLITE_CANTOPEN", 0, True),
        ("SQLITE_IOERR_WRITE", 1 << 40, False),
        ("SQLITE_IOERR_WRITE", None, False),
        ("SQLITE_BUSY", 0, False),
    ],
)
def test_a_full_disk_is_told_from_a_failing_one(name: str, free: int | None, full: bool) -> None:
    problem = sqlite3.OperationalError("disk I/O error")
    problem.sqlite_errorname = name
    assert is_full(problem, free) is full


def fill(store: SqliteStore) -> None:
    for number in range(200):
        new = NewSighting(id=f"{number:032x}", hash=bytes(32), body=bytes(20_000), origin=Origin.PROBE)
        store.append(Batch(sightings={new.id: new}))


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    """On a real file system of 1 MiB, where root may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False).returncode:
        pytest.skip("no file system can be mounted here: run it as root")
    try:
        store = SqliteStore(disk)
        with pytest.raises(StoreError, match=r"hub\.db: cannot be written: the disk is full .*; free some space"):
            fill(store)
        assert len(store.read()) == store.count() > 0
        store.close()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    SqliteStore(tmp_path).close()
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_store_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"a letter to the mayor, which no database is" * 40)
    with pytest.raises(StoreError, match="cannot be used"):
        SqliteStore(tmp_path)


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="name another folder"):
        SqliteStore(tmp_path / "file")


def test_a_store_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    SqliteStore(tmp_path).close()
    db = sqlite3.connect(tmp_path / FILE)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError, match="newer"):
        SqliteStore(tmp_path)
