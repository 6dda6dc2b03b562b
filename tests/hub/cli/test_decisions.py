"""Decisions by command: made, told, undone; what cannot be is one sentence."""

import json
from pathlib import Path

import pytest

from hub.data import make_hub
from hub.errors import BadInput
from hub.merge.camera import id_from
from probe.contract.sighting import Sighting
from tests.examples import look
from tests.hub.cli.test_folders import run
from tests.hub.derive.test_live import add


@pytest.fixture
def one() -> Sighting:
    return look()


@pytest.fixture
def data(tmp_path: Path, one: Sighting) -> Path:
    with make_hub(tmp_path / "hub") as hub:
        add(hub.store, one)  # type: ignore[arg-type]
    return tmp_path / "hub"


def test_a_decision_is_made_told_undone_and_made_again(data: Path, one: Sighting) -> None:
    camera = id_from(one.id)
    made = run("decisions", "make", camera, "confirm", "--by", "ada", "--data", data)
    assert made.exception is None
    assert "confirmed: a camera is there (ada, " in made.stdout
    assert run("decisions", "make", camera, "retag", "kind", "dome", "--data", data).exception is None
    assert "kind: Dome camera" in run("decisions", "history", camera, "--data", data).stdout
    rebuilt = json.loads(run("rebuild", "--json", "--data", data).stdout)
    assert rebuilt["identical"], "decisions are derived from as sightings are"
    run("decisions", "undo", "1", "--by", "grace", "--data", data)
    (first, second) = json.loads(run("decisions", "list", "--json", "--data", data).stdout)
    assert (first["holds"], first["undone_by"], second["holds"]) == (False, "grace", True)
    assert "undone by grace" in run("decisions", "list", "--data", data).stdout
    run("decisions", "redo", "1", "--data", data)
    assert json.loads(run("decisions", "history", camera, "--json", "--data", data).stdout)[0]["holds"]


def test_a_backup_carries_the_decisions(data: Path, one: Sighting, tmp_path: Path) -> None:
    run("decisions", "make", id_from(one.id), "note", "behind", "the", "sign", "--data", data)
    assert run("backup", tmp_path / "copy", "--data", data).exception is None
    restored = run("restore", tmp_path / "copy", "--data", tmp_path / "again")
    assert restored.exception is None
    assert "note: behind the sign" in run("decisions", "list", "--data", tmp_path / "again").stdout
    assert json.loads(run("rebuild", "--json", "--data", tmp_path / "again").stdout)["identical"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("make", "c-none", "confirm"), "there is no camera 'c-none' here"),
        (("history", "c-none"), "there is no camera 'c-none' here"),
        (("undo", "9"), "no decision 9 holds"),
        (("redo", "9"), "no decision 9 was undone"),
        (("make", "{camera}", "confirm", "twice"), "confirm takes nothing more"),
        (("make", "{camera}", "retag"), "say what to retag"),
        (("make", "{camera}", "retag", "colour", "red"), "take one of kind"),
        (("make", "{camera}", "gone", "soon"), "is no day"),
    ],
)
def test_what_cannot_be_decided_is_one_sentence(data: Path, one: Sighting, words: tuple[str, ...], says: str) -> None:
    problem = run("decisions", *(word.replace("{camera}", id_from(one.id)) for word in words), "--data", data).exception
    assert isinstance(problem, BadInput)
    assert says in str(problem)
    assert json.loads(run("decisions", "list", "--json", "--data", data).stdout) == []
