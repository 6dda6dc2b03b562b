"""Where the log lies is said once and remembered; what would leave a log behind unseen is refused."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub.backup import write_backup
from hub.data import make_hub, open_hub
from hub.store.chosen import address_in
from tests.paired import enrolled, made_hub
from tests.postgres import server
from tests.processes import hub

WORDS = "four words picked at random"


def told(*words: str | Path) -> str:
    """What a command says as it refuses."""
    done = hub(*words)
    assert done.returncode == 2, done.stdout
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_a_new_hub_is_made_where_it_is_told_and_remembers_it(tmp_path: Path) -> None:
    data, address = tmp_path / "hub", server().new(server().template())
    done = hub("enroll", "Anna", "--no-wait", "--store", str(address), "--data", data)
    assert done.returncode == 0, done.stderr
    assert address_in(data) == address
    assert not (data / "hub.db").exists()
    assert (data / "store").stat().st_mode & 0o077 == 0
    assert json.loads(hub("status", "--data", data, "--json").stdout)["sightings"] == 0
    assert server().sql("SELECT name FROM enrolment", database=address.parameters["dbname"]) == "Anna"
    assert "move --to sqlite" in told("status", "--store", "sqlite", "--data", data)
    assert f"lies in {address}" in told("status", "--store", str(server().address("other")), "--data", data)


def test_no_log_is_left_behind(tmp_path: Path) -> None:
    data = made_hub(tmp_path / "hub")
    assert "lies in hub.db" in told("serve", "--store", str(server().address("new")), "--data", data)
    assert "password has no place" in told("serve", "--store", "postgresql://a:b@localhost/c", "--data", data)
    assert address_in(data) is None


def test_a_folder_whose_note_is_no_address_is_told(tmp_path: Path) -> None:
    data = made_hub(tmp_path / "hub")
    for note in (b"", b"\xff\xfe", b"postgresql://a:b@localhost/c"):
        (data / "store").write_bytes(note)
        told("status", "--data", data)


def test_a_move_that_cannot_be_changes_nothing(tmp_path: Path) -> None:
    data, address = tmp_path / "hub", server().new()
    with make_hub(data) as folder:
        enrolled(folder, "Anna")
    assert "already" in told("move", "--to", "sqlite", "--data", data)
    assert "one of the two" in told("move", "--data", data)
    assert "nobody is here to be asked" in told("move", "--erase-old", "--data", data)
    with closing(sqlite3.connect(data / "hub.db")) as db:
        db.execute("ALTER TABLE probe ADD COLUMN colour TEXT")
    assert hub("move", "--to", str(address), "--data", data).returncode == 2
    with closing(sqlite3.connect(data / "hub.db")) as db:
        db.execute("ALTER TABLE probe DROP COLUMN colour")
    assert address_in(data) is None
    with open_hub(data) as folder:
        assert [probe.name for probe in folder.registry.probes()] == ["Anna"]
    assert hub("move", "--to", str(address), "--data", data).returncode == 0
    with open_hub(data) as folder:
        assert [probe.name for probe in folder.registry.probes()] == ["Anna"]
    other = made_hub(tmp_path / "other")
    done = hub("move", "--to", str(address), "--data", other)
    assert "name an empty database" in done.stderr
    assert (other / "hub.db").exists()


def test_a_backup_comes_back_into_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "hub"
    server().give(data)
    with make_hub(data) as folder:
        enrolled(folder, "Anna")
    write_backup(data, tmp_path / "copy", WORDS)
    monkeypatch.setenv("CONTRECHAMP_PASSPHRASE", WORDS)
    address = server().new()
    done = hub("restore", tmp_path / "copy", "--store", str(address), "--data", tmp_path / "new", "--json")
    assert done.returncode == 0, done.stderr
    assert address_in(tmp_path / "new") == address
    assert not list((tmp_path / "new").glob("*.db"))
    with open_hub(tmp_path / "new") as again:
        assert [probe.name for probe in again.registry.probes()] == ["Anna"]
