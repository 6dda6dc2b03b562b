"""The store refuses what it cannot use, in a sentence, and brings nothing down with it."""

import sqlite3
from pathlib import Path

import pytest

from hub.errors import StoreError
from hub.log.events import NewSighting, Origin
from hub.store.sqlite import FILE, SqliteStore


def new(number: int) -> NewSighting:
    return NewSighting(id=f"{number:032x}", hash="0" * 64, body=b"{}", origin=Origin.PROBE)


def test_a_commit_is_durable_and_in_order(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)
    store.append([new(2), new(1)])
    name = store.hub_id
    store.close()
    store = SqliteStore(tmp_path)
    assert [row.seq for row in store.read()] == [1, 2]
    assert store.read(after=1)[0].seq == 2
    assert store.hub_id == name
    assert store.known([f"{1:032x}", f"{9:032x}"]) == {f"{1:032x}": "0" * 64}
    store.close()


def test_a_commit_is_whole_or_not_at_all(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    store.append([new(1)])
    with pytest.raises(StoreError, match="cannot be written"):
        store.append([new(2), new(1)])
    assert store.count() == 1
    store.close()


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
