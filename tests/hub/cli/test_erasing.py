"""Nothing is erased unasked: on a terminal the commands ask with the number, in a script they want --yes."""

import json
import os
import pty
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.data import make_hub, read_hub
from hub.ingest.lines import import_lines
from hub.ingest.receive import Incoming
from hub.store.chosen import open_store
from probe.contract.envelope import encode
from tests.examples import look
from tests.hub.cli.test_folders import run
from tests.paired import enrolled, ingest_of, parcel
from tests.patience import finished

pytestmark = pytest.mark.engines

UNDO = ("undo", "import-1")
DROP = ("held", "--drop", "Anna")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A hub with an import of three sightings, and two that are held."""
    data, lines = tmp_path / "hub", tmp_path / "walk.jsonl"
    lines.write_bytes(b"\n".join(encode(look(observer=(n * 50.0, 0.0))) for n in range(3)))
    with make_hub(data) as hub:
        walker = enrolled(hub, "Anna")
        assert walker.account is not None
        hub.registry.revoke(hub.registry.named("Anna"), datetime.now(UTC).date())
        payload = parcel(walker, look(), look(observer=(30.0, 0.0)))
        ingest_of(hub).receive([Incoming(topic="t", mailbox=walker.account.mailbox, payload=payload)])
    with closing(open_store(data)) as store:
        import_lines(lines, store)
    return data


def standing(data: Path) -> tuple[int, int]:
    """How many sightings there are, and how many of them are held."""
    with read_hub(data) as log:
        counts = log.store.counts()
        return counts.sightings, counts.held


@pytest.mark.parametrize("words", [UNDO, DROP])
def test_a_script_has_to_say_yes(words: tuple[str, ...], data: Path) -> None:
    done = run(*words, "--data", data)
    assert done.exception is not None
    assert "--yes" in str(done.exception)
    assert f"Erase the {3 if words is UNDO else 2} sightings" in str(done.exception)
    assert standing(data) == (5, 2)


def test_undo_in_a_script(data: Path) -> None:
    listed = json.loads(run("undo", "--json", "--data", data).stdout)
    assert [one["name"] for one in listed] == ["import-1", "walk-aaaaaaaa"]
    done = run(*UNDO, "--yes", "--json", "--data", data)
    assert json.loads(done.stdout) == {"name": "import-1", "erased": 3, "left": []}
    assert standing(data) == (2, 2)
    assert "taken back on" in run("undo", "--data", data).stdout


def test_drop_in_a_script(data: Path) -> None:
    done = run(*DROP, "--yes", "--json", "--data", data)
    assert json.loads(done.stdout) == {"name": "Anna", "decided": 2}
    assert standing(data) == (3, 0)


def test_what_is_held_of_a_forgotten_probe_can_be_decided(data: Path) -> None:
    with closing(open_store(data)) as store, store.db.transaction() as db:
        db.execute("DELETE FROM sender")
    assert "(forgotten): 2 sightings" in run("held", "--data", data).stdout
    assert run("held", "--release", "(forgotten)", "--data", data).exception is None
    assert standing(data) == (5, 0)


@pytest.mark.parametrize(("answer", "left"), [("y", (2, 2)), ("n", (5, 2)), ("", (5, 2))])
def test_on_a_terminal_it_asks_with_the_number(answer: str, left: tuple[int, int], data: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "hub", *UNDO, "--data", str(data)]
    process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    os.write(ours, f"{answer}\n".encode())
    _, told = finished(process, 60)
    os.close(ours)
    os.close(theirs)
    assert "Erase the 3 sightings of import-1 of walk.jsonl?" in told
    assert process.returncode == (0 if answer == "y" else 2)
    assert standing(data) == left


def test_the_same_file_again_ends_well_and_an_undone_one_does_not(data: Path, tmp_path: Path) -> None:
    again = run("import", tmp_path / "walk.jsonl", "--data", data)
    assert again.exception is None
    assert "adds nothing" in again.stderr
    run(*UNDO, "--yes", "--data", data)
    refused = run("import", tmp_path / "walk.jsonl", "--data", data)
    assert refused.exit_code == 2
    assert "--again" in refused.stderr
    taken = run("import", "--again", tmp_path / "walk.jsonl", "--data", data)
    assert taken.exit_code == 0
    assert "undo import-2" in taken.stdout
    assert standing(data) == (5, 2)
