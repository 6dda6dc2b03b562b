"""What commands do to folders and files: no slip makes a hub, reading writes nothing, no file is lost unasked."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli.main import cli
from hub.data import read_hub
from hub.errors import BadInput, HubError
from hub.ingest.lines import import_lines
from hub.store.sqlite.database import FILE
from hub.store.sqlite.log import SqliteStore
from probe.contract.envelope import encode
from tests.examples import look, radio
from tests.paired import made_hub

WORDS = {"CONTRECHAMP_PASSPHRASE": "four words picked at random"}


def run(*words: str | Path) -> Result:
    return CliRunner(env=WORDS).invoke(cli, [str(word) for word in words], standalone_mode=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    data, lines = made_hub(tmp_path / "hub"), tmp_path / "s.jsonl"
    lines.write_bytes(b"\n".join(encode(one) for one in (radio(), look(observer=(300.0, 0.0)))))
    with closing(SqliteStore(data)) as store:
        import_lines(lines, store)
    return data


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("backup", "{tmp}/copy"),
        ("export", "--all"),
        ("held",),
        ("held", "--drop", "Probe 1", "--yes"),
        ("rebuild",),
        ("quarantine",),
        ("probes",),
        ("revoke", "Probe 1"),
        ("ingest", "{tmp}"),
        ("import", "{tmp}/s.jsonl"),
        ("undo",),
        ("undo", "import-1", "--yes"),
        ("broker-config", "mosquitto"),
    ],
)
@pytest.mark.parametrize("there", [True, False])
def test_a_typing_slip_makes_no_hub(words: tuple[str, ...], there: bool, tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_bytes(encode(look()))
    if there:
        (tmp_path / "typo").mkdir()
    before = sorted(tmp_path.rglob("*"))
    done = run(*(word.replace("{tmp}", str(tmp_path)) for word in words), "--data", tmp_path / "typo")
    assert isinstance(done.exception, BadInput)
    assert done.exception.exit_code == 2
    assert "no hub is there" in str(done.exception)
    assert sorted(tmp_path.rglob("*")) == before


def test_enroll_makes_a_hub(tmp_path: Path) -> None:
    assert run("enroll", "Probe 1", "--json", "--data", tmp_path / "new").exception is None
    assert run("status", "--data", tmp_path / "new").exception is None


def test_restore_makes_a_hub_even_of_its_keys_alone(data: Path, tmp_path: Path) -> None:
    assert run("backup", tmp_path / "copy", "--keys-only", "--data", data).exception is None
    assert run("restore", tmp_path / "copy", "--data", tmp_path / "new").exception is None
    assert run("status", "--data", tmp_path / "new").exception is None


def _contents(data: Path) -> Iterator[tuple[str, bytes | str]]:
    """Every file of a hub, and every row of its database."""
    for path in sorted(data.rglob("*")):
        if path.is_file() and not path.name.startswith(FILE):
            yield path.name, path.read_bytes()
    with closing(sqlite3.connect(data / FILE)) as db:
        yield from (("row", line) for line in db.iterdump())


@pytest.mark.parametrize("command", ["status", "export", "quarantine", "probes", "held", "undo"])
def test_a_command_that_reads_writes_nothing(command: str, data: Path) -> None:
    before = [*_contents(data)]
    assert run(command, "--data", data).exception is None
    assert [*_contents(data)] == before


def test_rebuild_is_what_saves_the_cameras(data: Path) -> None:
    told = json.loads(run("rebuild", "--json", "--data", data).stdout)
    assert told == {"sightings": 2, "before": 0, "cameras": 2, "identical": False}
    assert json.loads(run("rebuild", "--json", "--data", data).stdout)["identical"]
    with read_hub(data) as log:
        assert len(log.store.cameras()) == 2


@pytest.mark.parametrize("words", [("export", "--all", "--output"), ("backup",)])
def test_no_file_is_overwritten_unasked(words: tuple[str, ...], data: Path, tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("mine")
    refused = run(*words, target, "--data", data)
    assert isinstance(refused.exception, HubError)
    assert "--force" in str(refused.exception)
    assert target.read_text() == "mine"
    assert run(*words, target, "--force", "--data", data).exception is None
    assert target.read_bytes() != b"mine"
    assert run(*words, tmp_path / "another", "--data", data).exception is None
    assert not [*tmp_path.rglob("*.part")]
